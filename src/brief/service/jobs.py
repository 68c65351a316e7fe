"""Jobs (one article on its way through the service) and the interface of event watchers.

See `scheduler.py` for the order of jobs.

Tested in `tests/service/test_scheduler.py`.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal

from brief.errors import BriefError
from brief.service.worker import ArticleTask, TaskResult

Phase = Literal["waiting", "cleaning", "writing"]


@dataclass(eq=False)
class Job:
    """One task with its progress.

    Attributes:
        task: The task.
        client: The client that it is charged to.
        n_tokens: Tokens that are charged.
        done: Future of the result.
        phases: The phases entered so far, each with the clock's seconds.
        n_waiting: Number of requests that wait for it.
    """

    task: ArticleTask
    client: str
    n_tokens: int
    done: asyncio.Future[TaskResult | BriefError]
    phases: list[tuple[Phase, float]]
    n_waiting: int = 0
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def move(self) -> None:
        """Wake those that `follow` this job."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def follow(self) -> AsyncIterator[Phase]:
        """Yield every phase as it is entered, until the job is done."""
        n_told = 0
        while True:
            moved = self._moved
            for phase, _ in self.phases[n_told:]:
                yield phase
                n_told += 1
            if self.done.done():
                return
            await moved.wait()


class Watcher:
    """Receives the batcher's events; this base class ignores them (see `prometheus.py`)."""

    def finished(self, job: Job, result: TaskResult | BriefError, now: float) -> None:
        """A job is done, or has failed."""

    def joined(self) -> None:
        """A task joined the job of an equal task."""

    def cancelled(self) -> None:
        """A job was cancelled, since no request waited for it any more."""

    def worker_lost(self, number: int, problem: str) -> None:
        """A worker died, was too slow, or did not start again."""

    def failed(self, trace: str) -> None:
        """An unexpected exception occurred; `trace` is its traceback."""
