"""Tuned settings -> a table of systems.toml, and what a person is told of them.

Left out: the search (`tune.py`), and reading the table (`system_specs.py`).
"""

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brief.errors import InputError, UsageError
from brief.evaluation.report.number_format import p_value, percent
from brief.evaluation.system_config import Recipe
from brief.evaluation.tuning.tune import Trial, Tuning
from brief.files import writing

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


METRICS = {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L", "rougeLsum": "ROUGE-Lsum"}
"""As people write them."""


def check_place(path: Path, name: str) -> None:
    """Refuse, before a long search, a place where its settings could not go.

    Raises:
        UsageError: The name cannot stand after `--systems`, the file is not TOML or in no
            folder, or it holds a table of that name that was not tuned.
        InputError: The file cannot be read.
    """
    if not name.strip() or "," in name or name != name.strip():
        raise UsageError(f"--name {name!r}: a name without commas, as for --systems")
    if not path.resolve().parent.is_dir():
        raise UsageError(f"--output {path}: there is no folder {path.parent}", "make it first")
    table = read_toml(path).get(name)
    if table is not None and not (isinstance(table, Mapping) and "tuned_on" in table):
        raise UsageError(f"{path}: [{name}] is there, and was not tuned", "give another --name")


def write(recipe: Recipe, path: Path, name: str) -> None:
    """Put a recipe into a systems.toml; other tables and comments stay as they are.

    Every setting is written, also those that are usual: what was tuned together stays together
    when a default changes.

    Args:
        recipe: The model with its settings; tuned.
        path: The file; made if there is none.
        name: Of the table, as for `--systems`; a tuned one of that name is replaced.

    Raises:
        UsageError: See `check_place`.
        InputError: See `check_place`.
        StorageError: It cannot be written.
    """
    import tomlkit

    check_place(path, name)
    assert recipe.tuned_on is not None
    table = tomlkit.table()
    for key, value in _facts(recipe, path).items():
        table[key] = value
    generation, weights = asdict(recipe.generation), asdict(recipe.weights)
    del generation["length"]  # a key of its own
    for key, values in (
        ("generation", generation),
        ("weights", weights),
        ("tuned_on", recipe.tuned_on.table),
    ):
        table[key] = tomlkit.table()
        table[key].update(values)
    document = read_toml(path)
    document[name] = table
    write_toml(document, path)


def _facts(recipe: Recipe, path: Path) -> dict[str, Any]:
    """What a table says beside settings and their origin; threads are a machine's own."""
    folder = path.resolve().parent
    facts: dict[str, Any] = {
        "model": recipe.model_name,
        "bullets": recipe.n_bullets,
        "length": recipe.generation.length,
        "engine": recipe.engine,
    }
    if recipe.prompt is not None:
        facts["prompt"] = recipe.prompt
    if recipe.training_sets:
        facts["training_sets"] = list(recipe.training_sets)
    if recipe.training_files:
        # Paths are relative to the file that they stand in.
        files = (os.path.relpath(file.resolve(), folder) for file in recipe.training_files)
        facts["training_files"] = [Path(file).as_posix() for file in files]
    return facts


def trial_line(trial: Trial, present: Recipe) -> str:
    """One trial: its score, and what differs from the present settings."""
    failed = f", {trial.n_failures} articles failed" if trial.n_failures else ""
    return f"{percent(trial.score)}{failed}: {_changes(trial.recipe, present)}"


def _changes(recipe: Recipe, present: Recipe) -> str:
    before, after = (
        {"bullets": one.n_bullets, **asdict(one.generation), **asdict(one.weights)}
        for one in (present, recipe)
    )
    changed = [f"{key} {value}" for key, value in after.items() if value != before[key]]
    return ", ".join(changed) or "the present settings"


def text(found: Tuning) -> str:
    """The outcome in plain words, a line for each thing to know."""
    present, best, gain = found.trials[0], found.best, found.gain
    metric, origin = METRICS[found.metric], found.tuned_on
    where = f"{found.n_searched} articles ({origin.split}, seed {origin.seed})"
    lines = [
        f"{present.recipe.name}: {len(found.trials)} settings tried on {where}",
        f"  {metric} there: {percent(present.score)} with the present settings",
    ]
    if gain is None or gain.difference is None or gain.low is None or gain.high is None:
        return "\n".join([*lines, "no settings were better: the present ones stay"])
    low, high = (percent(bound, signed=True) for bound in (gain.low, gain.high))
    p = "unknown" if gain.p is None else p_value(gain.p)
    difference = f"{percent(gain.difference, signed=True)} points"
    lines += [
        f"  {metric} there: {percent(best.score)} with {_changes(best.recipe, present.recipe)}",
        f"  on {gain.n} others: {difference}, 95 % interval {low} to {high}, p {p}",
        "the gain is shown: the new settings are the better ones"
        if found.is_shown
        else "no gain is shown on articles that were not searched on: the present settings stay",
    ]
    return "\n".join(lines)


def read_toml(path: Path) -> "TOMLDocument":
    """The file's content; empty when there is no file.

    Raises:
        UsageError: It is not TOML.
        InputError: It cannot be read.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(path.read_bytes().decode())
    except FileNotFoundError:
        return tomlkit.document()
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not TOML: {error}", "correct it first") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def write_toml(document: "TOMLDocument", path: Path) -> None:
    """Put the content back; a link goes on pointing to the file that is replaced.

    Raises:
        StorageError: It cannot be written.
    """
    import tomlkit

    with writing(path.resolve()) as file:
        file.write(tomlkit.dumps(document))
