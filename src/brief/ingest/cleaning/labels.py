"""Label all units of a page: body, headline, captions, related stories and so on.

The most certain steps come first: the article's stretch, the headline, lines that belong to a
neighbour, then line by line above, inside and below the article. For one line, its own words
count first, then its indentation relative to the body's, then its shape and neighbours. See
`phrases.py` for the phrases and `lines.py` for splitting.

Tested in `tests/ingest/cleaning/test_clean.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from brief.datatypes import BODY_LABELS, Label
from brief.ingest.cleaning import bylines
from brief.ingest.cleaning.block_rules import (
    label_author,
    label_captions,
    label_duplicates,
    label_posts,
    label_summaries,
    signs,
)
from brief.ingest.cleaning.headline import find_headline, label_repeats
from brief.ingest.cleaning.layout import MAX_CHEAP_WORDS, MAX_SUBHEAD_WORDS, Page, Verdict
from brief.ingest.cleaning.lines import MIN_PROSE_WORDS, Unit

MAX_CAPTION_WORDS = 45
"""Captions and standfirsts are a sentence or two; a longer line is a paragraph."""

MIN_LEAD_WORDS = 5
"""A standfirst or a caption has at least as many words; names and sections have fewer."""

MAX_LEAD_DISTANCE = 4
"""The standfirst is within this many lines of the headline, not counting furniture phrases."""

INDENT_STEP = 2
"""Columns of one level of nesting in copied pages."""

MIN_SCRAP_WORDS = 3
"""On a page without sentences, lines of at least this many words are taken as body."""

MAX_SCRAP_LINES = 3
"""Too few lines to be a menu."""


@dataclass(frozen=True, slots=True)
class Labels:
    """A verdict (label, reason) for each unit, the headline's unit, and the article's end."""

    verdicts: tuple[Verdict, ...]
    headline: int | None
    end: int


def label(units: Sequence[Unit], headline: str | None = None) -> Labels:
    """Label the units of a page.

    Args:
        units: All units of the page, in order; none is blank.
        headline: The title from a row or from HTML metadata, used to find its line.
    """
    page = Page(units)
    start, end = page.stretch()
    found = find_headline(page, start, headline)
    at = found[0] if found else None
    if found:
        page.settle(found[0], Label.HEADLINE, found[1])
    top = 0 if at is None else at + 1
    label_summaries(page, top, end or len(units))
    if at is not None:
        label_repeats(page, at)
    if page.furnished or headline:
        label_duplicates(page, start)
    label_captions(page)
    label_posts(page)
    label_author(page, top, end or len(units))
    if any(page.is_paragraph(index) and not page.verdicts[index] for index in range(top, end)):
        first = _first(page, start if at is None else top, end)
        _label_front(page, at, first)
        _label_inside(page, first, end)
    else:
        end = len(units)
        _label_scraps(page)
    _label_outside(page, top, end)
    verdicts = (verdict or (Label.TAIL, "stands below the article") for verdict in page.verdicts)
    return Labels(tuple(verdicts), at, end)


def _first(page: Page, top: int, end: int) -> int:
    """Where the body starts: the first paragraph, or body lines right above it.

    Such lines are short sentences, a paragraph at another indentation, or several sentences in a
    row, if they are not captions.
    """
    first = next(
        index for index in range(top, end) if page.is_paragraph(index) and not page.verdicts[index]
    )
    opening = index = first
    while index > top and page.free(index - 1):
        index -= 1
        unit = page.units[index]
        if unit.glyph or not (unit.ends_like_sentence or (index == 0 and unit.prose)):
            break
        if page.at_home(index) or unit.n_words > MAX_CAPTION_WORDS or first - index > 1:
            opening = index
    return opening


def _label_front(page: Page, headline: int | None, first: int) -> None:
    """Label the lines between headline and body: a standfirst, captions, bylines."""
    if headline is None:
        return
    n_seen = 0
    for index in range(headline + 1, first):
        if page.verdicts[index]:
            continue
        unit, found = page.units[index], page.cues[index]
        sentence = not unit.glyph and unit.n_words >= MIN_LEAD_WORDS
        near = unit.indent <= page.units[headline].indent + INDENT_STEP
        if found:
            page.settle(index, found.label, found.reason)
            continue
        if not unit.glyph and signs(page, index):
            page.settle(index, Label.BYLINE, "names beside a byline or a date")
            continue
        n_seen += 1
        if sentence and near and unit.n_words <= MAX_CAPTION_WORDS and n_seen <= MAX_LEAD_DISTANCE:
            n_seen = MAX_LEAD_DISTANCE
            page.settle(index, Label.STANDFIRST, "the sentence below the headline")
        elif index == first - 1 and bylines.entry_stamp(page.units[index - 1].text.strip()):
            page.settle(index, Label.SUBHEAD, "a short line above the first update")
        elif sentence:
            page.settle(
                index, Label.CAPTION, "a line between headline and article, as captions stand"
            )
        elif bylines.bare_name(unit.text) and not unit.glyph:
            page.settle(index, Label.BYLINE, "a name between headline and article")
        else:
            page.settle(index, Label.NAVIGATION, "a short line above the article")


def _label_inside(page: Page, first: int, end: int) -> None:
    home = next((index for index in range(first, end) if page.is_paragraph(index)), end)
    related: int | None = None
    for index in range(first, end):
        if page.verdicts[index]:
            continue
        unit, found = page.units[index], page.cues[index]
        if index < first + MAX_LEAD_DISTANCE and signs(page, index):
            page.settle(index, Label.BYLINE, "names beside a byline or a date")
        elif index < home:
            page.settle(index, Label.BODY, "opens the article")
        elif found and not (found.weak and unit.prose and page.at_home(index)):
            page.settle(index, found.label, found.reason)
            related = index if found.opens else related
        elif related is not None and not _ends_related(page, related, index, end):
            page.settle(index, Label.RELATED_LINK, "stands under a heading for related stories")
        else:
            related = None
            page.settle(
                index,
                *_at_home(page, index, end) if page.at_home(index) else _away(page, index, end),
            )


def _ends_related(page: Page, heading: int, index: int, end: int) -> bool:
    """Whether the article continues after related links.

    It does with a paragraph, or at the body's indentation when the links had another.
    """
    unit = page.units[index]
    if unit.prose and page.at_home(index):
        return True
    if page.heads_after_links(heading, index, end):
        return True
    if not page.nested or not page.at_home(index) or unit.glyph:
        return False
    return not page.at_home(heading) or (
        not page.at_home(index - 1) and page.heads_paragraph(index, end)
    )


def _at_home(page: Page, index: int, end: int) -> Verdict:
    """Label a line in the article at the body's indentation that no phrase identifies."""
    unit = page.units[index]
    if unit.glyph:
        return _list_item(page, index, end)
    if unit.prose:
        return Label.BODY, "a paragraph"
    if unit.ends_like_sentence or (unit.announces and unit.n_words > 1):
        return _short_sentence(page, index, end)
    if _heads(page, index, end) or page.heads_list(index, end):
        return Label.SUBHEAD, "a short line above a paragraph or a list of sentences"
    if unit.n_words >= MIN_PROSE_WORDS or not page.furnished:
        return Label.BODY, "a line among paragraphs"
    return Label.NAVIGATION, "a short line that heads nothing"


