"""The ledger's account of runs and deliveries.

A delivery is recorded as `sending` before anything is sent and as `sent` after. One that is
found as `sending` by a later run was cut off in between: whether it arrived is unknown, and it
is not sent again unless the user says so. Left out: the sending (`mail.py`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from brief.briefing.ledger.database import Ledger


def begin_run(ledger: Ledger, on: date, now: datetime) -> int:
    """A run's number; runs that a crash ended are marked so."""
    with ledger.writing() as db:
        db.execute("UPDATE runs SET ended = began, outcome = 'killed' WHERE ended IS NULL")
        cursor = db.execute(
            "INSERT INTO runs (edition, began, phase, seconds, outcome) VALUES"
            " (?, ?, 'start', '{}', '')",
            (on.isoformat(), now.isoformat()),
        )
        return int(cursor.lastrowid or 0)


def set_phase(ledger: Ledger, run: int, phase: str, seconds: Mapping[str, float]) -> None:
    """Where a run is, and how long each phase before took."""
    with ledger.writing() as db:
        db.execute(
            "UPDATE runs SET phase = ?, seconds = ? WHERE id = ?",
            (phase, json.dumps(seconds), run),
        )


def end_run(
    ledger: Ledger, run: int, now: datetime, outcome: str, seconds: Mapping[str, float]
) -> None:
    """What became of a run: `done`, or what went wrong."""
    with ledger.writing() as db:
        db.execute(
            "UPDATE runs SET ended = ?, outcome = ?, seconds = ? WHERE id = ?",
            (now.isoformat(), outcome, json.dumps(seconds), run),
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One run, as `status` shows it.

    Attributes:
        edition: Date of its edition.
        began, ended: ISO 8601 in UTC; `ended` is None while it is going on.
        phase: The last one that it entered.
        seconds: Of each phase that it finished.
        outcome: `done` (with what went wrong beside it), `killed`, or why it failed; empty while
            it is going on.
    """

    edition: str
    began: str
    ended: str | None
    phase: str
    seconds: Mapping[str, float]
    outcome: str


def last_runs(ledger: Ledger, limit: int) -> list[Run]:
    """The last runs, the newest first."""
    rows = ledger.read(
        "SELECT edition, began, ended, phase, seconds, outcome FROM runs ORDER BY id DESC LIMIT ?",
        limit,
    )
    return [Run(**{**dict(row), "seconds": json.loads(row["seconds"])}) for row in rows]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one edition on its way to one recipient.

    Attributes:
        digest, recipient: Of what, and to whom.
        edition: Its date.
        state: `sending`, `sent`, `failed` (tried again by the next run) or `unknown`.
        reason: Why it failed or is unknown; empty for nothing.
        changed: When it came to that, ISO 8601 in UTC.
    """

    digest: str
    recipient: str
    edition: str
    state: str
    reason: str
    changed: str


def set_delivery(ledger: Ledger, delivery: Delivery) -> None:
    """Record a delivery's state; it is on the disk when this returns."""
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
    """How far an edition has come on its way to a recipient; None when it was never sent."""
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
    """Sources that could not be had on their last morning, and for how many in a row."""
    rows = ledger.read("SELECT name, memory FROM sources ORDER BY name")
    memories: list[tuple[str, dict[str, Any]]] = [
        (row["name"], json.loads(row["memory"])) for row in rows
    ]
    return [(name, memory["n_failures"]) for name, memory in memories if memory["n_failures"]]
