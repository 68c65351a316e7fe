"""One unattended run: gather, clean, summarize, group, place, write, deliver.

Each phase's result is in the ledger before the next begins, an edition's inputs are frozen once
they are gathered, and what follows depends on nothing but the ledger, the edition's date and
the settings: a run that goes on where another was killed gives the same bytes. Left out: the
phases (`gather.py`, `summarize_articles.py`, `compose.py`, `publish.py`, `mail.py`), and the command
line.
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
    """What became of a run that made its edition.

    Attributes:
        was_finished: Whether the edition was finished before.
        problems: What went wrong beside it: sources that failed, mail that did not go out.
    """

    was_finished: bool
    problems: tuple[str, ...]


def run(plan: Plan, desk: Desk) -> Result:
    """Make the plan's edition, or write and deliver it again when it is finished.

    Raises:
        BusyError: Another run of this briefing is at work.
        BriefError: There is no edition, or it could not be written; the next run goes on from
            where this one was.
    """
    with locked(desk.ledger.path):
        account = _Account(desk, runs.begin_run(desk.ledger, plan.date, desk.clock()))
        try:
            result = _run(plan, desk, account)
        except BaseException as error:
            # Also when the user interrupts it. Only a run that was killed says nothing.
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
    """The page that a run would make now, as plain text; nothing is kept of it."""
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
    """Mail the owner what went wrong, when brief.toml names one.

    Raises:
        BriefError: That failed too.
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
    """Writes down where a run is and how long it took."""

    desk: Desk
    run: int
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: Phase) -> Iterator[None]:
        """One phase: begun in the ledger before it begins, its time told after it."""
        began = self.desk.clock()
        runs.set_phase(self.desk.ledger, self.run, name, self.seconds)
        self.desk.tell(Event(name, "begin"))
        yield
        self.seconds[name] = round((self.desk.clock() - began).total_seconds(), 3)
        self.desk.tell(Event(name, "end", seconds=self.seconds[name]))

    def end(self, outcome: str) -> None:
        now = self.desk.clock().astimezone(UTC)
        runs.end_run(self.desk.ledger, self.run, now, outcome, self.seconds)
