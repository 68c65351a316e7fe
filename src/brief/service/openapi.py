"""The API's documentation (/openapi.json): descriptions and examples of every route of `app.py`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from fastapi.responses import PlainTextResponse, StreamingResponse
from pydantic import BaseModel

from brief import __version__
from brief.briefing.briefing_types import Edition, EditionStats
from brief.datatypes import Bullet, Code, Label, Origin, Remark, Sentence
from brief.records import (
    CheckRecord,
    ChunkRecord,
    DroppedLine,
    ErrorRecord,
    Span,
    SummaryRecord,
    dump,
)
from brief.service.api_requests import BatchQuery, CheckRequest, SummarizeRequest
from brief.service.api_responses import (
    EditionDate,
    Editions,
    Failure,
    Health,
    ModelInfo,
    Models,
    Ready,
    SummaryWithText,
)

ABOUT = (
    "News articles into short bullets, each with the sentences that it reports. The bullets are"
    " those of `brief summarize`, byte for byte. Offsets count characters (code points) of the"
    " article's text."
)

NDJSON = "application/x-ndjson"

_ARTICLE = (
    "Harbor bridge to close for repairs\n\nThe Osmund bridge will close on 3 May for six weeks, the"
    " county said.\nInspectors found 14 cracked beams in March.\n"
)
_SENTENCE = Sentence(
    "The Osmund bridge will close on 3 May for six weeks, the county said.", 36, 105
)
_SUMMARY = SummaryRecord(
    id="bridge",
    headline="Harbor bridge to close for repairs",
    published="2026-05-01",
    model="lead",
    bullets=(Bullet(_SENTENCE.text, (_SENTENCE,), 1.0, Origin.SOURCE),),
    chunks=(
        ChunkRecord(
            focus=(Span(36, 105),),
            topic="Harbor bridge to close for repairs",
            previous="",
            context_cut=False,
            scored=True,
        ),
    ),
    dropped=(
        DroppedLine(
            label=Label.HEADLINE,
            reason="first line, above the body",
            start=0,
            end=35,
            n_dropped_chars=0,
        ),
    ),
    signature="9f947f1df9d14686",
)
_EDITION = Edition(
    date=date(2026, 11, 25),
    title="Morning briefing",
    n_words=0,
    minutes=0,
    stories=(),
    omissions=(),
    colophon=EditionStats(
        sources_reached=("Pellwick Courier",),
        sources_failed=(),
        n_in=0,
        n_placed=0,
        n_by_code={},
        n_by_lead=0,
        model="news-small",
        signature="9f947f1df9d14686",
        version=__version__,
    ),
)
_PROBLEMS = {
    400: ("not JSON (Expecting value, line 1, column 1)", "send one JSON object, UTF-8"),
    401: ("an API key is needed", "send the header Authorization: Bearer KEY"),
    403: ("this server fetches no URLs", "send the page as html, or use --allow-urls"),
    404: ("there is no edition of 2026-11-24", "see GET /v1/editions"),
    408: ("the body did not arrive within 30 s", "send it faster"),
    413: ("a body of more than 8,000,000 bytes", "send less at a time"),
    415: ("content type text/plain; this route takes application/json", "send the header …"),
    422: ("bullets: Input should be greater than or equal to 1", "see GET /openapi.json"),
    429: ("the queue is full: 9,120 tokens are waiting or in work …", "try again after …"),
    500: ("this is a bug in brief", "report it with the server's log of this request id"),
    502: ("https://example.org/a: HTTP 404 Not Found", "check the address"),
    503: ("the worker died while it had this article; another one is started", "try again"),
    507: ("the edition of 2026-11-24 cannot be read (not a JSON object)", "run the morning job"),
}

_MEANINGS = {
    400: "Not JSON.",
    401: "No key, or not one of the server's.",
    403: "This server fetches no URLs.",
    404: "There is none.",
    408: "The body came too slowly.",
    413: "The body is too large.",
    415: "The body is of another kind.",
    422: "Not a request that this server takes, or a text without an article.",
    429: "There is no room in the queue.",
    500: "A bug.",
    502: "The URL could not be fetched.",
    503: "The worker that had the article died, or the server is stopping.",
    507: "A file cannot be read.",
}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Correct FastAPI's document, in place, so that it describes the real answers.

    All keys of an answer are required, also those with a default. The exception is a summary's
    `error`: it is null, and FastAPI leaves nulls out of examples. Of each docstring, only the first
    paragraph is kept as the description.
    """
    for schema in document["components"]["schemas"].values():
        if "description" in schema:
            schema["description"] = schema["description"].partition("\n\n")[0]
        keys = schema.get("properties", {})
        for key in keys.values():
            key.pop("default", None)
        if keys:
            optional = {"error"} if "anyOf" in keys.get("error", ()) else set()
            schema["required"] = [name for name in keys if name not in optional]
    return document


