"""Make training pairs of the bullet writer from articles annotated by an editor.

The sentence that says most of a bullet is its focus. The other sentences of the bullet replace the
previous sentence. A bullet of one sentence keeps its previous sentence; if that lacks what the
bullet says beyond its focus (usually a name), an earlier sentence that has it takes its place.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from brief.datatypes import Chunk, Sentence
from brief.guard.shorten import shorten
from brief.models.base import ModelCard
from brief.models.chunking import Tokenizer
from brief.text.lemmas import lemma
from brief.text.strings import words
from brief.training.data.annotated_articles import AnnotatedArticle
from brief.training.data.bullet_alignment import content_lemmas, focus_share
from brief.training.data.bullet_lengths import LENGTHS, MAX_WORDS, length_of, n_words
from brief.training.data.bullet_pairs import Pair
from brief.training.data.decontamination import Held
from brief.training.data.facts_filter import reason_to_drop

_SHORTER = tuple((most, name) for most, name in LENGTHS if name != "tiny")
"""Length classes to which an editor's bullet is also cut, if there is a sound cut."""

_NEEDED = frozenset(
    map(lemma, "say show report claim according suggest since unless until".split())
)
"""Words that limit the rest of a bullet: who says it, since when, on what condition."""

_TORN = re.compile(r", [^\W_]+\.$")
"""A single word after the last comma ("…, right."), the rest of its phrase cut off."""


def annotated_pairs(
    articles: Iterable[AnnotatedArticle],
    card: ModelCard,
    tokenizer: Tokenizer,
    held: Held,
    counts: Counter[str],
) -> Iterator[Pair]:
    """Make the pairs of annotated articles, in their order; see `bullet_pairs.article_pairs`."""
    for article in articles:
        counts["annotated articles"] += 1
        if held.shares(article.text):
            counts["dropped articles: in an evaluation file"] += 1
            continue
        taught: dict[int, set[str]] = {}
        for pair in _pairs(article, card, tokenizer, counts):
            known = taught.setdefault(pair.chunk.focus[0].index, set())
            shorter = [one for one in _shortened(pair) if length_of(one.target) not in known]
            for one in (pair, *shorter):
                known.add(length_of(one.target))
                counts[f"pairs: {one.kind}"] += 1
                yield one


def _pairs(
    article: AnnotatedArticle, card: ModelCard, tokenizer: Tokenizer, counts: Counter[str]
) -> Iterator[Pair]:
    single = [(bullet, (index,)) for index, bullet in article.one if bullet]
    for bullet, sources in [*article.key, *single]:
        counts["editors' bullets"] += 1
        why, chunk = _chunk_for(bullet, sources, article, card, tokenizer)
        if why is None:
            yield Pair("editors", chunk, bullet)
        else:
            counts[f"dropped editors' bullets: {why}"] += 1
    if card.keep_token is not None:
        for index, written in article.one:
            chunk = surroundings(article, index, (), card, tokenizer)
            if not written and _fits(chunk, card, tokenizer):
                yield Pair("skip", chunk)


def _chunk_for(
    bullet: str,
    sources: Sequence[int],
    article: AnnotatedArticle,
    card: ModelCard,
    tokenizer: Tokenizer,
) -> tuple[str | None, Chunk]:
    """The chunk for a bullet, and why the bullet cannot be its target; None if it can."""
    focus = max(sources, key=lambda index: (focus_share(bullet, article.sentences[index]), -index))
    others = [index for index in sorted(sources) if index != focus]
    chunk = surroundings(article, focus, others, card, tokenizer)
    if not _fits(chunk, card, tokenizer):
        return "its sentence is longer than the model reads", chunk
    if n_words(bullet) > MAX_WORDS:
        return f"more than {MAX_WORDS} words", chunk
    why = reason_to_drop(bullet, chunk, min_focus_share=0.0)
    explaining = None if why is None or others else _explaining(bullet, focus, article)
    if explaining is not None:
        chunk = surroundings(article, focus, [explaining], card, tokenizer)
        why = reason_to_drop(bullet, chunk, min_focus_share=0.0)
    return why, chunk


def _explaining(bullet: str, focus: int, article: AnnotatedArticle) -> int | None:
    """The earlier sentence with most of what a bullet says beyond its focus; ties go to the
    nearest. None if no sentence has any.
    """
    wanted = content_lemmas(bullet) - content_lemmas(article.sentences[focus])
    shared = [len(wanted & content_lemmas(sentence)) for sentence in article.sentences[:focus]]
    best = max(range(focus), key=lambda index: (shared[index], index), default=None)
    return best if best is not None and shared[best] else None


def surroundings(
    article: AnnotatedArticle,
    index: int,
    others: Sequence[int],
    card: ModelCard,
    tokenizer: Tokenizer,
) -> Chunk:
    """Make the chunk of a sentence, with the context that `chunking.to_chunks` gives it.

    Args:
        article: The article.
        index: Index of the focus.
        others: Indices of the sentences shown as previous; empty for the actual previous one.
        card: The model, for its budget.
        tokenizer: The model's own.
    """
    budget = card.budget
    first = "" if index < budget.n_leading_without_topic else article.sentences[0]
    topic = article.headline or first
    # The first sentence is not shown twice if it is the topic.
    shown = [i for i in others if i or topic != article.sentences[0]] or [index - 1] * (index > 0)
    text = article.sentences[index]
    return Chunk(
        (Sentence(text, 0, len(text), index),),
        topic=tokenizer.cut(topic, budget.max_topic_tokens),
        previous=tokenizer.cut(
            " ".join(article.sentences[i] for i in shown), budget.max_previous_tokens
        ),
    )


def _fits(chunk: Chunk, card: ModelCard, tokenizer: Tokenizer) -> bool:
    most = card.budget.max_focus_tokens
    if most is not None and tokenizer.count([chunk.text])[0] > most:
        return False
    return tokenizer.measure([chunk])[0] <= card.budget.max_source_tokens


def _shortened(pair: Pair) -> Iterator[Pair]:
    """Cut an editor's bullet to the shorter classes, so that one sentence has several lengths."""
    for most, length in _SHORTER:
        if not pair.target or length_of(pair.target) == length:
            return
        cut = shorten(pair.target, most).rstrip(" .,;:") + "."
        left_out = Counter(words(pair.target)) - Counter(words(cut))
        if (
            length_of(cut) == length
            and pair.target.count('"') == cut.count('"')
            and not _TORN.search(cut)
            and not _NEEDED.intersection(map(lemma, left_out))
        ):
            yield replace(pair, target=cut)
