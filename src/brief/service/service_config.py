"""[serve] of brief.toml, flags and the environment's keys -> what a service is told.

Flags win over the file. Left out: reading the file and the environment (`settings.py`), and how
articles are summarized ([summarize]).
"""

import ipaddress
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brief.errors import UsageError, nearest
from brief.models import cards
from brief.service.auth import MIN_KEY_CHARS
from brief.settings import Engine, Length, Settings, api_keys, cache_dir, config_path, read_table


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


MAX_DEFAULT_WORKERS = 8
"""Each holds the models; more are a choice to be made."""

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class _Rule:
    allowed: str
    accepts: Callable[[Any], bool]


def _is_number(low: float, high: float) -> Callable[[Any], bool]:
    # True is an int in Python, and `port = true` a mistake in TOML.
    return lambda value: (
        isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    )


def _whole(low: int, high: int) -> _Rule:
    in_range = _is_number(low, high)
    return _Rule(
        f"a whole number from {low:,} to {high:,}",
        lambda value: isinstance(value, int) and in_range(value),
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


_TEXT = _Rule("a text", _is_text)
_TEXTS = _Rule(
    "a list of texts", lambda value: isinstance(value, list) and all(map(_is_text, value))
)
_YES_OR_NO = _Rule("true or false", lambda value: isinstance(value, bool))
_SECONDS = _Rule("a number of seconds from 0.01 to 3,600", _is_number(0.01, 3_600))

_RULES: Mapping[str, _Rule] = {
    "host": _TEXT,
    "port": _whole(0, 65_535),
    "root_path": _Rule(
        "empty, or a path such as /brief",
        lambda value: value == "" or (_is_text(value) and value[0] == "/" and value[-1] != "/"),
    ),
    "models": _TEXTS,
    "editions": _TEXT,
    "max_wait_s": _SECONDS,
    "timeout_s": _SECONDS,
    "grace_s": _whole(0, 3_600),
    "max_body_mb": _Rule("a number of megabytes from 0.01 to 1,000", _is_number(0.01, 1_000)),
    "max_tokens": _whole(100, 100_000_000),
    "api_keys": _TEXT,
    "no_auth": _YES_OR_NO,
    "allow_urls": _YES_OR_NO,
    "cors": _TEXTS,
    "log_text": _YES_OR_NO,
}
"""What [serve] may hold; a flag of the same name, with hyphens, says the same."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service listens.

    Attributes:
        host: An address of this machine.
        port: 0 for any that is free.
        grace_s: How long it goes on after a signal to end, for what it has let in.
    """

    host: str
    port: int
    grace_s: int


def configure(
    settings: Settings, flags: Mapping[str, object | None], *, no_cache: bool
) -> tuple[ServiceConfig, Place]:
    """What the command line and brief.toml say together.

    Args:
        settings: How articles are summarized.
        flags: By the names of [serve]; None for a flag not given.
        no_cache: Neither read nor write the summary cache.

    Raises:
        UsageError: An unknown name, a value that is not allowed, or an address that others reach
            without a key.
    """
    said: dict[str, Any] = {}
    for name, value, where in _said(flags):
        if name not in _RULES:
            raise UsageError(f"{where}: unknown setting {name}", nearest(name, _RULES))
        if not _RULES[name].accepts(value):
            raise UsageError(f"{where}: {name} must be {_RULES[name].allowed}, not {value!r}")
        said[name] = value
    place = Place(said.get("host", "127.0.0.1"), said.get("port", 8000), said.get("grace_s", 30))
    keys = _keys(said.get("api_keys"))
    _check_reach(place.host, keys, no_auth=said.get("no_auth", False))
    named = [*said.get("models", [])]
    # Sentences as they stand cost nothing to offer.
    extractive = [card.name for card in cards().values() if not card.source]
    default = ServiceConfig()
    config = ServiceConfig(
        models=tuple(dict.fromkeys([settings.model, *named, *extractive])),
        n_bullets=settings.bullets,
        length=settings.length,
        engine=settings.engine,
        n_workers=settings.threads or min(os.cpu_count() or 1, MAX_DEFAULT_WORKERS),
        cache=None if no_cache else cache_dir() / "summaries.sqlite3",
        max_wait_s=said.get("max_wait_s"),
        phase_timeout_s=said.get("timeout_s", default.phase_timeout_s),
        max_body_bytes=int(said.get("max_body_mb", default.max_body_bytes / _MEGABYTE) * _MEGABYTE),
        max_tokens=said.get("max_tokens", default.max_tokens),
        api_keys=keys,
        allow_urls=said.get("allow_urls", False),
        editions=Path(said["editions"]) if "editions" in said else None,
        cors_origins=tuple(said.get("cors", [])),
        root_path=said.get("root_path", ""),
        log_text=said.get("log_text", False),
    )
    return config, place


def _said(flags: Mapping[str, object | None]) -> Iterator[tuple[str, object, str]]:
    """The weaker first."""
    for name, value in read_table("serve").items():
        if name in {"editions", "api_keys"} and isinstance(value, str):
            # A path in a file means the same wherever the command is run.
            value = str(config_path().parent / value)  # noqa: PLW2901
        yield name, value, f"{config_path()} [serve]"
    for name, value in flags.items():
        if value is not None:
            yield name, value, f"--{name.replace('_', '-')}"


def _keys(path: str | None) -> tuple[str, ...]:
    keys = list(api_keys())
    if path is not None:
        try:
            lines = Path(path).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: the API keys cannot be read ({error})") from None
        keys += [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        if not keys:
            raise UsageError(f"{path}: holds no API key", "write one a line")
    if any(len(key) < MIN_KEY_CHARS for key in keys):
        raise UsageError(
            f"an API key of less than {MIN_KEY_CHARS} characters",
            "make one with: openssl rand -hex 16",
        )
    return tuple(dict.fromkeys(keys))


def _check_reach(host: str, keys: tuple[str, ...], *, no_auth: bool) -> None:
    try:
        is_own = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_own = host == "localhost"
    if not is_own and not keys and not no_auth:
        raise UsageError(
            f"--host {host}: others reach this address, and no API key is set",
            "name a file of keys with --api-keys or set BRIEF_API_KEYS; --no-auth serves anyone",
        )
    if keys and no_auth:
        raise UsageError("--no-auth, and API keys are set", "leave one of them out")
