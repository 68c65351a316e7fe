"""Setup that the `brief morning` commands share: settings, ledger, dependencies, progress.

See `morning.py` and `morning_admin.py` for the commands.

Tested in `tests/cli/test_morning.py`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache as once
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brief.cli.terminal import log, note, stage
from brief.errors import UsageError

if TYPE_CHECKING:
    from brief.briefing.config import Morning
    from brief.briefing.ledger.database import Ledger
    from brief.briefing.run_context import Event, RunContext, Summarizers
    from brief.briefing.sources.expand import Fetcher, SourceConfig
    from brief.pipeline.cache import Cache
    from brief.settings import Settings

Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Folder of the editions; each folder has its own ledger (default: editions).",
    ),
]
Tz = Annotated[
    str | None,
    typer.Option(help="Time zone, such as Africa/Nairobi, or local (default: local)."),
]


def to_morning(output: Path | None, tz: str | None, **others: object) -> "Morning":
    """The settings of brief.toml, overridden by those of the command line."""
    from brief.briefing.config import load_morning

    return load_morning({"output": output, "tz": tz, **others})


def to_sources(locations: list[str], *, allow_private: bool) -> "tuple[SourceConfig, ...]":
    """The sources that `--source` names; each may be named once."""
    from brief.briefing.sources.expand import to_config

    found = [replace(to_config(one), allow_private=allow_private) for one in locations]
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"--source {name}: named twice")
    return tuple(found)


def to_ledger_path(morning: "Morning") -> Path:
    """The path of an output folder's ledger: each output folder is a briefing of its own."""
    from brief.settings import data_dir

    folder = morning.output.expanduser().resolve()
    name = re.sub(r"[^\w-]+", "-", folder.name)[:40] or "editions"
    digest = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return data_dir() / "morning" / f"{name}-{digest}.sqlite3"


def load_ledger(morning: "Morning") -> "Ledger":
    """Open the ledger of a briefing."""
    from brief.briefing.ledger.database import Ledger

    return Ledger(to_ledger_path(morning))


def to_run_context(
    ledger: "Ledger",
    settings: "Settings",
    cache: "Cache | None",
    tell: "Callable[[Event], None]",
) -> "RunContext":
    """The dependencies of a run: this machine's network and clock, and the configured model."""
    from brief.briefing.run_context import RunContext

    def client(gathering_s: float | None) -> "Fetcher":
        from brief.ingest.web.connections import Network
        from brief.ingest.web.crawler import Client

        network = Network()
        stop_at = None if gathering_s is None else network.clock() + gathering_s
        return Client(network=network, stop_at=stop_at)

    @once
    def writers() -> "Summarizers":
        from brief.briefing.run_context import Summarizers
        from brief.models import load_model
        from brief.pipeline.summarizer import Summarizer

        model = load_model(settings.model, engine=settings.engine, n_threads=settings.threads)
        lead = load_model("lead")
        made = [
            Summarizer(
                one, n_bullets=settings.bullets, length=settings.length, cache=cache, notify=note
            )
            for one in (model, lead)
        ]
        return Summarizers(model.card.name, made[0], made[1], model.n_parallel)

    return RunContext(ledger=ledger, client=client, writers=writers, clock=clock, tell=tell)


def clock() -> datetime:
    """The current time, in UTC."""
    return datetime.now(UTC)


@contextmanager
def lines(*, quiet: bool) -> "Iterator[Callable[[Event], None]]":
    """Show progress for people: a bar on a terminal, and one line for each finished phase."""
    results: dict[str, str] = {}
    with stage() as move:

        def tell(event: "Event") -> None:
            if event.kind in {"begin", "step"}:
                move(event.phase, event.done, event.of)
            elif event.kind == "result":
                results[event.phase] = event.said
            elif event.kind == "end" and not quiet:
                said = results.get(event.phase, "done")
                note(f"{event.phase}: {said} ({event.seconds or 0:.1f} s)")

        yield tell


@contextmanager
def json_lines(*, quiet: bool) -> "Iterator[Callable[[Event], None]]":
    """Show progress for programs: one JSON object per line for all events but single steps."""
    del quiet

    def tell(event: "Event") -> None:
        if event.kind != "step":
            row: dict[str, object] = {
                "time": clock().isoformat(timespec="milliseconds"),
                "phase": event.phase,
                "event": event.kind,
            }
            row |= {"said": event.said} if event.said else {}
            row |= {"seconds": event.seconds} if event.seconds is not None else {}
            log(json.dumps(row, ensure_ascii=False))

    yield tell
