"""Check configuration values against rules, with one wording for every error.

A field of a dataclass that can be configured carries its rule in its annotation, beside its
default; the key is the field's name, or the string after the rule:

    minutes: Annotated[float, number(0.5, 600)] = 5.0
    sender: Annotated[str, ADDRESS, "from"]

See `settings.py` for reading brief.toml and the environment.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from brief.errors import BriefError, UsageError, nearest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule that a configuration value must obey.

    Attributes:
        allowed: The allowed values in words, to follow "must be".
        accepts: Whether a value is allowed.
        convert: Turns an allowed value into the form the program uses; may raise a `BriefError`.
    """

    allowed: str
    accepts: Callable[[Any], bool]
    convert: Callable[[Any], object] = lambda value: value


def whole(low: int, high: int) -> Rule:
    """A whole number between two bounds, both included."""
    # `bullets = true` is a mistake, and an int in Python.
    return Rule(
        f"a whole number from {low:,} to {high:,}",
        lambda value: type(value) is int and low <= value <= high,
    )


def number(low: float, high: float, what: str = "number") -> Rule:
    """A number between two bounds, both included."""
    return Rule(
        f"a {what} from {low:,} to {high:,}",
        lambda value: _is_number(value) and low <= value <= high,
    )


def one_of(words: object) -> Rule:
    """One of the words of a `Literal`."""
    allowed = get_args(words)
    return Rule(f"one of {', '.join(allowed)}", lambda value: value in allowed)


def list_of(rule: Rule, allowed: str) -> Rule:
    """A list whose entries all obey a rule; converted to a tuple."""
    return Rule(
        allowed, lambda value: isinstance(value, list) and all(map(rule.accepts, value)), tuple
    )


def _is_number(value: object) -> bool:
    return type(value) in {int, float} and math.isfinite(value)  # type: ignore[arg-type]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


TEXT = Rule("a text that is not blank", _is_text)
TEXTS = list_of(TEXT, "a list of texts")
YES_OR_NO = Rule("true or false", lambda value: isinstance(value, bool))
PATH = Rule("a path", lambda value: isinstance(value, Path) or _is_text(value), Path)
"""Relative to the folder of the file that names it."""
URL = Rule(
    "an http or https URL",
    lambda value: isinstance(value, str) and value.startswith(("http://", "https://")),
)
INTEGER = Rule("a whole number", lambda value: type(value) is int)
TABLE = Rule("a table", lambda value: isinstance(value, dict))

_BY_TYPE: Mapping[object, Rule] = {
    str: Rule("a text", lambda value: isinstance(value, str)),
    bool: YES_OR_NO,
    int: INTEGER,
    float: Rule("a number", _is_number),
    tuple: TEXTS,
}


def rules_of(kind: type) -> dict[str, Rule]:
    """The rules in the annotations of a dataclass, by key; a field without one is no setting."""
    return {key: rule for _, key, rule in _annotated(kind)}


def rules_by_type(kind: type) -> dict[str, Rule]:
    """A rule for every field of a dataclass of plain data, by its type alone."""
    return {name: _by_type(hint) for name, hint in get_type_hints(kind).items()}


def check(
    rules: Mapping[str, Rule],
    name: str,
    value: object,
    place: str,
    *,
    base: Path = Path(),
    error: type[BriefError] = UsageError,
) -> Any:  # noqa: ANN401 - as the rule keeps it
    """Check and convert one value.

    Args:
        rules: The rules, by key.
        name: The key.
        value: The value as it was given.
        place: Where it came from: a file's table, a variable or a flag.
        base: Folder that relative paths start from.
        error: Exception class to raise.

    Raises:
        error: There is no such key, or the value is not allowed.

    Example:
        >>> check({"port": whole(0, 65_535)}, "port", 70_000, "brief.toml [serve]")
        Traceback (most recent call last):
        brief.errors.UsageError: brief.toml [serve]: port must be a whole number from 0 to 65,535, not 70000
    """
    require_known(name, rules, place, error=error)
    if not rules[name].accepts(value):
        raise error(f"{place}: {name} must be {rules[name].allowed}, not {value!r}")
    try:
        kept = rules[name].convert(value)
    except BriefError as refused:
        raise error(f"{place}: {refused.problem}", refused.remedy) from None
    return base / kept.expanduser() if isinstance(kept, Path) else kept


def check_table(
    rules: Mapping[str, Rule],
    table: object,
    place: str,
    *,
    required: Collection[str] = (),
    base: Path = Path(),
    error: type[BriefError] = UsageError,
) -> dict[str, Any]:
    """Check and convert every value of a table.

    Raises:
        error: As for `check`; also if it is not a table, or a required key is missing.
    """
    if not isinstance(table, Mapping):
        raise error(f"{place}: must be a table, not {table!r}", "write [name] above its keys")
    checked = {
        name: check(rules, name, value, place, base=base, error=error)
        for name, value in table.items()
    }
    for name in required:
        if name not in checked:
            raise error(f"{place}: {name} is missing", f"write {name} = …")
    return checked


def arguments(kind: type, values: Mapping[str, object]) -> dict[str, Any]:
    """Map checked values to the names of a dataclass's fields; other keys are ignored."""
    return {field: values[key] for field, key, _ in _annotated(kind) if key in values}


def require_known(
    name: str,
    known: Collection[str],
    place: str,
    *,
    error: type[BriefError] = UsageError,
) -> None:
    """Refuse an unknown name, and suggest the nearest known one.

    Raises:
        error: The name is not known.
    """
    if name not in known:
        raise error(f"{place}: unknown setting {name}", nearest(name, known))


def read_toml(path: Path, said: str = "", error: type[BriefError] = UsageError) -> dict[str, Any]:
    """The tables of a TOML file.

    Args:
        path: The file.
        said: Name of the file in messages; its path if empty.
        error: Exception class to raise.

    Raises:
        error: The file cannot be read, or is not TOML.
    """
    import tomllib

    said = said or str(path)
    try:
        return tomllib.loads(path.read_bytes().decode())
    except OSError as failure:
        raise error(f"{said}: cannot be read ({failure.strerror})") from None
    except (ValueError, RecursionError) as failure:
        raise error(f"{said}: not TOML: {failure}") from None


def in_words(words: object) -> str:
    """Join the words of a `Literal` for a help text.

    Example:
        >>> in_words(Literal["short", "medium", "long"])
        'short, medium or long'
    """
    *rest, last = get_args(words)
    return f"{', '.join(rest)} or {last}"


def _annotated(kind: type) -> Iterator[tuple[str, str, Rule]]:
    """Field, key and rule of every field that has a rule."""
    for field, hint in get_type_hints(kind, include_extras=True).items():
        if get_origin(hint) is Annotated:
            rule, *key = hint.__metadata__
            yield field, key[0] if key else field, rule


def _by_type(hint: Any) -> Rule:  # noqa: ANN401 - any annotation
    if get_origin(hint) is Literal:
        return one_of(hint)
    for one in (hint, get_origin(hint), *get_args(hint)):
        if one in _BY_TYPE:
            return _BY_TYPE[one]
    return Rule("a table", lambda value: isinstance(value, hint))
