"""Make training pairs of the bullet writer: chunks with the bullets written from them.

A model learns to invent from targets that invent, so a bullet is a target only if its facts are in
the model's input (`facts_filter.py`). Streamed and deterministic; every bullet that gives no pair
is counted with the reason. See `bullet_dataset.py` for tokens.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from brief.datatypes import Article, Chunk, Sentence
from brief.errors import BriefError, InputError
from brief.evaluation.data.dataset import Example
from brief.evaluation.data.tables import read_table
from brief.ingest.article import to_article
from brief.models.base import ModelCard
from brief.models.chunking import Tokenizer, to_chunks
from brief.text.strings import words
from brief.training.data.bullet_alignment import align_bullets
from brief.training.data.bullet_lengths import MAX_WORDS, length_of, n_words
from brief.training.data.decontamination import Held
from brief.training.data.facts_filter import reason_to_drop

Kind = Literal["editors", "highlights", "pairs", "copy", "skip"]

WRITTEN: tuple[Kind, ...] = ("editors", "highlights", "pairs")
"""The kinds whose targets are bullets."""

MIN_LABELLED_WORDS = 6
"""Shorter unreported sentences teach little about what is worth reporting."""

_PARTED_NEGATION = re.compile(r"(?<=\w) (?=n't\b)")
"""Where the Penn Treebank splits "did n't": WordPiece has other pieces for "didn't"."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One training pair.

    Attributes:
        kind: Where it is from: an editor's bullet of given sentences (`editors`), a bullet of a
            whole article (`highlights`), a sentence and its compression (`pairs`), a sentence to
            copy (`copy`), or a chunk that is not worth a bullet (`skip`).
        chunk: The model's input.
        target: The output; empty for `skip`.
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
        card: The model to train: its budget, and how it writes.
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
        bullets = [_PARTED_NEGATION.sub("", bullet) for bullet in example.bullets]
        for pair in _article_pairs(chunks, bullets, card, counts):
            counts[f"pairs: {pair.kind}"] += 1
            yield pair


def sentence_pairs(
    path: Path, card: ModelCard, tokenizer: Tokenizer, counts: Counter[str]
) -> Iterator[Pair]:
    """Make the pairs of a file of sentences with shorter forms, in their order, unchanged.

    Args:
        path: Rows of `source` (a sentence) and `target` (its compression).
        card: As for `article_pairs`.
        tokenizer: Likewise.
        counts: Likewise.

    Raises:
        InputError: The file cannot be read, or a row is not of this kind.
    """
    for place, row in read_table(path):
        if isinstance(row, InputError):
            raise row
        texts = row.get("source"), row.get("target")
        if not all(isinstance(text, str) for text in texts):
            raise InputError(f"{place}: no row with the texts source and target")
        source, target = (_PARTED_NEGATION.sub("", " ".join(str(text).split())) for text in texts)
        if not source or not target:
            continue
        counts["sentences"] += 1
        chunk = Chunk((Sentence(source, 0, len(source), 0),))
        if tokenizer.measure([chunk])[0] > card.budget.max_source_tokens:
            counts["dropped sentences: longer than the model reads"] += 1
        elif n_words(target) > MAX_WORDS:
            counts[f"dropped sentences: more than {MAX_WORDS} words"] += 1
        else:
            counts["pairs: pairs"] += 1
            yield Pair("pairs", chunk, target, "compression", "unknown")


def _article(example: Example, held: Held) -> tuple[str, Article | None]:
    if not any(map(str.strip, example.bullets)):
        return "no bullets", None
    source = replace(example.source, text=_PARTED_NEGATION.sub("", example.source.text))
    try:
        article = to_article(source)
    except BriefError:
        return "cannot be read", None
    body = " ".join(line.text for line in article.body)
    if not body.strip():
        return "no body", None
    if len(words(" ".join(example.bullets))) >= len(words(body)):
        return "bullets as long as the article", None
    return ("in an evaluation file", None) if held.shares(article.text) else ("", article)


def _article_pairs(
    chunks: Sequence[Chunk], bullets: Sequence[str], card: ModelCard, counts: Counter[str]
) -> Iterator[Pair]:
    aligned = align_bullets(bullets, chunks)
    counts["bullets"] += aligned.n_unaligned
    if aligned.n_unaligned:
        counts["dropped bullets: said by no chunk"] += aligned.n_unaligned
    for home, told in aligned.by_chunk.items():
        chunk, written = chunks[home], []
        for bullet in told:
            counts["bullets"] += 1
            why = reason_to_drop(bullet, chunk)
            if why is None and card.n_bullets_per_chunk == 1 and n_words(bullet) > MAX_WORDS:
                why = f"more than {MAX_WORDS} words"
            if why is None:
                written.append(bullet)
            else:
                counts[f"dropped bullets: {why}"] += 1
        yield from _chunk_pairs(chunk, written, card)
    passed_over = [
        index
        for index in aligned.passed_over
        if len(words(chunks[index].text)) >= MIN_LABELLED_WORDS
    ]
    if card.keep_token is not None and passed_over:
        # One per article, from anywhere in it: there are ten times as many as bullets.
        yield Pair("skip", chunks[passed_over[counts["articles"] % len(passed_over)]])


def _chunk_pairs(chunk: Chunk, bullets: Sequence[str], card: ModelCard) -> Iterator[Pair]:
    """What is learned from a chunk with bullets that it can teach."""
    if not bullets:
        return
    if card.n_bullets_per_chunk is None:
        yield Pair("highlights", chunk, " ".join(bullets))
        return
    # Two bullets of one length for one sentence would teach that either is right.
    for bullet in {length_of(bullet): bullet for bullet in reversed(bullets)}.values():
        yield Pair("highlights", chunk, bullet)
    if MIN_LABELLED_WORDS <= n_words(chunk.text) <= MAX_WORDS:
        yield Pair("copy", chunk, chunk.text, "copy")
