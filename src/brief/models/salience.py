"""Which sentences of an article are worth reporting: one reading of the whole article.

A model's own encoder, with a low-rank adapter merged into it, reads the article in windows in
which a marker stands before each sentence; the marker's last state is the sentence's score. The
windows are made here for inference and training alike. Left out: training, merging and
converting (`training/`), and what else selection weighs (`selection.py`).

Source:
    Liu & Lapata (2019), "Text summarization with pretrained encoders", section 3.1 (BERTSumExt:
    a marker a sentence). Hu et al. (2022), "LoRA", section 4.1 (the adapter).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import ctranslate2
import numpy as np
from numpy.typing import NDArray

from brief.datatypes import Sentence
from brief.errors import ModelError, PromptError
from brief.models import checkpoint_folder as model_folder
from brief.models.tokenization import Encoding

FOLDER = "salience"
"""Beside a model's weights: the adapter, its head, and what the two make with the encoder."""
ADAPTER = "adapter.safetensors"
HEAD = "head.safetensors"
CONVERSION = "ctranslate2-int8"
MANIFEST = "salience.json"

FLOOR = -8.0
"""Log-odds of a sentence behind the last window: as unlikely as scores get."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How an article is laid out for the encoder, in its pieces.

    Attributes:
        max_window_tokens: Of one window, markers and lead included.
        max_sentence_tokens: A longer sentence is judged by its beginning.
        max_lead_tokens: Of the first sentence, which opens every window after the first.
        max_windows: What a book costs is bounded; later sentences score `FLOOR`.
    """

    max_window_tokens: int = 384
    max_sentence_tokens: int = 40
    max_lead_tokens: int = 40
    max_windows: int = 8


@dataclass(frozen=True, slots=True)
class Window:
    """What the encoder reads at once.

    Attributes:
        ids: Token ids.
        markers: Where in `ids` each sentence's marker stands.
        sentences: Which sentences they are, consecutive.
    """

    ids: tuple[int, ...]
    markers: tuple[int, ...]
    sentences: tuple[int, ...]


class Markers:
    """The tokens around an article's text: start, end of what opens a window, a marker a place.

    The markers are the template's own position tokens, so that a sentence's place is told as it
    is to the decoder's side of the model.

    Args:
        encoding: The model's.

    Raises:
        PromptError: The template or the tokenizer has no such tokens.
    """

    def __init__(self, encoding: Encoding) -> None:
        if "position" not in encoding.prompt.tables:
            raise PromptError(
                f"template {encoding.prompt.name}: it has no tokens for a sentence's position",
                "rating sentences needs them, as news-small's template has",
            )
        self.start = encoding.token_id("[CLS]")
        self.end = encoding.token_id("[SEP]")
        self._encoding = encoding
        self._prompt = encoding.prompt

    def of(self, index: int) -> int:
        """The marker of a body's sentence number `index`, from 0."""
        return self._encoding.token_id(self._prompt.control("position", str(index)))


def to_windows(
    sentences: Sequence[Sequence[int]], markers: Markers, layout: Layout
) -> list[Window]:
    """An article in windows: every sentence in exactly one, in order.

    Args:
        sentences: Token ids of each sentence.
        markers: The tokens in between.
        layout: Limits.

    Returns:
        At most `layout.max_windows` windows, each as full as can be.
    """
    windows: list[Window] = []
    ids = [markers.start, markers.end]
    places: list[int] = []
    indices: list[int] = []
    for index, whole in enumerate(sentences):
        shown = whole[: layout.max_sentence_tokens]
        if indices and len(ids) + 1 + len(shown) > layout.max_window_tokens:
            windows.append(Window(tuple(ids), tuple(places), tuple(indices)))
            if len(windows) == layout.max_windows:
                return windows
            lead = sentences[0][: layout.max_lead_tokens]
            ids, places, indices = [markers.start, *lead, markers.end], [], []
        places.append(len(ids))
        indices.append(index)
        ids += [markers.of(index), *shown]
    if indices:
        windows.append(Window(tuple(ids), tuple(places), tuple(indices)))
    return windows


class SalienceModel:
    """The converted encoder with its head. Thread-safe.

    Args:
        folder: The model's `salience` folder.
        encoding: The model's own, for pieces and position tokens.
        n_parallel: Articles that are read at once, one thread each.

    Raises:
        ModelError: The folder does not hold what `training` wrote there.
    """

    def __init__(self, folder: Path, encoding: Encoding, n_parallel: int) -> None:
        manifest = model_folder.read_json(folder / MANIFEST)
        if manifest is None:
            raise ModelError(f"{folder}: no {MANIFEST}", "train the salience again, or remove it")
        self._encoding = encoding
        self._markers = Markers(encoding)
        self._layout = Layout(**manifest["layout"])
        self._weight, self._bias = _read_head(folder / HEAD)
        try:
            self._encoder = ctranslate2.Encoder(
                str(folder / CONVERSION),
                device="cpu",
                compute_type="int8",
                inter_threads=n_parallel,
                intra_threads=1,
            )
        except (RuntimeError, ValueError) as error:
            problem = f"{folder / CONVERSION}: CTranslate2 cannot read it: {error}"
            raise ModelError(problem, "install brief again, or train the salience again") from error
        self.identity: Mapping[str, str] = {"salience": str(manifest["digest"])}

    def log_odds(self, sentences: Sequence[Sentence]) -> list[float]:
        """How surely each sentence is worth reporting, given all of them.

        Args:
            sentences: All of an article, in order.

        Returns:
            One number a sentence, log(p / (1 - p)); `FLOOR` for those that no window shows.
        """
        ids = self._encoding.text_ids([sentence.text for sentence in sentences])
        scores = [FLOOR] * len(sentences)
        windows = to_windows(ids, self._markers, self._layout)
        if not windows:
            return scores
        output = self._encoder.forward_batch([list(window.ids) for window in windows])
        states: NDArray[np.float32] = np.array(output.last_hidden_state)
        for row, window in enumerate(windows):
            values = states[row, list(window.markers)] @ self._weight + self._bias
            for index, value in zip(window.sentences, values, strict=True):
                scores[index] = float(value)
        return scores


def _read_head(path: Path) -> tuple[NDArray[np.float32], float]:
    """The weight, shape (d_model,), and the bias of the score."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(path)
        weight = tensors["weight"].astype(np.float32).reshape(-1)
        return weight, float(tensors["bias"].reshape(-1)[0])
    except (OSError, KeyError, SafetensorError) as error:
        raise ModelError(f"{path}: not the head of a salience model: {error}") from error
