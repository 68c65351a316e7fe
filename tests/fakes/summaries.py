"""Fakes that several test modules share: a small article, and a model with queued answers."""

from collections.abc import Mapping, Sequence

from brief.datatypes import (
    Article,
    Bullet,
    Candidate,
    Chunk,
    Label,
    Line,
    Origin,
    Sentence,
    Summary,
)
from brief.models.base import GenerationConfig, ModelCard
from brief.models.chunking import Budget
from brief.models.extractive import WordTokenizer

PAGE = """Harbor bridge to close for repairs

By Ana Quill

The Osmund bridge will close on 3 May for six weeks, the county said.
Inspectors found 14 cracked beams in March.
"We cannot wait for summer," said engineer Tomas Reyl.
Ferries will run every 20 minutes until the bridge reopens.

Comments
"""


def article_of(
    *lines: tuple[Label, str],
    headline: str | None = None,
    id: str = "a",  # noqa: A002 - the noun's own field
) -> Article:
    """An article whose lines are given with their labels."""
    made, at = [], 0
    for label, text in lines:
        made.append(Line(label, "as the test says", at, at + len(text) + 1, text + "\n"))
        at += len(text) + 1
    return Article(id, "".join(line.text for line in made), tuple(made), headline=headline)


def body_of(text: str, headline: str | None = None) -> Article:
    """An article that is all body."""
    return article_of(*((Label.BODY, line) for line in text.split("\n")), headline=headline)


def summary_of(
    *bullets: str,
    id: str = "a",  # noqa: A002 - the noun's own field
    headline: str | None = None,
) -> Summary:
    """A summary whose bullets are its article's sentences."""
    article = article_of(
        *((Label.BODY, bullet) for bullet in bullets),
        (Label.TAIL, "Comments"),
        headline=headline,
        id=id,
    )
    sentences, at = [], 0
    for index, bullet in enumerate(bullets):
        sentences.append(Sentence(bullet, at, at + len(bullet), index))
        at += len(bullet) + 1
    return Summary(
        article=article,
        model="fake",
        bullets=tuple(Bullet(s.text, (s,), 1.0, Origin.SOURCE) for s in sentences),
        chunks=tuple(Chunk((s,)) for s in sentences),
        scored=tuple(range(len(sentences))),
        remarks=(),
        signature="0123",
    )


class FakeModel:
    """Writes what `answers` holds for a sentence, else the sentence in lower case."""

    def __init__(
        self,
        answers: Mapping[str, str] | None = None,
        *,
        n_parallel: int = 2,
        languages: tuple[str, ...] = ("en",),
        ratings: Mapping[str, float] | None = None,
    ) -> None:
        self.ratings = ratings
        self.card = ModelCard(
            name="fake",
            about="a fake",
            budget=Budget(
                max_source_tokens=200,
                max_focus_sentences=1,
                max_topic_tokens=24,
                max_previous_tokens=32,
            ),
            uncased=True,
            languages=languages,
            n_bullets_per_chunk=1,
        )
        self.tokenizer = WordTokenizer()
        self.n_parallel = n_parallel
        self.answers = dict(answers or {})
        self.asked: list[tuple[Chunk, ...]] = []

    @property
    def signature(self) -> Mapping[str, str]:
        return {"model": "fake"}

    def rate(self, sentences: Sequence[Sentence]) -> list[float] | None:
        return self.ratings and [self.ratings.get(sentence.text, -5.0) for sentence in sentences]

    def propose(
        self, article: Article, chunks: Sequence[Chunk], config: GenerationConfig
    ) -> list[Candidate]:
        self.asked.append(tuple(chunks))
        return [
            Candidate(self.answers.get(chunk.text, chunk.text.lower()), chunk, -0.5)
            for chunk in chunks
        ]
