"""Select the bullets that may be training targets: those whose facts are in the model's input.

Editors use other words than their articles. A target may do so too, but a fact that is not in the
input would teach the model to invent. English only.

Tested in `tests/training/data/test_bullet_pairs.py`.
"""

from brief.datatypes import Chunk
from brief.guard.support import unsupported_numbers
from brief.text.strings import is_dangling
from brief.training.data.bullet_alignment import focus_share

MIN_SHARE = 0.9
"""Smallest share of a bullet's content words, in any inflection, in topic, previous sentence and
focus together; the rest is rewording."""

MIN_FOCUS_SHARE = 0.65
"""Smallest share in the focus itself; a bullet mostly about another sentence belongs there."""


def reason_to_drop(
    bullet: str, chunk: Chunk, *, min_focus_share: float = MIN_FOCUS_SHARE
) -> str | None:
    """Why a bullet cannot be the target for a chunk, as a key to count by; None if it can.

    Args:
        bullet: An editor's bullet.
        chunk: The model's input.
        min_focus_share: 0 if an editor has said that the bullet is about this focus.
    """
    read = [chunk.topic, chunk.previous, chunk.text]
    if is_dangling(bullet):
        return "opens with a pronoun that is explained elsewhere"
    if focus_share(bullet, chunk.text) < min_focus_share:
        return "mostly about another sentence"
    if any(unsupported_numbers(bullet, read)):
        return "a number that the model does not see"
    if focus_share(bullet, " ".join(read)) < MIN_SHARE:
        return "words that the model does not see"
    return None
