"""The documented JSON objects: `brief.summary/2` and `brief.clean/2`.

Every job prints the same object, and the cache keeps it (docs/schemas.md). Left out: people's
formats (`block.py`), and when a record may be reused (`cache.py`).
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

    What was dropped is told by its spans, never by its text: reference bullets are among it,
    and those reach no output.
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
        "remarks": to_remark_records(summary.remarks),
        "error": None,
        "signature": summary.signature,
    }


def to_bullet_record(bullet: Bullet) -> Record:
    """A bullet as it stands in every object of ours."""
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
    """Remarks as they stand in every object of ours."""
    return [{"code": remark.code.value, "text": remark.text} for remark in remarks]


def remarks_of(row: Mapping[str, Any]) -> tuple[Remark, ...]:
    """The remarks of a JSON object, also of one that an earlier version wrote.

    Version 1 had `"code: text"` strings under `warnings`.

    Raises:
        KeyError, TypeError, ValueError: The object is none of ours.
    """
    if "warnings" in row:
        parted = (warning.partition(": ") for warning in row["warnings"])
        return tuple(Remark(Code(code), text) for code, _, text in parted if code in set(Code))
    return tuple(Remark(Code(one["code"]), one["text"]) for one in row["remarks"])


def origin_of(row: Mapping[str, Any]) -> Origin:
    """The origin of a bullet's JSON object, also of one that an earlier version wrote.

    Version 1 knew only which bullets were replaced by their source, and not whether it was cut.
    """
    if "warnings" not in row:
        return Origin(row["origin"])
    is_replaced = any(remark.code is Code.REPLACED for remark in remarks_of(row))
    return Origin.SOURCE if is_replaced else Origin.MODEL


def to_failure(article_id: str, error: BriefError, *, model: str, signature: str) -> Record:
    """A failed input as the same object: no bullets, and `error` says why."""
    return {
        "schema": SUMMARY_SCHEMA,
        "id": article_id,
        "headline": None,
        "published": None,
        "model": model,
        "bullets": [],
        "chunks": [],
        "dropped": [],
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
    """An input that could not be read, as the same object: no lines, and `error` says why."""
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
