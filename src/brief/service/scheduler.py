"""Who gets a worker, and who is told to come back: a queue bounded in tokens.

An article is one job of one worker, since its chunks are one batch, as on the command line; jobs
run side by side, one a worker. All of this happens on the event loop, so nothing is locked.

- Room: the jobs that were let in and are not finished hold at most as many tokens as the
  workers get through in `max_wait_s`, by the rate that they kept lately. So `max_wait_s` is
  about how long an answer takes at the most. Beyond it a task is refused, and told when to
  come back. Unless told otherwise it is a second, or less where articles are quick: then twice
  the time of one, so that no rush makes answers three times as slow as they are alone.
- Fairness: `fair_queue.py` says who is next; and a client within its equal share of the room is
  let in, however much the others have queued.
- Equal tasks in flight are one job. A job that nobody waits for any more is not begun, nor is
  its next phase.
- A worker that dies or takes too long is started again, and its job fails with 503.

Left out: what a worker does (`worker.py`).
"""

import asyncio
import math
import time
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from statistics import median
from typing import TypeVar

from brief.errors import BriefError
from brief.service.api_requests import BugError, BusyError, WorkerError
from brief.service.fair_queue import FairQueue
from brief.service.jobs import Job, Phase, Watcher
from brief.service.service_config import DEFAULT_MAX_WAIT_S
from brief.service.worker import Loaded, Task, Worker, Written

T = TypeVar("T")

CHARS_PER_TOKEN = 4
"""Of English news in the vocabularies of the models that brief knows: 4.0 to 4.6. What a token
is matters little, since room and rate are measured alike."""

N_RATES = 32
"""Jobs whose rate is remembered; their median is not moved by one odd article."""

DEFAULT_MAX_ARTICLES = 2
"""Longest wait unless told otherwise, in times of one article; see `DEFAULT_MAX_WAIT_S`."""

RESTART_PAUSE_S = 1.0
"""Before a worker that did not start is started again."""


def count_tokens(text: str) -> int:
    """About how many tokens a text has, before anything is known of it."""
    return len(text) // CHARS_PER_TOKEN + 1


