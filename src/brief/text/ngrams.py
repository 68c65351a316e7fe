"""Compare two texts by the unigrams and bigrams that they share (ROUGE-1 F plus ROUGE-2 F).

The caller provides the tokens. Counts may be fractions, for a text that is not known and of which
only expected counts are. See `evaluation/metrics/rouge.py` for the scores of a report.

Tested in `tests/pipeline/test_selection.py`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise


@dataclass(frozen=True)
class Grams:
    """Unigram and bigram counts of a text."""

    ones: Counter[str]
    twos: Counter[tuple[str, str]]

    @cached_property
    def sizes(self) -> tuple[float, float]:
        """Total unigrams and bigrams; cached, because one text is compared with many."""
        return self.ones.total(), self.twos.total()

    def __add__(self, other: "Grams") -> "Grams":
        return Grams(self.ones + other.ones, self.twos + other.twos)


def grams(texts: Iterable[Sequence[str]]) -> Grams:
    """Count the n-grams of tokenized texts; no bigram crosses from one text to the next."""
    ones: Counter[str] = Counter()
    twos: Counter[tuple[str, str]] = Counter()
    for tokens in texts:
        ones.update(tokens)
        twos.update(pairwise(tokens))
    return Grams(ones, twos)


def nearness(one: Grams, other: Grams, *, pairs: float = 1.0) -> float:
    """Sum of unigram F and bigram F, 0 to 2; F is twice the overlap divided by both sizes.

    Faster with the shorter text first.

    Args:
        one: A text.
        other: Another.
        pairs: Weight of the bigram F.

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
