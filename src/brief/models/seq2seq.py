"""Sequence-to-sequence models: write candidate bullets for chunks, with either engine.

An engine maps token ids to token ids; this module adds the text, the forced first token and the
salience that is read from its probability. See `tokenization.py` for tokens, and `ctranslate.py`
and `hf.py` for the engines.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Protocol

import tokenizers

from brief.datatypes import Article, Candidate, Chunk, Sentence
from brief.models.base import GenerationConfig, ModelCard
from brief.models.chunking import Tokenizer
from brief.models.salience import SalienceModel
from brief.models.tokenization import Encoding
from brief.settings import Length
from brief.text import strings

_LENGTH_SCALE: Mapping[Length, float] = {"short": 0.6, "medium": 1.0, "long": 1.5}
"""Factors on the card's bounds on new tokens, for models without a length control token; the steps
are about those between news-small's length tokens."""

MAX_BATCH_ROWS = 16
"""Sources of similar length in one batch, for models whose outputs do not depend on the batch."""

_SPACED_STOP = re.compile(r"(?<= [.!?]) ")
"""T5 and PEGASUS write CNN/DailyMail's tokenized form, `one . two .`, in lower case, in which
sentence splitters find no end."""


@dataclass(frozen=True, slots=True)
class Generation:
    """The output of an engine for one source.

    Attributes:
        ids: New token ids, without the forced prefix and without the end token.
        finished: Whether the model ended by itself and not at `max_new_tokens`.
    """

    ids: list[int]
    finished: bool


class Seq2SeqEngine(Protocol):
    """Token ids in, token ids out. Thread-safe, deterministic, no state between calls."""

    n_parallel: int
    """Number of concurrent calls that use the machine fully."""
    identity: Mapping[str, str]
    """Everything that determines the engine's output: weights, library version, compute type."""

    def first_log_probs(self, sources: Sequence[Sequence[int]], token: int) -> list[float]:
        """Log probability of `token` as the first output of each source.

        Normalized over the whole vocabulary, so independent of the rest of the batch.
        """
        ...

    def write(
        self, sources: Sequence[Sequence[int]], prefix: Sequence[int], config: GenerationConfig
    ) -> list[list[Generation]]:
        """Generate from each source, forced to begin with `prefix`.

        The copy lock, if the model has one, allows the pieces of any of `sources`.

        Returns:
            For each source `config.num_beams` hypotheses, the best first.
        """
        ...


class Seq2SeqModel:
    """The `Model` protocol over an engine.

    Args:
        card: The model's card.
        encoding: Its tokenizer, template and budget.
        engine: The engine that runs it.
        salience: Rates sentences of whole articles; None for a model without it.
    """

    def __init__(
        self,
        card: ModelCard,
        encoding: Encoding,
        engine: Seq2SeqEngine,
        salience: SalienceModel | None = None,
    ) -> None:
        self.card = card
        self._salience = salience
        self.tokenizer: Tokenizer = encoding
        self.n_parallel = engine.n_parallel
        self._encoding = encoding
        self._engine = engine
        self._prefix = [encoding.token_id(card.keep_token)] if card.keep_token else []

    @property
    def signature(self) -> Mapping[str, str]:
        """Everything that determines this model's output: weights, prompt, engine, versions."""
        facts = asdict(self.card)
        # The path of the files has no effect; the engine's identity covers their content.
        del facts["source"]
        return {
            "model": self.card.name,
            "card": hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest(),
            "prompt": self._encoding.prompt.digest,
            "tokenizers": tokenizers.__version__,
            **self._engine.identity,
            **(self._salience.identity if self._salience else {}),
        }

    def rate(self, sentences: Sequence[Sentence]) -> list[float] | None:
        """See `Model.rate`."""
        return self._salience.log_odds(sentences) if self._salience else None

    def propose(
        self, article: Article, chunks: Sequence[Chunk], config: GenerationConfig
    ) -> list[Candidate]:
        """Write candidate bullets for chunks of one article, see `Model.propose`."""
        del article  # The chunks hold all that a sequence-to-sequence model reads.
        sources = self._encoding.encode(chunks, config.length)
        saliences: Sequence[float | None] = [None] * len(sources)
        # With ratings of whole articles, the salience token of each chunk is not needed.
        if self._prefix and self._salience is None:
            saliences = self._engine.first_log_probs(sources, self._prefix[0])
        written = self._engine.write(sources, self._prefix, self._bounded(config))
        return [
            candidate
            for chunk, salience, hypotheses in zip(chunks, saliences, written, strict=True)
            for candidate in self._candidates(chunk, salience, hypotheses)
        ]

    def _candidates(
        self, chunk: Chunk, salience: float | None, hypotheses: Sequence[Generation]
    ) -> list[Candidate]:
        best = hypotheses[0]
        texts = self._bullets(best)
        if self.card.n_bullets_per_chunk != 1:
            n_whole = len(texts) if best.finished else len(texts) - 1
            return [
                Candidate(bullet, chunk, salience, finished=row < n_whole)
                for row, bullet in enumerate(texts)
            ]
        others = (self._bullets(other) for other in hypotheses[1:] if other.finished)
        alternatives = dict.fromkeys(bullet for bullets in others for bullet in bullets)
        return [
            Candidate(bullet, chunk, salience, best.finished, tuple(alternatives))
            for bullet in texts
        ]

    def _bounded(self, config: GenerationConfig) -> GenerationConfig:
        if "length" in self._encoding.prompt.tables:
            return config
        scale = _LENGTH_SCALE[config.length]
        return replace(
            config,
            min_new_tokens=round(config.min_new_tokens * scale),
            max_new_tokens=round(config.max_new_tokens * scale),
        )

    def _bullets(self, output: Generation) -> list[str]:
        written = self._encoding.decode(output.ids, finished=output.finished)
        if self.card.n_bullets_per_chunk == 1 or not written:
            return [written] if written else []
        return [
            part[start:end]
            for part in _SPACED_STOP.split(written)
            for start, end in strings.sentences(part)
        ]
