"""`brief eval run`, `harvest` and `gate`: score systems, build data sets, prevent regressions.

Heavy imports are inside the commands. See `evaluation/` for what is measured and how, and
`eval_choose.py` for the commands that use a result.
"""

import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brief.cli.eval_choose import choose_app
from brief.cli.options import (
    EVAL_BULLETS,
    MAX_NAMED,
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
from brief.cli.terminal import destination, note, progress, show
from brief.errors import InputError, UsageError
from brief.settings import DEFAULTS

if TYPE_CHECKING:
    from brief.evaluation.data.dataset import DataSet
    from brief.evaluation.system_specs import Setup
    from brief.evaluation.systems import System
    from brief.pipeline.cache import Cache

GATED = "news-small,lead"
"""The systems that the gate scores: the model that ships, and the baseline that it has to beat."""

eval_app = typer.Typer(help="Measure which model works best on your articles.")
eval_app.add_typer(choose_app)


@eval_app.command()
def run(
    *,
    data: Data,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write results to.")],
    systems: Annotated[
        str,
        typer.Option(
            help="Systems to score, separated by commas: lead-3, lead-60w, lexrank, textrank,"
            " random, oracle, reference, file:PATH, a model's name, folder or hub id, or a name"
            " from --config."
        ),
    ] = "",
    config: Config = None,
    bullets: Annotated[
        int,
        typer.Option("--bullets", "-n", help="Number of bullets, for systems that set none."),
    ] = EVAL_BULLETS,
    limit: Limit = None,
    seed: Annotated[
        int,
        typer.Option(help="Random seed of the sample, random sentences and confidence intervals."),
    ] = 0,
    split: Split = None,
    strict: Strict = False,
    unseen: Annotated[
        bool,
        typer.Option("--unseen", help="Leave out articles on which a system was tuned."),
    ] = False,
    engine: EngineName = DEFAULTS.engine,
    prompt: Prompt = None,
    length: LengthName = DEFAULTS.length,
    threads: Threads = None,
    set_: Set = None,
    cost: Annotated[
        bool, typer.Option("--cost", help="Also measure time and memory, and write cost.json.")
    ] = False,
    no_cache: NoCache = False,
    quiet: Quiet = False,
) -> None:
    """Score systems on a data set.

    `brief eval report` shows the result.
    """
    from brief.evaluation.data.dataset import read_dataset
    from brief.evaluation.data.tuned_on import unseen as unseen_part
    from brief.evaluation.harness import run as run_harness

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
    with open_cache(wanted=not no_cache) as cache:
        lineup = _lineup(systems, setup, dataset, cache)
        tuned_on = frozenset().union(*(system.tuned_articles for system in lineup))
        if unseen and tuned_on:
            dataset = unseen_part(dataset, tuned_on)
        total = len(lineup) * len(dataset.examples)
        with progress(wanted=not quiet, total=total) as step:
            report = run_harness(dataset, lineup, output, n_bullets=bullets, seed=seed, step=step)
    if cost:
        _measure_cost(lineup, setup, dataset, output)
    _tell_failures(report, output)
    _show_scores(report)


@eval_app.command()
def harvest(
    inputs: Annotated[list[str], typer.Argument(metavar="FOLDER|FILES...", help="Scraped pages.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="JSON lines file to write (default: stdout)."),
    ] = None,
) -> None:
    """Build a data set from pages with quick-summary blocks."""
    from brief.evaluation.data.harvest import harvest as harvest_pages
    from brief.evaluation.data.harvest import to_row
    from brief.evaluation.data.validation import Problem
    from brief.ingest.inputs import read

    n_made, n_without = 0, 0
    with destination(output) as write:
        for item in harvest_pages(read(inputs, stdin=io.BytesIO(), notify=note)):
            if isinstance(item, Problem):
                n_without += 1
                note(f"{item.id}: {item.what} ({item.kind})")
            else:
                n_made += 1
                write(json.dumps(to_row(item), ensure_ascii=False) + "\n")
        if not n_made:
            raise InputError(
                f"none of {n_without} pages has a quick-summary block that could be used",
                "brief clean FILE shows what each line was taken for",
            )
    note(f"{n_made} articles with reference bullets, {n_without} pages left out")


@eval_app.command()
def gate(
    *,
    data: Data = Path("eval/data/pages"),
    floors: Annotated[Path, typer.Option(help="File of the minimum scores (floors).")] = Path(
        "eval/floors.json"
    ),
    systems: Annotated[str, typer.Option(help="Systems to score, as in `brief eval run`.")] = GATED,
    bullets: Annotated[
        int,
        typer.Option("--bullets", "-n", help="Number of bullets, for systems that set none."),
    ] = EVAL_BULLETS,
    update: Annotated[
        bool, typer.Option("--update", help="Set the floors to the scores measured now.")
    ] = False,
    allow_regression: Annotated[
        bool, typer.Option("--allow-regression", help="With --update: floors may become lower.")
    ] = False,
    noise: Annotated[
        list[Path] | None,
        typer.Option(
            help="With --update: results of `brief eval run` on another machine, for the margin"
            " below the scores. May be repeated."
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Fail if a system scores below its floor.

    The summary cache is not used.
    """
    from brief.evaluation import floors as gating
    from brief.evaluation.data.dataset import read_dataset
    from brief.evaluation.harness import run as run_harness

    if (allow_regression or noise) and not update:
        raise UsageError("--allow-regression and --noise go with --update")
    pinned = gating.read_floors(floors) if not update or floors.exists() else None
    dataset = read_dataset(data)
    lineup = _lineup(systems, to_setup(bullets=bullets), dataset, None)
    with TemporaryDirectory() as folder:
        total = len(lineup) * len(dataset.examples)
        with progress(wanted=not quiet, total=total) as step:
            report = run_harness(dataset, lineup, Path(folder), n_bullets=bullets, step=step)
        _tell_failures(report, Path(folder))
    _show_scores(report)
    if update:
        others = [_report(folder) for folder in noise or []]
        new = gating.pin(report, pinned, others=others, allow_regression=allow_regression)
        gating.write_floors(floors, new)
        note(f"{floors}: pinned")
        return
    assert pinned is not None
    if why := gating.mismatch(report, pinned):
        raise InputError(f"{floors}: {why}", "pin anew with --update")
    fallen = gating.breaches(report, pinned)
    for breach in fallen:
        note(breach)
    if fallen:
        raise typer.Exit(1)
    show(f"no score is below its floor ({floors})\n")


def _lineup(
    systems: str, setup: "Setup", dataset: "DataSet", cache: "Cache | None"
) -> "tuple[System, ...]":
    from brief.evaluation.metrics.rouge import as_lines
    from brief.evaluation.metrics.rouge_tokenizer import choose_tokenizer
    from brief.evaluation.system_specs import parse_systems

    tokenizer = choose_tokenizer(as_lines(example.bullets) for example in dataset.examples)
    return parse_systems(systems, setup, tokenizer=tokenizer, cache=cache)


def _measure_cost(
    lineup: "tuple[System, ...]", setup: "Setup", dataset: "DataSet", output: Path
) -> None:
    from brief.evaluation.cost import measure

    costs = {system.name: measure(system, setup, dataset.examples) for system in lineup}
    with destination(output / "cost.json") as write:
        write(json.dumps(costs, indent=1, sort_keys=True) + "\n")


def _tell_failures(report: dict[str, Any], output: Path) -> None:
    """Print failed articles: each of them scores zero."""
    failing = {name for name, own in report["systems"].items() if own["n_failures"]}
    if not failing:
        return
    told = dict.fromkeys(failing, 0)
    with (output / "examples.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["error"] is not None and told[row["system"]] < MAX_NAMED:
                told[row["system"]] += 1
                note(f"{row['system']} scores 0 on {row['id']}: {row['error']}")
    for name in sorted(failing):
        note(f"{name}: failed on {report['systems'][name]['n_failures']} of {report['n']}")


def _show_scores(report: dict[str, Any]) -> None:
    """Print ROUGE-1 / 2 / Lsum as papers do, one system per line."""
    tokenizer = report["signature"]["tokenizer"]
    show(
        f"{report['n_scored']} of {report['n']} articles scored; ROUGE-1 / 2 / Lsum, {tokenizer}\n"
    )
    for name, own in report["systems"].items():
        means = (own[key]["mean"] for key in ("rouge1", "rouge2", "rougeLsum"))
        scores = ["–" if mean is None else f"{100 * mean:.1f}" for mean in means]
        mark = " (trained on this)" if own["trained_on_this"] else ""
        show(f"{' / '.join(scores)}  {name}{mark}\n")


def _report(folder: Path) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: no report can be read there ({error})") from None
    return report
