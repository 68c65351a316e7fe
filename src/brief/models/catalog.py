"""What is known about models: cards.toml, and cards for folders that it does not name.

Left out: loading a model (`registry.py`).
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from brief.config_rules import check_table, read_toml, rules_by_type
from brief.errors import ModelError, UsageError, nearest
from brief.models.base import GenerationConfig, ModelCard
from brief.models.checkpoint_folder import read_json
from brief.models.chunking import Budget

_CARDS = Path(__file__).with_name("cards.toml")
_FOLDER_CARD = "card.toml"

_PROMPTS = {"t5": "t5"}
"""Templates by `model_type`; the bare text where it is not named."""

_DEFAULT_SOURCE_TOKENS = 512
"""What relative-position models such as T5 were trained on; they have no maximum of their own."""

_NO_MAXIMUM = 10**6
"""Tokenizers and configs write huge numbers for "no limit"."""

T = TypeVar("T", Budget, GenerationConfig, ModelCard)


@cache
def cards() -> Mapping[str, ModelCard]:
    """The cards of cards.toml, by name.

    Raises:
        ModelError: A card has an unknown key or lacks one; the installation is damaged.
    """
    return _read_cards(_CARDS)


def card_of(name: str) -> ModelCard:
    """The card of a model that cards.toml names.

    Raises:
        UsageError: It names no such model; the nearest are listed.
    """
    known = cards()
    if name not in known:
        raise UsageError(f"no model is called {name!r}", nearest(name, known))
    return known[name]


def card_for_folder(folder: Path, config: Mapping[str, Any], name: str) -> ModelCard:
    """The card of a model folder that cards.toml does not name.

    A `card.toml` in the folder, one table with the keys of cards.toml, is taken at its word;
    `brief train` writes one. Without it the card is inferred from the configs.

    Args:
        folder: A transformers folder.
        config: Its config.json.
        name: What the model is called.

    Raises:
        ModelError: card.toml is malformed.
    """
    own = folder / _FOLDER_CARD
    if own.is_file():
        (card,) = _read_cards(own).values()
        return replace(card, name=name, source=str(folder))
    model_type = str(config.get("model_type", ""))
    return ModelCard(
        name=name,
        about=f"{model_type}, card inferred from its config.json",
        source=str(folder),
        prompt=_PROMPTS.get(model_type, "plain"),
        budget=Budget(max_source_tokens=_max_source_tokens(config)),
        generation=_generation(folder, config),
        copy_locked=(folder / "vmap.txt").is_file(),
        languages=(),
    )


def max_positions(config: Mapping[str, Any]) -> int | None:
    """How many tokens the encoder has positions for; None when it has no such limit."""
    for key in ("max_encoder_position_embeddings", "max_position_embeddings"):
        limit = config.get(key)
        if isinstance(limit, int) and 0 < limit < _NO_MAXIMUM:
            return limit
    return None


def _max_source_tokens(config: Mapping[str, Any]) -> int:
    positions = max_positions(config) or config.get("n_positions")
    return positions if isinstance(positions, int) else _DEFAULT_SOURCE_TOKENS


def _generation(folder: Path, config: Mapping[str, Any]) -> GenerationConfig:
    """A folder's own generation settings; greedy decoding where it has none."""
    stated = {**config, **(read_json(folder / "generation_config.json") or {})}
    values = {
        ours: stated[theirs]
        for ours, theirs in (
            ("num_beams", "num_beams"),
            ("length_penalty", "length_penalty"),
            ("no_repeat_ngram_size", "no_repeat_ngram_size"),
            ("min_new_tokens", "min_length"),
            ("max_new_tokens", "max_length"),
            ("min_new_tokens", "min_new_tokens"),
            ("max_new_tokens", "max_new_tokens"),
        )
        if isinstance(stated.get(theirs), int | float)
    }
    return GenerationConfig(**values)


def _read_cards(path: Path) -> dict[str, ModelCard]:
    tables = read_toml(path, error=ModelError)
    if path.name == _FOLDER_CARD:
        tables = {path.parent.name: tables}
    return {name: _card(name, table, f"{path.name} [{name}]") for name, table in tables.items()}


def _card(name: str, table: Mapping[str, Any], where: str) -> ModelCard:
    values = {"name": name, **table}
    if isinstance(budget := values.get("budget"), dict):
        values["budget"] = _build(Budget, budget, f"{where} budget")
    if isinstance(generation := values.get("generation"), dict):
        values["generation"] = _build(GenerationConfig, generation, f"{where} generation")
    return _build(ModelCard, values, where)


def _build(kind: type[T], table: Mapping[str, Any], where: str) -> T:
    required = [one.name for one in fields(kind) if one.default is MISSING]
    rules = rules_by_type(kind)
    return kind(**check_table(rules, table, where, required=required, error=ModelError))
