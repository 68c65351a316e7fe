"""An input becomes a cleaned `Article`: HTML is extracted, text cleaned, the language detected."""

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
    """What the first step made of one input.

    Attributes:
        id: The input's id.
        result: The article, or why there is none.
    """

    id: str
    result: Article | BriefError


def to_articles(sources: Iterable[Source]) -> Iterator[Cleaned]:
    """The first step alone: each input cleaned, in order; a failure is its outcome."""
    for source in sources:
        try:
            yield Cleaned(source.id, to_article(source))
        except BriefError as error:
            yield Cleaned(source.id, error)


def to_article(source: Source) -> Article:
    """One input, cleaned, with its language; its body may be empty (`require_body`).

    Raises:
        InputError: It could not be read, or holds no text.
    """
    if source.error is not None:
        raise source.error
    if source.is_html:
        article = extract(source.text, id=source.id, url=source.url)
    else:
        article = clean(source.text, id=source.id, headline=source.headline)
    # What a row says of its article goes before what the text or the page says.
    known = {name: value for name, value in fields_of(source, Metadata).items() if value}
    return replace(
        article,
        **known,
        published=source.published or article.published,
        reference_bullets=source.bullets or article.reference_bullets,
        language=detect(" ".join(line.text for line in article.body)),
        remarks=(*source.remarks, *article.remarks),
    )
