import gzip
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

import httpcore
import pytest

from brief.errors import FetchError
from brief.ingest.answers import Fetched
from brief.ingest.connect import IDLE_S, Network
from brief.ingest.fetch import fetch

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
        self.answers: dict[str, Answer] = {}
        self.asked: list[dict[str, str]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append({"path": self.path, **dict(self.headers)})
        answer = self.server.answers.get(self.path, Answer(404))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
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


def refused(url: str, **options) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, **options)
    return caught.value


# A real server


def test_page_of_a_real_server(site):
    site.answers["/a?b=1"] = Answer(headers={"Content-Type": "text/html; charset=UTF-8"})
    url = site.url("/a?b=1")
    assert fetch(f"{url}#part", allow_private=True) == Fetched(url, PAGE, "text/html", "utf-8")
    (asked,) = site.asked
    assert asked["path"] == "/a?b=1"
    assert asked["Host"] == url.removeprefix("http://").split("/")[0]
    assert asked["User-Agent"] == f"brief/{version('brief')}"
    assert "Cookie" not in asked
    assert "Authorization" not in asked


def test_loopback_is_refused_before_it_is_connected_to(site):
    error = refused(site.url("/a"))
    assert error.problem == f"{site.url('/a')}: 127.0.0.1 is not a public address"
    assert error.remedy == "add --allow-private if it is meant"
    assert site.asked == []


def test_redirects_of_a_real_server(site):
    site.answers["/a"] = Answer(301, {"Location": "b"}, b"")
    site.answers["/b"] = Answer(307, {"Location": site.url("/c#x")}, b"")
    site.answers["/c"] = Answer()
    assert fetch(site.url("/a"), allow_private=True).url == site.url("/c")
    assert [asked["path"] for asked in site.asked] == ["/a", "/b", "/c"]


def test_missing_page_of_a_real_server(site):
    error = refused(site.url("/none"), allow_private=True)
    assert error.problem == f"{site.url('/none')}: HTTP 404 Not Found"
    assert error.remedy == "check the address"


def test_compressed_page_of_a_real_server(site):
    headers = {**HTML, "Content-Encoding": "gzip"}
    site.answers["/a"] = Answer(headers=headers, body=gzip.compress(PAGE))
    assert fetch(site.url("/a"), allow_private=True).content == PAGE
    assert site.asked[0]["Accept-Encoding"] == "gzip"


def test_server_that_falls_silent(site):
    # It promises more than it sends and keeps the connection: only the deadline ends this.
    gate = threading.Event()

    class Silent(Handler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            self.wfile.flush()
            gate.wait(30)

    site.RequestHandlerClass = Silent
    try:
        error = refused(site.url("/a"), allow_private=True, timeout_s=0.2)
    finally:
        gate.set()
    assert error.problem == f"{site.url('/a')}: not complete within 0.2 s"


def test_nobody_listens(site):
    port = site.server_address[1]
    site.shutdown()
    site.server_close()
    error = refused(f"http://127.0.0.1:{port}/", allow_private=True)
    assert "could not be read (" in error.problem
    assert "refused" in error.problem


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_name_of_an_address_that_is_not_public_is_refused(address):
    internet, clock, _ = one_server(ok(), names={"news.example": [PUBLIC, address]})
    error = refused("http://news.example/", network=internet.network(clock))
    assert f"news.example ({address}) is not a public address" in error.problem
    assert "--allow-private" in error.remedy
    assert internet.connected == []


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"],
)
def test_public_addresses_are_connected_to(address):
    internet, clock, _ = one_server(ok(), names={"news.example": [address]})
    internet.streams = {address: [Scripted(ok(), clock)]}
    assert fetch("http://news.example/", network=internet.network(clock)).content == PAGE
    assert internet.connected == [(address, 80)]


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "[::1]", "localhost"])
def test_other_spellings_of_loopback_are_refused(host):
    assert "is not a public address" in refused(f"http://{host}:9/").problem


def test_private_address_is_connected_to_when_allowed():
    internet, clock, (stream,) = one_server(ok(), names={"news.example": ["10.0.0.1"]})
    internet.streams = {"10.0.0.1": [stream]}
    fetch("http://news.example:8080/", allow_private=True, network=internet.network(clock))
    assert internet.connected == [("10.0.0.1", 8080)]


def test_name_is_resolved_once_and_the_checked_address_is_used():
    class Rebinding(Internet):
        def addresses(self, host, port):
            self.n_lookups += 1
            return [PUBLIC] if self.n_lookups == 1 else ["127.0.0.1"]

    internet, clock, _ = one_server(ok())
    internet = Rebinding({}, internet.streams)
    fetch("http://news.example/", network=internet.network(clock))
    assert (internet.n_lookups, internet.connected) == (1, [(PUBLIC, 80)])


