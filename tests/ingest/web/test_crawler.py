import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from brief.errors import FetchError
from brief.ingest.web.crawler import MAX_FAILURES, MAX_FEED_BYTES, Client
from brief.ingest.web.response import NotModified, ResourceKind
from tests.fakes.sites import HTML, PAGE, PUBLIC, Answer, Clock, Internet, Scripted, ok, redirect

BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


class Web:
    """Public hosts, each with its answers in order, and a client whose waits are noted."""

    def __init__(self, *answers: bytes, robots: bytes = MISSING, hosts: int = 1, **options):
        self.clock = Clock()
        self.slept: list[float] = []
        self.streams: list[Scripted] = []
        names, streams = {}, {}
        for number in range(hosts):
            address = f"93.184.216.{34 + number}"
            names[f"news{number}.example"] = [address]
            streams[address] = [Scripted(answer, self.clock) for answer in (robots, *answers)]
            self.streams += streams[address]
        self.internet = Internet(names, streams)
        self.client = Client(
            network=self.internet.network(self.clock),
            sleep=self.sleep,
            rng=random.Random(7),
            **options,
        )

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.now += seconds

    @property
    def n_asked(self) -> int:
        return len(self.internet.connected)

    def fetch(self, path: str = "/a", host: int = 0, **options):
        return self.client.fetch(f"http://news{host}.example{path}", **options)

    def refused(self, path: str = "/a", **options) -> FetchError:
        with pytest.raises(FetchError) as caught:
            self.fetch(path, **options)
        return caught.value


def robots_of(text: str) -> bytes:
    return ok(text.encode(), "Content-Type: text/plain\r\n")


# robots.txt


def test_robots_file_is_asked_once_and_honored():
    web = Web(
        ok(), ok(), robots=robots_of("User-agent: *\nDisallow: /private/\nAllow: /private/ok")
    )
    assert web.fetch("/a").content == PAGE
    error = web.refused("/private/b")
    assert error.problem == (
        "http://news0.example/private/b: the site's robots.txt asks programs not to read it"
    )
    assert not error.passing
    assert web.fetch("/private/ok").content == PAGE
    assert web.streams[0].sent.startswith(b"GET /robots.txt HTTP/1.1\r\n")
    assert web.n_asked == 3


def test_rules_for_this_program_go_before_those_for_all():
    web = Web(ok(), robots=robots_of("User-agent: *\nDisallow: /\n\nUser-agent: brief\nAllow: /"))
    assert web.fetch().content == PAGE


def test_redirect_to_what_robots_forbid_is_not_followed():
    web = Web(redirect("/private/b"), robots=robots_of("User-agent: *\nDisallow: /private/"))
    error = web.refused("/a")
    assert error.problem.startswith("http://news0.example/a -> http://news0.example/private/b: the")
    assert web.n_asked == 2


def test_robots_file_that_is_missing_allows_all():
    assert Web(ok(), robots=MISSING).fetch().content == PAGE


def test_robots_file_that_cannot_be_had_for_now_allows_nothing():
    web = Web(BUSY, BUSY, robots=BUSY)
    error = web.refused()
    assert (
        "not asked, since its site fails (http://news0.example/robots.txt: HTTP 503"
        in error.problem
    )
    assert error.passing
    # Three attempts at it; the page, and other pages, are not asked.
    web.refused("/b")
    assert web.n_asked == 3


def test_robots_file_that_is_binary_or_huge_is_read_as_far_as_it_makes_sense():
    web = Web(ok(), robots=robots_of("\x00\x01" * 10) + b"")
    assert web.fetch().content == PAGE
    web = Web(ok(), robots=robots_of("User-agent: *\nDisallow: /a\n" + "#" * 2_000_000))
    assert "robots.txt" in web.refused().problem


# Turns


def test_host_is_asked_at_intervals_and_others_meanwhile():
    web = Web(ok(), ok(), hosts=2, delay_s=3.0)
    web.fetch("/a")
    web.fetch("/b")
    # robots.txt of the second host need not wait for the first one.
    assert web.slept == [3.0, 3.0]
    web.fetch("/a", host=1)
    assert web.slept == [3.0, 3.0, 3.0]


@pytest.mark.parametrize(("asked", "waits"), [("5", 5.0), ("3600", 10.0), ("0.1", 1.0), ("x", 1.0)])
def test_crawl_delay_is_kept_within_reason(asked, waits):
    web = Web(ok(), ok(), robots=robots_of(f"User-agent: *\nCrawl-delay: {asked}"))
    web.fetch("/a")
    web.fetch("/b")
    assert web.slept == [1.0, waits]


def test_server_of_one_s_own_is_asked_without_a_pause(site):
    site.answers["/a"] = Answer()
    slept = []
    client = Client(sleep=slept.append)
    for _ in range(3):
        assert client.fetch(site.url("/a"), allow_private=True).content == PAGE
    assert slept == []
    assert [asked["path"] for asked in site.asked] == ["/robots.txt", "/a", "/a", "/a"]


def test_only_so_many_requests_run_beside_each_other(site):
    lock, both = threading.Lock(), threading.Barrier(2)
    now = most = 0

    def counted(headers):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        # Nobody goes on until a second one is here: two do run beside each other.
        both.wait(20)
        with lock:
            now -= 1
        return Answer()

    site.answers["/a"] = counted
    client = Client(n_at_once=8, n_per_host=2)
    with ThreadPoolExecutor(6) as pool:
        pages = list(pool.map(lambda _: client.fetch(site.url("/a"), allow_private=True), range(6)))
    assert [page.content for page in pages] == [PAGE] * 6
    assert most == 2


