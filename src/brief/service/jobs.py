"""A job: one article on its way through the service, and who is told of it.

Left out: whose turn it is (`scheduler.py`).
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal

from brief.errors import BriefError
from brief.service.worker import Task, Written

Phase = Literal["waiting", "cleaning", "writing"]


@dataclass(eq=False)
class Job:
    """One task on its way.

    Attributes:
        task: What is to be done.
        client: Who is charged for it.
        n_tokens: What it is charged.
        done: What came of it.
        phases: Those it has entered, with the clock's seconds.
        n_waiting: How many requests wait for it.
    """

    task: Task
    client: str
    n_tokens: int
    done: asyncio.Future[Written | BriefError]
    phases: list[tuple[Phase, float]]
    n_waiting: int = 0
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def move(self) -> None:
        """Wake who follows."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def follow(self) -> AsyncIterator[Phase]:
        """Every phase as it is entered, until the job is done."""
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
    """Is told what happens; this one does not listen (`prometheus.py` does)."""

    def finished(self, job: Job, result: Written | BriefError, now: float) -> None:
        """A job is done, or has failed."""

    def joined(self) -> None:
        """A task's equal was in flight."""

    def cancelled(self) -> None:
        """Nobody waited for a job any more."""

    def worker_lost(self, number: int, problem: str) -> None:
        """A worker died, was too slow, or did not start again."""

    def failed(self, trace: str) -> None:
        """A bug showed itself."""
