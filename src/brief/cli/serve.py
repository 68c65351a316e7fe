"""`brief serve`: summaries over HTTP.

Left out: all of it (`service/`).
"""

from pathlib import Path
from typing import Annotated

import typer

serve_app = typer.Typer()
"""Its one command is `brief`'s own."""


@serve_app.command()
def serve(
    *,
    host: Annotated[
        str | None, typer.Option(help="Address to listen at (default 127.0.0.1).")
    ] = None,
    port: Annotated[int | None, typer.Option(metavar="N", help="Default 8000; 0 for any.")] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="Loaded before the first request; repeat it. The first is the default."),
    ] = None,
    bullets: Annotated[
        int | None, typer.Option("--bullets", "-n", metavar="N", help="Where a request says none.")
    ] = None,
    length: Annotated[str | None, typer.Option(help="Likewise: short, medium or long.")] = None,
    engine: Annotated[str | None, typer.Option(help="auto, ctranslate or hf.")] = None,
    threads: Annotated[
        int | None,
        typer.Option(metavar="N", help="Worker processes (default: one a processor, up to 8)."),
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
        typer.Option(metavar="S", help="What would take longer gets 429 (default: 1.0 at most)."),
    ] = None,
    timeout_s: Annotated[
        float | None, typer.Option(metavar="S", help="For one phase of one article (default 60).")
    ] = None,
    grace_s: Annotated[
        int | None, typer.Option(metavar="S", help="To finish in when stopped (default 30).")
    ] = None,
    max_body_mb: Annotated[
        float | None, typer.Option(metavar="MB", help="Of a request (default 8).")
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(metavar="N", help="Of an article (default 500,000).")
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
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Neither read nor write the summary cache.")
    ] = False,
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
            "editions": None if editions is None else str(editions),
            "max_wait_s": max_wait_s,
            "timeout_s": timeout_s,
            "grace_s": grace_s,
            "max_body_mb": max_body_mb,
            "max_tokens": max_tokens,
            "api_keys": None if api_keys is None else str(api_keys),
            "no_auth": no_auth,
            "allow_urls": allow_urls,
            "cors": cors or None,
            "log_text": log_text,
        },
        no_cache=no_cache,
    )
    run(config, place)
