"""Time zones: local time, the bounds of a day, and the next occurrence of a daily time.

A day begins when its date begins, also when the clock changes: such a day has 23 or 25 hours, and
a local time that is skipped or comes twice occurs once. Callers pass the current time.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from brief.errors import UsageError


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone.

    Attributes:
        name: Name in the IANA database, such as `Africa/Nairobi`; None for this machine's zone.
    """

    name: str | None = None

    def local(self, moment: datetime) -> datetime:
        """Convert a moment to local time."""
        return moment.astimezone(ZoneInfo(self.name) if self.name else None)

    def at(self, on: date, wall: time) -> datetime:
        """The moment, in UTC, of a local time on a date.

        A time that the clock skips counts as if it did not; of a time that comes twice, the first.
        """
        naive = datetime.combine(on, wall)
        if self.name:
            return naive.replace(tzinfo=ZoneInfo(self.name)).astimezone(UTC)
        return naive.astimezone().astimezone(UTC)

    def day(self, on: date) -> tuple[datetime, datetime]:
        """The first moment of a date, and the first of the next, in UTC."""
        return self.at(on, time()), self.at(on + timedelta(days=1), time())

    def next(self, now: datetime, wall: time) -> datetime:
        """The next moment, in UTC, after `now` when it is a given local time."""
        today = self.local(now).date()
        # From yesterday on: a time that the clock skipped last night may still be ahead.
        days = (today + timedelta(days=n) for n in (-1, 0, 1, 2))
        return min(moment for day in days if (moment := self.at(day, wall)) > now)


def to_zone(name: str | None) -> Zone:
    """The zone with a name; None or `local` for this machine's zone.

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
    """Parse a time of day such as 06:30.

    Raises:
        UsageError: The text is not a time.
    """
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip())
    if not found:
        raise UsageError(f"{text}: not a time of day", "write it as 06:30, from 00:00 to 23:59")
    return time(int(found[1]), int(found[2]))


def to_date(text: str) -> date:
    """Parse a date such as 2026-11-23.

    Raises:
        UsageError: The text is not a date.
    """
    try:
        found = date.fromisoformat(text.strip())
        # Refuse the ends of the calendar: the dates before and after an edition must exist, too.
        _ = found - timedelta(days=400), found + timedelta(days=400)
    except (ValueError, OverflowError):
        raise UsageError(f"{text}: not a date", "write it as 2026-11-23") from None
    return found
