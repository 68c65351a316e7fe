"""Lines that belong to a neighbor: summary bullets, captions above credits, embedded posts.

Left out: related stories, which depend on where the body goes on (`labels.py`).
"""

from brief.ingest.cues import (
    inline_summary,
    perhaps_summary_heading,
    post_signature,
    summary_heading,
)
from brief.ingest.page import LOOKAHEAD, Page
from brief.news import Label

MIN_BULLET_WORDS = 3
"""A shorter line is a menu entry, or a subhead below the bullets."""

MAX_BULLET_WORDS = 45
"""Bullets are one sentence; a longer line is a paragraph."""

MAX_PLAIN_BULLETS = 3
"""Summary lines without glyphs where nothing else tells them from the first paragraph."""

MIN_BULLETS_WITHOUT_HEADING = 2
MAX_CREDIT_WORDS = 8


def label_summaries(page: Page, top: int, end: int) -> None:
    """Label the page's own summary: heading and bullets, or bullets right below the headline.

    Args:
        page: With its headline labelled.
        top: First unit below the headline.
        end: One past the article's last unit.
    """
    for index, unit in enumerate(page.units[:end]):
        if page.verdicts[index]:
            continue
        if unit.n_words <= 2 * MAX_BULLET_WORDS and inline_summary(unit.text):
            page.settle(index, Label.REFERENCE_BULLET, "a summary behind its own heading")
            continue
        certain = summary_heading(unit)
        if certain or perhaps_summary_heading(unit):
            bullets = _bullets_below(page, index, end)
            if bullets and (certain or page.units[bullets[0]].glyph):
                page.settle(index, Label.SUMMARY_HEADING, "announces a quick summary")
                for bullet in bullets:
                    page.settle(bullet, Label.REFERENCE_BULLET, "stands under a summary heading")
    _label_bullets_without_heading(page, top, end)


def label_captions(page: Page) -> None:
    """A line right above a bare picture credit is that picture's caption."""
    for index in range(1, len(page.units)):
        credit, above = page.cues[index], page.units[index - 1]
        if (
            credit
            and credit.label is Label.CAPTION
            and not credit.weak
            and page.units[index].n_words <= MAX_CREDIT_WORDS
            and page.free(index - 1)
            and not page.is_paragraph(index - 1)
            and above.n_words > 2  # noqa: PLR2004 - a word or two is a subhead as often
        ):
            page.settle(index - 1, Label.CAPTION, "stands right above a picture credit")


def label_posts(page: Page) -> None:
    """The lines above an embedded post's signature belong to it as long as they look like it:
    the one right above always, then what is no sentence or opens with a sign.
    """
    for index in range(1, len(page.units)):
        if not post_signature(page.units[index].text):
            continue
        page.settle(index, Label.RELATED_LINK, "the signature of an embedded post")
        for above in range(index - 1, max(index - LOOKAHEAD, -1), -1):
            unit = page.units[above]
            sign = not unit.text[:1].isalnum() and not unit.quoted
            posted = above == index - 1 or not unit.ends_like_sentence or sign
            if not posted or unit.announces or page.verdicts[above]:
                break
            page.settle(above, Label.RELATED_LINK, "part of an embedded post")


def _bullets_below(page: Page, heading: int, end: int) -> list[int]:
    """The bullets of a summary heading: with glyphs as long as they last, without them as long
    as shape, gaps and endings agree.
    """
    first = heading + 1
    if first >= end:
        return []
    bullets: list[int] = []
    for index in range(first, end):
        if page.verdicts[index] or not _goes_on(page, first, index):
            break
        if len(bullets) == MAX_PLAIN_BULLETS and _like_paragraphs(page, first, index):
            break
        bullets.append(index)
    return bullets


def _goes_on(page: Page, first: int, index: int) -> bool:
    one, unit, found = page.units[first], page.units[index], page.cues[index]
    if found and not found.weak:
        return False
    if one.glyph:
        return bool(unit.glyph) and unit.n_words >= MIN_BULLET_WORDS
    if not MIN_BULLET_WORDS <= unit.n_words <= MAX_BULLET_WORDS or unit.indent != one.indent:
        return False
    wider = unit.gap > max(page.units[first + 1].gap if index > first else unit.gap, 0)
    return index == first or (
        not (index > first + 1 and wider) and unit.ends_like_sentence == one.ends_like_sentence
    )


def _like_paragraphs(page: Page, first: int, index: int) -> bool:
    """Whether summary lines without glyphs have run on into what may be the article."""
    one, unit = page.units[first], page.units[index]
    return not one.glyph and one.ends_like_sentence and unit.gap == one.gap


def _label_bullets_without_heading(page: Page, top: int, end: int) -> None:
    """Bulleted sentences between headline and first paragraph are a summary without heading."""
    if not top:
        return
    bullets: list[int] = []
    for index in range(top, min(end, top + LOOKAHEAD)):
        unit = page.units[index]
        if (
            page.free(index)
            and unit.glyph
            and not unit.numbered
            and unit.n_words > MIN_BULLET_WORDS
        ):
            bullets.append(index)
        elif bullets or unit.prose:
            break
    if len(bullets) >= MIN_BULLETS_WITHOUT_HEADING:
        for index in bullets:
            page.settle(
                index, Label.REFERENCE_BULLET, "a bulleted sentence right below the headline"
            )
