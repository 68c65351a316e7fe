import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from brief.evaluation.metrics.faithfulness import fragments, per_hundred_bullets, score_source
from brief.evaluation.metrics.rouge_tokenizer import AsciiTokenizer
from brief.text import strings

TOKENIZER = AsciiTokenizer()
ARTICLE = (
    "Farmers in Oltare lost 40 cattle to drought in May.",
    "The county governor, Peter Nasieku, promised feed within a week.",
    "“We have heard promises before,” said Ruth Lekuta, a herder.",
    "She walked 12 kilometers to the meeting.",
)
WORDS = st.lists(st.sampled_from("abcd"), max_size=12)


def score(*bullets, article=ARTICLE):
    return score_source(bullets, article, TOKENIZER)


def every_substring(summary, article):
    """Fragment lengths found by asking for every substring, the longest first."""
    found, start = [], 0
    while start < len(summary):
        for end in range(len(summary), start, -1):
            wanted = summary[start:end]
            if any(article[at : at + end - start] == wanted for at in range(len(article))):
                found.append(end - start)
                start = end
                break
        else:
            start += 1
    return found


def test_copied_sentences():
    found = score(ARTICLE[0], ARTICLE[3])
    assert found.coverage == 1
    # Fragments of 10 and 7 words: (100 + 49) / 17.
    assert (found.n_words, found.density) == (17, 149 / 17)
    assert (found.novel_1grams, found.novel_2grams, found.novel_3grams) == (0, 0, 0)
    assert found.n_bullets == 2
    assert found.compression == len(strings.words(" ".join(ARTICLE))) / 17


def test_rewritten_sentence():
    found = score("Farmers in Oltare await feed")  # “Farmers in Oltare” and “feed” are copied
    assert found.coverage == pytest.approx(4 / 5)
    assert found.density == pytest.approx((9 + 1) / 5)
    assert found.novel_1grams == pytest.approx(1 / 5)
    assert found.novel_2grams == pytest.approx(2 / 4)
    assert found.novel_3grams == pytest.approx(2 / 3)


def test_novel_ngrams_do_not_cross_bullets():
    assert score("a week", "Farmers in Oltare").novel_2grams == 0


@given(WORDS, WORDS)
def test_fragments_are_the_longest_from_left_to_right(summary, article):
    assert fragments(summary, article) == every_substring(summary, article)


def test_rouge2_precision_is_rouge_scores():
    bullets = ["Farmers in Oltare lost cattle", "The governor promised feeds within weeks"]
    theirs = RougeScorer(["rouge2"], use_stemmer=True).score("\n".join(ARTICLE), "\n".join(bullets))
    found = score(*bullets).rouge2_precision
    assert found == theirs["rouge2"].precision
    assert 0 < found < 1


def test_what_the_article_does_not_say_is_counted():
    found = score(
        "Farmers in Oltare lost 90 cattle to drought.",
        "Governor Peter Wambora promised feed.",
        "“We have heard lies before,” said Ruth Lekuta.",
    )
    counts = (
        found.n_unsupported_numbers,
        found.n_unsupported_names,
        found.n_unsupported_quotations,
    )
    assert counts == (1, 1, 1)
    copied = score(*ARTICLE)
    assert copied.n_unsupported_numbers == 0
    assert copied.n_unsupported_names == 0
    assert copied.n_unsupported_quotations == 0


def test_names_in_lower_case_cannot_be_told():
    assert score("governor peter wambora promised feed").n_unsupported_names is None


def test_redundancy_and_dangling():
    found = score("The governor promised feed", "He promised feed", "Cattle died")
    assert found.redundancy == 1
    assert found.n_dangling == 1
    assert score("Cattle died", "The governor promised feed").redundancy == 0
    assert score("Cattle died").redundancy is None


def test_no_bullets_have_no_shares():
    found = score()
    assert (found.n_bullets, found.n_words, found.n_unsupported_names) == (0, 0, 0)
    for name in ("coverage", "density", "compression", "novel_1grams", "rouge2_precision"):
        assert found.values[name] is None
    assert score("Feed").novel_2grams is None
    assert score("Feed", article=()).coverage == 0


def test_per_hundred_bullets():
    assert per_hundred_bullets([1, 0, 2], [3, 3, 6]) == 25
    assert per_hundred_bullets([None, 1], [3, 2]) == 50
    assert per_hundred_bullets([0], [3]) == 0
    assert per_hundred_bullets([], []) is None
    assert per_hundred_bullets([0, None], [0, 3]) is None