def _answer(example: object, about: str) -> dict[str, Any]:
    return {
        "model": type(example),
        "description": about,
        "content": {"application/json": {"example": dump(example)}},
    }


def _failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    made: dict[int | str, dict[str, Any]] = {}
    for status in sorted(statuses):
        problem, remedy = _PROBLEMS[status]
        example = dump(Failure(ErrorRecord(problem, remedy), "6f1c0c9a"))
        # By name, since FastAPI would put a model under the media type of its route.
        content = {"schema": {"$ref": "#/components/schemas/Failure"}, "example": example}
        made[status] = {
            "description": _MEANINGS[status],
            "content": {"application/json": content},
        }
        if status in {429, 503}:
            made[status]["headers"] = {
                "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}
            }
    return made


def _lines(about: str, example: str) -> dict[str, Any]:
    return {"schema": {"type": "string", "description": about}, "example": example}


def _query(model: type[BaseModel]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": schema.pop("description", ""),
            "schema": _without_null(schema),
        }
        for name, schema in model.model_json_schema()["properties"].items()
    ]


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Remove null from a query parameter's schema: there, null is a parameter left out."""
    (kind,) = [one for one in schema["anyOf"] if one.get("type") != "null"]
    return dict(kind)


HEALTH: dict[str, Any] = {
    "summary": "Whether the process answers; open without a key",
    "tags": ["operation"],
    "responses": {200: _answer(Health(), "It does.")},
}
_READY = Ready(ready=True, workers=2, queue_tokens=1_830, capacity_tokens=9_400)
READY: dict[str, Any] = {
    "summary": "Whether an article sent now would be let in; open without a key",
    "tags": ["operation"],
    "responses": {
        200: _answer(_READY, "It would."),
        503: _answer(replace(_READY, ready=False), "It would not."),
    },
}
METRICS: dict[str, Any] = {
    "response_class": PlainTextResponse,
    "summary": "Metrics for Prometheus",
    "tags": ["operation"],
    "responses": {
        200: {
            "description": "The text format, version 0.0.4.",
            "content": {"text/plain": {"example": "brief_queue_tokens 1830.0\n"}},
        },
        **_failures(401),
    },
}
SUMMARIZE: dict[str, Any] = {
    "summary": "Summarize one article",
    "description": f"With `Accept: {NDJSON}` a line for every phase comes before the result.",
    "tags": ["summaries"],
    "responses": {
        200: {
            "model": SummaryWithText | SummaryRecord,
            "description": "The object of `brief summarize --format json`.",
            "content": {
                "application/json": {"example": dump(_SUMMARY)},
                NDJSON: _lines(
                    "One JSON object a line: `{phase}`, and at last `{phase: done, summary}` or"
                    " `{phase: failed, status, error}`.",
                    '{"phase": "waiting", "wait_s": 0.4}\n{"phase": "cleaning"}\n'
                    '{"phase": "writing"}\n{"phase": "done", "summary": {}}\n',
                ),
            },
        },
        **_failures(400, 401, 403, 408, 413, 415, 422, 429, 500, 502, 503),
        # Passed as a model once, so that the schema `Failure` is defined.
        "default": {"model": Failure, "description": "Whatever else goes wrong."},
    },
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": SummarizeRequest.model_json_schema(),
                    "examples": {
                        "text": {"value": {"text": _ARTICLE, "id": "bridge", "bullets": 1}},
                        "html": {"value": {"html": "<html>…</html>", "length": "short"}},
                        "url": {"value": {"url": "https://example.org/story"}},
                    },
                }
            },
        }
    },
}
_CHECK = CheckRecord(
    id="bridge",
    supported=False,
    score=0.031,
    reasons=(Remark(Code.NUMBER, "not in its sources: “nine”"),),
    sources=(replace(_SENTENCE, start=0, end=69),),
    checks=("numbers", "quotations", "names", "words", "negations", "checker"),
)
CHECK: dict[str, Any] = {
    "summary": "Check whether a bullet is supported by its source",
    "description": "The bullet may be anybody's. Hard rules run in every language; the model's"
    " checker, if it has one, judges English. `checks` names what ran.",
    "tags": ["summaries"],
    "responses": {
        200: {
            "model": CheckRecord,
            "description": "The object of `brief check --format jsonl`.",
            "content": {"application/json": {"example": dump(_CHECK)}},
        },
        **_failures(400, 401, 408, 413, 415, 422, 429, 500, 503),
    },
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": CheckRequest.model_json_schema(),
                    "example": {
                        "source": _SENTENCE.text,
                        "bullet": "The Osmund bridge will close for nine weeks.",
                        "id": "bridge",
                    },
                }
            },
        }
    },
}
BATCH: dict[str, Any] = {
    "response_class": StreamingResponse,
    "summary": "Summarize many articles",
    "description": "One JSON object a line, as `brief summarize rows.jsonl` reads them. Answers"
    " come in the order in which they are done; each has its row's id, and a row that fails is an"
    " answer with `error`.",
    "tags": ["summaries"],
    "responses": {
        200: {
            "description": "`brief.summary/2`, one a line.",
            "content": {NDJSON: _lines("One object a line.", '{"schema": "brief.summary/2"}\n')},
        },
        **_failures(401, 408, 413, 415, 422, 429, 500),
    },
    "openapi_extra": {
        "parameters": _query(BatchQuery),
        "requestBody": {
            "required": True,
            "content": {
                NDJSON: {
                    # No type: an invalid line gets an error as its answer; the request goes on.
                    "schema": {
                        "description": "Rows with `text`, `article` or `html`, and `id`, `headline`,"
                        " `published`, `byline`, `url` where there are any."
                    },
                    "example": '{"id": 1, "text": "The Osmund bridge will close on 3 May."}\n',
                }
            },
        },
    },
}
MODELS: dict[str, Any] = {
    "summary": "What may be asked for, and the limits",
    "tags": ["summaries"],
    "responses": {
        200: _answer(
            Models(
                default="news-small",
                models=(
                    ModelInfo(
                        name="news-small",
                        about="built in",
                        languages=("en",),
                        verbatim=False,
                        licence="apache-2.0",
                        size_mb=49.6,
                        loaded=True,
                    ),
                ),
                bullets=2,
                max_bullets=50,
                length="medium",
                lengths=("short", "medium", "long"),
                allow_url=False,
                max_body_bytes=8_000_000,
                max_tokens=500_000,
            ),
            "The models that are loaded.",
        ),
        **_failures(401),
    },
}
EDITIONS: dict[str, Any] = {
    "summary": "The editions that the morning job made, the latest first",
    "tags": ["editions"],
    "responses": {
        200: _answer(Editions((EditionDate("2026-11-25"),)), "Their dates."),
        **_failures(401, 507),
    },
}
EDITION: dict[str, Any] = {
    "summary": "One edition",
    "description": "`date` is one of GET /v1/editions, or `latest`.",
    "tags": ["editions"],
    "responses": {
        200: _answer(_EDITION, "`brief.edition/2`."),
        **_failures(401, 404, 422, 507),
    },
}
