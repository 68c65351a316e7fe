import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from brief.errors import StorageError
from brief.evaluation.metrics import rouge
from brief.evaluation.metrics.rouge import Match, ReferenceScorer, Score
from brief.evaluation.metrics.rouge_tokenizer import UnicodeTokenizer

pytestmark = pytest.mark.torch  # evaluate imports it

REFERENCES = (
    ("Harbor council closes the fish market", "A new hall with forty stalls opens in March"),
    ("Drought killed 40 cattle in Oltare",),
    ("Teachers' strike ends after the ministry's offer of 5 percent", "Schools reopen on Monday"),
)
CANDIDATES = (
    ("The hall opens in March with 40 stalls.", "The council closed the market."),
    ("Forty cattle died.", "Farmers in Oltare lost cattle.", "The drought is killing."),
    ("Schools are reopening Monday", "Schools are reopening Monday"),
)
WORDS = st.sampled_from("the market council closed closing 40 stalls U.S. naïve Réunion -".split())
BULLETS = st.lists(st.lists(WORDS, max_size=7).map(" ".join), max_size=4)


def score(references, candidates):
    return ReferenceScorer([references]).score([candidates])[0]


def theirs(references, candidates):
    scorer = RougeScorer(list(rouge.ROUGE_TYPES), use_stemmer=True)
    scores = scorer.score("\n".join(references), "\n".join(candidates))
    return {kind: Score(*scores[kind]) for kind in rouge.ROUGE_TYPES}


def test_rouge_is_rouge_scores():
    found = ReferenceScorer(REFERENCES).score(CANDIDATES)
    for references, candidates, scores in zip(REFERENCES, CANDIDATES, found, strict=True):
        assert scores.rouge == theirs(references, candidates)
    # Two bullets in the other order: the summary-level L does not mind, the other does.
    assert found[0].rouge["rougeLsum"].f > found[0].rouge["rougeL"].f


@settings(max_examples=40)
@given(BULLETS, BULLETS)
def test_rouge_is_rouge_scores_for_any_bullets(references, candidates):
    scorer = ReferenceScorer([["the market closed"] * 20, [*references, "stalls"]])
    scores = scorer.score([[], candidates])[1]
    assert scores.rouge == theirs([*references, "stalls"], candidates)


@settings(max_examples=40)
@given(BULLETS.filter(lambda bullets: any(c.isalnum() for c in "".join(bullets))))
def test_a_summary_scores_1_against_itself(bullets):
    scores = score(bullets, bullets)
    n_tokens = len(ReferenceScorer([bullets]).tokenizer.tokenize(rouge.as_lines(bullets)))
    for kind in rouge.ROUGE_TYPES:
        expected = 0 if kind == "rouge2" and n_tokens < 2 else 1
        assert scores.rouge[kind] == Score(expected, expected, expected)
    for match in scores.matches:
        assert match.score == (1 if any(c.isalnum() for c in bullets[match.reference]) else 0)


def test_line_breaks_inside_a_bullet_are_spaces():
    broken = score(["Council closes\nmarket"], ["Council\r\ncloses market\n"])
    assert broken.rouge == theirs(["Council closes market"], ["Council closes market"])
    assert rouge.as_lines(["a\n b ", " ", "c"]) == "a b\nc"


def test_half_a_surrogate_pair_is_no_token():
    assert score(["Market \ud83d closed"], ["Market closed"]).rouge["rouge1"].f == 1


def test_which_bullet_was_missed():
    scores = score(
        [
            "Harbor council closes the fish market",
            "A new hall opens in March",
            "The mayor of Port Anselm resigns",
        ],
        ["Forty stalls in the new hall, which opens in March", "Council to close fish market"],
    )
    assert [match.candidate for match in scores.matches] == [1, 0, 0]
    assert [match.is_reported for match in scores.matches] == [True, True, False]
    assert scores.coverage == pytest.approx(2 / 3)
    assert scores.values["bullet_coverage"] == scores.coverage


def test_match_score_by_hand():
    # Of four tokens three are there (twice "a" against once), of three bigrams one.
    assert rouge.match([list("axab"[1:])], [list("aabc")]) == (Match(0, 0, (2 / 4 + 1 / 3) / 2),)
    assert rouge.match([["x"], ["b"]], [["b"], ["c"], []]) == (
        Match(0, 1, 1.0),
        Match(1, None, 0.0),
        Match(2, None, 0.0),
    )
    assert rouge.match([], [["b"]]) == (Match(0, None, 0.0),)


@given(st.lists(st.lists(WORDS)), st.lists(st.lists(WORDS)))
def test_more_candidates_never_report_less(candidates, references):
    fewer = rouge.match(candidates, references)
    more = rouge.match([*candidates, ["market"]], references)
    assert all(x.score <= y.score <= 1 for x, y in zip(fewer, more, strict=True))


def test_a_failed_example_scores_zero():
    scores = score(REFERENCES[0], [])
    assert {s.f for s in scores.rouge.values()} == {0}
    assert scores.coverage == 0


def test_without_references_there_is_no_score():
    found = ReferenceScorer([REFERENCES[0], [], [" "], ["…"]]).score([CANDIDATES[0]] * 4)
    assert [each.reason for each in found] == [
        "",
        "no reference bullets",
        "no reference bullets",
        "the reference bullets hold no word",
    ]
    assert set(found[1].values.values()) == {None}
    assert found[0].rouge == theirs(REFERENCES[0], CANDIDATES[0])
    assert ReferenceScorer([]).score([]) == ()


def test_a_script_that_a_to_z_cannot_read_switches_the_tokenizer():
    scorer = ReferenceScorer([["Мост закрыт до 2027 года"], ["Школы открыты"]])
    assert isinstance(scorer.tokenizer, UnicodeTokenizer)
    assert scorer.signature["tokenizer"] == scorer.tokenizer.name
    right, wrong = scorer.score([["Мост закрыт до 2027 года"], ["Рынок закрыт до 2027 года"]])
    assert right.rouge["rouge2"].f == 1
    assert wrong.rouge["rouge1"].f == 0


def test_a_lone_example_in_another_script_is_left_out():
    english = ["The harbor council voted on Monday to close the old fish market."] * 40
    scorer = ReferenceScorer([english, ["Мост 2027"]])
    assert "a-z" in scorer.signature["tokenizer"]
    found = scorer.score([english, ["Мост 2027"]])[1]
    assert found.rouge is None
    assert found.reason.startswith("100% of the reference's letters are outside a-z")


def test_candidates_must_be_as_many_as_references():
    with pytest.raises(ValueError, match="argument"):
        ReferenceScorer(REFERENCES).score(CANDIDATES[:2])


def test_values_are_named():
    values = score(REFERENCES[0], CANDIDATES[0]).values
    expected = theirs(REFERENCES[0], CANDIDATES[0])
    assert values["rougeLsum"] == expected["rougeLsum"].f
    assert values["rouge1_recall"] == expected["rouge1"].recall
    assert len(values) == 13
    assert all(math.isfinite(value) for value in values.values())


def test_a_folder_that_cannot_be_written_is_named(monkeypatch):
    import evaluate

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied", "/home/ada/modules")

    monkeypatch.setattr(evaluate, "load", refuse)
    rouge._metric.cache_clear()
    try:
        with pytest.raises(StorageError, match=r"/home/ada/modules.*Permission denied") as error:
            score(REFERENCES[0], CANDIDATES[0])
    finally:
        rouge._metric.cache_clear()
    assert "HF_HOME" in error.value.remedy
