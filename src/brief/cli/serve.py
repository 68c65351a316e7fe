"""`brief serve`: summaries over HTTP.

Left out: all of it (`service/`).
"""

from pathlib import Path
from typing import Annotated

import typer

from brief.cli.options import ENGINES, LENGTHS, NoCache
from brief.service.service_config import (
    DEFAULT_MAX_WAIT_S,
    MAX_DEFAULT_WORKERS,
    MEGABYTE,
    Place,
    ServiceConfig,
)

_CONFIG, _PLACE = ServiceConfig(), Place()

serve_app = typer.Typer()
"""Its one command is `brief`'s own."""


@serve_app.command()
def serve(
    *,
    host: Annotated[
        str | None, typer.Option(help=f"Address to listen at (default {_PLACE.host}).")
    ] = None,
    port: Annotated[
        int | None, typer.Option(metavar="N", help=f"Default {_PLACE.port}; 0 for any.")
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="Loaded before the first request; repeat it. The first is the default."),
    ] = None,
    bullets: Annotated[
        int | None, typer.Option("--bullets", "-n", metavar="N", help="Where a request says none.")
    ] = None,
    length: Annotated[str | None, typer.Option(help=f"Likewise: {LENGTHS}.")] = None,
    engine: Annotated[str | None, typer.Option(help=f"{ENGINES}.")] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help=f"Worker processes (default: one a processor, up to {MAX_DEFAULT_WORKERS}).",
        ),
    ] = None,
    editions: Annotated[
        Path | None, typer.Option(help="Folder that `brief morning` writes to.")
    ] = None,
    api_keys: Annotated[
        Path | None, typer.Option(help="File of keys, one a line; one is needed to be answered.")
    ] = None,
    no_auth: Annotated[
        bool | None, typer.Option("--no-auth", help="Serve others without a key.")
    ] = None,
    allow_urls: Annotated[
        bool | None, typer.Option("--allow-urls", help="Fetch pages that requests name.")
    ] = None,
    max_wait_s: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            help=f"What would take longer gets 429 (default: {DEFAULT_MAX_WAIT_S} at most).",
        ),
    ] = None,
    timeout_s: Annotated[
        float | None,
        typer.Option(
            metavar="S", help=f"For one phase of one article (default {_CONFIG.phase_timeout_s:g})."
        ),
    ] = None,
    grace_s: Annotated[
        int | None,
        typer.Option(metavar="S", help=f"To finish in when stopped (default {_PLACE.grace_s})."),
    ] = None,
    max_body_mb: Annotated[
        float | None,
        typer.Option(
            metavar="MB", help=f"Of a request (default {_CONFIG.max_body_bytes / MEGABYTE:g})."
        ),
    ] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option(metavar="N", help=f"Of an article (default {_CONFIG.max_tokens:,})."),
    ] = None,
    root_path: Annotated[
        str | None, typer.Option(metavar="PATH", help="Where a proxy serves it, such as /brief.")
    ] = None,
    cors: Annotated[
        list[str] | None, typer.Option(metavar="ORIGIN", help="A site whose pages may call it.")
    ] = None,
    log_text: Annotated[
        bool | None, typer.Option("--log-text", help="Put articles into the log.")
    ] = None,
    no_cache: NoCache = False,
) -> None:
    """Serve summaries over HTTP, and a page to try them on. See docs/service.md."""
    from brief.service.server import run
    from brief.service.service_config import configure
    from brief.settings import load_settings

    named = model or []
    settings = load_settings(
        {
            "model": named[0] if named else None,
            "bullets": bullets,
            "length": length,
            "engine": engine,
            "threads": threads,
        }
    )
    config, place = configure(
        settings,
        {
            "host": host,
            "port": port,
            "root_path": root_path,
            "models": named or None,
            "editions": editions,
            "max_wait_s": max_wait_s,
            "timeout_s": timeout_s,
            "grace_s": grace_s,
            "max_body_mb": max_body_mb,
            "max_tokens": max_tokens,
            "api_keys": api_keys,
            "no_auth": no_auth,
            "allow_urls": allow_urls,
            "cors": cors or None,
            "log_text": log_text,
        },
        no_cache=no_cache,
    )
    run(config, place)
