"""The HTTP API: routes of a few lines, and how their failures are told.

Left out: reading a request (`body.py`, `wire.py`), summarizing (`answering.py`), what the
documentation says of it all (`documents.py`), sockets and signals (`server.py`).
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request, Security
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect

from brief import __version__
from brief.errors import BriefError
from brief.service import documents, editions
from brief.service.answering import Answerer
from brief.service.batcher import Batcher
from brief.service.body import read_body, to_json
from brief.service.config import ServiceConfig
from brief.service.envelope import GONE, Envelope
from brief.service.keys import Keys
from brief.service.metrics import CONTENT_TYPE, Metrics
from brief.service.wire import BatchQuery, BusyError, SummarizeRequest, parsed, to_failure
from brief.service.worker import Worker

PAGE = Path(__file__).parent / "page"
NDJSON = "application/x-ndjson"
_BATCH_TYPES = (NDJSON, "application/jsonl", "application/jsonlines")
_bearer = HTTPBearer(auto_error=False, description="One of the server's API keys, if it has any.")


def create_app(config: ServiceConfig, workers: Sequence[Worker]) -> FastAPI:
    """The application; workers start and stop with it.

    Args:
        config: What it was told.
        workers: Not started.
    """
    metrics = Metrics()
    batcher = Batcher(
        workers,
        max_wait_s=config.max_wait_s,
        phase_timeout_s=config.phase_timeout_s,
        watcher=metrics,
    )
    metrics.watch(batcher)
    answerer = Answerer(config, batcher)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            await answerer.start()
            yield
        finally:
            await batcher.close()

    app = FastAPI(
        title="brief",
        version=__version__,
        summary="News articles into short, traceable bullets.",
        description=documents.ABOUT,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        root_path=config.root_path,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.batcher = batcher
    if config.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=config.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Accept", "X-Request-ID"],
            expose_headers=["X-Request-ID", "Retry-After"],
        )
    app.add_middleware(Envelope, metrics=metrics)
    _tell_failures(app, metrics)
    app.include_router(_open_routes(batcher))
    app.include_router(_guarded_routes(config, answerer, metrics, app))
    app.mount("/page", StaticFiles(directory=PAGE), name="page")
    return app


def _open_routes(batcher: Batcher) -> APIRouter:
    """What needs no key: the page, which holds nothing, and what a supervisor asks."""
    router = APIRouter()

    @router.get("/", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})

    @router.get("/health", **documents.HEALTH)
    async def health() -> Response:
        return JSONResponse({"status": "ok"})

    @router.get("/ready", **documents.READY)
    async def ready() -> Response:
        is_ready = batcher.n_ready > 0 and not batcher.is_full
        told = {
            "ready": is_ready,
            "workers": batcher.n_ready,
            "queue_tokens": batcher.n_tokens,
            "capacity_tokens": int(batcher.capacity),
        }
        return JSONResponse(told, 200 if is_ready else 503)

    return router


def _guarded_routes(
    config: ServiceConfig, answerer: Answerer, metrics: Metrics, app: FastAPI
) -> APIRouter:
    """What needs a key, where the service has one."""
    keys = Keys(config.api_keys)

    async def client(
        request: Request,
        given: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    ) -> None:
        del given  # declared for the documentation; the header is read as it came
        address = request.client.host if request.client else "local"
        request.state.client = keys.client(request.headers.get("authorization"), address)

    router = APIRouter(dependencies=[Depends(client)])

    async def body(request: Request, media_types: Sequence[str]) -> bytes:
        return await read_body(
            request,
            media_types=media_types,
            max_bytes=config.max_body_bytes,
            timeout_s=config.body_timeout_s,
        )

    @router.post("/v1/summarize", **documents.SUMMARIZE)
    async def summarize(request: Request) -> Response:
        value = to_json(await body(request, ["application/json"]))
        wanted: SummarizeRequest = parsed(SummarizeRequest, value)
        if NDJSON in request.headers.get("accept", ""):
            events = await answerer.events(request, wanted)
            return StreamingResponse(events, media_type=NDJSON)
        return Response(await answerer.answer(request, wanted), media_type="application/json")

    @router.post("/v1/batch", **documents.BATCH)
    async def batch(request: Request) -> Response:
        query: BatchQuery = parsed(BatchQuery, dict(request.query_params), strict=False)
        rows = await answerer.rows(request, await body(request, _BATCH_TYPES), query)
        return StreamingResponse(rows, media_type=NDJSON)

    @router.get("/v1/models", **documents.MODELS)
    async def models() -> Response:
        return JSONResponse(answerer.models())

    @router.get("/v1/editions", **documents.EDITIONS)
    def list_editions() -> Response:
        return JSONResponse(
            {"editions": [{"date": day} for day in editions.dates(config.editions)]}
        )

    @router.get("/v1/editions/{date}", **documents.EDITION)
    def edition(date: str) -> Response:
        return Response(editions.edition(config.editions, date), media_type="application/json")

    @router.get("/metrics", **documents.METRICS)
    async def metrics_() -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    @router.get("/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        return JSONResponse(app.openapi())

    return router


def _tell_failures(app: FastAPI, metrics: Metrics) -> None:
    """Every failure is told in one form."""

    def told(request: Request, error: BriefError, status: int, headers: dict[str, str]) -> Response:
        metrics.rejections.labels(status).inc()
        request.state.error = type(error).__name__
        return JSONResponse(to_failure(error, request.state.request_id), status, headers)

    @app.exception_handler(BriefError)
    async def brief_error(request: Request, error: BriefError) -> Response:
        headers = {}
        if isinstance(error, BusyError):
            headers["Retry-After"] = str(error.retry_after_s)
        elif error.http_status == 503:
            headers["Retry-After"] = "1"
        elif error.http_status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return told(request, error, error.http_status, headers)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        problem = f"{request.method} {request.url.path[:200]}: {error.detail}"
        failure = BriefError(problem, "see GET /openapi.json, or docs/service.md")
        return told(request, failure, error.status_code, dict(error.headers or {}))

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, _: ClientDisconnect) -> Response:
        request.state.status = GONE
        return Response(status_code=GONE)
