"""The best that sentences of the article could do: a ceiling for extraction.

Greedy: the sentence that raises ROUGE most is taken, until none raises it. It reads the references,
so it is no system that anyone could run. Left out: the lead, LexRank and every other baseline
(`brief.models.extractive`).
"""

from collections.abc import Sequence

from brief.evaluation.metrics.rouge_tokenizer import RougeTokenizer
from brief.text.ngrams import grams, nearness


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
    wanted = grams(map(tokenizer.tokenize, references))
    said = [grams([tokenizer.tokenize(sentence)]) for sentence in sentences]
    picked: list[int] = []
    taken = grams([])
    best = 0.0
    while len(picked) < n_bullets:
        gains = {
            index: nearness(taken + own, wanted)
            for index, own in enumerate(said)
            if index not in picked
        }
        # The first of equals: the earlier sentence is the likelier source.
        index = max(gains, key=lambda index: (gains[index], -index), default=None)
        if index is None or gains[index] <= best:
            break
        best = gains[index]
        picked.append(index)
        taken += said[index]
    return tuple(sorted(picked))
