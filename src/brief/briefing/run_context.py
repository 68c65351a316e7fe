"""Inputs (`Plan`), dependencies (`RunContext`) and progress events (`Event`) of one briefing run.

Tested in `tests/briefing/test_job.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from brief.briefing.config import Morning
from brief.briefing.ledger.database import Ledger
from brief.briefing.sources.expand import Fetcher
from brief.pipeline.summarizer import Summarizer

RESERVE = timedelta(seconds=20)
"""Time kept for everything after the summaries: stories, page and mail of 1,000 articles take a
third of it on two busy cores (benchmarks/morning.py)."""

BY_LEAD = timedelta(milliseconds=20)
"""Time to write one article's lead sentences and record them; three times what was measured."""

GATHERING = 0.5
"""Share of the remaining time that fetching may take; the rest is for summarizing."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time by which the page must be ready, with the clock to compare it with.

    Attributes:
        at: When the page must be ready; None for no deadline.
        clock: Returns the current time, timezone-aware.
    """

    at: datetime | None
    clock: Callable[[], datetime]

    def is_near(self, n_left: int) -> bool:
        """Whether there is only time left for lead sentences of the `n_left` articles."""
        if self.at is None:
            return False
        return self.clock() + RESERVE + n_left * BY_LEAD >= self.at

    @property
    def gathering_s(self) -> float | None:
        """Seconds from now that fetching the sources may take; None for no limit."""
        if self.at is None:
            return None
        return max(0.0, (self.at - self.clock()).total_seconds() * GATHERING)


Phase = Literal["gather", "clean", "summarize", "group", "place", "write", "deliver"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Inputs of one run.

    Attributes:
        date: Date of the edition.
        morning: Configuration: sources, taste, output, mail.
        deadline: When the page must be ready; None for no deadline.
        since: Articles published earlier are left out; None for no limit.
        rebuild: Make a finished edition again.
        resend: Mail the edition again even where it may have been mailed already.
    """

    date: date
    morning: Morning
    deadline: datetime | None = None
    since: datetime | None = None
    rebuild: bool = False
    resend: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A progress event of a run.

    Attributes:
        phase: The current phase.
        kind: `begin` and `end` of the phase; a `step` within it; a `note` on one source; the
            `result` of the phase, sent before its end.
        done, of: Progress within the phase, for a step.
        said: A message for people; empty for a step.
        seconds: Duration of the phase, at its end.
    """

    phase: Phase
    kind: Literal["begin", "step", "note", "result", "end"]
    done: int = 0
    of: int = 0
    said: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Summarizers:
    """The summarizers of a run.

    Attributes:
        model: Name of the model.
        summarizer: Summarizes with that model.
        lead: Takes lead sentences, for when time is short.
        n_parallel: Number of articles summarized in parallel.
    """

    model: str
    summarizer: Summarizer
    lead: Summarizer
    n_parallel: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """Dependencies of a run; tests replace them with fakes.

    Attributes:
        ledger: The database.
        client: Makes the HTTP client, given the seconds it may take in all; None for no limit.
        writers: Loads the model, on first use.
        clock: Returns the current time, timezone-aware.
        tell: Called with each progress event.
    """

    ledger: Ledger
    client: Callable[[float | None], Fetcher]
    writers: Callable[[], Summarizers]
    clock: Callable[[], datetime]
    tell: Callable[[Event], None]

    def deadline(self, plan: Plan) -> Deadline:
        """The plan's deadline by this clock."""
        return Deadline(plan.deadline, self.clock)
