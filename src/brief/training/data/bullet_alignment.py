"""Align reference bullets with the chunks of an article that they were written from.

Tested in `tests/training/data/test_bullet_pairs.py`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from brief.datatypes import Chunk
from brief.evaluation.metrics.rouge import match
from brief.text.lemmas import is_content, lemma
from brief.text.strings import stems, words

MAX_TOLD = 0.25
"""A chunk with at most this share of any bullet's content words was passed over by the editor;
between this and `rouge.MIN_MATCH` it is unknown."""

_NEWS_MARK = re.compile(r"^\s*(?:new|updated?|breaking|just in)\s*:\s*", re.IGNORECASE)
"""The mark that a site puts before a bullet that it added later."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """An article's reference bullets and its chunks, side by side.

    Attributes:
        by_chunk: The bullets written from each chunk, by its index, ascending.
        n_unaligned: Number of bullets that no chunk covers enough of.
        passed_over: Chunks that no bullet reports, in order.
    """

    by_chunk: Mapping[int, Sequence[str]]
    n_unaligned: int
    passed_over: tuple[int, ...]


def align_bullets(bullets: Sequence[str], chunks: Sequence[Chunk]) -> Aligned:
    """Find the chunk that covers most of each bullet; ties go to the first.

    The measure and its threshold are those of the evaluation's bullet coverage: the mean of
    ROUGE-1 and ROUGE-2 recall, here over stems. Empty bullets are dropped, and so is the mark of
    a bullet that is new on the page ("NEW: Two more roads are closed").
    """
    bare = [_NEWS_MARK.sub("", bullet) for bullet in bullets if bullet.strip()]
    told = [stems(words(bullet)) for bullet in bare]
    read = [stems(words(chunk.text)) for chunk in chunks]
    by_chunk: dict[int, list[str]] = {}
    for bullet, found in zip(bare, match(read, told), strict=True):
        if found.candidate is not None and found.is_reported:
            by_chunk.setdefault(found.candidate, []).append(bullet)
    wanted = [{stem for stem in own if is_content(stem)} for own in told]
    held = [set(own) for own in read]
    passed_over = tuple(
        index
        for index, stems_ in enumerate(held)
        if all(len(own & stems_) <= MAX_TOLD * len(own) for own in wanted)
    )
    n_unaligned = len(bare) - sum(map(len, by_chunk.values()))
    return Aligned(dict(sorted(by_chunk.items())), n_unaligned, passed_over)


def focus_share(bullet: str, focus: str) -> float:
    """Share of a bullet's content words that are in the focus, in any inflection; 0 to 1.

    Example:
        >>> focus_share("Council closes two roads", "The council has closed Mill Road.")
        0.75
    """
    wanted = content_lemmas(bullet)
    return len(wanted & {lemma(word) for word in words(focus)}) / len(wanted) if wanted else 0.0


def content_lemmas(text: str) -> set[str]:
    """The lemmas of a text's content words."""
    return {lemma(word) for word in words(text) if is_content(word)}
