"""Database access to an edition's articles, their processing states, sources and omissions.

Tested in `tests/briefing/test_job.py`.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date

from brief.briefing.briefing_types import ArticleState, FetchedArticle, SkippedInput
from brief.briefing.ledger import serialization
from brief.briefing.ledger.database import Connection, Ledger
from brief.briefing.sources.source_types import RETRIED, Gathered, SourceConfig, SourceMemory
from brief.datatypes import Remark
from brief.records import dump, load


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article of an edition, as stored in the ledger.

    Attributes:
        id, source, key: See `Report` and `FetchedArticle` in `briefing_types.py`.
        published: ISO 8601 as the source or the page gave it; None when neither did.
        remarks: Remarks on the fetching.
        content, cleaned, summary: As `serialization.py` writes them; None before they are made
            and after they are deleted.
    """

    id: str
    source: str
    key: str
    published: str | None
    remarks: tuple[Remark, ...]
    content: bytes | None
    cleaned: bytes | None
    summary: bytes | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A source that was fetched, or tried, for an edition.

    Attributes:
        name, weight, section: As configured.
        error: Why it failed; None when it did not.
        n_failures: Number of mornings in a row on which it failed.
    """

    name: str
    weight: float
    section: str | None
    error: str | None
    n_failures: int


def memory(ledger: Ledger, source: str) -> SourceMemory:
    """What the source's last fetch stored for the next one."""
    rows = ledger.read("SELECT memory FROM sources WHERE name = ?", source)
    return SourceMemory(**json.loads(rows[0]["memory"])) if rows else SourceMemory()


def known_keys(ledger: Ledger, source: str) -> frozenset[str]:
    """Keys of the source's articles that any morning has already handled."""
    rows = ledger.read(
        "SELECT key FROM articles WHERE source = ?1 UNION SELECT id FROM omissions"
        " WHERE source = ?1 AND code NOT IN (SELECT value FROM json_each(?2))",
        source,
        json.dumps(sorted(RETRIED)),
    )
    return frozenset(row["key"] for row in rows)


def asked(ledger: Ledger, on: date) -> tuple[Asked, ...]:
    """The sources already fetched for an edition, in the order of the configuration."""
    rows = ledger.read(
        "SELECT source, weight, section, error, n_failures FROM gathered WHERE edition = ?"
        " ORDER BY place, source",
        on.isoformat(),
    )
    return tuple(Asked(*row) for row in rows)


def is_frozen(ledger: Ledger, on: date) -> bool:
    """Whether an edition's inputs are final: all sources have been fetched."""
    return bool(ledger.read("SELECT 1 FROM frozen WHERE edition = ?", on.isoformat()))


def add_gathered(
    ledger: Ledger, on: date, config: SourceConfig, place: int, gathered: Gathered
) -> None:
    """Store the articles and omissions of one source, and its memory for the next morning."""
    edition = on.isoformat()
    with ledger.writing() as db:
        db.execute(
            "INSERT OR REPLACE INTO sources VALUES (?, ?)",
            (config.name, json.dumps(asdict(gathered.memory))),
        )
        db.execute(
            "INSERT INTO gathered VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                edition,
                config.name,
                place,
                config.weight,
                config.section,
                gathered.error and gathered.error.one_line,
                gathered.memory.n_failures,
                json.dumps(dump(gathered.remarks)),
            ),
        )
        db.executemany(
            "INSERT OR IGNORE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?)",
            (_arrived(arrival, edition) for arrival in gathered.arrivals),
        )
        db.executemany(
            "INSERT INTO omissions VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (edition, one.source, one.id, one.code, one.reason, one.headline, one.url)
                for one in gathered.omissions
            ),
        )


def freeze(ledger: Ledger, on: date) -> None:
    """Make an edition's inputs final; articles that appear later go to the next edition."""
    with ledger.writing() as db:
        db.execute("INSERT OR IGNORE INTO frozen VALUES (?)", (on.isoformat(),))


def forget_gathered(ledger: Ledger, on: date) -> None:
    """Have all sources of an edition fetched again, and articles retried that could not be read."""
    with ledger.writing() as db:
        forget(db, on.isoformat())


