"""Recognize bylines and time stamps: author names, roles, agencies and publication dates.

Dates inside the article's text are not read. Time zone names are dropped: "BST" has no form in
ISO 8601, and its offset is not guessed.

Tested in `tests/ingest/cleaning/test_clean.py`.
"""

import re
from datetime import datetime
from functools import cache

from brief.text.lexicon import any_of, english

MAX_CHARACTERS = 200
"""Byline and time stamp lines are shorter; the limit also bounds the work on one line."""

MAX_BYLINE_WORDS = 16
MAX_STAMP_WORDS = 20
MAX_ENTRY_WORDS = 6
MAX_NAME_WORDS = 5
"""Names of people, places and agencies have no more words."""

MIN_SENTENCE_WORDS = 4
"""A short line that ends in a full stop is a sentence from this length on, not a heading."""

_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_CLOCK = re.compile(
    r"(?:\b|(?<=T))(\d{1,2})[:.h](\d{2})(?::\d{2})?(?!\d)\s?([ap]\.?m\b\.?)?|"
    r"\b(\d{1,2})\s?([ap]\.?m\b\.?)",
    re.IGNORECASE,
)
_UNITS_OF_TIME = r"(?:secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|months?|years?)"
_AGO = re.compile(
    rf"\b(?:an?|one|\d{{1,3}})\s?(?:{_UNITS_OF_TIME}|[smhdw])\s+ago\b|\b\d{{1,3}}\s{_UNITS_OF_TIME}$",
    re.IGNORECASE,
)
_STAMP_WORDS = re.compile(
    r"\b(?:first|last|published|posted|updated|modified|created|edited|on|at|ago|date|time|and|live|"
    r"mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday|today|yesterday|min(?:ute)?s?|read|listen|[ap]\.?m\.?|[A-Z]{2,4}T|GMT|UTC|ET|PT|CT)\b",
    re.IGNORECASE,
)
_READ_TIME = re.compile(
    r"(?:(?:estimated\s+)?read(?:ing)?\s+time\W{1,3})?\d{1,3}\s?-?\s?min(?:ute)?s?"
    r"(?:\s+(?:read|listen))?\W{0,3}",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\d{1,2}[:.]\d{2}\s?(?:[ap]\.?m\.?)?\s?(?:[A-Z]|$)")
_PUBLICATION = re.compile(
    r"\b(?:published|updated|posted|written\s+by|modified)\b\s?:?", re.IGNORECASE
)
_BY = re.compile(
    r"(?:(?:(?:written|reported|words|story|report|posted|published)\s+)?by\b\s?:?\s?|"
    r"(?:words|author|(?:staff\s+)?(?:writer|reporter|correspondent))\s?:\s?)"
    r"(?:(?:by|from)\b\s?){0,2}(?:(?:our\s+|staff\s+|special\s+){0,2}"
    r"(?:correspondent|reporter|writer)\s+(?=(?-i:[A-Z])))?",
    re.IGNORECASE,
)
_BY_ALONE = re.compile(r"by\W{0,2}", re.IGNORECASE)
_ROLE = re.compile(
    r"(?:[\w&'’/-]{1,30}\s){0,5}(?:reporter|correspondent|editor|writer|journalist|columnist|"
    r"contributor|producer|staff|bureau|analyst|critic)s?(?:\s(?:in|at|for|of)\s[\w .,'’-]{2,40})?",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"[^\W\d_][\w.'’-]{0,30}(?:\s(?:de|van|von|der|den|bin|al|la|le|du|di|da|del|el|"
    r"[^\W\d_][\w.'’-]{0,30})){1,4}"
)
_SENTENCE_WORDS = re.compile(
    r"\b(?:was|were|is|are|has|had|have|said|says|will|would|could|that|than|more|being|far|means|"
    r"accident|chance|law)\b",
    re.IGNORECASE,
)
_PIECES = re.compile(r"[^\w\s.'’/@-]+|\s[–—-]\s|(?<!\S)(?:and|with|by|from|in)(?!\S)")
_COUNT = re.compile(r"\b\d[\d,.]{0,9}\s(?:views?|reads?|comments?|shares?)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"\S{1,60}@\S{1,60}")
MAX_PIECES = 6
"""Name, role, place, agency and section; a list of names is longer."""

MAX_PORTRAIT_CHARACTERS = 800
_PORTRAIT = re.compile(
    r"(?:[^\W\d_][\w.'’-]{0,30}\s){1,5}(?:(?:covers|writes|reports)\s|can\s+be\s+reached\b|"
    r"(?:is|has\s+been|was)\s.{0,80}\b(?:reporter|correspondent|editor|writer|journalist|columnist|"
    r"author|professor|fellow|researcher)\b)"
)
_SIGNED = re.compile(
    r"(?<!\w)(?:by|words\s?:|author\s?:|writer\s?:|^from)\s+(?-i:(?=[^\W\d_a-z]))([^|]{2,80})",
    re.IGNORECASE,
)
_MARKS = " ,;:-–—\t\u00a0"
_SEPARATOR = re.compile(r"\s[|•·–—-]\s|\s?[|•·]\s?|\(|,\s(?=[a-z])|\s[^\w\s,.&'’-]\s?")


@cache
def _date() -> re.Pattern[str]:
    """A day with its year."""
    month = _month()
    return re.compile(
        r"\b\d{4}-\d{2}-\d{2}|\b\d{1,2}[/.]\d{1,2}[/.]\d{4}\b|\b\d{1,2}-\d{1,2}-\d{4}\b|"
        rf"\b{month}\s{{1,3}}{_DAY},?\s{{1,3}}\d{{4}}\b|\b{_DAY}\s{{1,3}}{month},?\s{{1,3}}\d{{4}}\b",
        re.IGNORECASE,
    )


@cache
def _day_of_year() -> re.Pattern[str]:
    """A day without its year."""
    month = _month()
    return re.compile(rf"\b(?:{month}\s{{1,3}}{_DAY}|{_DAY}\s{{1,3}}{month})(?!\w)", re.IGNORECASE)


def _month() -> str:
    return rf"{any_of(english().months + english().short_months)}\.?"


def byline(text: str) -> str | None:
    """Names on a byline line; empty for a bare "By", None for any other line.

    Example:
        >>> byline("By Ada Moran, health correspondent")
        'Ada Moran'
        >>> byline("By Monday the roads were dry.") is None
        True
    """
    found = _BY.match(text)
    if _BY_ALONE.fullmatch(text):
        return ""
    if not found or len(text) > MAX_CHARACTERS or len(text.split()) > MAX_BYLINE_WORDS:
        return None
    rest = text[found.end() :].strip()
    if not rest[:1].isupper() or rest.endswith((".", "?", "!")) or _SENTENCE_WORDS.search(rest):
        return None
    return names_only(rest) or rest


def names_only(text: str) -> str:
    """A byline without its date, role and agency where these are separated; may be empty.

    Example:
        >>> names_only("Ada Moran 2 hours ago")
        'Ada Moran'
    """
    signed = _SIGNED.search(text)
    name = _ADDRESS.sub(" ", signed[1] if signed else text).strip(_MARKS)
    name = _SEPARATOR.split(name, maxsplit=1)[0]
    for stamp in (_date(), _AGO, _CLOCK, _PUBLICATION):
        found = stamp.search(name)
        name = name[: found.start()] if found else name
    names = [piece.strip(_MARKS) for piece in name.split(",")]
    return ", ".join(piece for piece in names if any(map(str.isalpha, piece)) and not role(piece))


def signed_stamp(text: str) -> bool:
    """Whether a line is a name with a date, or several publication notes in one line.

    The name may have a role, a place or an agency beside it.

    Example:
        >>> signed_stamp("Ada Moran 2 hours ago")
        True
    """
    if len(text) > MAX_CHARACTERS:
        return False
    found = _date().search(text) or _AGO.search(text)
    if not found:
        return False
    if bare_name(text[: found.start()].strip(" ,|-–—")) or len(_PUBLICATION.findall(text)) > 1:
        return True
    stripped = text
    for stamp in (_date(), _AGO, _CLOCK, _COUNT):
        stripped = stamp.sub(" | ", stripped)
    return signature(_STAMP_WORDS.sub(" ", stripped))


def signature(text: str) -> bool:
    """Whether a line holds only names of people and places, with their roles.

    Example:
        >>> signature("Ada Moran and Ben Okoro, business reporters | Port Ellery")
        True
        >>> signature("Ada Moran wins the race")
        False
    """
    if len(text) > MAX_CHARACTERS or len(text.split()) > MAX_BYLINE_WORDS:
        return False
    if text.rstrip().endswith((".", "?", "!")):
        return False
    pieces = [piece.strip(" .") for piece in _PIECES.split(_ADDRESS.sub(" ", text))]
    pieces = [piece for piece in pieces if any(map(str.isalpha, piece))]
    named = any(bare_name(piece) for piece in pieces)
    return (
        named
        and len(pieces) <= MAX_PIECES
        and all(role(piece) or _capitalized(piece) for piece in pieces)
    )


def signed_role(text: str) -> bool:
    """Whether a line is a name with a role or an address ("Ada Moran, health correspondent")."""
    name, comma, rest = text.partition(",")
    if comma:
        return bare_name(name) and role(rest.strip())
    return bool(_ADDRESS.search(text)) and bare_name(_ADDRESS.sub(" ", text).strip())


def portrait(text: str) -> bool:
    """Whether a paragraph describes an author ("Ada Moran covers the courts.")."""
    return len(text) <= MAX_PORTRAIT_CHARACTERS and bool(_PORTRAIT.match(text))


def dated(text: str) -> bool:
    """Whether a line names a day with its year."""
    return bool(_date().search(text[:MAX_CHARACTERS]))


def _capitalized(piece: str) -> bool:
    """Whether a piece is a few capitalized words: a person, a place or an agency."""
    words = piece.split()
    return len(words) <= MAX_NAME_WORDS and all(word[0].isupper() for word in words)


def role(text: str) -> bool:
    """Whether a line is only a job title ("Health correspondent")."""
    return len(text) <= MAX_CHARACTERS and bool(_ROLE.fullmatch(text.strip(" ,|-–—")))


def bare_name(text: str) -> bool:
    """Whether a line could be a person's name alone: two to five capitalized words."""
    name = text.strip()
    if len(name) > MAX_CHARACTERS // 3 or not _NAME.fullmatch(name):
        return False
    particles = 3
    return all(word[0].isupper() or len(word) <= particles for word in name.split())


def entry_stamp(text: str) -> bool:
    """Whether a line is an update's time stamp, optionally with its author ("17:24Ada Moran")."""
    return (
        len(text) <= MAX_CHARACTERS
        and len(text.split()) <= MAX_ENTRY_WORDS
        and not text.endswith((".", "?", "!"))
        and bool(_ENTRY.match(text))
    )


def time_stamp(text: str) -> bool:
    """Whether a line holds only a date, a time or an age ("2 hours ago").

    Example:
        >>> time_stamp("Published 14:05, 3 May 2031 | Updated 2 hours ago")
        True
        >>> time_stamp("On 3 May 2031 the bridge was opened again.")
        False
    """
    if len(text) > MAX_CHARACTERS or len(text.split()) > MAX_STAMP_WORDS:
        return False
    if _READ_TIME.fullmatch(text):
        return True
    rest, n_dates = _date().subn(" ", text)
    rest, n_ages = _AGO.subn(" ", rest)
    rest, n_clocks = _CLOCK.subn(" ", rest)
    rest, n_days = _day_of_year().subn(" ", rest)
    n_found = n_dates + n_ages + n_clocks + n_days
    left = re.findall(r"[^\W\d_]+", _STAMP_WORDS.sub(" ", rest))
    return n_found > 0 and len(left) <= (1 if n_dates else 0)


def iso_date(text: str) -> str | None:
    """The first date of a line in ISO 8601, with the time of day when the line has one.

    Example:
        >>> iso_date("Published: 15:56 BST, 27 April 2024 | Updated: 15:57")
        '2024-04-27T15:56'
        >>> iso_date("Apr. 3, 2031")
        '2031-04-03'
    """
    found = _date().search(text[:MAX_CHARACTERS])
    day = _day(found[0]) if found else None
    if day is None:
        return None
    clock = _clock(_date().sub(" ", text[:MAX_CHARACTERS]))
    return f"{day:%Y-%m-%d}" + (f"T{clock}" if clock else "")


def _day(text: str) -> datetime | None:
    text = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text, flags=re.IGNORECASE)
    text = re.sub(r"(?<!\d)(\d{1,2})-(\d{1,2})-(?=\d{4})", r"\1 \2 ", text)
    text = re.sub(r"[.,/\s]+", " ", text).strip().title()
    text = re.sub(r"\bSept\b", "Sep", text)
    # 03/04/2031 is 3 April nearly everywhere, so the American order is tried last.
    for form in (
        "%Y-%m-%d",
        "%B %d %Y",
        "%b %d %Y",
        "%d %B %Y",
        "%d %b %Y",
        "%d %m %Y",
        "%m %d %Y",
    ):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - only the calendar day is used
        except ValueError:
            continue
    return None


def _clock(text: str) -> str | None:
    found = _CLOCK.search(text)
    if not found:
        return None
    hour, minute = int(found[1] or found[4]), int(found[2] or 0)
    half = (found[3] or found[5] or "")[:1].lower()
    if half:
        hour = hour % 12 + 12 * (half == "p")
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None  # noqa: PLR2004 - a day's
