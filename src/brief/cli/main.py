"""The `brief` command: parse arguments, call one function, print the result.

Heavy imports are inside the commands, so that `brief --help` is fast. See `terminal.py` for what
a terminal shows of a run.
"""

import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brief import __version__
from brief.cli.check_bullets import check_app
from brief.cli.eval_commands import eval_app
from brief.cli.init_doctor import doctor, init
from brief.cli.morning import morning_app
from brief.cli.options import ENGINES, LENGTHS, MODEL, NoCache, Quiet, open_cache
from brief.cli.serve import serve_app
from brief.cli.terminal import (
    ReaderGone,
    Tally,
    destination,
    is_terminal,
    note,
    progress,
    show,
    show_wrapped,
    speak_utf8,
    stdin_bytes,
    to_table,
)
from brief.cli.train import train_app
from brief.errors import BriefError
from brief.output import CleanFormat, Format
from brief.settings import DEFAULTS, load_settings

if TYPE_CHECKING:
    from brief.ingest.inputs import Source

EXIT_CODES = """
Exit codes: 0 all inputs done, 1 some failed, 2 wrong usage, 65 no usable input, or the model or
the output cannot be used, 69 the model hub cannot be reached, 70 a bug in brief, 130 interrupted.
"""

INTERRUPTED = 130
"""Typer's exit code after Ctrl-C: 128 plus the signal's number, as in shells."""

app = typer.Typer(
    name="brief",
    help="Summarize news articles as short, traceable bullets, on your own machine.",
    epilog=EXIT_CODES,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
models_app = typer.Typer(help="List, show and prepare models.")
app.add_typer(models_app, name="models")
app.add_typer(eval_app, name="eval")
app.add_typer(check_app)
app.add_typer(train_app)
app.add_typer(morning_app, name="morning")
app.command()(init)
app.command()(doctor)
app.add_typer(serve_app)


def main() -> None:
    """Entry point of the `brief` command."""
    speak_utf8()
    sys.exit(run(sys.argv[1:]))


def run(args: Sequence[str]) -> int:
    """Run a command line; every failure becomes a message and an exit code.

    Args:
        args: Arguments without the program's name.

    Returns:
        The exit code, see `EXIT_CODES`.
    """
    try:
        code = app(list(args), standalone_mode=False)
    except (ReaderGone, SystemExit):
        # typer exits only after it printed help itself and the reader had closed the pipe.
        code = 0
    except BriefError as error:
        note(error)
        code = error.exit_code
    except typer.TyperException as error:
        note(f"{error.format_message().replace('Value error, ', '')}\n  see: brief --help")
        code = error.exit_code
    except Exception:  # noqa: BLE001  (the last resort: anything else is a bug)
        traceback.print_exc()
        note("this is a bug in brief; please report it with the lines above")
        code = 70
    if code == INTERRUPTED:
        note("interrupted")
    return code if isinstance(code, int) else 0


def _version(wanted: bool) -> None:  # noqa: FBT001  (typer's callback)
    if wanted:
        show(f"brief {__version__}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del version
    _help_without_command(context)


@models_app.callback(invoke_without_command=True)
def _help_without_command(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        show(f"{context.get_help()}\n")


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a whole number") from None


Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH|URL|-...",
        help="Files, folders, globs, .jsonl[.gz] files, URLs, or - for standard input.",
    ),
]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Also fetch from private and loopback addresses.")
]


