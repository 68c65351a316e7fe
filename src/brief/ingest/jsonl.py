"""Read JSON lines into sources: the meaning of a row's columns, for every command.

    text or article    the article; html is a page's HTML; the first non-blank one is used
    headline or title  as text
    bullets            the reference bullets: a list of strings, or one string with one per line
    id                 a string or a whole number; copied to the output, always as a string
    published, byline, url

Other columns are ignored, null counts as absent, and a number or a list of strings is converted
where text is expected. A row that cannot be read is one failure, and reading continues with the
next; at most one row is in memory. See `inputs.py` for where the lines come from.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, ClassVar, NoReturn

from brief.datatypes import NOT_WRITTEN, Metadata, Remark
from brief.errors import BriefError, InputError
from brief.ingest.html_extraction import looks_like_html

_TEXT_COLUMNS = ("text", "article", "html")
_SKIP_BYTES = 1 << 20
"""Bytes read at a time while a line that is too long is skipped."""
_MAX_SHOWN_COLUMNS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Metadata):
    """One input, read and decoded, before cleaning; or why it could not be read.

    Attributes:
        id: The row's own id, else `path:line`, path or URL; unique within one call of `read`.
        text: Decoded, without byte order mark; may be blank. Empty when there is an error.
        is_html: Whether `text` is HTML.
        published: When known from outside the text, like the other metadata.
        bullets: Reference bullets of the row, for evaluation only.
        remarks: Remarks for readers of the output.
        error: Why there is no text; None when there is text.
    """

    id: str
    text: str = ""
    is_html: bool = False
    published: str | None = None
    bullets: tuple[str, ...] = field(default=(), metadata=NOT_WRITTEN)
    remarks: tuple[Remark, ...] = ()
    error: BriefError | None = field(default=None, metadata=NOT_WRITTEN)

    __pydantic_config__: ClassVar = {"arbitrary_types_allowed": True}  # for `error`


def to_source(text: str, *, id: str) -> Source:  # noqa: A002 - the noun's own field
    """Wrap a text in memory as an input.

    Raises:
        InputError: It holds a lone surrogate, as left by broken decoding.
    """
    whole = _encodable(text.removeprefix("\ufeff"), "text", id)
    return Source(id=id, text=whole, is_html=looks_like_html(whole))


def read_rows(
    stream: BinaryIO, *, name: str, max_bytes: int, first: bytes = b""
) -> Iterator[Source]:
    """Yield one source for each non-blank line, in order; see `read_objects`."""
    for place, row in read_objects(stream, name=name, max_bytes=max_bytes, first=first):
        yield Source(id=place, error=row) if isinstance(row, InputError) else from_row(row, place)


def read_objects(
    stream: BinaryIO, *, name: str, max_bytes: int, first: bytes = b""
) -> Iterator[tuple[str, Mapping[str, Any] | InputError]]:
    """Yield the place and the columns of each non-blank line, or the error of reading it.

    Args:
        stream: JSON lines, UTF-8.
        name: The input's name; a place is `name:line`, counted from 1.
        max_bytes: Limit of one line; a longer one is a failure.
        first: The first line, when it was already read from the stream.
    """
    line = first or stream.readline(max_bytes + 1)
    number = 1
    while line:
        place = f"{name}:{number}"
        if len(line) > max_bytes and not line.endswith(b"\n"):
            _pass_over(stream)
            problem = f"{place}: a line of more than {max_bytes:,} bytes"
            yield place, InputError(problem, "one article a line is read")
        elif line.strip():
            try:
                row: Mapping[str, Any] | InputError = _parsed(line, place)
            except InputError as error:
                row = error
            yield place, row
        line = stream.readline(max_bytes + 1)
        number += 1


def from_row(row: Mapping[str, Any], place: str) -> Source:
    """Build a source from a row's columns, whatever file they come from.

    Args:
        row: The columns.
        place: Where the row is; its id when it has none.
    """
    id_ = place
    try:
        id_ = id_of(row, place)
        text, is_html = _text(row, place)
        return Source(
            id=id_,
            text=text,
            is_html=is_html,
            headline=string_of(row, "headline", place) or string_of(row, "title", place),
            published=string_of(row, "published", place),
            byline=string_of(row, "byline", place),
            url=string_of(row, "url", place),
            bullets=bullets_of(row, place),
        )
    except InputError as error:
        return Source(id=id_, error=error)


def _pass_over(stream: BinaryIO) -> None:
    """Skip the rest of a line."""
    while (rest := stream.readline(_SKIP_BYTES)) and not rest.endswith(b"\n"):
        pass


def _parsed(line: bytes, place: str) -> dict[str, Any]:
    try:
        row = json.loads(
            line.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError as error:
        what, remedy = f"not UTF-8 (byte {error.start:,} of the line)", "convert it with iconv"
    except json.JSONDecodeError as error:
        what = f"not JSON ({error.msg}, column {error.colno:,})"
        remedy = "a row is one JSON object on one line"
    except RecursionError:
        what, remedy = "JSON nested too deeply", "a row is one flat JSON object"
    except ValueError as error:
        what, remedy = f"not JSON ({error})", "a row is one JSON object on one line"
    else:
        if isinstance(row, dict):
            return row
        what, remedy = f"JSON, but {_kind(row)}", "a row is one JSON object on one line"
    raise InputError(f"{place}: {what}", remedy)


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"column {twice[:40]} stands twice")
    return row


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value; write null")


def id_of(row: Mapping[str, Any], place: str) -> str:
    """A row's id as a string; its place when it has none.

    Raises:
        InputError: It is neither a string nor a whole number.
    """
    value = row.get("id")
    if value is None or value == "":
        return place
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"{place}: id is {_kind(value)}", "an id is a string or a whole number")
    return _encodable(str(value), "id", place)


def _text(row: Mapping[str, Any], place: str) -> tuple[str, bool]:
    """The article, and whether it is HTML."""
    for column in _TEXT_COLUMNS:
        value = row.get(column)
        if value is not None and not isinstance(value, str):
            raise InputError(f"{place}: {column} is {_kind(value)}", f"{column} is a string")
        if value and value.strip():
            text = _encodable(value, column, place)
            return text, column == "html" or looks_like_html(text)
    if row.keys().isdisjoint(_TEXT_COLUMNS):
        shown = ", ".join(name[:40] for name in list(row)[:_MAX_SHOWN_COLUMNS]) or "none at all"
        more = ", …" if len(row) > _MAX_SHOWN_COLUMNS else ""
        raise InputError(
            f"{place}: no column text, article or html (found: {shown}{more})",
            "rename the column that holds the article to text",
        )
    return "", False


def string_of(row: Mapping[str, Any], column: str, place: str) -> str | None:
    """A column's text, without white space around it; None when absent or blank.

    Raises:
        InputError: It is not text.
    """
    value = row.get(column)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = ", ".join(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InputError(f"{place}: {column} is {_kind(value)}", f"{column} is a string or null")
    return _encodable(value.strip(), column, place) or None


def bullets_of(row: Mapping[str, Any], place: str) -> tuple[str, ...]:
    """A row's bullets, none blank.

    Raises:
        InputError: They are neither a list of strings nor one string.
    """
    value = row.get("bullets") or []
    parts = value.splitlines() if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        remedy = "bullets is a list of strings, or one string with a bullet a line"
        raise InputError(f"{place}: bullets is {_kind(value)}", remedy)
    return tuple(_encodable(part.strip(), "bullets", place) for part in parts if part.strip())


def _encodable(text: str, column: str, place: str) -> str:
    """Return the text unless JSON escapes left a lone surrogate in it."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(text[error.start]):04x}"
        raise InputError(
            f"{place}: {column} holds half a character ({half})",
            "write the row again with a JSON library that keeps surrogate pairs together",
        ) from None
    return text


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")
