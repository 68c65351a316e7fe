"""Run the service with uvicorn: socket, signals, and a shutdown that finishes accepted requests.

See `app.py` for the routes, `cli/serve.py` for the flags.

Tested in `tests/cli/test_main.py`.
"""

import asyncio
import signal
import socket
from contextlib import suppress

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from brief.errors import UsageError
from brief.service.app import create_app
from brief.service.json_logs import log, log_to_stderr
from brief.service.service_config import Place, ServiceConfig
from brief.service.worker import Load, ProcessWorker

BACKLOG = 2048
"""Connections that the system queues while models load, or under load."""


def run(config: ServiceConfig, place: Place) -> None:
    """Serve until a signal to end; then finish the accepted requests.

    Raises:
        UsageError: The service cannot listen at the address.
        BriefError: A model cannot be loaded.
    """
    log_to_stderr()
    _allow_many_connections()
    with _listening(place) as listener:
        asyncio.run(_serve(config, place, listener))


async def _serve(config: ServiceConfig, place: Place, listener: socket.socket) -> None:
    load = Load(config.models, config.engine, config.cache)
    app = create_app(config, [ProcessWorker(load) for _ in range(config.n_workers)])
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http=PatientProtocol,
            ws="none",
            # Entered here instead, so that errors are raised and not only logged.
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            root_path=config.root_path,
            timeout_graceful_shutdown=place.grace_s,
        )
    )
    async with app.router.lifespan_context(app):
        # uvicorn shuts down cleanly on these signals, and then raises them once more.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        log("listening", url=_url(listener, config.root_path))
        await server.serve([listener])
    log("stopped")


def _listening(place: Place) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    try:
        return socket.create_server((place.host, place.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise UsageError(
            f"{place.host}:{place.port}: cannot be listened at ({error.strerror})",
            "name another --port, or an address of this machine with --host",
        ) from None


def _url(listener: socket.socket, root_path: str) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{root_path}/"


def _allow_many_connections() -> None:
    """Raise the limit of open files: each connection is one, and many systems default to 1,024."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


HEAD_TIMEOUT_S = 20.0
"""Time for a request's head, which is usually one packet; enough for a poor mobile connection."""


class PatientProtocol(H11Protocol):
    """Closes a connection that has not sent its first request's head in time."""

    head_timeout_s = HEAD_TIMEOUT_S

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See `asyncio.Protocol.connection_made`."""
        super().connection_made(transport)
        self.loop.call_later(self.head_timeout_s, self._close_unless_begun)

    def _close_unless_begun(self) -> None:
        # `cycle` is the current request; it is None before the first head.
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()
