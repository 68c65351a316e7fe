"""Chunks partition the body, keep within the budget, and say what they cut."""

import itertools
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.datatypes import Chunk, Label
from brief.errors import ModelError
from brief.models.chunking import Budget, to_chunks, to_sentences
from tests.fakes.summaries import article_of, body_of


class ByWord:
    """A tokenizer whose tokens are words, and characters of words over ten.

    Like sentencepiece it is not additive: a join costs a token of its own.
    """

    n_template = 3

    def count(self, texts: Sequence[str]) -> list[int]:
        return [sum(max(1, len(word) // 10) for word in text.split()) for text in texts]

    def cut(self, text: str, max_tokens: int) -> str:
        words = text.split()
        while words and self.count([" ".join(words)])[0] > max_tokens:
            words.pop()
        return " ".join(words)

    def measure(self, chunks: Sequence[Chunk]) -> list[int]:
        return [
            self.n_template
            + sum(self.count([chunk.topic, chunk.previous, chunk.text]))
            + len(chunk.focus)
            for chunk in chunks
        ]


ONE = Budget(
    max_source_tokens=40,
    max_focus_sentences=1,
    max_focus_tokens=12,
    max_topic_tokens=5,
    max_previous_tokens=6,
    n_leading_without_topic=2,
)
MANY = Budget(max_source_tokens=60)

texts = st.lists(
    st.text(st.sampled_from('ab cdef.,;:—’"? \n Éя中😀0123'), max_size=200), max_size=12
).map("\n".join)
word_texts = st.lists(
    st.sampled_from(["Rain fell.", "The court", "and", "said, “No.”", "x" * 35, "ward 7;", "\n"]),
    max_size=80,
).map(" ".join)


@given(st.one_of(texts, word_texts), st.sampled_from([ONE, MANY]))
def test_focuses_are_the_body_once_and_in_order(text, budget):
    article = body_of(text)
    chunks = to_chunks(article, budget, ByWord())
    pieces = [piece for chunk in chunks for piece in chunk.focus]
    assert [piece.index for piece in pieces] == list(range(len(pieces)))
    for piece in pieces:
        assert piece.text == article.text[piece.start : piece.end]
    told = "".join("".join(piece.text.split()) for piece in pieces)
    assert told == "".join("".join(line.text.split()) for line in article.body)
    for before, after in itertools.pairwise(pieces):
        assert before.end <= after.start


@given(st.one_of(texts, word_texts), st.sampled_from([ONE, MANY]))
def test_no_chunk_is_over_budget(text, budget):
    chunks = to_chunks(body_of(text), budget, ByWord())
    assert all(size <= budget.max_source_tokens for size in ByWord().measure(chunks))


@given(word_texts)
def test_one_sentence_a_chunk_where_the_budget_says_so(text):
    for chunk in to_chunks(body_of(text), ONE, ByWord()):
        assert len(chunk.focus) == 1
        assert ByWord().count([chunk.text])[0] <= 12


def test_sizes_are_balanced():
    text = " ".join(f"Ward {number} voted for the plan." for number in range(21))
    chunks = to_chunks(body_of(text), MANY, ByWord())
    assert sorted(len(chunk.focus) for chunk in chunks) == [7, 7, 7]


def test_subheads_are_never_in_a_focus():
    article = article_of(
        (Label.BODY, "The mayor resigned."),
        (Label.SUBHEAD, "What comes next"),
        (Label.CAPTION, "The mayor in May."),
        (Label.BODY, "A vote is due in June."),
    )
    assert [s.text for s in to_sentences(article)] == [
        "The mayor resigned.",
        "A vote is due in June.",
    ]


def test_context_is_the_headline_and_the_previous_sentence():
    article = body_of("One came. Two came. Three came.", headline="Guests arrive in the town hall")
    chunks = to_chunks(article, ONE, ByWord())
    assert [chunk.topic for chunk in chunks] == ["Guests arrive in the town"] * 3
    assert [chunk.previous for chunk in chunks] == ["", "One came.", "Two came."]
    assert [chunk.context_cut for chunk in chunks] == [True] * 3


def test_without_headline_the_lead_is_the_topic_from_the_third_sentence_on():
    chunks = to_chunks(body_of("One came. Two came. Three came."), ONE, ByWord())
    assert [chunk.topic for chunk in chunks] == ["", "", "One came."]
    assert not any(chunk.context_cut for chunk in chunks)


def test_a_template_without_context_slots_cuts_nothing():
    article = body_of("One came. Two came.", headline="Guests")
    (chunk,) = to_chunks(article, MANY, ByWord())
    assert (chunk.topic, chunk.previous, chunk.context_cut) == ("", "", False)


def test_a_long_sentence_is_split_at_clauses():
    text = (
        "The council voted to keep the branch open for two more years, while the port authority "
        "objected; a levy on passengers will pay for it, and the roof will wait."
    )
    chunks = to_chunks(body_of(text), ONE, ByWord())
    assert len(chunks) > 1
    assert all(re.search(r"[,;.]$|\w$", chunk.text) for chunk in chunks)
    assert " ".join(chunk.text for chunk in chunks) == text


def test_a_budget_too_small_for_anything_is_named():
    with pytest.raises(ModelError, match="2 source tokens"):
        to_chunks(body_of("The mayor resigned."), Budget(max_source_tokens=2), ByWord())


def test_nothing_gives_nothing():
    assert to_chunks(article_of((Label.CAPTION, "A picture.")), ONE, ByWord()) == ()


def test_time_grows_with_the_text_and_not_faster():
    """Ten times the text, at most 20 times the texts counted: in calls, not in seconds."""
    n_calls = []
    for n_sentences in (100, 1000):
        tokenizer = Counting()
        to_chunks(body_of("The ward voted for the plan. " * n_sentences), MANY, tokenizer)
        n_calls.append(tokenizer.n_texts)
    assert n_calls[1] <= 20 * n_calls[0]


class Counting(ByWord):
    def __init__(self) -> None:
        self.n_texts = 0

    def count(self, texts: Sequence[str]) -> list[int]:
        self.n_texts += len(texts)
        return super().count(texts)
