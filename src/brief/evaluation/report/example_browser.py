"""Prepare examples for the report page's example browser.

The articles that systems disagree on most come first, because averages hide them. Claims of a
bullet that its article does not support are found here, for every system alike, with the checks of
`brief.support`; they are not judgments of truth. See `html_report.py` for the HTML.

Tested in `tests/evaluation/report/test_html_report.py`.
"""

import heapq
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from brief.evaluation.report.results import QUALITY, Json, Results
from brief.guard import support
from brief.text import strings

T = TypeVar("T")

MAX_EXAMPLES = 200
"""About 2 MB of page with five systems, which a phone's browser still opens at once."""

_NO_ROW = "examples.jsonl has no row of this system for this article"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bullet; `kind` is the kind of unsupported claim, empty for supported text."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class BrowsedBullet:
    """One bullet of a system.

    Attributes:
        pieces: Joined, they are the bullet.
        sources: The sentences that it reports, according to the system; may be empty.
        remarks: The system's own remarks, each with `code` and `text`.
        unplaced: Unsupported claims that could not be located in the bullet's text.
    """

    pieces: tuple[Piece, ...]
    sources: tuple[str, ...]
    remarks: tuple[Json, ...]
    unplaced: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class BrowsedOutput:
    """The output of one system for one article.

    Attributes:
        system: The system.
        score: `QUALITY`, 0 to 1; None when it cannot be computed, and then `unscored` says why.
        error: Why there are no bullets; empty when there are bullets.
        bullets: The bullets in order.
    """

    system: str
    score: float | None
    unscored: str
    error: str
    bullets: tuple[BrowsedBullet, ...]

    @property
    def n_doubts(self) -> int:
        """Number of unsupported claims in its bullets."""
        return sum(
            sum(bool(piece.kind) for piece in (*bullet.pieces, *bullet.unplaced))
            for bullet in self.bullets
        )


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference bullet.

    Attributes:
        text: The unchanged text.
        reported_by: For each system, the number (from 1) of the bullet that reports it; None if
            no bullet does.
    """

    text: str
    reported_by: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class BrowsedExample:
    """One article with the outputs of all systems.

    Attributes:
        id, headline: The article's own; the headline is empty when it has none.
        body: Its paragraphs.
        slices: Its properties.
        references: Its reference bullets.
        outputs: One per system, in the order of the leaderboard.
        disagreement: Largest difference of `QUALITY` between systems that can be run, 0 to 1;
            None for fewer than two scores.
        place: Its index in the data, from 0.
    """

    id: str
    headline: str
    body: tuple[str, ...]
    slices: Mapping[str, str]
    references: tuple[Reference, ...]
    outputs: tuple[BrowsedOutput, ...]
    disagreement: float | None
    place: int


def quality_by_example(results: Results) -> Mapping[str, Mapping[str, float | None]]:
    """`QUALITY` of every example by system name, then example id."""
    found: dict[str, dict[str, float | None]] = {name: {} for name in results.systems}
    for row in results.examples():
        if row["system"] in found:
            found[row["system"]][row["id"]] = row["scores"].get(QUALITY)
    return found


def pick_examples(
    results: Results,
    quality: Mapping[str, Mapping[str, float | None]],
    *,
    max_examples: int = MAX_EXAMPLES,
) -> tuple[BrowsedExample, ...]:
    """Pick the examples that the page shows, the biggest disagreement first.

    Args:
        results: The run.
        quality: The result of `quality_by_example`.
        max_examples: Most examples.
    """
    wanted = _most_disputed(results, quality, max_examples)
    rows: dict[str, dict[str, Json]] = {example_id: {} for example_id in wanted}
    for row in results.examples():
        if row["id"] in rows:
            rows[row["id"]][row["system"]] = row
    shown = [
        _example(article, place, rows[article["id"]], wanted[article["id"]], list(results.systems))
        for place, article in enumerate(results.articles())
        if article["id"] in wanted
    ]
    return tuple(sorted(shown, key=_dispute))


def _dispute(example: BrowsedExample) -> tuple[float, int]:
    return (1.0 if example.disagreement is None else -example.disagreement, example.place)


def _most_disputed(
    results: Results, quality: Mapping[str, Mapping[str, float | None]], n: int
) -> dict[str, float | None]:
    """Ids with their disagreement; examples without one only if there is room."""
    runnable = [system.name for system in results.contestants]
    disputes: dict[str, float | None] = {}
    for article in results.articles():
        scores = [quality[name].get(article["id"]) for name in runnable]
        told = [score for score in scores if score is not None]
        disputes[article["id"]] = max(told) - min(told) if len(told) > 1 else None
    first = heapq.nsmallest(n, disputes.items(), key=lambda x: 1.0 if x[1] is None else -x[1])
    return dict(first)


def _example(
    article: Json,
    place: int,
    rows: Mapping[str, Json],
    disagreement: float | None,
    systems: Sequence[str],
) -> BrowsedExample:
    read = [
        paragraph[start:end]
        for paragraph in article["body"]
        for start, end in strings.sentences(paragraph)
    ]
    read.append(article["headline"] or "")
    return BrowsedExample(
        id=article["id"],
        headline=article["headline"] or "",
        body=tuple(article["body"]),
        slices=article["slices"],
        references=tuple(
            Reference(
                bullet, {name: _reporter(rows[name], index) for name in systems if name in rows}
            )
            for index, bullet in enumerate(article["references"])
        ),
        outputs=tuple(
            _output(rows[name], read)
            if name in rows
            else BrowsedOutput(name, None, _NO_ROW, _NO_ROW, ())
            for name in systems
        ),
        disagreement=disagreement,
        place=place,
    )


def _reporter(row: Json, index: int) -> int | None:
    """The number, from 1, of the bullet that reports a reference bullet."""
    matches = row["matches"]
    found = matches[index] if index < len(matches) else None
    return None if found is None else int(found) + 1


def _output(row: Json, read: Sequence[str]) -> BrowsedOutput:
    bullets = []
    for index, bullet in enumerate(row["bullets"]):
        # Most systems copy, and the checks cost hundredths of a second per bullet.
        copied = any(bullet in sentence for sentence in read)
        found = () if copied else support.unsupported(bullet, read, [], "en")
        doubts = [Piece(doubt.text, doubt.kind) for doubt in found]
        pieces, unplaced = mark(bullet, doubts)
        bullets.append(
            BrowsedBullet(
                pieces,
                tuple(_at(row["sources"], index)),
                tuple(_at(row.get("remarks", ()), index)),
                unplaced,
            )
        )
    score = row["scores"].get(QUALITY)
    return BrowsedOutput(
        row["system"], score, row["unscored"] or "", row["error"] or "", tuple(bullets)
    )


def _at(lists: Sequence[Sequence[T]], index: int) -> Sequence[T]:
    return lists[index] if index < len(lists) else ()


def mark(bullet: str, doubts: Iterable[Piece]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Split a bullet at its unsupported claims.

    Args:
        bullet: The bullet as the system wrote it.
        doubts: The claims to mark, case-folded, with their kinds.

    Returns:
        The pieces, which joined are the bullet; and the claims whose words are not found in it.

    BrowsedExample:
        >>> mark("Some 40 voted.", [Piece("40", "number")])[0]
        (Piece(text='Some ', kind=''), Piece(text='40', kind='number'), Piece(text=' voted.', kind=''))
    """
    spans: list[tuple[int, int, str]] = []
    unplaced = []
    for doubt in doubts:
        span = next(
            (
                found
                for found in _places(doubt.text, bullet)
                if not any(start < found[1] and found[0] < end for start, end, _ in spans)
            ),
            None,
        )
        if span is None:
            unplaced.append(doubt)
        else:
            spans.append((*span, doubt.kind))
    pieces, at = [], 0
    for start, end, kind in sorted(spans):
        pieces += [Piece(bullet[at:start]), Piece(bullet[start:end], kind)]
        at = end
    pieces.append(Piece(bullet[at:]))
    return tuple(piece for piece in pieces if piece.text), tuple(unplaced)


def _places(words: str, bullet: str) -> Iterator[tuple[int, int]]:
    """Places of words in a bullet, whatever their case and the characters between them."""
    parts = re.findall(r"[^\W_]+", words)
    if parts:
        pattern = r"[\W_]*".join(map(re.escape, parts))
        for found in re.finditer(rf"(?<![^\W_]){pattern}(?![^\W_])", bullet, re.IGNORECASE):
            yield found.span()
