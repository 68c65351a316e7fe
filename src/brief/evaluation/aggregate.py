"""Aggregate scores by example into the report: means, intervals, tests and slices.

An example that cannot be scored against its reference is excluded for all systems alike, because
that depends on the reference only. See `harness.py` for the files and `significance.py` for the
statistics.

Tested in `tests/evaluation/test_harness.py`.
"""

import math
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import combinations
from typing import Any

from brief.evaluation.data.dataset import DataSet
from brief.evaluation.metrics import significance
from brief.evaluation.metrics.faithfulness import per_hundred_bullets
from brief.evaluation.metrics.rouge import ROUGE_TYPES
from brief.evaluation.systems import System

SCHEMA = "brief.report/1"

LENGTHS = {"short": 300, "medium": 700, "long": math.inf}
"""Upper limits, in words of body, of the article lengths `short`, `medium` and `long`."""

SLICED = "rougeLsum"
"""The score reported for slices: what papers call ROUGE-L of a summary."""

MAX_VALUES = 20
"""Most values of one slice; rarer ones are merged."""

OTHER = "all others"

_LIBRARIES = ("evaluate", "nltk", "numpy", "rouge_score", "scipy")

_COUNTED = {
    "n_unsupported_numbers": "unsupported_numbers_per_100_bullets",
    "n_unsupported_names": "unsupported_names_per_100_bullets",
    "n_unsupported_quotations": "unsupported_quotations_per_100_bullets",
}
"""Findings that are reported per 100 bullets, not per article."""

Scores = Mapping[str, float | None]


@dataclass
class Columns:
    """Every score of every system, in the order of the examples."""

    slices: list[Mapping[str, str]] = field(default_factory=list)
    by_system: dict[str, dict[str, list[float | None]]] = field(default_factory=dict)
    n_failures: Counter[str] = field(default_factory=Counter)

    def add_example(self, slices: Mapping[str, str]) -> None:
        """Add an example with its slices."""
        self.slices.append(slices)

    def add(self, system: str, scores: Scores, *, failed: bool) -> None:
        """Add a system's scores on its next example."""
        own = self.by_system.setdefault(system, {})
        for key, value in scores.items():
            own.setdefault(key, []).append(value)
        self.n_failures[system] += failed

    def known(self, system: str, key: str) -> list[float]:
        """A metric's values on the examples where it could be measured."""
        return [value for value in self.by_system[system][key] if value is not None]


def report(
    dataset: DataSet,
    systems: Sequence[System],
    columns: Columns,
    seen: Mapping[str, Mapping[str, Any]],
    scoring: Mapping[str, str],
    *,
    n_bullets: int,
    seed: int,
) -> dict[str, Any]:
    """Build the report object, `brief.report/1`.

    Args:
        dataset: The summarized data set.
        systems: The systems.
        columns: Their scores.
        seen: By system: `trained_on_this`, `n_near_copies`.
        scoring: The scorer's signature.
        n_bullets: Requested number of bullets.
        seed: Seed of intervals and tests.
    """
    return {
        "schema": SCHEMA,
        "signature": {
            "brief": version("brief"),
            "data": dataset.digest,
            "n": len(dataset.examples),
            "n_bullets": n_bullets,
            "seed": seed,
            "statistics": f"95 % bootstrap percentile intervals, paired permutation tests,"
            f" {significance.N_RESAMPLES:,} draws; Holm over all pairs of a metric, those with a"
            " system that reads the reference apart",
            "python": platform.python_version(),
            **{name: version(name) for name in _LIBRARIES},
            **scoring,
        },
        "n": len(dataset.examples),
        "n_scored": len(columns.known(systems[0].name, SLICED)),
        "data": {
            "name": dataset.name,
            "digest": dataset.digest,
            "problems": dataset.counted_problems,
        },
        "systems": {
            system.name: {
                **_means(columns, system.name, seed),
                "n_bullets": system.n_bullets,
                "n_failures": columns.n_failures[system.name],
                "signature": dict(system.signature),
                "gap_closed": _gap_closed(system, systems, columns),
                **seen[system.name],
            }
            for system in systems
        },
        "pairs": _pairs(systems, columns, seed),
        "slices": _slices(systems, columns, seed),
    }


