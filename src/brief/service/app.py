"""The HTTP routes: the FastAPI application.

Requests are read in `request_body.py` and `api_requests.py`, answered in `handlers.py`; see
`middleware.py` for failures, `openapi.py` for the API's documentation, `server.py` for sockets and
signals.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Security, params
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware

from brief import __version__
from brief.records import dump
from brief.service import edition_files, openapi
from brief.service.api_requests import BatchQuery, CheckRequest, SummarizeRequest, parsed
from brief.service.api_responses import EditionDate, Editions, Health, Ready
from brief.service.auth import Keys
from brief.service.handlers import Answerer
from brief.service.middleware import Envelope, tell_failures
from brief.service.openapi import NDJSON
from brief.service.prometheus import CONTENT_TYPE, Metrics
from brief.service.request_body import read_body, to_json
from brief.service.scheduler import Batcher
from brief.service.service_config import ServiceConfig
from brief.service.worker import Worker

PAGE = Path(__file__).parent / "page"
_BATCH_TYPES = (NDJSON, "application/jsonl", "application/jsonlines")
_bearer = HTTPBearer(auto_error=False, description="One of the server's API keys, if it has any.")


class _Documented(FastAPI):
    def openapi(self) -> dict[str, Any]:
        return openapi.complete(super().openapi())


def create_app(config: ServiceConfig, workers: Sequence[Worker]) -> FastAPI:
    """Make the application; workers start and stop with it.

    Args:
        config: Configuration of the service.
        workers: The workers, not started.
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

    app = _Documented(
        title="brief",
        version=__version__,
        summary="News articles into short, traceable bullets.",
        description=openapi.ABOUT,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name.strip("_"),
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
    tell_failures(app, metrics)
    app.include_router(_open_routes(batcher))
    guard = _guard(config)
    app.include_router(_writing_routes(config, answerer), dependencies=[guard])
    app.include_router(_reading_routes(app, config, answerer, metrics), dependencies=[guard])
    app.mount("/page", StaticFiles(directory=PAGE), name="page")
    return app


def _open_routes(batcher: Batcher) -> APIRouter:
    """Routes that need no key: the page, which contains no data, and the health checks."""
    router = APIRouter()

    @router.get("/", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})

    @router.get("/health", **openapi.HEALTH)
    async def health() -> Response:
        return JSONResponse(dump(Health()))

    @router.get("/ready", **openapi.READY)
    async def ready() -> Response:
        is_ready = batcher.n_ready > 0 and not batcher.is_full
        told = Ready(
            ready=is_ready,
            workers=batcher.n_ready,
            queue_tokens=batcher.n_tokens,
            capacity_tokens=int(batcher.capacity),
        )
        return JSONResponse(dump(told), 200 if is_ready else 503)

    return router


def _guard(config: ServiceConfig) -> params.Depends:
    """A dependency that requires an API key, if the service has any, and identifies the client."""
    keys = Keys(config.api_keys)

    async def guard(
        request: Request,
        given: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    ) -> None:
        del given  # declared for the documentation; the raw header is read below
        address = request.client.host if request.client else "local"
        request.state.client = keys.client(request.headers.get("authorization"), address)

    guarded: params.Depends = Depends(guard)
    return guarded


def _writing_routes(config: ServiceConfig, answerer: Answerer) -> APIRouter:
    """Routes that summarize articles and check bullets."""
    router = APIRouter()

    async def body(request: Request, media_types: Sequence[str]) -> bytes:
        return await read_body(
            request,
            media_types=media_types,
            max_bytes=config.max_body_bytes,
            timeout_s=config.body_timeout_s,
        )

    @router.post("/v1/summarize", **openapi.SUMMARIZE)
    async def summarize(request: Request) -> Response:
        value = to_json(await body(request, ["application/json"]))
        wanted = parsed(SummarizeRequest, value)
        if NDJSON in request.headers.get("accept", ""):
            events = await answerer.events(request, wanted)
            return StreamingResponse(events, media_type=NDJSON)
        return Response(await answerer.answer(request, wanted), media_type="application/json")

    @router.post("/v1/check", **openapi.CHECK)
    async def check(request: Request) -> Response:
        wanted = parsed(CheckRequest, to_json(await body(request, ["application/json"])))
        return Response(await answerer.verdict(request, wanted), media_type="application/json")

    @router.post("/v1/batch", **openapi.BATCH)
    async def batch(request: Request) -> Response:
        query = parsed(BatchQuery, dict(request.query_params), strict=False)
        rows = await answerer.rows(request, await body(request, _BATCH_TYPES), query)
        return StreamingResponse(rows, media_type=NDJSON)

    return router


def _reading_routes(
    app: FastAPI, config: ServiceConfig, answerer: Answerer, metrics: Metrics
) -> APIRouter:
    """Routes that only read: models, editions, metrics, the API's documentation."""
    router = APIRouter()

    @router.get("/v1/models", **openapi.MODELS)
    async def models() -> Response:
        return JSONResponse(dump(answerer.models()))

    @router.get("/v1/editions", **openapi.EDITIONS)
    def list_editions() -> Response:
        days = edition_files.dates(config.editions)
        return JSONResponse(dump(Editions(tuple(map(EditionDate, days)))))

    @router.get("/v1/editions/{date}", **openapi.EDITION)
    def edition(date: str) -> Response:
        return Response(edition_files.edition(config.editions, date), media_type="application/json")

    @router.get("/metrics", **openapi.METRICS)
    async def metrics_() -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    @router.get("/openapi.json", include_in_schema=False)
    async def document() -> Response:
        servers = {"servers": [{"url": config.root_path}]} if config.root_path else {}
        return JSONResponse(app.openapi() | servers)

    return router
