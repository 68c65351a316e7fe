"""The best that sentences of the article could do: a ceiling for extraction.

Greedy: the sentence that raises ROUGE most is taken, until none raises it. It reads the references,
so it is no system that anyone could run. Left out: the lead, LexRank and every other baseline
(`brief.models.extractive`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from brief.evaluation.rouge_tokens import RougeTokenizer

_Grams = Counter[tuple[str, ...]]


def oracle(
    sentences: Sequence[str],
    references: Sequence[str],
    n_bullets: int,
    tokenizer: RougeTokenizer,
) -> tuple[int, ...]:
    """The sentences that together come nearest to the reference bullets.

    Nearest by the sum of ROUGE-1 F and ROUGE-2 F; bigrams do not cross sentences, since the
    order is not known while picking.

    Args:
        sentences: The article's, in order.
        references: Its reference bullets.
        n_bullets: How many sentences at most.
        tokenizer: The data set's own.

    Returns:
        Indices into `sentences`, ascending; fewer than `n_bullets` when no further one helps,
        and none when no sentence shares a token with the references.

    Source:
        Nallapati, Zhai & Zhou (2017), "SummaRuNNer", on extractive training; the sum of
        the two F is what the code of Liu & Lapata (2019), "Text summarization with pretrained
        encoders", raises.
    """
    wanted = [_grams(map(tokenizer.tokenize, references), n) for n in (1, 2)]
    said = [[_grams([tokenizer.tokenize(sentence)], n) for n in (1, 2)] for sentence in sentences]
    picked: list[int] = []
    taken: list[_Grams] = [Counter(), Counter()]
    best = 0.0
    while len(picked) < n_bullets:
        gains = {
            index: _nearness([a + b for a, b in zip(taken, own, strict=True)], wanted)
            for index, own in enumerate(said)
            if index not in picked
        }
        # The first of equals: the earlier sentence is the likelier source.
        index = max(gains, key=lambda index: (gains[index], -index), default=None)
        if index is None or gains[index] <= best:
            break
        best = gains[index]
        picked.append(index)
        taken = [a + b for a, b in zip(taken, said[index], strict=True)]
    return tuple(sorted(picked))


def _grams(texts: Iterable[Sequence[str]], n: int) -> _Grams:
    if n == 1:
        return Counter((token,) for tokens in texts for token in tokens)
    return Counter(pair for tokens in texts for pair in pairwise(tokens))


def _nearness(candidate: Sequence[_Grams], reference: Sequence[_Grams]) -> float:
    """Sum of F over the orders: twice the overlap over both sizes."""
    return sum(
        2 * (own & wanted).total() / ((own.total() + wanted.total()) or 1)
        for own, wanted in zip(candidate, reference, strict=True)
    )
