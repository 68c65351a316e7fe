"""Read settings from flags, BRIEF_* variables, brief.toml and defaults, in that order of priority.

This is the only module that reads the environment and brief.toml; it also names the folders of
caches and ledgers. Nothing is read at import. See `config_rules.py` for rules of allowed values.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from brief.config_rules import (
    TEXT,
    Rule,
    check,
    one_of,
    read_toml,
    require_known,
    rules_of,
    whole,
)
from brief.errors import UsageError

CONFIG_NAME = "brief.toml"
"""The file looked for in the working directory when BRIEF_CONFIG names none."""

MAX_BULLETS = 50
"""More than this is no summary; the limit catches a number meant for another flag."""

MAX_THREADS = 1024
"""Above any machine brief was written for; the limit catches a typing error."""

Length = Literal["short", "medium", "long"]
Engine = Literal["auto", "ctranslate", "hf"]

_TABLES = frozenset({"summarize", "morning", "serve"})
"""Every table of brief.toml, so that a misspelt one is refused; `briefing/config.py` has the keys
of [morning], `service/service_config.py` those of [serve]."""

_VARIABLES = frozenset(
    {"BRIEF_CONFIG", "BRIEF_CACHE_DIR", "BRIEF_DATA_DIR", "BRIEF_SMTP_PASSWORD", "BRIEF_API_KEYS"}
)
"""The BRIEF_* variables beside those of `Settings`, so that a misspelt one is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How articles are summarized: [summarize] of brief.toml.

    Attributes:
        model: Name of a model card, a folder or a hub id.
        bullets: Bullets per summary, 1 to `MAX_BULLETS`.
        length: Length of a bullet.
        engine: What runs the model; `auto` picks the fastest one that can.
        threads: CPU threads, 1 to `MAX_THREADS`; None leaves the choice to the engine.
        origin: Where each value came from, by name, for messages: a flag (`--bullets`), a
            variable (`BRIEF_BULLETS`), a file's table (`brief.toml [summarize]`) or `default`.
    """

    model: Annotated[str, TEXT] = "news-small"
    bullets: Annotated[int, whole(1, MAX_BULLETS)] = 2
    length: Annotated[Length, one_of(Length)] = "medium"
    engine: Annotated[Engine, one_of(Engine)] = "auto"
    threads: Annotated[int | None, whole(1, MAX_THREADS)] = None
    origin: Mapping[str, str] = field(default_factory=dict)


DEFAULTS = Settings()


def load_settings(flags: Mapping[str, object | None]) -> Settings:
    """Load the settings; each value comes from its strongest source.

    Args:
        flags: Values of the command line, by setting name; None for a flag not given.

    Returns:
        The settings, with `origin` filled in for each of them.

    Raises:
        UsageError: As for `collect`.

    Example:
        >>> load_settings({"bullets": 3}).origin["bullets"]
        '--bullets'
    """
    rules = rules_of(Settings)
    values, origin = collect(rules, "summarize", flags, variables=True)
    return Settings(**values, origin={name: origin.get(name, "default") for name in rules})


def collect(
    rules: Mapping[str, Rule],
    table: str,
    flags: Mapping[str, object | None],
    *,
    variables: bool = False,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Collect the values that a user gave, and where each came from.

    Every value is checked, even one that a stronger source overrides, so that a mistake shows on
    the first run and not on the day the flag is left out.

    Args:
        rules: The rule of each value, by name.
        table: The table of brief.toml to read.
        flags: Values of the command line, by name; None for a flag not given.
        variables: Whether BRIEF_<NAME> variables are read too.

    Raises:
        UsageError: An unknown name, or a value of the wrong type or out of range, wherever it
            comes from; or a brief.toml that cannot be read.
    """
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    here = Path()
    for base, source in (
        (config_path().absolute().parent, _from_file(table)),
        (here, _from_environment(rules) if variables else ()),
        (here, _from_flags(flags)),
    ):
        for name, value, place in source:
            values[name] = check(rules, name, value, place, base=base)
            origin[name] = place
    return values, origin


def config_path() -> Path:
    """The brief.toml that settings are read from, whether it exists or not.

    Returns:
        BRIEF_CONFIG when it is set and not empty, else `CONFIG_NAME` in the working directory.
    """
    return Path(variable("BRIEF_CONFIG") or CONFIG_NAME)


def cache_dir() -> Path:
    """The folder of converted models and the summary cache; not created here.

    Returns:
        BRIEF_CACHE_DIR when it is set and not empty, else the user's cache folder.
    """
    from platformdirs import user_cache_path

    named = variable("BRIEF_CACHE_DIR")
    return Path(named) if named else user_cache_path("brief", appauthor=False)


def data_dir() -> Path:
    """The folder of the morning briefing's ledgers; not created here.

    Returns:
        BRIEF_DATA_DIR when it is set and not empty, else the user's data folder.
    """
    from platformdirs import user_data_path

    named = variable("BRIEF_DATA_DIR")
    return Path(named) if named else user_data_path("brief", appauthor=False)


def variable(name: str) -> str:
    """An environment variable; empty when it is not set.

    Args:
        name: One of `_VARIABLES`; any other is refused elsewhere as misspelt.
    """
    assert name in _VARIABLES
    return os.environ.get(name, "")


def _from_flags(flags: Mapping[str, object | None]) -> Iterator[tuple[str, object, str]]:
    for name, value in flags.items():
        if value is not None:
            yield name, value, f"--{name.replace('_', '-')}"


def _from_environment(rules: Mapping[str, Rule]) -> Iterator[tuple[str, object, str]]:
    """Yield the variables that are set; an empty one counts as unset, as in shells."""
    known = {f"BRIEF_{name.upper()}": name for name in rules}
    for named, text in sorted(os.environ.items()):
        if not named.startswith("BRIEF_") or not text:
            continue
        require_known(named, {*known, *_VARIABLES}, "the environment")
        if name := known.get(named):
            is_number = re.fullmatch("[0-9]{1,9}", text) and not rules[name].accepts(text)
            yield name, int(text) if is_number else text, named


def _from_file(table: str) -> Iterator[tuple[str, object, str]]:
    for name, value in _read_table(table).items():
        yield name, value, f"{config_path()} [{table}]"


def _read_table(wanted: str) -> Mapping[str, object]:
    """One table of brief.toml with unchecked values; empty when the file has no such table.

    Raises:
        UsageError: The file cannot be read, is not TOML, or has an unknown table.
    """
    named = variable("BRIEF_CONFIG")
    path = config_path()
    said = f"{path} (named by BRIEF_CONFIG)" if named else str(path)
    if not path.exists():
        if named:
            raise UsageError(f"{said}: no such file", "unset BRIEF_CONFIG or correct it")
        return {}
    tables = read_toml(path, said)
    for table, entries in tables.items():
        require_known(table, _TABLES, said)
        if not isinstance(entries, dict):
            raise UsageError(f"{said}: {table} must be a table", f"write [{table}] above its keys")
    found: Mapping[str, object] = tables.get(wanted, {})
    return found
