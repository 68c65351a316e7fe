"""Every failure is told in one form, whatever the route.

Left out: what a failure says (`brief.errors`, `api_requests.py`), and bugs (`middleware.py`).
"""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from brief.errors import BriefError
from brief.service.api_requests import BusyError, to_failure
from brief.service.middleware import GONE
from brief.service.prometheus import Metrics


def tell_failures(app: FastAPI, metrics: Metrics) -> None:
    """Have an application answer its failures, and count them."""

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
    if isinstance(error, BusyError):
        headers["Retry-After"] = str(error.retry_after_s)
    elif error.http_status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "1"
    elif error.http_status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.http_status in _BODY_UNREAD:
        # Or the rest of the body, however long, would be read for the next request's sake.
        headers["Connection"] = "close"
    return headers
