"""Dates in words, the same on every machine: `strftime` follows the machine's language.

Left out: time zones; a date here is a morning's own (`job.py`).
"""

from datetime import date, timedelta

from brief.text.lexicon import english


def long(day: date) -> str:
    """The whole date.

    Example:
        >>> long(date(2026, 11, 23))
        'Monday 23 November 2026'
    """
    return f"{english().weekdays[day.weekday()].title()} {short(day)} {day.year:04}"


def short(day: date) -> str:
    """Day and month.

    Example:
        >>> short(date(2026, 11, 23))
        '23 November'
    """
    return f"{day.day} {english().months[day.month - 1].title()}"


def month(day: date) -> str:
    """Month and year.

    Example:
        >>> month(date(2026, 11, 23))
        'November 2026'
    """
    return f"{english().months[day.month - 1].title()} {day.year:04}"


def since(day: date, today: date) -> str:
    """A day after "since".

    Example:
        >>> since(date(2026, 11, 22), date(2026, 11, 23))
        'yesterday'
    """
    return "yesterday" if today - day == timedelta(days=1) else short(day)


def on(day: date, today: date) -> str:
    """When something happened, as one says it today; what is still to come counts as today.

    Example:
        >>> on(date(2026, 11, 23), date(2026, 11, 23)), on(date(2026, 11, 2), date(2026, 11, 23))
        ('today', 'on 2 November')
    """
    if day >= today:
        return "today"
    return "yesterday" if today - day == timedelta(days=1) else f"on {short(day)}"
