"""Database access to runs and mail deliveries.

A delivery is recorded as `sending` before anything is sent and as `sent` after. If a later run
finds it as `sending`, the run was killed in between: whether the mail arrived is unknown, and it
is not sent again unless the user asks for it. See `mail.py` for the sending.

Tested in `tests/briefing/test_mail.py`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from brief.briefing.ledger.database import Ledger


def begin_run(ledger: Ledger, on: date, now: datetime) -> int:
    """Record a new run and return its number; unfinished earlier runs are marked as killed."""
    with ledger.writing() as db:
        db.execute("UPDATE runs SET ended = began, outcome = 'killed' WHERE ended IS NULL")
        cursor = db.execute(
            "INSERT INTO runs (edition, began, phase, seconds, outcome) VALUES"
            " (?, ?, 'start', '{}', '')",
            (on.isoformat(), now.isoformat()),
        )
        return int(cursor.lastrowid or 0)


def set_phase(ledger: Ledger, run: int, phase: str, seconds: Mapping[str, float]) -> None:
    """Record a run's current phase, and the duration of each earlier phase in seconds."""
    with ledger.writing() as db:
        db.execute(
            "UPDATE runs SET phase = ?, seconds = ? WHERE id = ?",
            (phase, json.dumps(seconds), run),
        )


def end_run(
    ledger: Ledger, run: int, now: datetime, outcome: str, seconds: Mapping[str, float]
) -> None:
    """Record the outcome of a run: `done`, or what went wrong."""
    with ledger.writing() as db:
        db.execute(
            "UPDATE runs SET ended = ?, outcome = ?, seconds = ? WHERE id = ?",
            (now.isoformat(), outcome, json.dumps(seconds), run),
        )


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run, as `status` shows it.

    Attributes:
        edition: Date of its edition.
        began, ended: ISO 8601 in UTC; `ended` is None while the run is in progress.
        phase: The last phase that it entered.
        seconds: Duration of each finished phase.
        outcome: `done` (with any other problems), `killed`, or why it failed; empty while the run
            is in progress.
    """

    edition: str
    began: str
    ended: str | None
    phase: str
    seconds: Mapping[str, float]
    outcome: str


def last_runs(ledger: Ledger, limit: int) -> list[RunRecord]:
    """The last runs, newest first."""
    rows = ledger.read(
        "SELECT edition, began, ended, phase, seconds, outcome FROM runs ORDER BY id DESC LIMIT ?",
        limit,
    )
    return [RunRecord(**{**dict(row), "seconds": json.loads(row["seconds"])}) for row in rows]


@dataclass(frozen=True, slots=True)
class Delivery:
    """State of the delivery of one edition to one recipient.

    Attributes:
        digest, recipient: Digest of the edition, and address of the recipient.
        edition: Date of the edition.
        state: `sending`, `sent`, `failed` (tried again by the next run) or `unknown`.
        reason: Why it failed or is unknown; else empty.
        changed: When the state last changed, ISO 8601 in UTC.
    """

    digest: str
    recipient: str
    edition: str
    state: str
    reason: str
    changed: str


def set_delivery(ledger: Ledger, delivery: Delivery) -> None:
    """Record a delivery's state; it is on disk when this returns."""
    with ledger.writing() as db:
        db.execute(
            "INSERT OR REPLACE INTO deliveries (digest, recipient, edition, state, reason, changed)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                delivery.digest,
                delivery.recipient,
                delivery.edition,
                delivery.state,
                delivery.reason,
                delivery.changed,
            ),
        )


def delivery_state(ledger: Ledger, digest: str, recipient: str) -> str | None:
    """The state of an edition's delivery to a recipient; None when it was never sent."""
    rows = ledger.read(
        "SELECT state FROM deliveries WHERE digest = ? AND recipient = ?", digest, recipient
    )
    return rows[0]["state"] if rows else None


def open_deliveries(ledger: Ledger) -> list[Delivery]:
    """Deliveries that are not known to have arrived, the newest edition first."""
    rows = ledger.read(
        "SELECT digest, recipient, edition, state, reason, changed FROM deliveries"
        " WHERE state <> 'sent' ORDER BY edition DESC, recipient"
    )
    return [Delivery(**dict(row)) for row in rows]


def failing_sources(ledger: Ledger) -> list[tuple[str, int]]:
    """Sources that failed on their last morning, with the number of such mornings in a row."""
    rows = ledger.read("SELECT name, memory FROM sources ORDER BY name")
    memories: list[tuple[str, dict[str, Any]]] = [
        (row["name"], json.loads(row["memory"])) for row in rows
    ]
    return [(name, memory["n_failures"]) for name, memory in memories if memory["n_failures"]]
