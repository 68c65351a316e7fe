"""Options of more than one command, and what such commands begin with: settings, cache."""

import json
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brief.cli.terminal import note
from brief.config_rules import in_words
from brief.errors import StorageError, UsageError
from brief.settings import DEFAULTS, Engine, Length, load_settings, summary_cache_path

if TYPE_CHECKING:
    from brief.evaluation.data.dataset import DataSet
    from brief.evaluation.system_specs import Setup
    from brief.pipeline.cache import Cache

MAX_NAMED = 5
"""Problems that are told one by one; the rest is counted."""

EVAL_BULLETS = 3
"""Of systems without a number of their own; lead-3 is the field's usual baseline."""

LENGTHS = in_words(Length)
ENGINES = in_words(Engine)

Data = Annotated[
    Path,
    typer.Option(
        help="JSON lines, CSV (.gz too), Parquet, a folder saved by `datasets`, or pages with"
        " quick-summary blocks."
    ),
]
Split = Annotated[str | None, typer.Option(help="One split of the data.")]
Limit = Annotated[int | None, typer.Option(help="A sample of so many articles, drawn by --seed.")]
Strict = Annotated[bool, typer.Option("--strict", help="Leave rows with a problem out.")]
Config = Annotated[
    Path | None, typer.Option(help="Systems with settings of their own, as eval/systems.toml.")
]
EngineName = Annotated[str, typer.Option(help=f"Of models: {ENGINES}.")]
Prompt = Annotated[str | None, typer.Option(help="Of models: an input template.")]
LengthName = Annotated[str, typer.Option(help=f"Of models: {LENGTHS}.")]
Threads = Annotated[int | None, typer.Option(help="Of models: CPU threads.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="Of models: a generation setting, such as num_beams=2."),
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Neither read nor write the summary cache.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no warnings.")]


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
    """What holds for all systems, checked as every other setting is.

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
    """`num_beams=2` as a name and a number."""
    name, _, value = text.partition("=")
    try:
        number = json.loads(value)
    except ValueError:
        raise UsageError(f"--set {text}: not a name and a number", "--set num_beams=2") from None
    return name.strip(), number


def open_cache(*, wanted: bool) -> "closing[Cache] | nullcontext[None]":
    """The summary cache while a command runs; None where it is not wanted or not usable."""
    from brief.pipeline.cache import Cache

    if not wanted:
        return nullcontext()
    try:
        return closing(Cache(summary_cache_path()))
    except StorageError as error:
        note(f"going on without a cache: {error.problem}")
        return nullcontext()


def tell_problems(dataset: "DataSet") -> None:
    """The first problems of each kind by name, and how many there are."""
    for kind, n in dataset.counted_problems.items():
        named = [problem for problem in dataset.problems if problem.kind == kind]
        for problem in named[:MAX_NAMED]:
            note(f"{problem.id}: {problem.what} ({kind})")
        if n > MAX_NAMED:
            note(f"… {n:,} in all ({kind})")
