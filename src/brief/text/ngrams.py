"""How near one text is to another, in the words and pairs of words that they share.

The sum of ROUGE-1 F and ROUGE-2 F over whatever tokens the caller has; counts may be fractions,
where what the other text says is not known but expected. Left out: tokens, and scores for a
report (`evaluation/metrics/rouge.py`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise


@dataclass(frozen=True)
class Grams:
    """How often a text has each word and each two words in a row."""

    ones: Counter[str]
    twos: Counter[tuple[str, str]]

    @cached_property
    def sizes(self) -> tuple[float, float]:
        """All words and all pairs: counted once, as one text is compared with many."""
        return self.ones.total(), self.twos.total()

    def __add__(self, other: "Grams") -> "Grams":
        return Grams(self.ones + other.ones, self.twos + other.twos)


def grams(texts: Iterable[Sequence[str]]) -> Grams:
    """Of texts as tokens; no pair reaches from one text into the next."""
    ones: Counter[str] = Counter()
    twos: Counter[tuple[str, str]] = Counter()
    for tokens in texts:
        ones.update(tokens)
        twos.update(pairwise(tokens))
    return Grams(ones, twos)


def nearness(one: Grams, other: Grams, *, pairs: float = 1.0) -> float:
    """Sum of F over words and pairs, 0 to 2: twice the overlap over both sizes.

    Quicker with the shorter text first.

    Args:
        one: A text.
        other: Another.
        pairs: What the F of pairs counts beside that of words.

    Example:
        >>> nearness(grams([["a", "b"]]), grams([["a", "b", "c"]])).__round__(3)
        1.467
    """
    shared = (one.ones & other.ones).total(), (one.twos & other.twos).total()
    of_words, of_pairs = (
        2 * n_shared / ((mine + theirs) or 1)
        for n_shared, mine, theirs in zip(shared, one.sizes, other.sizes, strict=True)
    )
    return of_words + pairs * of_pairs
