import gzip
import threading
import zlib
from contextlib import contextmanager
from importlib.metadata import version

import pytest

from brief.errors import FetchError
from brief.ingest.web.connections import IDLE_S
from brief.ingest.web.fetch import ask, fetch
from brief.ingest.web.response import Fetched, NotModified, ResourceKind
from tests.fakes.sites import (
    HTML,
    PAGE,
    PUBLIC,
    Answer,
    Clock,
    Handler,
    Internet,
    Scripted,
    ok,
    one_server,
    redirect,
)


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
        def do_GET(self) -> None:  # noqa: N802 - the base class calls it so
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
        (gzip.compress(PAGE, mtime=0)[:-9], "the compressed answer is cut short"),
        (b"no gzip at all", "damaged gzip ("),
        (gzip.compress(PAGE, mtime=0) + b"more", "damaged gzip ("),
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


# Conditions, and what is asked for


def unchanged_for(etag: str):
    """A server that knows its page's validator."""

    def answer(headers):
        if headers.get("If-None-Match") == etag:
            return Answer(304, {"ETag": etag}, b"")
        return Answer(200, {**HTML, "ETag": etag, "Last-Modified": "yesterday"})

    return answer


def test_page_that_did_not_change_is_not_sent_again(site):
    site.answers["/a"] = unchanged_for('"1"')
    url = site.url("/a")
    first = ask(url, allow_private=True)
    assert (first.etag, first.last_modified) == ('"1"', "yesterday")
    again = ask(url, allow_private=True, etag=first.etag, last_modified=first.last_modified)
    assert again == NotModified(url)
    assert "If-None-Match" not in site.asked[0]
    assert site.asked[1]["If-Modified-Since"] == "yesterday"
    assert ask(url, allow_private=True, etag='"0"').content == PAGE


def test_not_modified_without_anything_kept_is_asked_again_past_caches(site):
    def stubborn(headers):
        return Answer() if headers.get("Cache-Control") == "no-cache" else Answer(304, {}, b"")

    site.answers["/a"] = stubborn
    assert fetch(site.url("/a"), allow_private=True).content == PAGE


def test_not_modified_without_anything_kept_is_an_error_the_second_time(site):
    site.answers["/a"] = Answer(304, {}, b"")
    error = refused(site.url("/a"), allow_private=True)
    assert error.problem == f"{site.url('/a')}: HTTP 304 Not Modified, but nothing is kept of it"
    assert len(site.asked) == 2


@pytest.mark.parametrize("validator", ["x" * 5_000, "caf\u00e9", "a\tb"])
def test_validators_that_could_not_be_sent_back_are_forgotten(site, validator):
    header = validator.encode().decode("latin-1")
    site.answers["/a"] = Answer(200, {**HTML, "ETag": header})
    assert ask(site.url("/a"), allow_private=True).etag is None
    # Nor are they sent when somebody kept one.
    ask(site.url("/a"), allow_private=True, etag=validator)
    assert "If-None-Match" not in site.asked[1]


def test_feed_is_read_whatever_its_server_calls_it(site):
    site.answers["/a"] = Answer(200, {"Content-Type": "application/octet-stream"}, b"<rss/>")
    answer = ask(site.url("/a"), wanted=ResourceKind.FEED, allow_private=True)
    assert answer.content == b"<rss/>"
    assert "application/rss+xml" in site.asked[0]["Accept"]
    assert "not text or HTML" in refused(site.url("/a"), allow_private=True).problem


def test_robots_file_that_is_too_large_is_cut_off(site):
    site.answers["/robots.txt"] = Answer(200, {}, b"x" * 5_000)
    answer = ask(
        site.url("/robots.txt"), wanted=ResourceKind.ROBOTS, allow_private=True, max_bytes=700
    )
    assert len(answer.content) == 700


@pytest.mark.parametrize(
    ("status", "retry_after", "passing", "seconds"),
    [
        (503, "120", True, 120.0),
        (429, "Wed, 25 Nov 2026 07:00:00 GMT", True, None),
        (500, None, True, None),
        (404, "5", False, 5.0),
        (403, None, False, None),
    ],
)
def test_error_says_whether_it_passes(site, status, retry_after, passing, seconds):
    headers = {"Retry-After": retry_after} if retry_after else {}
    site.answers["/a"] = Answer(status, headers, b"")
    error = refused(site.url("/a"), allow_private=True)
    assert (error.status, error.passing, error.retry_after_s) == (status, passing, seconds)


def test_gate_is_passed_for_every_redirect_and_its_waiting_costs_no_time():
    internet, clock, _ = one_server(redirect("http://news.example/b"), ok(), step_s=0.4)
    passed = []

    @contextmanager
    def gate(url):
        clock.now += 3_600
        passed.append(url)
        yield

    network = internet.network(clock)
    answer = ask("http://news.example/a", timeout_s=1, network=network, gate=gate)
    assert answer.url == "http://news.example/b"
    assert passed == ["http://news.example/a", "http://news.example/b"]


def test_time_of_a_fetch_is_spent_over_all_its_redirects():
    internet, clock, _ = one_server(redirect("/b"), redirect("/c"), ok(), step_s=0.4)
    with pytest.raises(FetchError, match="not complete within 1 s") as caught:
        ask("http://news.example/a", timeout_s=1, network=internet.network(clock))
    assert caught.value.passing
