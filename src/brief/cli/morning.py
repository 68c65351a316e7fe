"""`brief morning run`: make one edition of the morning briefing.

See `briefing/job.py` for the run itself, `morning_admin.py` for the other `brief morning` commands
and `init_doctor.py` for setting it up.
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
    to_morning,
    to_run_context,
    to_sources,
)
from brief.cli.options import MODEL, NoCache, Quiet, open_cache
from brief.cli.terminal import note, show
from brief.errors import BriefError, UsageError
from brief.settings import DEFAULTS

if TYPE_CHECKING:
    from brief.briefing.config import Morning
    from brief.briefing.run_context import Plan, RunContext
    from brief.briefing.timezones import Zone

EXIT_CODES = """
Exit codes: 0 the edition is done, 1 it is done but a source or the mail failed, 2 wrong usage, 65
it could not be made or written, 70 a bug in brief, 75 another run is in progress, 130 interrupted.
"""


class _RunByDefault(typer.core.TyperGroup):
    """Runs `brief morning --date …` as `brief morning run --date …`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - click's
        named = args and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["run", *args])


morning_app = typer.Typer(
    cls=_RunByDefault,
    help="Make a page of the morning's news. `run` is the default command.",
    epilog=EXIT_CODES,
)


@morning_app.command(epilog=EXIT_CODES)
def run(
    *,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source",
            "-s",
            metavar="FOLDER|FILE|URL",
            help="Source to read, instead of those of brief.toml. May be repeated.",
        ),
    ] = None,
    output: Output = None,
    date_: Annotated[
        str | None,
        typer.Option("--date", help="Date of the edition, such as 2026-11-23 (default: today)."),
    ] = None,
    tz: Tz = None,
    deadline: Annotated[
        str | None,
        typer.Option(
            metavar="HH:MM",
            help="Time when the page must be done; articles that are not summarized by then appear"
            " with their first sentences.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="DATE|Nd",
            help="Leave out articles published before this date, or N days before the edition's.",
        ),
    ] = None,
    backlog: Annotated[
        int | None,
        typer.Option(help="Maximum articles from a source on its first morning."),
    ] = None,
    not_before: Annotated[
        str | None,
        typer.Option(metavar="HH:MM", help="Do nothing before this time of day, for cron."),
    ] = None,
    bullets: Annotated[
        int | None,
        typer.Option(
            "--bullets", "-n", help=f"Number of bullets per article (default: {DEFAULTS.bullets})."
        ),
    ] = None,
    model: Annotated[str | None, typer.Option(help=MODEL)] = None,
    threads: Annotated[
        int | None, typer.Option(help="Number of CPU threads (default: the engine's choice).")
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make a finished edition again and replace it.")
    ] = False,
    resend: Annotated[
        bool, typer.Option("--resend", help="Mail an edition that may have been mailed already.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the page; write, store and mail nothing.")
    ] = False,
    print_: Annotated[bool, typer.Option("--print", help="Also print the page.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Let --source be at a private address.")
    ] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Show progress as JSON lines on stderr.")
    ] = False,
    no_cache: NoCache = False,
    quiet: Quiet = False,
) -> None:
    """Make the edition of a date, write it and mail it."""
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
        context = to_run_context(ledger, settings, cache, tell)
        if dry_run:
            show(job.preview(plan, context))
            return
        try:
            result = job.run(plan, context)
        except BaseException as error:
            _tell_owner(plan, context, error)
            raise
        if print_:
            show(editions.files(ledger, plan.date)[compose.MAIL_TEXT])
        if result.was_finished and not quiet:
            note(f"the edition of {plan.date} was finished before; --rebuild makes it again")
    for problem in result.problems:
        note(problem)
    if result.problems:
        with _telling():
            job.tell_owner(plan, context, result.problems)
        raise typer.Exit(1)


def _with_sources(
    morning: "Morning", source: list[str] | None, *, allow_private: bool
) -> "Morning":
    """The settings with the sources of this command line, if it names any.

    Raises:
        UsageError: No source is named.
    """
    if source:
        morning = replace(morning, sources=to_sources(source, allow_private=allow_private))
    if not morning.sources:
        raise UsageError(
            "no source is named", "name one with --source, or write brief.toml with `brief init`"
        )
    return morning


def _tell_owner(plan: "Plan", context: "RunContext", error: BaseException) -> None:
    from brief.briefing import job
    from brief.errors import BusyError

    if isinstance(error, Exception) and not isinstance(error, BusyError):
        with _telling():
            job.tell_owner(plan, context, [str(error) or type(error).__name__])


@contextmanager
def _telling() -> Iterator[None]:
    """Print a failure to notify the owner, so that it does not hide another error."""
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
    # The deadline of brief.toml is for the morning run; making an edition again has no deadline.
    if wall is None and not rebuild:
        wall = morning.deadline
    return Plan(
        date=day,
        morning=morning,
        # A page of an earlier day is already late.
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
