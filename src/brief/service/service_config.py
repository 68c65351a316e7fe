"""Configuration of the service: flags, [serve] of brief.toml, API keys, defaults."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from brief.config_rules import (
    PATH,
    TEXT,
    TEXTS,
    YES_OR_NO,
    Rule,
    arguments,
    number,
    rules_of,
    whole,
)
from brief.errors import UsageError
from brief.settings import (
    DEFAULTS,
    Engine,
    Length,
    Settings,
    collect,
    variable,
)

KEYS_VARIABLE = "BRIEF_API_KEYS"
"""Environment variable with API keys, separated by commas or white space."""

MIN_KEY_CHARS = 16
"""64 bits if a key is hexadecimal: more than can be guessed over a network."""

MAX_DEFAULT_WORKERS = 8
"""Upper limit of the default: each worker holds the models in memory."""

DEFAULT_MAX_WAIT_S = 1.0
"""Upper limit of the waiting time where `max_wait_s` is None."""

MEGABYTE = 1_000_000

_SECONDS = number(0.01, 3_600, "number of seconds")
_MEGABYTES = replace(
    number(0.01, 1_000, "number of megabytes"), convert=lambda value: int(value * MEGABYTE)
)
_ROOT_PATH = Rule(
    "empty, or a path such as /brief",
    lambda value: value == "" or (TEXT.accepts(value) and value[0] == "/" and value[-1] != "/"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceConfig:
    """Everything that decides how a service answers.

    Attributes:
        models: Names of the models on offer, the default first.
        n_bullets, length: Defaults for requests that do not set them.
        engine: Engine that runs the models.
        n_workers: Number of worker processes; each summarizes one article at a time.
        cache: File of the summary cache; None for no cache.
        max_wait_s: Longest time that an accepted article may take, by the measured rate; None for
            the default of `scheduler.py`.
        phase_timeout_s: A worker that takes longer over a phase of one article is killed.
        max_body_bytes: Maximum size of a request's body.
        body_timeout_s: Time for a request's body to arrive.
        max_tokens: Maximum length of one article.
        api_keys: Accepted API keys; empty for an open service.
        allow_urls: Whether a request may name a URL to fetch.
        editions: Folder of the morning job's editions; None for none.
        cors_origins: Other sites whose pages may call the service.
        root_path: Path prefix under which a proxy serves it.
        log_text: Whether articles are written to the log.
    """

    models: Annotated[tuple[str, ...], TEXTS] = (DEFAULTS.model,)
    n_bullets: int = DEFAULTS.bullets
    length: Length = DEFAULTS.length
    engine: Engine = DEFAULTS.engine
    n_workers: int = 1
    cache: Path | None = None
    max_wait_s: Annotated[float | None, _SECONDS] = None
    phase_timeout_s: Annotated[float, _SECONDS, "timeout_s"] = 60.0
    max_body_bytes: Annotated[int, _MEGABYTES, "max_body_mb"] = 8_000_000
    body_timeout_s: float = 30.0
    max_tokens: Annotated[int, whole(100, 100_000_000)] = 500_000
    api_keys: tuple[str, ...] = ()
    allow_urls: Annotated[bool, YES_OR_NO] = False
    editions: Annotated[Path | None, PATH] = None
    cors_origins: Annotated[tuple[str, ...], TEXTS, "cors"] = ()
    root_path: Annotated[str, _ROOT_PATH] = ""
    log_text: Annotated[bool, YES_OR_NO] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a service listens, and how long it takes to shut down.

    Attributes:
        host: An address of this machine.
        port: TCP port; 0 for any free one.
        grace_s: Time that accepted requests have to finish after a signal to end.
    """

    host: Annotated[str, TEXT] = "127.0.0.1"
    port: Annotated[int, whole(0, 65_535)] = 8000
    grace_s: Annotated[int, whole(0, 3_600)] = 30


def configure(
    settings: Settings, flags: Mapping[str, object | None], *, no_cache: bool
) -> tuple[ServiceConfig, Place]:
    """Combine flags, brief.toml and defaults.

    Args:
        settings: How articles are summarized.
        flags: Command-line values by the names of [serve]; None for a flag not given.
        no_cache: Neither read nor write the summary cache.

    Raises:
        UsageError: An unknown name, a value that is not allowed, or an address that is reachable
            from outside without an API key.
    """
    from brief.models import cards
    from brief.pipeline.cache import summary_cache_path  # loads the model layer

    rules = {**rules_of(ServiceConfig), **rules_of(Place), "api_keys": PATH, "no_auth": YES_OR_NO}
    values, _ = collect(rules, "serve", flags)
    place = Place(**arguments(Place, values))
    keys = _keys(values.get("api_keys"))
    _check_reach(place.host, keys, no_auth=values.get("no_auth", False))
    # Extractive models are always on offer: they cost nothing to load.
    extractive = [card.name for card in cards().values() if not card.source]
    models = (settings.model, *values.pop("models", ()), *extractive)
    config = ServiceConfig(
        **arguments(ServiceConfig, values),
        models=tuple(dict.fromkeys(models)),
        n_bullets=settings.bullets,
        length=settings.length,
        engine=settings.engine,
        n_workers=settings.threads or min(os.cpu_count() or 1, MAX_DEFAULT_WORKERS),
        cache=None if no_cache else summary_cache_path(),
        api_keys=keys,
    )
    return config, place


def _keys(path: Path | None) -> tuple[str, ...]:
    keys = variable(KEYS_VARIABLE).replace(",", " ").split()
    if path is not None:
        try:
            lines = path.read_text("utf-8").splitlines()
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
            f"name a file of keys with --api-keys or set {KEYS_VARIABLE}; --no-auth serves anyone",
        )
    if keys and no_auth:
        raise UsageError("--no-auth, and API keys are set", "leave one of them out")
