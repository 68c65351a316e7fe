"""The ledger's finished editions: their bytes, what later mornings must know, and the search.

Left out: the file and its transactions (`database.py`), and what becomes of articles (`articles.py`).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from brief.briefing.briefing_types import Edition, State
from brief.briefing.ledger import serialization
from brief.briefing.ledger.articles import forget
from brief.briefing.ledger.database import Ledger
from brief.briefing.ledger.story_history import EarlierStory
from brief.errors import StorageError
from brief.records import dump, load


def earlier(ledger: Ledger, on: date, n_days: int) -> tuple[EarlierStory, ...]:
    """Each story as the last edition before a date left it, if not too long before."""
    rows = ledger.read(
        "SELECT record, max(edition) FROM stories WHERE edition < ? AND edition >= ?"
        " GROUP BY id ORDER BY id",
        on.isoformat(),
        (on - timedelta(days=n_days)).isoformat(),
    )
    return tuple(load(EarlierStory, json.loads(row["record"])) for row in rows)


def has_edition(ledger: Ledger, on: date) -> bool:
    """Whether an edition is finished, and not to be made again."""
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
    """A finished edition with all that follows from it, in place of any earlier one.

    Args:
        ledger: Where it goes.
        edition: The edition.
        digest: Of its content.
        listing: What the index says of it, as JSON.
        files: What it looks like, by name.
        stories: What the next mornings must know.
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
            ((State.PLACED, article) for article in sorted(shown)),
        )


def files(ledger: Ledger, on: date) -> dict[str, str]:
    """What a finished edition looks like, by name; empty when there is none."""
    rows = ledger.read("SELECT name, content FROM files WHERE edition = ?", on.isoformat())
    return {row["name"]: serialization.unpack(row["content"]) for row in rows}


def digest(ledger: Ledger, on: date) -> str:
    """Digest of a finished edition."""
    return str(ledger.read("SELECT digest FROM editions WHERE date = ?", on.isoformat())[0][0])


def listings(ledger: Ledger) -> list[str]:
    """What the index says of each finished edition, as JSON, the newest first."""
    return [row[0] for row in ledger.read("SELECT listing FROM editions ORDER BY date DESC")]


def set_delivered(ledger: Ledger, on: date) -> None:
    """The edition is where its reader finds it."""
    with ledger.writing() as db:
        db.execute(
            "UPDATE articles SET state = ? WHERE edition = ? AND state = ?",
            (State.DELIVERED, on.isoformat(), State.PLACED),
        )


def begin_rebuild(ledger: Ledger, on: date) -> None:
    """Make an edition again on the next occasion, its sources asked again.

    The finished one stays until the new one takes its place. Articles that were read are
    kept and summarized anew; those that could not be read are tried again.

    Raises:
        StorageError: Its articles' texts were pruned.
    """
    edition = on.isoformat()
    pruned = ledger.read(
        "SELECT 1 FROM articles WHERE edition = ? AND cleaned IS NULL AND state <> ?",
        edition,
        State.FETCHED,
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
            (State.CLEANED, edition),
        )


def search(ledger: Ledger, query: str, limit: int) -> list[tuple[str, str, str]]:
    """Stories of past editions with all words of a query: date, headline, excerpt.

    The best match comes first, of equal ones the newest.
    """
    # Each word quoted, so that no character of it is an operator.
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
