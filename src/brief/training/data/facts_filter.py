"""Which bullets may be training targets: those whose facts the model can see, in any wording.

Editors say things in other words than their articles. What a target must not teach is a fact
that the model cannot see, for it would learn to invent.

Tested in `tests/training/data/test_bullet_pairs.py`.
"""

from brief.datatypes import Chunk
from brief.guard.support import unsupported_numbers
from brief.text.strings import is_dangling
from brief.training.data.bullet_alignment import focus_share

MIN_SHARE = 0.9
"""Share of a bullet's content words, in any inflection, that topic, previous sentence and focus
must hold together: the rest is rewording."""

MIN_FOCUS_SHARE = 0.65
"""Share that the focus must hold itself: what is mostly about another sentence has another home."""


def reason_to_drop(
    bullet: str, chunk: Chunk, *, min_focus_share: float = MIN_FOCUS_SHARE
) -> str | None:
    """Why a bullet is no target for a chunk, in words to count by; None when it is one.

    Args:
        bullet: An editor's words.
        chunk: What the model reads.
        min_focus_share: 0 where an editor has said that the bullet is about this focus.
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
