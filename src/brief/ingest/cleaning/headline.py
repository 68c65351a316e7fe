"""Find the headline line and its repetitions on the page.

See `html_extraction.py` for the headline in HTML metadata, which is passed in from there.

Tested in `tests/ingest/cleaning/test_clean.py`.
"""

import re
from collections import Counter
from collections.abc import Sequence

from brief.datatypes import Label
from brief.ingest.cleaning.bylines import entry_stamp
from brief.ingest.cleaning.layout import Page
from brief.ingest.cleaning.line_rules import summary_heading
from brief.ingest.cleaning.lines import words

_CRUMBS = re.compile(r"\s?[/»›>]\s")
_ENTRIES = re.compile(r"\s[•·✦]\s")
"""Separators of sections, or of the items of a ticker."""

_TICKER = re.compile(r"(?:breaking|ticker|just\s+in|final|alert|today)\b[^:]{0,20}:", re.IGNORECASE)

MIN_WORDS, MAX_WORDS = 3, 32
FULL_WORDS = 10
"""More words than this do not raise a line's score."""

MIN_CONTENT_LETTERS = 4
"""Shorter words are mostly function words."""

MIN_SCORE = 1.0
"""The score of an unrelated four-word line far above the article."""

MAX_OPENING = 7
"""Lines above the first paragraph of a text without furniture that may hold its headline."""

MIN_SCORES = 2
"""A match's result names two scores."""

NEAR = 7
"""Byline and time stamp are at most this many lines below the headline."""

N_SAMPLED, MAX_SAMPLED_CHARACTERS = 40, 2_000
"""Number of paragraphs, and of characters of each, from which the article's topic is read."""


def find_headline(page: Page, start: int, given: str | None) -> tuple[int, str] | None:
    """Find the headline's unit, with the reason, above or at the start of the article's stretch.

    Args:
        page: The page, before any unit is labelled.
        start: The stretch's first unit.
        given: The title when known from another source.
    """
    titles = [words(unit.text) if unit.n_words <= MAX_WORDS else [] for unit in page.units]
    if given:
        wanted = words(given)
        for index, title in enumerate(titles[: start + NEAR]):
            if same_title(title, wanted):
                return index, "is the title given with the page"
    vocabulary = {
        word
        for index in range(start, min(start + N_SAMPLED, len(page.units)))
        if page.is_paragraph(index)
        for word in words(page.units[index].text[:MAX_SAMPLED_CHARACTERS])
    }
    counts = _repetitions(page, titles)
    best, best_score = None, MIN_SCORE
    # A text without furniture opens with its headline; only a section's name may be above it.
    lowest = start - 1 if page.furnished or _titled(page, start) else min(start - 1, 0)
    for index in range(lowest, -1, -1):
        if not _possible(page, index):
            continue
        content = [word for word in titles[index] if len(word) >= MIN_CONTENT_LETTERS]
        shared = sum(word in vocabulary for word in content) / max(len(content), 1)
        score = 3 * shared + _score(page, index, start) + 2 * (counts[" ".join(titles[index])] > 1)
        if score > best_score - _above_standfirst(page, index, best, shared):
            best, best_score = index, max(score, best_score)
    if best is None:
        return None
    return best, "the title-like line above the article that its words speak of"


def label_repeats(page: Page, headline: int) -> None:
    """Label repetitions of the headline: in a breadcrumb, a share link, a video's title."""
    title = words(page.units[headline].text)
    for index, unit in enumerate(page.units):
        if page.verdicts[index] or unit.n_words > MAX_WORDS + FULL_WORDS:
            continue
        if same_title(words(unit.text), title):
            page.settle(index, Label.NAVIGATION, "repeats the headline")


def same_title(one: Sequence[str], two: Sequence[str]) -> bool:
    """Whether two titles differ only in words before or after ("… | Section").

    Example:
        >>> same_title("harbor opens after long storm".split(), "harbor opens after long storm news".split())
        True
    """
    short, long = sorted((list(one), list(two)), key=len)
    if not short:
        return False
    if short == long:
        return True
    most = len(short) > MIN_WORDS and len(short) * 3 >= len(long) * 2
    return most and short in (long[: len(short)], long[-len(short) :])


