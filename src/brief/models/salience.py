"""Sentence salience: rate which sentences of an article are worth reporting.

A model's own encoder, with a low-rank adapter merged into it, reads the article in windows with a
marker before each sentence; the sentence's score is computed from the marker's last hidden state.
The windows are made here, for inference and training alike. See `training/` for training, merging
and converting, and `selection.py` for the use of the scores.

Source:
    Liu & Lapata (2019), "Text summarization with pretrained encoders", section 3.1 (BERTSumExt:
    one marker per sentence). Hu et al. (2022), "LoRA", section 4.1 (the adapter).
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
"""Folder next to a model's weights: the adapter, its head and the merged, converted encoder."""
ADAPTER = "adapter.safetensors"
HEAD = "head.safetensors"
CONVERSION = "ctranslate2-int8"
MANIFEST = "salience.json"

FLOOR = -8.0
"""Log-odds of a sentence after the last window: as low as scores get."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Limits of the encoder's windows, in tokens.

    Attributes:
        max_window_tokens: Limit of one window, including markers and lead.
        max_sentence_tokens: A longer sentence is judged by its beginning.
        max_lead_tokens: Limit of the first sentence, which opens every window after the first.
        max_windows: Limit that bounds the cost of a book; later sentences score `FLOOR`.
    """

    max_window_tokens: int = 384
    max_sentence_tokens: int = 40
    max_lead_tokens: int = 40
    max_windows: int = 8


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the encoder.

    Attributes:
        ids: Token ids.
        markers: Index in `ids` of each sentence's marker.
        sentences: Indices of these sentences, consecutive.
    """

    ids: tuple[int, ...]
    markers: tuple[int, ...]
    sentences: tuple[int, ...]


class Markers:
    """The tokens around an article's text: start, end of the opening, and position markers.

    The markers are the template's own position tokens, so that a sentence's position is encoded
    as it is when the model writes a bullet.

    Args:
        encoding: The model's encoding.

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
        """The marker of the body's sentence `index`, counted from 0."""
        return self._encoding.token_id(self._prompt.control("position", str(index)))


def to_windows(
    sentences: Sequence[Sequence[int]], markers: Markers, layout: Layout
) -> list[Window]:
    """Split an article into windows: every sentence in exactly one, in order.

    Args:
        sentences: Token ids of each sentence.
        markers: The tokens between sentences.
        layout: Limits.

    Returns:
        At most `layout.max_windows` windows, each as full as possible.
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
        n_parallel: Articles rated at once, one thread each.

    Raises:
        ModelError: The folder does not hold the files that `training` writes.
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
        """Log-odds that each sentence is worth reporting, given all of them.

        Args:
            sentences: All sentences of an article, in order.

        Returns:
            log(p / (1 - p)) for each sentence; `FLOOR` for those in no window.
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
    """The score's weight, of shape (d_model,), and its bias."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(path)
        weight = tensors["weight"].astype(np.float32).reshape(-1)
        return weight, float(tensors["bias"].reshape(-1)[0])
    except (OSError, KeyError, SafetensorError) as error:
        raise ModelError(f"{path}: not the head of a salience model: {error}") from error
