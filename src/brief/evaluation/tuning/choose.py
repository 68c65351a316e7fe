"""Choose the system to run: the highest `QUALITY` among those within all limits.

A limit on something that was not measured counts as exceeded. When other systems do not differ
significantly from the best, the best is still chosen and the others are named with it. See
`significance.py` for the tests.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from brief.errors import BriefError, UsageError
from brief.evaluation.report.conclusions import Standing, standing, verdict
from brief.evaluation.report.number_format import megabytes, percent, plain
from brief.evaluation.report.results import SUPPORT, PairedComparison, SystemResult, read_results
from brief.evaluation.tuning.write_settings import read_toml, write_toml
from brief.models import cards
from brief.models.base import ModelCard
from brief.models.prompts import load_prompt

_BYTES = {"": 1e6, "MB": 1e6, "GB": 1e9, "MIB": 2.0**20, "GIB": 2.0**30}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)")
_NUMBERED = re.compile(r"(lead|lexrank|textrank)(?:-\d+)?")

Setting = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits that a system must not exceed; None for no limit.

    Attributes:
        max_seconds: 95th percentile of seconds per article.
        max_memory_mb: Peak memory while running, in units of 1,000,000 bytes.
        min_support: Smallest mean share of the bullets' word pairs that the article has, 0 to 1.
    """

    max_seconds: float | None = None
    max_memory_mb: float | None = None
    min_support: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The system to run, and the evidence for it.

    Attributes:
        standing: The system with its test results.
        ruled_out: Reasons why other systems were excluded: a limit, or they cannot be run.
        n: Number of articles behind the choice.
    """

    standing: Standing
    ruled_out: Mapping[str, str]
    n: int

    @property
    def system(self) -> str:
        """Its name, as typed after `--systems`."""
        return self.standing.system.name

    @property
    def text(self) -> str:
        """The answer in plain words, one line per fact."""
        return "\n".join(_lines(self))


def megabytes_of(size: str) -> float:
    """Parse a size as typed by a person; returns units of 1,000,000 bytes.

    Raises:
        UsageError: It is not a size above 0, or has a unit other than MB, GB, MiB and GiB.

    Example:
        >>> megabytes_of("600MB"), megabytes_of("1.5 GB"), megabytes_of("600")
        (600.0, 1500.0, 600.0)
    """
    found = _SIZE.fullmatch(size.strip())
    unit = _BYTES.get(found[2].upper()) if found else None
    if found is None or unit is None or not float(found[1]):
        raise UsageError(f"{size}: not a size", "write one like 600MB, 1.5GB or 512MiB")
    return float(found[1]) * unit / _BYTES["MB"]


def choose(folder: Path, limits: Limits) -> Choice:
    """Choose the system to run.

    Args:
        folder: A folder written by `brief eval run --output`.
        limits: Limits that the system must not exceed.

    Raises:
        UsageError: There is no such folder, it holds no report, or a limit is out of range.
        InputError: A file in it does not have the form that the harness writes.
        BriefError: No system is within all limits; each is named with the limit it exceeds.
    """
    _check(limits)
    results = read_results(folder)
    ruled_out = {}
    kept = []
    for system in results.systems.values():
        reasons = list(_reasons(system, limits))
        if reasons:
            ruled_out[system.name] = "; ".join(reasons)
        else:
            kept.append(system)
    if not kept:
        listed = "".join(f"\n  {name}: {why}" for name, why in ruled_out.items())
        raise BriefError(f"{folder}: no system can be chosen{listed}", "loosen a limit")
    # Ties in quality go to the faster system.
    best = min(kept, key=lambda s: (-(s.quality or 0.0), _seconds(s)))
    return Choice(standing(results, best.name), ruled_out, results.n)


def write(choice: Choice, toml_path: Path) -> None:
    """Write the choice to `[summarize]` of a brief.toml, and keep everything else in it.

    The file is made if there is none. Comments, order and other settings are kept.

    Raises:
        UsageError: The file is not TOML, its `summarize` is not a table, or see `settings_for`.
        InputError: It cannot be read.
        StorageError: It cannot be written.
    """
    import tomlkit

    settings = settings_for(choice.standing.system)
    document = read_toml(toml_path)
    table = document.setdefault("summarize", tomlkit.table())
    if not isinstance(table, Mapping):
        raise UsageError(
            f"{toml_path}: summarize must be a table", "write [summarize] above its keys"
        )
    for name, value in settings.items():
        table[name] = value  # type: ignore[index]
    write_toml(document, toml_path)


def settings_for(system: SystemResult) -> Mapping[str, Setting]:
    """The settings of `brief.toml` that run a system as it was evaluated.

    Raises:
        UsageError: Its model cannot be named there, or it ran with settings that brief.toml has
            no key for.
    """
    numbered = _NUMBERED.fullmatch(system.name)
    name = numbered[1] if numbered else system.name
    if name not in cards() and "/" not in name and not Path(name).is_dir():
        # The system is a table of systems.toml, whose name is the user's own.
        name = str(system.signature.get("model", ""))
        if name not in cards():
            problem = f"{system.name}: which model it is cannot be told from the report"
            raise UsageError(problem, "write [summarize] model yourself")
    if "weights" in system.signature:
        problem = f"{system.name}: it ran with weights of its own"
        raise UsageError(problem, "brief.toml has no key for them: choose a plain model")
    generation = system.signature.get("generation")
    found: dict[str, Setting] = {"model": name}
    if system.n_bullets is not None:
        found["bullets"] = system.n_bullets
    if generation is not None:
        _check_usual(system, cards().get(name))
        found["length"] = generation["length"]
        found["engine"] = system.signature["engine"]
    return found


def _check_usual(system: SystemResult, card: ModelCard | None) -> None:
    """Refuse a prompt or generation settings that differ from the card's, if there is a card."""
    if card is None:
        return
    generation = system.signature["generation"]
    usual = {**asdict(card.generation), "length": generation["length"]}
    if generation != usual or system.signature["prompt"] != load_prompt(card.prompt).digest:
        problem = f"{system.name}: it ran with a prompt or generation settings of its own"
        raise UsageError(problem, "brief.toml has no key for them: choose a plain model")


