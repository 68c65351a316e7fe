"""Judge whether a bullet is supported by its sources and reads as a sentence, with an encoder.

The encoder reads the bullet, the sentences that it reports and their context as one sequence; a
head on its last states gives a probability. Each token has a type that says how bullet and sources
correspond: copied, skipped between two copied words, or absent from the sources. Training is in
`training/train_checker.py`.

Source:
    Kryściński et al. (2020), "Evaluating the factual consistency of abstractive text
    summarization", section 3.2 (source and claim in one sequence).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brief.errors import ModelError
from brief.models import checkpoint_folder
from brief.models.tokenization import Encoding
from brief.text.strings import fold

FOLDER = "checker"
"""Beside a model's weights: the encoder, its head and how it reads."""
CONVERSION = "ctranslate2-int8"
HEAD = "head.safetensors"
MANIFEST = "checker.json"

SEAM, COPIED, ELSEWHERE, AROUND, NEW = 1, 2, 3, 4, 5
"""Types of a bullet's tokens: the first of a copied run, the rest of it, a token that the sources
have at another place, one that only the context has, one that nothing has."""
KEPT, SKIPPED, OUTSIDE, MOVED = 6, 7, 8, 9
"""Types of a source's tokens: copied, left out between two that are copied, left out before or
behind all of them, and not copied here although the bullet has it."""
N_TYPES = 10

BATCH = 8
"""Bullets that are read at once: more of unlike length would be padding."""

_TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[^\W_]+(?:[.'-][^\W_]+)*|[^\w\s]")
_PARTED = re.compile(r" (n't|'s|'re|'ve|'ll|'d|'m)(?![^\W_])| ' (s|t|re|ve|ll|d|m)(?![^\W_])")


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A bullet and what it was made from, in any casing and WordPiece spacing.

    Attributes:
        bullet: What is checked.
        sources: The sentences that it reports, at most `CheckerLayout.max_sources` of which are read.
        previous: What stands before the first of them; may be empty.
        topic: The headline or what stands for it; may be empty.
    """

    bullet: str
    sources: tuple[str, ...]
    previous: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckerLayout:
    """How much the encoder reads, in pieces; of what is longer, a part.

    Attributes:
        max_bullet, max_source, max_topic: From the beginning; `max_source` of each of several
            sources, twice that of all.
        max_previous: To the end.
        max_sources: Sentences.
    """

    max_bullet: int = 56
    max_source: int = 88
    max_previous: int = 20
    max_topic: int = 12
    max_sources: int = 3

    @property
    def max_tokens(self) -> int:
        """Of the longest reading."""
        marks = 5 + self.max_sources
        sources = 2 * self.max_source
        return self.max_bullet + sources + self.max_previous + self.max_topic + marks


@dataclass(frozen=True, slots=True)
class Marks:
    """Ids of the tokens around the parts."""

    start: int
    end: int
    source: int
    previous: int
    topic: int

    @classmethod
    def of(cls, encoding: Encoding) -> "Marks":
        """Those of a model whose vocabulary is BERT's.

        Raises:
            PromptError: The tokenizer has no such tokens.
        """
        spelled = ("[CLS]", "[SEP]", "[unused40]", "[unused41]", "[unused42]")
        return cls(*map(encoding.token_id, spelled))


@dataclass(frozen=True, slots=True)
class Reading:
    """What the encoder reads.

    Attributes:
        ids: Token ids.
        types: One of the types above for each; 0 for context and for the tokens around parts.
        n_bullet: The bullet's tokens are `ids[1 : 1 + n_bullet]`.
        is_cut: Whether the bullet or a source lost tokens to the limits.
    """

    ids: list[int]
    types: list[int]
    n_bullet: int
    is_cut: bool


def to_tokens(text: str) -> list[str]:
    """Folded words and marks; a contraction in one piece, whichever way it is spaced."""
    joined = _PARTED.sub(lambda match: match[1] or f"'{match[2]}", fold(text))
    return _TOKEN.findall(joined)


def without_stop(tokens: Sequence[str]) -> list[str]:
    """A bullet's tokens without the full stop at their end: some bullets have one, some do not."""
    end = len(tokens)
    while end and tokens[end - 1] in {".", "!"}:
        end -= 1
    return list(tokens[:end])


def to_reading(
    bullet: Sequence[int],
    sources: Sequence[Sequence[int]],
    previous: Sequence[int],
    topic: Sequence[int],
    marks: Marks,
    layout: CheckerLayout,
) -> Reading:
    """A bullet and what it was made from as one sequence.

    Args:
        bullet: Its token ids.
        sources: Those of each sentence that it reports.
        previous: Those of what stands before; may be empty.
        topic: Those of the headline; may be empty.
        marks: The tokens in between.
        layout: Limits.
    """
    written = list(bullet[: layout.max_bullet])
    read: list[int] = []
    room = 2 * layout.max_source
    most = layout.max_source if len(sources) > 1 else room
    is_cut = len(bullet) > layout.max_bullet or len(sources) > layout.max_sources
    for source in sources[: layout.max_sources]:
        part = source[: min(room, most)]
        is_cut |= len(part) < len(source)
        room -= len(part)
        read += [marks.source, *part]
    around = [marks.previous, *previous[-layout.max_previous :]] if previous else []
    around += [marks.topic, *topic[: layout.max_topic]] if topic else []
    ours, theirs = _types(written, read, set(around))
    ids = [marks.start, *written, marks.end, *read, *around, marks.end]
    types = [0, *ours, 0, *theirs, *([0] * (len(around) + 1))]
    return Reading(ids, types, len(written), is_cut)


def _types(
    written: Sequence[int], read: Sequence[int], around: set[int]
) -> tuple[list[int], list[int]]:
    """Types of a bullet's tokens and of its sources'."""
    has, wanted = set(read), set(written)
    ours = [ELSEWHERE if one in has else AROUND if one in around else NEW for one in written]
    theirs = [MOVED if one in wanted else OUTSIDE for one in read]
    blocks = SequenceMatcher(None, read, written, autojunk=False).get_matching_blocks()[:-1]
    for block in blocks:
        for n in range(block.size):
            ours[block.b + n] = COPIED if n else SEAM
            theirs[block.a + n] = KEPT
    if blocks:
        for n in range(blocks[0].a, blocks[-1].a):
            if theirs[n] == OUTSIDE:
                theirs[n] = SKIPPED
    return ours, theirs


class Checker:
    """The converted encoder with its head, loaded when it is first asked. Thread-safe.

    Args:
        folder: The model's `checker` folder.
        encoding: The model's own, for pieces.
        n_parallel: Batches that are read at once, one thread each.

    Raises:
        ModelError: The folder does not hold what `training` wrote there.
        PromptError: The model's vocabulary is not BERT's.
    """

    def __init__(self, folder: Path, encoding: Encoding, n_parallel: int) -> None:
        manifest = checkpoint_folder.read_json(folder / MANIFEST)
        if manifest is None:
            raise ModelError(f"{folder}: no {MANIFEST}", "train the checker again, or remove it")
        self.threshold = float(manifest["threshold"])
        """The probability from which a bullet holds, with the best balanced accuracy on bullets
        that were kept from training."""
        self.identity: Mapping[str, str] = {"checker": str(manifest["digest"])}
        self._layout = CheckerLayout(**manifest["layout"])
        self._marks = Marks.of(encoding)
        self._folder = folder
        self._encoding = encoding
        self._n_parallel = n_parallel
        self._loading = Lock()

    def score(self, claims: Sequence[CheckedClaim]) -> list[float]:
        """How probable it is that each bullet is supported and reads as a sentence, 0 to 1."""
        return [score for score, _ in self.judge(claims)]

    def judge(self, claims: Sequence[CheckedClaim]) -> list[tuple[float, bool]]:
        """The scores, each with whether the bullet or a source was longer than is read."""
        readings = self._readings(claims)
        order = sorted(range(len(readings)), key=lambda row: len(readings[row].ids))
        with self._loading:
            encoder, (weight, bias) = self._encoder, self._head
        found = [0.0] * len(readings)
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            some = [readings[row] for row in rows]
            output = encoder.forward_batch(
                [one.ids for one in some], token_type_ids=[one.types for one in some]
            )
            states: NDArray[np.float32] = np.array(output.last_hidden_state)
            for row, own, one in zip(rows, states, some, strict=True):
                odds = float(pooled(own, one.n_bullet) @ weight) + bias
                found[row] = float(1 / (1 + np.exp(-odds)))
        return [(score, one.is_cut) for score, one in zip(found, readings, strict=True)]

    def _readings(self, claims: Sequence[CheckedClaim]) -> list[Reading]:
        def ids(texts: Sequence[str]) -> list[list[int]]:
            return self._encoding.text_ids([" ".join(to_tokens(text)) for text in texts])

        bullets = [" ".join(without_stop(to_tokens(claim.bullet))) for claim in claims]
        written = self._encoding.text_ids(bullets)
        readings = []
        for claim, bullet in zip(claims, written, strict=True):
            previous, topic, *sources = ids([claim.previous, claim.topic, *claim.sources])
            readings.append(to_reading(bullet, sources, previous, topic, self._marks, self._layout))
        return readings

    @cached_property
    def _encoder(self) -> Any:  # noqa: ANN401  (CTranslate2 is untyped)
        import ctranslate2

        try:
            return ctranslate2.Encoder(
                str(self._folder / CONVERSION),
                device="cpu",
                compute_type="int8",
                inter_threads=self._n_parallel,
                intra_threads=1,
            )
        except (RuntimeError, ValueError) as error:
            problem = f"{self._folder / CONVERSION}: CTranslate2 cannot read it: {error}"
            raise ModelError(problem, "install brief again, or train the checker again") from error

    @cached_property
    def _head(self) -> tuple[NDArray[np.float32], float]:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        path = self._folder / HEAD
        try:
            tensors = load_file(path)
            weight = tensors["weight"].astype(np.float32).reshape(-1)
            return weight, float(tensors["bias"].reshape(-1)[0])
        except (OSError, KeyError, SafetensorError) as error:
            raise ModelError(f"{path}: not the head of a checker: {error}") from error


def pooled(states: NDArray[np.float32], n_bullet: int) -> NDArray[np.float32]:
    """What the head reads: the first state, and mean and maximum of the bullet's.

    Args:
        states: Shape (tokens, size).
        n_bullet: As `Reading` has it.

    Returns:
        Shape (3 * size,).
    """
    own = states[1 : 1 + n_bullet] if n_bullet else states[:1]
    return np.concatenate([states[0], own.mean(axis=0), own.max(axis=0)])
