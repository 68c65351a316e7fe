"""Handle requests: submit articles to the queue, stream progress, format the answers.

A client's disconnect is noticed at once, and its job abandoned. See `app.py` for the routes.

Tested in `tests/service/test_app.py`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from itertools import chain, islice
from typing import Any, TypeVar, get_args

from starlette.requests import ClientDisconnect, Request

from brief.errors import BriefError
from brief.guard.bullet_check import Checked
from brief.ingest.jsonl import Source
from brief.output.formats import to_object
from brief.pipeline.summarizer import Outcome
from brief.records import ErrorRecord, dump, to_check_record
from brief.service import task_builder
from brief.service.api_requests import BatchQuery, CheckRequest, RequestError, SummarizeRequest
from brief.service.api_responses import ModelInfo, Models
from brief.service.jobs import Job
from brief.service.json_logs import log
from brief.service.middleware import GONE
from brief.service.scheduler import Batcher, count_tokens
from brief.service.service_config import ServiceConfig
from brief.service.task_builder import TaskBuilder, to_answer, to_line, to_text
from brief.service.warm_up import WARM_UP
from brief.service.worker import ArticleTask
from brief.settings import DEFAULTS, MAX_BULLETS, Length

T = TypeVar("T")


class Answerer:
    """Answers the requests of the routes.

    Args:
        config: Configuration of the service.
        batcher: The batcher, not started.
    """

    def __init__(self, config: ServiceConfig, batcher: Batcher) -> None:
        self._config = config
        self._batcher = batcher
        self._tasks = TaskBuilder(config, {})

    async def start(self) -> None:
        """Load the models, and measure how fast they are."""
        default = self._config.models[0]
        warm_up = [
            ArticleTask(
                Source(id="warm-up", text=text),
                default,
                self._config.n_bullets,
                DEFAULTS.length,
                use_cache=False,
            )
            for text in WARM_UP
        ]
        loaded = await self._batcher.start(warm_up)
        self._tasks = TaskBuilder(self._config, loaded)
        log(
            "ready",
            models=list(loaded),
            workers=self._batcher.n_workers,
            tokens_per_second=round(self._batcher.rate),
        )

    def models(self) -> Models:
        """The available models and limits, for `GET /v1/models`."""
        return Models(
            default=self._config.models[0],
            models=tuple(
                ModelInfo(
                    name=name,
                    about=loaded.card.about,
                    languages=tuple(loaded.card.languages),
                    verbatim=loaded.card.verbatim,
                    licence=loaded.card.licence,
                    size_mb=loaded.card.size_mb,
                    loaded=True,
                )
                for name, loaded in self._tasks.loaded.items()
            ),
            bullets=self._config.n_bullets,
            max_bullets=MAX_BULLETS,
            length=self._config.length,
            lengths=get_args(Length),
            allow_url=self._config.allow_urls,
            max_body_bytes=self._config.max_body_bytes,
            max_tokens=self._config.max_tokens,
        )

    async def answer(self, request: Request, wanted: SummarizeRequest) -> str:
        """The summary object, as the command line prints it.

        Raises:
            BriefError: There is no summary.
            ClientDisconnect: The client left.
        """
        self._tasks.check(wanted)
        source = await _present(request, self._tasks.source(wanted))
        async with self._job(request, self._tasks.task(source, wanted)) as job:
            outcome = await _present(request, _finished(job))
        return to_text(to_answer(outcome, include_text=wanted.include_text))

    async def verdict(self, request: Request, wanted: CheckRequest) -> str:
        """The object of `brief check`.

        Raises:
            BriefError: There is no verdict.
            ClientDisconnect: The client left.
        """
        task = self._tasks.check_task(wanted)
        async with self._job(request, task) as job:
            checked = await _present(request, _result(job))
        if isinstance(checked.result, BriefError):
            raise checked.result
        assert isinstance(checked, Checked)
        return to_text(to_check_record(checked.id, checked.result))

    async def events(self, request: Request, wanted: SummarizeRequest) -> AsyncIterator[str]:
        """The same as `answer`, preceded by a line for every phase.

        Raises:
            BriefError: A problem that is found before anything is computed or fetched.
        """
        self._tasks.check(wanted)
        if wanted.url is not None:
            return self._fetching(request, wanted)
        source = await self._tasks.source(wanted)
        job = self._submitted(request, self._tasks.task(source, wanted))
        return self._following(request, wanted, job)

    async def _fetching(self, request: Request, wanted: SummarizeRequest) -> AsyncIterator[str]:
        yield to_line({"phase": "fetching"})
        try:
            source = await _present(request, self._tasks.source(wanted))
            job = self._submitted(request, self._tasks.task(source, wanted))
        except BriefError as error:
            yield _failed(error)
            return
        async for line in self._following(request, wanted, job):
            yield line

    async def _following(
        self, request: Request, wanted: SummarizeRequest, job: Job
    ) -> AsyncIterator[str]:
        phases = job.follow()
        try:
            while (phase := await _present(request, anext(phases, None))) is not None:
                if phase == "waiting":
                    yield to_line({"phase": phase, "wait_s": round(self._batcher.wait_s, 1)})
                else:
                    yield to_line({"phase": phase})
            outcome = await _finished(job)
            record = to_answer(outcome, include_text=wanted.include_text)
            yield to_line({"phase": "done", "summary": record})
        except BriefError as error:
            request.state.error = type(error).__name__
            yield _failed(error)
        except ClientDisconnect:
            request.state.status = GONE
        finally:
            self._batcher.leave(job)

    async def rows(self, request: Request, body: bytes, query: BatchQuery) -> AsyncIterator[str]:
        """A line for every row of a batch, in the order in which they finish.

        Raises:
            RequestError: There is no row, or no such model.
            BusyError: There is no room even for the first row.
        """
        sources = task_builder.rows(body, self._config.max_body_bytes)
        first = next(sources, None)
        if first is None:
            raise RequestError(422, "the body has no row", "send one JSON object a line")
        self._tasks.task(first, query)
        self._batcher.admit(request.state.client, count_tokens(first.text))
        return self._rows(request, chain([first], sources), query)

    async def _rows(
        self, request: Request, sources: Iterator[Source], query: BatchQuery
    ) -> AsyncIterator[str]:
        gone = asyncio.ensure_future(_gone(request))
        # One row in work and one waiting per worker: none is idle, and other clients get a turn.
        width = 2 * self._batcher.n_workers
        running: set[asyncio.Future[Outcome]] = set()
        try:
            while True:
                for source in islice(sources, width - len(running)):
                    running.add(asyncio.ensure_future(self._row(request, source, query)))
                if not running:
                    return
                both: set[asyncio.Future[Any]] = {gone, *running}
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                if gone.done():
                    request.state.status = GONE
                    return
                for done in [row for row in running if row.done()]:
                    running.remove(done)
                    yield to_line(to_object(done.result()))
        finally:
            gone.cancel()
            for row in running:
                row.cancel()

    async def _row(self, request: Request, source: Source, query: BatchQuery) -> Outcome:
        try:
            if source.error is not None:
                raise source.error
            n_tokens = self._tasks.measured(source)
            task = self._tasks.task(source, query)
            job = await self._batcher.submit_patiently(task, request.state.client, n_tokens)
            try:
                return await _outcome(job)
            finally:
                self._batcher.leave(job)
        except BriefError as error:
            return self._tasks.failure(source.id, error, query)

    @asynccontextmanager
    async def _job(self, request: Request, task: ArticleTask) -> AsyncIterator[Job]:
        job = self._submitted(request, task)
        try:
            yield job
        finally:
            self._batcher.leave(job)

    def _submitted(self, request: Request, task: ArticleTask) -> Job:
        source = task.source
        n_tokens = self._tasks.measured(source)
        request.state.n_tokens = n_tokens
        if self._config.log_text:
            log("article", id=source.id, text=source.text)
        return self._batcher.submit(task, request.state.client, n_tokens)


async def _result(job: Job) -> Outcome | Checked:
    """The outcome of a job, which may be a failure of the article.

    Raises:
        BriefError: The service failed.
    """
    # Shielded, since other requests may wait for the same job.
    result = await asyncio.shield(job.done)
    if isinstance(result, BriefError):
        raise result
    return result.outcome


async def _outcome(job: Job) -> Outcome:
    """The same as `_result`, for a job that summarizes."""
    outcome = await _result(job)
    assert isinstance(outcome, Outcome)
    return outcome


async def _finished(job: Job) -> Outcome:
    """The same as `_outcome`, but a failure of the article is raised, too."""
    outcome = await _outcome(job)
    if isinstance(outcome.result, BriefError):
        raise outcome.result
    return outcome


def _failed(error: BriefError) -> str:
    told = dump(ErrorRecord.of(error))
    return to_line({"phase": "failed", "status": error.http_status, "error": told})


async def _present(request: Request, work: Awaitable[T]) -> T:
    """The result of `work`, unless the client disconnects first.

    Raises:
        ClientDisconnect: The client left first; the work is cancelled.
    """
    working: asyncio.Future[T] = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    either: set[asyncio.Future[Any]] = {working, gone}
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        working.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    """Return when the client has left; the request's body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
