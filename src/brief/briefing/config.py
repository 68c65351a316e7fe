"""[morning], [[morning.sources]] and [morning.mail] of brief.toml -> what a run is told.

Unknown keys are refused with the nearest known one, and every value is checked before anything
is fetched. Relative paths are relative to brief.toml. Left out: reading the file and the
environment (`settings.py`), and how articles are summarized ([summarize]).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any, Literal, cast, get_args

from brief.briefing.edition import Taste
from brief.briefing.sources.expand import Kind, SourceConfig
from brief.briefing.timezones import Zone, to_time, to_zone
from brief.errors import BriefError, UsageError, nearest
from brief.settings import config_path, mail_password, read_table

TITLE = "Morning briefing"

BACKLOG_OF_FEED = 50
"""Articles of a feed on its first morning: more than a page holds, less than an archive."""

BACKLOG_OF_FOLDER = 2_000
"""Of a folder or a file of rows: what somebody put there is meant, unless it is an archive."""

MIN_KEEP_DAYS = 14
"""Twice as long as a story is remembered, so that pruning never makes news of what was told."""

Security = Literal["starttls", "tls", "none"]
PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Where editions are mailed, and through which server.

    Attributes:
        to: Recipients; each gets a message of its own.
        sender: The From address.
        host, port: Of the server.
        security: `starttls` or `tls`, with a certificate that this machine trusts; or `none`.
        user: To log in as; None for no login.
        password_file: Holds the password, when the environment does not.
        notify: Is told when a run fails; None for nobody.
    """

    to: tuple[str, ...]
    sender: str
    host: str
    port: int
    security: Security = "starttls"
    user: str | None = None
    password_file: Path | None = None
    notify: str | None = None

    def password(self) -> str:
        """The password: BRIEF_SMTP_PASSWORD, else the first line of the file.

        Raises:
            UsageError: There is none, or the file cannot be read.
        """
        named = mail_password()
        if named is not None:
            return named
        remedy = "set BRIEF_SMTP_PASSWORD, or name a password_file in [morning.mail]"
        if self.password_file is None:
            raise UsageError(f"no password for {self.user} at {self.host}", remedy)
        try:
            return self.password_file.read_text("utf-8").split("\n", 1)[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{self.password_file}: cannot be read ({error})", remedy) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What `brief morning` does unless told otherwise.

    Attributes:
        title: Of the page.
        output: Folder of the editions.
        zone: Whose dates and times count.
        at: When the run is scheduled; None when it is not known.
        deadline: When the page must be there; None for whenever it is done.
        backlog: Articles of a source on its first morning; None for `BACKLOG_OF_FEED` and
            `BACKLOG_OF_FOLDER`.
        taste: What the reader wants; weights and sections are the sources' own.
        keep_days: Age of what `prune` forgets.
        base_url: Where the output folder is served, ending in a slash; empty when it is not.
        sources: In the order of the file.
        mail: None when editions are not mailed.
    """

    title: str = TITLE
    output: Path = Path("editions")
    zone: Zone = field(default_factory=Zone)
    at: time | None = None
    deadline: time | None = None
    backlog: int | None = None
    taste: Taste = field(default_factory=Taste)
    keep_days: int = 90
    base_url: str = ""
    sources: tuple[SourceConfig, ...] = ()
    mail: Mail | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a value must be.

    Attributes:
        allowed: In words.
        accepts: Whether a value is that.
    """

    allowed: str
    accepts: Callable[[object], bool]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _between(minimum: float, maximum: float, *, whole: bool = True) -> _Rule:
    def accepts(value: object) -> bool:
        number = _is_number(value) and (not whole or isinstance(value, int))
        return number and minimum <= cast("float", value) <= maximum

    return _Rule(f"a {'whole ' * whole}number from {minimum:,} to {maximum:,}", accepts)


def _one_of(*words: str) -> _Rule:
    return _Rule(f"one of {', '.join(words)}", lambda value: value in words)


_TEXT = _Rule("a text that is not blank", _is_text)
_TEXTS = _Rule(
    "a list of texts", lambda value: isinstance(value, list) and all(map(_is_text, value))
)
_ADDRESS = _Rule(
    "an address such as me@example.org",
    lambda value: isinstance(value, str) and "@" in value and not set(value) & set("\r\n"),
)
_ADDRESSES = _Rule(
    "a list of addresses such as me@example.org",
    lambda value: isinstance(value, list) and bool(value) and all(map(_ADDRESS.accepts, value)),
)
_FLAG = _Rule("true or false", lambda value: isinstance(value, bool))
_TABLE = _Rule("a table", lambda value: isinstance(value, dict))
_TABLES = _Rule(
    "tables, each under [[morning.sources]]",
    lambda value: isinstance(value, list) and all(map(_TABLE.accepts, value)),
)

_MORNING = {
    "title": _TEXT,
    "output": _TEXT,
    "tz": _TEXT,
    "at": _TEXT,
    "deadline": _TEXT,
    "backlog": _between(1, 100_000),
    "topics": _TEXTS,
    "muted": _TEXTS,
    "section": _TEXT,
    "minutes": _between(0.5, 600, whole=False),
    "words": _between(50, 1_000_000),
    "bullets_per_story": _between(1, 20),
    "keep_days": _between(MIN_KEEP_DAYS, 36_500),
    "base_url": _Rule(
        "an http or https URL",
        lambda value: isinstance(value, str) and value.startswith(("http://", "https://")),
    ),
    "sources": _TABLES,
    "mail": _TABLE,
}
_SOURCE = {
    "name": _TEXT,
    "path": _TEXT,
    "url": _Rule(
        "an http or https URL",
        lambda value: isinstance(value, str) and value.startswith(("http://", "https://")),
    ),
    "kind": _one_of(*get_args(Kind)),
    "weight": _between(0, 100, whole=False),
    "section": _TEXT,
    "allow_private": _FLAG,
    "max_new": _between(1, 100_000),
    "full_text": _FLAG,
}
_MAIL = {
    "to": _ADDRESSES,
    "from": _ADDRESS,
    "host": _TEXT,
    "port": _between(1, 65_535),
    "security": _one_of(*get_args(Security)),
    "user": _TEXT,
    "password_file": _TEXT,
    "notify": _ADDRESS,
}


def backlog_of(morning: Morning, source: SourceConfig) -> int:
    """Articles of a source on its first morning."""
    if morning.backlog is not None:
        return morning.backlog
    return BACKLOG_OF_FOLDER if source.kind in {"folder", "rows"} else BACKLOG_OF_FEED


def load_morning() -> Morning:
    """What brief.toml says of the briefing; the defaults where there is no such file.

    Raises:
        UsageError: An unknown key, or a value of the wrong kind, wherever it stands.
    """
    path = config_path()
    table = _checked(read_table("morning"), _MORNING, f"{path} [morning]")
    base = path.absolute().parent
    with _standing_in(f"{path} [morning]"):
        zone = to_zone(table.get("tz"))
        at = _time(table.get("at"))
        deadline = _time(table.get("deadline"))
    sources = tuple(
        _source(entries, base, f"{path} [[morning.sources]] {number}")
        for number, entries in enumerate(table.get("sources", ()), 1)
    )
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{path}: two sources are named {name}", "give one another name")
    return Morning(
        title=table.get("title", TITLE),
        output=base / Path(table["output"]).expanduser() if "output" in table else Path("editions"),
        zone=zone,
        at=at,
        deadline=deadline,
        backlog=table.get("backlog"),
        taste=_taste(table),
        keep_days=table.get("keep_days", 90),
        base_url=table["base_url"].rstrip("/") + "/" if "base_url" in table else "",
        sources=sources,
        mail=_mail(table["mail"], base, f"{path} [morning.mail]") if "mail" in table else None,
    )


def _taste(table: Mapping[str, Any]) -> Taste:
    default = Taste()
    # A limit in words alone is the reader's own measure; the default minutes do not cut it.
    minutes = None if "words" in table else default.max_minutes
    return Taste(
        topics=tuple(table.get("topics", ())),
        muted=tuple(table.get("muted", ())),
        section=table.get("section", default.section),
        max_minutes=table.get("minutes", minutes),
        max_words=table.get("words"),
        max_bullets_per_story=table.get("bullets_per_story", default.max_bullets_per_story),
    )


def _source(entries: Mapping[str, object], base: Path, place: str) -> SourceConfig:
    table = _checked(entries, _SOURCE, place)
    if ("path" in table) == ("url" in table):
        raise UsageError(f"{place}: a source has either a path or a url")
    location = table.get("url") or str(base / Path(table["path"]).expanduser())
    return SourceConfig(
        name=table.get("name") or table.get("url") or table["path"],
        kind=table.get("kind") or _kind(location),
        location=location,
        **{
            key: table[key]
            for key in ("weight", "section", "allow_private", "max_new", "full_text")
            if key in table
        },
    )


def _kind(location: str) -> Kind:
    """By name alone: what does not exist tonight may do so in the morning."""
    if location.startswith(("http://", "https://")):
        return "url"
    if location.lower().endswith((".opml", ".opml.xml")):
        return "opml"
    return "rows" if location.lower().endswith((".jsonl", ".jsonl.gz")) else "folder"


def _mail(entries: Mapping[str, object], base: Path, place: str) -> Mail:
    table = _checked(entries, _MAIL, place)
    for name in ("to", "from", "host"):
        if name not in table:
            raise UsageError(f"{place}: {name} is missing", f"write {name} = …")
    security: Security = table.get("security", "starttls")
    file = table.get("password_file")
    return Mail(
        to=tuple(dict.fromkeys(table["to"])),
        sender=table["from"],
        host=table["host"],
        port=table.get("port", PORTS[security]),
        security=security,
        user=table.get("user"),
        password_file=base / Path(file).expanduser() if file else None,
        notify=table.get("notify"),
    )


def _checked(
    entries: Mapping[str, object], rules: Mapping[str, _Rule], place: str
) -> Mapping[str, Any]:
    for name, value in entries.items():
        if name not in rules:
            raise UsageError(f"{place}: unknown setting {name}", nearest(name, rules))
        if not rules[name].accepts(value):
            raise UsageError(f"{place}: {name} must be {rules[name].allowed}, not {value!r}")
    return entries


def _time(text: str | None) -> time | None:
    return None if text is None else to_time(text)


@contextmanager
def _standing_in(place: str) -> Iterator[None]:
    """Say where a value stood that another module refuses."""
    try:
        yield
    except BriefError as error:
        raise UsageError(f"{place}: {error.problem}", error.remedy) from None
