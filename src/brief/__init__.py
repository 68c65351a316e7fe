"""Summarize news articles as short, traceable bullets, on your own machine.

    >>> import brief
    >>> article = "The council will close the Harbour Road library in May. Ms Otis objected."
    >>> len(brief.summarize(article, n_bullets=1).bullets)
    1

This is the public Python interface; the `brief` command is the other way in. Importing it loads
no model and no heavy library.
"""

from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from brief.datatypes import Article, Bullet, BulletVerdict, Summary
from brief.errors import BriefError
from brief.settings import DEFAULTS, Engine, Length

if TYPE_CHECKING:
    from brief.guard.bullet_check import BulletChecker
    from brief.pipeline.summarizer import Summarizer

__all__ = [
    "Article",
    "BriefError",
    "Bullet",
    "BulletVerdict",
    "Summary",
    "__version__",
    "check",
    "summarize",
]
__version__ = version("brief")


def summarize(
    text: str,
    n_bullets: int = DEFAULTS.bullets,
    *,
    id: str = "text",  # noqa: A002  (the schema's own name)
    length: Length = DEFAULTS.length,
    model: str = DEFAULTS.model,
    engine: Engine = DEFAULTS.engine,
) -> Summary:
    """Summarize one news article.

    The model is loaded by the first call and kept; no summary is read from or written to disk.

    Args:
        text: The article as it was copied or scraped, page furniture included, or its HTML.
        n_bullets: Number of bullets, at least 1.
        id: Name of the article in messages.
        length: Length of a bullet.
        model: A name from `brief models list`, a folder or a hub id.
        engine: What runs the model; `auto` picks the fastest one that can.

    Returns:
        The summary; if it has fewer bullets than asked for, a remark says why.

    Raises:
        BriefError: The text holds no article, or the model cannot be loaded.
    """
    from brief.ingest.article import to_article
    from brief.ingest.inputs import to_source

    return _summarizer(model, n_bullets, length, engine).summarize(
        to_article(to_source(text, id=id))
    )


def check(
    source: str, bullet: str, headline: str | None = None, *, model: str = DEFAULTS.model
) -> BulletVerdict:
    """Check whether a bullet, by whomever, is supported by its source.

        >>> check("The library closes in May.", "The library closes in June.").supported
        False

    Args:
        source: A sentence, several, or a whole article.
        bullet: What is checked.
        headline: The article's, read as context.
        model: The model whose checker is used, if it has one: a name from `brief models list`, a
            folder or a hub id.

    Returns:
        The verdict; its offsets count characters of `source`.

    Raises:
        BriefError: The source or the bullet is empty, or the checker cannot be loaded.
    """
    from brief.guard.bullet_check import BulletPair

    pair = BulletPair(id="bullet", source=source, bullet=bullet, headline=headline)
    return _bullet_checker(model).check(pair)


@lru_cache(maxsize=4)
def _bullet_checker(model: str) -> "BulletChecker":
    from brief.guard.bullet_check import BulletChecker
    from brief.models import load_checker

    return BulletChecker(load_checker(model))


@lru_cache(maxsize=4)
def _summarizer(model: str, n_bullets: int, length: Length, engine: Engine) -> "Summarizer":
    from brief.models import load_model
    from brief.pipeline.summarizer import Summarizer

    return Summarizer(load_model(model, engine=engine), n_bullets=n_bullets, length=length)
