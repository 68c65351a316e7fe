"""`brief morning`, and `brief morning run` in full: one edition, from the command line.

Left out: the run itself (`briefing/job.py`), what is asked about past editions (`morning_admin.py`),
and setting it up (`init_doctor.py`).
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brief.cli.morning_admin import backup, feeds, prune, restore, schedule, search, status
from brief.cli.morning_context import (
    Output,
    Tz,
    clock,
    json_lines,
    lines,
    load_ledger,
    to_desk,
    to_morning,
    to_sources,
)
from brief.cli.options import NoCache, Quiet, open_cache
from brief.cli.terminal import note, show
from brief.errors import BriefError, UsageError

if TYPE_CHECKING:
    from brief.briefing.config import Morning
    from brief.briefing.run_context import Desk, Plan
    from brief.briefing.timezones import Zone

EXIT_CODES = """
Exit codes: 0 the edition is there, 1 it is but a source or the mail failed, 2 usage, 65 there is
no edition or it cannot be written, 70 a bug in brief, 75 another run is at work, 130 interrupted.
"""


class _RunByDefault(typer.core.TyperGroup):
    """`brief morning --date …` is `brief morning run --date …`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - click's
        named = args and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["run", *args])


morning_app = typer.Typer(
    cls=_RunByDefault,
    help="The morning's news on one page, at a chosen hour. `run` goes without saying.",
    epilog=EXIT_CODES,
)


@morning_app.command(epilog=EXIT_CODES)
def run(
    *,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source", "-s", metavar="FOLDER|FILE|URL", help="Instead of those of brief.toml."
        ),
    ] = None,
    output: Output = None,
    date_: Annotated[
        str | None, typer.Option("--date", help="Of the edition, as 2026-11-23 (default: today).")
    ] = None,
    tz: Tz = None,
    deadline: Annotated[
        str | None,
        typer.Option(
            metavar="HH:MM",
            help="When the page must be there; what is not read by then gives its first sentences.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE|Nd", help="Leave out what was published before."),
    ] = None,
    backlog: Annotated[
        int | None,
        typer.Option(help="Articles of a source on its first morning."),
    ] = None,
    not_before: Annotated[
        str | None,
        typer.Option(metavar="HH:MM", help="Do nothing earlier in the day, for cron."),
    ] = None,
    bullets: Annotated[int | None, typer.Option("--bullets", "-n", help="Of an article.")] = None,
    model: Annotated[str | None, typer.Option(help="A name from `brief models list`.")] = None,
    threads: Annotated[int | None, typer.Option(help="CPU threads.")] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make a finished edition again, in its place.")
    ] = False,
    resend: Annotated[
        bool, typer.Option("--resend", help="Mail again what may have been mailed already.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the page; write, keep and mail nothing.")
    ] = False,
    print_: Annotated[bool, typer.Option("--print", help="Print the page, too.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Of --source: ask private addresses too.")
    ] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="One JSON object a line on stderr.")
    ] = False,
    no_cache: NoCache = False,
    quiet: Quiet = False,
) -> None:
    """Make the edition of a date, write it, and mail it."""
    from brief.briefing import compose, job
    from brief.briefing.ledger import editions
    from brief.briefing.timezones import to_time
    from brief.settings import load_settings

    settings = load_settings({"bullets": bullets, "model": model, "threads": threads})
    morning = _with_sources(
        to_morning(output, tz, backlog=backlog), source, allow_private=allow_private
    )
    now = clock()
    if not_before is not None and morning.zone.local(now).time() < to_time(not_before):
        return
    plan = _plan(morning, now, date_, deadline, since, rebuild=rebuild, resend=resend)
    teller = json_lines if log_json else lines
    with (
        closing(load_ledger(morning)) as ledger,
        open_cache(wanted=not no_cache) as cache,
        teller(quiet=quiet) as tell,
    ):
        desk = to_desk(ledger, settings, cache, tell)
        if dry_run:
            show(job.preview(plan, desk))
            return
        try:
            result = job.run(plan, desk)
        except BaseException as error:
            _tell_owner(plan, desk, error)
            raise
        if print_:
            show(editions.files(ledger, plan.date)[compose.MAIL_TEXT])
        if result.was_finished and not quiet:
            note(f"the edition of {plan.date} was finished before; --rebuild makes it again")
    for problem in result.problems:
        note(problem)
    if result.problems:
        with _telling():
            job.tell_owner(plan, desk, result.problems)
        raise typer.Exit(1)


def _with_sources(
    morning: "Morning", source: list[str] | None, *, allow_private: bool
) -> "Morning":
    """The settings with the sources of this command line, if it names any.

    Raises:
        UsageError: Nobody names a source.
    """
    if source:
        morning = replace(morning, sources=to_sources(source, allow_private=allow_private))
    if not morning.sources:
        raise UsageError(
            "no source is named", "name one with --source, or write brief.toml with `brief init`"
        )
    return morning


def _tell_owner(plan: "Plan", desk: "Desk", error: BaseException) -> None:
    from brief.briefing import job
    from brief.errors import BusyError

    if isinstance(error, Exception) and not isinstance(error, BusyError):
        with _telling():
            job.tell_owner(plan, desk, [str(error) or type(error).__name__])


@contextmanager
def _telling() -> Iterator[None]:
    """That the owner could not be told is told here, and hides nothing else."""
    try:
        yield
    except BriefError as error:
        note(f"the owner could not be told: {error}")


def _plan(
    morning: "Morning",
    now: datetime,
    on: str | None,
    deadline: str | None,
    since: str | None,
    *,
    rebuild: bool,
    resend: bool,
) -> "Plan":
    from brief.briefing.run_context import Plan
    from brief.briefing.timezones import to_date, to_time

    zone = morning.zone
    today = zone.local(now).date()
    day = to_date(on) if on else today
    wall = to_time(deadline) if deadline else None
    # brief.toml's deadline is for the morning; whoever makes an edition again has the time.
    if wall is None and not rebuild:
        wall = morning.deadline
    return Plan(
        date=day,
        morning=morning,
        # A page of an earlier day is late already.
        deadline=zone.at(day, wall) if wall is not None and day >= today else None,
        since=_since(since, day, zone) if since else None,
        rebuild=rebuild,
        resend=resend,
    )


def _since(text: str, day: date, zone: "Zone") -> datetime:
    from brief.briefing.timezones import to_date

    number = text.removesuffix("d")
    if text.endswith("d") and number.isdecimal() and int(number) < 400:  # noqa: PLR2004 - a year
        return zone.day(day - timedelta(days=int(number)))[0]
    return zone.day(to_date(text))[0]


for command in (schedule, status, search, prune, backup, restore, feeds):
    morning_app.command()(command)
