"""What a service is told when it begins. Left out: flags and files (`settings_serve.py`)."""

from dataclasses import dataclass
from pathlib import Path

from brief.models.base import Engine, Length


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceConfig:
    """Everything that decides how a service answers.

    Attributes:
        models: Names that may be asked for, the default first.
        n_bullets, length: Where a request does not say.
        engine: What runs the models.
        n_workers: Processes that summarize, one article each at a time.
        cache: The summary cache's file; None for none.
        max_wait_s: How long an article that is let in may take, by the measured rate; None for
            what `scheduler.py` thinks best.
        phase_timeout_s: A worker that takes longer over a phase of one article is killed.
        max_body_bytes: Of any request.
        body_timeout_s: For a body to arrive.
        max_tokens: Of one article.
        api_keys: One of them is needed; none for an open service.
        allow_urls: Whether a request may name a URL to fetch.
        editions: The folder of the morning job; None for none.
        cors_origins: Other sites whose pages may call the service.
        root_path: Where a proxy serves it.
        log_text: Put articles into the log.
    """

    models: tuple[str, ...] = ("news-small",)
    n_bullets: int = 2
    length: Length = "medium"
    engine: Engine = "auto"
    n_workers: int = 1
    cache: Path | None = None
    max_wait_s: float | None = None
    phase_timeout_s: float = 60.0
    max_body_bytes: int = 8_000_000
    body_timeout_s: float = 30.0
    max_tokens: int = 500_000
    api_keys: tuple[str, ...] = ()
    allow_urls: bool = False
    editions: Path | None = None
    cors_origins: tuple[str, ...] = ()
    root_path: str = ""
    log_text: bool = False
