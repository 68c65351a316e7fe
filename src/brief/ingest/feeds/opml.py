"""OPML: the lists of feeds that feed readers import and export.

Left out: what a feed says (`feed_parser.py`), and outlines that name no feed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from typing import Any

from brief.errors import InputError
from brief.ingest.charset import decode
from brief.ingest.feeds.xml_text import whole, without_prologue
from brief.ingest.lxml_lock import one_at_a_time

_LONE_AMPERSAND = re.compile(r"&(?!(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);)")
"""As it stands in addresses that somebody copied into a list by hand; and HTML's own names, which
XML does not know."""

_FEED_SCHEME = re.compile(r"feed:(?://)?(https?:)?", re.IGNORECASE)
"""`feed://a.example/b` and `feed:https://a.example/b` are how some readers spell addresses."""


_EXPORT = "export it again, as OPML"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed of a list.

    Attributes:
        title: What the list calls it; its address when it does not.
        url: As it stands, `feed:` aside; whether it can be asked shows when it is.
        section: The outline that it stands in; None at the top.
    """

    title: str
    url: str
    section: str | None = None


@one_at_a_time
def read_opml(content: bytes, *, name: str, charset: str | None = None) -> tuple[Subscription, ...]:
    """The feeds of a list, each address once, in the list's order.

    Args:
        content: The whole of it.
        name: Names the list in messages.
        charset: As a server declared it.

    Raises:
        InputError: It is no OPML, malformed, or names no feed.
    """
    from lxml import etree

    text = without_prologue(whole(decode(content, name=name, charset=charset)))
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_LONE_AMPERSAND.sub("&amp;", text).encode(), parser)
    except etree.XMLSyntaxError as error:
        said = str(error)[:200]
        raise InputError(f"{name}: malformed OPML ({said})", _EXPORT) from None
    if str(root.tag).lower() != "opml":
        raise InputError(f"{name}: not OPML (its root is <{str(root.tag)[:40]}>)", _EXPORT)
    found: dict[str, Subscription] = {}
    for outline in root.iter("outline"):
        values = _values(outline)
        if url := _address(values.get("xmlurl", "")):
            title = values.get("title") or values.get("text") or url
            found.setdefault(url, Subscription(title, url, _section(outline)))
    if not found:
        raise InputError(f"{name}: an OPML list without a feed (no xmlUrl)", _EXPORT)
    return tuple(found.values())


@one_at_a_time
def write_opml(subscriptions: Iterable[Subscription], *, title: str) -> bytes:
    """A list that feed readers import: sections in the order of their first feed, UTF-8."""
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = whole(title)
    body = etree.SubElement(root, "body")
    sections: dict[str | None, Any] = {None: body}
    for one in subscriptions:
        if one.section not in sections:
            name = whole(one.section or "")
            sections[one.section] = etree.SubElement(body, "outline", text=name, title=name)
        called, url = whole(one.title), whole(one.url)
        etree.SubElement(
            sections[one.section], "outline", type="rss", text=called, title=called, xmlUrl=url
        )
    written = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    assert isinstance(written, bytes)
    return written


def _address(written: str) -> str:
    """An address as others spell it."""
    found = _FEED_SCHEME.match(written)
    return f"{found[1] or 'http://'}{written[found.end() :]}" if found else written


def _values(outline: Any) -> dict[str, str]:  # noqa: ANN401 - lxml has no types
    """Its attributes; names in lower case, since lists differ."""
    return {
        str(name).lower(): " ".join(unescape(str(value)).split()) for name, value in outline.items()
    }


def _section(outline: Any) -> str | None:  # noqa: ANN401 - as above
    """The nearest outline around it that is no feed itself."""
    for around in outline.iterancestors("outline"):
        values = _values(around)
        if "xmlurl" not in values:
            return values.get("title") or values.get("text") or None
    return None
