"""Export a trained model to a loadable folder: float16 weights, tokenizer, card, int8 version.

The card gets no scores; a person measures them.

Tested in `tests/training/test_train_bullets.py`.
"""

import copy
import shutil
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import tomlkit
import transformers

from brief.errors import StorageError
from brief.models.base import GenerationConfig, ModelCard
from brief.models.conversion_cache import BESIDE, CONVERTIBLE
from brief.models.convert import ASSUMED, convert, quietly
from brief.models.registry import SALIENCE

_BESIDE_WEIGHTS = (
    "added_tokens.json",
    "merges.txt",
    "sentencepiece.bpe.model",
    "special_tokens_map.json",
    "spiece.model",
    "tokenizer.json",
    "tokenizer_config.json",
    "vmap.txt",
    "vocab.json",
    "vocab.txt",
)
"""What a folder holds beside config and weights, and training does not change."""

_UNSAID = frozenset({"name", "source", "revision", "size_mb", "scores"})
"""What a new model's card cannot take over from its base."""


def export(model: Any, base: Path, card: ModelCard, folder: Path) -> None:  # noqa: ANN401
    """Write a model as users load it; files that are there are replaced when all are complete.

    Args:
        model: A transformers model.
        base: The folder it was begun from, whose tokenizer it keeps.
        card: What is known about that; `card.toml` takes over how the model is run.
        folder: Where to; made if need be.

    Raises:
        StorageError: It cannot be written.
        ModelError: CTranslate2 should be able to convert it, and cannot.
    """
    work = folder / ".model.part"
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        _write_weights(model, work)
        for name in _BESIDE_WEIGHTS:
            if (base / name).is_file():
                shutil.copyfile(base / name, work / name)
        (work / "card.toml").write_text(to_toml(card), encoding="utf-8")
        if model.config.model_type in CONVERTIBLE:
            convert(work, work / BESIDE)
        if (base / SALIENCE).is_dir():
            # It has an encoder of its own, and rates sentences as before.
            shutil.copytree(base / SALIENCE, work / SALIENCE)
        for name in (BESIDE, SALIENCE):
            shutil.rmtree(folder / name, ignore_errors=True)
        for path in sorted(work.iterdir()):
            path.replace(folder / path.name)
    except OSError as error:
        raise StorageError(
            f"{folder}: the model cannot be written ({error.strerror or error})",
            "make room and run the same command again",
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def to_toml(card: ModelCard) -> str:
    """A card as `card.toml` spells it: what is not the default, and holds for the new model."""
    table: dict[str, Any] = {}
    for field in fields(card):
        value = getattr(card, field.name)
        if field.name not in _UNSAID and value != field.default:
            table[field.name] = _plain(value)
    table["about"] = f"trained from {card.name}"
    return tomlkit.dumps(table)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        default = GenerationConfig() if isinstance(value, GenerationConfig) else None
        plain = {field.name: getattr(value, field.name) for field in fields(value)}
        known: Mapping[str, object] = (
            {} if default is None else {f.name: getattr(default, f.name) for f in fields(default)}
        )
        inline = tomlkit.inline_table()
        inline.update(
            {
                key: item
                for key, item in plain.items()
                if item is not None and (key not in known or item != known[key])
            }
        )
        return inline
    return list(value) if isinstance(value, tuple) else value


def _write_weights(model: Any, folder: Path) -> None:  # noqa: ANN401
    half: transformers.PreTrainedModel = copy.deepcopy(model).half()
    for key, value in ASSUMED.get(model.config.model_type, {}).items():
        setattr(half.config, key, value)
    with quietly():
        half.save_pretrained(str(folder))
