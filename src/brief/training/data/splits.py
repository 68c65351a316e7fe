"""Inputs of every training run: the base model, train/validation split, held-out articles.

See `train_bullets.py` and `train_salience.py` for the training.

Tested in `tests/training/test_train_bullets.py`.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain
from pathlib import Path

from brief.errors import InputError, StorageError, UsageError
from brief.evaluation.data.dataset import DataSet, Example, part, read_dataset
from brief.evaluation.data.tables import read_table
from brief.models.base import ModelCard
from brief.models.registry import resolve
from brief.training.data.annotated_articles import (
    AnnotatedArticle,
    is_annotated,
    read_annotated,
)
from brief.training.data.decontamination import Held

WORK = "training"
"""The folder within the output for everything except the model."""

HELD_OUT_SHARE = 0.05
"""Share of the data held out for validation when no validation data is given."""


def work_folder(output: Path) -> Path:
    """Make the run's own folder within the output.

    Raises:
        StorageError: It cannot be made.
    """
    work = output / WORK
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{output}: cannot be made ({error.strerror})") from error
    return work


def base_of(name: str, texts: Iterable[str], work: Path) -> tuple[ModelCard, Path]:
    """Card and folder of a base model; news-small's own base is first made from MiniLM.

    Args:
        name: As for `load_model`, or `init_minilm.NAME`.
        texts: The training articles, whose words determine the vocabulary of a new base.
        work: Where a new base is stored.

    Raises:
        UsageError: There is no such model, or it cannot be trained.
        ModelError: The folder is not a model.
    """
    from brief.training import init_minilm

    if name == init_minilm.NAME:
        name = str(work / "start")
        if not (work / "start" / "card.toml").is_file():
            init_minilm.lay(init_minilm.minilm(), texts, work / "start")
    card, folder = resolve(name)
    if folder is None:
        raise UsageError(
            f"--base {name}: only chooses sentences, there is nothing to train",
            "name a sequence-to-sequence model or its folder",
        )
    from brief.models.checkpoint_folder import read_config

    read_config(folder)
    return card, folder


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles for training or for validation.

    Attributes:
        annotated: Articles annotated by an editor.
        sets: Articles with bullets.
    """

    annotated: tuple[AnnotatedArticle, ...]
    sets: tuple[DataSet, ...]

    def __len__(self) -> int:
        return len(self.annotated) + sum(len(data.examples) for data in self.sets)

    @property
    def examples(self) -> Iterator[Example]:
        """The articles with bullets."""
        return chain.from_iterable(data.examples for data in self.sets)

    @property
    def texts(self) -> Iterator[str]:
        """The texts of all articles."""
        yield from (article.text for article in self.annotated)
        yield from (example.source.text for example in self.examples)

    @property
    def digest(self) -> str:
        """SHA-256 of everything that affects the result."""
        decisive = repr(self.annotated), *(data.digest for data in self.sets)
        return hashlib.sha256("\n".join(decisive).encode()).hexdigest()


def split(paths: Sequence[Path], validation: Path | None, seed: int) -> tuple[Corpus, Corpus]:
    """The training data and the validation data.

    Args:
        paths: Files of articles with bullets or of annotated articles.
        validation: Another file for validation; None to hold out `HELD_OUT_SHARE` of each file,
            drawn by seed and id.
        seed: Seed of that draw.

    Raises:
        InputError: A file cannot be read, or has too few articles to hold any out.
    """
    wholes = [_read(path) for path in paths]
    if validation is not None:
        return _joined(wholes), _read(validation)
    parts = [_parted(path, whole, seed) for path, whole in zip(paths, wholes, strict=True)]
    return _joined(part[0] for part in parts), _joined(part[1] for part in parts)


def _read(path: Path) -> Corpus:
    if is_annotated(path):
        return Corpus(read_annotated(path), ())
    return Corpus((), (read_dataset(path, strict=True),))


def _parted(path: Path, whole: Corpus, seed: int) -> tuple[Corpus, Corpus]:
    ids = {article.id for article in whole.annotated} | {one.id for one in whole.examples}
    n = max(1, round(HELD_OUT_SHARE * len(ids)))
    drawn = frozenset(nsmallest(n, ids, key=lambda id_: _draw(seed, id_)))
    if drawn == ids:
        raise InputError(
            f"{path}: one article cannot be trained on and validated on",
            "name other articles with --validation",
        )
    return _only(whole, lambda id_: id_ not in drawn), _only(whole, lambda id_: id_ in drawn)


def _only(whole: Corpus, is_wanted: Callable[[str], bool]) -> Corpus:
    return Corpus(
        tuple(article for article in whole.annotated if is_wanted(article.id)),
        tuple(part(data, data.name, lambda one: is_wanted(one.id)) for data in whole.sets),
    )


def _joined(corpora: Iterable[Corpus]) -> Corpus:
    parts = tuple(corpora)
    return Corpus(
        tuple(article for part in parts for article in part.annotated),
        tuple(data for part in parts for data in part.sets),
    )


def _draw(seed: int, id_: str) -> bytes:
    return hashlib.sha256(f"held out\n{seed}\n{id_}".encode()).digest()


def articles_in(path: Path) -> Iterator[str]:
    """The articles of an evaluation file, with or without references."""
    from brief.ingest.jsonl import from_row

    if is_annotated(path):
        yield from (article.text for article in read_annotated(path))
        return
    for place, row in read_table(path):
        if not isinstance(row, InputError):
            yield from_row(row, place).text


def held_by(avoid: Sequence[Path], validation: Iterable[str]) -> Held:
    """Articles that must not be trained on: those of evaluation files and of the validation."""
    return Held([*(articles_in(path) for path in avoid), validation])


def digest_of(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        InputError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
