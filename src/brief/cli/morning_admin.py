"""`brief morning` commands besides `run`: schedule, status, search, and care of the ledger.

See `morning.py` for making an edition.

Tested in `tests/cli/test_morning.py`.
"""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from brief.cli.morning_context import Output, Tz, clock, load_ledger, to_ledger_path, to_morning
from brief.cli.terminal import note, show
from brief.errors import UsageError


def schedule(
    *,
    at: Annotated[
        str | None,
        typer.Option(metavar="HH:MM", help="Time of the daily run (default: `at` in brief.toml)."),
    ] = None,
    tz: Tz = None,
    install: Annotated[
        bool, typer.Option("--install", help="Install the systemd timer and start it.")
    ] = False,
) -> None:
    """Print or install a timer for the daily run."""
    from brief.briefing import schedule as timers
    from brief.briefing.timezones import to_time

    morning = to_morning(None, tz)
    wall = to_time(at) if at else morning.at
    if wall is None:
        raise UsageError("no time is named", "name one with --at 06:30, or at in [morning]")
    job = timers.to_job(wall, morning.zone)
    if install:
        for line in timers.install(job):
            note(line)
    else:
        show(timers.shown(job))


def status(*, output: Output = None, tz: Tz = None) -> None:
    """Show the last runs, the next one, and what failed."""
    from brief.briefing import status as account

    morning = to_morning(output, tz)
    with closing(load_ledger(morning)) as ledger:
        show(account.shown(ledger, morning, clock()))


def search(
    words: Annotated[list[str], typer.Argument(help="Words that must all be in a story.")],
    *,
    output: Output = None,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of stories.")] = 20,
) -> None:
    """Search the stories of past editions."""
    from brief.briefing.ledger import editions
    from brief.text.strings import printable

    morning = to_morning(output, None)
    with closing(load_ledger(morning)) as ledger:
        found = editions.search(ledger, " ".join(words), limit)
    for edition, headline, excerpt in found:
        line = " ".join(excerpt.split())
        show(f"{edition}  {printable(headline)}\n            {printable(line)}\n")
    if not found:
        note("no story of a past edition has all these words")
        raise typer.Exit(1)


def prune(
    *,
    output: Output = None,
    keep_days: Annotated[
        int | None,
        typer.Option(help="Days for which article texts are kept (default: 90)."),
    ] = None,
) -> None:
    """Delete the texts of old articles from the ledger."""
    from brief.briefing.ledger import backup as ledger_backup
    from brief.briefing.ledger.database import locked

    morning = to_morning(output, None, keep_days=keep_days)
    with closing(load_ledger(morning)) as ledger, locked(ledger.path):
        today = morning.zone.local(clock()).date()
        n_articles, n_runs = ledger_backup.prune(ledger, today, morning.keep_days)
    note(f"forgot the texts of {n_articles:,} articles, and {n_runs:,} runs")


def backup(
    file: Annotated[Path, typer.Argument(help="File to write; it appears when complete.")],
    *,
    output: Output = None,
) -> None:
    """Back up the ledger to a file, even during a run."""
    from brief.briefing.ledger import backup as ledger_backup

    with closing(load_ledger(to_morning(output, None))) as ledger:
        ledger_backup.back_up(ledger, file)
    note(f"{file}: written")


def restore(
    file: Annotated[Path, typer.Argument(help="Backup that `brief morning backup` wrote.")],
    *,
    output: Output = None,
) -> None:
    """Replace the ledger with a backup."""
    from brief.briefing.ledger import backup as ledger_backup
    from brief.briefing.ledger.database import locked

    path = to_ledger_path(to_morning(output, None))
    with locked(path):
        ledger_backup.restore(file, path)
    note(f"{path}: restored")


def feeds(
    file: Annotated[Path, typer.Argument(help="The OPML file to write.")],
) -> None:
    """Export the feeds of brief.toml as OPML."""
    from brief.files import write_bytes
    from brief.ingest.feeds.opml import Subscription, write_opml

    morning = to_morning(None, None)
    listed = [
        Subscription(title=one.name, url=one.location, section=one.section)
        for one in morning.sources
        if one.location.startswith(("http://", "https://")) and one.kind != "opml"
    ]
    write_bytes(file, write_opml(listed, title=morning.title))
    note(f"{file}: {len(listed):,} feeds")
