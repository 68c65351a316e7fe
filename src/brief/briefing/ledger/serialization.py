"""Serialize articles and summaries for the ledger (compressed JSON); make article ids and reports.

A compressed page of news has a third of its size, and JSON can be read by hand.
"""

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from brief.briefing.briefing_types import SummarizedArticle
from brief.briefing.timezones import Zone
from brief.datatypes import Article, Bullet, Label, Line, Remark, Summary
from brief.ingest.inputs import Source
from brief.records import dump, from_first_version, load
from brief.text.strings import sentences

N_LEAD_SENTENCES = 3
"""Sentences in which news articles usually say what happened; stories are grouped by them."""

MAX_LEAD_CHARS = 2_000
"""Part of the body that is searched for the lead; longer sentences are not news prose."""

MAX_HEADLINE_WORDS = 14
"""Words of the lead that replace a missing headline."""


def article_id(source: str, key: str) -> str:
    """The id of an article in the ledger: the same on every morning and machine."""
    return hashlib.sha256(f"{source}\0{key}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def pack(value: Any) -> bytes:  # noqa: ANN401 - whatever JSON can hold
    """Serialize a JSON value."""
    return zlib.compress(json.dumps(value).encode(), 6)


def unpack(data: bytes) -> Any:  # noqa: ANN401
    """Read a value that `pack` wrote.

    Raises:
        ValueError: The bytes were not written by `pack`.
    """
    try:
        return json.loads(zlib.decompress(data))
    except zlib.error as error:
        raise ValueError(str(error)) from error


def content_to_bytes(content: Source, fallback: Source | None) -> bytes:
    """Serialize fetched content, and its fallback for when it holds no article.

    Reference bullets and errors are not stored.
    """
    return pack(dump((content, fallback)))


def content_from_bytes(data: bytes) -> tuple[Source, Source | None]:
    """Read what `content_to_bytes` wrote."""
    return load(tuple[Source, Source | None], from_first_version(unpack(data)))


def article_to_bytes(article: Article) -> bytes:
    """Serialize a cleaned article: everything that its summary depends on, and all metadata."""
    lines = [[line.label.value, line.start, line.end] for line in article.lines]
    return pack({**dump(replace(article, lines=())), "lines": lines})


def article_from_bytes(data: bytes) -> Article:
    """Read what `article_to_bytes` wrote; the reasons for line labels are not stored."""
    fields = unpack(data)
    text = fields["text"]
    lines = [
        Line(Label(label), "", start, end, text[start:end])
        for label, start, end in fields.pop("lines")
    ]
    return load(Article, {**from_first_version(fields), "lines": lines})


@dataclass(frozen=True, slots=True)
class KeptSummary:
    """The parts of a summary that an edition needs.

    Attributes:
        bullets, remarks: As in the summary.
        by_lead: As `SummarizedArticle.by_lead`.
    """

    bullets: tuple[Bullet, ...]
    remarks: tuple[Remark, ...]
    by_lead: bool


def summary_to_bytes(summary: Summary, *, by_lead: bool) -> bytes:
    """Serialize the parts of a summary that an edition needs."""
    return pack(dump(KeptSummary(summary.bullets, summary.remarks, by_lead)))


def _kept_summary(data: bytes) -> KeptSummary:
    kept = from_first_version(unpack(data))
    for bullet in kept["bullets"]:
        # Ledgers of version 1 store a source as a list of text, start, end and index.
        bullet["sources"] = [
            dict(zip(("sentence", "start", "end"), one, strict=False))
            if isinstance(one, list)
            else one
            for one in bullet["sources"]
        ]
    return load(KeptSummary, kept)


def to_report(
    id: str,  # noqa: A002 - the noun's own field
    source: str,
    published: datetime,
    remarks: Sequence[Remark],
    cleaned: bytes,
    summary: bytes,
) -> SummarizedArticle:
    """Make the `SummarizedArticle` of an article from its serialized article and summary."""
    article, kept = article_from_bytes(cleaned), _kept_summary(summary)
    body = "\n".join(" ".join(line.text.split()) for line in article.body)
    lead = _lead(body)
    return SummarizedArticle(
        id=id,
        headline=" ".join((article.headline or "").split()) or _opening(lead),
        source=source,
        url=article.url,
        published=published,
        by_lead=kept.by_lead,
        remarks=(*remarks, *kept.remarks),
        picture_credit=article.picture_credit,
        lead=lead,
        body=body,
        bullets=kept.bullets,
    )


def published_at(said: datetime | str | None, on: date, zone: Zone) -> datetime:
    """When an article counts as published, in UTC.

    Args:
        said: What its source or page says: a datetime, or ISO 8601 text, perhaps without a time
            or zone.
        on: The edition's date, used for an article without a date, and for one with a later date:
            that is not credible and must not make it the newest.
        zone: Time zone of times without a zone, and of days.

    Example:
        >>> from brief.briefing.timezones import to_zone
        >>> str(published_at("2026-11-22", date(2026, 11, 23), to_zone("Africa/Nairobi")))
        '2026-11-21 21:00:00+00:00'
    """
    start, end = zone.day(on)
    if isinstance(said, str):
        try:
            said = datetime.fromisoformat(said)
        except ValueError:
            said = None
    if said is None:
        return start
    try:
        moment = said.astimezone(UTC) if said.tzinfo else zone.at(said.date(), said.time())
    except OverflowError:
        # The first or the last day of the calendar is a placeholder for "unknown".
        return start
    return start if moment >= end else moment


def _lead(body: str) -> str:
    opening = body[:MAX_LEAD_CHARS]
    spans = sentences(opening)[:N_LEAD_SENTENCES]
    return " ".join(opening[start:end] for start, end in spans)


def _opening(lead: str) -> str:
    words = lead.split()
    cut = " …" if len(words) > MAX_HEADLINE_WORDS else ""
    return " ".join(words[:MAX_HEADLINE_WORDS]) + cut
