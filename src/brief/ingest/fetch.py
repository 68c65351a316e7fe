"""URL -> bytes: the only network client.

One call is one page: a GET, its redirects, and an answer of bounded size in bounded time.
httpx's own transport lets its caller choose neither address nor deadline, so its lower half,
httpcore, is driven directly, over connections that know both (`connect.py`).

Left out: cookies, credentials, caching and conditional requests, robots.txt, and proxies (a
proxy resolves names where they cannot be checked). Importing this module imports httpx: do so
where a URL is at hand.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from importlib.metadata import version
from ssl import SSLContext

import httpcore
import httpx

from brief.errors import FetchError
from brief.ingest.connect import IDLE_S, CheckedBackend, Deadline, Network, Trouble
from brief.ingest.decode import MAX_BYTES

TIMEOUT_S = 30.0
"""For one page with all its redirects; a news page that takes longer is not served today."""

MAX_REDIRECTS = 5
"""Short link, to https, to www, to the canonical path, and one to spare."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_PORT = 65_535
_INFLATE_STEP = 65_536
"""Bytes inflated at a time, whatever the ratio: what bounds a compression bomb."""
_SAVE_IT = "open the page in a browser, save it, and pass the file"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a URL answered.

    Attributes:
        url: After redirects.
        content: The body, decompressed, not decoded.
        media_type: Lower case, without parameters; None when the server names none.
        charset: As the Content-Type header names it, lower case; None when it names none.
    """

    url: str
    content: bytes
    media_type: str | None
    charset: str | None


_MACHINE = Network()


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
        max_bytes: Of the body, after decompression.
        max_redirects: Each is checked like the first address.
        network: How to reach it.

    Returns:
        The body of a 2xx answer, complete.

    Raises:
        FetchError: The URL was refused or gave no such answer; it names the URL, the last
            redirect, what happened, and what to do where something can be done.
    """
    deadline = Deadline(network.clock, network.clock() + timeout_s, timeout_s)
    backend = CheckedBackend(network, deadline, allow_private=allow_private)
    visited: list[httpx.URL] = []
    where = url
    try:
        target = _target(url)
        while True:
            visited.append(target)
            answer = _get(target, backend, max_bytes)
            if isinstance(answer, Fetched):
                return answer
            where = f"{url} -> {answer}"
            target = _next_target(answer, visited, max_redirects)
    except Trouble as trouble:
        raise FetchError(f"{where}: {trouble.what}", trouble.remedy) from None
    except httpcore.TimeoutException as error:
        silent = f"no answer for {IDLE_S:g} s"
        what = deadline.exceeded if deadline.left <= 0 else silent
        raise FetchError(f"{where}: {what}", "try again later") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        said = str(error) or type(error).__name__
        raise FetchError(f"{where}: could not be read ({said})", "try again later") from error


def _target(url: str) -> httpx.URL:
    """A URL that may be asked, without its fragment, so that equal pages compare equal."""
    try:
        parsed = httpx.URL(url).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise Trouble(f"not a URL ({error})") from None
    if parsed.scheme not in {"http", "https"}:
        raise Trouble(f"{parsed.scheme or 'no scheme'}: only http and https are fetched")
    if not parsed.host:
        raise Trouble("a URL without a host")
    if parsed.port is not None and not 0 < parsed.port <= _MAX_PORT:
        raise Trouble(f"port {parsed.port}, where 1 to {_MAX_PORT} exist")
    if parsed.userinfo:
        # It would stand in ids, outputs and logs; and a redirect could carry it elsewhere.
        raise Trouble("a URL with a user name or password is not fetched", _SAVE_IT)
    return parsed


def _next_target(url: str, visited: Sequence[httpx.URL], max_redirects: int) -> httpx.URL:
    target = _target(url)
    if target in visited:
        raise Trouble("a redirect loop", f"the page may need cookies: {_SAVE_IT}")
    if len(visited) > max_redirects:
        raise Trouble(f"more than {max_redirects} redirects")
    return target


def _get(url: httpx.URL, backend: "CheckedBackend", max_bytes: int) -> Fetched | str:
    """The page, or the URL that its server redirects to."""
    headers: list[tuple[bytes | str, bytes | str]] = [
        ("Host", url.netloc),
        ("User-Agent", f"brief/{version('brief')}"),
        ("Accept", "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.1"),
        ("Accept-Encoding", "gzip"),
        ("Connection", "close"),
    ]
    target = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    limits = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), IDLE_S)}
    with (
        httpcore.ConnectionPool(_tls(url), network_backend=backend) as pool,
        pool.stream("GET", target, headers=headers, extensions=limits) as response,
    ):
        answered = httpx.Headers(response.headers)
        location = answered.get("location")
        if response.status in _REDIRECTS and location:
            try:
                return str(url.join(location))
            except (httpx.InvalidURL, ValueError) as error:
                raise Trouble(f"redirects to {location!r}, not a URL ({error})") from None
        if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            raise _status_trouble(response.status)
        media_type, charset = _content_type(answered.get("content-type"))
        content = _joined(_decompressed(response.iter_stream(), answered), max_bytes)
    return Fetched(str(url), content, media_type, charset)


def _tls(url: httpx.URL) -> SSLContext | None:
    """Certificates as httpx takes them: SSL_CERT_FILE, else certifi's."""
    return httpx.create_ssl_context() if url.scheme == "https" else None


def _status_trouble(status: int) -> Trouble:
    try:
        phrase = f" {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = ""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        remedy = "try again later"
    elif status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        remedy = "check the address"
    else:
        remedy = f"the site may refuse programs: {_SAVE_IT}"
    return Trouble(f"HTTP {status}{phrase}", remedy)


def _content_type(header: str | None) -> tuple[str | None, str | None]:
    """Media type and charset of an answer that may hold an article."""
    if not header:
        return None, None
    parsed = Message()
    parsed["Content-Type"] = header
    media_type = parsed.get_content_type()
    if not media_type.startswith("text/") and media_type != "application/xhtml+xml":
        remedy = "save it and convert it to text first"
        if media_type == "application/pdf":
            remedy += ", for example with pdftotext"
        raise Trouble(f"not text or HTML (content type {media_type})", remedy)
    return media_type, parsed.get_content_charset()


def _decompressed(pieces: Iterable[bytes], headers: httpx.Headers) -> Iterator[bytes]:
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding == "identity":
        yield from pieces
        return
    if coding not in {"gzip", "x-gzip"}:
        raise Trouble(f"content encoding {coding}, where only gzip was asked for", _SAVE_IT)
    member = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            data = piece
            while data:
                if member.eof:
                    member = zlib.decompressobj(wbits=31)
                yield member.decompress(data, _INFLATE_STEP)
                data = member.unused_data or member.unconsumed_tail
        yield member.flush()
    except zlib.error as error:
        raise Trouble(f"damaged gzip ({error})", "try again later") from None
    if not member.eof:
        raise Trouble("the compressed answer is cut short", "try again later")


def _joined(pieces: Iterable[bytes], max_bytes: int) -> bytes:
    content = bytearray()
    for piece in pieces:
        content += piece
        if len(content) > max_bytes:
            raise Trouble(f"larger than {max_bytes:,} bytes", "pass the article's own page")
    return bytes(content)