def _means(columns: Columns, system: str, seed: int) -> dict[str, Any]:
    own = columns.by_system[system]
    means = {
        # The mean number of bullets would hide the requested number.
        key: _spelled(significance.interval(columns.known(system, key), seed=seed))
        for key in own
        if key not in _COUNTED and key != "n_bullets"
    }
    n_bullets = [int(n or 0) for n in own["n_bullets"]]
    for counted, name in _COUNTED.items():
        counts = [None if count is None else int(count) for count in own[counted]]
        means[name] = {"mean": per_hundred_bullets(counts, n_bullets), "low": None, "high": None}
    return means


def _spelled(found: significance.Interval) -> dict[str, float | None]:
    return {"mean": found.mean, "low": found.low, "high": found.high}


def _gap_closed(
    system: System, systems: Sequence[System], columns: Columns
) -> dict[str, float | None] | None:
    """Share of the way from lead to oracle; None unless both ran with the same number of bullets."""
    for oracle in systems:
        for lead in systems:
            if (
                oracle.name.partition("-")[0] == "oracle"
                and lead.name.partition("-")[0] == "lead"
                and oracle.n_bullets == lead.n_bullets
            ):
                return {
                    key: significance.gap_closed(
                        *(columns.known(one.name, key) for one in (system, lead, oracle))
                    )
                    for key in ROUGE_TYPES
                }
    return None


def _pairs(systems: Sequence[System], columns: Columns, seed: int) -> list[dict[str, Any]]:
    """Compare every two systems by every ROUGE type; one family of tests per type and pair kind."""
    pairs = []
    both = list(combinations(systems, 2))
    for metric in ROUGE_TYPES:
        for ceiling in (False, True):
            family = [
                significance.compare(
                    columns.known(a.name, metric),
                    columns.known(b.name, metric),
                    a=a.name,
                    b=b.name,
                    metric=metric,
                    seed=seed,
                )
                for a, b in both
                if (a.needs_references or b.needs_references) == ceiling
            ]
            pairs += [
                {
                    "a": one.a,
                    "b": one.b,
                    "metric": one.metric,
                    "n": one.n,
                    "difference": one.difference,
                    "low": one.low,
                    "high": one.high,
                    "p": one.p,
                    "p_holm": one.p_holm,
                    "n_to_separate": significance.n_to_separate(
                        columns.known(one.a, metric), columns.known(one.b, metric)
                    ),
                }
                for one in significance.holm(family)
            ]
    return pairs


def _slices(systems: Sequence[System], columns: Columns, seed: int) -> dict[str, Any]:
    """Number of examples and scores by slice and value; slices with one value are dropped."""
    names = sorted({name for own in columns.slices for name in own})
    found = {}
    for name in names:
        counts = Counter(own[name] for own in columns.slices if name in own)
        kept = {value for value, _ in counts.most_common(MAX_VALUES)}
        labels = [
            None if name not in own else own[name] if own[name] in kept else OTHER
            for own in columns.slices
        ]
        values = sorted({label for label in labels if label is not None})
        if len(values) > 1:
            scores = {
                system.name: _by_value(columns.by_system[system.name], labels, seed)
                for system in systems
            }
            found[name] = {
                value: {
                    "n": labels.count(value),
                    "systems": {
                        system: {SLICED: _spelled(own[value])} if value in own else None
                        for system, own in scores.items()
                    },
                }
                for value in values
            }
    return found


def _by_value(
    own: Mapping[str, Sequence[float | None]], labels: Sequence[str | None], seed: int
) -> Mapping[str, significance.Interval]:
    """A system's score in each slice in which it has one."""
    known = [
        (score, label)
        for score, label in zip(own[SLICED], labels, strict=True)
        if score is not None and label is not None
    ]
    return significance.by_slice(
        [score for score, _ in known], [label for _, label in known], seed=seed
    )
