"""The score by which a run's best weights are told: ROUGE of what they choose or write.

Left out: choosing and writing (`salience_task.py`, `seq2seq_task.py`).
"""

from collections.abc import Sequence

from brief.evaluation.metrics.rouge import rouge
from brief.evaluation.metrics.rouge_tokenizer import RougeTokenizer

_KINDS = ("rouge1", "rouge2", "rougeLsum")


def mean_rouge(pairs: Sequence[tuple[str, str]], tokenizer: RougeTokenizer) -> dict[str, float]:
    """Mean F of each kind, and the mean of those as `score`.

    Args:
        pairs: Candidate and reference, a bullet a line; at least one.
        tokenizer: How words are compared.
    """
    scored = rouge(pairs, tokenizer)
    means = {kind: sum(one[kind].f for one in scored) / len(scored) for kind in _KINDS}
    return {"score": sum(means.values()) / len(means), **means}
