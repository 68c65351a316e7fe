"""Edition <-> the documented JSON object `brief.edition/2` (docs/schemas.md).

The object of the version before, `brief.edition/1`, is read too: ledgers keep it. An edition keeps what it shows: of its articles neither body nor lead nor the bullets that have
no place. Left out: the object of one bullet (`brief.records`).
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from brief.briefing.briefing_types import (
    Colophon,
    Edition,
    Omission,
    Placed,
    Report,
    Story,
    StoryBullet,
)
from brief.briefing.urls import safe_link
from brief.datatypes import Bullet, Sentence
from brief.records import Record, origin_of, remarks_of, to_bullet_record, to_remark_records

EDITION_SCHEMA = "brief.edition/2"
OLD_SCHEMA = "brief.edition/1"
"""Its articles and bullets have `warnings`; all else is the same."""


def to_json(edition: Edition) -> str:
    """The edition as one JSON object, ending in a line break."""
    colophon = edition.colophon
    record = {
        "schema": EDITION_SCHEMA,
        "date": edition.date.isoformat(),
        "title": edition.title,
        "n_words": edition.n_words,
        "minutes": edition.minutes,
        "stories": [_story(placed) for placed in edition.placed],
        "outcomes": [
            {
                "id": omission.id,
                "source": omission.source,
                "code": omission.code,
                "reason": omission.reason,
                "headline": omission.headline,
                "url": safe_link(omission.url),
                "story": omission.story,
            }
            for omission in edition.omissions
        ],
        "colophon": {
            "sources_reached": list(colophon.sources_reached),
            "sources_failed": [
                {"source": name, "reason": reason, "mornings": mornings}
                for name, reason, mornings in colophon.sources_failed
            ],
            "n_in": colophon.n_in,
            "n_placed": colophon.n_placed,
            "n_by_code": dict(colophon.n_by_code),
            "n_by_lead": colophon.n_by_lead,
            "model": colophon.model,
            "signature": colophon.signature,
            "version": colophon.version,
        },
    }
    # A text that was cut inside a character pair has no UTF-8 form.
    written = json.dumps(record, ensure_ascii=False, indent=2)
    return written.encode("utf-8", "ignore").decode("utf-8") + "\n"


def from_json(text: str) -> Edition:
    """The edition that `to_json` wrote, of this version or the one before: every format of it is
    the same, byte for byte.

    Its reports carry neither body nor lead nor bullets, and a source sentence counts its
    index among its bullet's sources.

    Raises:
        ValueError: The text is not of this schema.
    """
    try:
        return _edition(json.loads(text))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a {EDITION_SCHEMA}: {error!r}") from error


def _edition(record: Mapping[str, Any]) -> Edition:
    if record["schema"] not in {EDITION_SCHEMA, OLD_SCHEMA}:
        raise ValueError(f"not a {EDITION_SCHEMA}: {record['schema']!r}")
    colophon = record["colophon"]
    return Edition(
        date=date.fromisoformat(record["date"]),
        title=record["title"],
        placed=tuple(_placed(row) for row in record["stories"]),
        omissions=tuple(
            Omission(
                row["id"],
                row["source"],
                row["code"],
                row["reason"],
                row["headline"],
                row["url"],
                row["story"],
            )
            for row in record["outcomes"]
        ),
        colophon=Colophon(
            sources_reached=tuple(colophon["sources_reached"]),
            sources_failed=tuple(
                (row["source"], row["reason"], row["mornings"])
                for row in colophon["sources_failed"]
            ),
            n_in=colophon["n_in"],
            n_placed=colophon["n_placed"],
            n_by_code=tuple(colophon["n_by_code"].items()),
            n_by_lead=colophon["n_by_lead"],
            model=colophon["model"],
            signature=colophon["signature"],
            version=colophon["version"],
        ),
        n_words=record["n_words"],
        minutes=record["minutes"],
    )


def _story(placed: Placed) -> Record:
    story = placed.story
    copies = dict(story.near_copies)
    return {
        "id": story.id,
        "headline": story.headline,
        "section": placed.section,
        "reasons": list(placed.reasons),
        "score": placed.score,
        "since": None if story.since is None else story.since.isoformat(),
        "bullets": [
            {
                **to_bullet_record(bullet.bullet),
                "article": bullet.article,
                "disagrees": list(bullet.disagrees),
            }
            for bullet in story.bullets
        ],
        "articles": [
            {
                "id": report.id,
                "headline": report.headline,
                "source": report.source,
                "url": safe_link(report.url),
                "published": report.published.isoformat(),
                "copy_of": copies.get(report.id),
                "by_lead": report.by_lead,
                "remarks": to_remark_records(report.remarks),
            }
            for report in story.reports
        ],
    }


def _placed(row: Mapping[str, Any]) -> Placed:
    articles = row["articles"]
    return Placed(
        story=Story(
            id=row["id"],
            headline=row["headline"],
            reports=tuple(_report(article) for article in articles),
            bullets=tuple(
                StoryBullet(_bullet(bullet), bullet["article"], tuple(bullet["disagrees"]))
                for bullet in row["bullets"]
            ),
            since=None if row["since"] is None else date.fromisoformat(row["since"]),
            near_copies=tuple(
                (article["id"], article["copy_of"])
                for article in articles
                if article["copy_of"] is not None
            ),
        ),
        section=row["section"],
        reasons=tuple(row["reasons"]),
        score=row["score"],
    )


def _report(row: Mapping[str, Any]) -> Report:
    return Report(
        id=row["id"],
        source=row["source"],
        headline=row["headline"],
        url=row["url"],
        published=datetime.fromisoformat(row["published"]),
        lead="",
        body="",
        bullets=(),
        remarks=remarks_of(row),
        by_lead=row["by_lead"],
    )


def _bullet(row: Mapping[str, Any]) -> Bullet:
    return Bullet(
        text=row["text"],
        sources=tuple(
            Sentence(source["sentence"], source["start"], source["end"], index)
            for index, source in enumerate(row["sources"])
        ),
        support=row["support"],
        origin=origin_of(row),
        remarks=remarks_of(row),
    )
