"""Where defaults come from: flags, BRIEF_* variables, brief.toml, and this file, in that order.

The only reader of the environment. Nothing is read at import, and a `Settings` is for the
command that asked: functions below it take plain arguments. Left out: settings of jobs and
services (later tables of brief.toml), and whether a model of the given name exists.
"""

import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_cache_path, user_data_path

from brief.errors import UsageError, nearest

CONFIG_NAME = "brief.toml"
"""The file looked for in the working directory when BRIEF_CONFIG names none."""

MAX_BULLETS = 50
"""More than this is no summary; the limit catches a number meant for another flag."""

MAX_THREADS = 1024
"""Above any machine brief was written for; the limit catches a typing error."""


@dataclass(frozen=True, slots=True)
class _Name:
    """Any text that is not blank."""

    @property
    def allowed(self) -> str:
        return "a name"

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and bool(value.strip())


@dataclass(frozen=True, slots=True)
class _Choice:
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def allowed(self) -> str:
        return f"one of {', '.join(self.words)}"

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and value in self.words


@dataclass(frozen=True, slots=True)
class _Whole:
    """A whole number between two bounds, both included."""

    minimum: int
    maximum: int

    @property
    def allowed(self) -> str:
        return f"a whole number from {self.minimum} to {self.maximum}"

    def accepts(self, value: object) -> bool:
        # True is an int in Python, and `bullets = true` a mistake in TOML.
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and self.minimum <= value <= self.maximum  # type: ignore[operator]


_SUMMARIZE: Mapping[str, _Name | _Choice | _Whole] = {
    "model": _Name(),
    "bullets": _Whole(1, MAX_BULLETS),
    "length": _Choice(("short", "medium", "long")),
    "engine": _Choice(("auto", "ctranslate", "hf")),
    "threads": _Whole(1, MAX_THREADS),
}
_TABLES = frozenset({"summarize", "morning", "serve"})
"""Every table of brief.toml; a later job adds its own here. `briefing/config.py` knows what
[morning] may hold, `service/service_config.py` what [serve] may."""
_PLACES = frozenset(
    {"BRIEF_CONFIG", "BRIEF_CACHE_DIR", "BRIEF_DATA_DIR", "BRIEF_SMTP_PASSWORD", "BRIEF_API_KEYS"}
)
"""The BRIEF_* variables that name a place or hold a secret, and are no setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What `brief summarize` does unless told otherwise.

    Attributes:
        model: Name of a model card, a folder or a hub id.
        bullets: How many bullets a summary has, 1 to `MAX_BULLETS`.
        length: Wanted length of a bullet.
        engine: What runs the model; `auto` takes the fastest that can.
        threads: CPU threads, 1 to `MAX_THREADS`; None leaves the choice to the engine.
        origin: Where each value came from, by name, for messages: a flag (`--bullets`), a
            variable (`BRIEF_BULLETS`), a file's table (`brief.toml [summarize]`) or `default`.
    """

    model: str = "news-small"
    bullets: int = 2
    length: Literal["short", "medium", "long"] = "medium"
    engine: Literal["auto", "ctranslate", "hf"] = "auto"
    threads: int | None = None
    origin: Mapping[str, str] = field(default_factory=dict)


def load_settings(flags: Mapping[str, object | None]) -> Settings:
    """The settings in force, the strongest source of each value winning.

    Every value found is checked, also one that a stronger source overrides, so that a mistake
    shows on the first run and not on the day the flag is left out.

    Args:
        flags: What the command line gave, by setting name; None for a flag not given.

    Returns:
        The settings, `origin` filled for every one of them.

    Raises:
        UsageError: An unknown name, or a value of the wrong type or out of range, wherever it
            stands; or a brief.toml that cannot be read.

    Example:
        >>> load_settings({"bullets": 3}).origin["bullets"]
        '--bullets'
    """
    values: dict[str, Any] = {}
    origin = dict.fromkeys(_SUMMARIZE, "default")
    for source in (_from_file(), _from_environment(), _from_flags(flags)):
        for name, value, place in source:
            values[name] = _checked(name, value, place)
            origin[name] = place
    return Settings(**values, origin=origin)


