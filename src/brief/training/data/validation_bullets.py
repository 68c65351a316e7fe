"""Make the validation set of the bullet writer: editors' bullets with the chunks to write them from.

Tested in `tests/training/test_train_bullets.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from brief.datatypes import Chunk
from brief.errors import BriefError
from brief.ingest.article import to_article
from brief.models.base import ModelCard
from brief.models.chunking import Tokenizer, to_chunks
from brief.training.data.annotated_pairs import surroundings
from brief.training.data.bullet_alignment import align_bullets
from brief.training.data.splits import Corpus


@dataclass(frozen=True, slots=True)
class ValidationBullet:
    """A chunk that is not trained on, with an editor's bullet of it.

    Attributes:
        article_id: Id of its article; the chunks of an article share a copy lock.
        chunk: The model's input.
        reference: The editor's bullet.
    """

    article_id: str
    chunk: Chunk
    reference: str


def validation_bullets(
    corpus: Corpus, card: ModelCard, tokenizer: Tokenizer
) -> Iterator[ValidationBullet]:
    """Find the bullets that are from one sentence or chunk.

    Args:
        corpus: Articles that are not trained on.
        card: The model: its budget and how many bullets it writes per chunk.
        tokenizer: The model's own.
    """
    for article in corpus.annotated:
        single = [(bullet, sources[0]) for bullet, sources in article.key if len(sources) == 1]
        single += [(bullet, index) for index, bullet in article.one if bullet]
        for bullet, index in single:
            chunk = surroundings(article, index, (), card, tokenizer)
            if tokenizer.measure([chunk])[0] <= card.budget.max_source_tokens:
                yield ValidationBullet(article.id, chunk, bullet)
    for example in corpus.examples:
        try:
            chunks = to_chunks(to_article(example.source), card.budget, tokenizer)
        except BriefError:
            continue
        for home, bullets in align_bullets(example.bullets, chunks).by_chunk.items():
            wanted = bullets if card.n_bullets_per_chunk is None else bullets[:1]
            yield ValidationBullet(example.id, chunks[home], " ".join(wanted))
