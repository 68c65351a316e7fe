"""Align reference bullets with the chunks of an article that they were written from.

See `bullet_pairs.py` for the check, through the guard, that a bullet is faithful to its chunk.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from brief.datatypes import Chunk
from brief.evaluation.metrics.rouge import MIN_MATCH, match
from brief.guard.spans import is_word
from brief.text.lemmas import is_content, lemma
from brief.text.strings import stems, words
from brief.text.token_alignment import atoms

MAX_TOLD = 0.25
"""A chunk with at most this share of any bullet's content words was passed over by the editor;
between this and `MIN_MATCH` it is unknown."""

_NEWS_MARK = re.compile(r"^\s*(?:new|updated?|breaking|just in)\s*:\s*", re.IGNORECASE)
"""The mark that a site puts before a bullet that it added later."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """An article's reference bullets and its chunks, side by side.

    Attributes:
        homes: For each bullet the index of the chunk that it was written from; None when no chunk
            covers enough of it.
        passed_over: Chunks that no bullet reports, in order.
    """

    homes: tuple[int | None, ...]
    passed_over: tuple[int, ...]


def align_bullets(bullets: Sequence[str], chunks: Sequence[Chunk]) -> Aligned:
    """Find the chunk that covers most of each bullet; ties go to the first.

    The measure and its threshold are those of the evaluation's bullet coverage: the mean of
    ROUGE-1 and ROUGE-2 recall, here over stems.
    """
    told = [stems(words(bullet)) for bullet in bullets]
    read = [stems(words(chunk.text)) for chunk in chunks]
    matches = match(read, told)
    homes = tuple(one.candidate if one.score >= MIN_MATCH else None for one in matches)
    wanted = [{stem for stem in own if is_content(stem)} for own in told]
    held = [set(own) for own in read]
    passed_over = tuple(
        index
        for index, stems_ in enumerate(held)
        if all(len(own & stems_) <= MAX_TOLD * len(own) for own in wanted)
    )
    return Aligned(homes, passed_over)


def without_mark(bullet: str) -> str:
    """A bullet without the mark that it is new on the page.

    Example:
        >>> without_mark("NEW: Two more roads are closed")
        'Two more roads are closed'
    """
    return _NEWS_MARK.sub("", bullet)


def focus_share(bullet: str, focus: str) -> float:
    """Share of a bullet's content words that are in the focus, in any inflection; 0 to 1.

    Example:
        >>> focus_share("Council closes two roads", "The council has closed Mill Road.")
        0.75
    """
    wanted = {lemma(word) for word in words(bullet) if is_content(word)}
    held = {lemma(word) for word in words(focus)}
    return len(wanted & held) / len(wanted) if wanted else 0.0


def common_words(bullet: str, sentence: str) -> str:
    """The words that a sentence shares with a bullet, in the order of both.

    They are spelled as in the sentence: the part of the sentence that the bullet keeps, without
    everything that the bullet says in other words.

    Example:
        >>> common_words("Council shuts old bridge Monday", "The old bridge shuts on Monday.")
        'old bridge Monday'
    """
    own = [lemma(atom.key) for atom in atoms(bullet) if is_word(atom)]
    held = [atom for atom in atoms(sentence) if is_word(atom)]
    blocks = SequenceMatcher(
        None, own, [lemma(atom.key) for atom in held], autojunk=False
    ).get_matching_blocks()
    return " ".join(atom.form for block in blocks for atom in held[block.b : block.b + block.size])
