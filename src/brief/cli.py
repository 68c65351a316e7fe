"""The command line: parse, call one function, print.

Heavy imports stand in the commands, so that `brief --help` costs nothing. Left out: all
decisions about articles, and what a terminal shows of a run (`terminal.py`).
"""

import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from brief import __version__
from brief.errors import BriefError, StorageError
from brief.terminal import Tally, destination, note, progress, show_lines

if TYPE_CHECKING:
    from brief.corridor import Summarizer
    from brief.ingest.read import Source
    from brief.settings import Settings

EXIT_CODES = """
Exit codes: 0 all inputs done, 1 some failed, 2 usage, 65 no input could be used, 69 the model
hub cannot be reached, 70 a bug in brief, 130 interrupted.
"""

INTERRUPTED = 130
"""What typer returns after Ctrl-C: 128 and the signal's number, as shells have it."""

app = typer.Typer(
    name="brief",
    help="News articles into short, traceable bullets, on your own machine.",
    epilog=EXIT_CODES,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
models_app = typer.Typer(help="The models that brief knows.", no_args_is_help=True)
app.add_typer(models_app, name="models")


def main() -> None:
    """Entry point of the `brief` command."""
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
    except BriefError as error:
        note(error)
        code = error.exit_code
    except typer.TyperException as error:
        note(f"{error.format_message()}\n  see: brief --help")
        code = error.exit_code
    except Exception:  # noqa: BLE001  (the last stop: whatever comes here is a bug)
        traceback.print_exc()
        note("this is a bug in brief; please report it with the lines above")
        code = 70
    if code == INTERRUPTED:
        note("interrupted; what is finished is in the cache, and the same command goes on there")
    return code if isinstance(code, int) else 0


def _version(wanted: bool) -> None:  # noqa: FBT001  (typer's callback)
    if wanted:
        print(f"brief {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it and go.")
    ] = False,
) -> None:
    del version
    if context.invoked_subcommand is None:
        print(context.get_help())


Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH|URL|-...",
        help="Files, folders, globs, .jsonl[.gz] rows, URLs, or - for standard input.",
    ),
]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Fetch from private and loopback addresses too.")
]


@app.command(epilog=EXIT_CODES)
def summarize(
    inputs: Inputs = None,
    *,
    bullets: Annotated[
        int | None, typer.Option("--bullets", "-n", help="Bullets of a summary (default 2).")
    ] = None,
    length: Annotated[
        str | None, typer.Option(help="Length of a bullet: short, medium or long.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="A name from `brief models list`, a folder or a hub id.")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="auto, ctranslate or hf.")] = None,
    threads: Annotated[
        int | None, typer.Option(help="CPU threads (default: one a processor).")
    ] = None,
    format_: Annotated[
        Literal["text", "markdown", "json", "jsonl", "html"], typer.Option("--format", "-f")
    ] = "text",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write there, complete or not at all."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show sources, support and what was dropped.")
    ] = False,
    timings: Annotated[bool, typer.Option("--timings", help="Add seconds to the JSON.")] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Neither read nor write the summary cache.")
    ] = False,
    allow_private: AllowPrivate = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no warnings.")] = False,
) -> None:
    """Write the quick-summary block of each article."""
    from brief.formats import render
    from brief.settings import load_settings

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
    summarizer = _summarizer(settings, no_cache=no_cache)
    tally = Tally(quiet=quiet)
    with destination(output) as out, progress(quiet=quiet) as step:
        outcomes = tally.watch(summarizer.stream(sources), step)
        for piece in render(outcomes, format_, explain=explain, timings=timings):
            out.write(piece)
    raise typer.Exit(tally.exit_code)


@app.command(epilog=EXIT_CODES)
def clean(
    inputs: Inputs = None,
    *,
    format_: Annotated[Literal["text", "json"], typer.Option("--format", "-f")] = "text",
    allow_private: AllowPrivate = False,
) -> None:
    """Show how each line of a page is labelled, and why: the first step alone."""
    from brief.corridor import to_article
    from brief.records import to_clean_record

    articles = [to_article(source) for source in _read(inputs, allow_private=allow_private)]
    if format_ == "json":
        records = [to_clean_record(article) for article in articles]
        shown = records[0] if len(records) == 1 else records
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    for article in articles:
        show_lines(article)


@models_app.command("list")
def list_models() -> None:
    """Name every known model, one a line."""
    from brief.models import cards

    for card in cards().values():
        size = "" if card.size_mb is None else f"{card.size_mb:,.0f} MB"
        print(f"{card.name:28} {size:>9}  {card.about}")


@models_app.command("show")
def show_model(
    name: Annotated[str, typer.Argument(help="A name from `brief models list`.")],
) -> None:
    """Print what is known about a model as JSON."""
    from brief.models import card_of

    print(json.dumps(asdict(card_of(name)), ensure_ascii=False, indent=2))


@models_app.command("prepare")
def prepare_model(
    name: Annotated[
        str, typer.Argument(help="A name from `brief models list`, a folder or a hub id.")
    ],
    engine: Annotated[str, typer.Option(help="auto, ctranslate or hf.")] = "auto",
) -> None:
    """Bring a model onto this machine and convert it, so that later runs start at once."""
    from brief.models import load_model
    from brief.settings import load_settings

    settings = load_settings({"model": name, "engine": engine})

    model = load_model(settings.model, engine=settings.engine)
    for key, value in model.signature.items():
        print(f"{key} {value}")


def _read(inputs: list[str] | None, *, allow_private: bool) -> Iterator["Source"]:
    from brief.ingest.read import read

    return read(inputs or [], stdin=sys.stdin.buffer, allow_private=allow_private, notify=note)


def _summarizer(settings: "Settings", *, no_cache: bool) -> "Summarizer":
    from brief.corridor import Summarizer
    from brief.models import load_model
    from brief.settings import cache_dir
    from brief.summaries import Cache

    model = load_model(settings.model, engine=settings.engine, n_threads=settings.threads)
    cache = None
    if not no_cache:
        try:
            cache = Cache(cache_dir() / "summaries.sqlite3")
        except StorageError as error:
            note(f"going on without a cache: {error.problem}")
    return Summarizer(model, n_bullets=settings.bullets, length=settings.length, cache=cache)
