"""What several commands of `brief eval` are told, and how they begin: data, settings, cache.

Left out: the commands (`eval_commands.py`, `eval_choose.py`).
"""

import json
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brief.cli.terminal import note
from brief.errors import StorageError, UsageError

if TYPE_CHECKING:
    from brief.evaluation.data.dataset import DataSet
    from brief.evaluation.system_specs import Setup
    from brief.pipeline.cache import Cache

MAX_NAMED = 5
"""Problems that are told one by one; the rest is counted."""

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
EngineName = Annotated[str, typer.Option(help="Of models: auto, ctranslate or hf.")]
Prompt = Annotated[str | None, typer.Option(help="Of models: an input template.")]
LengthName = Annotated[str, typer.Option(help="Of models: short, medium or long.")]
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
    engine: str = "auto",
    prompt: str | None = None,
    length: str = "medium",
    threads: int | None = None,
    settings: list[str] | None = None,
    toml: Path | None = None,
) -> "Setup":
    """What holds for all systems, checked as every other setting is.

    Raises:
        UsageError: A value is not allowed.
    """
    from brief.evaluation.system_specs import Setup
    from brief.settings import load_settings

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
    from brief.settings import cache_dir

    if not wanted:
        return nullcontext()
    try:
        return closing(Cache(cache_dir() / "summaries.sqlite3"))
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
