"""Inputs of every training run: the base model, train/validation split, held-out articles.

See `train_bullets.py` and `train_salience.py` for the training.
"""

import hashlib
from collections.abc import Iterator, Sequence
from heapq import nsmallest
from pathlib import Path

from brief.errors import InputError, StorageError, UsageError
from brief.evaluation.data.dataset import DataSet, part, read_dataset
from brief.evaluation.data.tables import read_table
from brief.models.base import ModelCard
from brief.models.registry import resolve
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


def base_of(name: str, training: DataSet, work: Path) -> tuple[ModelCard, Path]:
    """Card and folder of a base model; news-small's own base is first made from MiniLM.

    Args:
        name: As for `load_model`, or `init_minilm.NAME`.
        training: Training data, whose words determine the vocabulary of a new base.
        work: Where a new base is stored.

    Raises:
        UsageError: There is no such model, or it cannot be trained.
        ModelError: The folder is not a model.
    """
    from brief.training import init_minilm

    if name == init_minilm.NAME:
        name = str(work / "start")
        if not (work / "start" / "card.toml").is_file():
            texts = (example.source.text for example in training.examples)
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


def parted(path: Path, validation: Path | None, seed: int) -> tuple[DataSet, DataSet]:
    """The training data and the validation data.

    Args:
        path: Articles with bullets.
        validation: Other articles for validation; None to hold out `HELD_OUT_SHARE` of the
            articles, drawn by seed and id.
        seed: Seed of that draw.

    Raises:
        InputError: A file cannot be read, or has too few articles to hold any out.
    """
    data = read_dataset(path, strict=True)
    if validation is not None:
        return data, read_dataset(validation)
    n = max(1, round(HELD_OUT_SHARE * len(data.examples)))
    ids = [example.id for example in data.examples]
    drawn = set(nsmallest(n, ids, key=lambda id_: _draw(seed, id_)))
    if len(drawn) == len(ids):
        raise InputError(
            f"{path}: one article cannot be trained on and validated on",
            "name other articles with --validation",
        )
    return (
        part(data, f"{data.name} (trained on)", lambda example: example.id not in drawn),
        part(data, f"{data.name} (held out)", lambda example: example.id in drawn),
    )


def _draw(seed: int, id_: str) -> bytes:
    return hashlib.sha256(f"held out\n{seed}\n{id_}".encode()).digest()


def articles_in(path: Path) -> Iterator[str]:
    """The articles of an evaluation file, with or without references."""
    from brief.ingest.jsonl import from_row

    for place, row in read_table(path):
        if not isinstance(row, InputError):
            yield from_row(row, place).text


def held_by(avoid: Sequence[Path], validation: DataSet) -> Held:
    """Articles that must not be trained on: those of evaluation files and of the validation."""
    return Held(
        [
            *(articles_in(path) for path in avoid),
            [example.source.text for example in validation.examples],
        ]
    )


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
