"""The service's JSON responses, as dataclasses; /openapi.json is generated from them.

Summaries and editions are the same objects as on the command line: see `brief.records` and
`brief.briefing.briefing_types`. Requests are in `api_requests.py`.

Tested in `tests/service/test_scheduler.py`.
"""

from dataclasses import dataclass, field
from typing import Literal

from brief.datatypes import COUNT, Line
from brief.records import ErrorRecord, SummaryRecord


@dataclass(frozen=True, slots=True)
class Failure:
    """How every failure is told, whatever the route."""

    error: ErrorRecord
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """The summary as the command line prints it."""

    text: str
    markdown: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryWithText(SummaryRecord):
    """The same with the cleaned article, for `include_text`."""

    text: str
    lines: tuple[Line, ...]
    blocks: Blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """A model that may be asked for."""

    name: str
    about: str
    languages: tuple[str, ...]
    verbatim: bool = field(metadata={"description": "Gives sentences as they stand."})
    licence: str | None
    size_mb: float | None
    loaded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """What may be asked for, and the limits."""

    default: str
    models: tuple[ModelInfo, ...]
    bullets: int = field(metadata={"description": "Where a request names none."})
    max_bullets: int
    length: str
    lengths: tuple[str, ...]
    allow_url: bool
    max_body_bytes: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class EditionDate:
    """One edition."""

    date: str


@dataclass(frozen=True, slots=True)
class Editions:
    """What the morning job made, the latest first."""

    editions: tuple[EditionDate, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """The process answers."""

    status: Literal["ok"] = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Whether an article sent now would be let in."""

    ready: bool
    workers: int = field(metadata={**COUNT, "description": "That are up."})
    queue_tokens: int = field(metadata={**COUNT, "description": "Let in and not finished."})
    capacity_tokens: int = field(metadata={**COUNT, "description": "What there is room for."})
