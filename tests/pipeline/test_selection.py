"""Candidates -> the bullets: salience, redundancy, reading order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.datatypes import Chunk, Sentence
from brief.pipeline.selection import (
    DEFAULT_WEIGHTS,
    EXPECTED_WORDS,
    MAX_OVERLAP,
    SPARE,
    Scored,
    Weights,
    expect,
    pick,
    relevance,
    shortlist,
)
from brief.text.ngrams import grams
from brief.text.strings import content, overlap
from tests.fakes.summaries import body_of

NOTHING = grams([])
"""Expected of an article of which nothing is known: relevance alone decides."""


def scored(own: float, *stems: str) -> Scored:
    return Scored(own, frozenset(stems), grams([stems]))


def sentences_of(*texts: str) -> list[Sentence]:
    made, at = [], 0
    for index, text in enumerate(texts):
        made.append(Sentence(text, at, at + len(text), index))
        at += len(text) + 1
    return made


ITEMS = st.lists(
    st.builds(
        lambda relevance, stems: scored(relevance, *sorted(stems)),
        st.floats(-5, 5),
        st.frozensets(st.sampled_from("abcdefgh"), max_size=5),
    ),
    max_size=12,
)
EXPECTED = grams([*("abcde", "defgh")])


@given(ITEMS, st.integers(1, 6))
def test_picked_are_in_order_unique_and_at_most_n(items: list[Scored], n_bullets: int) -> None:
    picked = pick(items, EXPECTED, n_bullets)
    assert picked == sorted(set(picked))
    assert len(picked) <= n_bullets
    assert all(0 <= index < len(items) for index in picked)


@given(ITEMS, st.integers(1, 6))
def test_no_two_picked_say_the_same(items: list[Scored], n_bullets: int) -> None:
    picked = pick(items, EXPECTED, n_bullets)
    pairs = [(a, b) for a in picked for b in picked if a < b]
    assert all(overlap(items[a].stems, items[b].stems) <= MAX_OVERLAP for a, b in pairs)


@given(ITEMS, st.integers(1, 6))
def test_fewer_only_when_the_rest_repeats(items: list[Scored], n_bullets: int) -> None:
    picked = pick(items, EXPECTED, n_bullets)
    if len(picked) < n_bullets:
        assert all(
            any(overlap(item.stems, items[index].stems) > MAX_OVERLAP for index in picked)
            for n, item in enumerate(items)
            if n not in picked
        )


def test_the_first_of_equals_is_picked() -> None:
    items = [scored(1.0, "a"), scored(1.0, "b"), scored(1.0, "c")]
    assert pick(items, NOTHING, 2) == [0, 1]


def test_what_is_said_already_is_worth_less_than_what_is_not() -> None:
    items = [scored(1.0, *"abcd"), scored(1.0, *"abxy"), scored(0.8, *"mnop")]
    expected = grams([tuple("abcd"), tuple("mnop")])
    assert pick(items, expected, 2) == [0, 2]
    assert pick(items, NOTHING, 2) == [0, 1]


def test_of_equal_bullets_the_one_without_padding_is_picked() -> None:
    items = [scored(1.0, *"abcdvwxyz"), scored(1.0, *"abcd")]
    assert pick(items, grams([tuple("abcdef")]), 1) == [1]


def test_a_shorter_bullet_within_a_longer_one_is_never_second() -> None:
    items = [scored(1.0, *"abcdef"), scored(0.9, *"abc")]
    assert pick(items, NOTHING, 2) == [0]


def test_what_is_expected_follows_relevance_and_has_the_length_of_the_bullets() -> None:
    first, second = sentences_of("The ferry sank slowly.", "The mayor resigned today.")
    expected = expect({first: 1.0, second: 0.0}, 2)
    assert expected.ones.total() == pytest.approx(2 * EXPECTED_WORDS)
    assert expected.ones["ferri"] > expected.ones["mayor"] > 0
    assert expected.ones["the"] == pytest.approx(expected.ones["ferri"] + expected.ones["mayor"])
    assert expected.twos["ferri", "sank"] > expected.twos["mayor", "resign"]


def test_no_words_are_nothing_to_expect() -> None:
    (only,) = sentences_of("…")
    assert expect({only: 1.0}, 2) == NOTHING


@pytest.mark.parametrize(
    ("weights", "best"),
    [
        (Weights(position=1.0, centrality=0.0, headline=0.0, rating=0.0), 0),
        (Weights(position=0.0, centrality=1.0, headline=0.0, rating=0.0), 1),
        (Weights(position=0.0, centrality=0.0, headline=1.0, rating=0.0), 2),
        (Weights(position=0.0, centrality=0.0, headline=0.0, rating=1.0), 3),
    ],
)
def test_each_feature_prefers_its_own(weights: Weights, best: int) -> None:
    texts = (
        "Rain fell at dawn.",
        "The bridge crew closed the ferry bridge.",
        "The mayor resigned.",
        "The ferry crew left the bridge.",
    )
    article = body_of("\n".join(texts), headline="Mayor resigned")
    found = relevance(article, sentences_of(*texts), weights, [-2.0, -2.0, -2.0, 1.0])
    assert max(found, key=lambda sentence: found[sentence]).index == best


def test_relevance_of_words_without_content_is_a_number() -> None:
    article = body_of("It is.", headline=None)
    assert list(relevance(article, sentences_of("It is."), Weights(position=1.0)).values()) == [1.0]


@given(st.integers(1, 90), st.integers(1, 5))
def test_the_shortlist_is_bounded_and_in_reading_order(n_chunks: int, n_bullets: int) -> None:
    names = (f"{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(n_chunks))
    made = sentences_of(*(f"Qu{name} met {name}zu." for name in names))
    relevances = {sentence: float(sentence.index * 7 % 11) for sentence in made}
    chunks = [Chunk((sentence,)) for sentence in made]
    kept = shortlist(chunks, relevances, n_bullets, DEFAULT_WEIGHTS)
    assert kept == sorted(set(kept))
    assert len(kept) == min(n_chunks, n_bullets + SPARE)


def test_the_shortlist_does_not_say_one_thing_twice() -> None:
    made = sentences_of("The ferry sank.", "The ferry sank, he said.", "A mayor resigned.")
    relevances = dict(zip(made, (2.0, 1.9, 0.5), strict=True))
    chunks = [Chunk((sentence,)) for sentence in made]
    assert shortlist(chunks, relevances, 1, DEFAULT_WEIGHTS) in ([0, 2], [1, 2])


def test_overlap_is_a_share_of_the_smaller_set() -> None:
    assert overlap(content("The crew left."), content("The crew left Osmund in May.")) == 1.0
    assert overlap(frozenset(), frozenset("a")) == 0.0
