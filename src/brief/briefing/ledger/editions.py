"""Database access to finished editions: files, story history, full-text search.

Tested in `tests/briefing/test_job.py`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from brief.briefing.briefing_types import ArticleState, Edition
from brief.briefing.ledger import serialization
from brief.briefing.ledger.articles import forget
from brief.briefing.ledger.database import Ledger
from brief.briefing.ledger.story_history import EarlierStory
from brief.errors import StorageError
from brief.records import dump, load


def earlier(ledger: Ledger, on: date, n_days: int) -> tuple[EarlierStory, ...]:
    """Stories of the editions in the `n_days` before a date, each in its latest state."""
    rows = ledger.read(
        "SELECT record, max(edition) FROM stories WHERE edition < ? AND edition >= ?"
        " GROUP BY id ORDER BY id",
        on.isoformat(),
        (on - timedelta(days=n_days)).isoformat(),
    )
    return tuple(load(EarlierStory, json.loads(row["record"])) for row in rows)


def has_edition(ledger: Ledger, on: date) -> bool:
    """Whether an edition is finished and not marked for a rebuild."""
    rows = ledger.read("SELECT 1 FROM editions WHERE date = ? AND NOT to_rebuild", on.isoformat())
    return bool(rows)


def place(
    ledger: Ledger,
    edition: Edition,
    *,
    digest: str,
    listing: str,
    files: Mapping[str, str],
    stories: Sequence[EarlierStory],
) -> None:
    """Store a finished edition with all that depends on it, replacing any earlier one of the date.

    Args:
        ledger: The ledger.
        edition: The edition.
        digest: Digest of its content.
        listing: Its index entry, as JSON.
        files: File name -> content.
        stories: Stories as later mornings need them.
    """
    on = edition.date.isoformat()
    shown = {report.id for story in edition.stories for report in story.reports}
    with ledger.writing() as db:
        db.execute("DELETE FROM stories WHERE edition = ?", (on,))
        db.execute("DELETE FROM files WHERE edition = ?", (on,))
        db.execute("DELETE FROM search WHERE edition = ?", (on,))
        db.execute("INSERT OR REPLACE INTO editions VALUES (?, ?, ?, 0)", (on, digest, listing))
        db.executemany(
            "INSERT INTO files VALUES (?, ?, ?)",
            ((on, name, serialization.pack(text)) for name, text in files.items()),
        )
        db.executemany(
            "INSERT INTO stories VALUES (?, ?, ?)",
            ((story.id, on, json.dumps(dump(story))) for story in stories),
        )
        db.executemany(
            "INSERT INTO search VALUES (?, ?, ?)",
            (
                (on, story.headline, "\n".join(bullet.text for bullet in story.bullets))
                for story in edition.stories
            ),
        )
        db.executemany(
            "UPDATE articles SET state = ? WHERE id = ?",
            ((ArticleState.PLACED, article) for article in sorted(shown)),
        )


def files(ledger: Ledger, on: date) -> dict[str, str]:
    """File name -> content of a finished edition; empty when there is none."""
    rows = ledger.read("SELECT name, content FROM files WHERE edition = ?", on.isoformat())
    return {row["name"]: serialization.unpack(row["content"]) for row in rows}


def digest(ledger: Ledger, on: date) -> str:
    """Digest of a finished edition."""
    return str(ledger.read("SELECT digest FROM editions WHERE date = ?", on.isoformat())[0][0])


def listings(ledger: Ledger) -> list[str]:
    """The index entries of all finished editions, as JSON, newest first."""
    return [row[0] for row in ledger.read("SELECT listing FROM editions ORDER BY date DESC")]


def set_delivered(ledger: Ledger, on: date) -> None:
    """Record that the edition has been written and delivered."""
    with ledger.writing() as db:
        db.execute(
            "UPDATE articles SET state = ? WHERE edition = ? AND state = ?",
            (ArticleState.DELIVERED, on.isoformat(), ArticleState.PLACED),
        )


def begin_rebuild(ledger: Ledger, on: date) -> None:
    """Mark an edition for a rebuild, with its sources fetched again.

    The finished edition stays until the new one replaces it. Articles that were read are kept and
    summarized again; those that could not be read are tried again.

    Raises:
        StorageError: Its articles' texts were pruned.
    """
    edition = on.isoformat()
    pruned = ledger.read(
        "SELECT 1 FROM articles WHERE edition = ? AND cleaned IS NULL AND state <> ?",
        edition,
        ArticleState.FETCHED,
    )
    if pruned:
        raise StorageError(
            f"{edition}: this edition cannot be made again, its articles' texts were pruned",
            "run without --rebuild to write it as it was",
        )
    with ledger.writing() as db:
        db.execute("UPDATE editions SET to_rebuild = 1 WHERE date = ?", (edition,))
        forget(db, edition)
        db.execute(
            "UPDATE articles SET state = ?, summary = NULL, code = NULL, reason = NULL"
            " WHERE edition = ?",
            (ArticleState.CLEANED, edition),
        )


def search(ledger: Ledger, query: str, limit: int) -> list[tuple[str, str, str]]:
    """Stories of past editions with all words of a query, as (date, headline, excerpt).

    The best match comes first; of equal ones, the newest.
    """
    # Each word is quoted, so that none of its characters is an operator.
    words = " ".join('"' + word.replace('"', '""') + '"' for word in query.split())
    if not words:
        return []
    rows = ledger.read(
        "SELECT edition, headline, snippet(search, 2, '[', ']', ' … ', 24) FROM search"
        " WHERE search MATCH ? ORDER BY rank, edition DESC LIMIT ?",
        words,
        limit,
    )
    return [tuple(row) for row in rows]
