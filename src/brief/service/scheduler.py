"""Schedule jobs on the workers: admission by a token limit, fair order, shared jobs, restarts.

An article is one job of one worker, since its chunks are one batch, as on the command line; jobs
run in parallel, one per worker. All of this happens on the event loop, so nothing is locked.

- Admission: the accepted, unfinished jobs hold at most as many tokens as the workers process in
  `max_wait_s` at their recent rate, so an answer takes about `max_wait_s` at most. A task beyond
  that is refused, with the time after which to try again. The default of `max_wait_s` is one
  second, or twice the time of one article if that is less, so that under load no answer takes more
  than about three times as long as it would alone.
- Fairness: `fair_queue.py` decides who is next; and a client within its equal share of the room is
  accepted, however much the others have queued.
- Equal tasks in flight share one job. A job that no request waits for any more is not begun, nor
  is its next phase.
- A worker that dies or takes too long is started again, and its job fails with 503.

See `worker.py` for what a worker does.
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
from brief.service.api_requests import BugError, QueueFullError, WorkerError
from brief.service.fair_queue import FairQueue
from brief.service.jobs import Job, Phase, Watcher
from brief.service.service_config import DEFAULT_MAX_WAIT_S
from brief.service.worker import ArticleTask, Loaded, TaskResult, Worker

T = TypeVar("T")

CHARS_PER_TOKEN = 4
"""Characters per token of English news: 4.0 to 4.6 in the vocabularies of the models that brief
knows. The exact number matters little, since room and rate are measured in the same unit."""

N_RATES = 32
"""Number of recent jobs whose median rate is used; one unusual article does not change it."""

DEFAULT_MAX_ARTICLES = 2
"""Default longest wait, in multiples of the time of one article; see `DEFAULT_MAX_WAIT_S`."""

RESTART_PAUSE_S = 1.0
"""Pause before the next attempt to start a worker that did not start."""


def count_tokens(text: str) -> int:
    """Estimate the number of tokens of a text from its length alone."""
    return len(text) // CHARS_PER_TOKEN + 1


class Batcher:
    """The queue and its workers.

    Args:
        workers: At least one, not started.
        phase_timeout_s: A worker that takes longer over one phase of one article is killed.
        max_wait_s: Longest time that accepted tasks may take, by the measured rate; None for
            `DEFAULT_MAX_WAIT_S` or `DEFAULT_MAX_ARTICLES`, whichever is less.
        watcher: Receives events.
        clock: Returns seconds, for measuring rates.
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
        self._jobs: dict[ArticleTask, Job] = {}
        self._rates: deque[float] = deque(maxlen=N_RATES)
        self._seconds: deque[float] = deque(maxlen=N_RATES)
        self._ready = [False] * len(workers)
        self._arrived = asyncio.Event()
        self._freed = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []

    @property
    def n_tokens(self) -> int:
        """Number of tokens of the accepted, unfinished jobs."""
        return sum(job.n_tokens for job in self._jobs.values())

    @property
    def rate(self) -> float:
        """Recent rate of all workers together, in tokens per second; 0 before the first job."""
        return median(self._rates) * len(self._workers) if self._rates else 0.0

    @property
    def capacity(self) -> float:
        """Maximum number of tokens of unfinished jobs."""
        return self.rate * self.max_wait_s

    @property
    def max_wait_s(self) -> float:
        """Longest time, at present, that accepted tasks may take."""
        if self._max_wait_s is not None:
            return self._max_wait_s
        article_s = median(self._seconds) if self._seconds else 0.0
        return min(DEFAULT_MAX_WAIT_S, DEFAULT_MAX_ARTICLES * article_s)

    @property
    def n_workers(self) -> int:
        """Number of workers, ready or not."""
        return len(self._workers)

    @property
    def n_ready(self) -> int:
        """Number of workers that are running, busy or not."""
        return sum(self._ready)

    @property
    def wait_s(self) -> float:
        """About how long the accepted jobs will take."""
        return self.n_tokens / self.rate if self.rate else 0.0

    @property
    def is_full(self) -> bool:
        """Whether even a small task of a busy client would be refused."""
        return len(self._jobs) >= self.n_workers and self.n_tokens >= self.capacity

    async def start(self, warm_up: Sequence[ArticleTask] = ()) -> Mapping[str, Loaded]:
        """Start every worker, and measure their rate with some articles.

        Args:
            warm_up: The articles; the first is not measured, since it triggers lazy loading.

        Returns:
            The loaded models, by name.

        Raises:
            BriefError: A model cannot be loaded.
        """
        loaded = await asyncio.gather(*(worker.start() for worker in self._workers))
        # In parallel, as they will run later.
        await asyncio.gather(*(self._warm(worker, warm_up) for worker in self._workers))
        for number in range(self.n_workers):
            self._ready[number] = True
            self._loops.append(asyncio.create_task(self._serve(number)))
        return loaded[0]

    async def close(self) -> None:
        """Stop the workers; unfinished jobs fail with 503."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        for job in list(self._jobs.values()):
            self._end(job, WorkerError("the server is stopping", "try again in a moment"))
        self._ready = [False] * self.n_workers
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    def submit(self, task: ArticleTask, client: str, n_tokens: int) -> Job:
        """Accept a task, or join the job of an equal task in flight.

        Every caller must also call `leave`, whether the job is done or not.

        Raises:
            QueueFullError: There is no room.
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

    async def submit_patiently(self, task: ArticleTask, client: str, n_tokens: int) -> Job:
        """The same as `submit`, but wait for room."""
        while True:
            try:
                return self.submit(task, client, n_tokens)
            except QueueFullError:
                self._freed.clear()
                await self._freed.wait()

    def leave(self, job: Job) -> None:
        """Stop waiting for a job; when the last request leaves, it is cancelled if not begun."""
        job.n_waiting -= 1
        if not job.n_waiting and not job.done.done() and job.phases[-1][0] == "waiting":
            self._queue.remove(job.client, job)
            self._cancel(job)

    def admit(self, client: str, n_tokens: int) -> None:
        """Check that there is room for a task.

        Raises:
            QueueFullError: There is no room.
        """
        if len(self._jobs) < self.n_workers:
            return
        capacity = self.capacity
        # A task that is larger than the whole room must be accepted at some time, too.
        cost = min(n_tokens, capacity / 2)
        if self.n_tokens + cost <= capacity:
            return
        own = sum(job.n_tokens for job in self._jobs.values() if job.client == client)
        n_clients = len({client, *(job.client for job in self._jobs.values())})
        # The total stays below twice the room, however many clients there are.
        if n_clients > 1 and own + cost <= capacity / n_clients and self.n_tokens <= capacity:
            return
        seconds = (self.n_tokens + cost - capacity) / self.rate if self.rate else 1.0
        raise QueueFullError(
            f"the queue is full: {self.n_tokens:,} tokens are waiting or in work, and there is"
            f" room for {capacity:,.0f}",
            "try again after the seconds that Retry-After says",
            retry_after_s=max(1, math.ceil(seconds)),
        )

    async def _warm(self, worker: Worker, tasks: Sequence[ArticleTask]) -> None:
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
        """Run jobs on one worker until the service ends."""
        while True:
            job = self._queue.take()
            if job is None:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            result: TaskResult | BriefError | None
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

    async def _work(self, worker: Worker, job: Job) -> TaskResult | None:
        """Run both phases of a job; None when no request waited for the second."""
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

    def _end(self, job: Job, result: TaskResult | BriefError) -> None:
        del self._jobs[job.task]
        job.done.set_result(result)
        job.move()
        self._freed.set()
        self._watcher.finished(job, result, self._clock())
