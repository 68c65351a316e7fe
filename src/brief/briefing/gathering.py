"""The first phase: every source is asked once for an edition, and then no more.

What a source brought is in the ledger in one transaction; a run that was killed goes on with
the sources that were not asked yet. Left out: how a source is asked (`sources.py`).
"""

from collections.abc import Iterator
from dataclasses import replace

from brief.briefing import intake, sources
from brief.briefing.config import backlog_of
from brief.briefing.nouns import Omission
from brief.briefing.plan import Desk, Event, Plan
from brief.briefing.sources import Gathered, SourceConfig, SourceMemory
from brief.briefing.store import said
from brief.corridor import in_order
from brief.errors import InputError

N_SOURCES_AT_ONCE = 8
"""The client bounds the requests; a thread that waits for one costs nothing."""

Question = tuple[int, SourceConfig, SourceMemory, frozenset[str]]


def gather(plan: Plan, desk: Desk) -> None:
    """Ask all sources for the plan's edition.

    Raises:
        InputError: Not one could be had; nothing is recorded of it, so that the next run asks
            them again. Near the deadline that is a page without news instead.
    """
    ledger, on = desk.ledger, plan.date
    if intake.is_frozen(ledger, on):
        desk.tell(Event("gather", "result", said="the sources were asked already"))
        return
    deadline = desk.deadline(plan)
    client = desk.client(deadline.gathering_s)
    # A date in the future is one after this edition's day, whenever the run takes place.
    _, now = plan.morning.zone.day(on)
    configs, unread = sources.expand(plan.morning.sources, client=client)
    asked = {one.name for one in intake.asked(ledger, on)}

    def questions() -> Iterator[Question]:
        for place, config in enumerate(configs):
            if config.name not in asked:
                memory = intake.memory(ledger, config.name)
                yield place, config, memory, intake.known_keys(ledger, config.name)

    def ask(question: Question) -> tuple[int, SourceConfig, Gathered]:
        place, config, memory, known = question
        gathered = sources.gather(
            config,
            memory=memory,
            known=known.__contains__,
            now=now,
            client=client,
            limit=backlog_of(plan.morning, config),
        )
        return place, config, gathered

    for number, (config, error) in enumerate(unread):
        if config.name not in asked:
            memory = intake.memory(ledger, config.name)
            failed = replace(memory, n_failures=memory.n_failures + 1)
            place = len(configs) + number
            _record(plan, desk, place, config, Gathered((), (), failed, error))
    for place, config, gathered in in_order(ask, questions(), N_SOURCES_AT_ONCE):
        _record(plan, desk, place, config, gathered)
    _require_one(plan, desk)
    intake.freeze(ledger, on)
    n_failed = sum(one.error is not None for one in intake.asked(ledger, on))
    n_sources = len(configs) + len(unread)
    what = (
        f"{intake.n_arrived(ledger, on):,} inputs of {n_sources:,} source{'s' * (n_sources != 1)}"
    )
    what += f", {n_failed:,} of which could not be had" if n_failed else ""
    desk.tell(Event("gather", "result", said=what))


def _record(plan: Plan, desk: Desk, place: int, config: SourceConfig, gathered: Gathered) -> None:
    intake.add_gathered(desk.ledger, plan.date, config, place, gathered)
    if gathered.error is not None:
        what = f"could not be had: {said(gathered.error)}"
    else:
        what = f"{len(gathered.arrivals):,} new"
        what += f", {len(gathered.omissions):,} left out" if gathered.omissions else ""
    for warning in gathered.warnings:
        desk.tell(Event("gather", "note", said=f"{config.name}: {warning}"))
    desk.tell(Event("gather", "note", said=f"{config.name}: {what}"))


def _require_one(plan: Plan, desk: Desk) -> None:
    asked = intake.asked(desk.ledger, plan.date)
    failed = [one for one in asked if one.error is not None]
    if not asked or len(failed) < len(asked) or desk.deadline(plan).is_near(0):
        return
    intake.forget_gathered(desk.ledger, plan.date)
    problems = "; ".join(f"{one.name}: {one.error}" for one in failed[:3])
    raise InputError(
        f"not one of {len(asked):,} sources could be had ({problems})",
        "mend what is wrong with them (`brief doctor`), or run again when the network is back",
    )


def omissions_of(plan: Plan, desk: Desk) -> tuple[Omission, ...]:
    """Every input that will be in no story, sources that failed among them."""
    failed = (
        Omission(one.name, one.name, "source_failed", one.error)
        for one in intake.asked(desk.ledger, plan.date)
        if one.error is not None
    )
    return (*failed, *intake.omissions(desk.ledger, plan.date))
