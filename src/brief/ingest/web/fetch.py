"""Fetch one URL over HTTP: the only network client.

One call is one page: a GET, its redirects, and a response of bounded size in bounded time, or the
information that nothing changed since the last one. httpx's own transport lets its caller choose
neither address nor deadline, so its lower half, httpcore, is used directly, over connections that
know both (`connections.py`). Nor could httpx follow the redirects: it reads the whole body of each
before it asks the next URL, however large.

There are no cookies, credentials, caches or proxies (a proxy resolves names where they cannot be
checked). See `crawler.py` for robots.txt and retries. Importing this module imports httpx, so
import it only when there is a URL to fetch.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from ssl import SSLContext

import httpcore
import httpx

from brief.errors import FetchError
from brief.ingest.charset import MAX_BYTES
from brief.ingest.web.connections import (
    IDLE_S,
    CheckedBackend,
    FetchDeadline,
    Network,
    TransportError,
)
from brief.ingest.web.response import (
    SAVE_IT,
    Fetched,
    NotModified,
    ResourceKind,
    content_type,
    decompressed,
    joined,
    require_page,
)

AGENT = "brief"
"""The user agent that servers and their robots.txt see."""

TIMEOUT_S = 30.0
"""Limit for one page with all its redirects; a slower news page is not going to arrive."""

MAX_REDIRECTS = 5
"""Short link, to https, to www, to the canonical path, and one to spare."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_MAX_PORT = 65_535
_MAX_VALIDATOR = 1_000
"""Characters of an ETag; real ones have some 40."""


_ACCEPTED = {
    ResourceKind.PAGE: "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.1",
    ResourceKind.FEED: (
        "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9,"
        " text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
    ),
    ResourceKind.ROBOTS: "text/plain, */*;q=0.1",
}

Gate = Callable[[str], AbstractContextManager[None]]
"""Context manager entered before each URL's request and left after its response. It may wait,
without using up the fetch's own time, or refuse by raising `TransportError`."""

_MACHINE = Network()


def _open_gate(_url: str) -> AbstractContextManager[None]:
    return nullcontext()


def fetch(
    url: str,
    *,
    allow_private: bool = False,
    timeout_s: float = TIMEOUT_S,
    max_bytes: int = MAX_BYTES,
    max_redirects: int = MAX_REDIRECTS,
    network: Network = _MACHINE,
) -> Fetched:
    """Read one page of text or HTML.

    Args:
        url: http or https, without user name or password.
        allow_private: Connect to addresses that are not public too: private, loopback,
            link-local, multicast and reserved ones.
        timeout_s: Seconds for everything from the first connection to the last byte.
        max_bytes: Limit of the body, after decompression.
        max_redirects: Most redirects; each is checked like the first address.
        network: How servers are reached.

    Returns:
        The complete body of a 2xx response.

    Raises:
        FetchError: The URL was refused or gave no such response; it names the URL, the last
            redirect, what happened, and what to do where something can be done.
    """
    answer = ask(
        url,
        allow_private=allow_private,
        timeout_s=timeout_s,
        max_bytes=max_bytes,
        max_redirects=max_redirects,
        network=network,
    )
    # Without validators, `ask` never returns `NotModified`.
    assert isinstance(answer, Fetched)
    return answer


def ask(
    url: str,
    *,
    wanted: ResourceKind = ResourceKind.PAGE,
    etag: str | None = None,
    last_modified: str | None = None,
    allow_private: bool = False,
    timeout_s: float = TIMEOUT_S,
    max_bytes: int = MAX_BYTES,
    max_redirects: int = MAX_REDIRECTS,
    network: Network = _MACHINE,
    gate: Gate = _open_gate,
) -> Fetched | NotModified:
    """Read one URL if it changed.

    Args:
        url: As for `fetch`.
        wanted: The kind of content; a robots.txt that is too large is cut off, not refused.
        etag: ETag of the stored response; None when there is none.
        last_modified: Last-Modified of the stored response; None when there is none.
        allow_private: As for `fetch`.
        timeout_s: Seconds within the gate, over all redirects.
        max_bytes: As for `fetch`.
        max_redirects: As for `fetch`.
        network: As for `fetch`.
        gate: Entered for each URL, redirects included.

    Returns:
        The complete body of a 2xx response, or `NotModified` if the validators still match.

    Raises:
        FetchError: As for `fetch`.
    """
    request = _Request(wanted, _validator(etag), _validator(last_modified), max_bytes)
    left_s = timeout_s
    visited: list[httpx.URL] = []
    where = url
    try:
        target = _target(url)
        while True:
            visited.append(target)
            with gate(str(target)):
                deadline = FetchDeadline(network.clock, network.clock() + left_s, timeout_s)
                backend = CheckedBackend(network, deadline, allow_private=allow_private)
                answer = _answer(target, backend, deadline, request)
                left_s = deadline.left
            if not isinstance(answer, str):
                return answer
            where = f"{url} -> {answer}"
            target = _next_target(answer, visited, max_redirects)
    except TransportError as trouble:
        raise FetchError(
            f"{where}: {trouble.what}",
            trouble.remedy,
            status=trouble.status,
            passing=trouble.passing,
            retry_after_s=trouble.retry_after_s,
        ) from trouble.__cause__


