"""A small town's news over two mornings, and what a run of the briefing works with in tests."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from brief.briefing.config import Morning
from brief.briefing.ledger.database import Ledger
from brief.briefing.run_context import Event, Plan, RunContext, Summarizers
from brief.briefing.sources.expand import to_config
from brief.briefing.timezones import Zone
from brief.models import load_model
from brief.pipeline.summarizer import Summarizer
from tests.fakes.summaries import FakeModel

ON = date(2026, 11, 23)
NEXT = ON + timedelta(days=1)
NAIROBI = Zone("Africa/Nairobi")
MORNING = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
"""06:30 in Nairobi."""

BRIDGE = """Harbor bridge to close for repairs

The Osmund bridge will close on 3 May for six weeks, the county said on Sunday.
Inspectors found 14 cracked beams in March and ordered the repairs at once.
Ferries will run every 20 minutes until the bridge reopens, said engineer Tomas Reyl.
The county expects to pay 3.2 million pounds for the new steel.
"""
LIBRARY = """Pellwick keeps its library

Ward members voted 23 to 11 to keep the Harbour Road library open for two more years.
A levy on cruise passengers will pay for the branch, the council said.
A petition to save the library had gathered more than 9,400 names since July.
"""
MARKET = """Fish market moves indoors

The fish market will move into the old ropeworks before winter, traders agreed.
Rents rise by 4 percent, and the first auction under the roof is on 2 December.
"""


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


class Clock:
    """A clock that moves a little with every look, and as far as it is told."""

    def __init__(self, now: datetime = MORNING, tick: timedelta = timedelta(seconds=1)) -> None:
        self.now, self.tick = now, tick

    def __call__(self) -> datetime:
        self.now += self.tick
        return self.now


def no_network(gathering_s: float | None) -> Any:
    """A client for runs that name no URL."""
    return None


class Office:
    """A ledger, an output folder and a model, as one briefing has them over its mornings."""

    def __init__(self, folder: Path, *sources: Path | str) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.model = FakeModel()
        self.clock: Callable[[], datetime] = Clock()
        self.client: Callable[[float | None], Any] = no_network
        self.events: list[Event] = []
        self.morning = Morning(
            output=folder / "out",
            zone=NAIROBI,
            sources=tuple(to_config(str(source)) for source in sources),
        )
        self.ledger = Ledger(folder / "ledger.sqlite3")

    def plan(self, on: date = ON, **changes: Any) -> Plan:
        return replace(Plan(date=on, morning=self.morning), **changes)

    @property
    def context(self) -> RunContext:
        lead = load_model("lead")
        return RunContext(
            ledger=self.ledger,
            client=self.client,
            writers=lambda: Summarizers("fake", Summarizer(self.model), Summarizer(lead), 2),
            clock=self.clock,
            tell=self.events.append,
        )

    def page(self, on: date = ON, kind: str = "md") -> str:
        return (self.morning.output / f"{on}.{kind}").read_text("utf-8")

    def pages(self) -> dict[str, bytes]:
        """Every file of the output folder, by name."""
        return {path.name: path.read_bytes() for path in sorted(self.morning.output.iterdir())}
