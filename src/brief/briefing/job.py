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
from brief.briefing.run_context import Event, Phase, Plan, RunContext
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


def run(plan: Plan, context: RunContext) -> Result:
    """Make the plan's edition; a finished one is written and delivered where that is missing.

    Raises:
        BusyError: Another run of this briefing is in progress.
        BriefError: The edition could not be made or written; the next run resumes where this
            one stopped.
    """
    with locked(context.ledger.path):
        account = _Account(context, runs.begin_run(context.ledger, plan.date, context.clock()))
        try:
            result = _run(plan, context, account)
        except BaseException as error:
            # Also when the user interrupts the run. Only a killed run leaves no outcome.
            what = error.one_line if isinstance(error, BriefError) else type(error).__name__
            with suppress(StorageError):
                account.end(what)
            raise
        account.end("; ".join(("done", *result.problems)))
        return result


def _run(plan: Plan, context: RunContext, account: "_Account") -> Result:
    ledger = context.ledger
    if plan.rebuild:
        editions.begin_rebuild(ledger, plan.date)
    was_finished = editions.has_edition(ledger, plan.date)
    if not was_finished:
        _make(plan, context, account)
    with account.phase("write"):
        publish.write(plan, context)
    with account.phase("deliver"):
        undelivered = _delivered(plan, context)
    failed = () if was_finished else tuple(_failed_sources(plan, context))
    return Result(was_finished, (*failed, *(error.one_line for error in undelivered)))


def _make(plan: Plan, context: RunContext, account: "_Account") -> None:
    with account.phase("gather"):
        gather.gather(plan, context)
    with account.phase("clean"):
        summarize_articles.clean(plan, context)
    with account.phase("summarize"):
        summarize_articles.summarize(plan, context)
    with account.phase("group"):
        told = compose.group(plan, context)
    with account.phase("place"):
        compose.place(plan, context, told)


def _delivered(plan: Plan, context: RunContext) -> list[BriefError]:
    mail, on = plan.morning.mail, plan.date
    errors = []
    if mail is not None:
        errors = deliver(
            context.ledger,
            mail,
            on=on,
            digest=editions.digest(context.ledger, on),
            files=editions.files(context.ledger, on),
            moment=context.clock(),
            clock=context.clock,
            resend=plan.resend,
        )
    if not errors:
        editions.set_delivered(context.ledger, on)
    what = (
        f"{len(mail.to) - len(errors):,} of {len(mail.to):,} by mail"
        if mail
        else "no mail is set up"
    )
    context.tell(Event("deliver", "result", said=what))
    return errors


def _failed_sources(plan: Plan, context: RunContext) -> Iterator[str]:
    for one in articles.asked(context.ledger, plan.date):
        if one.error is not None:
            times = f" ({one.n_failures} mornings in a row)" if one.n_failures > 1 else ""
            yield f"{one.name} could not be had{times}: {one.error}"


def preview(plan: Plan, context: RunContext) -> str:
    """The page that a run would make now, as plain text; nothing is stored."""
    with tempfile.TemporaryDirectory(prefix="brief-") as scratch:
        copy = Path(scratch) / "ledger.sqlite3"
        backup.back_up(context.ledger, copy)
        with closing(Ledger(copy)) as ledger:
            aside = replace(context, ledger=ledger)
            if plan.rebuild:
                editions.begin_rebuild(ledger, plan.date)
            if not editions.has_edition(ledger, plan.date):
                account = _Account(aside, runs.begin_run(ledger, plan.date, context.clock()))
                _make(plan, aside, account)
            return editions.files(ledger, plan.date)[compose.MAIL_TEXT]


def tell_owner(plan: Plan, context: RunContext, problems: Sequence[str]) -> None:
    """Mail the problems to the `notify` address, if brief.toml has one.

    Raises:
        BriefError: This mail failed, too.
    """
    mail = plan.morning.mail
    if mail is not None and problems:
        text = "\n".join([*problems, "", "See `brief morning status` on the machine that runs it."])
        moment = context.clock()
        name = hashlib.sha256(f"{moment.isoformat()} {text}".encode()).hexdigest()[:32]
        subject = f"{plan.morning.title} of {plan.date}: something went wrong"
        mail_owner(mail, subject=subject, text=text, digest=name, moment=moment)


@dataclass
class _Account:
    """Records a run's phase and timings in the ledger."""

    context: RunContext
    run: int
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: Phase) -> Iterator[None]:
        """Record a phase in the ledger at its start and report its duration at its end."""
        began = self.context.clock()
        runs.set_phase(self.context.ledger, self.run, name, self.seconds)
        self.context.tell(Event(name, "begin"))
        yield
        self.seconds[name] = round((self.context.clock() - began).total_seconds(), 3)
        self.context.tell(Event(name, "end", seconds=self.seconds[name]))

    def end(self, outcome: str) -> None:
        now = self.context.clock().astimezone(UTC)
        runs.end_run(self.context.ledger, self.run, now, outcome, self.seconds)
