"""Scraped pages that carry a quick-summary block -> articles with reference bullets.

That is how a newsroom gets a benchmark from what it already published: the cleaner takes the
block out, its bullets are the reference, and what is left is the article. Left out: finding the
block (`ingest/cleaning/block_rules.py`), and files of rows (`tables.py`).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from brief.datatypes import Article
from brief.errors import BriefError
from brief.evaluation.data.validation import Problem, leak
from brief.ingest.article import to_article
from brief.ingest.jsonl import Source


def harvest(pages: Iterable[Source]) -> Iterator[Source | Problem]:
    """The article of each page with its block as `bullets`, or why there is none.

    Args:
        pages: As `ingest.read` gives them.

    Returns:
        Sources whose text is headline and body, without the block; a page that cannot be read,
        has no block, or still says its bullets in the body is a problem in its place.
    """
    for page in pages:
        try:
            article = to_article(page)
        except BriefError as error:
            yield Problem("unreadable", page.id, error.problem)
            continue
        yield _harvested(article)


def to_row(source: Source) -> dict[str, Any]:
    """A harvested article as a row that every command reads."""
    row = {
        "id": source.id,
        "headline": source.headline,
        "published": source.published,
        "byline": source.byline,
        "url": source.url,
        "text": source.text,
        "bullets": list(source.bullets),
    }
    return {key: value for key, value in row.items() if value is not None}


def _harvested(article: Article) -> Source | Problem:
    paragraphs = [" ".join(line.text.split()) for line in article.body]
    if not paragraphs:
        return Problem("no_article", article.id, "no article was found on the page")
    if not article.reference_bullets:
        return Problem("no_block", article.id, "the page has no quick-summary block")
    body = "\n\n".join(paragraphs)
    if leaked := leak(body, article.reference_bullets):
        return Problem("leak", article.id, leaked)
    return Source(
        id=article.id,
        # With the headline on top, cleaning the text once more takes no other line for it.
        text=f"{article.headline}\n\n{body}" if article.headline else body,
        headline=article.headline,
        published=article.published,
        byline=article.byline,
        url=article.url,
        bullets=article.reference_bullets,
    )
