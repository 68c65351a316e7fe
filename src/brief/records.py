"""Convert summaries and cleaned articles to JSON objects: `brief.summary/2`, `brief.clean/2`.

Every command prints the same objects, and the cache stores them; docs/schemas.md documents them.
See `block.py` for the formats that people read and `cache.py` for when a record is reused.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from brief.datatypes import Article, Bullet, Chunk, Code, Line, Origin, Remark, Sentence, Summary
from brief.errors import BriefError

SUMMARY_SCHEMA = "brief.summary/2"
CLEAN_SCHEMA = "brief.clean/2"
Record = dict[str, Any]


def to_record(summary: Summary) -> Record:
    """A summary as the JSON object `brief.summary/2`.

    Dropped lines are given by their spans, never by their text: reference bullets are among
    them, and those must not reach any output.
    """
    article = summary.article
    scored = set(summary.scored)
    return {
        "schema": SUMMARY_SCHEMA,
        "id": article.id,
        "headline": article.headline,
        "published": article.published,
        "model": summary.model,
        "bullets": [to_bullet_record(bullet) for bullet in summary.bullets],
        "chunks": [
            {
                "focus": [{"start": piece.start, "end": piece.end} for piece in chunk.focus],
                "topic": chunk.topic,
                "previous": chunk.previous,
                "context_cut": chunk.context_cut,
                "scored": index in scored,
            }
            for index, chunk in enumerate(summary.chunks)
        ],
        "dropped": [
            {key: value for key, value in _line(line).items() if key != "text"}
            for line in article.dropped
        ],
        "checks": list(summary.checks),
        "remarks": to_remark_records(summary.remarks),
        "error": None,
        "signature": summary.signature,
    }


def to_bullet_record(bullet: Bullet) -> Record:
    """A bullet as every JSON object of brief has it."""
    return {
        "text": bullet.text,
        "sources": [
            {"sentence": source.text, "start": source.start, "end": source.end}
            for source in bullet.sources
        ],
        "support": bullet.support,
        "origin": bullet.origin.value,
        "remarks": to_remark_records(bullet.remarks),
    }


def to_remark_records(remarks: Iterable[Remark]) -> list[Record]:
    """Remarks as every JSON object of brief has them."""
    return [{"code": remark.code.value, "text": remark.text} for remark in remarks]


def remarks_of(row: Mapping[str, Any]) -> tuple[Remark, ...]:
    """The remarks of a JSON object, including one of an earlier schema version.

    Version 1 had `"code: text"` strings under `warnings`.

    Raises:
        KeyError, TypeError, ValueError: The object is not one that brief wrote.
    """
    if "warnings" in row:
        parted = (warning.partition(": ") for warning in row["warnings"])
        return tuple(Remark(Code(code), text) for code, _, text in parted if code in set(Code))
    return tuple(Remark(Code(one["code"]), one["text"]) for one in row["remarks"])


def origin_of(row: Mapping[str, Any]) -> Origin:
    """The origin of a bullet's JSON object, including one of an earlier schema version.

    Version 1 says only that a bullet was replaced by its source, not whether that was shortened.
    """
    if "warnings" not in row:
        return Origin(row["origin"])
    is_replaced = any(remark.code is Code.REPLACED for remark in remarks_of(row))
    return Origin.SOURCE if is_replaced else Origin.MODEL


def to_failure(article_id: str, error: BriefError, *, model: str, signature: str) -> Record:
    """A failed input as a `brief.summary/2` object: no bullets, and `error` says why."""
    return {
        "schema": SUMMARY_SCHEMA,
        "id": article_id,
        "headline": None,
        "published": None,
        "model": model,
        "bullets": [],
        "chunks": [],
        "dropped": [],
        "checks": [],
        "remarks": [],
        "error": _error(error),
        "signature": signature,
    }


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
                origin=origin_of(row),
                remarks=remarks_of(row),
            )
            for row in record["bullets"]
        ),
        chunks=tuple(chunks),
        scored=tuple(index for index, row in enumerate(record["chunks"]) if row["scored"]),
        remarks=remarks_of(record),
        signature=record["signature"],
        checks=tuple(record["checks"]),
    )


def to_clean_record(article: Article) -> Record:
    """A cleaned article as the JSON object `brief.clean/2`: every line with its label."""
    return {
        "schema": CLEAN_SCHEMA,
        "id": article.id,
        "headline": article.headline,
        "byline": article.byline,
        "published": article.published,
        "url": article.url,
        "language": article.language,
        "text": article.text,
        "reference_bullets": list(article.reference_bullets),
        "body": [" ".join(line.text.split()) for line in article.body],
        "lines": [_line(line) for line in article.lines],
        "dropped": [_line(line) for line in article.dropped],
        "remarks": to_remark_records(article.remarks),
        "error": None,
    }


def to_clean_failure(article_id: str, error: BriefError) -> Record:
    """An unreadable input as a `brief.clean/2` object: no lines, and `error` says why."""
    return {
        "schema": CLEAN_SCHEMA,
        "id": article_id,
        "headline": None,
        "byline": None,
        "published": None,
        "url": None,
        "language": None,
        "text": "",
        "reference_bullets": [],
        "body": [],
        "lines": [],
        "dropped": [],
        "remarks": [],
        "error": _error(error),
    }


def _error(error: BriefError) -> Record:
    return {"problem": error.problem, "remedy": error.remedy}


def _line(line: Line) -> Record:
    return {
        "label": line.label.value,
        "reason": line.reason,
        "start": line.start,
        "end": line.end,
        "text": line.text,
        "n_dropped_chars": line.n_dropped_chars,
    }
