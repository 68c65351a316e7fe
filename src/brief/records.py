"""Convert dataclasses to JSON objects and back; the documented objects of one article.

A frozen dataclass is the one description of its JSON object: `dump` writes its fields in their
order, `load` reads them, and the service's documentation is made from the same annotations. A
field's `metadata` holds arguments of pydantic's `Field`: `alias` is another name in JSON, `exclude`
keeps a field out of it. `dump` needs no pydantic, whose adapters take 0.05 s to make, so that
summaries are written and cached without it. People's formats are in `block.py`; `cache.py` says
when a record may be used again. docs/schemas.md documents them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from brief.datatypes import (
    COUNT,
    Article,
    Bullet,
    BulletVerdict,
    Chunk,
    Code,
    Label,
    Line,
    Origin,
    Remark,
    Sentence,
    Summary,
    fields_of,
)
from brief.errors import BriefError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SUMMARY_SCHEMA: Final = "brief.summary/2"
CLEAN_SCHEMA: Final = "brief.clean/2"
CHECK_SCHEMA: Final = "brief.check/1"
Record = dict[str, Any]
T = TypeVar("T")

_PLAIN = frozenset({str, int, float, bool, type(None)})


def dump(value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """A dataclass as a JSON object, and other values as they are within one.

    Example:
        >>> dump(Sentence("It rains.", 10, 19, 2))
        {'sentence': 'It rains.', 'start': 10, 'end': 19}
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, tuple | list):
        return [dump(one) for one in value]
    if is_dataclass(value):
        return dump_object(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: dump(one) for key, one in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def dump_object(value: Any) -> Record:  # noqa: ANN401 - a dataclass
    """The same of a dataclass."""
    return {key: dump(getattr(value, name)) for key, name in _keys(value.__class__)}


@lru_cache(maxsize=64)
def _keys(kind: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401
    """What a dataclass has in JSON: the key, and the field."""
    return tuple(
        (one.metadata.get("alias", one.name), one.name)
        for one in fields(kind)
        if not one.metadata.get("exclude")
    )


def load(kind: type[T], value: object) -> T:
    """The dataclass that `dump` made a JSON value of, without the fields that it leaves out.

    A field with a default may be missing, since objects were written before there was one; keys
    that are no field are passed over.

    Raises:
        ValueError: The value is not of this kind.
    """
    key: Any = kind  # mypy holds no type for hashable
    loaded: T = _adapter(key).validate_python(value)
    return loaded


@lru_cache(maxsize=32)
def _adapter(kind: Any) -> "TypeAdapter[Any]":  # noqa: ANN401
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def from_first_version(value: Any) -> Any:  # noqa: ANN401
    """A JSON value as version 2 writes it, when version 1 wrote it; others as they are.

    Version 1 had `"code: text"` strings under `warnings`. Of a bullet it knew only whether it had
    been replaced by its source, and not whether that was cut.
    """
    if isinstance(value, list):
        return [from_first_version(one) for one in value]
    if not isinstance(value, dict):
        return value
    row = {key: from_first_version(one) for key, one in value.items()}
    if "warnings" in row:
        parted = [warning.partition(": ") for warning in row.pop("warnings")]
        row["remarks"] = [
            {"code": code, "text": text} for code, _, text in parted if code in _CODES
        ]
        if "support" in row:
            is_replaced = any(code == Code.REPLACED for code, _, _ in parted)
            row["origin"] = (Origin.SOURCE if is_replaced else Origin.MODEL).value
    return row


_CODES = frozenset(Code)


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """What went wrong, and what to do about it."""

    problem: str
    remedy: str

    @classmethod
    def of(cls, error: BriefError) -> "ErrorRecord":
        """What an error says."""
        return cls(error.problem, error.remedy)


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of the article's text."""

    start: int = field(metadata=COUNT)
    end: int = field(metadata=COUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkRecord:
    """A stretch of the body that a model could read.

    Attributes:
        focus: Its sentences.
        topic, previous, context_cut: As `Chunk` has them.
        scored: Whether the model read it.
    """

    focus: tuple[Span, ...]
    topic: str
    previous: str
    context_cut: bool
    scored: bool = field(metadata={"description": "Whether the model read it."})


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedLine:
    """A line that is not body, without its text: the page's own bullets are among them."""

    label: Label
    reason: str
    start: int = field(metadata=COUNT)
    end: int = field(metadata=COUNT)
    n_dropped_chars: int = field(metadata=COUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRecord:
    """`brief.summary/2`, see docs/schemas.md. Of a failure only `error` says something."""

    schema: Literal["brief.summary/2"] = SUMMARY_SCHEMA
    id: str
    headline: str | None = None
    published: str | None = None
    model: str
    bullets: tuple[Bullet, ...] = ()
    chunks: tuple[ChunkRecord, ...] = ()
    dropped: tuple[DroppedLine, ...] = ()
    checks: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    error: ErrorRecord | None = None
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanRecord:
    """`brief.clean/2`, see docs/schemas.md. Of a failure only `error` says something."""

    schema: Literal["brief.clean/2"] = CLEAN_SCHEMA
    id: str
    headline: str | None = None
    byline: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = None
    text: str = ""
    reference_bullets: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    dropped: tuple[Line, ...] = ()
    remarks: tuple[Remark, ...] = ()
    error: ErrorRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRecord:
    """`brief.check/1`, see docs/schemas.md. Of a failure only `error` says something."""

    schema: Literal["brief.check/1"] = CHECK_SCHEMA
    id: str
    supported: bool | None = field(
        default=None, metadata={"description": "Null where there is an error."}
    )
    score: float | None = field(
        default=None,
        metadata={"ge": 0, "le": 1, "description": "The checker's; null when only rules ran."},
    )
    reasons: tuple[Remark, ...] = ()
    sources: tuple[Sentence, ...] = ()
    checks: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    error: ErrorRecord | None = None


def to_check_record(id_: str, result: BulletVerdict | BriefError) -> Record:
    """A verdict, or why there is none, as the JSON object `brief.check/1`."""
    if isinstance(result, BriefError):
        return dump_object(CheckRecord(id=id_, error=ErrorRecord.of(result)))
    score = None if result.score is None else round(result.score, 4)
    return dump_object(CheckRecord(id=id_, **(fields_of(result, BulletVerdict) | {"score": score})))


def to_record(summary: Summary) -> Record:
    """A summary as the JSON object `brief.summary/2`."""
    scored = set(summary.scored)
    return dump_object(
        SummaryRecord(
            id=summary.article.id,
            headline=summary.article.headline,
            published=summary.article.published,
            model=summary.model,
            bullets=summary.bullets,
            chunks=tuple(
                ChunkRecord(
                    focus=tuple(Span(piece.start, piece.end) for piece in chunk.focus),
                    topic=chunk.topic,
                    previous=chunk.previous,
                    context_cut=chunk.context_cut,
                    scored=index in scored,
                )
                for index, chunk in enumerate(summary.chunks)
            ),
            dropped=tuple(
                DroppedLine(**fields_of(line, DroppedLine)) for line in summary.article.dropped
            ),
            checks=summary.checks,
            remarks=summary.remarks,
            signature=summary.signature,
        )
    )


def to_failure(article_id: str, error: BriefError, *, model: str, signature: str) -> Record:
    """A failed input as the same object: no bullets, and `error` says why."""
    why = ErrorRecord.of(error)
    return dump_object(SummaryRecord(id=article_id, model=model, error=why, signature=signature))


def from_record(record: Mapping[str, Any], article: Article) -> Summary:
    """The summary that `to_record` made of the same article.

    Raises:
        KeyError, TypeError, ValueError: The record is not one of this schema.
    """
    if record["schema"] != SUMMARY_SCHEMA:
        raise ValueError(record["schema"])
    chunks: list[Chunk] = []
    by_start: dict[int, Sentence] = {}
    for row in record["chunks"]:
        focus = []
        for span in row["focus"]:
            start, end = span["start"], span["end"]
            sentence = Sentence(article.text[start:end], start, end, len(by_start))
            by_start[start] = sentence
            focus.append(sentence)
        chunks.append(Chunk(tuple(focus), row["topic"], row["previous"], row["context_cut"]))
    return Summary(
        article=article,
        model=record["model"],
        bullets=tuple(
            Bullet(
                text=row["text"],
                sources=tuple(by_start[source["start"]] for source in row["sources"]),
                support=row["support"],
                origin=Origin(row["origin"]),
                remarks=_remarks(row),
            )
            for row in record["bullets"]
        ),
        chunks=tuple(chunks),
        scored=tuple(index for index, row in enumerate(record["chunks"]) if row["scored"]),
        remarks=_remarks(record),
        signature=record["signature"],
        checks=tuple(record["checks"]),
    )


def _remarks(row: Mapping[str, Any]) -> tuple[Remark, ...]:
    return tuple(Remark(Code(one["code"]), one["text"]) for one in row["remarks"])


def to_clean_record(article: Article) -> Record:
    """A cleaned article as the JSON object `brief.clean/2`: every line with its label."""
    return dump_object(
        CleanRecord(
            id=article.id,
            headline=article.headline,
            byline=article.byline,
            published=article.published,
            url=article.url,
            language=article.language,
            text=article.text,
            reference_bullets=article.reference_bullets,
            body=tuple(" ".join(line.text.split()) for line in article.body),
            lines=article.lines,
            dropped=article.dropped,
            remarks=article.remarks,
        )
    )


def to_clean_failure(article_id: str, error: BriefError) -> Record:
    """An input that could not be read, as the same object: no lines, and `error` says why."""
    why = ErrorRecord.of(error)
    return dump_object(CleanRecord(id=article_id, error=why))
