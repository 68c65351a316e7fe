"""brief.service.worker: real processes give the command's own bytes, and their deaths are survived."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from brief.errors import BriefError, ModelError
from brief.service.api_requests import WorkerError
from brief.service.worker import Load, ProcessWorker, TaskResult
from tests.fakes.service import task_of

PAGES = [
    Path("examples/harbour-library.txt"),
    *sorted(Path("eval/data/pages").glob("*.txt"))[:2],
]


def with_worker(load: Load, work) -> None:
    async def main() -> None:
        worker = ProcessWorker(load)
        try:
            async with asyncio.timeout(120):
                await work(worker)
        finally:
            await worker.stop()

    asyncio.run(main())


def test_a_process_cleans_and_writes(tmp_path):
    async def work(worker):
        loaded = await worker.start()
        assert loaded["lead"].card.name == "lead"
        task = task_of()
        assert await worker.clean(task) is None
        written = await worker.write(task)
        assert not written.was_stored
        assert written.outcome.signature == loaded["lead"].sign(2, "medium")
        # A second time the cache has it, unless it is not to be asked.
        assert await worker.clean(task) is None
        assert (await worker.write(task)).was_stored
        fresh = task_of(use_cache=False)
        assert await worker.clean(fresh) is None
        assert not (await worker.write(fresh)).was_stored
        checked = await worker.clean(task_of(bullet="The council will close 14 libraries."))
        assert checked.outcome.id == "text"
        assert not checked.outcome.result.supported
        failed = await worker.clean(task_of(" "))
        assert isinstance(failed, TaskResult)
        assert isinstance(failed.outcome.result, BriefError)

        # Killed from outside, as the system does when memory is short.
        os.kill(worker._pid, signal.SIGKILL)
        with pytest.raises(WorkerError):
            await worker.clean(task)
        await worker.start()
        assert await worker.clean(task) is None
        # Signals to the whole group leave workers to the service.
        os.kill(worker._pid, signal.SIGINT)
        os.kill(worker._pid, signal.SIGTERM)
        assert isinstance(await worker.write(task), TaskResult)
        worker.kill()
        with pytest.raises(WorkerError):
            await worker.write(task)

    with_worker(Load(("lead",), cache=tmp_path / "summaries.sqlite3"), work)


def test_a_model_that_cannot_be_loaded_is_told(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')

    async def work(worker):
        with pytest.raises(ModelError):
            await worker.start()

    with_worker(Load((str(tmp_path),)), work)


@pytest.fixture(scope="module")
def service():
    """`brief serve` as a user runs it: its URL and its process."""
    command = [sys.executable, "-m", "brief", "serve", "--port", "0", "--threads", "2"]
    process = subprocess.Popen(
        [*command, "--no-cache"], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    url = ""
    for line in process.stderr:
        said = json.loads(line)
        if said["event"] == "listening":
            url = said["url"]
            break
    yield url, process
    process.kill()
    process.wait()
    process.stderr.close()


def test_command_batch_and_service_give_the_same_bytes(service):
    url, _ = service
    command = [sys.executable, "-m", "brief", "summarize", "--no-cache", "--quiet", "-f", "json"]
    rows = []
    with httpx.Client(base_url=url, timeout=120) as client:
        for page in PAGES:
            text = page.read_text()
            said = subprocess.run([*command, str(page)], capture_output=True, check=True).stdout
            answer = client.post("v1/summarize", json={"text": text, "id": str(page)})
            assert answer.content == said
            rows.append(json.dumps({"id": str(page), "text": text}))
        # The batch job goes through the same corridor, many articles side by side.
        body = "".join(f"{row}\n" for row in rows).encode()
        command[-1] = "jsonl"
        said = subprocess.run([*command, "-"], input=body, capture_output=True, check=True).stdout
        answer = client.post(
            "v1/batch", content=body, headers={"Content-Type": "application/x-ndjson"}
        )
        assert sorted(answer.content.splitlines()) == sorted(said.splitlines())


def test_stopped_it_finishes_what_it_let_in(service):
    url, process = service
    text = PAGES[0].read_text() + "\nOne more line that makes it another article."
    asked = httpx.stream(
        "POST",
        f"{url}v1/summarize",
        json={"text": text},
        headers={"Accept": "application/x-ndjson"},
        timeout=120,
    )
    with asked as answer:
        lines = answer.iter_lines()
        assert json.loads(next(lines))["phase"] == "waiting"
        # Ctrl-C reaches the workers, too.
        os.killpg(process.pid, signal.SIGINT)
        assert json.loads(list(lines)[-1])["phase"] == "done"
    assert process.wait(60) == 0


def test_killed_it_leaves_no_worker_behind():
    command = [sys.executable, "-m", "brief", "serve", "--port", "0", "--threads", "1"]
    process = subprocess.Popen(
        [*command, "--no-cache", "--model", "lead"], stderr=subprocess.PIPE, text=True
    )
    try:
        while json.loads(process.stderr.readline())["event"] != "listening":
            pass
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert children
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
    until = time.monotonic() + 60
    while any(_lives(child) for child in children):
        assert time.monotonic() < until
        time.sleep(0.05)


def _lives(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
