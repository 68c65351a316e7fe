"""Turn an input into a cleaned `Article`: extract HTML, clean text, detect the language.

Tested in `tests/pipeline/test_summarizer.py`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from brief.datatypes import Article, Metadata, fields_of
from brief.errors import BriefError
from brief.ingest.cleaning.clean import clean
from brief.ingest.html_extraction import extract
from brief.ingest.inputs import Source
from brief.ingest.language import detect


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The outcome of cleaning one input.

    Attributes:
        id: The input's id.
        result: The article, or the error that explains why there is none.
    """

    id: str
    result: Article | BriefError


def to_articles(sources: Iterable[Source]) -> Iterator[Cleaned]:
    """Clean each input, in order; a failure is yielded in its place."""
    for source in sources:
        try:
            yield Cleaned(source.id, to_article(source))
        except BriefError as error:
            yield Cleaned(source.id, error)


def to_article(source: Source) -> Article:
    """Clean one input and detect its language; the body may be empty (`require_body`).

    Raises:
        InputError: It could not be read, or holds no text.
    """
    if source.error is not None:
        raise source.error
    if source.is_html:
        article = extract(source.text, id=source.id, url=source.url)
    else:
        article = clean(source.text, id=source.id, headline=source.headline)
    # A row's own metadata takes precedence over the text's or the page's.
    known = {name: value for name, value in fields_of(source, Metadata).items() if value}
    return replace(
        article,
        **known,
        published=source.published or article.published,
        reference_bullets=source.bullets or article.reference_bullets,
        language=detect(" ".join(line.text for line in article.body)),
        remarks=(*source.remarks, *article.remarks),
    )
