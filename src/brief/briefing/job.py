"""Run the briefing once: gather, clean, summarize, group, place, write, deliver.

Each phase's result is in the ledger before the next begins, an edition's inputs are frozen once
they are gathered, and the later phases depend only on the ledger, the edition's date and the
settings: a run that resumes a killed one gives the same bytes. The phases are in `gather.py`,
`summarize_articles.py`, `compose.py`, `publish.py` and `mail.py`.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path

from brief.briefing import compose, gather, publish, summarize_articles
from brief.briefing.ledger import articles, backup, editions, runs
from brief.briefing.ledger.database import Ledger, locked
from brief.briefing.mail import deliver
from brief.briefing.mail import tell_owner as mail_owner
from brief.briefing.run_context import Desk, Event, Phase, Plan
from brief.errors import BriefError, StorageError


@dataclass(frozen=True, slots=True)
class Result:
    """Outcome of a run that made its edition.

    Attributes:
        was_finished: Whether the edition was already finished before the run.
        problems: Other problems: sources that failed, mail that was not sent.
    """

    was_finished: bool
    problems: tuple[str, ...]


def run(plan: Plan, desk: Desk) -> Result:
    """Make the plan's edition; a finished one is written and delivered where that is missing.

    Raises:
        BusyError: Another run of this briefing is in progress.
        BriefError: The edition could not be made or written; the next run resumes where this
            one stopped.
    """
    with locked(desk.ledger.path):
        account = _Account(desk, runs.begin_run(desk.ledger, plan.date, desk.clock()))
        try:
            result = _run(plan, desk, account)
        except BaseException as error:
            # Also when the user interrupts the run. Only a killed run leaves no outcome.
            what = error.one_line if isinstance(error, BriefError) else type(error).__name__
            with suppress(StorageError):
                account.end(what)
            raise
        account.end("; ".join(("done", *result.problems)))
        return result


def _run(plan: Plan, desk: Desk, account: "_Account") -> Result:
    ledger = desk.ledger
    if plan.rebuild:
        editions.begin_rebuild(ledger, plan.date)
    was_finished = editions.has_edition(ledger, plan.date)
    if not was_finished:
        _make(plan, desk, account)
    with account.phase("write"):
        publish.write(plan, desk)
    with account.phase("deliver"):
        undelivered = _delivered(plan, desk)
    failed = () if was_finished else tuple(_failed_sources(plan, desk))
    return Result(was_finished, (*failed, *(error.one_line for error in undelivered)))


def _make(plan: Plan, desk: Desk, account: "_Account") -> None:
    with account.phase("gather"):
        gather.gather(plan, desk)
    with account.phase("clean"):
        summarize_articles.clean(plan, desk)
    with account.phase("summarize"):
        summarize_articles.summarize(plan, desk)
    with account.phase("group"):
        told = compose.group(plan, desk)
    with account.phase("place"):
        compose.place(plan, desk, told)


def _delivered(plan: Plan, desk: Desk) -> list[BriefError]:
    mail, on = plan.morning.mail, plan.date
    errors = []
    if mail is not None:
        errors = deliver(
            desk.ledger,
            mail,
            on=on,
            digest=editions.digest(desk.ledger, on),
            files=editions.files(desk.ledger, on),
            moment=desk.clock(),
            clock=desk.clock,
            resend=plan.resend,
        )
    if not errors:
        editions.set_delivered(desk.ledger, on)
    what = (
        f"{len(mail.to) - len(errors):,} of {len(mail.to):,} by mail"
        if mail
        else "no mail is set up"
    )
    desk.tell(Event("deliver", "result", said=what))
    return errors


def _failed_sources(plan: Plan, desk: Desk) -> Iterator[str]:
    for one in articles.asked(desk.ledger, plan.date):
        if one.error is not None:
            times = f" ({one.n_failures} mornings in a row)" if one.n_failures > 1 else ""
            yield f"{one.name} could not be had{times}: {one.error}"


def preview(plan: Plan, desk: Desk) -> str:
    """The page that a run would make now, as plain text; nothing is stored."""
    with tempfile.TemporaryDirectory(prefix="brief-") as scratch:
        copy = Path(scratch) / "ledger.sqlite3"
        backup.back_up(desk.ledger, copy)
        with closing(Ledger(copy)) as ledger:
            aside = replace(desk, ledger=ledger)
            if plan.rebuild:
                editions.begin_rebuild(ledger, plan.date)
            if not editions.has_edition(ledger, plan.date):
                account = _Account(aside, runs.begin_run(ledger, plan.date, desk.clock()))
                _make(plan, aside, account)
            return editions.files(ledger, plan.date)[compose.MAIL_TEXT]


def tell_owner(plan: Plan, desk: Desk, problems: Sequence[str]) -> None:
    """Mail the problems to the `notify` address, if brief.toml has one.

    Raises:
        BriefError: This mail failed, too.
    """
    mail = plan.morning.mail
    if mail is not None and problems:
        text = "\n".join([*problems, "", "See `brief morning status` on the machine that runs it."])
        moment = desk.clock()
        name = hashlib.sha256(f"{moment.isoformat()} {text}".encode()).hexdigest()[:32]
        subject = f"{plan.morning.title} of {plan.date}: something went wrong"
        mail_owner(mail, subject=subject, text=text, digest=name, moment=moment)


@dataclass
class _Account:
    """Records a run's phase and timings in the ledger."""

    desk: Desk
    run: int
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: Phase) -> Iterator[None]:
        """Record a phase in the ledger at its start and report its duration at its end."""
        began = self.desk.clock()
        runs.set_phase(self.desk.ledger, self.run, name, self.seconds)
        self.desk.tell(Event(name, "begin"))
        yield
        self.seconds[name] = round((self.desk.clock() - began).total_seconds(), 3)
        self.desk.tell(Event(name, "end", seconds=self.seconds[name]))

    def end(self, outcome: str) -> None:
        now = self.desk.clock().astimezone(UTC)
        runs.end_run(self.desk.ledger, self.run, now, outcome, self.seconds)
