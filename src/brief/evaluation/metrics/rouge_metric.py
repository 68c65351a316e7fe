"""ROUGE metric script for `evaluate`, one score per example; loaded by path, never imported.

`evaluate.load` copies this file and imports the copy, so it must be self-contained. Unlike the
`rouge` metric on the hub, it does not aggregate (that metric returns the median of an unseeded
bootstrap), and the caller supplies the tokenizer, with or without a stemmer. `rouge_score` does
the counting.
"""

from collections.abc import Sequence

import datasets
import evaluate
from rouge_score import rouge_scorer

_CITATION = """\
@inproceedings{lin-2004-rouge,
    title = "{ROUGE}: A Package for Automatic Evaluation of Summaries",
    author = "Lin, Chin-Yew",
    booktitle = "Text Summarization Branches Out",
    year = "2004",
    pages = "74--81",
}
"""

_INPUTS = """
Args:
    predictions: A string an example; for rougeLsum one sentence or bullet a line.
    references: Likewise, in the same order.
    tokenizer: An object whose tokenize(text) gives the list of tokens.
    rouge_types: Any of rouge1 to rouge9, rougeL and rougeLsum.
Returns:
    A list of (precision, recall, fmeasure) by ROUGE type, an entry an example.
"""


class Rouge(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """ROUGE of each example, neither averaged nor resampled."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description="ROUGE as rouge_score counts it, one score an example.",
            citation=_CITATION,
            inputs_description=_INPUTS,
            features=datasets.Features({"predictions": text, "references": text}),
            reference_urls=["https://github.com/google-research/google-research/tree/master/rouge"],
        )

    def _compute(
        self,
        predictions: Sequence[str],
        references: Sequence[str],
        *,
        tokenizer: object,
        rouge_types: Sequence[str] = ("rouge1", "rouge2", "rougeL", "rougeLsum"),
    ) -> dict[str, list[tuple[float, float, float]]]:
        scorer = rouge_scorer.RougeScorer(list(rouge_types), tokenizer=tokenizer)
        scores = [
            scorer.score(target=reference, prediction=prediction)
            for prediction, reference in zip(predictions, references, strict=True)
        ]
        return {
            rouge_type: [tuple(score[rouge_type]) for score in scores] for rouge_type in rouge_types
        }
