"""Turn a request into the task for one article, and its outcome into the answer's JSON.

See `app.py` for HTTP, `scheduler.py` for when a task is run.

Tested in `tests/service/test_app.py`.
"""

import asyncio
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from brief.datatypes import Summary
from brief.errors import BriefError, nearest
from brief.ingest.inputs import read, with_unique_ids
from brief.ingest.jsonl import Source, read_rows
from brief.output import block
from brief.output.formats import to_object
from brief.pipeline.summarizer import Outcome
from brief.records import dump
from brief.service.api_requests import (
    BatchQuery,
    CheckRequest,
    RequestError,
    SummarizeRequest,
    SummaryOptions,
)
from brief.service.api_responses import Blocks
from brief.service.scheduler import count_tokens
from brief.service.service_config import ServiceConfig
from brief.service.worker import ArticleTask, Loaded

MAX_FETCHES = 8
"""Pages fetched at once; each may take half a minute, and memory for a whole page."""

_WEB = re.compile(r"https?://", re.IGNORECASE)


class TaskBuilder:
    """Makes tasks from requests, with the service's models and limits.

    Args:
        config: Configuration of the service.
        loaded: The models that the workers have loaded, by the name used in requests.
    """

    def __init__(self, config: ServiceConfig, loaded: Mapping[str, Loaded]) -> None:
        self._config = config
        self.loaded = loaded
        self._fetches = asyncio.Semaphore(MAX_FETCHES)

    def task(self, source: Source, wanted: SummaryOptions) -> ArticleTask:
        """Make a worker's task.

        Raises:
            RequestError: 422; there is no such model.
        """
        return ArticleTask(
            source,
            self._model(wanted.model),
            wanted.bullets or self._config.n_bullets,
            wanted.length or self._config.length,
        )

    def check_task(self, request: CheckRequest) -> ArticleTask:
        """Make a worker's task to check a bullet.

        Raises:
            RequestError: 422; there is no such model.
        """
        return ArticleTask(
            Source(id=request.id, text=request.source, headline=request.headline),
            self._model(request.model),
            self._config.n_bullets,
            self._config.length,
            bullet=request.bullet,
        )

    def _model(self, wanted: str | None) -> str:
        model = wanted or self._config.models[0]
        if model not in self.loaded:
            raise RequestError(
                422, f"no model is called {model!r} here", nearest(model, self.loaded)
            )
        return model

    def measured(self, source: Source) -> int:
        """Estimate the number of tokens of an article.

        Raises:
            RequestError: 422; the article is over the limit.
        """
        n_tokens = count_tokens(source.text)
        if n_tokens > self._config.max_tokens:
            raise RequestError(
                422,
                f"{source.id}: about {n_tokens:,} tokens; one article may have"
                f" {self._config.max_tokens:,}",
                "send the article without what surrounds it, or in parts",
            )
        return n_tokens

    async def source(self, request: SummarizeRequest) -> Source:
        """The article of a request, fetched if it is a URL.

        Raises:
            BriefError: It could not be fetched or read.
        """
        if request.url is None:
            source = request.to_source()
        else:
            async with self._fetches:
                source = await asyncio.to_thread(_fetched, request.url)
            source = replace(source, headline=request.headline)
        if source.error is not None:
            raise source.error
        return source

    def check(self, request: SummarizeRequest) -> None:
        """Check that a request's model exists and that its URL, if any, may be fetched.

        Raises:
            RequestError: 403 or 422.
        """
        self.task(Source(id=request.id), request)
        if request.url is None:
            return
        if not self._config.allow_urls:
            raise RequestError(
                403, "this server fetches no URLs", "send the page as html, or use --allow-urls"
            )
        # `read` would take anything else as the name of a file.
        if not _WEB.match(request.url):
            raise RequestError(422, "url: only http and https are fetched")

    def failure(self, source_id: str, error: BriefError, query: BatchQuery) -> Outcome:
        """The outcome of a row that failed before it reached a worker."""
        task = self.task(Source(id=source_id), query)
        loaded = self.loaded[task.model]
        return Outcome(
            source_id, error, loaded.card.name, loaded.sign(task.n_bullets, task.length), {}
        )


def _fetched(url: str) -> Source:
    return next(read([url], stdin=io.BytesIO()))


def rows(body: bytes, max_bytes: int) -> Iterator[Source]:
    """The articles of a batch, read like a file of rows."""
    return with_unique_ids(read_rows(io.BytesIO(body), name="line", max_bytes=max_bytes))


def to_answer(outcome: Outcome, *, include_text: bool) -> dict[str, Any]:
    """The object that the command line prints, with the cleaned article if requested."""
    record = to_object(outcome)
    if include_text and isinstance(outcome.result, Summary):
        record["text"] = outcome.result.article.text
        record["lines"] = dump(outcome.result.article.lines)
        record["blocks"] = dump(
            Blocks(
                text=block.to_text(outcome.result),
                markdown=block.to_markdown(outcome.result),
                html=block.to_html(outcome.result),
            )
        )
    return record


def to_text(record: Mapping[str, Any]) -> str:
    """Format an answer as `brief summarize --format json` does."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def to_line(value: Mapping[str, Any]) -> str:
    """Format it on one line, as `--format jsonl` does."""
    return json.dumps(value, ensure_ascii=False) + "\n"