# Another attempt


def test_busy_server_is_asked_again_after_growing_spread_waits():
    web = Web(BUSY, BUSY, ok(), delay_s=0.0)
    assert web.fetch().content == PAGE
    first, second = web.slept
    assert 0.5 <= first <= 1.5
    assert 1.0 <= second <= 3.0
    other = Web(BUSY, BUSY, ok(), delay_s=0.0)
    other.client._rng = random.Random(8)
    other.fetch()
    assert other.slept != web.slept


def test_attempts_end():
    web = Web(BUSY, BUSY, BUSY, ok(), delay_s=0.0)
    assert web.refused().problem == "http://news0.example/a: HTTP 503 Service Unavailable"
    assert web.n_asked == 1 + 3


@pytest.mark.parametrize(("seconds", "n_asked"), [("20", 3), ("31", 2), ("86400", 2)])
def test_server_says_when_to_come_back(seconds, n_asked):
    later = f"HTTP/1.1 429 Too Many\r\nRetry-After: {seconds}\r\nContent-Length: 0\r\n\r\n".encode()
    web = Web(later, ok(), delay_s=0.0)
    if n_asked == 3:
        assert web.fetch().content == PAGE
        assert web.slept == [20.0]
    else:
        assert web.refused().passing
    assert web.n_asked == n_asked


@pytest.mark.parametrize("answer", [MISSING, redirect("/a"), redirect("ftp://x.example/")])
def test_failure_that_stays_is_not_tried_again(answer):
    web = Web(answer)
    assert not web.refused().passing
    assert web.n_asked == 2
    assert web.slept == [1.0]


def test_host_that_keeps_failing_is_left_alone():
    web = Web(*[BUSY] * 9, delay_s=0.0)
    web.refused("/a")
    web.refused("/b")
    assert web.n_asked == 1 + MAX_FAILURES
    error = web.refused("/c")
    assert error.problem == (
        f"http://news0.example/c: not asked: its site failed {MAX_FAILURES} times in a row"
    )
    assert error.passing
    assert web.n_asked == 1 + MAX_FAILURES


def test_answer_in_between_clears_a_host_s_failures():
    web = Web(BUSY, BUSY, BUSY, ok(), BUSY, BUSY, BUSY, ok(), delay_s=0.0)
    web.refused("/a")
    web.fetch("/b")
    web.refused("/c")
    assert web.fetch("/d").content == PAGE


def test_dripping_server_costs_its_time_limit_and_then_nothing():
    web = Web(timeout_s=30.0, delay_s=0.0)
    web.internet.streams[PUBLIC] += [
        Scripted(ok(PAGE * 100), web.clock, step=1, step_s=1.0) for _ in range(9)
    ]
    started = web.clock.now
    assert "not complete within 30 s" in web.refused("/a").problem
    web.refused("/b")
    web.refused("/c")
    assert web.clock.now - started <= MAX_FAILURES * 31 + 10


# The run's end


def test_nothing_is_asked_after_the_end_of_the_run():
    web = Web(ok(), ok(), ok(), stop_at=Clock.now + 1.5)
    web.fetch("/a")
    error = web.refused("/b")
    assert error.problem == "http://news0.example/b: not asked: the run's time is over"
    assert error.passing
    # Nor was there a wait for a turn that would come too late.
    assert web.slept == [1.0]


def test_last_fetch_of_a_run_ends_with_it():
    web = Web(stop_at=Clock.now + 12.0, delay_s=0.0)
    web.internet.streams[PUBLIC].append(Scripted(ok(PAGE * 100), web.clock, step=1, step_s=1.0))
    assert "not complete within 12 s" in web.refused().problem
    assert web.clock.now <= Clock.now + 12.0


# What is passed on


def test_validators_and_kind_reach_the_server(site):
    site.answers["/f"] = Answer(304, {}, b"")
    client = Client()
    url = site.url("/f")
    asked = {
        "wanted": ResourceKind.FEED,
        "allow_private": True,
        "etag": '"1"',
        "last_modified": "then",
    }
    assert client.fetch(url, **asked) == NotModified(url)
    assert site.asked[1]["If-None-Match"] == '"1"'
    assert site.asked[1]["If-Modified-Since"] == "then"
    assert "application/rss+xml" in site.asked[1]["Accept"]


class Endless(Scripted):
    """A head, and then bytes as long as anybody reads."""

    n_read = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        piece = super().read(max_bytes, timeout) or b"x" * 65_536
        self.n_read += len(piece)
        return piece


@pytest.mark.parametrize("length", ["Content-Length: 50000000\r\n", ""])
def test_page_of_fifty_megabytes_is_left_at_its_limit(length):
    web = Web()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{length}\r\n"
    big = Endless(head.encode(), web.clock)
    web.internet.streams[PUBLIC].append(big)
    error = web.refused(wanted=ResourceKind.FEED)
    assert error.problem.endswith(f"larger than {MAX_FEED_BYTES:,} bytes")
    assert not error.passing
    assert big.n_read < MAX_FEED_BYTES + 200_000


def test_private_addresses_are_refused_and_not_for_robots_either(site):
    site.answers["/a"] = Answer(200, HTML)
    with pytest.raises(FetchError, match="not a public address"):
        Client().fetch(site.url("/a"))
    assert site.asked == []


def test_a_name_that_turns_private_on_a_redirect_is_refused():
    web = Web(redirect("http://inner.example/"))
    web.internet.names["inner.example"] = ["10.0.0.1"]
    assert "inner.example (10.0.0.1) is not a public address" in web.refused().problem
    assert all(host == PUBLIC for host, _ in web.internet.connected)
