"""Read the results folder that `brief eval run` writes.

Means and tests are small and read whole; examples are a stream, because a run may have a hundred
thousand. Cost is in a file of its own, because it differs from run to run. See `harness.py` for
how the folder is written and `number_format.py` for formatting.

Tested in `tests/evaluation/report/test_html_report.py`.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from brief.errors import InputError, UsageError
from brief.evaluation.metrics.significance import Interval

Json = Mapping[str, Any]

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def load_object(path: Path) -> Json:
    """Read a JSON file that holds one object.

    Raises:
        InputError: It cannot be read, is not JSON, holds something else, or a NaN.
    """
    try:
        loaded = _parsed(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        refuse(path, f"not JSON: {error}")
    if not isinstance(loaded, dict):
        refuse(path, f"a JSON {type(loaded).__name__}, not an object")
    return loaded


def load_rows(path: Path, keys: AbstractSet[str]) -> Iterator[Json]:
    """The rows of a JSON lines file, one at a time.

    Args:
        path: The file.
        keys: Keys that every row must have.

    Raises:
        UsageError: There is no such file.
        InputError: It cannot be read, or a line is not such a row; the message has its number.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    row = _parsed(line)
                except (ValueError, RecursionError) as error:
                    refuse(path, f"line {number} is not JSON: {error}")
                if not isinstance(row, dict) or not row.keys() >= keys:
                    refuse(path, f"line {number} lacks one of {', '.join(sorted(keys))}")
                yield row
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file", "run brief eval run with this --output") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def _parsed(line: bytes) -> Any:  # noqa: ANN401  (JSON is anything)
    """Parse JSON; reject NaN and lone surrogates, which no file and no page can hold."""
    parsed = json.loads(line, parse_constant=_no_constant)
    if _SURROGATE.search(line):
        whole = json.dumps(parsed, ensure_ascii=False).encode(errors="replace")
        return json.loads(whole)
    return parsed


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def refuse(path: Path, why: str) -> NoReturn:
    """Raise an error for a file that does not have the form that the harness writes."""
    raise InputError(
        f"{path}: not a file of an evaluation run: {why}", "make it anew with brief eval run"
    ) from None


SCHEMA = "brief.report/1"

QUALITY = "rougeLsum"
"""The metric that orders systems: what papers call ROUGE-L of a summary."""

SUPPORT = "support"
"""Share of the bullets' word pairs that the article has, 0 to 1."""

_NOT_METRICS = frozenset(
    {"signature", "n_bullets", "n_failures", "n_near_copies", "trained_on_this", "gap_closed"}
)
_EXAMPLES = "examples.jsonl"
_ARTICLE_KEYS = frozenset({"id", "headline", "body", "references", "slices"})
_EXAMPLE_KEYS = frozenset(
    {"id", "system", "bullets", "scores", "unscored", "error", "sources", "matches"}
)
_CEILINGS = ("greedy oracle", "reference")


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemResult:
    """One system's numbers.

    Attributes:
        name: As typed after `--systems`.
        metrics: Every measured metric by its key; ROUGE as fractions, 0 to 1.
        n_bullets: Requested number of bullets; None when it decides by itself.
        n_failures: Articles without bullets; each scores 0.
        trained_on_this: Whether its card names the data set, or near-copies of it were found.
        n_near_copies: Articles with a near-copy in its training files; None when those are not
            known.
        gap_closed: Share of the gap between lead and oracle by metric; None when not measurable.
        cost: Seconds and megabytes by key, see docs/evaluation.md; None when not measured.
        signature: Everything that determines its bullets.
    """

    name: str
    metrics: Mapping[str, Interval]
    n_bullets: int | None
    n_failures: int
    trained_on_this: bool
    n_near_copies: int | None
    gap_closed: Mapping[str, float | None] | None
    cost: Mapping[str, float | None] | None
    signature: Json

    @property
    def is_ceiling(self) -> bool:
        """Whether it reads the reference bullets, so that nobody can run it on news."""
        return self.signature.get("system") in _CEILINGS

    @property
    def quality(self) -> float | None:
        """Mean of `QUALITY`, 0 to 1; None when no example could be scored."""
        return self.mean(QUALITY)

    def mean(self, key: str) -> float | None:
        """A metric's mean; None when it was not measured."""
        return self.metrics[key].mean if key in self.metrics else None

    def spent(self, key: str) -> float | None:
        """One number of `cost`; None when it was not measured."""
        return self.cost.get(key) if self.cost else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedComparison:
    """Two systems on the same articles; the numbers of `significance.Comparison`.

    Attributes:
        a, b: Names of the systems.
        metric: Key of the metric.
        n: Number of articles that both were scored on.
        difference: Mean of a minus mean of b; None without articles.
        low, high: Its interval; None for too few articles.
        p, p_holm: Two-sided p, and p corrected for all comparisons; None for too few articles.
        n_to_separate: Number of articles needed to separate the two; None when not known.
    """

    a: str
    b: str
    metric: str
    n: int
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    p_holm: float | None
    n_to_separate: int | None

    @property
    def turned(self) -> "PairedComparison":
        """The same comparison, seen from the other system."""
        difference, low, high = (
            None if bound is None else -bound for bound in (self.difference, self.high, self.low)
        )
        return replace(self, a=self.b, b=self.a, difference=difference, low=low, high=high)


