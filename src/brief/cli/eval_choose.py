"""`brief eval report`, `choose` and `tune`: show results, choose a system, tune its settings.

Heavy imports are inside the commands. See `evaluation/tuning/` for how a system is chosen and
tuned, and `evaluation/report/` for reports.
"""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from brief.cli.options import (
    EVAL_BULLETS,
    Config,
    Data,
    EngineName,
    LengthName,
    Limit,
    NoCache,
    Prompt,
    Quiet,
    Set,
    Split,
    Strict,
    Threads,
    open_cache,
    tell_problems,
    to_setup,
)
from brief.cli.terminal import note, progress, show
from brief.settings import DEFAULTS

choose_app = typer.Typer()
"""Its commands are added to those of `brief eval`."""

Run = Annotated[
    Path, typer.Argument(metavar="DIR", help="Results folder of `brief eval run --output`.")
]


@choose_app.command("report")
def report_(
    folder: Run,
    *,
    format_: Annotated[
        Literal["table", "markdown", "json"],
        typer.Option("--format", "-f", help="Format of the results on stdout."),
    ] = "table",
    no_page: Annotated[
        bool, typer.Option("--no-page", help="Do not write DIR/report.html.")
    ] = False,
) -> None:
    """Show the results of a run, and write an HTML page.

    The page is DIR/report.html.
    """
    from brief.evaluation.report import html_report, text_report

    if format_ == "json":
        show(json.dumps(text_report.to_json(folder), ensure_ascii=False, indent=1) + "\n")
    else:
        show(
            text_report.to_markdown(folder)
            if format_ == "markdown"
            else text_report.to_text(folder)
        )
    if not no_page:
        note(f"the same with charts and examples: {html_report.write(folder)}")


@choose_app.command("choose")
def choose_(
    folder: Run,
    *,
    max_seconds: Annotated[
        float | None,
        typer.Option(help="Maximum 95th percentile of seconds per article (default: no limit)."),
    ] = None,
    max_memory: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Maximum memory, such as 600MB (default: no limit)."),
    ] = None,
    min_support: Annotated[
        float | None,
        typer.Option(
            help="Minimum share of the bullets' word pairs that are in the article, 0 to 1"
            " (default: no limit)."
        ),
    ] = None,
    write: Annotated[
        bool,
        typer.Option("--write", help="Write the choice to brief.toml; all else there is kept."),
    ] = False,
) -> None:
    """Choose the system to run.

    Says what it beats, and how certain that is.
    """
    from brief.evaluation.tuning import choose
    from brief.settings import config_path, load_settings

    limits = choose.Limits(
        max_seconds=max_seconds,
        max_memory_mb=None if max_memory is None else choose.megabytes_of(max_memory),
        min_support=min_support,
    )
    choice = choose.choose(folder, limits)
    show(choice.text + "\n")
    if write:
        choose.write(choice, config_path())
        note(f"{config_path()}: written")
        settings = load_settings({})
        if not settings.origin["model"].startswith(str(config_path())):
            note(f"{settings.origin['model']} says otherwise, and is stronger: {settings.model}")


@choose_app.command("tune")
def tune_(
    *,
    data: Data,
    system: Annotated[
        str,
        typer.Option(help="Model to tune: a name, folder or hub id, or a name from --config."),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="The systems.toml to write; other entries are kept."),
    ],
    name: Annotated[
        str | None,
        typer.Option(help="Name of the new system (default: the old name with -tuned)."),
    ] = None,
    trials: Annotated[int, typer.Option(help="Number of settings to try.")] = 30,
    metric: Annotated[
        str, typer.Option(help="Score to raise: rouge1, rouge2, rougeL or rougeLsum.")
    ] = "rougeLsum",
    share: Annotated[
        float, typer.Option(help="Share of the articles to search on, between 0 and 1.")
    ] = 0.5,
    max_bullets: Annotated[
        int | None, typer.Option(help="Also search the number of bullets, from 1 to this.")
    ] = None,
    config: Config = None,
    bullets: Annotated[
        int, typer.Option("--bullets", "-n", help="Current number of bullets.")
    ] = EVAL_BULLETS,
    limit: Limit = None,
    seed: Annotated[
        int, typer.Option(help="Random seed of the sample, the split, the search and the interval.")
    ] = 0,
    split: Split = None,
    strict: Strict = False,
    engine: EngineName = DEFAULTS.engine,
    prompt: Prompt = None,
    length: LengthName = DEFAULTS.length,
    threads: Threads = None,
    set_: Set = None,
    no_cache: NoCache = False,
    quiet: Quiet = False,
) -> None:
    """Search for better settings of a model.

    The search uses some of the articles; the settings are written if the others show a gain. If
    it is interrupted, the same command continues where it stopped, as long as the cache is used.
    """
    from brief.evaluation.data.dataset import read_dataset
    from brief.evaluation.system_specs import parse_recipe
    from brief.evaluation.tuning import write_settings
    from brief.evaluation.tuning.tune import Trial, tune

    name = name if name is not None else f"{Path(system).name}-tuned"
    write_settings.check_place(output, name)
    setup = to_setup(
        bullets=bullets,
        seed=seed,
        engine=engine,
        prompt=prompt,
        length=length,
        threads=threads,
        settings=set_ or [],
        toml=config,
    )
    dataset = read_dataset(data, strict=strict, limit=limit, seed=seed, split=split)
    if not quiet:
        tell_problems(dataset)
    recipe = parse_recipe(system, setup)
    n_tried = 0

    def tell(trial: Trial) -> None:
        nonlocal n_tried
        n_tried += 1
        if not quiet:
            note(f"{n_tried} of {trials}: {write_settings.trial_line(trial, recipe)}")

    with open_cache(wanted=not no_cache) as cache, progress(wanted=not quiet) as step:
        found = tune(
            dataset,
            recipe,
            n_trials=trials,
            metric=metric,
            share=share,
            seed=seed,
            max_bullets=max_bullets,
            cache=cache,
            step=step,
            tell=tell,
        )
    show(write_settings.text(found) + "\n")
    if found.is_shown:
        write_settings.write(found.recipe, output, name)
        note(f"{output}: [{name}] is written; score it on other articles with run --unseen")
    else:
        note(f"{output}: nothing is written")
