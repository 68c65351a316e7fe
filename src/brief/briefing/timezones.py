"""Wall clocks: a zone by name, its days, and when a daily time comes next.

A day begins when its date begins, whatever the clock does that night: one that changes by an
hour makes a day of 23 or 25 hours, and a wall time that is skipped or comes twice is met
once. Left out: what the time is now (passed down).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from brief.errors import UsageError


@dataclass(frozen=True, slots=True)
class Zone:
    """A place's wall clock.

    Attributes:
        name: Of the IANA database, such as `Africa/Nairobi`; None for this machine's own.
    """

    name: str | None = None

    def local(self, moment: datetime) -> datetime:
        """What the wall clock shows at a moment."""
        return moment.astimezone(ZoneInfo(self.name) if self.name else None)

    def at(self, on: date, wall: time) -> datetime:
        """The moment, in UTC, when the wall clock shows a time on a date.

        A time that the clock skips is the moment it would have been; of two, the earlier.
        """
        naive = datetime.combine(on, wall)
        if self.name:
            return naive.replace(tzinfo=ZoneInfo(self.name)).astimezone(UTC)
        return naive.astimezone().astimezone(UTC)

    def day(self, on: date) -> tuple[datetime, datetime]:
        """The first moment of a date, and the first of the next, in UTC."""
        return self.at(on, time()), self.at(on + timedelta(days=1), time())

    def next(self, now: datetime, wall: time) -> datetime:
        """The next moment, in UTC, after `now` when the wall clock shows a time."""
        today = self.local(now).date()
        # Yesterday too: a skipped time of last night may still be to come.
        days = (today + timedelta(days=n) for n in (-1, 0, 1, 2))
        return min(moment for day in days if (moment := self.at(day, wall)) > now)


def to_zone(name: str | None) -> Zone:
    """The zone of a name; None or `local` for this machine's own.

    Raises:
        UsageError: There is no such zone.
    """
    if name is None or name == "local":
        return Zone()
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        close = get_close_matches(name, available_timezones(), n=1, cutoff=0.5)
        remedy = f"did you mean {close[0]}? " if close else ""
        raise UsageError(
            f"{name}: no such time zone", f"{remedy}name one such as Africa/Nairobi, or local"
        ) from None
    return Zone(name)


def to_time(text: str) -> time:
    """A wall time such as 06:30.

    Raises:
        UsageError: It is none.
    """
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip())
    if not found:
        raise UsageError(f"{text}: not a time of day", "write it as 06:30, from 00:00 to 23:59")
    return time(int(found[1]), int(found[2]))


def to_date(text: str) -> date:
    """A date such as 2026-11-23.

    Raises:
        UsageError: It is none.
    """
    try:
        found = date.fromisoformat(text.strip())
        # A page of tomorrow's needs a date after it, and one of old days one before.
        _ = found - timedelta(days=400), found + timedelta(days=400)
    except (ValueError, OverflowError):
        raise UsageError(f"{text}: not a date", "write it as 2026-11-23") from None
    return found
