"""One story from all its articles' bullets: no fact twice, and both sides of a disagreement.

Two bullets speak of one fact when they have at least half of the shorter one's content words in
common. The one that more articles confirm speaks for them; where their numbers differ in one
unit, each value is printed with its source. Left out: whether a bullet is true (`support.py`),
and facts told in other words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from brief.briefing.briefing_types import Report, StoryBullet
from brief.briefing.stories.quantities import Quantity, content, disagree, quantities
from brief.datatypes import Bullet, fields_of
from brief.text import strings
from brief.text.lexicon import english

MIN_COMMON = 0.5
"""Part of the content words that makes two bullets speak of one fact."""

MIN_REPEATED = 3
"""Content words in common without which nothing counts as repeated: `And she's running.` has
one word, and any bullet may have it."""

MAX_REPORTS = 40
"""Of the most central articles: a fortieth outlet adds no fact, and every bullet is held
against every other."""


@dataclass(frozen=True)
class Claim:
    """What one bullet says, in a form that can be compared.

    Attributes:
        text: The bullet's.
    """

    text: str

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems of its content words, without numbers."""
        return content(self.text)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Its numbers that have a unit."""
        return quantities(self.text)

    def on_one_fact(self, other: "Claim") -> bool:
        """Whether the two have at least half their content words in common."""
        if not self.words or not other.words:
            return self.text == other.text
        shorter = min(len(self.words), len(other.words))
        return len(self.words & other.words) >= MIN_COMMON * shorter

    def disagrees(self, other: "Claim") -> bool:
        """Whether the two give other numbers for one fact."""
        return self.on_one_fact(other) and disagree(self.quantities, other.quantities)

    def repeats(self, other: "Claim") -> bool:
        """Whether the two say the same; one or two words in common are no proof of it."""
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
    reports: Sequence[Report], shown: Sequence[str], *, n_bullets: int
) -> tuple[StoryBullet, ...]:
    """The bullets of a story.

    Args:
        reports: Its articles, the most central first.
        shown: Texts that readers have seen in earlier editions.
        n_bullets: How many at most. The other side of a disagreement comes on top.

    Returns:
        Bullets in the order of the articles, a disagreement's sides together. None when
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
    # The best confirmed first; then every article's first bullet before any second.
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
    """The bullets, those that disagree with each other as one unit.

    A unit stands where its first bullet stood; every bullet is in exactly one. Where an article
    has several bullets that disagree with the same other article, each goes with the one that it
    has most words in common with.

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
