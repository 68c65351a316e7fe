"""Article body -> chunks that fit a model, every sentence in exactly one focus.

Left out: tokenizers and templates (the `Tokenizer` protocol is answered by a model), and
which chunks are worth writing (`selection.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from brief.datatypes import Article, Chunk, Label, Sentence
from brief.errors import ModelError
from brief.text import strings


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What fits one chunk of a model, in the model's own tokens.

    Attributes:
        max_source_tokens: The final filled template, special tokens included.
        max_focus_sentences: Sentences in a focus; None for as many as fit.
        max_focus_tokens: The focus alone; None for whatever the template leaves.
        max_topic_tokens, max_previous_tokens: Where the context is cut; 0 for none.
        n_leading_without_topic: That many first sentences carry no topic (it would be they).
    """

    max_source_tokens: int
    max_focus_sentences: int | None = None
    max_focus_tokens: int | None = None
    max_topic_tokens: int = 0
    max_previous_tokens: int = 0
    n_leading_without_topic: int = 0


class Tokenizer(Protocol):
    """How a model counts. Text is untrusted: a special token spelled in it is plain text."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text alone, without special tokens."""
        ...

    def cut(self, text: str, max_tokens: int) -> str:
        """The longest prefix of whole words that has at most `max_tokens` tokens."""
        ...

    def measure(self, chunks: Sequence[Chunk]) -> list[int]:
        """Tokens of each chunk's final filled template, special tokens included."""
        ...


_BREAKS = str.maketrans("\r\n", "  ")


def to_sentences(article: Article) -> tuple[Sentence, ...]:
    """The body's sentences in order; the end of a line always ends one.

    A hard-wrapped paragraph is one line (`clean.py`), so that its own breaks are white space
    here. Subheads are left out: they announce sentences and report nothing themselves.
    """
    found: list[Sentence] = []
    for line in article.body:
        if line.label is Label.SUBHEAD:
            continue
        unwrapped = line.text.translate(_BREAKS)
        for start, end in strings.sentences(unwrapped, article.language or "en"):
            span = slice(line.start + start, line.start + end)
            found.append(Sentence(article.text[span], span.start, span.stop, len(found)))
    return tuple(found)


def to_chunks(article: Article, budget: Budget, tokenizer: Tokenizer) -> tuple[Chunk, ...]:
    """Split an article's body so that each chunk fits a model.

    Guarantees: the focuses joined are the body's sentences, each once and in order; no filled
    template exceeds `budget.max_source_tokens`; context may be cut, and the chunk says so, the
    focus never is. Where a focus holds many sentences there are as few chunks as can be, of
    sizes as even as can be (least sum of squares).

    Args:
        article: A cleaned article; a body without sentences gives no chunk.
        budget: Limits in the model's tokens.
        tokenizer: The model's own counting.

    Returns:
        The chunks in reading order.

    Raises:
        ModelError: The budget is too small for any text at all.
    """
    sentences = to_sentences(article)
    if not sentences:
        return ()
    limit = budget.max_source_tokens
    if budget.max_focus_tokens is not None:
        limit = min(limit, budget.max_focus_tokens)
    # Once, and not a chunk: a headline or a lead may be as long as a book.
    topic = _cut(article.headline or sentences[0].text, budget.max_topic_tokens, tokenizer)
    n_without_topic = 0 if article.headline else budget.n_leading_without_topic
    while limit > 0:
        pieces, sizes = _fitted(sentences, limit, article, tokenizer)
        groups = _grouped(sizes, limit, budget.max_focus_sentences)
        chunks = tuple(
            _chunk(
                pieces[a:b],
                ("", False) if pieces[a].index < n_without_topic else topic,
                _cut(pieces[a - 1].text if a else "", budget.max_previous_tokens, tokenizer),
            )
            for a, b in groups
        )
        # Subword counts do not add up over a join, and the template takes its share: measure
        # what the model will really read, and give way by as much as it is over.
        excess = max(tokenizer.measure(chunks)) - budget.max_source_tokens
        if excess <= 0:
            return chunks
        limit -= excess
    problem = f"a budget of {budget.max_source_tokens} source tokens leaves no room for text"
    raise ModelError(problem, "give the model's card a larger budget or a shorter prompt")


