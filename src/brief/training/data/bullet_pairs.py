"""Make training pairs of the bullet writer: chunks with the bullets written from them.

A model learns to invent from targets that invent, so a target is used only if the guard would
accept it: numbers, names, quotations and content words are all in the model's input, and it does
not open with a pronoun that only an earlier sentence explains. A bullet that says more than its
chunk is still used when the model compresses: the words that both share, with the guard's own
sound cuts, make a target in the `compression` style.

Streamed and deterministic; every bullet that gives no pair is counted with the reason. English
only, because the guard knows English words. See `bullet_dataset.py` for tokens.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from brief.datatypes import Article, Candidate, Chunk, Sentence
from brief.errors import BriefError
from brief.evaluation.data.dataset import Example
from brief.guard import check
from brief.ingest.article import to_article
from brief.models.base import ModelCard
from brief.models.chunking import Tokenizer, to_chunks
from brief.text.strings import words
from brief.training.data.bullet_alignment import (
    align_bullets,
    common_words,
    focus_share,
    without_mark,
)
from brief.training.data.decontamination import Held

Kind = Literal["bullet", "label", "skip", "compression"]

MIN_FOCUS_SHARE = 0.6
"""Smallest share of a bullet's content words in its focus itself. The rest may come from topic and
previous sentence, as "he" does, but a bullet mostly about those belongs to another chunk."""

MAX_WHOLE_WORDS = 18
"""A sentence of at most this many words is a bullet without cuts."""

_DATELINE = re.compile(
    r"^(?:[\w .,'-]{1,40} )?\( ?[\w ./-]{2,24} ?\) ?(?:--?|[–—]) ?", re.IGNORECASE
)
"""The dateline of an agency's report, also in lower-case or tokenized text."""

MIN_LABELLED_WORDS = 6
"""Shorter unreported sentences teach little about what is worth reporting."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One training pair.

    Attributes:
        kind: `bullet` or `compression` for a text to write; or only whether the chunk is worth a
            bullet: `label` if it is, `skip` if it is not.
        chunk: The model's input.
        target: The output; empty for `label` and `skip`.
        style: The template's style.
        position: The template's position when the chunk's own is meaningless; None for its own.
    """

    kind: Kind
    chunk: Chunk
    target: str = ""
    style: str = "highlight"
    position: str | None = None


def article_pairs(
    examples: Iterable[Example],
    card: ModelCard,
    tokenizer: Tokenizer,
    held: Held,
    counts: Counter[str],
) -> Iterator[Pair]:
    """Make the pairs of articles with reference bullets, in their order.

    Args:
        examples: Articles with bullets.
        card: The model to train: its budget, and how it is guarded.
        tokenizer: The model's own.
        held: Evaluation files; articles that they contain are skipped.
        counts: Filled with what was used (`pairs: …`), and what was dropped and why.
    """
    for example in examples:
        counts["articles"] += 1
        problem, article = _article(example, held)
        if article is None:
            counts[f"dropped articles: {problem}"] += 1
            continue
        chunks = to_chunks(article, card.budget, tokenizer)
        for pair in _article_pairs(article, chunks, example.bullets, card, counts):
            counts[f"pairs: {pair.kind}"] += 1
            yield pair


def sentence_pairs(
    rows: Iterable[tuple[str, str]], card: ModelCard, tokenizer: Tokenizer, counts: Counter[str]
) -> Iterator[Pair]:
    """Make the pairs of sentences with shorter forms, in their order.

    Args:
        rows: (sentence, its compression).
        card: As for `article_pairs`.
        tokenizer: Likewise.
        counts: Likewise.
    """
    for source, target in rows:
        counts["sentences"] += 1
        chunk = Chunk((Sentence(source, 0, len(source), 0),))
        if tokenizer.measure([chunk])[0] > card.budget.max_source_tokens:
            counts["dropped sentences: longer than the model reads"] += 1
            continue
        fault, written = _guarded(target, chunk, source, compressing=card.copy_locked)
        if written is None:
            counts[f"dropped sentences: {fault}"] += 1
            continue
        counts["pairs: compression"] += 1
        yield Pair("compression", chunk, written, "compression", "unknown")


def _article(example: Example, held: Held) -> tuple[str, Article | None]:
    if not any(map(str.strip, example.bullets)):
        return "no bullets", None
    try:
        article = to_article(example.source)
    except BriefError:
        return "cannot be read", None
    body = " ".join(line.text for line in article.body)
    if not body.strip():
        return "no body", None
    if len(words(" ".join(example.bullets))) >= len(words(body)):
        return "bullets as long as the article", None
    return ("in an evaluation file", None) if held.shares(article.text) else ("", article)


