"""Classify a line by its own words: buttons, notices, captions, summary headings.

A furniture phrase can fill a line, open it, or be part of a line whose other words may all be
news. A longer line needs more evidence, because newspapers also write about newsletters and
cookies. See `phrases.py` and `caption_patterns.py` for the phrases, and `labels.py` for rules
that depend on the line's position.

Tested in `tests/ingest/cleaning/test_clean.py`.
"""

import re
from dataclasses import dataclass

from brief.datatypes import Label
from brief.ingest.cleaning import bylines, caption_patterns, phrases
from brief.ingest.cleaning.lines import Unit

MAX_CUE_CHARACTERS = 1_000
"""No furniture line seen is longer; the limit also bounds the work on one line."""

MAX_GALLERY_CHARACTERS = 2_000
"""A gallery's first caption ends well before that; its line has been seen to hold 6,000."""

MAX_BUTTON_WORDS = 14
"""A heading, a button or a menu entry is no longer."""

MAX_NOTICE_WORDS = 30
"""Error messages, credits and production notes are no longer; a paragraph may be."""

CONSENT_REASON = "asks for consent"
"""Reason that distinguishes consent lines from paywall lines; both have `Label.PAYWALL`."""

MIN_PITCHES = 2
"""One advertising word may be news; two of them with "you" or "our" are not."""


@dataclass(frozen=True, slots=True)
class Cue:
    """The classification of a line by its own words.

    Attributes:
        label: The label that the words suggest.
        reason: The reason, for people to read.
        closes: Whether such a line usually comes after an article's end.
        opens: Whether it announces lines that belong to it: related stories.
        weak: Whether prose may say the same, so that the position must agree.
    """

    label: Label
    reason: str
    closes: bool = False
    opens: bool = False
    weak: bool = False


_ORNAMENT = re.compile(r"^[^\w\"'“”‘’«„$£€₹₦#@©]+|[\s\]})>~=*+_—–-]+$")
"""Arrows, rules, brackets and pictograms around a line's words."""

MIN_ENTRIES, MAX_ENTRY_WORDS = 3, 6
"""At least this many pieces, each at most this many words, between bars are a one-line menu."""

_BUTTONS = (
    (
        phrases.POPULAR,
        Cue(Label.RELATED_HEADING, "heads a list of other stories", closes=True, opens=True),
    ),
    (phrases.RELATED, Cue(Label.RELATED_HEADING, "announces related stories", opens=True)),
    (phrases.NAVIGATION, Cue(Label.NAVIGATION, "a menu entry or button")),
    (phrases.END, Cue(Label.TAIL, "heads comments or the author's portrait", closes=True)),
    (phrases.TAIL, Cue(Label.TAIL, "sharing, comments, tags or follow links")),
    (caption_patterns.POST_SIGNATURE, Cue(Label.RELATED_LINK, "the signature of an embedded post")),
)
"""Phrases that fill a line, the most specific first."""

_NOTICES = (
    (
        phrases.TAIL_OPENING,
        Cue(Label.TAIL, "copyright, comment rules or a contact line", closes=True),
        False,
        False,
    ),
    (phrases.BROKEN, Cue(Label.NAVIGATION, "a message of the page, not the article"), True, True),
    (phrases.PAYWALL, Cue(Label.PAYWALL, "asks to subscribe or sign in to read on"), True, False),
    (phrases.CONSENT, Cue(Label.PAYWALL, CONSENT_REASON), True, False),
    (
        phrases.ADVERT_OPENING,
        Cue(Label.ADVERTISEMENT, "speaks of advertising or commissions"),
        False,
        False,
    ),
    (phrases.RELATED_INLINE, Cue(Label.RELATED_LINK, "points to another story"), False, True),
    (phrases.PRODUCTION, Cue(Label.TAIL, "a production note"), False, True),
    (phrases.CALL, Cue(Label.TAIL, "calls on the reader to write, pay or sign up"), False, True),
    (phrases.CORRECTION, Cue(Label.TAIL, "corrects an earlier version"), False, False),
    (
        phrases.LINK_WORD,
        Cue(Label.RELATED_LINK, "opens like a link to another story", weak=True),
        False,
        True,
    ),
)
"""Phrases that open a line, and whether it must address the reader (or be as short as a button)
and be at most `MAX_NOTICE_WORDS` long."""


def cue(unit: Unit) -> Cue | None:
    """Classify a line by its own words; None when they are not a furniture phrase."""
    if unit.n_words == 0:
        return Cue(Label.NAVIGATION, "holds no word")
    text = unit.text.strip()
    if caption_patterns.GALLERY.search(text[:MAX_GALLERY_CHARACTERS]):
        return Cue(Label.CAPTION, "a gallery's captions in one line")
    if len(text) > MAX_CUE_CHARACTERS:
        return None
    if bylines.time_stamp(text) or bylines.entry_stamp(text):
        return Cue(Label.TIMESTAMP, "tells a date or a time and nothing else")
    signed = bylines.role(text) or bylines.signed_role(text) or bylines.signed_stamp(text)
    if signed or bylines.byline(text) is not None:
        return Cue(Label.BYLINE, "names a writer")
    bare = _ORNAMENT.sub("", text)
    found = _button(text, unit) or _buttons_in_row(bare, unit) or _notice(text, unit)
    if not found and bare and bare != text:
        found = _button(bare, unit) or _notice(bare, unit)
    return found or _guest(text, unit) or _picture(text, unit) or _pitch(text, unit)


