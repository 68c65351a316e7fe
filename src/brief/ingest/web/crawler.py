"""Fetch many URLs politely: robots.txt, limits per host, pauses and retries.

Each host gets few requests at a time, with a pause between two, as its robots.txt allows. A busy
host is tried again; one that failed several times in a row is not asked any more. Waiting does
not count against a request's own time limit. Nothing is remembered from one run to the next.

See `fetch.py` for a single request and `briefing/sources/expand.py` for the choice of URLs.
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
from brief.ingest.web.connections import Network, TransportError, is_public
from brief.ingest.web.fetch import AGENT, TIMEOUT_S, ask
from brief.ingest.web.response import Fetched, NotModified, ResourceKind

if TYPE_CHECKING:
    from protego import Protego


MAX_FEED_BYTES = 10_000_000
"""Limit of a feed: some 3,000 full articles, parsed in a second or two."""

MAX_FAILURES = 5
"""Failures in a row after which a host counts as down and is not waited for again."""

MAX_CRAWL_DELAY_S = 10.0
"""A robots.txt may ask for more, but the run has to end in time."""

MAX_RETRY_AFTER_S = 30.0
"""A server that asks for a longer wait is left for another run."""

_BACKOFF_S = 1.0
"""Mean wait before the second attempt; doubled before each further one."""

_TIME_IS_OVER = "not asked: the run's time is over"
_MAX_BYTES = {ResourceKind.PAGE: MAX_BYTES, ResourceKind.FEED: MAX_FEED_BYTES}


MAX_ROBOTS_BYTES = 512_000
"""RFC 9309, section 2.5, requires at least 500 KiB; the rest is not read."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one site's robots.txt for one agent; without a file, everything is allowed."""

    agent: str
    parsed: "Protego | None" = None

    def allows(self, url: str) -> bool:
        """Whether a URL of the site may be fetched."""
        return self.parsed is None or self.parsed.can_fetch(url, self.agent)

    @property
    def delay_s(self) -> float:
        """The requested seconds between two requests; 0 when none are requested."""
        delay = self.parsed.crawl_delay(self.agent) if self.parsed else None
        return max(delay or 0.0, 0.0)


def read_rules(content: bytes, *, agent: str) -> Rules:
    r"""Parse a robots.txt; lines that are not rules are ignored.

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
    """Fetch URLs as robots.txt allows, few at a time, and retry when a server is busy.

    A run makes one client and shares it among its threads.

    Args:
        network: How servers are reached; its clock measures all waiting.
        sleep: Waits a number of seconds.
        rng: Randomizes the waits before another attempt.
        n_at_once: Concurrent requests to all hosts.
        n_per_host: Concurrent requests to one host.
        delay_s: Seconds between the starts of two requests to one host, unless it is this
            machine or in its own network.
        n_attempts: Attempts for one URL, when a server fails temporarily.
        timeout_s: Limit for one URL with its redirects, not counting waits.
        stop_at: Clock time after which no request starts; None for no limit.
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
        wanted: ResourceKind = ResourceKind.PAGE,
        allow_private: bool = False,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Fetched | NotModified:
        """Fetch one URL; `NotModified` when the given validators still match.

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
        """Whether to try again after an error."""
        if not isinstance(error, FetchError) or not error.passing:
            return False
        soon = error.retry_after_s is None or error.retry_after_s <= MAX_RETRY_AFTER_S
        return soon and self._network.clock() < self._stop_at

    def _pause_s(self, state: RetryCallState) -> float:
        """Seconds before the next attempt, randomized so that clients do not return all at once."""
        error = state.outcome.exception() if state.outcome else None
        asked_for = error.retry_after_s if isinstance(error, FetchError) else None
        spread = self._rng.uniform(0.5, 1.5) * _BACKOFF_S * 2.0 ** (state.attempt_number - 1)
        left_s = max(self._stop_at - self._network.clock(), 0.0)
        return min(max(spread, asked_for or 0.0), left_s)

    @contextmanager
    def _allowed_turn(self, url: str, *, allow_private: bool) -> Iterator[None]:
        rules = self._rules(url, allow_private=allow_private)
        if not rules.allows(url):
            raise TransportError("the site's robots.txt asks programs not to read it")
        with self._turn(url, delay_s=rules.delay_s):
            yield

    def _rules(self, url: str, *, allow_private: bool) -> Rules:
        """The site's rules, fetched with its first URL."""
        host = self._host(url)
        with host.rules_lock:
            if host.rules is None:
                try:
                    answer = self._retried(
                        partial(
                            ask,
                            f"{_site(url)}/robots.txt",
                            wanted=ResourceKind.ROBOTS,
                            allow_private=allow_private,
                            max_bytes=MAX_ROBOTS_BYTES,
                            network=self._network,
                            gate=self._turn,
                        )
                    )
                    assert isinstance(answer, Fetched)
                    host.rules = read_rules(answer.content, agent=AGENT)
                except FetchError as error:
                    # RFC 9309, 2.3.1: a missing file allows everything, a temporarily
                    # unavailable one allows nothing.
                    host.rules = error if error.passing else Rules(AGENT)
            if isinstance(host.rules, FetchError):
                raise TransportError(
                    f"not asked, since its site fails ({host.rules.problem})",
                    host.rules.remedy,
                    passing=True,
                    retry_after_s=math.inf,
                )
            return host.rules

    @contextmanager
    def _turn(self, url: str, *, delay_s: float = 0.0) -> Iterator[None]:
        """Wait until the host may be asked, and record whether the request succeeded."""
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
                except TransportError as trouble:
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


def _not_in_this_run(what: str) -> TransportError:
    return TransportError(what, "try again later", passing=True, retry_after_s=math.inf)
