"""Options and setup that several commands share: data sets, model settings, summary cache.

Tested in `tests/cli/test_eval_commands.py`.
"""

import json
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brief.cli.terminal import note
from brief.config_rules import in_words
from brief.errors import StorageError, UsageError
from brief.settings import DEFAULTS, Engine, Length, load_settings

if TYPE_CHECKING:
    from brief.evaluation.data.dataset import DataSet
    from brief.evaluation.system_specs import Setup
    from brief.pipeline.cache import Cache

MAX_NAMED = 5
"""Problems that are printed one by one; the rest are counted."""

EVAL_BULLETS = 3
"""Bullets of systems that set no number; lead-3 is the field's usual baseline."""

LENGTHS = in_words(Length)
ENGINES = in_words(Engine)
MODEL = f"Model: a name from `brief models list`, a folder or a hub id (default: {DEFAULTS.model})."

Data = Annotated[
    Path,
    typer.Option(
        help="Data set: JSON lines, CSV (also .gz), Parquet, a folder saved by `datasets`, or"
        " pages with quick-summary blocks."
    ),
]
Split = Annotated[str | None, typer.Option(help="Split of the data to use (default: all).")]
Limit = Annotated[
    int | None, typer.Option(help="Use a random sample of this many articles (see --seed).")
]
Strict = Annotated[bool, typer.Option("--strict", help="Leave out rows that have a problem.")]
Config = Annotated[
    Path | None,
    typer.Option(help="TOML file of systems with their settings, such as eval/systems.toml."),
]
EngineName = Annotated[str, typer.Option(help=f"Inference engine of models: {ENGINES}.")]
Prompt = Annotated[
    str | None, typer.Option(help="Name of the input template (default: the model's own).")
]
LengthName = Annotated[str, typer.Option(help=f"Bullet length of models: {LENGTHS}.")]
Threads = Annotated[
    int | None, typer.Option(help="Number of CPU threads (default: the engine's choice).")
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="Generation setting of models, such as num_beams=2. May be repeated."
    ),
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Do not read or write the summary cache.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Hide progress and warnings.")]


def to_setup(
    *,
    bullets: int,
    seed: int = 0,
    engine: str = DEFAULTS.engine,
    prompt: str | None = None,
    length: str = DEFAULTS.length,
    threads: int | None = None,
    settings: list[str] | None = None,
    toml: Path | None = None,
) -> "Setup":
    """The settings that all systems share, checked like every other setting.

    Raises:
        UsageError: A value is not allowed.
    """
    from brief.evaluation.system_specs import Setup

    checked = load_settings(
        {"bullets": bullets, "engine": engine, "length": length, "threads": threads}
    )
    return Setup(
        n_bullets=bullets,
        seed=seed,
        engine=checked.engine,
        prompt=prompt,
        length=checked.length,
        threads=threads,
        generation=dict(map(_setting, settings or [])),
        toml=toml,
    )


def _setting(text: str) -> tuple[str, Any]:
    """Parse `num_beams=2` into a name and a number."""
    name, _, value = text.partition("=")
    try:
        number = json.loads(value)
    except ValueError:
        raise UsageError(f"--set {text}: not a name and a number", "--set num_beams=2") from None
    return name.strip(), number


def open_cache(*, wanted: bool) -> "closing[Cache] | nullcontext[None]":
    """Open the summary cache while a command runs; None if it is not wanted or not usable."""
    from brief.pipeline.cache import Cache, summary_cache_path

    if not wanted:
        return nullcontext()
    try:
        return closing(Cache(summary_cache_path()))
    except StorageError as error:
        note(f"going on without a cache: {error.problem}")
        return nullcontext()


def tell_problems(dataset: "DataSet") -> None:
    """Print the first problems of each kind, and how many there are."""
    for kind, n in dataset.counted_problems.items():
        named = [problem for problem in dataset.problems if problem.kind == kind]
        for problem in named[:MAX_NAMED]:
            note(f"{problem.id}: {problem.what} ({kind})")
        if n > MAX_NAMED:
            note(f"… {n:,} in all ({kind})")
