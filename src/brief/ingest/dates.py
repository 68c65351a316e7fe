"""Parse the dates of feeds and rows (ISO 8601 or e-mail format) into aware UTC times.

Tested in `tests/ingest/feeds/test_feed_parser.py`.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

EARLIEST_YEAR = 1990
"""An earlier date on the web is a default value that nobody filled in."""


def read_date(text: str | None) -> datetime | None:
    """Parse a date in ISO 8601 or e-mail format; UTC without a zone, midnight without a time.

    Returns:
        The time in UTC; None for no date, another format, or a year before `EARLIEST_YEAR`.

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
    """Convert a date to UTC; None if it is before `EARLIEST_YEAR`.

    Raises:
        OverflowError: Its UTC time is outside the calendar.
    """
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return aware.astimezone(UTC) if aware.year >= EARLIEST_YEAR else None
