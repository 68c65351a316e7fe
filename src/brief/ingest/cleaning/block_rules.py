"""Labels that depend on neighbouring lines: summary bullets, captions, posts, copies, author.

See `labels.py` for related stories, which depend on where the body continues.

Tested in `tests/ingest/cleaning/test_clean.py`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

from brief.datatypes import Label
from brief.ingest.cleaning import bylines
from brief.ingest.cleaning.layout import LOOKAHEAD, Page
from brief.ingest.cleaning.line_rules import (
    MAX_BUTTON_WORDS,
    inline_summary,
    perhaps_summary_heading,
    post_signature,
    summary_heading,
)
from brief.ingest.cleaning.lines import words
from brief.text import strings
from brief.text.lexicon import english

MIN_BULLET_WORDS = 3
"""A shorter line is a menu entry, or a subhead below the bullets."""

MAX_BULLET_WORDS = 45
"""Bullets are one sentence; a longer line is a paragraph."""

MAX_PLAIN_BULLETS = 3
"""Summary lines without glyphs, when nothing else separates them from the first paragraph."""

MIN_BULLETS_WITHOUT_HEADING = 2

MAX_REPEATING_BULLETS = 6
"""A longer list of sentences is part of the article: rules, results, a timeline."""

MIN_REPEATED = 0.55
"""Share of a list's content words that must recur in the paragraphs for it to be their summary.
Of 57 lists of sentences on 208 pages, 55 summaries had 0.58 and more, the others 0.25 and 0.44."""

MAX_CREDIT_WORDS = 8

_JOINED = re.compile(r"\s{0,3}(?:,|&|\band\b)\s{1,3}")
"""Separators between the names of several authors."""

MAX_NEAR_SHARE, MAX_FAR_SHARE = 0.5, 0.25
"""When more of the paragraphs is duplicated (nearby, or far apart), the whole article is."""

MIN_DUPLICATE_WORDS, MAX_DUPLICATE_WORDS = 8, 200
"""Shorter lines may be repeated within an article ("He denied it.")."""


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
        inline = unit.n_words <= 2 * MAX_BULLET_WORDS and inline_summary(unit.text)
        if (inline or _heads_shape(page, index)) and (bullets := _repeating(page, index, end)):
            page.settle(index, Label.SUMMARY_HEADING, "announces what the article says again")
            for bullet in bullets:
                page.settle(bullet, Label.REFERENCE_BULLET, "a bulleted sentence said again below")
            continue
        if inline:
            page.settle(index, Label.REFERENCE_BULLET, "a summary behind its own heading")
            continue
        certain = summary_heading(unit)
        if certain or perhaps_summary_heading(unit):
            bullets = _bullets_below(page, index, end)
            if bullets and (certain or _is_summary(page, bullets, end)):
                page.settle(index, Label.SUMMARY_HEADING, "announces a quick summary")
                for bullet in bullets:
                    page.settle(bullet, Label.REFERENCE_BULLET, "stands under a summary heading")
    _label_bullets_without_heading(page, top, end)


def label_duplicates(page: Page, start: int) -> None:
    """Label lines that the page shows more than once: teasers, captions or offers.

    Three exceptions: a copy that ends like a sentence while the others do not is a paragraph
    quoted by captions; the start of the article may repeat the standfirst; and when much of the
    page is duplicated, the article itself appears twice.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, unit in enumerate(page.units):
        if MIN_DUPLICATE_WORDS <= unit.n_words <= MAX_DUPLICATE_WORDS:
            places[" ".join(words(unit.text))].append(index)
    copies = [found for found in places.values() if len(found) > 1]
    near = [found for found in copies if found[-1] - found[0] <= 2 * len(found)]
    far = [found for found in copies if found not in near]
    for group, share in ((near, MAX_NEAR_SHARE), (far, MAX_FAR_SHARE)):
        if _n_prose(page, chain.from_iterable(group)) <= share * _n_prose(page):
            for found in group:
                _settle_copies(page, found, start)


def _n_prose(page: Page, indices: Iterable[int] | None = None) -> int:
    """Number of paragraphs among the given units (default: all)."""
    wanted = range(len(page.units)) if indices is None else indices
    return sum(page.is_paragraph(index) for index in wanted)


