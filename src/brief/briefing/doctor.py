"""Diagnose the briefing's set-up: configuration, model, ledger, sources and mail server.

Each finding that reports a problem says how to fix it. Nothing is written except an empty ledger,
and no mail is sent.

Tested in `tests/cli/test_morning.py`.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from brief.briefing import mail
from brief.briefing.config import Morning
from brief.briefing.sources import expand
from brief.briefing.sources.expand import Fetcher, SourceConfig, SourceMemory
from brief.errors import BriefError, InputError, StorageError


@dataclass(frozen=True, slots=True)
class Finding:
    """Result of one check.

    Attributes:
        what: Name of the thing checked.
        good: Whether it works.
        said: What was found, with the remedy where it does not work.
    """

    what: str
    good: bool
    said: str


def examine(
    morning: Morning,
    *,
    model: Callable[[], str],
    ledger: Callable[[], str],
    client: Fetcher,
    now: datetime,
) -> Iterator[Finding]:
    """Check everything that a run needs, one thing after the other.

    Args:
        morning: The configuration; the caller has reported whether brief.toml could be read.
        model: Loads the model and returns its name.
        ledger: Opens the ledger and returns its location.
        client: HTTP client for the sources.
        now: Current time, timezone-aware.
    """
    local = morning.zone.local(now)
    zone = morning.zone.name or "this machine's own zone"
    yield Finding("time zone", good=True, said=f"{zone}: it is {local:%Y-%m-%d %H:%M}")
    yield _tried("model", model)
    yield _tried("ledger", ledger)
    yield _tried("output", lambda: _writable(morning.output))
    if not morning.sources:
        remedy = "write [[morning.sources]] tables (`brief init` shows how)"
        yield Finding("sources", good=False, said=f"brief.toml names none; {remedy}")
    configs, unread = expand.expand(morning.sources, client=client)
    for config, error in unread:
        yield Finding(config.name, good=False, said=error.one_line)
    for config in configs:
        yield _tried(config.name, lambda config=config: _asked(config, client, now))  # type: ignore[misc]
    yield _tried("mail", lambda: _mail(morning))


def _tried(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, good=True, said=look())
    except BriefError as error:
        return Finding(what, good=False, said=error.one_line)


def _writable(folder: Path) -> str:
    """Check that the folder, or the existing one that it would be created in, is writable."""
    place = folder.expanduser().resolve()
    there = next(path for path in (place, *place.parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise StorageError(f"{there}: cannot be written", "correct output in [morning]")
    return str(place)


def _asked(config: SourceConfig, client: Fetcher, now: datetime) -> str:
    """Fetch one article of the source and describe what it has now."""
    gathered = expand.gather(
        config, memory=SourceMemory(), known=lambda _: False, now=now, client=client, limit=1
    )
    if gathered.error is not None:
        raise gathered.error
    n_found = len(gathered.arrivals) + len(gathered.omissions)
    if not n_found:
        raise InputError("nothing is in it", "look whether its address is still right")
    broken = [one.content.error for one in gathered.arrivals if one.content.error is not None]
    if broken:
        raise broken[0]
    notes = "; ".join(map(str, gathered.remarks))
    return f"{n_found:,} article{'s' * (n_found != 1)}" + (f" ({notes})" if notes else "")


def _mail(morning: Morning) -> str:
    if morning.mail is None:
        return "not set up"
    mail.check(morning.mail)
    return f"{morning.mail.host} lets us in; to {', '.join(morning.mail.to)}"
