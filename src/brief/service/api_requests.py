"""The service's requests, checked with pydantic, and its errors with their HTTP status.

Responses are in `api_responses.py`; the summary itself is `brief.summary/2` (`records.py`), the
same bytes as on the command line. See `request_body.py` for reading a request's body.

Tested in `tests/service/test_bad_input.py`.
"""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from brief.errors import BriefError
from brief.ingest.jsonl import Source, from_row
from brief.records import ErrorRecord, dump_object
from brief.service.api_responses import Failure
from brief.settings import MAX_BULLETS, Length

M = TypeVar("M", bound=BaseModel)

MAX_ID_CHARS = 200
"""Limit of an article's id; a longer one is probably a text in the wrong field."""

MAX_BULLET_CHARS = 5_000
"""Limit of a bullet to check; a longer one is probably an article in the wrong field."""

MAX_URL_CHARS = 8_000
"""Length of URL that servers commonly accept (RFC 9110, section 4.1)."""

_SEE = "see GET /openapi.json, or docs/service.md"


class RequestError(BriefError):
    """An invalid request; nothing was computed."""

    exit_code = 2

    def __init__(self, status: int, problem: str, remedy: str = "") -> None:
        super().__init__(problem, remedy)
        self.http_status = status


class QueueFullError(BriefError):
    """The queue is full; `retry_after_s` says when there will be room."""

    http_status = 429

    def __init__(self, problem: str, remedy: str = "", *, retry_after_s: int) -> None:
        super().__init__(problem, remedy)
        self.retry_after_s = retry_after_s


class WorkerError(BriefError):
    """The article's worker died or was too slow; another one is started."""

    http_status = 503


class BugError(BriefError):
    """An unexpected failure; the server's log has the traceback."""

    exit_code = 70
    http_status = 500

    def __init__(self) -> None:
        super().__init__(
            "this is a bug in brief", "report it with the server's log of this request id"
        )


class SummaryOptions(BaseModel):
    """How an article is summarized; null means the server's default."""

    model_config = ConfigDict(extra="forbid", strict=True)

    bullets: Annotated[
        int | None, Field(ge=1, le=MAX_BULLETS, description="How many; the server's default.")
    ] = None
    length: Annotated[Length | None, Field(description="Of a bullet.")] = None
    model: Annotated[
        str | None, Field(max_length=MAX_ID_CHARS, description="A name from GET /v1/models.")
    ] = None


class SummarizeRequest(SummaryOptions):
    """One article: exactly one of `text`, `html` and `url`."""

    text: Annotated[
        str | None, Field(description="The article as copied or scraped, furniture and all.")
    ] = None
    html: Annotated[str | None, Field(description="The page's HTML.")] = None
    url: Annotated[
        str | None,
        Field(max_length=MAX_URL_CHARS, description="Fetched, where the server allows it."),
    ] = None
    id: Annotated[
        str, Field(min_length=1, max_length=MAX_ID_CHARS, description="Comes back as it is.")
    ] = "text"
    headline: Annotated[
        str | None, Field(max_length=1_000, description="Where it is known from elsewhere.")
    ] = None
    include_text: Annotated[
        bool, Field(description="Adds `text`, `lines` and `blocks` to the answer.")
    ] = False

    @model_validator(mode="after")
    def _one_article(self) -> "SummarizeRequest":
        given = [name for name in ("text", "html", "url") if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"exactly one of text, html and url is wanted, found {found}")
        return self

    def to_source(self) -> Source:
        """The article of `text` or `html`, as if read from a row of a file."""
        row = {"id": self.id, "headline": self.headline, "text": self.text, "html": self.html}
        return from_row({key: value for key, value in row.items() if value is not None}, self.id)


class CheckRequest(BaseModel):
    """One bullet and its source."""

    model_config = ConfigDict(extra="forbid", strict=True)

    source: Annotated[str, Field(description="A sentence, several, or a whole article.")]
    bullet: Annotated[
        str, Field(max_length=MAX_BULLET_CHARS, description="What is checked, by whomever.")
    ]
    id: Annotated[
        str, Field(min_length=1, max_length=MAX_ID_CHARS, description="Comes back as it is.")
    ] = "bullet"
    headline: Annotated[
        str | None, Field(max_length=1_000, description="The article's; read as context.")
    ] = None
    model: Annotated[
        str | None, Field(max_length=MAX_ID_CHARS, description="A name from GET /v1/models.")
    ] = None


class BatchQuery(SummaryOptions):
    """How every row of a batch is summarized."""


def parsed(model: type[M], value: object, *, strict: bool = True) -> M:
    """Check a request.

    Args:
        model: The expected model.
        value: The received value.
        strict: Whether numbers written as text, as in a query string, are refused.

    Raises:
        RequestError: 422; it names every mistake and what is allowed.
    """
    if not isinstance(value, dict):
        raise RequestError(422, "one JSON object is wanted, and this is another value", _SEE)
    try:
        return model.model_validate(value, strict=strict)
    except ValidationError as error:
        raise RequestError(422, _told(error), _SEE) from None


def _told(error: ValidationError) -> str:
    """All mistakes in one line, without the values: they may be articles."""
    said = []
    for mistake in error.errors(include_url=False, include_input=False)[:5]:
        where = ".".join(str(part) for part in mistake["loc"])[:80]
        what = mistake["msg"].removeprefix("Value error, ")
        said.append(f"{where}: {what}" if where else what)
    more = error.error_count() - len(said)
    return "; ".join(said) + (f"; and {more} more" if more else "")


def to_failure(error: BriefError, request_id: str) -> dict[str, Any]:
    """The JSON object of a failure, the same for every route."""
    return dump_object(Failure(ErrorRecord.of(error), request_id))