def test_tls_names_and_verifies_the_host_and_not_the_address():
    internet, clock, (stream,) = one_server(ok())
    answer = fetch("https://news.example/a", network=internet.network(clock))
    assert answer.url == "https://news.example/a"
    assert internet.connected == [(PUBLIC, 443)]
    assert stream.names == ["news.example"]
    assert b"\r\nHost: news.example\r\n" in stream.sent
    assert stream.closed


def test_next_address_is_tried_when_one_does_not_answer():
    internet, clock, _ = one_server(ok(), names={"news.example": ["93.184.216.35", PUBLIC]})
    assert fetch("http://news.example/", network=internet.network(clock)).content == PAGE
    assert [host for host, _ in internet.connected] == ["93.184.216.35", PUBLIC]


def test_unknown_name():
    internet, clock, _ = one_server(ok())
    error = refused("http://nowhere.example/", network=internet.network(clock))
    assert error.problem.startswith("http://nowhere.example/: no address for nowhere.example (")


# Redirects


def test_redirect_to_a_private_address_is_refused():
    internet, clock, _ = one_server(
        redirect("http://router.example/admin"),
        names={"news.example": [PUBLIC], "router.example": ["192.168.1.1"]},
    )
    error = refused("http://news.example/", network=internet.network(clock))
    assert error.problem == (
        "http://news.example/ -> http://router.example/admin:"
        " router.example (192.168.1.1) is not a public address"
    )
    assert internet.connected == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("file:///etc/hosts", "file: only http and https are fetched"),
        ("ftp://news.example/", "ftp: only http and https are fetched"),
        ("http://ada:secret@news.example/", "a URL with a user name or password is not fetched"),
        ("http://[::1", "redirects to 'http://[::1', not a URL"),
    ],
)
def test_redirect_is_checked_like_a_url(location, said):
    internet, clock, _ = one_server(redirect(location))
    assert said in refused("http://news.example/", network=internet.network(clock)).problem
    assert len(internet.connected) == 1


def test_redirect_loop():
    internet, clock, _ = one_server(redirect("/b"), redirect("/a#again"), ok())
    error = refused("http://news.example/a", network=internet.network(clock))
    assert error.problem == "http://news.example/a -> http://news.example/a#again: a redirect loop"
    assert "cookies" in error.remedy
    assert len(internet.connected) == 2


@pytest.mark.parametrize(("max_redirects", "n_connected"), [(0, 1), (2, 3)])
def test_redirects_are_bounded(max_redirects, n_connected):
    internet, clock, _ = one_server(*(redirect(f"/{n}") for n in range(9)))
    error = refused(
        "http://news.example/", max_redirects=max_redirects, network=internet.network(clock)
    )
    assert error.problem.endswith(f": more than {max_redirects} redirects")
    assert len(internet.connected) == n_connected


def test_as_many_redirects_as_are_allowed():
    internet, clock, _ = one_server(redirect("/b"), redirect("/c"), ok())
    answer = fetch("http://news.example/a", max_redirects=2, network=internet.network(clock))
    assert answer.url == "http://news.example/c"


def test_redirect_without_a_place_is_a_status():
    internet, clock, _ = one_server(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")
    error = refused("http://news.example/", network=internet.network(clock))
    assert error.problem == "http://news.example/: HTTP 302 Found"


# URLs


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://news.example/a", "ftp: only http and https are fetched"),
        ("file:///etc/hosts", "file: only http and https are fetched"),
        ("news.example/a", "no scheme: only http and https are fetched"),
        ("http:///a", "a URL without a host"),
        ("http://ada:secret@news.example/", "a URL with a user name or password is not fetched"),
        ("http://news.example:99999/", "port 99999, where 1 to 65535 exist"),
        ("http://news.example:0/", "port 0, where 1 to 65535 exist"),
        ("http://news.example/a\nb", "not a URL ("),
        ("http://" + "a" * 70_000, "not a URL ("),
    ],
)
def test_url_that_is_not_asked_for(url, said):
    internet, clock, _ = one_server(ok())
    assert f"{url}: {said}" in refused(url, network=internet.network(clock)).problem
    assert internet.n_lookups == 0


def test_international_name_and_path():
    internet, clock, (stream,) = one_server(ok(), names={"xn--zrich-kva.example": [PUBLIC]})
    answer = fetch("http://zürich.example/fähre", network=internet.network(clock))
    assert answer.url == "http://xn--zrich-kva.example/f%C3%A4hre"
    assert stream.sent.startswith(b"GET /f%C3%A4hre HTTP/1.1\r\nHost: xn--zrich-kva.example\r\n")


