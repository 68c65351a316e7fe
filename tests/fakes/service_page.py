"""A service with queued answers, for the page: its files are the real ones, and its policy too."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brief
from brief.output import block
from brief.records import to_clean_record, to_record
from brief.service.middleware import SECURITY_HEADERS

PAGE_FILES = Path(brief.__file__).parent / "service" / "page"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
MODELS = {
    "default": "news-small",
    "models": [
        {"name": "news-small", "about": "built in"},
        {"name": "lead", "about": "the article's first sentences"},
    ],
    "bullets": 2,
    "max_bullets": 50,
    "length": "medium",
    "lengths": ["short", "medium", "long"],
    "allow_url": False,
    "max_body_bytes": 2_000_000,
}


@dataclass
class Reply:
    """What a route answers.

    Attributes:
        body: JSON; a list of events for a stream.
        held: Keeps the last event of a stream back until it is set.
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    held: threading.Event | None = None


def summary_object(text: str, n_bullets: int = 2, **changes: Any) -> dict[str, Any]:
    """What the service answers for a text, by its first sentences."""
    summary = brief.summarize(text, n_bullets, model="lead")
    cleaned = to_clean_record(summary.article)
    return {
        **to_record(summary),
        "text": cleaned["text"],
        "lines": cleaned["lines"],
        "blocks": {
            "text": block.to_text(summary),
            "markdown": block.to_markdown(summary),
            "html": block.to_html(summary),
        },
        **changes,
    }


def stream(summary: Mapping[str, Any], *, held: threading.Event | None = None) -> Reply:
    """A summary with its phases; the last one is held back until the event is set."""
    return Reply(
        body=[
            {"phase": "waiting", "wait_s": 0.4},
            {"phase": "cleaning"},
            {"phase": "writing"},
            {"phase": "done", "summary": summary},
        ],
        held=held,
    )


class FakeService(ThreadingHTTPServer):
    """Answers what `replies` holds for a path, else 404, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"
        self.reset()

    def reset(self) -> None:
        self.replies: dict[str, Reply | Callable[[Mapping[str, str]], Reply]] = {
            "/v1/models": Reply(body=MODELS),
            "/v1/editions": Reply(body={"editions": []}),
        }
        self.asked: list[dict[str, Any]] = []


class _Handler(BaseHTTPRequestHandler):
    server: FakeService

    def parse_request(self) -> bool:
        """Behind a proxy the same things stand under its prefix too."""
        done = super().parse_request()
        if done:
            self.path = self.path.removeprefix("/prefix")
        return done

    def log_message(self, *args: object) -> None:
        """Nothing: a test's output is its own."""

    def do_GET(self) -> None:
        file = PAGE_FILES / ("index.html" if self.path == "/" else self.path.removeprefix("/page/"))
        if file.parent == PAGE_FILES and file.is_file():
            self._begin(200, {"Content-Type": TYPES[file.suffix]})
            self.wfile.write(file.read_bytes())
        else:
            self._answer()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(body))
        self._answer()

    def _answer(self) -> None:
        reply = self.server.replies.get(self.path, Reply(404, {}))
        if callable(reply):
            reply = reply(self.headers)
        if not isinstance(reply.body, Sequence) or isinstance(reply.body, str):
            self._begin(reply.status, {"Content-Type": "application/json", **reply.headers})
            self.wfile.write(json.dumps(reply.body).encode())
            return
        self._begin(reply.status, {"Content-Type": "application/x-ndjson", **reply.headers})
        for place, event in enumerate(reply.body):
            if reply.held and place == len(reply.body) - 1:
                reply.held.wait()
            self.wfile.write(json.dumps(event).encode() + b"\n")
            self.wfile.flush()

    def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**SECURITY_HEADERS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()


@contextmanager
def serving() -> Iterator[FakeService]:
    """A fake service on a free port of this machine."""
    service = FakeService()
    thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        thread.join()
        service.server_close()
