"""Format dates as English words, independent of the machine's locale (unlike `strftime`).

Tested in `tests/briefing/test_ranking.py`.
"""

from datetime import date, timedelta

from brief.text.lexicon import english


def long(day: date) -> str:
    """The date with weekday, day, month and year.

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
    """The wording of a day after "since".

    Example:
        >>> since(date(2026, 11, 22), date(2026, 11, 23))
        'yesterday'
    """
    return "yesterday" if today - day == timedelta(days=1) else short(day)


def on(day: date, today: date) -> str:
    """When something happened, relative to today; a future date counts as today.

    Example:
        >>> on(date(2026, 11, 23), date(2026, 11, 23)), on(date(2026, 11, 2), date(2026, 11, 23))
        ('today', 'on 2 November')
    """
    if day >= today:
        return "today"
    return "yesterday" if today - day == timedelta(days=1) else f"on {short(day)}"
