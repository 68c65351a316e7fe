"""Does the briefing's set-up work? Each finding says how to mend what does not.

Nothing is written but an empty ledger, and no mail is sent. Left out: the articles themselves;
a feed that answers today may be away tomorrow.
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
    """One thing that was looked at.

    Attributes:
        what: Its name.
        good: Whether it works.
        said: What was found; with the remedy where it does not work.
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
    """Look at everything that a run needs, one after the other.

    Args:
        morning: What brief.toml says; that it could be read is the first finding, made before.
        model: Loads the model, and returns its name.
        ledger: Opens the ledger, and returns where it is.
        client: Asks URLs.
        now: Aware.
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
    """The folder itself, or the one that it would be made in."""
    place = folder.expanduser().resolve()
    there = next(path for path in (place, *place.parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise StorageError(f"{there}: cannot be written", "correct output in [morning]")
    return str(place)


def _asked(config: SourceConfig, client: Fetcher, now: datetime) -> str:
    """What the source has now: one article of it is read."""
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