@dataclass(frozen=True, slots=True)
class Slice:
    """The articles that share a property, such as `length` = `short`.

    Attributes:
        name, value: The property.
        n: Number of articles that have it.
        quality: `QUALITY` by system; None where it was not measured.
    """

    name: str
    value: str
    n: int
    quality: Mapping[str, Interval | None]


@dataclass(frozen=True, kw_only=True)
class Results:
    """A run's numbers.

    Attributes:
        folder: The folder that they were read from.
        raw: The unchanged `report.json`.
        signature: What determined the numbers, besides the systems: metrics, seed, versions.
        n: Number of articles.
        n_scored: Number of articles with a reference that can be scored against.
        data: Name, digest and counted problems of the data set.
        systems: Systems by name; the best `QUALITY` first, ceilings last.
        pairs: Comparisons of two systems each, as the harness tested them.
        slices: Slices in the report's order.
        has_cost: Whether the folder has a `cost.json`.
    """

    folder: Path
    raw: Json
    signature: Json
    n: int
    n_scored: int
    data: Json
    systems: Mapping[str, SystemResult]
    pairs: tuple[PairedComparison, ...]
    slices: tuple[Slice, ...]
    has_cost: bool

    @property
    def contestants(self) -> tuple[SystemResult, ...]:
        """The systems that can be run on news, the best first."""
        return tuple(system for system in self.systems.values() if not system.is_ceiling)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that determines the numbers: the signatures and the data's digest."""
        by_system = {name: dict(system.signature) for name, system in self.systems.items()}
        whole = [self.signature, self.data, by_system]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()

    def pair(self, a: str, b: str, metric: str = QUALITY) -> PairedComparison | None:
        """The comparison of two systems, seen from `a`; None when they were not compared."""
        for one in self.pairs:
            if one.metric == metric and (one.a, one.b) == (a, b):
                return one
            if one.metric == metric and (one.a, one.b) == (b, a):
                return one.turned
        return None

    def articles(self) -> Iterator[Json]:
        """`data.jsonl`: `id`, `headline`, `body`, `references`, `slices`."""
        return load_rows(self.folder / "data.jsonl", _ARTICLE_KEYS)

    def examples(self) -> Iterator[Json]:
        """`examples.jsonl`: one row per article and system."""
        return load_rows(self.folder / _EXAMPLES, _EXAMPLE_KEYS)


def read_results(folder: Path) -> Results:
    """Read what `brief eval run --output` wrote.

    Raises:
        UsageError: There is no such folder, or it holds no report.
        InputError: A file in it is not what the harness writes.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder", "make one with brief eval run --output")
    path = folder / "report.json"
    if not path.exists():
        raise UsageError(f"{path}: no such file", "run brief eval run with this --output first")
    raw = load_object(path)
    cost_path = folder / "cost.json"
    cost = load_object(cost_path) if cost_path.exists() else {}
    schema = raw.get("schema")
    if schema != SCHEMA:
        refuse(path, f"its schema is {schema!r}, this version reads {SCHEMA!r}")
    try:
        return _results(folder, raw, cost, has_cost=cost_path.exists())
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        refuse(path, f"{type(error).__name__}: {error}")


def _results(folder: Path, raw: Json, cost: Json, *, has_cost: bool) -> Results:
    n = int(raw["n"])
    systems = [_system(name, entry, cost.get(name), n) for name, entry in raw["systems"].items()]
    systems.sort(key=lambda s: (s.is_ceiling, -1 if s.quality is None else -s.quality, s.name))
    return Results(
        folder=folder,
        raw=raw,
        signature=raw["signature"],
        n=n,
        n_scored=raw["n_scored"],
        data=raw["data"],
        systems={system.name: system for system in systems},
        pairs=tuple(_pair(pair) for pair in raw["pairs"]),
        slices=tuple(
            _slice(name, value, entry)
            for name, values in raw["slices"].items()
            for value, entry in values.items()
        ),
        has_cost=has_cost,
    )


def _system(name: str, entry: Json, cost: Json | None, n: int) -> SystemResult:
    found = {key: _interval(value, n) for key, value in entry.items() if key not in _NOT_METRICS}
    return SystemResult(
        name=name,
        metrics={key: value for key, value in found.items() if value is not None},
        n_bullets=entry["n_bullets"],
        n_failures=entry["n_failures"],
        trained_on_this=entry["trained_on_this"],
        n_near_copies=entry["n_near_copies"],
        gap_closed=entry["gap_closed"],
        cost=cost,
        signature=entry["signature"],
    )


def _interval(value: object, n: int) -> Interval | None:
    """A mean with or without bounds; None for a value that is not a number (a list, a text)."""
    if isinstance(value, Mapping) and "mean" in value:
        return Interval(value["mean"], value.get("low"), value.get("high"), n)
    if value is None:
        return Interval(None, None, None, 0)
    return Interval(value, None, None, n) if isinstance(value, int | float) else None


def _pair(entry: Json) -> PairedComparison:
    return PairedComparison(**{one.name: entry[one.name] for one in fields(PairedComparison)})


def _slice(name: str, value: str, entry: Json) -> Slice:
    n = int(entry["n"])
    quality = {
        system: None if own is None else _interval(own.get(QUALITY), n)
        for system, own in entry["systems"].items()
    }
    return Slice(name, value, n, quality)
