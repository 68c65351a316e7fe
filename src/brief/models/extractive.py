"""Lead-k, LexRank and TextRank: source sentences verbatim, as baselines and as a fallback.

A chunk is one sentence, and its salience alone says which sentences they would pick: no
selection and no guard is needed. Left out: how many sentences a summary has.
"""

import math
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

from brief.datatypes import Article, Candidate, Chunk, Sentence
from brief.models.base import GenerationConfig, ModelCard
from brief.models.chunking import Tokenizer
from brief.text import strings
from brief.text.lexicon import english

_MAX_RANKED_SENTENCES = 400
"""LexRank and TextRank compare every pair: at this many some seconds, and news is far shorter. Sentences
after it score nothing."""

_EPSILON = 1e-4
"""When the power method has converged; sumy's own 0.1 for LexRank stops after one step on short articles."""

_FLOOR = 1e-9
"""Share of a sentence that scores nothing; its logarithm must exist."""


class ExtractiveModel:
    """The `Model` protocol over sentence scores.

    Args:
        card: The card of `lead`, `lexrank` or `textrank`.
    """

    def __init__(self, card: ModelCard) -> None:
        self.card = card
        self.tokenizer: Tokenizer = WordTokenizer()
        self.n_parallel = 1
        self._scores = {"lead": _lead, "lexrank": _lexrank, "textrank": _textrank}[card.name]

    @property
    def signature(self) -> Mapping[str, str]:
        """What decides this model's output."""
        versions = {} if self.card.name == "lead" else {"sumy": version("sumy")}
        return {"model": self.card.name, "engine": "extractive", **versions}

    def rate(self, sentences: Sequence[Sentence]) -> list[float] | None:
        """None: `propose` scores every sentence itself."""
        del sentences
        return None

    def propose(
        self, article: Article, chunks: Sequence[Chunk], config: GenerationConfig
    ) -> list[Candidate]:
        """Every chunk's focus as it stands; see `Model.propose`.

        Salience is the logarithm of the sentence's share of all scores: the best sentence of
        `lead` is the first, of the others the most central.
        """
        del article, config  # Nothing is generated, and the chunks hold every sentence.
        texts = [chunk.text for chunk in chunks]
        scores = self._scores(texts)
        total = math.fsum(scores)
        return [
            Candidate(sentence, chunk, math.log(max(score / total, _FLOOR)))
            for sentence, chunk, score in zip(texts, chunks, scores, strict=True)
        ]


class WordTokenizer:
    """`chunks.Tokenizer` for models that read no tokens: words, by white space."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """Words of each text."""
        return [len(text.split()) for text in texts]

    def cut(self, text: str, max_tokens: int) -> str:
        """The first `max_tokens` words."""
        return " ".join(text.split()[:max_tokens])

    def measure(self, chunks: Sequence[Chunk]) -> list[int]:
        """Words of each focus."""
        return self.count([chunk.text for chunk in chunks])


def _lead(sentences: Sequence[str]) -> list[float]:
    return [1 / row for row in range(1, len(sentences) + 1)]


def _lexrank(sentences: Sequence[str]) -> list[float]:
    """Centrality of each sentence (Erkan and Radev 2004, section 3.2, threshold 0.1)."""
    from sumy.summarizers.lex_rank import LexRankSummarizer

    return _ranked(LexRankSummarizer(), sentences)


def _textrank(sentences: Sequence[str]) -> list[float]:
    """PageRank over the words that sentences share (Mihalcea and Tarau 2004, section 4)."""
    from sumy.summarizers.text_rank import TextRankSummarizer

    return _ranked(TextRankSummarizer(), sentences)


def _ranked(summarizer: Any, sentences: Sequence[str]) -> list[float]:  # noqa: ANN401 - untyped
    """What one of sumy's graph summarizers rates each sentence."""
    import numpy as np

    scores = [0.0] * len(sentences)

    def keep_all(rated: Sequence[Any]) -> Sequence[Any]:
        """A callable chooses the sentences; sumy shows it every one with its rating."""
        for sentence in rated:
            scores[sentence.order] = float(sentence.rating)
        return rated

    # sumy's own tokenizer wants an nltk download; its summarizers need words alone.
    ranked = [_Words(sentence) for sentence in sentences[:_MAX_RANKED_SENTENCES]]
    summarizer.epsilon = _EPSILON
    # Where no two sentences share a word there is no center, and sumy divides by zero.
    with np.errstate(invalid="ignore"):
        summarizer(SimpleNamespace(sentences=ranked), keep_all)
    return [score if math.isfinite(score) else 1.0 for score in scores]


class _Words:
    """A sentence as sumy reads it; two alike are two, as they hash by identity.

    Args:
        sentence: Its text; what counts is the stems of its content words.
    """

    def __init__(self, sentence: str) -> None:
        self.words = strings.stems(
            word for word in strings.words(sentence) if word not in english().stopwords
        )
