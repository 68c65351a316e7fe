"""Corrupt right bullets into wrong ones that are hard to tell apart, for training a checker.

Most kinds change the bullet. Two change the source instead: "not", "alleged" or "police said" is
inserted into it, so that the bullet lacks it. `twin` gives the bullet that has it, so that no word
by itself separates right from wrong. The kinds are in `falsehoods.py` and `breakages.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from brief.training.data import breakages, falsehoods
from brief.training.data.claims import ClaimPair, Rng, contains

_MIN_WORDS = 3
"""Of a wrong bullet: less is no bullet at all."""

KINDS: Mapping[str, float] = {
    "name": 2.0, "actor": 2.0, "number": 2.0, "hedge": 3.0, "hedge_source": 2.0, "hedge_put": 0.7,
    "attribution": 1.5, "attribution_source": 0.7, "limit": 1.5, "plan": 2.0, "done": 1.0,
    "because": 2.0, "antonym": 1.0, "move": 1.0, "noun": 1.0, "head": 1.0, "behead": 1.0,
    "verb": 0.8, "truncate": 1.0, "repeat": 0.6, "double_name": 1.0, "span": 1.2, "splice": 1.2,
    "order": 0.4, "inflect": 0.8, "insert": 0.6,
}  # fmt: skip
"""Kinds of errors, and how often each is wanted, in proportion."""

_FROM_WORDS_ALONE = frozenset("name actor number noun antonym because plan done".split())
"""Kinds that may hit upon what the source says elsewhere, which would be right."""

_CHANGES: Mapping[str, Callable[[ClaimPair, Rng], ClaimPair | None]] = {
    kind: getattr(falsehoods, kind, None) or getattr(breakages, kind) for kind in KINDS
}


def corrupted(kind: str, pair: ClaimPair, draw: Rng) -> ClaimPair | None:
    """A pair that is wrong.

    Args:
        kind: One of `KINDS`.
        pair: A right one.
        draw: Decides where.

    Returns:
        None when this kind finds nothing to change.
    """
    made = _CHANGES[kind](pair, draw)
    if made is None or len(made.bullet) < _MIN_WORDS:
        return None
    if made.bullet == pair.bullet:
        return None if made.sources == pair.sources else made
    said = kind in _FROM_WORDS_ALONE and any(
        contains(source, made.bullet) for source in pair.sources
    )
    return None if said else made


def twin(right: ClaimPair, wrong: ClaimPair, kind: str) -> ClaimPair | None:
    """The right bullet for a source that was changed: it has what was put in there, too.

    Args:
        right: Before the change.
        wrong: What the corruptor made of it.
        kind: By which kind.

    Returns:
        None where only the bullet was changed, or where that word has no place in it.
    """
    if kind == "attribution_source":
        source, bare = wrong.sources[0], right.sources[0]
        core = len(bare) - (bare[-1:] == ["."])
        stop = len(source) - (source[-1:] == ["."])
        if source[:core] == bare[:core]:
            return replace(wrong, bullet=[*right.bullet, *source[core:stop]])
        return replace(wrong, bullet=[*source[: stop - core], *right.bullet])
    if kind == "hedge_source":
        for old, new in zip(right.sources, wrong.sources, strict=True):
            if old == new:
                continue
            at = next(
                (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old)
            )
            put = new[at : at + len(new) - len(old)]
            before, after = (old[at - 1] if at else ""), old[at] if at < len(old) else ""
            tokens = right.bullet
            for n, token in enumerate(tokens):
                if token == after and (tokens[n - 1] if n else "") == before:
                    return replace(wrong, bullet=[*tokens[:n], *put, *tokens[n:]])
    return None
