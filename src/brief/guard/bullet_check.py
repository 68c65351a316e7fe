"""Check any bullet against its source: hard rules in every language, then a learned checker.

The bullet may be anybody's, also an editor's. The sentences that it reports are found by their
words. The hard rules (`support.py`) then look for numbers and negations that these sentences and
their context do not hold, and for names, words and quotations that the whole source does not. In
English the learned checker (`models/checker.py`) also judges the bullet, if the model has one. See
`check.py` for checking what a model wrote, and `records.py` for the JSON object.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brief.datatypes import BulletVerdict, Code, Remark, Sentence
from brief.errors import BriefError, EmptyInputError, InputError
from brief.guard import support
from brief.guard.check import MIN_NEW_STEMS
from brief.guard.contradictions import Unsupported
from brief.ingest.jsonl import id_of, string_of
from brief.ingest.language import detect
from brief.models.checker import CheckedClaim, Checker
from brief.text import strings
from brief.text.lexicon import lexicon_for

MAX_SOURCES = 3
"""Most source sentences of one bullet; an editor's bullet seldom joins more."""

LANGUAGE = "en"
"""The only language that the checker was trained on."""

_HINT = 'a row is {"id": "1", "source": "…", "bullet": "…", "headline": "…"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletPair:
    """A bullet and what it must be supported by.

    Attributes:
        id: A name for messages and answers.
        source: A sentence, several, or a whole article.
        bullet: What is checked.
        headline: The article's; read as context.
        error: Why the pair could not be read; None when it could.
    """

    id: str
    source: str = ""
    bullet: str = ""
    headline: str | None = None
    error: BriefError | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome for one pair: its verdict, or why there is none."""

    id: str
    result: BulletVerdict | BriefError


def to_pairs(rows: Iterable[tuple[str, Mapping[str, Any] | InputError]]) -> Iterator[BulletPair]:
    """The pairs of rows, in order; a malformed row is a pair with an error.

    Args:
        rows: Place and columns of each row, from `jsonl.read_objects`.
    """
    for place, row in rows:
        id_ = place
        try:
            if isinstance(row, InputError):
                raise row
            id_ = id_of(row, place)
            yield _pair(row, id_, place)
        except InputError as error:
            yield BulletPair(id=id_, error=error)


def _pair(row: Mapping[str, Any], id_: str, place: str) -> BulletPair:
    missing = [name for name in ("source", "bullet") if name not in row]
    if missing:
        raise InputError(f"{place}: no column {' and '.join(missing)}", _HINT)
    source, bullet, headline = (
        string_of(row, name, place) or "" for name in ("source", "bullet", "headline")
    )
    _require_words(place, source, bullet)
    # Offsets count characters of the row's own text, white space around it included.
    whole = row["source"] if isinstance(row["source"], str) else source
    return BulletPair(id=id_, source=whole, bullet=bullet, headline=headline or None)


def _require_words(place: str, source: str, bullet: str) -> None:
    for name, text in (("source", source), ("bullet", bullet)):
        if not strings.words(text):
            raise EmptyInputError(f"{place}: the {name} is empty", _HINT)


class BulletChecker:
    """Checks pairs. Thread-safe.

    Args:
        checker: The learned checker; None for hard rules alone.
    """

    def __init__(self, checker: Checker | None) -> None:
        self._checker = checker

    def outcome(self, pair: BulletPair) -> Checked:
        """The same as `check`, with a failure as the result."""
        try:
            return Checked(pair.id, self.check(pair))
        except BriefError as error:
            return Checked(pair.id, error)

    def check(self, pair: BulletPair) -> BulletVerdict:
        """Decide whether a bullet is supported by its source.

        Raises:
            InputError: The pair could not be read, or its source or bullet is empty.
            ModelError: The checker's files are damaged.
        """
        if pair.error is not None:
            raise pair.error
        _require_words(pair.id, pair.source, pair.bullet)
        language = detect(f"{pair.source} {pair.bullet}")
        sentences = _sentences(pair.source, language)
        sources = reported(pair.bullet, sentences, language)
        first = sources[0].index
        previous = sentences[first - 1].text if first else ""
        read = [source.text for source in sources]
        context = [text for text in (previous, pair.headline) if text]
        reasons = [
            Remark(Code(one.kind), f"not in its sources: “{one.text}”")
            for one in _unsupported(pair.bullet, read, context, sentences, language)
        ]
        remarks = _remarks(pair)
        checks = _hard_checks(language)
        score = None
        if self._checker is not None and language == LANGUAGE:
            claim = CheckedClaim(pair.bullet, tuple(read), previous, pair.headline or "")
            ((score, is_cut),) = self._checker.judge([claim])
            checks = (*checks, "checker")
            if score < self._checker.threshold:
                said = f"the checker gives it {score:.2f}; it takes {self._checker.threshold:.2f}"
                reasons.append(Remark(Code.LOW_SCORE, said))
            if is_cut:
                said = "the bullet or its sources are too long for the checker, which read a part"
                remarks.append(Remark(Code.CUT_SOURCE, said))
        else:
            why = "the model has no checker" if language == LANGUAGE else _unknown(language)
            said = f"{why}; only hard rules ran: {', '.join(checks)}"
            remarks.append(Remark(Code.FEWER_CHECKS, said))
        return BulletVerdict(
            supported=not reasons,
            score=score,
            reasons=tuple(reasons),
            sources=sources,
            checks=checks,
            remarks=tuple(remarks),
        )


def reported(
    bullet: str, sentences: tuple[Sentence, ...], language: str | None
) -> tuple[Sentence, ...]:
    """The sentences that a bullet reports, in their order: at most `MAX_SOURCES`, at least one.

    The first is the one with most of the bullet's content words; each further one adds at least
    two that the others lack, so that a word in common by chance adds no source.
    """
    wanted = strings.content(bullet, language or "")
    held = [strings.content(sentence.text, language or "") & wanted for sentence in sentences]
    told: frozenset[str] = frozenset()
    picked: list[Sentence] = []
    while len(picked) < MAX_SOURCES:
        best = max(sentences, key=lambda one: (len(held[one.index] - told), -one.index))
        if picked and len(held[best.index] - told) < MIN_NEW_STEMS:
            break
        picked.append(best)
        told |= held[best.index]
    return tuple(sorted(picked, key=lambda sentence: sentence.index))


def _unsupported(
    bullet: str,
    sources: Sequence[str],
    context: Sequence[str],
    sentences: Sequence[Sentence],
    language: str | None,
) -> list[Unsupported]:
    """What the hard rules find.

    Numbers and negations must be in the reported sentences or their context. A name, word or
    quotation may be anywhere in the source, since an editor writes a name for a pronoun.
    """
    found = support.unsupported(bullet, sources, context, language)
    if not found:
        return []
    whole = [sentence.text for sentence in sentences]
    anywhere = support.unsupported(bullet, whole, context, language)
    return [one for one in found if one.kind in {"number", "negation"} or one in anywhere]


def _sentences(source: str, language: str | None) -> tuple[Sentence, ...]:
    spans = strings.sentences(source, language or LANGUAGE)
    return tuple(
        Sentence(source[start:end], start, end, index) for index, (start, end) in enumerate(spans)
    )


def _hard_checks(language: str | None) -> tuple[str, ...]:
    found = ("numbers", "quotations", "names", "words")
    return found if lexicon_for(language) is None else (*found, "negations")


def _unknown(language: str | None) -> str:
    return f"the text is in {language or 'a language that could not be told'}"


def _remarks(pair: BulletPair) -> list[Remark]:
    n_bullet, n_source = len(strings.words(pair.bullet)), len(strings.words(pair.source))
    if n_bullet <= n_source:
        return []
    said = f"the bullet has {n_bullet:,} words, its source {n_source:,}"
    return [Remark(Code.LONGER_THAN_SOURCE, said)]
