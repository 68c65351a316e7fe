"""Merge the bullets of a story's articles: drop repeated facts, keep both sides of disagreements.

Two bullets state the same fact when they share at least half of the shorter one's content words;
facts in other words are not recognized. The bullet that more articles confirm is kept; where their
numbers differ in one unit, each value is printed with its source. See `guard/support.py` for
whether a bullet is true to its article.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from brief.briefing.briefing_types import StoryBullet, SummarizedArticle
from brief.briefing.stories.quantities import Quantity, content, disagree, quantities
from brief.datatypes import Bullet, fields_of
from brief.text import strings
from brief.text.lexicon import english

MIN_COMMON = 0.5
"""Share of common content words from which two bullets state the same fact."""

MIN_REPEATED = 3
"""Minimum of common content words for a repetition: `And she's running.` has only one content
word, which any bullet may contain."""

MAX_REPORTS = 40
"""Only the most central articles are read: a fortieth outlet adds no fact, and every bullet is
compared with every other."""


@dataclass(frozen=True)
class Claim:
    """A bullet's content, in a form that can be compared.

    Attributes:
        text: Text of the bullet.
    """

    text: str

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems of its content words, without numbers."""
        return content(self.text)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Its numbers with their units."""
        return quantities(self.text)

    def on_one_fact(self, other: "Claim") -> bool:
        """Whether the two share at least half of the shorter one's content words."""
        if not self.words or not other.words:
            return self.text == other.text
        shorter = min(len(self.words), len(other.words))
        return len(self.words & other.words) >= MIN_COMMON * shorter

    def disagrees(self, other: "Claim") -> bool:
        """Whether the two give different numbers for the same fact."""
        return self.on_one_fact(other) and disagree(self.quantities, other.quantities)

    def repeats(self, other: "Claim") -> bool:
        """Whether the two say the same; one or two common words are not enough."""
        shared = len(self.words & other.words)
        enough = shared >= min(MIN_REPEATED, max(len(self.words), len(other.words)))
        return enough and self.on_one_fact(other) and not self.disagrees(other)


@dataclass(frozen=True)
class _Candidate:
    bullet: Bullet
    report: str
    place: tuple[int, int]  # of its article among the articles, and its own in the article
    claim: Claim


def choose(
    reports: Sequence[SummarizedArticle], shown: Sequence[str], *, n_bullets: int
) -> tuple[StoryBullet, ...]:
    """Choose the bullets of a story.

    Args:
        reports: Its articles, the most central first.
        shown: Bullet texts that earlier editions have shown.
        n_bullets: Maximum number; the other sides of a disagreement are added on top.

    Returns:
        Bullets in the order of the articles, a disagreement's sides together; empty when
        everything has been shown.
    """
    candidates = [
        _Candidate(bullet, report.id, (rank, index), Claim(bullet.text))
        for rank, report in enumerate(reports[:MAX_REPORTS])
        for index, bullet in enumerate(report.bullets)
    ]
    told = [Claim(one) for one in shown]
    confirmed = {
        one.place: len({other.report for other in candidates if one.claim.repeats(other.claim)})
        for one in candidates
    }
    # Most confirmed first; then every article's first bullet before any second.
    ranked = sorted(candidates, key=lambda c: (-confirmed[c.place], c.place[1], c.place[0]))
    picked: list[_Candidate] = []
    sides: list[list[_Candidate]] = []
    for one in ranked:
        if len(sides) == n_bullets:
            break
        if any(one.claim.repeats(known) for known in (*told, *(other.claim for other in picked))):
            continue
        side = [one]
        for other in ranked:
            if (
                other.report != one.report
                and other.claim.disagrees(one.claim)
                and not any(other.claim.repeats(known.claim) for known in (*picked, *side))
            ):
                side.append(other)
        picked += side
        sides.append(side)
    sides.sort(key=lambda side: side[0].place)
    return tuple(
        StoryBullet(
            **fields_of(one.bullet, Bullet),
            article=one.report,
            disagrees=tuple(
                sorted(
                    {
                        other.report
                        for other in picked
                        if other.report != one.report and other.claim.disagrees(one.claim)
                    }
                )
            ),
        )
        for side in sides
        for one in side
    )


def disagreement_units(bullets: Sequence[StoryBullet]) -> tuple[tuple[StoryBullet, ...], ...]:
    """Group bullets that disagree with each other into units.

    A unit takes the place of its first bullet; every bullet is in exactly one. Where an article
    has several bullets that disagree with the same other article, each is grouped with the one
    that shares most words with it.

    Returns:
        Units in reading order: one bullet, or the two or more that disagree.
    """
    home = list(range(len(bullets)))
    for place, bullet in enumerate(bullets):
        for article in bullet.disagrees:
            facing = [
                other
                for other, answer in enumerate(bullets)
                if answer.article == article and bullet.article in answer.disagrees
            ]
            if facing:
                shared = {other: _n_shared(bullet, bullets[other]) for other in facing}
                nearest = max(facing, key=lambda other: (shared[other], -other))
                first, second = sorted((home[place], home[nearest]))
                home = [first if one == second else one for one in home]
    return tuple(
        tuple(bullet for place, bullet in enumerate(bullets) if home[place] == first)
        for first in sorted(set(home))
    )


def _n_shared(one: StoryBullet, other: StoryBullet) -> int:
    return len(_content(one) & _content(other))


def _content(bullet: StoryBullet) -> set[str]:
    return set(strings.words(bullet.text)) - english().stopwords
