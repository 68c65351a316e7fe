"""Extractive models (Lead-k, LexRank, TextRank): verbatim source sentences.

They are baselines and a fallback. A chunk is one sentence, and its salience alone decides whether
it is picked: no selection and no guard is needed.
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
"""LexRank and TextRank compare every pair, which takes some seconds for this many sentences; news
is far shorter. Later sentences score nothing."""

_EPSILON = 1e-4
"""Convergence threshold of the power method; sumy's own 0.1 for LexRank stops after one step on
short articles."""

_FLOOR = 1e-9
"""Share given to a sentence that scores nothing, because its logarithm must exist."""


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
        """Everything that determines this model's output."""
        versions = {} if self.card.name == "lead" else {"sumy": version("sumy")}
        return {"model": self.card.name, "engine": "extractive", **versions}

    def rate(self, sentences: Sequence[Sentence]) -> list[float] | None:
        """Always None: `propose` scores every sentence itself."""
        del sentences
        return None

    def propose(
        self, article: Article, chunks: Sequence[Chunk], config: GenerationConfig
    ) -> list[Candidate]:
        """Return every chunk's focus unchanged; see `Model.propose`.

        Salience is the logarithm of the sentence's share of all scores: the best sentence is the
        first for `lead` and the most central for the others.
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
    """A `chunking.Tokenizer` for models without tokens: words separated by white space."""

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
    """The rating of each sentence by one of sumy's graph summarizers."""
    import numpy as np

    scores = [0.0] * len(sentences)

    def keep_all(rated: Sequence[Any]) -> Sequence[Any]:
        """Sentence chooser for sumy that keeps every sentence with its rating."""
        for sentence in rated:
            scores[sentence.order] = float(sentence.rating)
        return rated

    # sumy's own tokenizer needs an nltk download; its summarizers only need words.
    ranked = [_SumySentence(sentence) for sentence in sentences[:_MAX_RANKED_SENTENCES]]
    summarizer.epsilon = _EPSILON
    # If no two sentences share a word, nothing is central and sumy divides by zero.
    with np.errstate(invalid="ignore"):
        summarizer(SimpleNamespace(sentences=ranked), keep_all)
    return [score if math.isfinite(score) else 1.0 for score in scores]


class _SumySentence:
    """A sentence in the form that sumy reads; equal ones stay distinct (hashed by identity).

    Args:
        sentence: Its text; only the stems of its content words count.
    """

    def __init__(self, sentence: str) -> None:
        self.words = strings.stems(
            word for word in strings.words(sentence) if word not in english().stopwords
        )