# Answers


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(403, "save it"), (410, "check the address"), (429, "later"), (503, "later"), (799, "later")],
)
def test_status_names_itself_and_a_way_on(status, remedy):
    internet, clock, _ = one_server(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
    error = refused("http://news.example/", network=internet.network(clock))
    assert error.problem.startswith(f"http://news.example/: HTTP {status}")
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("header", "media_type", "charset"),
    [
        ("Content-Type: text/html; Charset=ISO-8859-1\r\n", "text/html", "iso-8859-1"),
        ('Content-Type: TEXT/HTML;charset="utf-8"\r\n', "text/html", "utf-8"),
        ("Content-Type: application/xhtml+xml\r\n", "application/xhtml+xml", None),
        ("Content-Type: text/plain\r\n", "text/plain", None),
        ("", None, None),
    ],
)
def test_content_type(header, media_type, charset):
    internet, clock, _ = one_server(ok(headers=header))
    answer = fetch("http://news.example/", network=internet.network(clock))
    assert (answer.media_type, answer.charset) == (media_type, charset)


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/json", "video/mp4"])
def test_other_content_is_refused_unread(kind):
    internet, clock, _ = one_server(ok(headers=f"Content-Type: {kind}; x=y\r\n"))
    error = refused("http://news.example/", network=internet.network(clock))
    assert error.problem == f"http://news.example/: not text or HTML (content type {kind})"
    assert ("pdftotext" in error.remedy) == (kind == "application/pdf")


def test_size_is_bounded_and_the_rest_is_not_read():
    internet, clock, (stream,) = one_server(ok(b"x" * 10_000_000))
    error = refused("http://news.example/", max_bytes=100_000, network=internet.network(clock))
    assert error.problem == "http://news.example/: larger than 100,000 bytes"
    assert len(stream.data) > 9_000_000
    assert stream.closed


def test_page_of_exactly_the_limit():
    internet, clock, _ = one_server(ok(b"x" * 1_000))
    answer = fetch("http://news.example/", max_bytes=1_000, network=internet.network(clock))
    assert len(answer.content) == 1_000


GZIPPED = "Content-Type: text/html\r\nContent-Encoding: gzip\r\n"


def test_size_is_that_after_decompression():
    bomb = gzip.compress(bytes(30_000_000))
    assert len(bomb) < 50_000
    internet, clock, _ = one_server(ok(bomb, GZIPPED))
    error = refused("http://news.example/", max_bytes=100_000, network=internet.network(clock))
    assert error.problem == "http://news.example/: larger than 100,000 bytes"


@pytest.mark.parametrize("step", [1, 7, 65_536])
def test_compressed_page_in_any_pieces_and_members(step):
    body = gzip.compress(PAGE) + gzip.compress(PAGE * 5_000)
    internet, clock, _ = one_server(ok(body, GZIPPED), step=step)
    answer = fetch("http://news.example/", network=internet.network(clock))
    assert answer.content == PAGE * 5_001


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (gzip.compress(PAGE)[:-9], "the compressed answer is cut short"),
        (b"no gzip at all", "damaged gzip ("),
        (gzip.compress(PAGE) + b"more", "damaged gzip ("),
    ],
)
def test_damaged_compression_is_no_page(body, said):
    internet, clock, _ = one_server(ok(body, GZIPPED))
    assert said in refused("http://news.example/", network=internet.network(clock)).problem


def test_encoding_that_was_not_asked_for():
    headers = "Content-Type: text/html\r\nContent-Encoding: deflate\r\n"
    internet, clock, _ = one_server(ok(zlib.compress(PAGE), headers))
    error = refused("http://news.example/", network=internet.network(clock))
    assert "content encoding deflate" in error.problem


@pytest.mark.parametrize(
    "script",
    [ok()[:-5], b"", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 50_000],
)
def test_broken_answer_is_no_page(script):
    internet, clock, _ = one_server(script)
    error = refused("http://news.example/", network=internet.network(clock))
    assert error.problem.startswith("http://news.example/: could not be read (")


# Time


@pytest.mark.parametrize("body", [b"", PAGE * 100])
def test_server_that_drips_its_head_or_body_is_left_at_the_deadline(body):
    script = ok(body, "Content-Type: text/html\r\n" + ("X: y\r\n" * 200 if not body else ""))
    internet, clock, (stream,) = one_server(script, step=1, step_s=1.0)
    error = refused("http://news.example/", timeout_s=60, network=internet.network(clock))
    assert error.problem == "http://news.example/: not complete within 60 s"
    assert error.remedy == "try again later"
    assert clock.now - Clock.now <= 60
    assert stream.closed


def test_silent_server_is_left_earlier():
    internet, clock, (stream,) = one_server(ok(), step_s=IDLE_S + 1)
    error = refused("http://news.example/", timeout_s=60, network=internet.network(clock))
    assert error.problem == f"http://news.example/: no answer for {IDLE_S:g} s"
    assert stream.timeouts == [IDLE_S]


def test_deadline_covers_all_redirects_together():
    internet, clock, _ = one_server(redirect("/b"), redirect("/c"), ok(), step_s=4.0)
    error = refused("http://news.example/a", timeout_s=7, network=internet.network(clock))
    assert error.problem == (
        "http://news.example/a -> http://news.example/b: not complete within 7 s"
    )
