import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score import rouge_scorer

from brief.guard.support import support_score, unsupported

SOURCE = (
    "Officer Marta Quill of Norland said the two teams sent Ksh.77 billion, over 1,000 tents and"
    " 36 nurses to Lakeview on 5 May, as “we are not alone,” Liam O'Brien wrote."
)
CONTEXT = "The harbor in Port Maris, where women went on foot, cost $4.2m in 2019."


def findings(bullet, source=SOURCE, context=CONTEXT):
    return [(found.kind, found.text) for found in unsupported(bullet, [source], [context], "en")]


@pytest.mark.parametrize(
    "bullet",
    [
        "marta quill of norland said 2 teams sent ksh. 77 billion and 1, 000 tents",
        "Norland sent Ksh.77bn, a thousand tents and thirty-six nurses to Lakeview.",
        "quill, an officer, says a team is sending tents",
        'liam o \' brien writes : " we are not alone "',
        "a woman goes to the harbor, which cost $ 4. 2 million dollars",
        "Quill adds that nurses left for the harbor in 2019",
        "the har bor of lakeview",
        "",
        "...",
    ],
)
def test_what_the_source_says_is_supported(bullet):
    wanted = [] if "left" not in bullet else [("word", "left")]
    assert findings(bullet) == wanted


@pytest.mark.parametrize(
    ("bullet", "expected"),
    [
        ("norland sent ksh. 77 million", [("number", "77 million")]),
        ("norland sent ksh. 77", [("number", "77")]),
        ("norland sent ksh. 77 billion of 1, 100 tents", [("number", "1, 100")]),
        ("three teams sent tents", [("number", "three")]),
        ("nurses sent 5 percent", [("number", "5 percent")]),
        ("the harbor overto lakeview", [("word", "overto")]),
        ("Officer Ada Quill said so", [("name", "ada")]),
        ("norland sent marta o ' brien", [("word", "brien")]),
        ('quill said : " not alone are we "', [("quotation", "not alone are we")]),
        ('quill said " the two teams " are " not here "', [("quotation", "not here")]),
        ("the teams were attacked", [("word", "attacked")]),
    ],
)
def test_what_it_does_not_say_is_not(bullet, expected):
    source = SOURCE if "o ' brien" not in bullet else SOURCE.replace("O'Brien", "Moss")
    assert findings(bullet, source) == expected


def test_first_and_last_names_of_two_persons():
    source = "Ada Roe met Liam Moss."
    assert findings("ada moss left", source, "They left.") == [("name", "ada moss")]
    assert findings("ada roe left liam moss", source, "They left.") == []
    assert findings("minister moss left", "Minister Ada Roe met Liam Moss.", "They left.") == []


def test_what_stands_only_in_the_context_is_supported():
    assert findings("the harbor cost $ 4. 2m", "It rained.") == []


def test_reporting_verbs_need_somebody_who_speaks():
    assert findings("teams left, quill says", "Teams and Quill left.", "") == [("word", "says")]
    assert findings("teams left, quill says", "Teams left, Quill told them.", "") == []
    assert findings("teams left, quill says", '"Teams left." Quill smiled.', "") == []


def test_findings_of_every_kind_in_order():
    kinds = [kind for kind, _ in findings('three horses " we alone " did not cost tents')]
    assert kinds == ["number", "quotation", "word", "negation"]


def test_support_score():
    assert support_score("teams sent tents", ["Two teams sent tents."]) == 1.0
    assert support_score("teams sent horses", ["Two teams sent tents."]) == 0.5
    assert support_score("the teams the teams", ["The teams left."]) == pytest.approx(1 / 3)
    assert support_score("teams", ["Two teams."]) is None
    assert support_score("teams sent tents", []) == 0.0


def test_no_bigram_crosses_from_one_source_to_the_next():
    assert support_score("a b", ["x a", "b y"]) == 0.0


TOKENS = st.lists(st.sampled_from("A b's c-d 1,000 e. the U.S. _ f".split(" ")), max_size=20)
TEXTS = TOKENS.map(" ".join)


@given(TEXTS, TEXTS)
def test_the_score_is_rouge_2_precision(bullet, source):
    scorer = rouge_scorer.RougeScorer(["rouge2"], use_stemmer=False)
    score = support_score(bullet, [source])
    expected = scorer.score(source, bullet)["rouge2"].precision
    assert (score or 0.0) == pytest.approx(expected)


@given(TEXTS)
def test_a_text_supports_itself(text):
    assert support_score(text, [text]) in {None, 1.0}
    assert unsupported(text, [text], [], "en") == ()


@pytest.mark.parametrize("text", [SOURCE, CONTEXT, SOURCE.lower(), f"{SOURCE} {CONTEXT}"])
def test_a_sentence_supports_itself(text):
    assert unsupported(text, [text], [], "en") == ()
