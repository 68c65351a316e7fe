"""Make untrusted XML safe to parse, and convert the HTML fragments in it to plain lines.

Without a document type no entity can be defined, so none can expand to a gigabyte or name a
file. See `html_extraction.py` for whole pages.

Tested in `tests/ingest/feeds/test_feed_parser.py`.
"""

import re

from brief.ingest.lxml_lock import one_at_a_time

_PROLOGUE = re.compile(
    r"""(?: \s++ | <\?.*?\?> | <!--.*?--> | <!DOCTYPE (?: [^\[\]"'>] | "[^"]*" | '[^']*' )*+
    (?: \[ (?: <!--.*?--> | [^\]"'] | "[^"]*" | '[^']*' )*+ \] \s* )? > )++""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


def without_prologue(text: str) -> str:
    """Drop everything before a document's root element.

    Returns:
        The rest; it still starts with `<!` when the document type is malformed.

    Example:
        >>> without_prologue('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "<c>">]> <a>&b;</a>')
        '<a>&b;</a>'
    """
    found = _PROLOGUE.match(text)
    return text[found.end() :] if found else text


_BLOCKS = tuple(
    "address article aside blockquote dd div dl dt footer h1 h2 h3 h4 h5 h6 header hr li main nav"
    " ol p pre section table td th tr ul".split()
)
_UNREAD = tuple("audio figure iframe noscript object script style svg video".split())

_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Control codes and lone surrogates: no XML, file or database accepts them."""


def to_lines(html: str) -> str:
    r"""Convert an HTML fragment to text: one line per block, none blank, white space collapsed.

    Example:
        >>> to_lines("<p>The ferry\n<b>sails</b> again.</p>Tickets &amp; times<br>are online.")
        'The ferry sails again.\nTickets & times\nare online.'
    """
    text = " ".join(whole(html).split())
    if "<" in text or "&" in text:
        text = _text_content(text)
    return "\n".join(line for row in text.split("\n") if (line := " ".join(row.split())))


@one_at_a_time
def _text_content(html: str) -> str:
    """The text of a fragment with line breaks around its blocks."""
    from lxml import etree
    from lxml import html as parser

    try:
        root = parser.document_fromstring(f"<div>{html}</div>")
    except (etree.LxmlError, ValueError):
        return ""
    etree.strip_elements(root, *_UNREAD, etree.Comment, with_tail=False)
    for block in root.iter(*_BLOCKS, "br"):
        block.text = f"\n{block.text or ''}"
        block.tail = f"\n{block.tail or ''}"
    return str(root.text_content())


def whole(text: str) -> str:
    r"""Remove characters that no output can write: control codes and lone surrogates.

    Example:
        >>> whole("caf\x00\u00e9 \ud83d")
        'café '
    """
    return _BROKEN.sub("", text)
