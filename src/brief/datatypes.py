"""Shared data types: articles, lines, sentences, chunks, candidates, bullets and summaries.

All of them are frozen. Offsets count characters of `Article.text`, the decoded input without its
byte order mark and before any normalization, so that `article.text[x.start:x.end]` is always the
text that `x` describes.
"""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from typing import Any


class Label(StrEnum):
    """The kinds of lines on a scraped page."""

    HEADLINE = "headline"
    STANDFIRST = "standfirst"
    BYLINE = "byline"
    TIMESTAMP = "timestamp"
    SUMMARY_HEADING = "summary_heading"
    REFERENCE_BULLET = "reference_bullet"
    CAPTION = "caption"
    SUBHEAD = "subhead"
    BODY = "body"
    RELATED_HEADING = "related_heading"
    RELATED_LINK = "related_link"
    ADVERTISEMENT = "advertisement"
    NAVIGATION = "navigation"
    PAYWALL = "paywall"
    TAIL = "tail"
    EXTRACTED = "extracted_away"
    BLANK = "blank"


class Code(StrEnum):
    """What a remark is about; the first five codes are for bullets, the last eight for verdicts."""

    MENDED = "mended"
    REPLACED = "replaced"
    RESOLVED_PRONOUN = "resolved_pronoun"
    DANGLING_PRONOUN = "dangling_pronoun"
    POOR = "poor"
    INCOMPLETE_TEXT = "incomplete_text"
    DUPLICATE_ID = "duplicate_id"
    FEED_TEXT = "feed_text"
    FUTURE_DATE = "future_date"
    LANGUAGE = "language"
    FEWER_BULLETS = "fewer_bullets"
    FEWER_CHECKS = "fewer_checks"
    DAMAGED_CHARACTERS = "damaged_characters"
    MALFORMED_FEED = "malformed_feed"
    OTHER_FILES = "other_files"
    # Of a verdict: its reasons (see `contradictions.Kind`), then its remarks.
    NUMBER = "number"
    QUOTATION = "quotation"
    NAME = "name"
    WORD = "word"
    NEGATION = "negation"
    LOW_SCORE = "low_score"
    LONGER_THAN_SOURCE = "longer_than_source"
    CUT_SOURCE = "cut_source"

    @property
    def label(self) -> str:
        """The code in words, such as `feed text`."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a reader of a bullet, a summary, an article or a source should know.

    Programs decide by the code; the text is for people and may change.

    Attributes:
        code: What it is about.
        text: The explanation.

    Example:
        >>> print(Remark(Code.POOR, "the sentence is a question"))
        poor: the sentence is a question
    """

    code: Code
    text: str

    def __str__(self) -> str:
        """One line for terminals and logs."""
        return f"{self.code}: {self.text}"


class Origin(StrEnum):
    """Where a bullet's words come from.

    A `model` bullet is what the model wrote, perhaps mended; a `shortened` one is its source
    sentence cut by rule; a `source` one is its source sentence, uncut.
    """

    MODEL = "model"
    SHORTENED = "shortened"
    SOURCE = "source"


BODY_LABELS = frozenset({Label.STANDFIRST, Label.SUBHEAD, Label.BODY})
"""The labels of the lines that form the article's body."""


