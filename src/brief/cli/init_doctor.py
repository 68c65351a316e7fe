"""`brief init` and `brief doctor`: write a first brief.toml, and check that it works.

See `briefing/doctor.py` for the checks.

Tested in `tests/cli/test_morning.py`.
"""

from contextlib import closing
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from brief.cli.morning_context import load_ledger
from brief.cli.terminal import note, show
from brief.errors import BriefError, StorageError, UsageError


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to write it to.")] = Path(),
) -> None:
    """Write a commented brief.toml to start from."""
    from brief.settings import CONFIG_NAME

    config, articles = folder / CONFIG_NAME, folder / "articles"
    if config.exists():
        raise UsageError(f"{config}: exists already", "move it away to begin anew")
    try:
        articles.mkdir(parents=True, exist_ok=True)
        with config.open("xb") as file:
            file.write((files("brief.briefing") / "starter.toml").read_bytes())
    except OSError as error:
        raise StorageError(f"{config}: cannot be written ({error.strerror})") from error
    note(f"{config}: written; look it over, then: brief doctor")


def doctor() -> None:
    """Check configuration, model, sources and mail."""
    from brief.briefing.config import load_morning
    from brief.briefing.doctor import Finding, examine
    from brief.ingest.web.connections import Network
    from brief.ingest.web.crawler import Client
    from brief.models import load_model
    from brief.settings import config_path, load_settings
    from brief.text.strings import printable

    n_bad = 0

    def tell(finding: Finding) -> None:
        nonlocal n_bad
        n_bad += not finding.good
        mark = "ok     " if finding.good else "PROBLEM"
        show(printable(f"{mark} {finding.what}: {finding.said}") + "\n")

    try:
        settings = load_settings({})
        morning = load_morning()
    except BriefError as error:
        tell(Finding("configuration", good=False, said=f"{error.problem}; {error.remedy}"))
        raise typer.Exit(1) from None
    path = config_path()
    where = str(path) if path.exists() else "no brief.toml here; `brief init` writes one"
    tell(Finding("configuration", good=True, said=where))

    def model() -> str:
        loaded = load_model(settings.model, engine=settings.engine, n_threads=settings.threads)
        return loaded.card.name

    def ledger() -> str:
        with closing(load_ledger(morning)) as opened:
            return str(opened.path)

    for finding in examine(
        morning,
        model=model,
        ledger=ledger,
        client=Client(network=Network()),
        now=datetime.now(UTC),
    ):
        tell(finding)
    if n_bad:
        raise typer.Exit(1)
