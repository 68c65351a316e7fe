"""The `Model` protocol (article chunks in, candidate bullets out), model cards and settings.

See `ctranslate.py`, `hf.py` and `extractive.py` for the engines, and `selection.py` for the choice
of candidates.

Tested in `tests/models/test_contract.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from brief.datatypes import Article, Candidate, Chunk, Sentence
from brief.models.chunking import Budget, Tokenizer
from brief.settings import DEFAULTS, Length


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationConfig:
    """Generation settings, with the names that transformers uses.

    Attributes:
        length: Wanted length of a bullet; a control token for models that were trained with
            one, else bounds on the number of new tokens.
        num_beams: Beams of the beam search; 1 is greedy.
        length_penalty: Exponent on the hypothesis length (Wu et al. 2016, equation 14).
        no_repeat_ngram_size: No n-gram of that size is written twice; 0 switches it off.
        min_new_tokens, max_new_tokens: Tokens of one output, not counting the forced prefix.
    """

    length: Length = DEFAULTS.length
    num_beams: int = 1
    length_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    min_new_tokens: int = 0
    max_new_tokens: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """The description of a model; cards are data (`cards.toml`).

    Attributes:
        name: As typed after `--model`.
        about: One line for `brief models list`.
        source: Hub id (`owner/name`), a folder next to `cards.toml` for the embedded model, or
            the folder that the card was made for; empty for extractive ones.
        revision: Hub revision (commit or tag), None when not pinned.
        prompt: Name of the input template in `prompts/`.
        budget: Limits of one chunk.
        generation: Default generation settings.
        uncased: The model writes lower case; casing is restored from the sources.
        copy_locked: The output is restricted to pieces of its article (vmap.txt).
        keep_token: Output token whose probability is the salience; None when there is none.
        n_bullets_per_chunk: 1, or None when one output holds several bullets.
        verbatim: Candidates are whole source sentences: no selection and no guard.
        licence, size_mb, n_parameters_m: As published; None when not known.
        training_sets: Data sets that it was trained on, whose scores are not a fair test.
        languages: ISO 639-1 codes that it was trained for.
        scores: Published scores with their citation, one line each.
    """

    name: str
    about: str
    source: str = ""
    revision: str | None = None
    prompt: str = "plain"
    budget: Budget
    generation: GenerationConfig = GenerationConfig()
    uncased: bool = False
    copy_locked: bool = False
    keep_token: str | None = None
    n_bullets_per_chunk: int | None = None
    verbatim: bool = False
    licence: str | None = None
    size_mb: float | None = None
    n_parameters_m: float | None = None
    training_sets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    scores: tuple[str, ...] = ()


class Model(Protocol):
    """A loaded model. Thread-safe: several threads may call `propose` at once."""

    card: ModelCard
    tokenizer: Tokenizer
    """The tokenizer that the chunker measures with."""
    n_parallel: int
    """Number of concurrent `propose` calls that use the machine fully."""

    @property
    def signature(self) -> Mapping[str, str]:
        """Everything that determines this model's output: weights, prompt, engine, versions."""
        ...

    def rate(self, sentences: Sequence[Sentence]) -> list[float] | None:
        """Log-odds that each sentence is worth reporting, given the whole article.

        Args:
            sentences: All sentences of an article, in order.

        Returns:
            One log-odds value per sentence; None from a model that does not rate whole articles.
        """
        ...

    def propose(
        self, article: Article, chunks: Sequence[Chunk], config: GenerationConfig
    ) -> list[Candidate]:
        """Write candidate bullets for chunks of one article.

        Deterministic, and independent of any other article in flight.

        Args:
            article: The article that the chunks are from.
            chunks: The chunks to summarize, in reading order; at least one.
            config: Generation settings.

        Returns:
            Candidates grouped by chunk, in the order of `chunks`; a chunk may give none,
            one or several.

        Raises:
            ModelError: The model ran, but its output is not usable.
        """
        ...