def summary_heading(unit: Unit) -> bool:
    """Whether a line announces a quick summary, no matter what follows."""
    return unit.n_words <= MAX_BUTTON_WORDS and bool(phrases.SUMMARY.fullmatch(unit.text.strip()))


def perhaps_summary_heading(unit: Unit) -> bool:
    """Whether a line announces a summary if bullets follow; else it may be a subhead."""
    short = unit.n_words <= MAX_BUTTON_WORDS
    return short and bool(phrases.SUMMARY_IF_BULLETS.fullmatch(unit.text.strip()))


def inline_summary(text: str) -> str | None:
    """The summary of a "TL;DR: …" line, without its heading; None for any other line."""
    found = phrases.SUMMARY_INLINE.match(text)
    return text[found.end() :].strip() if found else None


def post_signature(text: str) -> bool:
    """Whether a line signs an embedded post: "— Ada Moran (@ada) May 3, 2031"."""
    return len(text) <= MAX_CUE_CHARACTERS and bool(caption_patterns.POST_SIGNATURE.match(text))


def _button(text: str, unit: Unit) -> Cue | None:
    """A phrase that fills the line."""
    if unit.n_words > MAX_BUTTON_WORDS:
        return None
    if phrases.ADVERT.fullmatch(text):
        return Cue(Label.ADVERTISEMENT, "marks an advertisement")
    if text.endswith(".") and unit.n_words >= bylines.MIN_SENTENCE_WORDS:
        return None
    return next((found for pattern, found in _BUTTONS if pattern.fullmatch(text)), None)


def _buttons_in_row(text: str, unit: Unit) -> Cue | None:
    """Several buttons or menu entries in one line."""
    if caption_patterns.TICKER.match(text):
        return Cue(Label.NAVIGATION, "numbered titles in one line")
    parts = [part for part in caption_patterns.BARS_OR_DASHES.split(text) if part.strip()]
    if len(parts) > 1 and unit.n_words <= MAX_ENTRY_WORDS * len(parts):
        if all(phrases.ADVERT.fullmatch(part) for part in parts):
            return Cue(Label.ADVERTISEMENT, "marks an advertisement")
        if all(any(pattern.fullmatch(part) for pattern, _ in _BUTTONS) for part in parts):
            return Cue(Label.NAVIGATION, "buttons in a row")
    parts = [part for part in caption_patterns.BARS.split(text) if part.strip()]
    short = unit.n_words <= MAX_ENTRY_WORDS * len(parts) and not unit.ends_like_sentence
    if short and len(parts) >= MIN_ENTRIES:
        return Cue(Label.NAVIGATION, "short entries with bars between them")
    return None


def _notice(text: str, unit: Unit) -> Cue | None:
    """A phrase that opens the line."""
    to_reader = unit.n_words <= MAX_BUTTON_WORDS or bool(phrases.TO_READER.search(text))
    short = unit.n_words <= MAX_NOTICE_WORDS
    return next(
        (
            found
            for pattern, found, needs_reader, needs_short in _NOTICES
            if (to_reader or not needs_reader)
            and (short or not needs_short)
            and pattern.match(text)
        ),
        None,
    )


def _picture(text: str, unit: Unit) -> Cue | None:
    """A caption, a credit or the end of a link; weak where a paragraph may end the same way."""
    tells = bool(caption_patterns.VERB_OF_NEWS.search(text))
    if caption_patterns.MARKER.match(text) or caption_patterns.CAPTION.match(text):
        return Cue(Label.CAPTION, "opens like a picture's credit or caption")
    if not tells and (
        caption_patterns.CREDIT_BY.match(text) or caption_patterns.CAPTION_NOUN.match(text)
    ):
        return Cue(Label.CAPTION, "names a picture and tells no event")
    if caption_patterns.CREDIT_AT_END.search(text):
        weak = unit.ends_like_sentence and unit.prose
        return Cue(Label.CAPTION, "ends in a picture's credit", weak=weak)
    if caption_patterns.SIDES.search(text):
        return Cue(Label.CAPTION, "says who stands on which side", weak=unit.ends_like_sentence)
    if caption_patterns.LINK_AT_END.search(text) or caption_patterns.LINK_ARROW.search(text):
        return Cue(Label.RELATED_LINK, "ends in a short link or an arrow")
    return None


def _guest(text: str, unit: Unit) -> Cue | None:
    if unit.quoted or not phrases.OPINIONS.search(text):
        return None
    return Cue(Label.BYLINE, "says whose opinion it is")


def _pitch(text: str, unit: Unit) -> Cue | None:
    pitches = sorted({found.lower() for found in phrases.PITCH.findall(text)})
    if len(pitches) < MIN_PITCHES or unit.quoted or not phrases.TO_READER.search(text):
        return None
    return Cue(Label.TAIL, f"speaks to the reader of {' and '.join(pitches[:MIN_PITCHES])}")
