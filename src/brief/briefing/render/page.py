"""Turn an edition into the texts that readers see (`View`), the same in every format.

Decides which remarks are shown, how numbers that disagree are shown, and how counts are worded.
Every text is on one line and free of control characters for terminals and reading direction. See
`plain_text.py`, `render_html.py` and its templates for markup and escaping.

Tested in `tests/briefing/render/test_render_html.py`.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from brief.briefing import date_words
from brief.briefing.briefing_types import (
    Edition,
    SkippedInput,
    Story,
    StoryBullet,
    SummarizedArticle,
)
from brief.briefing.render.page_types import (
    Left,
    ShownArticle,
    ShownBullet,
    ShownOmission,
    ShownSection,
    ShownStory,
    View,
)
from brief.briefing.stories.merge_bullets import disagreement_units
from brief.briefing.urls import safe_link
from brief.datatypes import Code
from brief.output.block import printable

MAX_HEADLINE_CHARS = 240
"""A longer text is not a headline, and would push the news off the page."""
MAX_LISTED = 40
"""Maximum number of omissions of one kind that a page lists; the JSON file has all of them."""

DISAGREE = "Sources disagree"
OWN_WORDS = "in its own words"
OPENING = "its opening words"

_QUIET = frozenset({Code.FEWER_BULLETS, Code.DUPLICATE_ID})
"""Codes of remarks on an article that are not shown: they are of no use to a reader."""
_CODES = {
    "backlog": "left in the backlog of a source read for the first time",
    "budget": "not placed, because the page was full",
    "empty": "without a sentence to report",
    "future": "dated in the future",
    "muted": "muted",
    "old": "too old for this edition",
    "repeated": "repeated",
    "source_failed": "unreachable source",
    "unchanged": "with nothing new since an earlier edition",
    "unreachable": "that could not be reached",
    "unreadable": "unreadable",
}
"""SkippedInput code -> its wording after a number."""


def to_view(edition: Edition) -> View:
    """The edition as all formats print it."""
    sections = tuple(
        ShownSection(
            f"section-{number}",
            printable(heading),
            tuple(_story(story, edition.date) for story in group),
        )
        for number, (heading, group) in enumerate(
            groupby(edition.stories, key=lambda story: story.section), 1
        )
    )
    by_code: dict[str, list[SkippedInput]] = {}
    for omission in edition.omissions:
        by_code.setdefault(omission.code, []).append(omission)
    full = by_code.pop("budget", [])
    # Each failed source has a line of its own instead.
    by_code.pop("source_failed", None)
    return View(
        date=edition.date,
        title=printable(edition.title),
        day=date_words.long(edition.date),
        extent=_extent(edition),
        sections=sections,
        more=_left("budget", full) if full else None,
        left=tuple(_left(code, by_code[code]) for code in sorted(by_code)),
        account=tuple(_account(edition)),
        failures=tuple(
            printable(f"{failed.source}: {failed.reason}{_mornings(failed.mornings)}")
            for failed in edition.colophon.sources_failed
        ),
        legend=tuple(_legend(sections)),
    )


def count(n: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    Example:
        >>> count(1, "story", "stories"), count(1200, "source")
        ('1 story', '1,200 sources')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def shown_headline(headline: str) -> str:
    """A headline on one line; one that is too long is cut after a word."""
    line = printable(headline) or "(no headline)"
    if len(line) <= MAX_HEADLINE_CHARS:
        return line
    return line[:MAX_HEADLINE_CHARS].rsplit(" ", 1)[0] + " …"


def n_articles(edition: Edition) -> int:
    """Number of articles in stories."""
    return sum(len(story.reports) for story in edition.stories)


def _story(story: Story, today: date) -> ShownStory:
    articles = {
        report.id: _article(story, report, number, today)
        for number, report in enumerate(story.reports, 1)
    }
    by_lead = {report.id for report in story.reports if _is_opening(report)}
    units = disagreement_units(story.bullets)
    return ShownStory(
        anchor=f"s-{printable(story.id)}",
        headline=shown_headline(story.headline),
        url=story.reports[0].url,
        reasons=tuple(printable(reason) for reason in story.reasons),
        since=story.since,
        units=tuple(
            tuple(_bullet(bullet, unit, articles, by_lead) for bullet in unit) for unit in units
        ),
        articles=tuple(articles.values()),
    )


def _article(story: Story, report: SummarizedArticle, number: int, today: date) -> ShownArticle:
    day = report.published.date()
    about = [] if day >= today else [date_words.short(day)]
    if report.copy_of is not None:
        origin = {one.id: one.source for one in story.reports}.get(report.copy_of)
        about.append(f"same text as {origin}" if origin else "a text printed before")
    if report.picture_credit is not None:
        about.append(f"Picture: {report.picture_credit}")
    notes = ["not summarized: the deadline was near"] if report.by_lead else []
    notes += [
        f"{remark.code.label}: {remark.text}"
        for remark in report.remarks
        if remark.code not in _QUIET
    ]
    return ShownArticle(
        number=number,
        anchor=f"a-{printable(story.id)}-{number}",
        headline=shown_headline(report.headline),
        source=printable(report.source),
        url=report.url,
        about=tuple(printable(one) for one in about),
        notes=tuple(printable(note) for note in notes),
    )


def _is_opening(report: SummarizedArticle) -> bool:
    """Whether its bullets are lead sentences, for lack of time or of a model for its language."""
    return report.by_lead or any(remark.code is Code.LANGUAGE for remark in report.remarks)


def _bullet(
    bullet: StoryBullet,
    unit: Sequence[StoryBullet],
    articles: dict[str, ShownArticle],
    by_lead: set[str],
) -> ShownBullet:
    remarks = bullet.remarks
    origin = ""
    if bullet.article in by_lead:
        origin = OPENING
    elif any(remark.code is Code.REPLACED for remark in remarks):
        origin = OWN_WORDS
    beside = {other.article for other in unit}
    support = bullet.support
    return ShownBullet(
        text=printable(bullet.text),
        article=articles.get(bullet.article),
        origin=origin,
        others=tuple(
            articles[other]
            for other in bullet.disagrees
            if other not in beside and other in articles
        ),
        sentences=tuple(printable(source.text) for source in bullet.sources),
        remarks=tuple(printable(str(remark)) for remark in remarks),
        support="none" if support is None else f"{support:.2f}",
    )


def _left(code: str, omissions: Sequence[SkippedInput]) -> Left:
    """The list of omissions of one kind; the articles of one story share a line."""
    stories: dict[str, list[SkippedInput]] = {}
    for number, one in enumerate(omissions):
        stories.setdefault(f"story {one.story}" if one.story else f"{number}", []).append(one)
    return Left(
        said=printable(_CODES.get(code, code.replace("_", " "))),
        n=len(omissions),
        listed=tuple(_omission(same) for same in list(stories.values())[:MAX_LISTED]),
        n_more=max(len(stories) - MAX_LISTED, 0),
    )


def _omission(same: Sequence[SkippedInput]) -> ShownOmission:
    first = same[0]
    return ShownOmission(
        name=shown_headline(first.headline or first.id),
        source=printable(", ".join(dict.fromkeys(one.source for one in same))),
        url=first.url or safe_link(first.id),
        reason=printable(first.reason),
    )


def _extent(edition: Edition) -> tuple[str, ...]:
    if not edition.stories:
        return ("no news",)
    sources = {report.source for story in edition.stories for report in story.reports}
    return (
        count(len(edition.stories), "story", "stories"),
        f"{count(n_articles(edition), 'article')} from {count(len(sources), 'source')}",
        f"{count(edition.minutes, 'minute')} to read",
    )


def _account(edition: Edition) -> Iterator[str]:
    colophon = edition.colophon
    n_sources = len(colophon.sources_reached) + len(colophon.sources_failed)
    names = ", ".join(printable(name) for name in colophon.sources_reached)
    reached = f"{len(colophon.sources_reached):,} of {count(n_sources, 'source')} reached"
    yield f"{reached}: {names}." if names else f"{reached}."
    n_full = colophon.n_by_code.get("budget", 0)
    yield (
        f"{count(colophon.n_in, 'article')} came in; {colophon.n_placed:,} of them"
        f" {'stands' if colophon.n_placed == 1 else 'stand'} in a story above"
        + (f", {n_full:,} found no room." if n_full else ".")
    )
    if colophon.n_by_lead:
        yield (
            f"{count(colophon.n_by_lead, 'article')} could not be summarized before the deadline"
            f" and gave {'its' if colophon.n_by_lead == 1 else 'their'} opening words."
        )
    yield printable(
        f"Bullets by {colophon.model}, a local model, with brief {colophon.version};"
        f" signature {colophon.signature}."
    )


def _mornings(n: int) -> str:
    return f" ({n} mornings in a row)" if n > 1 else ""


def _legend(sections: Sequence[ShownSection]) -> Iterator[str]:
    """The meaning of the marks that occur on the page."""
    shown = [
        bullet
        for section in sections
        for story in section.stories
        for unit in story.units
        for bullet in unit
    ]
    origins = {bullet.origin for bullet in shown}
    if OWN_WORDS in origins:
        yield (
            f"“{OWN_WORDS}”: a sentence of the article, because what the model made of it was"
            " not borne out."
        )
    if OPENING in origins:
        yield f"“{OPENING}”: the article begins like this; no model has read it."
