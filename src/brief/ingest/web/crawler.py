"""Many URLs on one morning, without being a burden to anybody's server.

A host is asked by few threads at a time, with a pause between two requests, as its robots.txt
allows, again when it is busy, and no more once it failed several times in a row. Waiting costs
a request nothing of its own time limit.

Left out: one answer (`fetch.py`), what a robots.txt says (`crawler.py`), which URLs are asked
(`briefing/sources/expand.py`), and any memory from one run to the next.
"""

import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address
from threading import Lock, Semaphore
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from brief.errors import FetchError
from brief.ingest.charset import MAX_BYTES
from brief.ingest.web.connections import Network, Trouble, is_public
from brief.ingest.web.fetch import AGENT, TIMEOUT_S, ask
from brief.ingest.web.response import Fetched, NotModified, Wanted

if TYPE_CHECKING:
    from protego import Protego


MAX_FEED_BYTES = 10_000_000
"""Of a feed: some 3,000 full articles, parsed in a second or two."""

MAX_FAILURES = 5
"""In a row; then a host is down, and each further wait for it would be in vain."""

MAX_CRAWL_DELAY_S = 10.0
"""A robots.txt may ask for more, but a morning has an end."""

MAX_RETRY_AFTER_S = 30.0
"""A server that wants to be left alone for longer is asked on another morning."""

_BACKOFF_S = 1.0
"""Before the second attempt, on average; doubled before each further one."""

_TIME_IS_OVER = "not asked: the run's time is over"
_MAX_BYTES = {Wanted.PAGE: MAX_BYTES, Wanted.FEED: MAX_FEED_BYTES}


MAX_ROBOTS_BYTES = 512_000
"""RFC 9309, section 2.5, asks for 500 KiB at least; what comes after is not read."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site's robots.txt says to one program; without one, everything is allowed."""

    agent: str
    parsed: "Protego | None" = None

    def allows(self, url: str) -> bool:
        """Whether a URL of the site may be asked."""
        return self.parsed is None or self.parsed.can_fetch(url, self.agent)

    @property
    def delay_s(self) -> float:
        """Seconds between two requests that it asks for; 0 when it asks for none."""
        delay = self.parsed.crawl_delay(self.agent) if self.parsed else None
        return max(delay or 0.0, 0.0)


def read_rules(content: bytes, *, agent: str) -> Rules:
    r"""The rules of a robots.txt; lines that are none are passed over.

    Example:
        >>> rules = read_rules(b"User-agent: *\nDisallow: /private/", agent="brief")
        >>> rules.allows("https://a.example/news"), rules.allows("https://a.example/private/x")
        (True, False)
    """
    from protego import Protego

    return Rules(agent, Protego.parse(content.decode("utf-8-sig", "replace")))


@dataclass
class _Host:
    """One site (scheme, name and port) during one run."""

    slots: Semaphore
    free_at: float = -math.inf
    n_failures: int = 0
    rules: Rules | FetchError | None = None
    rules_lock: Lock = field(default_factory=Lock)