class Batcher:
    """The queue and its workers.

    Args:
        workers: At least one, not started.
        phase_timeout_s: A worker that takes longer over one phase of one article is killed.
        max_wait_s: How long what is let in may take, by the measured rate; None for
            `DEFAULT_MAX_WAIT_S` or `DEFAULT_MAX_ARTICLES`, whichever is less.
        watcher: Is told what happens.
        clock: Seconds, for rates.
    """

    def __init__(
        self,
        workers: Sequence[Worker],
        *,
        phase_timeout_s: float,
        max_wait_s: float | None = None,
        watcher: Watcher | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._workers = workers
        self._max_wait_s = max_wait_s
        self._phase_timeout_s = phase_timeout_s
        self._watcher = watcher or Watcher()
        self._clock = clock
        self._queue: FairQueue[Job] = FairQueue()
        self._jobs: dict[Task, Job] = {}
        self._rates: deque[float] = deque(maxlen=N_RATES)
        self._seconds: deque[float] = deque(maxlen=N_RATES)
        self._ready = [False] * len(workers)
        self._arrived = asyncio.Event()
        self._freed = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []

    @property
    def n_tokens(self) -> int:
        """Of jobs that were let in and are not finished."""
        return sum(job.n_tokens for job in self._jobs.values())

    @property
    def rate(self) -> float:
        """Tokens a second that all workers together have lately got through; 0 before any."""
        return median(self._rates) * len(self._workers) if self._rates else 0.0

    @property
    def capacity(self) -> float:
        """Tokens that there is room for."""
        return self.rate * self.max_wait_s

    @property
    def max_wait_s(self) -> float:
        """How long what is let in may take, now."""
        if self._max_wait_s is not None:
            return self._max_wait_s
        article_s = median(self._seconds) if self._seconds else 0.0
        return min(DEFAULT_MAX_WAIT_S, DEFAULT_MAX_ARTICLES * article_s)

    @property
    def n_workers(self) -> int:
        """Workers, ready or not."""
        return len(self._workers)

    @property
    def n_ready(self) -> int:
        """Workers that are up, busy or not."""
        return sum(self._ready)

    @property
    def wait_s(self) -> float:
        """About how long what was let in will take."""
        return self.n_tokens / self.rate if self.rate else 0.0

    @property
    def is_full(self) -> bool:
        """Whether even a small task of a busy client would be refused."""
        return len(self._jobs) >= self.n_workers and self.n_tokens >= self.capacity

    async def start(self, warm_up: Sequence[Task] = ()) -> Mapping[str, Loaded]:
        """Start every worker, and measure the rate at which they write some articles.

        Args:
            warm_up: The articles; the first one is not measured, it loads what is loaded late.

        Returns:
            The models that they have loaded, by name.

        Raises:
            BriefError: A model cannot be loaded.
        """
        loaded = await asyncio.gather(*(worker.start() for worker in self._workers))
        # Side by side, as they will run.
        await asyncio.gather(*(self._warm(worker, warm_up) for worker in self._workers))
        for number in range(self.n_workers):
            self._ready[number] = True
            self._loops.append(asyncio.create_task(self._serve(number)))
        return loaded[0]

    async def close(self) -> None:
        """Stop the workers; what is not finished fails with 503."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        for job in list(self._jobs.values()):
            self._end(job, WorkerError("the server is stopping", "try again in a moment"))
        self._ready = [False] * self.n_workers
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    def submit(self, task: Task, client: str, n_tokens: int) -> Job:
        """Let a task in, or join it to its equal that is in flight.

        Whoever submits also leaves (`leave`), whether the job is done or not.

        Raises:
            BusyError: There is no room.
        """
        job = self._jobs.get(task)
        if job is None:
            self.admit(client, n_tokens)
            queued: list[tuple[Phase, float]] = [("waiting", self._clock())]
            job = Job(task, client, n_tokens, asyncio.Future(), queued)
            self._jobs[task] = job
            self._queue.put(client, job, n_tokens)
            self._arrived.set()
        else:
            self._watcher.joined()
        job.n_waiting += 1
        return job

    async def submit_patiently(self, task: Task, client: str, n_tokens: int) -> Job:
        """The same, but wait for room."""
        while True:
            try:
                return self.submit(task, client, n_tokens)
            except BusyError:
                self._freed.clear()
                await self._freed.wait()

    def leave(self, job: Job) -> None:
        """Wait no more for a job; the last one to leave cancels it, if it can still be."""
        job.n_waiting -= 1
        if not job.n_waiting and not job.done.done() and job.phases[-1][0] == "waiting":
            self._queue.remove(job.client, job)
            self._cancel(job)

    def admit(self, client: str, n_tokens: int) -> None:
        """See that there is room.

        Raises:
            BusyError: There is none.
        """
        if len(self._jobs) < self.n_workers:
            return
        capacity = self.capacity
        # What is larger than the whole room must get in at some time, too.
        cost = min(n_tokens, capacity / 2)
        if self.n_tokens + cost <= capacity:
            return
        own = sum(job.n_tokens for job in self._jobs.values() if job.client == client)
        n_clients = len({client, *(job.client for job in self._jobs.values())})
        # Twice the room is the bound, however many come.
        if n_clients > 1 and own + cost <= capacity / n_clients and self.n_tokens <= capacity:
            return
        seconds = (self.n_tokens + cost - capacity) / self.rate if self.rate else 1.0
        raise BusyError(
            f"the queue is full: {self.n_tokens:,} tokens are waiting or in work, and there is"
            f" room for {capacity:,.0f}",
            "try again after the seconds that Retry-After says",
            retry_after_s=max(1, math.ceil(seconds)),
        )

    async def _warm(self, worker: Worker, tasks: Sequence[Task]) -> None:
        for place, task in enumerate(tasks):
            began = self._clock()
            if await worker.clean(task) is None:
                await worker.write(task)
            if place:
                self._measure(count_tokens(task.source.text), self._clock() - began)

    def _measure(self, n_tokens: int, seconds: float) -> None:
        self._rates.append(n_tokens / max(seconds, 1e-6))
        self._seconds.append(seconds)

    async def _serve(self, number: int) -> None:
        """One worker's life."""
        while True:
            job = self._queue.take()
            if job is None:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            result: Written | BriefError | None
            try:
                result = await self._work(self._workers[number], job)
            except WorkerError as error:
                self._end(job, error)
                await self._restart(number, error.problem)
                continue
            except Exception:  # noqa: BLE001  (one article's bug must not end the service)
                self._watcher.failed(traceback.format_exc())
                result = BugError()
            if result is None:
                self._cancel(job)
            else:
                self._end(job, result)

    async def _work(self, worker: Worker, job: Job) -> Written | None:
        """Both phases of a job; None when nobody waited for the second."""
        self._enter(job, "cleaning")
        written = await self._in_time(worker.clean(job.task))
        if written is None:
            if not job.n_waiting:
                return None
            self._enter(job, "writing")
            written = await self._in_time(worker.write(job.task))
            if not written.was_stored:
                self._measure(job.n_tokens, self._clock() - job.phases[1][1])
        return written

    async def _in_time(self, work: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._phase_timeout_s):
                return await work
        except TimeoutError:
            raise WorkerError(
                f"the article took more than {self._phase_timeout_s:g} s, and was given up",
                "send a shorter one",
            ) from None

    async def _restart(self, number: int, problem: str) -> None:
        self._ready[number] = False
        while not self._ready[number]:
            self._watcher.worker_lost(number, problem)
            try:
                await self._workers[number].start()
                self._ready[number] = True
            except BriefError as error:
                problem = error.problem
                await asyncio.sleep(RESTART_PAUSE_S)

    def _enter(self, job: Job, phase: Phase) -> None:
        job.phases.append((phase, self._clock()))
        job.move()

    def _cancel(self, job: Job) -> None:
        self._watcher.cancelled()
        self._end(job, WorkerError("nobody waited for it any more"))

    def _end(self, job: Job, result: Written | BriefError) -> None:
        del self._jobs[job.task]
        job.done.set_result(result)
        job.move()
        self._freed.set()
        self._watcher.finished(job, result, self._clock())
