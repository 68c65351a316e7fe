"""Group articles on the same event into stories, also with stories of earlier mornings.

Near-copies start in one cluster (`near_duplicates.py`), articles on one event are clustered
(`clustering.py`), and each story's bullets are merged (`merge_bullets.py`). See `edition.py` for
which stories an edition has room for, and in what order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from brief.briefing.briefing_types import Story, SummarizedArticle
from brief.briefing.ledger.story_history import EarlierArticle, EarlierStory
from brief.briefing.stories import clustering, merge_bullets, near_duplicates

WINDOW = timedelta(days=3)
"""Maximum time between articles on one event: a weekend may lie between them."""

MAX_ARTICLES_KEPT, MAX_BULLETS_KEPT = 12, 100
"""How much is kept of one story for later mornings; of a long-running one, the newest."""


@dataclass(frozen=True, slots=True)
class Group:
    """The reports on one event.

    Attributes:
        story: Id of the story: the earlier story's, else that of the first published report.
        ids: Ids of its reports, the most central first.
        near_copies: SummarizedArticle id -> id of the report that it copies, of this edition or earlier.
        since: Date of the last edition with this story; None for a new one.
    """

    story: str
    ids: tuple[str, ...]
    near_copies: tuple[tuple[str, str], ...] = ()
    since: date | None = None


def group(
    reports: Sequence[SummarizedArticle], earlier: Sequence[EarlierStory] = ()
) -> tuple[Group, ...]:
    """Group reports on the same event, and match groups with stories of earlier editions.

    Two stories of earlier editions are never merged: readers know them as separate stories.

    Args:
        reports: New articles, with unique ids; their order makes no difference.
        earlier: Stories of earlier editions. Those whose last article is older than `WINDOW`
            before the first report are ignored.

    Returns:
        Groups by the time of their first report; every report is in exactly one.
    """
    new = sorted(reports, key=lambda report: (report.published, report.id))
    if not new:
        return ()
    running = sorted(
        (
            story
            for story in earlier
            if story.articles and new[0].published - story.last_published <= WINDOW
        ),
        key=lambda story: story.id,
    )
    owned = [(story, article) for story in running for article in story.articles]
    articles: list[EarlierArticle | SummarizedArticle] = [*(article for _, article in owned), *new]
    n_known = len(owned)

    copies = near_duplicates.originals(
        [
            *(article.sketch for _, article in owned),
            *near_duplicates.sketches(report.body for report in new),
        ],
        [article.published for article in articles],
        WINDOW,
    )
    # Initial cluster of each article, as the index of the cluster's first article: that of its
    # story, of the article that it copies, or itself.
    place = {story.id: n for n, (story, _) in reversed(list(enumerate(owned)))}
    known = {article.id: place[story.id] for story, article in owned}
    begins = [place[story.id] for story, _ in owned]
    for number, report in enumerate(new, n_known):
        original = copies[number]
        begins.append(
            known[report.id]
            if report.id in known
            else number
            if original is None
            else begins[original]
        )

    # All articles of an earlier story count as published with its newest article.
    times = [story.last_published for story, _ in owned] + [report.published for report in new]
    seconds = [int(time.timestamp()) for time in times]
    # Clusters are numbered by time, so that neighbors in time share a list.
    numbered = sorted(set(begins), key=lambda n: (seconds[n], articles[n].id, n))
    number_of = {begin: number for number, begin in enumerate(numbered)}
    vectors = clustering.vectors([(article.headline, article.lead) for article in articles])
    label = clustering.cluster(
        vectors,
        [number_of[begin] for begin in begins],
        np.array(seconds, np.int64),
        np.array([begin < n_known for begin in numbered]),
        window=int(WINDOW.total_seconds()),
        min_cosine=clustering.threshold(len(articles)),
    )

    members: dict[int, list[int]] = {}
    for number in range(n_known, len(articles)):
        members.setdefault(int(label[number]), []).append(number)
    story_of = {int(label[number]): story for number, (story, _) in enumerate(owned)}
    found = []
    for cluster, numbers in members.items():
        story = story_of.get(cluster)
        central = clustering.centrality(vectors[numbers]) if len(numbers) > 1 else [0.0]
        # An original goes before its copies, which are as central.
        order = sorted(
            range(len(numbers)),
            key=lambda n: (copies[numbers[n]] is not None, -central[n], n),
        )
        found.append(
            Group(
                story.id if story else articles[numbers[0]].id,
                tuple(articles[numbers[n]].id for n in order),
                tuple(
                    (articles[number].id, articles[original].id)
                    for number in numbers
                    if (original := copies[number]) is not None
                ),
                story.last_date if story else None,
            )
        )
    return tuple(found)


def tell(
    group: Group,
    reports: Sequence[SummarizedArticle],
    earlier: EarlierStory | None = None,
    *,
    n_bullets: int,
) -> Story:
    """Make the story of one group.

    Args:
        group: One of those that `group` returned.
        reports: At least the reports of the group; others are ignored.
        earlier: The story as earlier editions showed it, when `group.since` has a date.
        n_bullets: Maximum number of bullets; the other sides of a disagreement are added on top.

    Returns:
        The story. It has no bullets when earlier editions have shown all that its articles say.
    """
    by_id = {report.id: report for report in reports}
    copied = dict(group.near_copies)
    own = tuple(replace(by_id[one], copy_of=copied.get(one)) for one in group.ids)
    shown = earlier.bullets if earlier else ()
    return Story(
        id=group.story,
        headline=own[0].headline,
        since=group.since,
        bullets=merge_bullets.choose(own, shown, n_bullets=n_bullets),
        reports=own,
    )


def remember(story: Story, on: date, earlier: EarlierStory | None = None) -> EarlierStory:
    """Reduce a story that an edition has shown to what later mornings need.

    Args:
        story: The story as placed, with the bullets that were shown.
        on: Date of the edition.
        earlier: The story as known before this edition.

    Returns:
        The story that replaces `earlier`.
    """
    sketches = near_duplicates.sketches(report.body for report in story.reports)
    known = {article.id: article for article in (earlier.articles if earlier else ())}
    for report, sketch in zip(story.reports, sketches, strict=True):
        known[report.id] = EarlierArticle(
            report.id,
            report.headline,
            clustering.opening(report.lead),
            report.published,
            sketch,
        )
    newest = sorted(known.values(), key=lambda article: (article.published, article.id))
    shown = [*(earlier.bullets if earlier else ()), *(one.text for one in story.bullets)]
    return EarlierStory(
        story.id, on, tuple(newest[-MAX_ARTICLES_KEPT:]), tuple(shown[-MAX_BULLETS_KEPT:])
    )