def _article_pairs(
    article: Article,
    chunks: Sequence[Chunk],
    bullets: Sequence[str],
    card: ModelCard,
    counts: Counter[str],
) -> Iterator[Pair]:
    told = [without_mark(bullet) for bullet in bullets if bullet.strip()]
    aligned = align_bullets(told, chunks)
    by_chunk: dict[int, list[Pair]] = {}
    for bullet, home in zip(told, aligned.homes, strict=True):
        counts["bullets"] += 1
        if home is None:
            counts["dropped bullets: said by no chunk"] += 1
            continue
        fault, pair = _pair(bullet, chunks[home], article, card)
        if fault:
            counts[f"dropped bullets: {fault}"] += 1
        by_chunk.setdefault(home, []).append(pair)
    for home, pairs in sorted(by_chunk.items()):
        yield from _of_chunk(chunks[home], pairs, card)
    if card.keep_token is not None:
        for index in aligned.passed_over:
            if len(words(chunks[index].text)) >= MIN_LABELLED_WORDS:
                yield Pair("skip", chunks[index])


def _of_chunk(chunk: Chunk, pairs: Sequence[Pair], card: ModelCard) -> Iterator[Pair]:
    """The pairs of one chunk: one bullet, or all for models that write several."""
    written = [pair for pair in pairs if pair.target]
    whole = [pair for pair in written if pair.kind == "bullet"]
    if card.n_bullets_per_chunk is None:
        if whole:
            yield replace(whole[0], target=" ".join(pair.target for pair in whole))
    elif written:
        # The editor's own words are preferred to a compression. Only one bullet per sentence: two
        # would be contradictory targets.
        yield (whole or written)[0]
    elif card.keep_token is not None:
        yield Pair("label", chunk)


def _pair(bullet: str, chunk: Chunk, article: Article, card: ModelCard) -> tuple[str, Pair]:
    """The pair of a bullet, and the reason if the bullet is not its target.

    A pair without target only says that the chunk is worth reporting.
    """
    fault = "mostly about another sentence"
    if focus_share(bullet, chunk.text) >= MIN_FOCUS_SHARE:
        fault, written = _guarded(bullet, chunk, article.text, compressing=False)
        if written is not None:
            return "", Pair("bullet", chunk, written)
    if card.copy_locked and len(chunk.focus) == 1:
        written = _compressed(bullet, chunk, article.text)
        if written is not None:
            return f"{fault} (its sentence is taught)", Pair(
                "compression", chunk, written, "compression"
            )
    return fault, Pair("label", chunk)


def _compressed(bullet: str, chunk: Chunk, body: str) -> str | None:
    """A bullet's sentence, cut to what the bullet keeps where that is sound.

    A short sentence is returned whole: a model that only sees cuts would cut everywhere.
    """
    sentence = _DATELINE.sub("", check.stripped(chunk.text))
    wordings = [common_words(bullet, sentence)]
    if len(words(sentence)) <= MAX_WHOLE_WORDS:
        wordings.append(sentence)
    for wording in wordings:
        _, written = _guarded(wording, chunk, body, compressing=True)
        written = None if written is None else _DATELINE.sub("", written)
        if written is not None and not _breaks_word(written, sentence):
            return written
    return None


def _breaks_word(written: str, sentence: str) -> bool:
    """Whether a target ends inside a word whose hyphen a tokenizer surrounded with spaces."""
    last = written.rstrip(" .!?\"'").rpartition(" ")[2]
    return re.search(rf"(?i){re.escape(last)} - \w", sentence) is not None


def _guarded(bullet: str, chunk: Chunk, body: str, *, compressing: bool) -> tuple[str, str | None]:
    """The bullet that a reader would see if the guard accepts it; else the reason."""
    candidate = Candidate(bullet, chunk)
    seen = check.to_bullet(candidate, body, None, language="en", compressing=compressing)
    if seen is None:
        return "too short to say anything", None
    if check.is_dangling(seen):
        return "opens with a pronoun that is explained elsewhere", None
    if check.is_replaced(seen):
        found = check.fault(candidate, body, language="en", compressing=compressing)
        # It is there, as the bullet was replaced.
        assert found is not None
        if found.kind == "cut":
            return "an unsound cut", None
        return f"a {found.kind} that is not in the input", None
    if check.is_poor(seen):
        return "no statement that stands alone", None
    return "", seen.text
