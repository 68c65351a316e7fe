"""Text of `brief morning status`: the last runs, the next one, failures and their remedies.

Tested in `tests/cli/test_morning.py`.
"""

from collections.abc import Iterator
from datetime import datetime

from brief.briefing.config import Morning
from brief.briefing.ledger import runs
from brief.briefing.ledger.database import Ledger
from brief.text.strings import printable

N_RUNS = 7


def shown(ledger: Ledger, morning: Morning, now: datetime) -> str:
    """The status as text."""
    return "\n".join(map(printable, _lines(ledger, morning, now))) + "\n"


def _lines(ledger: Ledger, morning: Morning, now: datetime) -> Iterator[str]:
    yield f"ledger    {ledger.path}"
    yield f"editions  {morning.output.expanduser().resolve()}"
    if morning.at is not None:
        upcoming = morning.zone.local(morning.zone.next(now, morning.at))
        yield f"next run  {upcoming:%Y-%m-%d %H:%M %Z}, if it is scheduled"
    else:
        yield 'next run  not known: write at = "06:30" under [morning] in brief.toml'
    found = runs.last_runs(ledger, N_RUNS)
    yield ""
    yield "last runs" if found else "no run yet"
    for run in found:
        began = morning.zone.local(datetime.fromisoformat(run.began))
        yield f"  {began:%Y-%m-%d %H:%M}  edition {run.edition}  {_outcome(run)}"
        if run.seconds:
            took = ", ".join(f"{phase} {seconds:.1f} s" for phase, seconds in run.seconds.items())
            yield f"      {took}"
    failing = runs.failing_sources(ledger)
    if failing:
        yield ""
        yield "sources that could not be had (brief doctor says why)"
        for name, n_failures in failing:
            yield f"  {name}: {n_failures} morning{'s' * (n_failures > 1)} in a row"
    waiting = runs.open_deliveries(ledger)
    if waiting:
        yield ""
        yield "mail that is not known to have arrived"
        for one in waiting:
            yield f"  {one.edition} to {one.recipient}: {_state(one)}"


def _outcome(run: runs.RunRecord) -> str:
    if run.ended is None:
        return f"in {run.phase}: going on, or killed"
    if run.outcome == "killed":
        return f"killed in {run.phase}; the next run went on from there"
    return run.outcome if run.outcome.startswith("done") else f"{run.phase}: {run.outcome}"


def _state(one: runs.Delivery) -> str:
    match one.state:
        case "failed":
            return f"failed ({one.reason}); the next run tries again"
        case "unknown":
            return f"not known ({one.reason})"
        case _:
            return "being sent, or killed while it was sent"