@dataclass(frozen=True, slots=True)
class _Request:
    """The parameters shared by every URL of one call."""

    wanted: ResourceKind
    etag: str | None
    last_modified: str | None
    max_bytes: int
    past_caches: bool = False

    def headers(self, host: bytes) -> list[tuple[bytes | str, bytes | str]]:
        headers: list[tuple[bytes | str, bytes | str]] = [
            ("Host", host),
            ("User-Agent", f"{AGENT}/{version('brief')}"),
            ("Accept", _ACCEPTED[self.wanted]),
            ("Accept-Encoding", "gzip"),
            ("Connection", "close"),
        ]
        if self.etag:
            headers.append(("If-None-Match", self.etag))
        if self.last_modified:
            headers.append(("If-Modified-Since", self.last_modified))
        if self.past_caches:
            headers.append(("Cache-Control", "no-cache"))
        return headers


def _target(url: str) -> httpx.URL:
    """A URL that may be fetched, without its fragment, so that equal pages compare equal."""
    try:
        parsed = httpx.URL(url).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise TransportError(f"not a URL ({error})") from None
    if parsed.scheme not in {"http", "https"}:
        raise TransportError(f"{parsed.scheme or 'no scheme'}: only http and https are fetched")
    if not parsed.host:
        raise TransportError("a URL without a host")
    if parsed.port is not None and not 0 < parsed.port <= _MAX_PORT:
        raise TransportError(f"port {parsed.port}, where 1 to {_MAX_PORT} exist")
    if parsed.userinfo:
        # It would appear in ids, outputs and logs, and a redirect could carry it elsewhere.
        raise TransportError("a URL with a user name or password is not fetched", SAVE_IT)
    return parsed


def _next_target(url: str, visited: Sequence[httpx.URL], max_redirects: int) -> httpx.URL:
    target = _target(url)
    if target in visited:
        raise TransportError("a redirect loop", f"the page may need cookies: {SAVE_IT}")
    if len(visited) > max_redirects:
        raise TransportError(f"more than {max_redirects} redirects")
    return target


def _answer(
    url: httpx.URL, backend: CheckedBackend, deadline: FetchDeadline, request: _Request
) -> Fetched | NotModified | str:
    """The page, or the URL that its server redirects to."""
    try:
        answer = _get(url, backend, request)
        if isinstance(answer, NotModified) and not (request.etag or request.last_modified):
            # No validators were sent, so a cache on the way answered somebody else's request.
            answer = _get(url, backend, replace(request, past_caches=True))
            if isinstance(answer, NotModified):
                raise TransportError("HTTP 304 Not Modified, but nothing is kept of it", SAVE_IT)
    except httpcore.TimeoutException as error:
        silent = f"no answer for {IDLE_S:g} s"
        what = deadline.exceeded if deadline.left <= 0 else silent
        raise TransportError(what, "try again later", passing=True) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        what = f"could not be read ({str(error) or type(error).__name__})"
        raise TransportError(what, "try again later", passing=True) from error
    return answer


def _get(url: httpx.URL, backend: CheckedBackend, request: _Request) -> Fetched | NotModified | str:
    target = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    headers = request.headers(url.netloc)
    tls = _trusted() if url.scheme == "https" else None
    limits = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), IDLE_S)}
    with (
        httpcore.ConnectionPool(tls, network_backend=backend) as pool,
        pool.stream("GET", target, headers=headers, extensions=limits) as response,
    ):
        answered = httpx.Headers(response.headers)
        location = answered.get("location")
        if response.status in _REDIRECTS and location:
            try:
                return str(url.join(location))
            except (httpx.InvalidURL, ValueError) as error:
                raise TransportError(f"redirects to {location!r}, not a URL ({error})") from None
        if response.status == HTTPStatus.NOT_MODIFIED:
            return NotModified(str(url))
        if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            raise _status_trouble(response.status, answered.get("retry-after"))
        media_type, charset = content_type(answered.get("content-type"))
        if request.wanted is ResourceKind.PAGE:
            require_page(media_type)
        pieces = decompressed(response.iter_stream(), answered.get("content-encoding"))
        content = joined(pieces, request.max_bytes, cut=request.wanted is ResourceKind.ROBOTS)
    return Fetched(
        url=str(url),
        content=content,
        media_type=media_type,
        charset=charset,
        etag=_validator(answered.get("etag")),
        last_modified=_validator(answered.get("last-modified")),
    )


@cache
def _trusted() -> SSLContext:
    """Certificates as in httpx: SSL_CERT_FILE, else certifi's. Read once, 23 ms."""
    return httpx.create_ssl_context()


def _status_trouble(status: int, retry_after: str | None) -> TransportError:
    try:
        phrase = f" {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = ""
    passing = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _BUSY
    if passing:
        remedy = "try again later"
    elif status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        remedy = "check the address"
    else:
        remedy = f"the site may refuse programs: {SAVE_IT}"
    # Retry-After may also be a date; servers that mean it send seconds.
    seconds = retry_after and re.fullmatch(r"\s*([0-9]{1,6})\s*", retry_after)
    return TransportError(
        f"HTTP {status}{phrase}",
        remedy,
        status=status,
        passing=passing,
        retry_after_s=float(seconds[1]) if seconds else None,
    )


def _validator(header: str | None) -> str | None:
    """An ETag or a date that may be sent back: printable, and of a sane length."""
    usable = header and header.isascii() and header.isprintable()
    return header if usable and len(header or "") <= _MAX_VALIDATOR else None
