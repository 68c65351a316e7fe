"""A service to test: workers without processes, and a server on loopback in a thread."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
import uvicorn

from brief.errors import BriefError, InputError
from brief.guard.bullet_check import BulletChecker
from brief.ingest.article import to_article
from brief.models import load_model
from brief.models.base import Model
from brief.pipeline.summarizer import Outcome, Summarizer
from brief.service.api_requests import WorkerError
from brief.service.app import create_app
from brief.service.server import PatientProtocol
from brief.service.service_config import ServiceConfig
from brief.service.worker import ArticleTask, Loaded, TaskResult, Worker
from tests.fakes.summaries import FakeModel

TEXT = (
    "The council will close the Harbour Road library in May. Ms Otis objected on Monday.\n"
    "A petition with 9,400 names was handed in at the town hall."
)


def task_of(text: str = TEXT, **wanted) -> ArticleTask:
    from brief.ingest.jsonl import to_source

    settings = {"model": "lead", "n_bullets": 2, "length": "medium"} | wanted
    return ArticleTask(to_source(text, id="text"), **settings)


class InlineWorker:
    """A worker on the event loop, with two models that cost nothing.

    `gate`, when there is one, is what a write waits for; a text that holds `die` kills it.
    """

    def __init__(self, gate: asyncio.Event | None = None) -> None:
        self.models: dict[str, Model] = {"lead": load_model("lead"), "fake": FakeModel()}
        self.gate = gate
        self.began: list[str] = []
        self.written: list[str] = []
        self.n_starts = 0
        self.refuses_to_start = 0

    async def start(self) -> Mapping[str, Loaded]:
        if self.refuses_to_start:
            self.refuses_to_start -= 1
            raise InputError("it does not start")
        self.n_starts += 1
        return {name: Loaded(model.card, model.signature) for name, model in self.models.items()}

    async def clean(self, task: ArticleTask) -> TaskResult | None:
        self.began.append(task.source.text)
        if "die" in task.source.text:
            raise WorkerError("the worker died")
        if "bug" in task.source.text:
            raise ZeroDivisionError
        if task.bullet is not None:
            return TaskResult(BulletChecker(None).outcome(task.pair))
        try:
            self._article = to_article(task.source)
        except BriefError as error:
            return TaskResult(Outcome(task.source.id, error, task.model, "0", {}))
        await asyncio.sleep(0)
        return None

    async def write(self, task: ArticleTask) -> TaskResult:
        if self.gate is not None and task.source.id != "warm-up":
            await self.gate.wait()
        self.written.append(task.source.text)
        model = self.models[task.model]
        summarizer = Summarizer(model, n_bullets=task.n_bullets, length=task.length)
        try:
            result = summarizer.summarize(self._article)
        except BriefError as error:
            result = error
        return TaskResult(
            Outcome(task.source.id, result, task.model, summarizer.signature, {}), was_stored=False
        )

    def kill(self) -> None:
        pass

    async def stop(self) -> None:
        pass


class Served:
    """A service on loopback."""

    def __init__(self, port: int, app, loop: asyncio.AbstractEventLoop) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.client = httpx.Client(base_url=self.url, timeout=60)
        self.batcher = app.state.batcher
        self._loop = loop

    def on_loop(self, work) -> object:
        """Call something where the service runs."""

        async def call():
            return work()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(60)


@contextmanager
def served(
    config: ServiceConfig | None = None, *workers: Worker, head_timeout_s: float = 30.0
) -> Iterator[Served]:
    """A running service; it is shut down in good order."""
    protocol = type("Protocol", (PatientProtocol,), {"head_timeout_s": head_timeout_s})
    config = config or ServiceConfig(models=("lead", "fake"))
    ready: list[Served | BaseException] = []
    up = threading.Event()
    server: list[uvicorn.Server] = []

    async def serve() -> None:
        app = create_app(config, workers or [InlineWorker()])
        one = uvicorn.Server(
            uvicorn.Config(
                app,
                port=0,
                http=protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                root_path=config.root_path,
                timeout_graceful_shutdown=5,
            )
        )
        server.append(one)
        async with app.router.lifespan_context(app):
            running = asyncio.create_task(one.serve())
            while not one.started:  # noqa: ASYNC110  (uvicorn has no event for it)
                await asyncio.sleep(0.005)
            port = one.servers[0].sockets[0].getsockname()[1]
            ready.append(Served(port, app, asyncio.get_running_loop()))
            up.set()
            await running

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001
            ready.append(error)
        finally:
            up.set()

    thread = threading.Thread(target=run)
    thread.start()
    up.wait(60)
    try:
        if isinstance(ready[0], BaseException):
            raise ready[0]
        yield ready[0]
    finally:
        if ready and isinstance(ready[0], Served):
            ready[0].client.close()
        if server:
            server[0].should_exit = True
        thread.join(60)
    assert len(ready) == 1, ready
