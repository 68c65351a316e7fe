"""brief.service.scheduler: room, turns, joined and abandoned jobs, workers that die."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from brief.errors import InputError
from brief.service import scheduler as module
from brief.service.api_requests import BugError, QueueFullError, WorkerError
from brief.service.jobs import Watcher
from brief.service.scheduler import Batcher
from brief.service.worker import TaskResult
from tests.fakes.service import InlineWorker, task_of


class Clock:
    """Every look takes a hundredth of a second."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.01
        return self.now


class Heard(Watcher):
    def __init__(self) -> None:
        self.events: list[str] = []

    def joined(self) -> None:
        self.events.append("joined")

    def cancelled(self) -> None:
        self.events.append("cancelled")

    def worker_lost(self, number: int, problem: str) -> None:
        self.events.append(f"worker {number} lost: {problem}")

    def failed(self, trace: str) -> None:
        self.events.append(trace.splitlines()[-1])


def run(
    work: Callable[[Batcher, list[InlineWorker], Heard], Coroutine], *, n_workers: int = 1, **limits
) -> None:
    """Run a test with workers that wait at a gate until `workers[0].gate` is set."""

    async def main() -> None:
        gate = asyncio.Event()
        workers = [InlineWorker(gate) for _ in range(n_workers)]
        heard = Heard()
        batcher = Batcher(
            workers, watcher=heard, clock=Clock(), **{"phase_timeout_s": 60, **limits}
        )
        await batcher.start()
        try:
            async with asyncio.timeout(20):
                await work(batcher, workers, heard)
        finally:
            await batcher.close()

    asyncio.run(main())


async def settled() -> None:
    """Let everything that can go on go on."""
    for _ in range(20):
        await asyncio.sleep(0)


def texts(n: int) -> list[str]:
    return [
        f"The council met on day {number} of May. Nobody objected to it." for number in range(n)
    ]


def test_a_job_tells_its_phases_and_its_result():
    async def work(batcher, workers, heard):
        workers[0].gate.set()
        job = batcher.submit(task_of(), "a", 50)
        assert [phase async for phase in job.follow()] == ["waiting", "cleaning", "writing"]
        result = await job.done
        assert isinstance(result, TaskResult)
        assert len(result.outcome.result.bullets) == 2
        batcher.leave(job)
        assert batcher.n_tokens == 0

    run(work)


def test_without_a_rate_only_idle_workers_are_given_work():
    async def work(batcher, workers, heard):
        for text in texts(2):
            batcher.submit(task_of(text), "a", 50)
        with pytest.raises(QueueFullError) as caught:
            batcher.submit(task_of("A third text stands here. It is long."), "a", 50)
        assert caught.value.retry_after_s == 1
        assert caught.value.http_status == 429

    run(work, n_workers=2)


def test_room_is_the_measured_rate_times_the_wait():
    async def work(batcher, workers, heard):
        workers[0].gate.set()
        done = batcher.submit(task_of(texts(1)[0]), "a", 40)
        await done.done
        batcher.leave(done)
        # From cleaning to the end the clock was looked at twice more.
        assert batcher.rate == pytest.approx(40 / 0.02)
        assert batcher.capacity == pytest.approx(40 / 0.02 * 0.1)
        workers[0].gate.clear()
        for number, text in enumerate(texts(6)[1:]):
            batcher.submit(task_of(text), "a", 40)
            assert batcher.n_tokens == 40 * (number + 1)
        assert batcher.is_full
        with pytest.raises(QueueFullError) as caught:
            batcher.submit(task_of("One more text stands here. It is long."), "a", 40)
        assert caught.value.retry_after_s == 1
        assert "200 tokens" in caught.value.problem

    run(work, max_wait_s=0.1)


def test_retry_after_tells_when_there_will_be_room():
    async def work(batcher, workers, heard):
        workers[0].gate.set()
        first = batcher.submit(task_of(texts(1)[0]), "a", 1)
        await first.done
        workers[0].gate.clear()
        assert batcher.rate == pytest.approx(50)
        batcher.submit(task_of(texts(2)[1]), "a", 500)
        with pytest.raises(QueueFullError) as caught:
            batcher.submit(task_of("One more text stands here. It is long."), "a", 50)
        # 500 and 25 of room for it, less a room of 50, at 50 a second.
        assert caught.value.retry_after_s == 10

    run(work, max_wait_s=1.0)


