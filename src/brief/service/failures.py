"""Every failure is told in one form, whatever the route.

Left out: what a failure says (`brief.errors`, `wire.py`), and bugs (`envelope.py`).
"""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from brief.errors import BriefError
from brief.service.envelope import GONE
from brief.service.metrics import Metrics
from brief.service.wire import BusyError, to_failure


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


def _headers(error: BriefError) -> dict[str, str]:
    if isinstance(error, BusyError):
        return {"Retry-After": str(error.retry_after_s)}
    if error.http_status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": "1"}
    if error.http_status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    return {}
