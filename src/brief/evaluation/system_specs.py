"""Which systems to compare: `--systems lead-3,news-small,file:theirs.jsonl` and eval/systems.toml.

A name is, in this order: a table of the TOML file; `lead`, `lexrank`, `textrank`, `random` or
`oracle`, with `-K` for a number of bullets of its own; `lead-Nw`, the lead cut at N words; `reference`; `file:PATH`; else a model's
name, folder or hub id. Left out: what a system does (`systems.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from brief.config_rules import TABLE, TEXT, TEXTS, Rule, check, check_table, read_toml, rules_of
from brief.errors import UsageError, nearest
from brief.evaluation.data.tuned_on import TunedOn
from brief.evaluation.metrics.rouge_tokenizer import RougeTokenizer
from brief.evaluation.system_config import Recipe, with_changes
from brief.evaluation.systems import (
    System,
    file_system,
    lead_words_system,
    oracle_system,
    random_system,
    reference_system,
)
from brief.models import cards, load_model
from brief.pipeline.cache import Cache
from brief.pipeline.selection import DEFAULT_WEIGHTS
from brief.settings import DEFAULTS, Engine, Length, Settings

_NUMBERED = re.compile(r"(lead|lexrank|textrank|random|oracle)(?:-(\d{1,3})|(?<=lead)-(\d{1,3})w)?")
_FILE = "file:"
_RULES: Mapping[str, Rule] = {
    **rules_of(Settings),
    "file": TEXT,
    "prompt": TEXT,
    "generation": TABLE,
    "weights": TABLE,
    "tuned_on": TABLE,
    "training_sets": TEXTS,
    "training_files": TEXTS,
}
"""Keys of a table in systems.toml."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What holds for every system that does not say otherwise.

    Attributes:
        n_bullets: Bullets of a summary.
        seed: Of random sentences.
        engine, prompt, length, threads: Of models; None leaves it to the model.
        generation: Of models: settings that differ from the card's.
        toml: A file with systems of their own.
    """

    n_bullets: int
    seed: int = 0
    engine: Engine = DEFAULTS.engine
    prompt: str | None = None
    length: Length = DEFAULTS.length
    threads: int | None = None
    generation: Mapping[str, Any] | None = None
    toml: Path | None = None


def parse_systems(
    names: str,
    setup: Setup,
    *,
    tokenizer: RougeTokenizer,
    cache: Cache | None = None,
) -> tuple[System, ...]:
    """The systems that a user named, loaded.

    Args:
        names: Separated by commas; empty for every table of `setup.toml`.
        setup: What holds for all of them.
        tokenizer: The data set's own, for the oracle.
        cache: Where models' summaries are kept.

    Raises:
        UsageError: No system is called that, one is named twice, or a table says what it may not.
        BriefError: A model or a file cannot be loaded.
    """
    tables = _tables(setup.toml)
    wanted = [name.strip() for name in names.split(",") if name.strip()] or list(tables)
    if not wanted:
        raise UsageError("no system was named", "for example --systems lead-3,lexrank,news-small")
    for name in wanted:
        if wanted.count(name) > 1:
            raise UsageError(f"--systems names {name} twice")
    return tuple(_system(name, tables.get(name), setup, tokenizer, cache) for name in wanted)


def parse_recipe(name: str, setup: Setup) -> Recipe:
    """One model with the settings that it runs with, for `brief eval tune`.

    Raises:
        UsageError: No model is called that, or its table says what it may not.
        BriefError: The model cannot be loaded.
    """
    table = _tables(setup.toml).get(name)
    if table is None:
        _check_is_model(name, setup)
        table = {"model": name}
    if "file" in table:
        raise UsageError(f"{name}: bullets from a file have no settings", "name a model")
    return _recipe(name, table, setup)


def _system(
    name: str,
    table: Mapping[str, Any] | None,
    setup: Setup,
    tokenizer: RougeTokenizer,
    cache: Cache | None,
) -> System:
    if table is not None and "file" in table:
        sets = tuple(table.get("training_sets", ()))
        return file_system(name, _base(setup) / table["file"], training_sets=sets)
    if table is not None:
        return _recipe(name, table, setup).system(cache)
    if numbered := _NUMBERED.fullmatch(name):
        return _numbered(name, numbered, setup, tokenizer, cache)
    if name == "reference":
        return reference_system(name)
    if name.startswith(_FILE):
        return file_system(name, Path(name.removeprefix(_FILE)))
    _check_is_model(name, setup)
    return _recipe(name, {"model": name}, setup).system(cache)


def _check_is_model(name: str, setup: Setup) -> None:
    if name not in cards() and "/" not in name and not Path(name).is_dir():
        known = [
            *cards(),
            *_tables(setup.toml),
            "random",
            "oracle",
            "lead-60w",
            "reference",
            "file:PATH",
        ]
        raise UsageError(f"no system is called {name!r}", nearest(name, known))


def _numbered(
    name: str,
    numbered: re.Match[str],
    setup: Setup,
    tokenizer: RougeTokenizer,
    cache: Cache | None,
) -> System:
    kind, number, n_words = numbered.groups()
    if n_words is not None:
        if int(n_words) < 1:
            raise UsageError(f"{name}: a lead of no words")
        return lead_words_system(name, n_words=int(n_words))
    n_bullets = int(number) if number else setup.n_bullets
    check(_RULES, "bullets", n_bullets, name)
    if kind == "random":
        return random_system(name, n_bullets=n_bullets, seed=setup.seed)
    if kind == "oracle":
        return oracle_system(name, n_bullets=n_bullets, tokenizer=tokenizer)
    return _recipe(name, {"model": kind}, Setup(n_bullets=n_bullets)).system(cache)


def _recipe(name: str, table: Mapping[str, Any], setup: Setup) -> Recipe:
    """A table of the TOML file, over what holds for all systems, over the model's card."""
    named = ("engine", "prompt", "length", "threads")
    own = replace(
        setup,
        n_bullets=table.get("bullets", setup.n_bullets),
        **{key: table[key] for key in named if key in table},
    )
    model_name = table["model"]
    model = load_model(model_name, engine=own.engine, n_threads=own.threads, prompt=own.prompt)
    changes = {**(setup.generation or {}), **table.get("generation", {})}
    generation = with_changes(model.card.generation, changes, name)
    tuned_on = table.get("tuned_on")
    return Recipe(
        name=name,
        model_name=model_name,
        model=model,
        engine=own.engine,
        prompt=own.prompt,
        n_bullets=own.n_bullets,
        generation=replace(generation, length=own.length),
        weights=with_changes(DEFAULT_WEIGHTS, table.get("weights", {}), name),
        training_sets=tuple(table.get("training_sets", ())),
        training_files=tuple(_base(setup) / file for file in table.get("training_files", ())),
        tuned_on=None if tuned_on is None else TunedOn.from_table(tuned_on, name),
    )


def _base(setup: Setup) -> Path:
    """What paths in the TOML file are relative to."""
    return setup.toml.parent if setup.toml else Path()


def _tables(path: Path | None) -> dict[str, Mapping[str, Any]]:
    if path is None:
        return {}
    return {name: _table(table, f"{path} [{name}]") for name, table in read_toml(path).items()}


def _table(table: object, where: str) -> Mapping[str, Any]:
    checked = check_table(_RULES, table, where)
    if ("model" in checked) == ("file" in checked):
        raise UsageError(f"{where}: needs either model or file")
    return checked
