"""Tokenize and label articles for the salience tagger, in flat arrays.

See `salience_labels.py` for the labels, and `salience_task.py` for windows and batches.

Tested in `tests/training/test_salience_task.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from brief.errors import BriefError
from brief.evaluation.data.dataset import Example
from brief.evaluation.metrics.rouge_tokenizer import RougeTokenizer
from brief.ingest.article import to_article
from brief.models.chunking import to_sentences
from brief.models.salience import Layout
from brief.models.tokenization import Encoding
from brief.training.data.salience_labels import labels

MIN_SENTENCES = 3
"""With fewer sentences there is nothing to choose from."""

MAX_SENTENCES = 160
"""Most sentences read of an article; more than its windows hold."""


@dataclass(frozen=True)
class Lesson:
    """One article with its labels.

    Attributes:
        sentences: Token ids of each sentence.
        worth: How much each sentence is worth reporting, 0 to 1.
    """

    sentences: list[list[int]]
    worth: NDArray[np.float32]


@dataclass(frozen=True)
class Lessons:
    """Many articles, in flat arrays that a file can hold.

    Attributes:
        tokens: Token ids of every sentence of every article, one after the other.
        ends: End of each sentence in `tokens`.
        firsts: Index into `ends` of each article's first sentence, and one past the last.
        worth: One number per sentence.
    """

    tokens: NDArray[np.int32]
    ends: NDArray[np.int64]
    firsts: NDArray[np.int64]
    worth: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.firsts) - 1

    def __getitem__(self, index: int) -> Lesson:
        first, last = int(self.firsts[index]), int(self.firsts[index + 1])
        bounds = [int(self.ends[first - 1]) if first else 0, *self.ends[first:last].tolist()]
        sentences = [self.tokens[start:end].tolist() for start, end in pairwise(bounds)]
        return Lesson(sentences, self.worth[first:last])


def texts_of(example: Example) -> tuple[str, ...]:
    """The sentences of an article; none when it cannot be read or has too few of them."""
    try:
        article = to_article(example.source)
    except BriefError:
        return ()
    texts = tuple(sentence.text for sentence in to_sentences(article)[:MAX_SENTENCES])
    return texts if len(texts) >= MIN_SENTENCES else ()


def to_lessons(
    examples: Iterable[Example], encoding: Encoding, tokenizer: RougeTokenizer, layout: Layout
) -> Lessons:
    """Make lessons from articles; an article without enough sentences is skipped.

    Args:
        examples: Articles with reference bullets, a stream.
        encoding: The base model's encoding.
        tokenizer: Splits texts into words for the comparison with references.
        layout: Limits how much of a sentence is read and kept.
    """
    tokens: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    sizes: list[int] = []
    worth: list[NDArray[np.float32]] = [np.empty(0, np.float32)]
    firsts = [0]
    for example in examples:
        texts = texts_of(example)
        if not texts or not example.bullets:
            continue
        ids = [one[: layout.max_sentence_tokens] for one in encoding.text_ids(texts)]
        tokens += [np.array(one, np.int32) for one in ids]
        sizes += map(len, ids)
        worth.append(labels(texts, example.bullets, tokenizer))
        firsts.append(len(sizes))
    return Lessons(
        np.concatenate(tokens),
        np.cumsum(np.array(sizes, np.int64)),
        np.array(firsts, np.int64),
        np.concatenate(worth),
    )