def _check(limits: Limits) -> None:
    for flag, value, largest in (
        ("--max-seconds", limits.max_seconds, math.inf),
        ("--max-memory", limits.max_memory_mb, math.inf),
        ("--min-support", limits.min_support, 1.0),
    ):
        if value is not None and not 0 <= value <= largest:
            allowed = "a share from 0 to 1" if largest == 1.0 else "0 or more"
            raise UsageError(f"{flag} must be {allowed}, not {value:g}")


def _reasons(system: SystemResult, limits: Limits) -> Iterator[str]:
    """Yield the reasons why a system cannot be chosen; none when it can."""
    if system.is_ceiling:
        yield "reads the reference bullets"
        return
    if "corridor" not in system.signature:
        yield "brief summarize cannot run it"
    if system.quality is None:
        yield "has no ROUGE-Lsum"
    for what, limit, found, wrong_side in (
        ("seconds at p95", limits.max_seconds, system.spent("seconds_p95"), "above"),
        ("MB of memory", limits.max_memory_mb, system.spent("peak_memory_mb"), "above"),
        ("support", limits.min_support, system.mean(SUPPORT), "below"),
    ):
        if limit is None:
            continue
        if found is None:
            yield f"{what}: not measured"
        elif found != limit and (found > limit) == (wrong_side == "above"):
            # Not rounded to fewer digits: 0.7996 is below 0.8, but would be shown as 0.8.
            yield f"{what}: {found:.6g} is {wrong_side} {limit:g}"


def _seconds(system: SystemResult) -> float:
    spent = system.spent("seconds_p50")
    return math.inf if spent is None else spent


def _lines(choice: Choice) -> Iterator[str]:
    place = choice.standing
    system = place.system
    yield f"run {system.name}: ROUGE-Lsum {percent(system.quality or 0.0)} on {choice.n} articles"
    yield f"  {_profile(system)}"
    for heading, pairs in (
        ("surely better than", place.above),
        ("not told apart from", place.level),
        ("surely worse than", place.below),
    ):
        for pair in pairs:
            yield f"  {heading} {pair.b}: {_sureness(pair)}"
    for name in place.untested:
        yield f"  not tested against {name}"
    for name, why in choice.ruled_out.items():
        yield f"  left out: {name} ({why})"
    if system.trained_on_this:
        yield f"  caution: {system.name} was trained on this data, so its score is no fair test"


def _profile(system: SystemResult) -> str:
    support = system.mean(SUPPORT)
    said = (
        "support " + ("not measured" if support is None else f"{percent(support)} %"),
        f"{plain(system.spent('seconds_p95'), '').text} s at p95",
        f"{megabytes(system.spent('peak_memory_mb'), '').text} at the highest",
    )
    return ", ".join(said)


def _sureness(pair: PairedComparison) -> str:
    told = verdict(pair)
    interval = f", 95 % interval {told.range}" if told.range else ""
    return f"{told.difference} points{interval}, p {told.p}"
