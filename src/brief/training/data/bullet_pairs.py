"""Articles with bullets -> what a model is to learn: chunks with the bullets written from them.

A model learns to invent from targets that invent, so a target is taught only when the guard
would let it through: numbers, names, quotations and content words all stand in what the model
reads, and it opens with no pronoun that only an earlier sentence explains. An editor's bullet
that says more than its chunk does is not lost where the model compresses: the words that both
have, with the guard's own sound cuts, make a target in the `compression` style.

Streamed and deterministic; every bullet that gives no pair is counted with the reason. Left
out: tokens (`bullet_dataset.py`), the language (the guard knows English words), and which data.
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
"""Share of a bullet's content words that its focus has itself: the rest may come from topic and
previous sentence, as "he" does, but a bullet that is mostly about them has another home."""

MAX_WHOLE_WORDS = 18
"""A sentence of no more words is a bullet as it stands."""

_DATELINE = re.compile(
    r"^(?:[\w .,'-]{1,40} )?\( ?[\w ./-]{2,24} ?\) ?(?:--?|[–—]) ?", re.IGNORECASE
)
"""Where an agency's report was filed, in lower-case or tokenized text too."""

MIN_LABELLED_WORDS = 6
"""A shorter sentence that nobody reported says little about what is worth reporting."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One thing to learn.

    Attributes:
        kind: A `bullet` or `compression` to write; or only whether the chunk is worth a bullet:
            `label` says that it is, `skip` that it is not.
        chunk: What the model reads.
        target: What it writes; empty for `label` and `skip`.
        style: The template's style.
        position: The template's position when the chunk's own says nothing; None for its own.
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
    """The pairs of articles with reference bullets, in their order.

    Args:
        examples: Articles with bullets.
        card: The model that will learn: its budget, and how it is guarded.
        tokenizer: The model's own counting.
        held: Evaluation files; articles that stand in them are left out.
        counts: Is filled: what was taken (`pairs: …`), and what was dropped and why.
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
    """The pairs of sentences with shorter forms, in their order.

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
    """What is learned from one chunk: one bullet, or for models that write several, all."""
    written = [pair for pair in pairs if pair.target]
    whole = [pair for pair in written if pair.kind == "bullet"]
    if card.n_bullets_per_chunk is None:
        if whole:
            yield replace(whole[0], target=" ".join(pair.target for pair in whole))
    elif written:
        # The editor's own words before what is left of them; two bullets of one sentence would
        # teach it that either is right.
        yield (whole or written)[0]
    elif card.keep_token is not None:
        yield Pair("label", chunk)


def _pair(bullet: str, chunk: Chunk, article: Article, card: ModelCard) -> tuple[str, Pair]:
    """What a bullet teaches, and why not more; a pair without target says the chunk is one to
    report.
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
    """A bullet's sentence without what the bullet leaves out, where that is sound; the whole
    sentence where it is short: a model that is only shown cuts makes one everywhere.
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
    """Whether it ends before the second part of a word whose hyphen a tokenizer has spaced."""
    last = written.rstrip(" .!?\"'").rpartition(" ")[2]
    return re.search(rf"(?i){re.escape(last)} - \w", sentence) is not None


def _guarded(bullet: str, chunk: Chunk, body: str, *, compressing: bool) -> tuple[str, str | None]:
    """What a reader would see of it, when the guard lets it through; else why not."""
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
