"""The command `brief check`: whether bullets, by whomever, are supported by their sources.

See `guard/bullet_check.py` for the checks.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brief.cli.options import MODEL
from brief.cli.terminal import Tally, destination, is_terminal, show_wrapped, stdin_bytes
from brief.output import CheckFormat
from brief.settings import load_settings

if TYPE_CHECKING:
    from brief.guard.bullet_check import Checked

_EXIT_CODES = """
Exit codes: 0 all bullets supported, 1 some not supported or some rows failed, else as for
`brief summarize`.
"""

check_app = typer.Typer()


@check_app.command(epilog=_EXIT_CODES)
def check(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-",
            help="JSON lines (also .gz) with source and bullet, and id and headline where known;"
            " or - for standard input.",
        ),
    ],
    *,
    model: Annotated[str | None, typer.Option(help=MODEL)] = None,
    threads: Annotated[
        int | None, typer.Option(metavar="N", help="Number of CPU threads (default: one per core).")
    ] = None,
    format_: Annotated[
        CheckFormat | None,
        typer.Option("--format", "-f", help="Output format (default: text on a terminal)."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="File to write; it appears when complete (default: stdout)."
        ),
    ] = None,
) -> None:
    """Check whether bullets are supported by their sources."""
    from brief.guard.bullet_check import BulletChecker, to_pairs
    from brief.ingest.inputs import read_rows_of
    from brief.models import load_checker
    from brief.output.formats import render_checked
    from brief.pipeline.parallel import in_order

    settings = load_settings({"model": model, "threads": threads})
    n_threads = settings.threads or os.cpu_count() or 1
    checker = BulletChecker(load_checker(settings.model, n_parallel=n_threads))
    pairs = to_pairs(read_rows_of(file, stdin=stdin_bytes()))
    on_screen = output is None and is_terminal()
    format_ = format_ or ("text" if on_screen else "jsonl")
    tally = Tally(quiet=True)
    unsupported = False

    def watched(outcomes: "Iterator[Checked]") -> "Iterator[Checked]":
        nonlocal unsupported
        for outcome in tally.watch(outcomes, lambda: None):
            unsupported |= not getattr(outcome.result, "supported", True)
            yield outcome

    with (
        destination(output) as write,
        closing(in_order(checker.outcome, pairs, n_threads)) as outcomes,
    ):
        for piece in render_checked(watched(outcomes), format_):
            (show_wrapped if on_screen and format_ == "text" else write)(piece)
    raise typer.Exit(tally.exit_code or int(unsupported))
