"""Make XML of strangers safe to parse, and turn the HTML in it into plain lines.

Without a document type no entity can be defined, so none can expand to a gigabyte or name a
file. Whole pages are `html_extraction.py`'s.
"""

import re

from brief.ingest.lxml_lock import one_at_a_time

_PROLOGUE = re.compile(
    r"""(?: \s++ | <\?.*?\?> | <!--.*?--> | <!DOCTYPE (?: [^\[\]"'>] | "[^"]*" | '[^']*' )*+
    (?: \[ (?: <!--.*?--> | [^\]"'] | "[^"]*" | '[^']*' )*+ \] \s* )? > )++""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


def without_prologue(text: str) -> str:
    """A document from its root element on.

    Returns:
        It still opens with `<!` when its document type is malformed.

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
"""Control codes and halves of characters: no XML, file or database takes them."""


def to_lines(html: str) -> str:
    r"""The text of a fragment, a line for each block, none blank, white space collapsed.

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
    r"""A text without what no output could write: control codes and halves of characters.

    Example:
        >>> whole("caf\x00\u00e9 \ud83d")
        'café '
    """
    return _BROKEN.sub("", text)