def test_unless_told_otherwise_the_wait_is_that_of_two_articles():
    async def work(batcher, workers, heard):
        workers[0].gate.set()
        job = batcher.submit(task_of(), "a", 40)
        await job.done
        assert batcher.max_wait_s == pytest.approx(2 * 0.02)
        batcher._seconds.extend([9.0] * 8)
        assert batcher.max_wait_s == 1.0

    run(work)


def test_what_is_larger_than_the_room_gets_in_when_half_of_it_is_free():
    async def work(batcher, workers, heard):
        workers[0].gate.set()
        await batcher.submit(task_of(texts(1)[0]), "a", 40).done
        workers[0].gate.clear()
        batcher.submit(task_of(texts(2)[1]), "a", 40)
        batcher.submit(task_of("A whole book. It has many pages."), "a", 90_000)
        with pytest.raises(QueueFullError):
            batcher.submit(task_of(texts(3)[2]), "a", 40)

    run(work, max_wait_s=0.1)


def test_a_client_within_its_share_is_let_in_past_a_crowd():
    async def work(batcher, workers, heard):
        workers[0].gate.set()
        await batcher.submit(task_of(texts(1)[0]), "a", 40).done
        workers[0].gate.clear()
        for text in texts(6)[1:]:
            batcher.submit(task_of(text), "crowd", 40)
        await settled()
        with pytest.raises(QueueFullError):
            batcher.submit(task_of("More of the crowd. It never ends."), "crowd", 40)
        few = batcher.submit(task_of("One of the few. It is short."), "few", 40)
        workers[0].began.clear()
        workers[0].gate.set()
        await few.done
        # One of the crowd was in work already, and the few's was next.
        assert workers[0].began[0] == "One of the few. It is short."

    run(work, max_wait_s=0.1)


def test_however_many_clients_come_the_room_is_bounded():
    async def work(batcher, workers, heard):
        workers[0].gate.set()
        await batcher.submit(task_of(texts(1)[0]), "a", 40).done
        workers[0].gate.clear()
        refused = 0
        for number in range(300):
            text = f"Text {number} of many clients. It is short."
            try:
                batcher.submit(task_of(text), f"client {number}", 10)
            except QueueFullError:
                refused += 1
        assert batcher.n_tokens <= 2 * batcher.capacity
        assert refused > 200

    run(work, max_wait_s=0.1)


def test_equal_tasks_in_flight_are_computed_once():
    async def work(batcher, workers, heard):
        jobs = [batcher.submit(task_of(), client, 50) for client in "abc"]
        other = task_of(n_bullets=1)
        assert jobs[0] is jobs[1] is jobs[2]
        with pytest.raises(QueueFullError):
            batcher.submit(other, "a", 50)
        workers[0].gate.set()
        await jobs[0].done
        assert len(workers[0].written) == 1
        assert heard.events == ["joined", "joined"]

    run(work)


def test_an_abandoned_job_is_not_begun():
    async def work(batcher, workers, heard):
        workers[0].gate.set()
        await batcher.submit(task_of(texts(1)[0]), "a", 40).done
        workers[0].gate.clear()
        running = batcher.submit(task_of(texts(2)[1]), "a", 40)
        waiting = batcher.submit(task_of(texts(3)[2]), "a", 40)
        shared = batcher.submit(task_of(texts(4)[3]), "a", 40)
        assert batcher.submit(task_of(texts(4)[3]), "b", 40) is shared
        await settled()
        batcher.leave(waiting)
        batcher.leave(shared)
        assert waiting.done.done()
        assert batcher.n_tokens == 80
        workers[0].gate.set()
        await asyncio.gather(running.done, shared.done)
        assert texts(3)[2] not in workers[0].began
        assert heard.events == ["joined", "cancelled"]

    run(work, max_wait_s=0.1)


