"""Fetch new articles from all sources, each once per edition: phase one of a briefing run.

Each source's articles are stored in one transaction; a run that was killed continues with the
sources that were not fetched yet. See `sources/expand.py` for how a source is read.
"""

from collections.abc import Iterator
from dataclasses import replace

from brief.briefing.briefing_types import SkippedInput
from brief.briefing.config import backlog_of
from brief.briefing.ledger import articles
from brief.briefing.run_context import Event, Plan, RunContext
from brief.briefing.sources import expand
from brief.briefing.sources.expand import Gathered, SourceConfig, SourceMemory
from brief.errors import InputError
from brief.pipeline.parallel import in_order

N_SOURCES_AT_ONCE = 8
"""Threads, one per source; the client limits the requests, and a waiting thread costs nothing."""

Question = tuple[int, SourceConfig, SourceMemory, frozenset[str]]


def gather(plan: Plan, context: RunContext) -> None:
    """Fetch all sources for the plan's edition.

    Raises:
        InputError: Not one source could be reached; nothing is recorded, so that the next run
            tries them again. Near the deadline there is a page without news instead.
    """
    ledger, on = context.ledger, plan.date
    if articles.is_frozen(ledger, on):
        context.tell(Event("gather", "result", said="the sources were asked already"))
        return
    deadline = context.deadline(plan)
    client = context.client(deadline.gathering_s)
    # "In the future" means after the edition's day, whenever the run takes place.
    _, now = plan.morning.zone.day(on)
    configs, unread = expand.expand(plan.morning.sources, client=client)
    asked = {one.name for one in articles.asked(ledger, on)}

    def questions() -> Iterator[Question]:
        for place, config in enumerate(configs):
            if config.name not in asked:
                memory = articles.memory(ledger, config.name)
                yield place, config, memory, articles.known_keys(ledger, config.name)

    def ask(question: Question) -> tuple[int, SourceConfig, Gathered]:
        place, config, memory, known = question
        gathered = expand.gather(
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
            memory = articles.memory(ledger, config.name)
            failed = replace(memory, n_failures=memory.n_failures + 1)
            place = len(configs) + number
            _record(plan, context, place, config, Gathered((), (), failed, error))
    for place, config, gathered in in_order(ask, questions(), N_SOURCES_AT_ONCE):
        _record(plan, context, place, config, gathered)
    _require_one(plan, context)
    articles.freeze(ledger, on)
    n_failed = sum(one.error is not None for one in articles.asked(ledger, on))
    n_sources = len(configs) + len(unread)
    what = (
        f"{articles.n_arrived(ledger, on):,} inputs of {n_sources:,} source{'s' * (n_sources != 1)}"
    )
    what += f", {n_failed:,} of which could not be had" if n_failed else ""
    context.tell(Event("gather", "result", said=what))


def _record(
    plan: Plan, context: RunContext, place: int, config: SourceConfig, gathered: Gathered
) -> None:
    articles.add_gathered(context.ledger, plan.date, config, place, gathered)
    if gathered.error is not None:
        what = f"could not be had: {gathered.error.one_line}"
    else:
        what = f"{len(gathered.arrivals):,} new"
        what += f", {len(gathered.omissions):,} left out" if gathered.omissions else ""
    for remark in gathered.remarks:
        context.tell(Event("gather", "note", said=f"{config.name}: {remark}"))
    context.tell(Event("gather", "note", said=f"{config.name}: {what}"))


def _require_one(plan: Plan, context: RunContext) -> None:
    asked = articles.asked(context.ledger, plan.date)
    failed = [one for one in asked if one.error is not None]
    if not asked or len(failed) < len(asked) or context.deadline(plan).is_near(0):
        return
    articles.forget_gathered(context.ledger, plan.date)
    problems = "; ".join(f"{one.name}: {one.error}" for one in failed[:3])
    raise InputError(
        f"not one of {len(asked):,} sources could be had ({problems})",
        "mend what is wrong with them (`brief doctor`), or run again when the network is back",
    )


def omissions_of(plan: Plan, context: RunContext) -> tuple[SkippedInput, ...]:
    """All inputs that will be in no story, failed sources included."""
    failed = (
        SkippedInput(one.name, one.name, "source_failed", one.error)
        for one in articles.asked(context.ledger, plan.date)
        if one.error is not None
    )
    return (*failed, *articles.omissions(context.ledger, plan.date))
