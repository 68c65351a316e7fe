"""Servers that several test modules share: a real one on loopback, and a scripted internet."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore

from brief.ingest.web.connections import Network

PAGE = b"<!DOCTYPE html><title>Ferry</title><p>The ferry sails again."
HTML = {"Content-Type": "text/html"}
PUBLIC = "93.184.216.34"


@dataclass(frozen=True)
class Answer:
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: HTML)
    body: bytes = PAGE


class Site(ThreadingHTTPServer):
    """A real server on loopback: answers by path, and what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer | Callable[[Mapping[str, str]], Answer]] = {}
        self.asked: list[dict[str, str]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append({"path": self.path, **dict(self.headers)})
        answer = self.server.answers.get(self.path, Answer(404))
        if callable(answer):
            answer = answer(self.headers)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def running_site() -> Iterator[Site]:
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Clock:
    """A clock that moves when it is told to."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Scripted(httpcore.NetworkStream):
    """A connection that gives out prepared bytes, `step` at a time, each taking `step_s`."""

    def __init__(self, data: bytes, clock: Clock, *, step: int = 65_536, step_s: float = 0.0):
        self.data = data
        self.clock = clock
        self.step = step
        self.step_s = step_s
        self.sent = b""
        self.names: list[str | None] = []
        self.timeouts: list[float | None] = []
        self.closed = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.timeouts.append(timeout)
        if timeout is not None and timeout < self.step_s:
            self.clock.now += timeout
            raise httpcore.ReadTimeout("timed out")
        self.clock.now += self.step_s
        piece, self.data = self.data[: self.step], self.data[self.step :]
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.sent += buffer

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        assert ssl_context.check_hostname
        assert ssl_context.verify_mode is ssl.CERT_REQUIRED
        self.names.append(server_hostname)
        return self

    def close(self) -> None:
        self.closed = True

    def get_extra_info(self, info: str) -> object:
        return None


class Internet(httpcore.NetworkBackend):
    """Names, addresses and what answers there; remembers what was connected to."""

    def __init__(self, names: dict[str, list[str]], streams: dict[str, list[Scripted]]):
        self.names = names
        self.streams = streams
        self.connected: list[tuple[str, int]] = []
        self.n_lookups = 0

    def addresses(self, host: str, port: int) -> list[str]:
        self.n_lookups += 1
        if host not in self.names:
            raise socket.gaierror(-2, "Name or service not known")
        return self.names[host]

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.connected.append((host, port))
        if not self.streams.get(host):
            raise httpcore.ConnectError("[Errno 111] Connection refused")
        return self.streams[host].pop(0)

    def network(self, clock: Clock) -> Network:
        return Network(addresses=self.addresses, backend=self, clock=clock)


def ok(body: bytes = PAGE, headers: str = "Content-Type: text/html\r\n") -> bytes:
    head = f"HTTP/1.1 200 OK\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def redirect(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


def one_server(*scripts: bytes, names: dict[str, list[str]] | None = None, **pace: float):
    """An internet of one public server, which gives these answers to one connection each."""
    clock = Clock()
    streams = [Scripted(script, clock, **pace) for script in scripts]
    names = names or {"news.example": [PUBLIC]}
    return Internet(names, {PUBLIC: list(streams)}), clock, streams
