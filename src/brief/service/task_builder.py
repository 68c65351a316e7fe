"""A request -> the task of one article, and what came of it -> the answer's JSON.

Left out: HTTP (`app.py`), and when a task is done (`scheduler.py`).
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
from brief.service.api_requests import BatchQuery, RequestError, SummarizeRequest, Wanted
from brief.service.api_responses import Blocks
from brief.service.scheduler import count_tokens
from brief.service.service_config import ServiceConfig
from brief.service.worker import Loaded, Task

MAX_FETCHES = 8
"""Pages fetched at once; each may take half a minute and memory for a whole page."""

_WEB = re.compile(r"https?://", re.IGNORECASE)


class Desk:
    """Knows the models and the limits, and makes tasks of requests.

    Args:
        config: The service's.
        loaded: The models that the workers have loaded, by the name they are asked for.
    """

    def __init__(self, config: ServiceConfig, loaded: Mapping[str, Loaded]) -> None:
        self._config = config
        self.loaded = loaded
        self._fetches = asyncio.Semaphore(MAX_FETCHES)

    def task(self, source: Source, wanted: Wanted) -> Task:
        """What a worker is to do.

        Raises:
            RequestError: 422; there is no such model.
        """
        model = wanted.model or self._config.models[0]
        if model not in self.loaded:
            raise RequestError(
                422, f"no model is called {model!r} here", nearest(model, self.loaded)
            )
        return Task(
            source,
            model,
            wanted.bullets or self._config.n_bullets,
            wanted.length or self._config.length,
        )

    def measured(self, source: Source) -> int:
        """About how many tokens an article has.

        Raises:
            RequestError: 422; more than one may have.
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
        """The article that a request speaks of, fetched if need be.

        Raises:
            BriefError: It could not be had.
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
        """See that a request names a model that there is, and no URL that is not fetched.

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
        # Anything else might name a file to `read`.
        if not _WEB.match(request.url):
            raise RequestError(422, "url: only http and https are fetched")

    def failure(self, source_id: str, error: BriefError, query: BatchQuery) -> Outcome:
        """A row that no worker answered, as an outcome."""
        task = self.task(Source(id=source_id), query)
        loaded = self.loaded[task.model]
        return Outcome(
            source_id, error, loaded.card.name, loaded.sign(task.n_bullets, task.length), {}
        )


def _fetched(url: str) -> Source:
    return next(read([url], stdin=io.BytesIO()))


def rows(body: bytes, max_bytes: int) -> Iterator[Source]:
    """The articles of a batch, as of a file."""
    return with_unique_ids(read_rows(io.BytesIO(body), name="line", max_bytes=max_bytes))


def to_answer(outcome: Outcome, *, include_text: bool) -> dict[str, Any]:
    """The object that the command line prints; with the cleaned article, if it is wanted."""
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
    """An answer as the command line prints one: `brief summarize --format json`."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def to_line(value: Mapping[str, Any]) -> str:
    """The same on one line: `--format jsonl`."""
    return json.dumps(value, ensure_ascii=False) + "\n"
