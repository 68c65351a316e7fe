"""The answers' JSON, described for /openapi.json; the answers themselves are made elsewhere.

`tests/service/test_openapi.py` holds them against each other. Left out: requests (`api_requests.py`).
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from brief.datatypes import Origin

Count = Annotated[int, Field(ge=0)]


class Trouble(BaseModel):
    """What went wrong, and what to do about it."""

    problem: str
    remedy: str


class Failure(BaseModel):
    """How every failure is told, whatever the route."""

    error: Trouble
    request_id: str


class Span(BaseModel):
    """Characters of the article's text."""

    start: Count
    end: Count


class Source(Span):
    """A body sentence that a bullet reports."""

    sentence: str


class Remark(BaseModel):
    """What a reader should know; more codes may come."""

    code: str
    text: str


class Bullet(BaseModel):
    """One claim."""

    text: str
    sources: Annotated[list[Source], Field(min_length=1)]
    support: Annotated[
        float | None,
        Field(ge=0, le=1, description="ROUGE-2 precision against sources and context."),
    ]
    origin: Annotated[
        Origin, Field(description="Whose words: the model's, or its source's, cut by rule or not.")
    ]
    remarks: list[Remark]


class Chunk(BaseModel):
    """A stretch of the body that a model could read."""

    focus: list[Span]
    topic: str
    previous: str
    context_cut: bool
    scored: Annotated[bool, Field(description="Whether the model read it.")]


class Dropped(Span):
    """A line that is not body, without its text."""

    label: str
    reason: str
    n_dropped_chars: Count


class Line(Dropped):
    """A line of the input, with what it was taken for."""

    text: str


class Blocks(BaseModel):
    """The summary as the command line prints it."""

    text: str
    markdown: str
    html: str


class Summary(BaseModel):
    """`brief.summary/2`, see docs/schemas.md."""

    schema_: Annotated[Literal["brief.summary/2"], Field(alias="schema")]
    id: str
    headline: str | None
    published: str | None
    model: str
    bullets: list[Bullet]
    chunks: list[Chunk]
    dropped: list[Dropped]
    remarks: list[Remark]
    error: Trouble | None = None
    signature: str


class SummaryWithText(Summary):
    """The same; the last three with `include_text` only."""

    text: str | None = None
    lines: list[Line] | None = None
    blocks: Blocks | None = None


class Model(BaseModel):
    """A model that may be asked for."""

    name: str
    about: str
    languages: list[str]
    verbatim: Annotated[bool, Field(description="Gives sentences as they stand.")]
    licence: str | None
    size_mb: float | None
    loaded: bool


class Models(BaseModel):
    """What may be asked for, and the limits."""

    default: str
    models: list[Model]
    bullets: Annotated[int, Field(description="Where a request names none.")]
    max_bullets: int
    length: str
    lengths: list[str]
    allow_url: bool
    max_body_bytes: int
    max_tokens: int


class EditionDate(BaseModel):
    """One edition."""

    date: str


class Editions(BaseModel):
    """What the morning job made, the latest first."""

    editions: list[EditionDate]


class Edition(BaseModel):
    """`brief.edition/2`, see docs/schemas.md."""

    schema_: Annotated[Literal["brief.edition/2"], Field(alias="schema")]
    date: str


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class Ready(BaseModel):
    """Whether an article sent now would be let in."""

    ready: bool
    workers: Annotated[Count, Field(description="That are up.")]
    queue_tokens: Annotated[Count, Field(description="Let in and not finished.")]
    capacity_tokens: Annotated[Count, Field(description="What there is room for.")]
