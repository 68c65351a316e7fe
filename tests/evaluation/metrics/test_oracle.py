from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from brief.evaluation.metrics.oracle import oracle
from brief.evaluation.metrics.rouge_tokenizer import AsciiTokenizer

TOKENIZER = AsciiTokenizer()
SENTENCES = (
    "The weather stayed dry in Port Anselm all week.",
    "The harbor council voted on Monday to close the old fish market.",
    "Traders have sold there since 1921.",
    "A new hall with forty stalls opens in March.",
    "Councillor Ina Brody said the roof could fall at any time.",
)
TEXT = st.lists(st.sampled_from("the old market roof fell again".split()), max_size=8).map(" ".join)


def pick(sentences, references, n=3):
    return oracle(sentences, references, n, TOKENIZER)


def nearness(sentences, references):
    scores = RougeScorer(["rouge1", "rouge2"], use_stemmer=True).score(
        "\n".join(references), "\n".join(sentences)
    )
    return scores["rouge1"].fmeasure + scores["rouge2"].fmeasure


def test_sentences_that_say_the_references_in_reading_order():
    references = ["A new hall opens in March.", "The council voted to close the fish market."]
    assert pick(SENTENCES, references) == (1, 3)
    assert len(pick(SENTENCES, references, n=1)) == 1


def test_nothing_is_picked_that_does_not_help():
    assert pick(SENTENCES, ["Traders have sold there since 1921."]) == (2,)
    assert pick(SENTENCES, ["Penguins"]) == ()
    assert pick(SENTENCES, []) == ()
    assert pick([], ["Penguins"]) == ()
    assert pick(SENTENCES, SENTENCES, n=0) == ()


def test_of_equal_sentences_the_first_is_picked():
    assert pick([SENTENCES[0], SENTENCES[2], SENTENCES[2]], [SENTENCES[2]]) == (1,)


@pytest.mark.parametrize("n", [1, 2])
def test_it_is_near_the_best_choice_there_is(n):
    references = ["The fish market closes because its roof could fall.", "A new hall opens."]
    picked = [SENTENCES[i] for i in pick(SENTENCES, references, n)]
    best = max(
        nearness(choice, references)
        for size in range(1, n + 1)
        for choice in combinations(SENTENCES, size)
    )
    assert nearness(picked, references) == pytest.approx(best, abs=0.02)


@given(st.lists(TEXT, max_size=6), st.lists(TEXT, max_size=3), st.integers(0, 4))
def test_more_sentences_are_only_added(sentences, references, n):
    fewer, more = pick(sentences, references, n), pick(sentences, references, n + 1)
    assert set(fewer) <= set(more)
    assert len(fewer) <= n
    assert list(more) == sorted(set(more))
