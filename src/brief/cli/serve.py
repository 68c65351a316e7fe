"""`brief serve`: serve summaries over HTTP.

See `service/` for the service itself.

Tested in `tests/cli/test_main.py`.
"""

from pathlib import Path
from typing import Annotated

import typer

from brief.cli.options import ENGINES, LENGTHS, MODEL, NoCache
from brief.service.service_config import (
    DEFAULT_MAX_WAIT_S,
    MAX_DEFAULT_WORKERS,
    MEGABYTE,
    Place,
    ServiceConfig,
)

_CONFIG, _PLACE = ServiceConfig(), Place()

serve_app = typer.Typer()
"""Its one command is added to those of `brief`."""


@serve_app.command()
def serve(
    *,
    host: Annotated[
        str | None, typer.Option(help=f"Address to listen on (default: {_PLACE.host}).")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            metavar="N", help=f"Port to listen on; 0 for any free one (default: {_PLACE.port})."
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            help=f"{MODEL} May be repeated; the first is used unless a request names one."
        ),
    ] = None,
    bullets: Annotated[
        int | None,
        typer.Option(
            "--bullets",
            "-n",
            metavar="N",
            help=f"Number of bullets if a request names none (default: {_CONFIG.n_bullets}).",
        ),
    ] = None,
    length: Annotated[
        str | None,
        typer.Option(
            help=f"Length of a bullet if a request names none: {LENGTHS}"
            f" (default: {_CONFIG.length})."
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(help=f"Inference engine: {ENGINES} (default: {_CONFIG.engine})."),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Number of worker processes (default: one per processor, at most"
            f" {MAX_DEFAULT_WORKERS}).",
        ),
    ] = None,
    editions: Annotated[
        Path | None, typer.Option(help="Folder of the editions of `brief morning`, to serve them.")
    ] = None,
    api_keys: Annotated[
        Path | None, typer.Option(help="File of API keys, one per line; requests must send one.")
    ] = None,
    no_auth: Annotated[
        bool | None,
        typer.Option("--no-auth", help="Serve other machines without an API key."),
    ] = None,
    allow_urls: Annotated[
        bool | None, typer.Option("--allow-urls", help="Fetch URLs that requests name.")
    ] = None,
    max_wait_s: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            help="Maximum expected seconds for a request; above that it gets status 429"
            f" (default: at most {DEFAULT_MAX_WAIT_S:g}).",
        ),
    ] = None,
    timeout_s: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            help="Maximum seconds for one phase of one article"
            f" (default: {_CONFIG.phase_timeout_s:g}).",
        ),
    ] = None,
    grace_s: Annotated[
        int | None,
        typer.Option(
            metavar="S",
            help=f"Seconds to finish accepted requests when stopped (default: {_PLACE.grace_s}).",
        ),
    ] = None,
    max_body_mb: Annotated[
        float | None,
        typer.Option(
            metavar="MB",
            help="Maximum size of a request in megabytes"
            f" (default: {_CONFIG.max_body_bytes / MEGABYTE:g}).",
        ),
    ] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option(
            metavar="N", help=f"Maximum tokens of an article (default: {_CONFIG.max_tokens:,})."
        ),
    ] = None,
    root_path: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Path under which a proxy serves it, such as /brief."),
    ] = None,
    cors: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ORIGIN", help="Website whose pages may call the service. May be repeated."
        ),
    ] = None,
    log_text: Annotated[
        bool | None, typer.Option("--log-text", help="Write article texts to the log.")
    ] = None,
    no_cache: NoCache = False,
) -> None:
    """Serve summaries over HTTP, with a page to try them.

    See docs/service.md.
    """
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
