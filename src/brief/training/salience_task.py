"""Training task of the salience tagger: learn which sentences of an article editors reported.

A base model's encoder, with a low-rank adapter, reads one window of an article at a time, in the
same layout as at inference (`models/salience.py`). See `salience_labels.py` for the labels,
`loop.py` for the training loop and `export_salience.py` for the result.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from brief.evaluation.data.dataset import Example
from brief.evaluation.metrics.rouge import as_lines, mean_rouge
from brief.evaluation.metrics.rouge_tokenizer import RougeTokenizer
from brief.models.base import ModelCard
from brief.models.salience import Layout, Markers, Window, to_windows
from brief.models.tokenization import Encoding
from brief.pipeline.selection import MAX_OVERLAP
from brief.text.strings import content, overlap
from brief.training.data.salience_dataset import Lesson, Lessons, texts_of
from brief.training.export_salience import export_salience
from brief.training.lora import Tagger

RANK = 48
"""Of the adapter: 2.0 M parameters on news-small, 4 MB."""

BATCH_WINDOWS = 12
_POOL_BATCHES = 4
"""Windows of that many batches are sorted by length together, so that little is padding."""

_FIRST_WINDOW = 0.65
"""How often a longer article is read from its beginning: that is where most news is, and every
later place must be known, too."""

_VALIDATION_BULLETS = 3
_VALIDATION_WINDOWS = 16


@dataclass(frozen=True, slots=True)
class SalienceQuestion:
    """An unseen article.

    Attributes:
        sentences: Token ids of each of its sentences.
        texts, bullets: Its sentences and its reference.
    """

    sentences: list[list[int]]
    texts: tuple[str, ...]
    bullets: tuple[str, ...]


def to_questions(examples: Iterable[Example], encoding: Encoding, n: int) -> list[SalienceQuestion]:
    """The first articles that can be read, for validation."""
    found: list[SalienceQuestion] = []
    for example in examples:
        texts = texts_of(example)
        if texts and example.bullets:
            found.append(SalienceQuestion(encoding.text_ids(texts), texts, example.bullets))
        if len(found) == n:
            break
    return found


class SalienceTask:
    """The `Task` of telling which sentences are worth reporting.

    Args:
        encoder: The base model's encoder, as `transformers` loads it.
        base: Its folder.
        card: What is known about it.
        encoding: Its tokenizer and template.
        lessons: What there is to learn.
        questions: What it is validated on.
        tokenizer: How words are compared.
        layout: How an article is laid out.
        settings: What decides the result.
        seed: Of the order and of the windows that are read.
    """

    def __init__(
        self,
        encoder: Any,  # noqa: ANN401  # untyped
        base: Path,
        card: ModelCard,
        encoding: Encoding,
        lessons: Lessons,
        questions: Sequence[SalienceQuestion],
        tokenizer: RougeTokenizer,
        layout: Layout,
        settings: Mapping[str, Any],
        *,
        seed: int,
    ) -> None:
        torch.manual_seed(seed)
        self._tagger = Tagger(encoder, RANK)
        self.model: torch.nn.Module = self._tagger
        self.settings = settings
        self._base = base
        self._card = card
        self._lessons = lessons
        self._questions = questions
        self._tokenizer = tokenizer
        self._layout = layout
        self._markers = Markers(encoding)
        self._seed = seed

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        return np.random.default_rng(self._seed).permutation(len(self._lessons))

    def rate_of(self, name: str) -> float:
        """All that is learned is new, and learns at the run's own rate."""
        del name
        return 1.0

    def loss(self, step: int) -> tuple[torch.Tensor, int]:
        """Cross-entropy of every sentence in a batch of windows; see `Task.loss`."""
        windows, worth = zip(*self._batch(step), strict=True)
        scores = self._tagger(*packed(windows))
        wanted = torch.from_numpy(np.concatenate(worth))
        return functional.binary_cross_entropy_with_logits(scores, wanted), len(windows)

    def validate(self) -> Mapping[str, float]:
        """ROUGE of the three best sentences that do not repeat each other; see `Task.validate`.

        `score` is the mean of ROUGE-1, 2 and Lsum.
        """
        pairs = []
        for question, scores in zip(self._questions, self._scores(), strict=True):
            picked = _best(question.texts, scores)
            candidate = as_lines(question.texts[row] for row in picked)
            pairs.append((candidate, as_lines(question.bullets)))
        return mean_rouge(pairs, self._tokenizer)

    def write(self, folder: Path) -> None:
        """The base model with this salience beside its weights; see `Task.write`."""
        export_salience(self._tagger, self._base, self._card, self._layout, folder)

    def _batch(self, step: int) -> list[tuple[Window, NDArray[np.float32]]]:
        """One batch of a pool; windows of like length."""
        pool, number = divmod(step, _POOL_BATCHES)
        first = pool * _POOL_BATCHES * BATCH_WINDOWS
        read = [self._window(pool, row, first) for row in range(_POOL_BATCHES * BATCH_WINDOWS)]
        read.sort(key=lambda item: len(item[0].ids))
        draw = np.random.default_rng([self._seed + 3, pool])
        start = int(draw.permutation(_POOL_BATCHES)[number]) * BATCH_WINDOWS
        return read[start : start + BATCH_WINDOWS]

    def _window(self, pool: int, row: int, first: int) -> tuple[Window, NDArray[np.float32]]:
        lesson = self._lessons[int(self._order[(first + row) % len(self._lessons)])]
        windows = self._windows(lesson)
        draw = np.random.default_rng([self._seed + 2, pool, row])
        later = len(windows) > 1 and draw.random() >= _FIRST_WINDOW
        window = windows[int(draw.integers(1, len(windows))) if later else 0]
        return window, lesson.worth[list(window.sentences)]

    def _windows(self, read: Lesson | SalienceQuestion) -> list[Window]:
        return to_windows(read.sentences, self._markers, self._layout)

    def _scores(self) -> list[NDArray[np.float32]]:
        """The log-odds of each question's sentences."""
        scores = [np.full(len(question.texts), -np.inf, np.float32) for question in self._questions]
        waiting = [
            (row, window)
            for row, question in enumerate(self._questions)
            for window in self._windows(question)
        ]
        waiting.sort(key=lambda item: len(item[1].ids))
        for start in range(0, len(waiting), _VALIDATION_WINDOWS):
            some = waiting[start : start + _VALIDATION_WINDOWS]
            found = iter(self._tagger(*packed([window for _, window in some])).tolist())
            for row, window in some:
                for sentence in window.sentences:
                    scores[row][sentence] = next(found)
        return scores


def packed(windows: Sequence[Window]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, mask and markers as `Tagger.forward` takes them."""
    longest = max(len(window.ids) for window in windows)
    ids = torch.zeros(len(windows), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = torch.tensor(window.ids)
        mask[row, : len(window.ids)] = 1
    places = [(row, column) for row, window in enumerate(windows) for column in window.markers]
    return ids, mask, torch.tensor(places)


def _best(texts: Sequence[str], scores: NDArray[np.float32]) -> list[int]:
    """The best sentences in reading order, none of them saying what a better one says."""
    picked: list[int] = []
    for row in np.argsort(-scores, kind="stable").tolist():
        said = content(texts[row])
        if all(overlap(said, content(texts[other])) <= MAX_OVERLAP for other in picked):
            picked.append(row)
        if len(picked) == _VALIDATION_BULLETS:
            break
    return sorted(picked)