class Client:
    """Asks URLs as robots.txt allows, few at a time, and again when a server is busy.

    One is made for a run and shared by its threads.

    Args:
        network: How servers are reached; its clock is the one that all waiting is measured by.
        sleep: Waits so many seconds.
        rng: Spreads the waits before another attempt.
        n_at_once: Requests beside each other, to all hosts.
        n_per_host: Requests beside each other to one host.
        delay_s: Between the beginnings of two requests to one host that is not this machine or
            its own network.
        n_attempts: For one URL, when a server fails in a way that passes.
        timeout_s: For one URL with its redirects, waits aside.
        stop_at: Time of the clock after which nothing is asked any more; None for never.
    """

    def __init__(
        self,
        *,
        network: Network | None = None,
        sleep: Callable[[float], None] = time.sleep,
        rng: random.Random | None = None,
        n_at_once: int = 8,
        n_per_host: int = 2,
        delay_s: float = 1.0,
        n_attempts: int = 3,
        timeout_s: float = TIMEOUT_S,
        stop_at: float | None = None,
    ) -> None:
        self.n_at_once = n_at_once
        self._network = network or Network()
        self._sleep = sleep
        self._rng = rng or random.Random()  # noqa: S311 - spreads waits, guards nothing
        self._n_per_host = n_per_host
        self._delay_s = delay_s
        self._n_attempts = n_attempts
        self._timeout_s = timeout_s
        self._stop_at = math.inf if stop_at is None else stop_at
        self._slots = Semaphore(n_at_once)
        self._hosts: dict[str, _Host] = {}
        self._lock = Lock()

    def fetch(
        self,
        url: str,
        *,
        wanted: Wanted = Wanted.PAGE,
        allow_private: bool = False,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Fetched | NotModified:
        """The answer of one URL, or that it is the one whose validators are given.

        Raises:
            FetchError: robots.txt forbids it, or every attempt failed.
        """
        gate = partial(self._allowed_turn, allow_private=allow_private)
        return self._retried(
            partial(
                ask,
                url,
                wanted=wanted,
                allow_private=allow_private,
                etag=etag,
                last_modified=last_modified,
                max_bytes=_MAX_BYTES[wanted],
                network=self._network,
                gate=gate,
            )
        )

    def _retried(self, asked: Callable[..., Fetched | NotModified]) -> Fetched | NotModified:
        def attempt() -> Fetched | NotModified:
            left_s = max(self._stop_at - self._network.clock(), 0.0)
            return asked(timeout_s=min(self._timeout_s, left_s))

        retrying = Retrying(
            stop=stop_after_attempt(self._n_attempts),
            retry=retry_if_exception(self._deserves_another),
            wait=self._pause_s,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(attempt)

    def _deserves_another(self, error: BaseException) -> bool:
        """Whether to ask once more after an error."""
        if not isinstance(error, FetchError) or not error.passing:
            return False
        soon = error.retry_after_s is None or error.retry_after_s <= MAX_RETRY_AFTER_S
        return soon and self._network.clock() < self._stop_at

    def _pause_s(self, state: RetryCallState) -> float:
        """Seconds before the next attempt, spread so that many readers do not come back at once."""
        error = state.outcome.exception() if state.outcome else None
        asked_for = error.retry_after_s if isinstance(error, FetchError) else None
        spread = self._rng.uniform(0.5, 1.5) * _BACKOFF_S * 2.0 ** (state.attempt_number - 1)
        left_s = max(self._stop_at - self._network.clock(), 0.0)
        return min(max(spread, asked_for or 0.0), left_s)

    @contextmanager
    def _allowed_turn(self, url: str, *, allow_private: bool) -> Iterator[None]:
        rules = self._rules(url, allow_private=allow_private)
        if not rules.allows(url):
            raise Trouble("the site's robots.txt asks programs not to read it")
        with self._turn(url, delay_s=rules.delay_s):
            yield

    def _rules(self, url: str, *, allow_private: bool) -> Rules:
        """The site's rules, which its first URL fetches."""
        host = self._host(url)
        with host.rules_lock:
            if host.rules is None:
                try:
                    answer = self._retried(
                        partial(
                            ask,
                            f"{_site(url)}/robots.txt",
                            wanted=Wanted.ROBOTS,
                            allow_private=allow_private,
                            max_bytes=MAX_ROBOTS_BYTES,
                            network=self._network,
                            gate=self._turn,
                        )
                    )
                    assert isinstance(answer, Fetched)
                    host.rules = read_rules(answer.content, agent=AGENT)
                except FetchError as error:
                    # RFC 9309, 2.3.1: a file that is not there allows all, one that cannot be
                    # had for now allows nothing.
                    host.rules = error if error.passing else Rules(AGENT)
            if isinstance(host.rules, FetchError):
                raise Trouble(
                    f"not asked, since its site fails ({host.rules.problem})",
                    host.rules.remedy,
                    passing=True,
                    retry_after_s=math.inf,
                )
            return host.rules

    @contextmanager
    def _turn(self, url: str, *, delay_s: float = 0.0) -> Iterator[None]:
        """Wait until the host may be asked, and note how it went."""
        host = self._host(url)
        least_s = 0.0 if _is_own(url) else self._delay_s
        with host.slots:
            self._wait(host, max(least_s, min(delay_s, MAX_CRAWL_DELAY_S)))
            with self._slots:
                if self._network.clock() >= self._stop_at:
                    raise _not_in_this_run(_TIME_IS_OVER)
                if host.n_failures >= MAX_FAILURES:
                    raise _not_in_this_run(
                        f"not asked: its site failed {MAX_FAILURES} times in a row"
                    )
                try:
                    yield
                except Trouble as trouble:
                    host.n_failures = host.n_failures + 1 if trouble.passing else 0
                    raise
                host.n_failures = 0

    def _wait(self, host: _Host, delay_s: float) -> None:
        with self._lock:
            now = self._network.clock()
            at = max(now, host.free_at)
            if host.n_failures >= MAX_FAILURES:
                return
            if at >= self._stop_at:
                raise _not_in_this_run(_TIME_IS_OVER)
            host.free_at = at + delay_s
        if at > now:
            self._sleep(at - now)

    def _host(self, url: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(_site(url), _Host(Semaphore(self._n_per_host)))


def _site(url: str) -> str:
    scheme, netloc, *_ = urlsplit(url)
    return f"{scheme}://{netloc}"


def _is_own(url: str) -> bool:
    """Whether a URL names this machine or an address of its own network."""
    name = urlsplit(url).hostname or ""
    try:
        return not is_public(str(ip_address(name)))
    except ValueError:
        return name == "localhost"


def _not_in_this_run(what: str) -> Trouble:
    return Trouble(what, "try again later", passing=True, retry_after_s=math.inf)
