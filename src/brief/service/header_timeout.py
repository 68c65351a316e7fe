"""uvicorn's HTTP/1 protocol, with an end to its patience for a request's head.

uvicorn itself waits without end for a client that connects and sends nothing, or a byte a
minute. Left out: how long a body may take (`request_body.py`), and who keeps a connection after an
answer (uvicorn's own timeout).
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_TIMEOUT_S = 20.0
"""A head is one packet; a phone in a tunnel gets this long to send it."""


class PatientProtocol(H11Protocol):
    """Closes a connection that has not sent its first request's head in time."""

    head_timeout_s = HEAD_TIMEOUT_S

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See `asyncio.Protocol.connection_made`."""
        super().connection_made(transport)
        self.loop.call_later(self.head_timeout_s, self._close_unless_begun)

    def _close_unless_begun(self) -> None:
        # `cycle` is the request that is answered; there is none before the first head.
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()
