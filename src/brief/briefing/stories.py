"""Articles -> stories: the same event once, told from all its articles.

Left out: which stories an edition has room for, and in what order (`edition.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from brief.briefing.earlier import EarlierArticle, EarlierStory
from brief.briefing.nouns import Report, Story, StoryBullet


@dataclass(frozen=True, slots=True)
class Group:
    """Reports of one event.

    Attributes:
        story: Id of the story: the earlier story's, else of the first published report.
        ids: Of its reports, the most central first.
        near_copies: Report id -> id of the report that it copies, of this edition or earlier.
        since: Date of the edition that had the story last; None for a new one.
    """

    story: str
    ids: tuple[str, ...]
    near_copies: tuple[tuple[str, str], ...] = ()
    since: date | None = None


def group(reports: Sequence[Report], earlier: Sequence[EarlierStory] = ()) -> tuple[Group, ...]:
    """Which reports tell of the same event, and which of an event that was told before.

    Args:
        reports: New articles, ids unique; their order makes no difference.
        earlier: Stories of earlier editions. Those of more than a few days ago are passed over.

    Returns:
        Groups by the time of their first report; every report stands in exactly one.
    """
    ordered = sorted(reports, key=lambda report: (report.published, report.id))
    return tuple(Group(report.id, (report.id,)) for report in ordered)


def tell(
    group: Group,
    reports: Sequence[Report],
    earlier: EarlierStory | None = None,
    *,
    n_bullets: int,
) -> Story:
    """The story of one group.

    Args:
        group: One of those that `group` returned.
        reports: At least the group's; others are passed over.
        earlier: The story as it was told before, when `group.since` has a date.
        n_bullets: How many bullets at most. The other side of a disagreement comes on top.

    Returns:
        The story. It has no bullets when all that its articles say has been told before.
    """
    by_id = {report.id: report for report in reports}
    own = tuple(by_id[one] for one in group.ids)
    bullets = [StoryBullet(bullet, report.id) for report in own for bullet in report.bullets]
    return Story(
        group.story,
        own[0].headline,
        own,
        tuple(bullets[:n_bullets]),
        group.since,
        group.near_copies,
    )


def remember(story: Story, on: date, earlier: EarlierStory | None = None) -> EarlierStory:
    """What the next mornings must know of a story that an edition has shown.

    Args:
        story: As it was placed, with the bullets that were shown.
        on: Date of the edition.
        earlier: The story as it was known before this edition.

    Returns:
        The story to keep in place of `earlier`.
    """
    articles = [
        *(earlier.articles if earlier else ()),
        *(EarlierArticle(r.id, r.headline, r.lead, r.published) for r in story.reports),
    ]
    shown = [*(earlier.bullets if earlier else ()), *(b.bullet.text for b in story.bullets)]
    return EarlierStory(story.id, on, tuple(articles), tuple(shown))