def _short_sentence(page: Page, index: int, end: int) -> Verdict:
    unit = page.units[index]
    if unit.announces:
        return Label.BODY, "announces what follows"
    if unit.text.endswith("?") and not unit.quoted and _heads(page, index, end):
        return Label.SUBHEAD, "a question above a paragraph"
    return Label.BODY, "a short sentence between paragraphs"


def _away(page: Page, index: int, end: int) -> Verdict:
    """Label a line in the article that is not at the body's indentation."""
    unit = page.units[index]
    if unit.glyph:
        return _list_item(page, index, end)
    step = INDENT_STEP if unit.n_words <= MAX_CHEAP_WORDS else 0
    near = unit.indent <= min(page.body_indents) + step
    if near and _heads(page, index, end):
        return Label.SUBHEAD, "a short line above a paragraph"
    if unit.prose and unit.n_words > MAX_CAPTION_WORDS:
        return Label.BODY, "too long for a caption, though at another indentation"
    if unit.prose:
        return Label.CAPTION, "a sentence at another indentation than the article's"
    return Label.RELATED_LINK, "a title at another indentation than the article's"


def _heads(page: Page, index: int, end: int) -> bool:
    """Whether a line is short enough for a subhead and a paragraph follows."""
    unit = page.units[index]
    if not 1 <= unit.n_words <= MAX_SUBHEAD_WORDS or unit.text.strip().isdigit():
        return False
    return page.heads_paragraph(index, end)


def _list_item(page: Page, index: int, end: int) -> Verdict:
    """Label an item of a list.

    It is body when the article announces the list or the items are sentences; a number may also
    head a paragraph.
    """
    unit = page.units[index]
    if unit.numbered and not unit.ends_like_sentence and page.at_home(index):
        below = index + 1
        if below < end and page.is_paragraph(below) and _heads(page, index, end):
            return Label.SUBHEAD, "a numbered line above a paragraph"
    before = index - 1
    while before >= 0 and page.units[before].glyph:
        before -= 1
    inside = before >= 0 and page.label_of(before) in BODY_LABELS
    headed = inside and page.heads_list(before, end)
    if inside and (headed or unit.prose or page.units[before].announces or not page.furnished):
        return Label.BODY, "an item of a list in the article"
    return Label.RELATED_LINK, "an item of a list that the article does not announce"


def _label_scraps(page: Page) -> None:
    """Label a page without paragraphs: body is its short sentences, else its longer lines."""
    free = [index for index in range(len(page.units)) if page.free(index)]
    plain = [index for index in free if not page.units[index].glyph]
    sentences = [index for index in plain if page.units[index].ends_like_sentence]
    longer = [index for index in plain if page.units[index].n_words >= MIN_SCRAP_WORDS]
    if len(page.units) <= MAX_SCRAP_LINES:
        body = free
    elif sentences:
        body = sentences
    else:
        body = longer if 2 * len(longer) > len(page.units) else []
    for index in body:
        page.settle(index, Label.BODY, "the nearest to prose on a page without a paragraph")
    for index in free:
        if page.verdicts[index] is None:
            page.settle(index, Label.NAVIGATION, "a short line on a page without a paragraph")


def _label_outside(page: Page, top: int, end: int) -> None:
    related = False
    for index in range(len(page.units)):
        found = page.cues[index]
        if page.verdicts[index]:
            continue
        if found:
            page.settle(index, found.label, found.reason)
            related = found.opens
        elif index < max(top, 1) or index < end:
            page.settle(index, Label.NAVIGATION, "stands above the article")
        elif related:
            page.settle(index, Label.RELATED_LINK, "stands under a heading for related stories")
        else:
            page.settle(index, Label.TAIL, "stands below the article")
