"""ASGI middleware and error handlers: request ids, security headers, request log, metrics.

Plain ASGI, since Starlette's own base class hides a client's disconnect from the routes.
"""

import asyncio
import re
import sys
import time
import traceback
import uuid
from contextlib import suppress
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brief.errors import BriefError
from brief.service.api_requests import BugError, QueueFullError, to_failure
from brief.service.json_logs import log, request_id
from brief.service.prometheus import Metrics

GONE = 499
"""Status that nginx logs for a client that did not wait; never sent."""

_SERVER_ERROR = 500
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_DRAIN_BYTES = 65_536
_DRAIN_S = 1.0
"""Limits for reading the rest of a body before a request is answered without it. A server that
closes while the client still sends resets the connection, and the answer is lost (RFC 9112, 9.6).
"""
SECURITY_HEADERS = {
    # Only the page's own files: nothing inline, nothing from other sites.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Envelope:
    """Middleware around the whole application."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102  (ASGI)
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        own = given if _ID.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(own)
        scope.setdefault("state", {})["request_id"] = own
        began = time.perf_counter()
        status = 0
        n_announced = _announced(scope)
        is_read = n_announced == 0

        async def receive_noted() -> Message:
            nonlocal is_read
            message = await receive()
            is_read = not message.get("more_body", False)
            return message

        async def send_dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                with suppress(TimeoutError):
                    async with asyncio.timeout(_DRAIN_S):
                        while not is_read and n_announced <= _DRAIN_BYTES:
                            await receive_noted()
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = own
                headers.setdefault("Cache-Control", "no-store")
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
            await send(message)

        try:
            await self._app(scope, receive_noted, send_dressed)
        except Exception:  # noqa: BLE001  (the last stop: whatever comes here is a bug)
            self._metrics.failed(traceback.format_exc())
            if not status:
                bug = JSONResponse(to_failure(BugError(), own), _SERVER_ERROR)
                await bug(scope, receive, send_dressed)
        finally:
            self._record(scope, scope["state"].get("status", status) or GONE, began)
            request_id.reset(token)

    def _record(self, scope: Scope, status: int, began: float) -> None:
        seconds = time.perf_counter() - began
        # The route's pattern, not the path: else clients could create any number of labels.
        route = getattr(scope.get("route"), "path", "other")
        self._metrics.requests.labels(route, status).inc()
        self._metrics.request_seconds.labels(route).observe(seconds)
        log(
            "request",
            method=scope["method"],
            path=scope["path"][:200],
            status=status,
            seconds=round(seconds, 4),
            client=scope["state"].get("client"),
            n_tokens=scope["state"].get("n_tokens"),
            error=scope["state"].get("error"),
        )


def _announced(scope: Scope) -> int:
    """Bytes of the request's body by its headers; more than any limit if they do not say."""
    headers = Headers(scope=scope)
    if "transfer-encoding" in headers or "expect" in headers:
        return sys.maxsize
    return int(headers.get("content-length", "0"))


def tell_failures(app: FastAPI, metrics: Metrics) -> None:
    """Install error handlers that answer failures as JSON, and count them."""

    def told(request: Request, error: BriefError, status: int, headers: dict[str, str]) -> Response:
        metrics.rejections.labels(status).inc()
        request.state.error = type(error).__name__
        return JSONResponse(to_failure(error, request.state.request_id), status, headers)

    @app.exception_handler(BriefError)
    async def brief_error(request: Request, error: BriefError) -> Response:
        return told(request, error, error.http_status, _headers(error))

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        problem = f"{request.method} {request.url.path[:200]}: {error.detail}"
        failure = BriefError(problem, "see GET /openapi.json, or docs/service.md")
        return told(request, failure, error.status_code, dict(error.headers or {}))

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, _: ClientDisconnect) -> Response:
        request.state.status = GONE
        return Response(status_code=GONE)


_BODY_UNREAD = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    }
)


def _headers(error: BriefError) -> dict[str, str]:
    headers = {}
    if isinstance(error, QueueFullError):
        headers["Retry-After"] = str(error.retry_after_s)
    elif error.http_status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "1"
    elif error.http_status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.http_status in _BODY_UNREAD:
        # Otherwise the rest of the body, however long, would be read to reach the next request.
        headers["Connection"] = "close"
    return headers
