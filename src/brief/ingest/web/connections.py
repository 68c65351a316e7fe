"""Open network connections to checked addresses, with a deadline for the whole fetch.

Each connection goes to an address that was resolved and checked here, so a name cannot mean one
address to the check and another to the connection. Each read is bounded by the time left for the
whole fetch, so that a server that drips bytes, in the head or in the body, gains nothing.
Importing this module imports httpcore. See `fetch.py` for HTTP.

Tested in `tests/ingest/web/test_fetch.py`.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ssl import SSLContext

import httpcore

IDLE_S = 10.0
"""Limit for one connection or one read; a server silent for so long is gone."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class TransportError(Exception):
    """What went wrong at the current address; the arguments are those of `FetchError`."""

    def __init__(
        self,
        what: str,
        remedy: str = "",
        *,
        status: int | None = None,
        passing: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.status = status
        self.passing = passing
        self.retry_after_s = retry_after_s


def _system_addresses(host: str, port: int) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Network:
    """The network and clock that a fetch uses; tests pass their own.

    Attributes:
        addresses: Resolves host and port to numeric addresses, the preferred first; raises
            OSError. The resolver has its own time limit: no deadline applies to it.
        backend: Opens connections, to numeric addresses only.
        clock: Monotonic clock in seconds.
    """

    addresses: Callable[[str, int], list[str]] = _system_addresses
    backend: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class FetchDeadline:
    """The time by which a fetch must be over, and the clock that measures it."""

    clock: Callable[[], float]
    at: float
    timeout_s: float

    @property
    def left(self) -> float:
        """Seconds until the deadline; negative after it."""
        return self.at - self.clock()

    @property
    def exceeded(self) -> str:
        """The message when the deadline has passed."""
        return f"not complete within {self.timeout_s:g} s"

    def bound(self, timeout: float | None) -> float:
        """The given timeout, or the time left if that is less."""
        left = self.left
        if left <= 0:
            raise TransportError(self.exceeded, "try again later", passing=True)
        return left if timeout is None else min(timeout, left)


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to allowed addresses only; its streams know the deadline."""

    def __init__(self, network: Network, deadline: FetchDeadline, *, allow_private: bool) -> None:
        self._network = network
        self._deadline = deadline
        self._allow_private = allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's addresses that responds."""
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in self._allowed(host, port):
            try:
                stream = self._network.backend.connect_tcp(
                    address, port, self._deadline.bound(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure

    def _allowed(self, host: str, port: int) -> list[str]:
        """The host's addresses; a single non-public one rejects the whole name."""
        try:
            addresses = list(dict.fromkeys(self._network.addresses(host, port)))
        except (OSError, UnicodeError) as error:
            remedy = "check the address and the connection"
            raise TransportError(f"no address for {host} ({error})", remedy, passing=True) from None
        for address in addresses:
            if not self._allow_private and not is_public(address):
                shown = host if host == address else f"{host} ({address})"
                remedy = "add --allow-private if it is meant"
                raise TransportError(f"{shown} is not a public address", remedy)
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every step ends at the deadline at the latest."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: FetchDeadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.bound(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.bound(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        bound = self._deadline.bound(timeout)
        stream = self._inner.start_tls(ssl_context, server_hostname, bound)
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


def is_public(address: str) -> bool:
    """Whether a numeric address belongs to the public internet.

    An IPv6 address that contains an IPv4 one (mapped, 6to4, NAT64) is judged by the latter.

    Example:
        >>> is_public("192.0.2.1"), is_public("::ffff:127.0.0.1"), is_public("1.1.1.1")
        (False, False, True)
    """
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if parsed in _NAT64:
            inner = ipaddress.IPv4Address(parsed.packed[-4:])
        if inner is not None:
            return is_public(str(inner))
        if parsed.is_site_local:
            return False
    # The registry counts some multicast addresses as global.
    return parsed.is_global and not (parsed.is_multicast or parsed.is_reserved)