COUNT = {"ge": 0}
NOT_WRITTEN = {"exclude": True}
"""`metadata` of a field, for its JSON (`records.py`): of a number that is never negative, and of
what goes into no JSON object. The keys are arguments of pydantic's `Field`."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the input with its label.

    Attributes:
        label: What the line is.
        reason: Why it has that label, in words.
        start: First character, in `Article.text`.
        end: One past the last character, the line break included.
        text: The line unchanged, including its line break.
        n_dropped_chars: Only for `Label.EXTRACTED`: how many characters of the HTML page's
            own text never became a line.
    """

    label: Label
    reason: str
    start: int = field(metadata=COUNT)
    end: int = field(metadata=COUNT)
    text: str
    n_dropped_chars: int = field(default=0, metadata=COUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page, a feed or a row says of its article beside the text.

    Every step from an entry of a feed to the cleaned article hands these fields on whole (see
    `fields_of`).

    Attributes:
        headline, byline, url: As they are given; None when absent.
        picture_credit: Who made or owns its picture, as a feed says; None when it does not.
    """

    headline: str | None = None
    byline: str | None = None
    url: str | None = None
    picture_credit: str | None = None


def fields_of(value: object, kind: type) -> dict[str, Any]:
    """The fields of a dataclass that an instance of it, or of a class made from it, has.

    Example:
        >>> article = Article("a", "", (), headline="Bridge closes")
        >>> fields_of(article, Metadata)
        {'headline': 'Bridge closes', 'byline': None, 'url': None, 'picture_credit': None}
    """
    return {one.name: getattr(value, one.name) for one in fields(kind)}


@dataclass(frozen=True)
class Article(Metadata):
    """A cleaned article: every line of its input, labelled.

    Attributes:
        id: Path, URL or the row's own id.
        text: The decoded input; for HTML the extracted text. All offsets refer to it.
        lines: Every line in order; joined they are `text`, exactly.
        published: ISO 8601 when the page's own form could be parsed, else the page's text. None
            when absent.
        reference_bullets: The page's own quick-summary block, for evaluation only. It never
            reaches a model or an output.
        language: ISO 639-1 code of the body, None when it could not be detected.
        remarks: What a reader should know, such as that the text is incomplete.
    """

    id: str
    text: str
    lines: tuple[Line, ...]
    published: str | None = None
    reference_bullets: tuple[str, ...] = field(default=(), metadata=NOT_WRITTEN)
    language: str | None = None
    remarks: tuple[Remark, ...] = ()

    @cached_property
    def body(self) -> tuple[Line, ...]:
        """Standfirst, subheads and paragraphs, in order."""
        return tuple(line for line in self.lines if line.label in BODY_LABELS)

    @cached_property
    def dropped(self) -> tuple[Line, ...]:
        """Every line that is not body, in order."""
        return tuple(line for line in self.lines if line.label not in BODY_LABELS)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence (or, for a sentence over a model's budget, one clause) of the body.

    Attributes:
        text: Exactly `article.text[start:end]`, without surrounding white space.
        start, end: Offsets in `Article.text`.
        index: Position among the body's sentences, from 0; 0 too for one that was read from JSON,
            which has no index.
    """

    text: str = field(metadata={"alias": "sentence"})
    start: int = field(metadata=COUNT)
    end: int = field(metadata=COUNT)
    index: int = field(default=0, metadata=NOT_WRITTEN)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive sentences that fit the encoder, with some context.

    Attributes:
        focus: The sentences that the chunk must report; never cut. Every body sentence is in
            exactly one focus.
        topic: The headline, or the lead where there is none; may be cut, empty for the lead.
        previous: The sentence before the focus; may be cut, empty for the first.
        context_cut: Whether topic or previous lost words to the budget.
    """

    focus: tuple[Sentence, ...]
    topic: str = ""
    previous: str = ""
    context_cut: bool = False

    @property
    def text(self) -> str:
        """The focus as one string."""
        return " ".join(sentence.text for sentence in self.focus)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a model wrote from one chunk, before selection.

    Attributes:
        text: The model's words, in the model's casing.
        chunk: The chunk that it was written from.
        salience: The model's own log P(worth reporting), at most 0; None when the model has none,
            or has rated all sentences already.
        finished: Whether the model ended by itself; if not, the text breaks off.
        alternatives: Other wordings of the same bullet from the beam search, the most likely
            first.
    """

    text: str
    chunk: Chunk
    salience: float | None = None
    finished: bool = True
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullet:
    """One claim of a summary.

    Attributes:
        text: What the reader sees.
        sources: The body sentences that it reports, in order; at least one.
        support: ROUGE-2 precision of the text against its sources and context, 0 to 1; None
            when the text has no bigram.
        origin: Whose words it uses.
        remarks: What was changed in it, and what it lacks.
    """

    text: str
    sources: tuple[Sentence, ...] = field(metadata={"min_length": 1})
    support: float | None = field(
        metadata={
            "ge": 0,
            "le": 1,
            "description": "ROUGE-2 precision against sources and context.",
        }
    )
    origin: Origin = field(
        metadata={"description": "Whose words: the model's, or its source's, cut by rule or not."}
    )
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Summary:
    """All bullets of one article, and how they were made.

    Attributes:
        article: The article that was summarized.
        model: Name of the model that wrote the bullets.
        bullets: In reading order; as many as were asked for, or a remark says why fewer.
        chunks: Every chunk of the body, in order.
        scored: Indices into `chunks` of those from which the model wrote candidates.
        remarks: The article's remarks, then the summary's own.
        signature: Digest of everything that determines the bytes of the result.
        checks: What a model's words were checked for (`guard.check.checks`); empty where the
            bullets are unchanged sentences.
    """

    article: Article
    model: str
    bullets: tuple[Bullet, ...]
    chunks: tuple[Chunk, ...]
    scored: tuple[int, ...]
    remarks: tuple[Remark, ...]
    signature: str
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletVerdict:
    """Whether a bullet is supported by its source, and why not.

    Attributes:
        supported: Whether no check found anything.
        score: The checker's probability that the bullet is supported and reads well, 0 to 1; None
            when only hard rules ran.
        reasons: What is wrong; empty for a supported bullet.
        sources: The sentences of the source that the bullet reports, in order; at least one.
        checks: Names of the checks that ran.
        remarks: What else a reader should know, such as that only hard rules ran.
    """

    supported: bool
    score: float | None
    reasons: tuple[Remark, ...]
    sources: tuple[Sentence, ...]
    checks: tuple[str, ...]
    remarks: tuple[Remark, ...]
