"""Greedy oracle: the article's sentences with the highest ROUGE, a ceiling for extraction.

It adds the sentence that raises ROUGE most until none raises it. It reads the references, so
nobody can run it on news. See `brief.models.extractive` for lead, LexRank and other baselines.
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
    """The sentences that together come closest to the reference bullets.

    Closest by the sum of ROUGE-1 F and ROUGE-2 F; bigrams do not cross sentences, because the
    order is not known during selection.

    Args:
        sentences: The article's sentences, in order.
        references: Its reference bullets.
        n_bullets: Most sentences.
        tokenizer: The data set's tokenizer.

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
        # Ties go to the earlier sentence, which is the likelier source.
        index = max(gains, key=lambda index: (gains[index], -index), default=None)
        if index is None or gains[index] <= best:
            break
        best = gains[index]
        picked.append(index)
        taken += said[index]
    return tuple(sorted(picked))