def test_a_job_abandoned_while_it_is_cleaned_is_not_written():
    async def work(batcher, workers, heard):
        workers[0].gate.set()
        job = batcher.submit(task_of(), "a", 50)
        async for phase in job.follow():
            if phase == "cleaning":
                batcher.leave(job)
        assert workers[0].written == []
        assert heard.events == ["cancelled"]

    run(work)


def test_a_worker_that_dies_is_started_again_and_its_job_fails():
    async def work(batcher, workers, heard):
        workers[0].gate.set()
        job = batcher.submit(task_of("They die of it. It is a pity."), "a", 50)
        result = await job.done
        assert isinstance(result, WorkerError)
        assert result.http_status == 503
        await settled()
        assert workers[0].n_starts == 2
        assert batcher.n_ready == 1
        after = await batcher.submit(task_of(), "a", 50).done
        assert isinstance(after, TaskResult)
        assert heard.events == ["worker 0 lost: the worker died"]

    run(work)


def test_a_worker_that_does_not_start_is_tried_again(monkeypatch):
    monkeypatch.setattr(module, "RESTART_PAUSE_S", 0.001)

    async def work(batcher, workers, heard):
        workers[0].gate.set()
        workers[0].refuses_to_start = 2
        await batcher.submit(task_of("They die of it. It is a pity."), "a", 50).done
        assert batcher.n_ready == 0
        while not batcher.n_ready:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        assert isinstance(await batcher.submit(task_of(), "a", 50).done, TaskResult)
        assert heard.events[1:] == ["worker 0 lost: it does not start"] * 2

    run(work)


def test_a_worker_that_takes_too_long_counts_as_dead():
    async def work(batcher, workers, heard):
        result = await batcher.submit(task_of(), "a", 50).done
        assert isinstance(result, WorkerError)
        assert "0.01 s" in result.problem
        await settled()
        assert workers[0].n_starts == 2

    run(work, phase_timeout_s=0.01)


def test_a_bug_fails_its_job_and_nothing_else():
    async def work(batcher, workers, heard):
        workers[0].gate.set()
        result = await batcher.submit(task_of("There is a bug in it. It is small."), "a", 50).done
        assert isinstance(result, BugError)
        assert heard.events == ["ZeroDivisionError"]
        assert isinstance(await batcher.submit(task_of(), "a", 50).done, TaskResult)
        assert workers[0].n_starts == 1

    run(work)


def test_the_patient_wait_for_room():
    async def work(batcher, workers, heard):
        first = batcher.submit(task_of(texts(1)[0]), "a", 50)
        waiting = asyncio.create_task(batcher.submit_patiently(task_of(texts(2)[1]), "a", 50))
        await settled()
        assert not waiting.done()
        workers[0].gate.set()
        await first.done
        job = await waiting
        assert isinstance(await job.done, TaskResult)

    run(work)


def test_what_is_not_finished_at_the_end_fails_with_503():
    async def main() -> None:
        batcher = Batcher([InlineWorker(asyncio.Event())], phase_timeout_s=60)
        await batcher.start()
        job = batcher.submit(task_of(), "a", 50)
        await settled()
        await batcher.close()
        result = await job.done
        assert isinstance(result, WorkerError)
        assert batcher.n_ready == 0

    asyncio.run(main())


def test_a_model_that_cannot_be_loaded_is_told_at_the_start():
    async def main() -> None:
        worker = InlineWorker()
        worker.refuses_to_start = 1
        with pytest.raises(InputError):
            await Batcher([worker], phase_timeout_s=60).start()

    asyncio.run(main())


def test_the_warm_up_measures_all_but_the_first_article():
    async def main() -> None:
        worker = InlineWorker()
        batcher = Batcher([worker], phase_timeout_s=60, clock=Clock())
        await batcher.start([task_of(text) for text in texts(3)])
        assert len(worker.written) == 3
        n_tokens = module.count_tokens(texts(1)[0])
        assert batcher.rate == pytest.approx(n_tokens / 0.01)
        await batcher.close()

    asyncio.run(main())
