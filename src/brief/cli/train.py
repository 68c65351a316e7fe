"""`brief train`: fine-tune a model on articles with bullets, and show its progress.

See `training/` for the training itself.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from brief.cli.terminal import note, ticker
from brief.errors import UsageError
from brief.settings import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from brief.training.loop import Progress

EVERY_S = 30.0
"""Seconds between two lines of progress where they do not overwrite each other."""

train_app = typer.Typer()


@train_app.command()
def train(
    *,
    data: Annotated[
        list[Path],
        typer.Option(
            help="Articles with bullets, in a format of `brief eval run --data`, or annotated by"
            " an editor (docs/model.md). May be repeated."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the new model.")],
    base: Annotated[
        str,
        typer.Option(
            help="Model to start from: a name from `brief models list`, a folder or a hub id."
        ),
    ] = DEFAULTS.model,
    part: Annotated[
        Literal["bullets", "salience", "checker"],
        typer.Option(
            help="What to learn: writing bullets, choosing sentences (salience), or telling right"
            " bullets from wrong ones (checker)."
        ),
    ] = "bullets",
    pairs: Annotated[
        list[Path] | None,
        typer.Option(
            help="Sentences and their compressions: JSON lines of source and target. May be"
            " repeated."
        ),
    ] = None,
    validation: Annotated[
        Path | None,
        typer.Option(help="Articles to validate on (default: a twentieth of --data)."),
    ] = None,
    avoid: Annotated[
        list[Path] | None,
        typer.Option(
            help="Evaluation file whose articles are left out of training. May be repeated."
        ),
    ] = None,
    freeze_encoder: Annotated[
        bool, typer.Option("--freeze-encoder", help="Train only the decoder.")
    ] = False,
    epochs: Annotated[
        float | None,
        typer.Option(help="Number of epochs (default: 3 for bullets, 1 for salience)."),
    ] = None,
    mix: Annotated[
        str | None,
        typer.Option(
            help="How often an epoch uses the examples of each kind (default:"
            " editors=4,highlights=1,pairs=0.5,copy=0.02,skip=0.1). Kinds not named are left out."
        ),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="Number of training steps, instead of --epochs.")
    ] = None,
    batch_tokens: Annotated[int, typer.Option(help="Tokens per batch, for bullets.")] = 6000,
    learning_rate: Annotated[
        float | None,
        typer.Option(help="Peak learning rate (default: 0.0005 for bullets, 0.001 for salience)."),
    ] = None,
    warmup_steps: Annotated[
        int | None,
        typer.Option(help="Warm-up steps (default: 100 for bullets, 80 for salience)."),
    ] = None,
    validate_every: Annotated[
        int | None,
        typer.Option(help="Steps between validations (default: 500 or 250)."),
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(help="Stop after so many validations without a gain (default: 5 or 8)."),
    ] = None,
    checkpoint_every: Annotated[
        int | None, typer.Option(help="Steps between checkpoints (default: 200 or 50).")
    ] = None,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
    threads: Annotated[
        int | None, typer.Option(help="Number of CPU threads (default: PyTorch's choice).")
    ] = None,
    export: Annotated[
        bool,
        typer.Option("--export", help="Write the best model so far, without further training."),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Hide progress and counts.")] = False,
) -> None:
    """Fine-tune a model, or continue an interrupted run."""
    from brief.training.loop import use_threads
    from brief.training.train_bullets import MIX, TrainSettings, compare, finish, prepare, to_mix
    from brief.training.train_bullets import train as run_training
    from brief.training.train_checker import CheckerSettings
    from brief.training.train_salience import SalienceSettings

    named = {
        "epochs": epochs,
        "learning_rate": learning_rate,
        "warmup_steps": warmup_steps,
        "validate_every": validate_every,
        "patience": patience,
        "checkpoint_every": checkpoint_every,
    }
    given: dict[str, Any] = {
        "data": tuple(data),
        "base": base,
        "avoid": tuple(avoid or ()),
        "steps": steps,
        "seed": seed,
        **{name: value for name, value in named.items() if value is not None},
    }
    settings: TrainSettings | SalienceSettings | CheckerSettings
    if part != "bullets" and (freeze_encoder or mix is not None):
        raise UsageError("--freeze-encoder and --mix are for --part bullets")
    if part == "checker":
        if validation is not None:
            raise UsageError("--part checker keeps some articles of --data for validation")
        settings = CheckerSettings(pairs=tuple(pairs or ()), **given)
    elif part == "salience":
        if pairs:
            raise UsageError("--pairs are for --part bullets and --part checker")
        settings = SalienceSettings(validation=validation, **given)
    else:
        settings = TrainSettings(
            validation=validation,
            pairs=tuple(pairs or ()),
            batch_tokens=batch_tokens,
            freeze_encoder=freeze_encoder,
            mix=MIX if mix is None else to_mix(mix),
            **given,
        )
    if threads is not None:
        use_threads(threads)
    say = (lambda _: None) if quiet else note
    if export:
        run = prepare(settings, output, note=say)
        finish(run, output, note=say)
        return
    with ticker(wanted=not quiet, every_s=EVERY_S) as tick:
        try:
            run = run_training(settings, output, tell=_teller(tick), note=say)
            if not quiet:
                compare(run, output, note=note)
        except KeyboardInterrupt:
            note("a checkpoint is written; the same command goes on from there")
            raise


def _teller(tick: "Callable[[str], None]") -> "Callable[[Progress], None]":
    """Show progress as one line: validations always, steps when the next line is due."""

    def tell(progress: "Progress") -> None:
        eta = "" if progress.eta_s is None else f", {_duration(progress.eta_s)} to go"
        tick(
            f"step {progress.step:,} of {progress.n_steps:,}, loss {progress.loss:.3f},"
            f" {progress.examples_per_s:.0f} examples/s{eta}"
        )
        if progress.scores:
            scores = ", ".join(f"{name} {value:.4f}" for name, value in progress.scores.items())
            note(f"step {progress.step:,}: {scores}")

    return tell


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
