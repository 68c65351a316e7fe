"""Salience labels: how much each sentence is worth reporting, 0 to 1, from reference bullets.

The sentences of the greedy oracle, which together come closest to the reference, get 1. Another
sentence that covers most of one bullet by itself gets less: reporting the same news again is not
wrong, though a summary needs it only once. See `salience_task.py` for training on the labels.

Tested in `tests/training/test_salience_task.py`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from brief.evaluation.metrics.oracle import oracle
from brief.evaluation.metrics.rouge_tokenizer import RougeTokenizer
from brief.text.ngrams import Grams, grams

MAX_ORACLE = 5
"""Most sentences of the oracle: reference blocks have two to five bullets."""

MIN_SHARED = 3
"""A sentence with fewer words of the reference gets 0, and the oracle need not try it."""

_NOTHING, _ALL, _MOST = 0.3, 0.8, 0.7
"""Recall of a bullet from 0.3 to 0.8 maps to a label from 0 to 0.7; oracle sentences get 1."""


def labels(
    sentences: Sequence[str], bullets: Sequence[str], tokenizer: RougeTokenizer
) -> NDArray[np.float32]:
    """How much each sentence is worth reporting.

    Args:
        sentences: The article's sentences, in order.
        bullets: Its reference bullets.
        tokenizer: The data set's tokenizer.

    Returns:
        One number per sentence, 0 to 1.

    Source:
        Nallapati, Zhai & Zhou (2017), "SummaRuNNer", on labels from a greedy oracle.
    """
    wanted = [grams([tokenizer.tokenize(bullet)]) for bullet in bullets]
    said = [grams([tokenizer.tokenize(sentence)]) for sentence in sentences]
    words = {word for bullet in wanted for word in bullet.ones}
    tried = [row for row, own in enumerate(said) if len(words & own.ones.keys()) >= MIN_SHARED]
    worth = np.zeros(len(sentences), np.float32)
    for row in tried:
        recall = max(_recall(said[row], bullet) for bullet in wanted)
        worth[row] = _MOST * min(1.0, max(0.0, (recall - _NOTHING) / (_ALL - _NOTHING)))
    picked = oracle([sentences[row] for row in tried], bullets, MAX_ORACLE, tokenizer)
    worth[[tried[row] for row in picked]] = 1.0
    return worth


def _recall(said: Grams, bullet: Grams) -> float:
    """Mean of a sentence's recall of a bullet's words and of its word pairs."""
    if not bullet.twos:
        return 0.0
    ones = (bullet.ones & said.ones).total() / bullet.ones.total()
    twos = (bullet.twos & said.twos).total() / bullet.twos.total()
    return (ones + twos) / 2