def config_path() -> Path:
    """The brief.toml that settings are read from, whether it exists or not.

    Returns:
        BRIEF_CONFIG when it is set and not empty, else `CONFIG_NAME` in the working directory.
    """
    return Path(os.environ.get("BRIEF_CONFIG") or CONFIG_NAME)


def cache_dir() -> Path:
    """Where converted models and summaries are kept; not created here.

    Returns:
        BRIEF_CACHE_DIR when it is set and not empty, else the user's cache folder.
    """
    named = os.environ.get("BRIEF_CACHE_DIR")
    return Path(named) if named else user_cache_path("brief", appauthor=False)


def data_dir() -> Path:
    """Where the ledgers of the morning briefing are kept; not created here.

    Returns:
        BRIEF_DATA_DIR when it is set and not empty, else the user's data folder.
    """
    named = os.environ.get("BRIEF_DATA_DIR")
    return Path(named) if named else user_data_path("brief", appauthor=False)


def mail_password() -> str | None:
    """The password for the mail server that the environment holds; None for none."""
    return os.environ.get("BRIEF_SMTP_PASSWORD") or None


def api_keys() -> tuple[str, ...]:
    """The keys of `brief serve` that the environment holds, parted by commas or white space."""
    return tuple(os.environ.get("BRIEF_API_KEYS", "").replace(",", " ").split())


def _from_flags(flags: Mapping[str, object | None]) -> Iterator[tuple[str, object, str]]:
    for name, value in flags.items():
        _known(f"--{name}", [f"--{known}" for known in _SUMMARIZE], "the command line")
        if value is not None:
            yield name, value, f"--{name}"


def _from_environment() -> Iterator[tuple[str, object, str]]:
    """An empty variable counts as not set, as shells and containers use it."""
    known = {f"BRIEF_{name.upper()}": name for name in _SUMMARIZE}
    for variable, text in sorted(os.environ.items()):
        if not variable.startswith("BRIEF_") or not text:
            continue
        _known(variable, {*known, *_PLACES}, "the environment")
        if name := known.get(variable):
            whole = isinstance(_SUMMARIZE[name], _Whole) and re.fullmatch("[0-9]{1,9}", text)
            yield name, int(text) if whole else text, variable


def _from_file() -> Iterator[tuple[str, object, str]]:
    for name, value in read_table("summarize").items():
        place = f"{config_path()} [summarize]"
        _known(name, _SUMMARIZE, place)
        yield name, value, place


def read_table(wanted: str) -> Mapping[str, object]:
    """One table of brief.toml, its values unchecked; empty when the file has none.

    Raises:
        UsageError: The file cannot be read, is no TOML, or holds a table nobody knows.
    """
    named = os.environ.get("BRIEF_CONFIG")
    path = config_path()
    said_by = f"{path} (named by BRIEF_CONFIG)" if named else str(path)
    try:
        tables = tomllib.loads(path.read_bytes().decode())
    except FileNotFoundError:
        if named:
            raise UsageError(
                f"{said_by}: no such file", "unset BRIEF_CONFIG or correct it"
            ) from None
        return {}
    except OSError as error:
        raise UsageError(f"{said_by}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{said_by}: not TOML: {error}") from None
    for table, entries in tables.items():
        _known(table, _TABLES, said_by)
        if not isinstance(entries, dict):
            raise UsageError(
                f"{said_by}: {table} must be a table", f"write [{table}] above its keys"
            )
    found: Mapping[str, object] = tables.get(wanted, {})
    return found


def _known(name: str, known: Collection[str], place: str) -> None:
    if name not in known:
        raise UsageError(f"{place}: unknown setting {name}", nearest(name, known))


def _checked(name: str, value: object, place: str) -> object:
    rule = _SUMMARIZE[name]
    if not rule.accepts(value):
        raise UsageError(f"{place}: {name} must be {rule.allowed}, not {value!r}")
    return value
