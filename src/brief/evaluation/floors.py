"""The floors below which our own quality must not fall, and when they may be moved.

`floors.json` says for each system what it scored, on which data, counted how. A floor holds for
those only: other data, fewer articles or another tokenizer are refused, not compared. Left out:
scoring (`harness.py`).

    {"schema": "brief.floors/1",
     "data": {"name", "digest", "n"},
     "scoring": {...},                       the tokenizer and all that decides a score
     "noise": {"margin": {METRIC: x}, "how": "..."},
     "systems": {NAME: {"floors": {METRIC: x}, "n_failures": 0, "n_bullets": 3,
                        "signature": {...}}}}
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brief.errors import InputError, UsageError
from brief.files import writing

SCHEMA = "brief.floors/1"

METRICS = ("rouge1", "rouge2", "rougeL", "rougeLsum", "bullet_coverage", "support")
"""What has a floor: means of scores where more is better, 0 to 1."""

_SCORING = ("rouge", "tokenizer", "match")

_NOT_MEASURED = "not measured: the same program on the same machine writes the same bytes"

_DECIMALS = 6
"""Scores and floors are compared with so many: more would tell apart what rounding does."""

Report = Mapping[str, Any]
Floors = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Breach:
    """A score under its floor, or failures that were not there before.

    Attributes:
        system, metric: What fell; the metric is `n_failures` for articles without bullets.
        value: Now; None when it could not be measured.
        floor: What was pinned.
        margin: What may be noise.
    """

    system: str
    metric: str
    value: float | None
    floor: float
    margin: float

    def __str__(self) -> str:
        now = "not measured" if self.value is None else f"{self.value:.4f}"
        if self.metric == "n_failures":
            return f"{self.system}: {self.value:g} articles failed, {self.floor:g} are allowed"
        return f"{self.system}: {self.metric} {now}, floor {self.floor:.4f} - {self.margin:.4f}"


def read_floors(path: Path) -> Floors:
    """Read floors.json.

    Raises:
        UsageError: There is none.
        InputError: It is not what `pin` makes.
    """
    try:
        floors = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file", "make it with --update") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None
    if not isinstance(floors, dict) or floors.get("schema") != SCHEMA:
        raise InputError(f"{path}: not floors of this version", "make it again with --update")
    return floors


def write_floors(path: Path, floors: Floors) -> None:
    """Write floors.json, whole or not at all.

    Raises:
        StorageError: It cannot be written.
    """
    with writing(path) as file:
        file.write(json.dumps(floors, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def mismatch(report: Report, floors: Floors) -> str | None:
    """Why a report and the floors cannot be compared; None when they can."""
    data, pinned = report["data"], floors["data"]
    if report["n"] < pinned["n"]:
        return f"the data shrank from {pinned['n']} to {report['n']} articles"
    if data["digest"] != pinned["digest"]:
        return f"the data changed (digest {data['digest'][:12]}, pinned {pinned['digest'][:12]})"
    scoring = _scoring(report)
    for key, value in floors["scoring"].items():
        if scoring.get(key) != value:
            return f"scores are counted another way: {key} is {scoring.get(key)}, was {value}"
    for name, own in floors["systems"].items():
        if name not in report["systems"]:
            return f"the system {name} did not run"
        asked = report["systems"][name]["n_bullets"]
        if asked != own["n_bullets"]:
            return f"{name} was asked for {asked} bullets, was {own['n_bullets']}"
    return None


def breaches(report: Report, floors: Floors) -> tuple[Breach, ...]:
    """Everything that fell below its floor by more than the noise.

    Args:
        report: Of the same data and scoring, see `mismatch`.
        floors: What was pinned.
    """
    margin = floors["noise"]["margin"]
    found = []
    for name, own in floors["systems"].items():
        now = report["systems"][name]
        for metric, floor in own["floors"].items():
            value = now[metric]["mean"]
            allowed = round(floor - margin.get(metric, 0.0), _DECIMALS)
            if value is None or round(value, _DECIMALS) < allowed:
                found.append(Breach(name, metric, value, floor, margin.get(metric, 0.0)))
        if now["n_failures"] > own["n_failures"]:
            found.append(Breach(name, "n_failures", now["n_failures"], own["n_failures"], 0.0))
    return tuple(found)


def pin(
    report: Report,
    old: Floors | None,
    *,
    others: Sequence[Report] = (),
    allow_regression: bool = False,
) -> dict[str, Any]:
    """New floors from a report: raised where it is better, never lowered.

    Args:
        report: What is pinned.
        old: The floors so far; None when there are none.
        others: Reports of the same program and data on other machines or instruction sets: the
            largest difference of a mean is the noise. Without any, the old margin stays.
        allow_regression: Take what the report says, lower or not, and other data too.

    Raises:
        InputError: The data or the scoring is another, or a floor would be lowered.
    """
    fallen: Sequence[Breach] = ()
    if old is not None and not allow_regression:
        if why := mismatch(report, old):
            raise InputError(why, "--allow-regression pins anew, and loses the old floors")
        fallen = breaches(report, old)
    if fallen:
        listed = "; ".join(map(str, fallen))
        raise InputError(f"floors would be lowered: {listed}", "mend it, or --allow-regression")
    keep = old is not None and not allow_regression
    return {
        "schema": SCHEMA,
        "data": {
            "name": report["data"]["name"],
            "digest": report["data"]["digest"],
            "n": report["n"],
        },
        "scoring": _scoring(report),
        "noise": _noise(report, others, old),
        "systems": {
            name: _pinned(own, old["systems"].get(name) if keep and old else None)
            for name, own in report["systems"].items()
        },
    }


def _pinned(own: Report, old: Floors | None) -> dict[str, Any]:
    means = {metric: own[metric]["mean"] for metric in METRICS}
    floors = {metric: round(mean, _DECIMALS) for metric, mean in means.items() if mean is not None}
    n_failures = own["n_failures"]
    if old is not None:
        floors = {key: max(value, old["floors"].get(key, value)) for key, value in floors.items()}
        n_failures = min(n_failures, old["n_failures"])
    return {
        "floors": floors,
        "n_failures": n_failures,
        "n_bullets": own["n_bullets"],
        "signature": dict(own["signature"]),
    }


def _noise(report: Report, others: Sequence[Report], old: Floors | None) -> dict[str, Any]:
    if not others:
        return dict(old["noise"]) if old else {"margin": {}, "how": _NOT_MEASURED}
    for other in others:
        if other["data"]["digest"] != report["data"]["digest"]:
            raise InputError("a report for the noise is of other data", "run it on the same")
    differences = {
        metric: max(
            abs(other["systems"][name][metric]["mean"] - own[metric]["mean"])
            for other in others
            for name, own in report["systems"].items()
            if name in other["systems"]
        )
        for metric in METRICS
    }
    return {
        "margin": {metric: round(value, _DECIMALS) for metric, value in differences.items()},
        "how": f"largest difference of a mean between this run and {len(others)} of the same"
        " data on other instruction sets or machines",
    }


def _scoring(report: Report) -> dict[str, str]:
    return {key: report["signature"][key] for key in _SCORING}
