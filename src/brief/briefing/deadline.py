"""When the page must be there, and when to stop doing it well so that it is there at all.

Left out: what is done instead (`summarize_articles.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

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