def _fitted(
    sentences: Sequence[Sentence], limit: int, article: Article, tokenizer: Tokenizer
) -> tuple[list[Sentence], list[int]]:
    """Sentences with those over the limit split at clause boundaries, and their sizes."""
    pieces: list[Sentence] = []
    sizes: list[int] = []
    for sentence, size in zip(
        sentences, tokenizer.count([sentence.text for sentence in sentences]), strict=True
    ):
        spans = [(0, len(sentence.text), size)]
        if size > limit:
            spans = _packed(sentence.text, limit, tokenizer, article.language or "en")
        for start, end, n_tokens in spans:
            span = slice(sentence.start + start, sentence.start + end)
            pieces.append(Sentence(article.text[span], span.start, span.stop, len(pieces)))
            sizes.append(n_tokens)
    return pieces, sizes


def _packed(
    sentence: str, limit: int, tokenizer: Tokenizer, language: str
) -> list[tuple[int, int, int]]:
    """Spans of a long sentence with their sizes, as many clauses in each as the limit allows."""
    packed: list[tuple[int, int, int]] = []
    for start, end, size in _clauses(sentence, limit, tokenizer, language):
        # One token of slack a join, as subword counts are not additive.
        if packed and packed[-1][2] + size + 1 <= limit:
            packed[-1] = (packed[-1][0], end, packed[-1][2] + size + 1)
        else:
            packed.append((start, end, size))
    return packed


def _clauses(
    sentence: str, limit: int, tokenizer: Tokenizer, language: str
) -> Iterator[tuple[int, int, int]]:
    """Spans of the finest pieces with their sizes, none over the limit.

    A character is at most four tokens (its bytes), so a word is cut inside only if it alone is
    over the limit.
    """
    spans = strings.clauses(sentence, max_chars=max(1, limit), language=language)
    sizes = tokenizer.count([sentence[start:end] for start, end in spans])
    for (start, end), size in zip(spans, sizes, strict=True):
        if size <= limit:
            yield start, end, size
            continue
        finer = strings.clauses(
            sentence[start:end], max_chars=max(1, limit // 4), language=language
        )
        counts = tokenizer.count([sentence[start + a : start + b] for a, b in finer])
        for (a, b), count in zip(finer, counts, strict=True):
            yield start + a, start + b, count


def _grouped(sizes: Sequence[int], limit: int, max_items: int | None) -> list[tuple[int, int]]:
    """Ranges over `sizes`: fewest groups within the limit, then least sum of squared sizes."""
    best: list[tuple[int, int]] = [(0, 0)]  # (groups, squares) of the best split of sizes[:i]
    cut = [0]
    for end in range(1, len(sizes) + 1):
        total = 0
        choice: tuple[tuple[int, int], int] | None = None
        for start in range(end - 1, -1, -1):
            total += sizes[start]
            # A single piece over the limit stands alone; the caller measures and gives way.
            if start < end - 1 and (
                total > limit or (max_items is not None and end - start > max_items)
            ):
                break
            groups, squares = best[start]
            cost = (groups + 1, squares + total * total)
            if choice is None or cost < choice[0]:
                choice = (cost, start)
        assert choice is not None
        best.append(choice[0])
        cut.append(choice[1])
    ranges: list[tuple[int, int]] = []
    end = len(sizes)
    while end:
        ranges.append((cut[end], end))
        end = cut[end]
    return ranges[::-1]


def _cut(wanted: str, max_tokens: int, tokenizer: Tokenizer) -> tuple[str, bool]:
    """What a slot of the template shows, and whether that is less than was wanted."""
    if max_tokens == 0:
        # A template without the slot: nothing is shown, and nothing is cut.
        return "", False
    fitted = tokenizer.cut(wanted, max_tokens)
    return fitted, fitted != wanted


def _chunk(focus: Sequence[Sentence], topic: tuple[str, bool], previous: tuple[str, bool]) -> Chunk:
    return Chunk(
        focus=tuple(focus),
        topic=topic[0],
        previous=previous[0],
        context_cut=topic[1] or previous[1],
    )
