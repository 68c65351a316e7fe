"""What one run is told, and what it tells while it goes on. Data; left out: the run (`job.py`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from brief.briefing.config import Morning
from brief.briefing.ledger.database import Ledger
from brief.briefing.sources.expand import Fetcher
from brief.pipeline.summarizer import Summarizer

RESERVE = timedelta(seconds=20)
"""For everything after the summaries: stories, page and mail of 1,000 articles take a third of it
on two busy cores (benchmarks/morning.py)."""

BY_LEAD = timedelta(milliseconds=20)
"""For one article's lead sentences, with its place in the ledger; three times what was measured."""

GATHERING = 0.5
"""Share of the time left that sources may take; the rest is for reading what they brought."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment, and a clock to watch it by.

    Attributes:
        at: When the page must be there; None for whenever it is done.
        clock: What the time is now, aware.
    """

    at: datetime | None
    clock: Callable[[], datetime]

    def is_near(self, n_left: int) -> bool:
        """Whether so many articles must now be read the quick way."""
        if self.at is None:
            return False
        return self.clock() + RESERVE + n_left * BY_LEAD >= self.at

    @property
    def gathering_s(self) -> float | None:
        """Seconds that the sources may take from now; None for as long as it takes."""
        if self.at is None:
            return None
        return max(0.0, (self.at - self.clock()).total_seconds() * GATHERING)


Phase = Literal["gather", "clean", "summarize", "group", "place", "write", "deliver"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run's orders.

    Attributes:
        date: Of the edition.
        morning: Sources, taste, output, mail.
        deadline: When the page must be there; None for whenever it is done.
        since: What was published before is left out; None for no limit.
        rebuild: Make a finished edition again.
        resend: Mail again what may have been mailed.
    """

    date: date
    morning: Morning
    deadline: datetime | None = None
    since: datetime | None = None
    rebuild: bool = False
    resend: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a run tells while it goes on.

    Attributes:
        phase: Where it is.
        kind: `begin` and `end` of the phase; a `step` within it; a `note` on one source; the
            `result` that the phase came to, before its end.
        done, of: How far within it, for a step.
        said: For a reader; empty for a mere step.
        seconds: What the phase took, at its end.
    """

    phase: Phase
    kind: Literal["begin", "step", "note", "result", "end"]
    done: int = 0
    of: int = 0
    said: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Writers:
    """Who writes the bullets.

    Attributes:
        model: Name of the model.
        summarizer: With that model.
        lead: With lead sentences, for when there is no time.
        n_parallel: Articles that are summarized beside each other.
    """

    model: str
    summarizer: Summarizer
    lead: Summarizer
    n_parallel: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a run works with; everything that tests replace.

    Attributes:
        ledger: Remembers.
        client: Asks URLs; is told how many seconds it may take, None for no limit.
        writers: Loads the model, on first use.
        clock: What the time is now, aware.
        tell: Is told of events.
    """

    ledger: Ledger
    client: Callable[[float | None], Fetcher]
    writers: Callable[[], Writers]
    clock: Callable[[], datetime]
    tell: Callable[[Event], None]

    def deadline(self, plan: Plan) -> Deadline:
        """The plan's deadline by this clock."""
        return Deadline(plan.deadline, self.clock)
