"""Configuration of the briefing: [morning], [[morning.sources]] and [morning.mail] of brief.toml.

Every value is checked before anything is fetched. Relative paths are relative to brief.toml.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from brief.briefing.sources.expand import Kind, SourceConfig
from brief.briefing.timezones import Zone, to_time, to_zone
from brief.config_rules import (
    PATH,
    TABLE,
    TEXT,
    TEXTS,
    URL,
    Rule,
    arguments,
    check_table,
    list_of,
    number,
    one_of,
    rules_of,
    whole,
)
from brief.errors import UsageError
from brief.settings import collect, config_path, variable

BACKLOG_OF_FEED = 50
"""Articles of a feed on its first morning: more than a page holds, less than an archive."""

BACKLOG_OF_FOLDER = 2_000
"""The same for a folder or a file of rows: the user chose these articles, so nearly all are
wanted; only an archive is larger."""

MIN_KEEP_DAYS = 14
"""Twice as long as a story is remembered, so that after pruning no old story returns as news."""

PASSWORD_VARIABLE = "BRIEF_SMTP_PASSWORD"  # noqa: S105 - where it is, not what it is

Security = Literal["starttls", "tls", "none"]
PORTS: Mapping[Security, int] = {"starttls": 587, "tls": 465, "none": 25}

_ADDRESS = Rule(
    "an address such as me@example.org",
    lambda value: isinstance(value, str) and "@" in value and not set(value) & set("\r\n"),
)
_ADDRESSES = Rule(
    "a list of addresses such as me@example.org",
    lambda value: isinstance(value, list) and bool(value) and all(map(_ADDRESS.accepts, value)),
    lambda value: tuple(dict.fromkeys(value)),
)
_BASE_URL = replace(URL, convert=lambda value: value.rstrip("/") + "/")
_TIME = Rule("a time such as 06:30", TEXT.accepts, to_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderPreferences:
    """The reader's preferences for the page.

    Attributes:
        topics: Words or phrases that lift a story.
        muted: Words or phrases that keep a story out.
        weights: Source -> its weight in ranking; 1 for a source that is not named.
        sections: Source -> section heading of its stories.
        section: Heading for sources without one.
        max_minutes: Reading time of the page; None for no limit.
        max_words: Length of the page in words; the stricter of the two limits applies.
        max_bullets_per_story: Maximum number of bullets per story; later ones are dropped.
    """

    topics: Annotated[tuple[str, ...], TEXTS] = ()
    muted: Annotated[tuple[str, ...], TEXTS] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    section: Annotated[str, TEXT] = "News"
    max_minutes: Annotated[float | None, number(0.5, 600), "minutes"] = 5.0
    max_words: Annotated[int | None, whole(50, 1_000_000), "words"] = None
    max_bullets_per_story: Annotated[int, whole(1, 20), "bullets_per_story"] = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Where editions are mailed, and through which server.

    Attributes:
        to: Recipients; each gets a message of its own.
        sender: The From address.
        host, port: Address of the mail server.
        security: `starttls` or `tls`, with a certificate that this machine trusts; or `none`.
        user: Login name; None for no login.
        password_file: File with the password, where the environment variable is not set.
        notify: Address to mail when a run fails; None for nobody.
    """

    to: Annotated[tuple[str, ...], _ADDRESSES]
    sender: Annotated[str, _ADDRESS, "from"]
    host: Annotated[str, TEXT]
    port: Annotated[int, whole(1, 65_535)]
    security: Annotated[Security, one_of(Security)] = "starttls"
    user: Annotated[str | None, TEXT] = None
    password_file: Annotated[Path | None, PATH] = None
    notify: Annotated[str | None, _ADDRESS] = None

    def password(self) -> str:
        """The password: BRIEF_SMTP_PASSWORD, else the first line of the file.

        Raises:
            UsageError: There is none, or the file cannot be read.
        """
        if named := variable(PASSWORD_VARIABLE):
            return named
        remedy = f"set {PASSWORD_VARIABLE}, or name a password_file in [morning.mail]"
        if self.password_file is None:
            raise UsageError(f"no password for {self.user} at {self.host}", remedy)
        try:
            return self.password_file.read_text("utf-8").split("\n", 1)[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{self.password_file}: cannot be read ({error})", remedy) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """Configuration of `brief morning`.

    Attributes:
        title: Title of the page.
        output: Folder of the editions.
        zone: Time zone of all dates and times.
        at: Time of the scheduled run; None when it is not known.
        deadline: When the page must be ready; None for no deadline.
        backlog: Articles of a source on its first morning; None for `BACKLOG_OF_FEED` and
            `BACKLOG_OF_FOLDER`.
        taste: The reader's preferences; weights and sections are set per source.
        keep_days: Age in days from which `prune` deletes.
        base_url: URL of the output folder, ending in a slash; empty when it is not served.
        sources: The sources, in the order of the file.
        mail: Mail settings; None when editions are not mailed.
    """

    title: Annotated[str, TEXT] = "Morning briefing"
    output: Annotated[Path, PATH] = Path("editions")
    zone: Annotated[Zone, Rule("a time zone", TEXT.accepts, to_zone), "tz"] = field(
        default_factory=Zone
    )
    at: Annotated[time | None, _TIME] = None
    deadline: Annotated[time | None, _TIME] = None
    backlog: Annotated[int | None, whole(1, 100_000)] = None
    taste: ReaderPreferences = field(default_factory=ReaderPreferences)
    keep_days: Annotated[int, whole(MIN_KEEP_DAYS, 36_500)] = 90
    base_url: Annotated[str, _BASE_URL] = ""
    sources: tuple[SourceConfig, ...] = ()
    mail: Mail | None = None


_SOURCES = list_of(TABLE, "tables, each under [[morning.sources]]")


def backlog_of(morning: Morning, source: SourceConfig) -> int:
    """Maximum number of articles of a source on its first morning."""
    if morning.backlog is not None:
        return morning.backlog
    return BACKLOG_OF_FOLDER if source.kind in {"folder", "rows"} else BACKLOG_OF_FEED


def load_morning(flags: Mapping[str, object | None] | None = None) -> Morning:
    """The briefing's configuration from flags, then brief.toml, then the defaults.

    Args:
        flags: Command-line values by the keys of [morning]; None for a flag not given.

    Raises:
        UsageError: An unknown key or a value of the wrong kind, in flags or file.
    """
    path = config_path()
    rules = {**rules_of(Morning), **rules_of(ReaderPreferences), "sources": _SOURCES, "mail": TABLE}
    table, _ = collect(rules, "morning", flags or {})
    sources = tuple(
        _source(entries, f"{path} [[morning.sources]] {number}")
        for number, entries in enumerate(table.get("sources", ()), 1)
    )
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{path}: two sources are named {name}", "give one another name")
    taste = ReaderPreferences(**arguments(ReaderPreferences, table))
    if "words" in table and "minutes" not in table:
        # Where only a limit in words is set, the default limit in minutes does not apply.
        taste = replace(taste, max_minutes=None)
    return Morning(
        **arguments(Morning, table),
        taste=taste,
        sources=sources,
        mail=_mail(table["mail"], f"{path} [morning.mail]") if "mail" in table else None,
    )


def _source(entries: Mapping[str, object], place: str) -> SourceConfig:
    rules = {**rules_of(SourceConfig), "path": PATH, "url": URL}
    table = check_table(rules, entries, place, base=_base())
    if ("path" in table) == ("url" in table):
        raise UsageError(f"{place}: a source has either a path or a url")
    location = str(table.get("url") or table["path"])
    # The name is the location as typed, independent of brief.toml's folder.
    named = {"name": entries.get("url") or entries.get("path"), "kind": _kind(location)}
    return SourceConfig(**{**named, **arguments(SourceConfig, table)}, location=location)


def _kind(location: str) -> Kind:
    """The kind of source by its name alone: the file may not exist until the morning."""
    if location.startswith(("http://", "https://")):
        return "url"
    if location.lower().endswith((".opml", ".opml.xml")):
        return "opml"
    return "rows" if location.lower().endswith((".jsonl", ".jsonl.gz")) else "folder"


def _mail(entries: Mapping[str, object], place: str) -> Mail:
    required = ("to", "from", "host")
    table = check_table(rules_of(Mail), entries, place, required=required, base=_base())
    return Mail(**{"port": PORTS[table.get("security", "starttls")], **arguments(Mail, table)})


def _base() -> Path:
    """The folder that relative paths are resolved against."""
    return config_path().absolute().parent
