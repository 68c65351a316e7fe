"""Bullets that give different numbers for one thing, brought together for the page.

`grouping.py` says which bullets disagree; here they become units that are shown, or left out,
together. Left out: how a disagreement is found.
"""

from collections.abc import Sequence

from brief.briefing.briefing_types import StoryBullet
from brief.text import strings


def units(bullets: Sequence[StoryBullet]) -> tuple[tuple[StoryBullet, ...], ...]:
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
    return set(strings.words(bullet.bullet.text)) - strings.STOPWORDS
