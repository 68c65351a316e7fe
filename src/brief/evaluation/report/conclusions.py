"""State the results of significance tests between systems in plain words.

A verdict depends only on the corrected p; an interval shows how large the difference may be. The
absence of a significant difference does not prove that two systems are equal. See
`significance.py` for the tests and `choose.py` for the choice of a system.

Tested in `tests/evaluation/report/test_text_report.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from brief.evaluation.metrics.significance import MIN_PAIRS
from brief.evaluation.report.number_format import DASH, TOO_FEW, how_often, p_value, percent
from brief.evaluation.report.results import PairedComparison, Results, SystemResult

ALPHA = 0.05
"""Significance level for the corrected p: the custom of the field."""

Kind = Literal["higher", "lower", "unclear", "untested"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of one comparison, in words and formatted numbers.

    Attributes:
        kind: Whether a scores significantly higher or lower than b; `unclear` when the difference
            is not significant, `untested` when there was no test.
        difference: a minus b in points, signed.
        range: Its interval; empty for too few articles.
        p: The corrected p; a dash for none.
        words: The result in a sentence or two.
    """

    kind: Kind
    difference: str
    range: str
    p: str
    words: str


def verdict(c: PairedComparison) -> Verdict:
    """The verdict of a comparison on `a`, the system named first."""
    if c.difference is None or c.p_holm is None:
        kind: Kind = "untested"
    elif c.p_holm >= ALPHA or not c.difference:
        kind = "unclear"
    else:
        kind = "higher" if c.difference > 0 else "lower"
    spanned = c.low is not None and c.high is not None
    return Verdict(
        kind=kind,
        difference=DASH if c.difference is None else percent(c.difference, signed=True),
        range=f"{percent(c.low, signed=True)} to {percent(c.high, signed=True)}"
        if c.low is not None and c.high is not None
        else "",
        p=DASH if c.p_holm is None else p_value(c.p_holm),
        words=_words(c, kind) + ("" if spanned else f" ({TOO_FEW})"),
    )


def _words(c: PairedComparison, kind: Kind) -> str:
    if c.difference is None:
        return f"{c.a} and {c.b}: no article was scored for both"
    size = percent(abs(c.difference))
    if kind == "untested" or c.p_holm is None:
        return (
            f"{c.a} and {c.b} are {size} points apart, on {c.n} articles: too few for a test,"
            f" which needs {MIN_PAIRS}"
        )
    if kind == "unclear":
        return (
            f"{c.a} and {c.b} are not told apart: chance alone gives a difference of {size}"
            f" points or more {how_often(c.p_holm)}"
            + (f"; some {c.n_to_separate:,} articles would tell" if c.n_to_separate else "")
        )
    return (
        f"{c.a} scores {kind} than {c.b} by {size} points; chance alone gives such a difference"
        f" {how_often(c.p_holm)}"
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """The comparisons of one system with the others that can be run.

    Attributes:
        system: The system.
        above, level, below: Comparisons with systems that it significantly beats, that do not
            differ significantly, and that significantly beat it; seen from `system`.
        untested: Systems that it could not be tested against.
    """

    system: SystemResult
    above: tuple[PairedComparison, ...]
    level: tuple[PairedComparison, ...]
    below: tuple[PairedComparison, ...]
    untested: tuple[str, ...]


def standing(results: Results, name: str) -> Standing:
    """Compare a system with the others by `QUALITY`, without ceilings."""
    sorted_out: dict[Kind, list[PairedComparison]] = {"higher": [], "unclear": [], "lower": []}
    untested = []
    for other in results.contestants:
        if other.name == name:
            continue
        pair = results.pair(name, other.name)
        kind = verdict(pair).kind if pair else "untested"
        if pair is None or kind == "untested":
            untested.append(other.name)
        else:
            sorted_out[kind].append(pair)
    return Standing(
        results.systems[name],
        tuple(sorted_out["higher"]),
        tuple(sorted_out["unclear"]),
        tuple(sorted_out["lower"]),
        tuple(untested),
    )


def finding(results: Results) -> str:
    """The run's outcome in a few sentences: the best system, and which ones it surely beats."""
    scored = [system for system in results.contestants if system.quality is not None]
    if not scored:
        return "No system that can be run has a score, so none can be called the best."
    best = scored[0]
    said = [f"{best.name} has the highest ROUGE-Lsum, {percent(best.quality or 0.0)}."]
    place = standing(results, best.name)
    if place.above:
        said.append(f"It scores surely higher than {_listed(c.b for c in place.above)}.")
    if place.level:
        said.append(
            f"It is not told apart from {_listed(c.b for c in place.level)}:"
            " between these, look at support, speed and memory."
        )
    if place.untested:
        said.append(f"It was not tested against {_listed(place.untested)}.")
    if best.trained_on_this:
        said.append(f"{best.name} was trained on this data, so its score is no fair test.")
    return " ".join(said)


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
