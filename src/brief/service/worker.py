"""Worker processes: each loads the models and summarizes one article at a time.

Processes and not threads, so that the service survives whatever an article does to a model's
engine, and answers while summarizing holds the GIL. See `scheduler.py` for who gets a worker next.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from brief.datatypes import Article, Summary
from brief.errors import BriefError, StorageError
from brief.guard.bullet_check import BulletChecker, BulletPair, Checked
from brief.ingest.article import to_article
from brief.ingest.jsonl import Source
from brief.models.base import ModelCard
from brief.pipeline.cache import sign
from brief.pipeline.selection import DEFAULT_WEIGHTS
from brief.pipeline.summarizer import Outcome, Summarizer
from brief.service.api_requests import WorkerError
from brief.settings import DEFAULTS, Engine, Length

if TYPE_CHECKING:
    from brief.models.base import Model
    from brief.pipeline.cache import Cache

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ArticleTask:
    """One article and what is to be done with it; equal tasks have equal answers.

    Attributes:
        source: The article.
        model: Name of the model.
        n_bullets, length, use_cache: How it is summarized.
        bullet: A bullet to check against the article, instead of summarizing it.
    """

    source: Source
    model: str
    n_bullets: int
    length: Length
    use_cache: bool = True
    bullet: str | None = None

    @property
    def pair(self) -> BulletPair:
        """The bullet to check, with its source."""
        source = self.source
        return BulletPair(
            id=source.id, source=source.text, bullet=self.bullet or "", headline=source.headline
        )


@dataclass(frozen=True, slots=True)
class TaskResult:
    """A worker's result for a task.

    Attributes:
        outcome: As on the command line.
        was_stored: Whether it came from the summary cache.
    """

    outcome: Outcome | Checked
    was_stored: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """Description of a model that the workers have loaded, for use outside their processes."""

    card: ModelCard
    signature: Mapping[str, str]

    def sign(self, n_bullets: int, length: Length) -> str:
        """The signature of its summaries."""
        generation = replace(self.card.generation, length=length)
        return sign(self.signature, n_bullets, generation, DEFAULT_WEIGHTS)


class Worker(Protocol):
    """Summarizes articles for the batcher, one at a time: first `clean`, then `write`."""

    async def start(self) -> Mapping[str, Loaded]:
        """Start, or start again after a death. Returns the models by name."""
        ...

    async def clean(self, task: ArticleTask) -> TaskResult | None:
        """Clean an article (phase one).

        Returns the result if the article failed or if a bullet was to be checked, else None.
        """
        ...

    async def write(self, task: ArticleTask) -> TaskResult:
        """Summarize the article that was cleaned last (phase two)."""
        ...

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        ...

    async def stop(self) -> None:
        """End it when it has finished its current work."""
        ...


@dataclass(frozen=True, slots=True)
class Load:
    """What a worker loads; sent to its process.

    Attributes:
        models: Names of the models, the default first.
        engine: Engine that runs the models.
        cache: File of the summary cache; None for no cache.
    """

    models: tuple[str, ...]
    engine: Engine = DEFAULTS.engine
    cache: Path | None = None


class ProcessWorker:
    """A `Worker` in a process of its own.

    Args:
        load: What it loads.
    """

    def __init__(self, load: Load) -> None:
        self._load = load
        self._executor: ProcessPoolExecutor | None = None
        self._pid: int | None = None

    async def start(self) -> Mapping[str, Loaded]:
        """See `Worker.start`.

        Raises:
            BriefError: A model cannot be loaded.
        """
        self.kill()
        # Not "fork": the service has threads, and a forked child would inherit their locks.
        context = multiprocessing.get_context("spawn")
        self._executor = ProcessPoolExecutor(1, mp_context=context)
        self._pid, loaded = await self._run(_begin, self._load)
        return loaded

    async def clean(self, task: ArticleTask) -> TaskResult | None:
        """See `Worker.clean`."""
        return await self._run(_clean, task)

    async def write(self, task: ArticleTask) -> TaskResult:
        """See `Worker.write`."""
        return await self._run(_write, task)

    def kill(self) -> None:
        """See `Worker.kill`."""
        executor, self._executor = self._executor, None
        if self._pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
            self._pid = None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)

    async def stop(self) -> None:
        """See `Worker.stop`."""
        executor, self._executor = self._executor, None
        self._pid = None
        if executor is not None:
            await asyncio.to_thread(executor.shutdown)

    async def _run(self, work: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401
        if self._executor is None:
            raise WorkerError("the worker is being restarted", "try again")
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._executor, work, *arguments
            )
        except BrokenProcessPool:
            self._pid = None
            raise WorkerError(
                "the worker died while it had this article; another one is started",
                "try again; if it happens again, the article is the cause",
            ) from None


class _Bench:
    """State of one worker process: its models, the cache, and the article cleaned last."""

    def __init__(self, load: Load) -> None:
        self._engine = load.engine
        self._models: dict[str, Model] = {}
        self._checkers: dict[str, BulletChecker] = {}
        self._cache = self._open(load.cache)
        self._article: Article | None = None
        for name in load.models:
            self._model(name)

    @staticmethod
    def _open(path: Path | None) -> "Cache | None":
        from brief.pipeline.cache import Cache

        # Problems with the cache were reported when the service started.
        with suppress(StorageError):
            return None if path is None else Cache(path)
        return None

    @property
    def loaded(self) -> dict[str, Loaded]:
        """Every model, by name."""
        return {
            name: Loaded(model.card, dict(model.signature)) for name, model in self._models.items()
        }

    def _model(self, name: str) -> "Model":
        from brief.models import load_model

        if name not in self._models:
            # One thread each: the workers themselves run in parallel.
            self._models[name] = load_model(name, engine=self._engine, n_threads=1)
        return self._models[name]

    def _checker(self, name: str) -> BulletChecker:
        from brief.models import load_checker

        if name not in self._checkers:
            self._checkers[name] = BulletChecker(load_checker(name))
        return self._checkers[name]

    def _summarizer(self, task: ArticleTask) -> Summarizer:
        return Summarizer(
            self._model(task.model),
            n_bullets=task.n_bullets,
            length=task.length,
            cache=self._cache if task.use_cache else None,
        )

    def clean(self, task: ArticleTask) -> TaskResult | None:
        """Check a bullet; or clean and keep the article, or return why there is none."""
        if task.bullet is not None:
            return TaskResult(self._checker(task.model).outcome(task.pair))
        began = time.perf_counter()
        try:
            self._article = to_article(task.source)
        except BriefError as error:
            seconds = time.perf_counter() - began
            return TaskResult(self._outcome(task, error, {"clean_s": seconds}))
        return None

    def write(self, task: ArticleTask) -> TaskResult:
        """Summarize the article that was cleaned last."""
        assert self._article is not None
        summarizer = self._summarizer(task)
        began = time.perf_counter()
        stored = summarizer.stored(self._article)
        result: Summary | BriefError
        try:
            result = stored or summarizer.summarize(self._article)
        except BriefError as error:
            result = error
        seconds = time.perf_counter() - began
        return TaskResult(self._outcome(task, result, {"write_s": seconds}), stored is not None)

    def _outcome(
        self, task: ArticleTask, result: Summary | BriefError, timings: Mapping[str, float]
    ) -> Outcome:
        return Outcome(
            task.source.id,
            result,
            self._model(task.model).card.name,
            self._summarizer(task).signature,
            timings,
        )


_bench: _Bench | None = None
"""State of this worker process; None in the service's process."""


def _begin(load: Load) -> tuple[int, Mapping[str, Loaded]]:
    """In the worker process: load everything; returns the process's id and the models."""
    global _bench  # noqa: PLW0603  (a pool's worker has no other place to keep what it loads)
    # Ctrl-C and systemd signal every process of the group; only the service decides when its
    # workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _bench = _Bench(load)
    return os.getpid(), _bench.loaded


def _end_with_parent() -> None:
    """End this worker when the service's process dies, so that none is left behind."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _clean(task: ArticleTask) -> TaskResult | None:
    assert _bench is not None
    return _bench.clean(task)


def _write(task: ArticleTask) -> TaskResult:
    assert _bench is not None
    return _bench.write(task)