def forget(db: Connection, edition: str) -> None:
    """The same as `forget_gathered`, within a transaction."""
    for row in db.execute(
        "SELECT name, memory, error FROM sources JOIN gathered ON source = name WHERE edition = ?",
        (edition,),
    ).fetchall():
        memory = json.loads(row["memory"])
        # One morning counts as one failure, and its feed is fetched whole, without validators.
        memory["n_failures"] -= row["error"] is not None and memory["n_failures"] > 0
        memory["etag"] = memory["last_modified"] = None
        db.execute(
            "UPDATE sources SET memory = ? WHERE name = ?", (json.dumps(memory), row["name"])
        )
    db.execute("DELETE FROM gathered WHERE edition = ?", (edition,))
    # The other omissions stay known: a backlog is not news on another day either.
    db.execute(
        "DELETE FROM omissions WHERE edition = ? AND code IN (SELECT value FROM json_each(?))",
        (edition, json.dumps(sorted(RETRIED))),
    )
    db.execute("DELETE FROM frozen WHERE edition = ?", (edition,))
    db.execute("DELETE FROM articles WHERE edition = ? AND cleaned IS NULL", (edition,))


def ids(ledger: Ledger, on: date, state: ArticleState) -> list[str]:
    """Ids of an edition's articles in a state that have no outcome yet."""
    rows = ledger.read(
        "SELECT id FROM articles WHERE edition = ? AND state = ? AND code IS NULL ORDER BY id",
        on.isoformat(),
        state,
    )
    return [row["id"] for row in rows]


def row(ledger: Ledger, article: str) -> ArticleRow:
    """One article."""
    rows = ledger.read(
        "SELECT id, source, key, published, remarks, content, cleaned, summary FROM articles"
        " WHERE id = ?",
        article,
    )
    found = dict(rows[0])
    return ArticleRow(
        **{**found, "remarks": load(tuple[Remark, ...], json.loads(found["remarks"]))}
    )


def set_cleaned(ledger: Ledger, article: str, cleaned: bytes, published: str | None) -> None:
    """Store the cleaned article and delete its raw content."""
    with ledger.writing() as db:
        db.execute(
            "UPDATE articles SET state = ?, cleaned = ?, content = NULL,"
            " published = coalesce(published, ?) WHERE id = ?",
            (ArticleState.CLEANED, cleaned, published, article),
        )


def set_summarized(ledger: Ledger, article: str, summary: bytes) -> None:
    """Store the article's summary."""
    with ledger.writing() as db:
        db.execute(
            "UPDATE articles SET state = ?, summary = ? WHERE id = ?",
            (ArticleState.SUMMARIZED, summary, article),
        )


def set_outcome(ledger: Ledger, article: str, code: str, reason: str) -> None:
    """Record why the article will be in no story."""
    with ledger.writing() as db:
        db.execute("UPDATE articles SET code = ?, reason = ? WHERE id = ?", (code, reason, article))


def omissions(ledger: Ledger, on: date) -> tuple[SkippedInput, ...]:
    """All inputs of an edition that will be in no story, sources in their order."""
    rows = ledger.read(
        "SELECT l.id, l.source, l.code, l.reason, l.headline, l.url FROM"
        " (SELECT key AS id, source, code, reason, headline, url FROM articles"
        " WHERE edition = ?1 AND code IS NOT NULL UNION ALL"
        " SELECT id, source, code, reason, headline, url FROM omissions WHERE edition = ?1) l"
        " LEFT JOIN gathered g ON g.edition = ?1 AND g.source = l.source"
        " ORDER BY g.place, l.source, l.code, l.id",
        on.isoformat(),
    )
    return tuple(SkippedInput(*row) for row in rows)


def n_arrived(ledger: Ledger, on: date) -> int:
    """The number of inputs that an edition had, whatever became of them."""
    rows = ledger.read(
        "SELECT (SELECT count(*) FROM articles WHERE edition = ?1)"
        " + (SELECT count(*) FROM omissions WHERE edition = ?1)",
        on.isoformat(),
    )
    return int(rows[0][0])


def _arrived(arrival: FetchedArticle, edition: str) -> tuple[object, ...]:
    content, error = arrival.content, arrival.content.error
    return (
        serialization.article_id(arrival.source, arrival.key),
        arrival.source,
        arrival.key,
        edition,
        ArticleState.FETCHED,
        arrival.published and arrival.published.isoformat(),
        json.dumps(dump(arrival.remarks)),
        content.headline,
        content.url,
        None if error else serialization.content_to_bytes(content, arrival.fallback),
        error and "unreadable",
        error and error.one_line,
    )
