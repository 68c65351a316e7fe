"""Rank stories: score, reasons for the reader, section, topics, muted words.

The score needs no model: it adds the number of independent sources (those that do not copy each
other), by weight, the story's newness and the reader's topics. Its constants are chosen, not
fitted: there are no published rankings to fit them on. See `edition.py` for the page's budget.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date as Date  # noqa: N812 - `date` is the argument
from datetime import datetime, timedelta

from brief.briefing import date_words
from brief.briefing.briefing_types import Story
from brief.text import strings

HALF_LIFE = timedelta(hours=12)
"""Half-life of a story's newness, so that last night's news still counts."""
TOPIC_WORTH = (0.0, 0.5, 0.75)
"""Score by number of matched topics: the first adds about as much as going from two sources to
three, so that no topic lifts a minor story above the morning's main one."""


def score(
    story: Story, matched: Iterable[str], weights: Mapping[str, float], now: datetime
) -> float:
    """The score that a story is ranked by.

    log2(1 + weights of its independent sources) + 2 ^ -(age / `HALF_LIFE`) + topics. One
    source of weight 1 is worth 1, three are worth 2, seven 3.

    Args:
        story: With at least one report.
        matched: The reader's topics that it is about.
        weights: Source -> weight; 1 for a source that is not named.
        now: The time that age is measured from.

    Returns:
        At least 0, rounded to four places so that it reads the same on every machine.
    """
    weight = sum(weights.get(source, 1.0) for source in independent_sources(story))
    topics = TOPIC_WORTH[min(len(list(matched)), len(TOPIC_WORTH) - 1)]
    newness = math.exp2(-(_age(story, now) / HALF_LIFE))
    return round(math.log2(1 + max(weight, 0.0)) + newness + topics, 4)


def reasons(
    story: Story,
    matched: Iterable[str],
    weights: Mapping[str, float],
    date: Date,
) -> tuple[str, ...]:
    """Why the story is in the edition of `date`, for its reader; at least two reasons."""
    n_sources, n_independent = len(_sources(story)), len(independent_sources(story))
    said = f"{n_sources} source{'s' if n_sources > 1 else ''}"
    if n_independent < n_sources:
        said += f", {n_independent} independent"
    favored = [source for source in _sources(story) if weights.get(source, 1.0) > 1]
    return (
        said,
        *(f"a source you favor: {source}" for source in favored),
        *(f"topic: {topic}" for topic in matched),
        f"published {date_words.on(newest(story).date(), date)}",
        *([f"since {date_words.since(story.since, date)}"] if story.since else []),
    )


def independent_sources(story: Story) -> tuple[str, ...]:
    """Sources with an original article, in the order of the reports; at least one.

    A source whose articles all copy others, such as an agency's text, is not independent.
    """
    own = [report.source for report in story.reports if report.copy_of is None]
    return tuple(dict.fromkeys(own or [story.reports[0].source]))


def section(story: Story, sections: Mapping[str, str], default: str) -> str:
    """The heading of most of its articles; of a tie, the most central article's."""
    headings = [sections.get(report.source, default) for report in story.reports]
    return Counter(headings).most_common(1)[0][0]


def topics_of(story: Story, topics: Iterable[str]) -> tuple[str, ...]:
    """The topics that occur in its headlines, leads or bullets, in the order given."""
    spoken = [story.headline]
    for report in story.reports:
        spoken += [report.headline, report.lead]
    return _named(topics, [*spoken, *(bullet.text for bullet in story.bullets)])


def muted_by(story: Story, muted: Iterable[str]) -> str | None:
    """The first muted word or phrase in its headlines or bullets; None if there is none."""
    spoken = [story.headline, *(report.headline for report in story.reports)]
    named = _named(muted, [*spoken, *(bullet.text for bullet in story.bullets)])
    return named[0] if named else None


def newest(story: Story) -> datetime:
    """When its newest article was published, in the time zone of the report."""
    return max(report.published for report in story.reports)


def _named(phrases: Iterable[str], spoken: Iterable[str]) -> tuple[str, ...]:
    """The phrases whose stemmed words occur side by side in one of the texts."""
    wanted = {phrase: _stemmed(phrase) for phrase in phrases}
    told = [_stemmed(one) for one in spoken] if wanted else []
    return tuple(
        phrase
        for phrase, stems in wanted.items()
        if stems.strip() and any(stems in one for one in told)
    )


def _stemmed(phrase: str) -> str:
    # Spaces at both ends, so that only whole words match.
    return f" {' '.join(strings.stems(strings.words(phrase)))} "


def _sources(story: Story) -> tuple[str, ...]:
    return tuple(dict.fromkeys(report.source for report in story.reports))


def _age(story: Story, now: datetime) -> timedelta:
    return max(now - newest(story), timedelta(0))
