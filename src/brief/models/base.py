"""What every model engine promises: articles in, candidate bullets out.

Left out: how an engine computes (`ctranslate.py`, `hf.py`, `extractive.py`) and which
candidates become bullets (`selection.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from brief.datatypes import Article, Candidate, Chunk, Sentence
from brief.models.chunking import Budget, Tokenizer
from brief.settings import DEFAULTS, Length


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationConfig:
    """Generation settings, spelled as transformers spells them.

    Attributes:
        length: Wanted length of a bullet; a control token for models that were trained with
            one, else bounds on the number of new tokens.
        num_beams: 1 is greedy.
        length_penalty: Exponent on the hypothesis length (Wu et al. 2016, equation 14).
        no_repeat_ngram_size: No n-gram of that size is written twice; 0 switches it off.
        min_new_tokens, max_new_tokens: Tokens of one output, the forced prefix not counted.
    """

    length: Length = DEFAULTS.length
    num_beams: int = 1
    length_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    min_new_tokens: int = 0
    max_new_tokens: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What is known about a model; cards are data (`cards.toml`).

    Attributes:
        name: As typed after `--model`.
        about: One line for `brief models list`.
        source: Hub id (`owner/name`), a folder beside `cards.toml` for the embedded model, or
            the folder that the card was made for; empty for extractive ones.
        revision: Hub revision (commit or tag), None when not pinned.
        prompt: Name of the input template in `prompts/`.
        budget: What fits one chunk.
        generation: Settings the model is run with unless told otherwise.
        uncased: The model writes lower case; casing is restored from the sources.
        copy_locked: The output is restricted to pieces of its article (vmap.txt).
        keep_token: Output token whose probability is the salience; None when there is none.
        n_bullets_per_chunk: 1, or None when one output holds several bullets.
        verbatim: Candidates are whole source sentences: no selection and no guard.
        licence, size_mb, n_parameters_m: As published; None when not known.
        training_sets: Names of data sets whose scores are not a fair test.
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
    """A loaded model. Thread-safe: articles may be proposed from several threads at once."""

    card: ModelCard
    tokenizer: Tokenizer
    """How the chunker measures."""
    n_parallel: int
    """How many `propose` calls at once keep the machine busy."""

    @property
    def signature(self) -> Mapping[str, str]:
        """What decides this model's output: weights, prompt, engine, library versions."""
        ...

    def rate(self, sentences: Sequence[Sentence]) -> list[float] | None:
        """How surely each sentence is worth reporting, given all of the article.

        Args:
            sentences: All of an article, in order.

        Returns:
            Log-odds, one a sentence; None from a model that does not judge whole articles.
        """
        ...

    def propose(
        self, article: Article, chunks: Sequence[Chunk], config: GenerationConfig
    ) -> list[Candidate]:
        """Write candidate bullets for chunks of one article.

        Deterministic, and independent of any other article in flight.

        Args:
            article: What the chunks are from.
            chunks: The chunks to write, in reading order; at least one.
            config: Generation settings.

        Returns:
            Candidates grouped by chunk, in the order of `chunks`; a chunk may give none,
            one or several.

        Raises:
            ModelError: The model ran but its output is not usable.
        """
        ...
