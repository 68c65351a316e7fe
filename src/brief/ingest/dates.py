"""Dates as feeds and rows spell them -> aware times in UTC. Left out: dates in running text."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

EARLIEST_YEAR = 1990
"""Before it a date of something on the web is a default that nobody filled in."""


def read_date(text: str | None) -> datetime | None:
    """A date in ISO 8601 or as e-mail has it; UTC where it names no zone, midnight without a time.

    Returns:
        None for no date, for one in another form, and for one before `EARLIEST_YEAR`.

    Example:
        >>> read_date("Mon, 23 Nov 2026 07:30:00 +0300").isoformat()
        '2026-11-23T04:30:00+00:00'
        >>> read_date("2026-11-23").isoformat()
        '2026-11-23T00:00:00+00:00'
        >>> read_date("1970-01-01T00:00:00Z")
    """
    stripped = (text or "").strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return plausible(read(stripped))
        except (ValueError, OverflowError, TypeError):
            continue
    return None


def plausible(date: datetime) -> datetime | None:
    """A date in UTC, unless it is from before the web.

    Raises:
        OverflowError: Its UTC time is outside the calendar.
    """
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return aware.astimezone(UTC) if aware.year >= EARLIEST_YEAR else None