@app.command(epilog=EXIT_CODES)
def summarize(
    inputs: Inputs = None,
    *,
    bullets: Annotated[
        int | None,
        typer.Option(
            "--bullets",
            "-n",
            metavar="N",
            parser=_whole,
            help=f"Number of bullets per summary (default: {DEFAULTS.bullets}).",
        ),
    ] = None,
    length: Annotated[
        str | None,
        typer.Option(help=f"Length of a bullet: {LENGTHS} (default: {DEFAULTS.length})."),
    ] = None,
    model: Annotated[str | None, typer.Option(help=MODEL)] = None,
    engine: Annotated[
        str | None,
        typer.Option(help=f"Inference engine: {ENGINES} (default: {DEFAULTS.engine})."),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            metavar="N", parser=_whole, help="Number of CPU threads (default: the engine's choice)."
        ),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", "-f", help="Output format.")] = "text",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="File to write; it appears when complete (default: stdout)."
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Also show sources, support and dropped lines.")
    ] = False,
    timings: Annotated[
        bool, typer.Option("--timings", help="Add timings in seconds to JSON output.")
    ] = False,
    no_cache: NoCache = False,
    allow_private: AllowPrivate = False,
    quiet: Quiet = False,
) -> None:
    """Summarize each article as a quick-summary block."""
    from brief.models import load_model
    from brief.output.formats import render
    from brief.pipeline.summarizer import Summarizer

    settings = load_settings(
        {
            "bullets": bullets,
            "length": length,
            "model": model,
            "engine": engine,
            "threads": threads,
        }
    )
    sources = _read(inputs, allow_private=allow_private)
    loaded = load_model(settings.model, engine=settings.engine, n_threads=settings.threads)
    tally = Tally(quiet=quiet)
    with open_cache(wanted=not no_cache) as cache:
        summarizer = Summarizer(
            loaded, n_bullets=settings.bullets, length=settings.length, cache=cache, notify=note
        )
        try:
            with (
                destination(output) as write,
                closing(summarizer.stream(sources)) as stream,
                progress(wanted=not quiet and (output is not None or not is_terminal())) as step,
            ):
                on_screen = output is None and format_ == "text" and is_terminal()
                outcomes = tally.watch(stream, step)
                for piece in render(outcomes, format_, explain=explain, timings=timings):
                    (show_wrapped if on_screen else write)(piece)
        except KeyboardInterrupt:
            if cache is not None:
                note("what is finished is in the cache; the same command goes on from there")
            raise
    raise typer.Exit(tally.exit_code)


@app.command(epilog=EXIT_CODES)
def clean(
    inputs: Inputs = None,
    *,
    format_: Annotated[CleanFormat, typer.Option("--format", "-f", help="Output format.")] = "text",
    allow_private: AllowPrivate = False,
) -> None:
    """Show how each line of a page is labelled, and why."""
    from brief.ingest.article import to_articles
    from brief.output.block import to_tsv
    from brief.output.formats import render_cleaned

    sources = _read(inputs, allow_private=allow_private)
    tally = Tally(quiet=False)
    cleaned = tally.watch(to_articles(sources), lambda: None)
    for piece in render_cleaned(cleaned, format_, to_table if is_terminal() else to_tsv):
        show(piece)
    raise typer.Exit(tally.exit_code)


@models_app.command("list")
def list_models() -> None:
    """List all known models, one per line."""
    from brief.models import cards

    for card in cards().values():
        size = "" if card.size_mb is None else f"{card.size_mb:,.0f} MB"
        show(f"{card.name:28} {size:>9}  {card.about}\n")


@models_app.command("show")
def show_model(
    name: Annotated[str, typer.Argument(help="A name from `brief models list`.")],
) -> None:
    """Print a model's card as JSON."""
    from brief.models import card_of

    show(json.dumps(asdict(card_of(name)), ensure_ascii=False, indent=2) + "\n")


@models_app.command("prepare")
def prepare_model(
    name: Annotated[
        str, typer.Argument(help="A name from `brief models list`, a folder or a hub id.")
    ],
    engine: Annotated[
        str | None,
        typer.Option(help=f"Inference engine: {ENGINES} (default: {DEFAULTS.engine})."),
    ] = None,
) -> None:
    """Download and convert a model before its first run."""
    from brief.models import load_model

    settings = load_settings({"model": name, "engine": engine})
    for key, value in load_model(settings.model, engine=settings.engine).signature.items():
        show(f"{key} {value}\n")


def _read(inputs: list[str] | None, *, allow_private: bool) -> Iterator["Source"]:
    from brief.ingest.inputs import read

    return read(inputs or [], stdin=stdin_bytes(), allow_private=allow_private, notify=note)
