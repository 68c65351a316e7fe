"""HTML of a news page -> Article.

trafilatura finds the article's part of the page and its metadata; its text, one paragraph,
subhead or list item a line, is then labelled like any copied text (`clean.py`), for captions,
related links and summary blocks come through. `Article.text` is the extracted text; what
trafilatura dropped is one empty line with a character count.

Left out: fetching and decoding (`fetch.py`), comments and tables, and pages that build
themselves with JavaScript.
"""

import logging
import re
from dataclasses import dataclass, replace
from typing import Any

from brief.datatypes import Article, Label, Line
from brief.errors import EmptyInputError, InputError
from brief.ingest.cleaning.clean import clean
from brief.ingest.lxml_lock import one_at_a_time

MAX_HTML_CHARACTERS = 10_000_000
"""Six times the largest news page seen; a parse tree takes some ten times its text in memory."""

_SNIFFED_CHARACTERS = 2_000
_HTML_OPENING = re.compile(
    r"(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,1000}?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|title|meta|article|main|div|section|p|h1|span|table)\b",
    re.IGNORECASE | re.DOTALL,
)


_TITLE_TAIL = re.compile(r"\s+[|*·•–—-]\s+(?=[^|*·•–—]*$)")
_ADDRESS = re.compile(r"https?|www\b|@", re.IGNORECASE)


def looks_like_html(text: str) -> bool:
    """Whether a text opens like an HTML page or fragment.

    Example:
        >>> looks_like_html("<!DOCTYPE html><title>Harbor</title>")
        True
        >>> looks_like_html("<3 is what the mayor wrote.")
        False
    """
    return bool(_HTML_OPENING.match(text[:_SNIFFED_CHARACTERS].lstrip("\ufeff \t\r\n\f")))


def extract(html: str, *, id: str, url: str | None = None) -> Article:  # noqa: A002 - the noun's own field
    """Find the article in a page and label its lines.

    Args:
        html: The page as served, decoded.
        id: Names the input in messages.
        url: Where it was found; a canonical URL in the page goes before it.

    Returns:
        The article, with headline, byline, date (ISO 8601) and canonical URL from the page's
        metadata. Its last line, empty, counts what was dropped (`Label.EXTRACTED`).

    Raises:
        EmptyInputError: The page holds no article text.
        InputError: The page is too large or cannot be parsed.
    """
    if len(html) > MAX_HTML_CHARACTERS:
        raise InputError(
            f"{id}: {len(html):,} characters of HTML, at most {MAX_HTML_CHARACTERS:,} are read",
            "pass the article's own page, or its text",
        )
    page = _parse(html, id, url)
    text = page.text.strip()
    if not text:
        raise EmptyInputError(
            f"{id}: no article in this HTML"
            f" ({len(html):,} characters, {page.n_visible:,} of them text)",
            "the page may need JavaScript or a login: copy its text from a browser into a file",
        )
    article = clean(
        text,
        id=id,
        headline=_without_site(page.title, page.sitename),
        published=page.date or None,
        byline=_names(page.author),
        url=page.url or url,
    )
    dropped = Line(
        label=Label.EXTRACTED,
        reason="the page's text outside the article that trafilatura found",
        start=len(text),
        end=len(text),
        text="",
        n_dropped_chars=max(page.n_visible - len(text), 0),
    )
    return replace(article, lines=(*article.lines, dropped))


def _without_site(title: str | None, site: str | None) -> str | None:
    """The headline without the " | Site" that a page's title carries."""
    if not title:
        return None
    head, tail = _TITLE_TAIL.split(title, maxsplit=1)[0], title.casefold()
    return head if site and len(head) < len(title) and tail.endswith(site.casefold()) else title


def _names(author: str | None) -> str | None:
    """Author metadata without web addresses and repeated names."""
    names = {
        name.casefold(): name
        for name in map(str.strip, (author or "").split(";"))
        if name and not _ADDRESS.search(name)
    }
    return ", ".join(names.values()) or None


def _n_visible_characters(tree: Any) -> int:  # noqa: ANN401 - lxml has no types
    """Characters of text outside scripts and styles, white space collapsed."""
    if tree is None:
        return 0
    hidden = "ancestor::script or ancestor::style or ancestor::noscript or ancestor::head"
    return len(" ".join(" ".join(tree.xpath(f"//text()[not({hidden})]")).split()))


@dataclass(frozen=True, slots=True)
class _Page:
    """What trafilatura finds in a page, and the characters of text that the whole page shows."""

    n_visible: int
    text: str = ""
    title: str | None = None
    sitename: str | None = None
    date: str | None = None
    author: str | None = None
    url: str | None = None


@one_at_a_time
def _parse(html: str, id: str, url: str | None) -> _Page:  # noqa: A002 - as above
    """Extract plain values; no tree is left when it returns."""
    import trafilatura

    for name in ("trafilatura", "htmldate"):
        # Without a handler Python prints their complaints about odd pages to stderr.
        logging.getLogger(name).addHandler(logging.NullHandler())
    try:
        document = trafilatura.bare_extraction(
            html,
            url=url,
            include_comments=False,
            include_tables=False,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
        n_visible = _n_visible_characters(trafilatura.load_html(html))
    except Exception as error:
        # Whatever a hostile page does to three parsers is this input's failure, not a bug here.
        raise InputError(
            f"{id}: this HTML cannot be parsed ({type(error).__name__}: {str(error)[:100]})",
            "open the page in a browser and save its text instead",
        ) from error
    if document is None or isinstance(document, dict):
        return _Page(n_visible)
    names = ("title", "sitename", "date", "author", "url")
    return _Page(n_visible, document.text or "", *(getattr(document, name) for name in names))