def _possible(page: Page, index: int) -> bool:
    unit = page.units[index]
    return (
        (page.free(index) or _link_like(page, index))
        and not unit.glyph
        and MIN_WORDS <= unit.n_words <= MAX_WORDS
        and not summary_heading(unit)
        and len(_CRUMBS.findall(unit.text)) < 2  # noqa: PLR2004 - one may separate a section
        and (not unit.prose or unit.text.endswith(("?", "!")))
    )


def _link_like(page: Page, index: int) -> bool:
    """Whether a line may be a link, though not surely: "Watch: …" opens headlines too."""
    found = page.cues[index]
    return bool(found and found.weak and found.label is Label.RELATED_LINK)


def _titled(page: Page, start: int) -> bool:
    """Whether a few lines precede the first paragraph and none of them ends like a sentence.

    Such lines are section names, the headline, a byline.
    """
    above = [page.units[index] for index in range(start) if not page.units[index].glyph]
    return len(above) <= MAX_OPENING and not any(unit.ends_like_sentence for unit in above[:-1])


def _above_standfirst(page: Page, index: int, best: int | None, shared: float) -> int:
    """Score bonus for a line above a better one, because the better one may be the standfirst."""
    unit = page.units[index]
    short = unit.n_words <= MIN_WORDS or unit.run_together
    if best is None or best - index > 2 or short or _kicker(unit.text):  # noqa: PLR2004 - a section may stand between
        return 0
    return 2 if best - index == 1 else int(shared >= 0.5)  # noqa: PLR2004 - half of the words


def _score(page: Page, index: int, start: int) -> float:
    unit = page.units[index]
    below = range(index + 1, min(index + NEAR, len(page.units)))
    signed = any(page.label_of(near) in (Label.BYLINE, Label.TIMESTAMP) for near in below)
    listed = any(found and found.opens for found in page.cues[max(index - NEAR // 2, 0) : index])
    sentence = unit.ends_like_sentence and not unit.text.endswith(("?", "!"))
    entry = index > 0 and entry_stamp(page.units[index - 1].text.strip())
    joined = unit.run_together
    kicker = _kicker(unit.text)
    distance = min((start - index) / 40, 2)
    return (
        min(unit.n_words, FULL_WORDS) / 4
        + 2 * signed
        + _close(page, index)
        - 2 * listed
        - 3 * (sentence + entry + joined)
        - 2 * kicker
        - distance
    )


def _close(page: Page, index: int) -> bool:
    """Whether a byline or date is right below, with at most a standfirst in between."""
    below = range(index + 1, min(index + 3, len(page.units)))
    return any(page.label_of(near) in (Label.BYLINE, Label.TIMESTAMP) for near in below)


def _kicker(text: str) -> bool:
    """Whether a line looks like a kicker above a headline: a section, a ticker, a result."""
    return bool(_ENTRIES.search(text) or _TICKER.match(text)) or text.isupper() or _result(text)


def _result(text: str) -> bool:
    """Whether a line is a match's result ("Port Ellery 2 Hillside Rovers 1")."""
    pieces = text.replace(",", " ").split()
    scores = sum(piece.isdigit() for piece in pieces)
    return scores >= MIN_SCORES and all(p[0].isdigit() or not p[0].islower() for p in pieces)


def _repetitions(page: Page, titles: Sequence[Sequence[str]]) -> Counter[str]:
    """How often each title appears on the page, including "Share this: …" lines."""
    counts = Counter(" ".join(title) for title in titles)
    for unit in page.units:
        head, colon, tail = (
            unit.text.rpartition(" : ") if unit.n_words <= MAX_WORDS else ("", "", "")
        )
        if colon and head:
            counts[" ".join(words(tail))] += 1
    return counts