def _settle_copies(page: Page, found: Sequence[int], start: int) -> None:
    sentences = [index for index in found if page.units[index].ends_like_sentence]
    kept = sentences[:1] if len(sentences) < len(found) or found[0] <= start + 1 else []
    for index in found:
        if index not in kept and not page.verdicts[index] and index > start:
            page.settle(index, Label.RELATED_LINK, "stands on the page more than once")


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
    """Label the lines above an embedded post's signature that belong to the post.

    The line right above always belongs; above it, lines that are not sentences or that open with
    a sign.
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


def signs(page: Page, index: int) -> bool:
    """Whether a line of names is right next to a byline or a dated line."""
    if not bylines.signature(page.units[index].text.strip()):
        return False
    return any(
        0 <= near < len(page.units)
        and (
            page.label_of(near) is Label.BYLINE
            or (page.label_of(near) is Label.TIMESTAMP and bylines.dated(page.units[near].text))
        )
        for near in (index - 1, index + 1)
    )


def label_author(page: Page, top: int, end: int) -> None:
    """Label paragraphs that open with the author's name and describe the author's job."""
    names = {
        name.strip()
        for index in range(top, end)
        if page.label_of(index) is Label.BYLINE
        for name in _JOINED.split(bylines.names_only(page.units[index].text.strip()))
        if bylines.bare_name(name)
    }
    for index in range(top, len(page.units)):
        said = page.units[index].text.strip()
        if page.verdicts[index] or not any(said.startswith(name) for name in names):
            continue
        if bylines.portrait(said):
            page.settle(index, Label.TAIL, "speaks of the writer")


def _bullets_below(page: Page, heading: int, end: int) -> list[int]:
    """Bullets below a summary heading.

    With glyphs, the list lasts as long as the glyphs do; without, as long as shape, gaps and
    endings agree.
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


def _heads_shape(page: Page, index: int) -> bool:
    """Whether a line could head a list: short, not a sentence and not a known phrase."""
    unit = page.units[index]
    titled = not unit.ends_like_sentence and page.free(index) and not unit.glyph
    return titled and unit.n_words <= MAX_BUTTON_WORDS


def _repeating(page: Page, heading: int, end: int) -> list[int]:
    """Bullets below a heading of any wording, if they repeat what the paragraphs say."""
    bullets: list[int] = []
    for index in range(heading + 1, min(heading + 2 + MAX_REPEATING_BULLETS, end)):
        unit = page.units[index]
        if not unit.glyph or page.verdicts[index]:
            break
        whole = MIN_BULLET_WORDS < unit.n_words <= MAX_BULLET_WORDS and unit.ends_like_sentence
        if not whole or ((found := page.cues[index]) and not found.weak):
            return []
        bullets.append(index)
    if not MIN_BULLETS_WITHOUT_HEADING <= len(bullets) <= MAX_REPEATING_BULLETS:
        return []
    return bullets if _is_repeated(page, bullets, end) else []


def _is_summary(page: Page, bullets: Sequence[int], end: int) -> bool:
    """Whether lines below a possible subhead are a summary.

    They are when they have glyphs, or when the article continues below and repeats their content.
    """
    goes_on = any(page.is_paragraph(index) for index in range(bullets[-1] + 1, end))
    return bool(page.units[bullets[0]].glyph) or (goes_on and _is_repeated(page, bullets, end))


def _is_repeated(page: Page, bullets: Sequence[int], end: int) -> bool:
    """Whether the other paragraphs repeat most of the bullets' content."""
    paragraphs = [i for i in range(end) if page.is_paragraph(i) and i not in bullets]
    said, listed = _content(page, paragraphs), _content(page, bullets)
    return len(listed & said) >= MIN_REPEATED * len(listed)


def _content(page: Page, indices: Sequence[int]) -> set[str]:
    """Stems of the units' content words."""
    said = (word for index in indices for word in strings.words(page.units[index].text))
    return set(strings.stems(word for word in said if word not in english().stopwords))


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
    """Whether summary lines without glyphs may have run on into the article."""
    one, unit = page.units[first], page.units[index]
    return not one.glyph and one.ends_like_sentence and unit.gap == one.gap


def _label_bullets_without_heading(page: Page, top: int, end: int) -> None:
    """Label bulleted sentences between headline and first paragraph as a summary."""
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
