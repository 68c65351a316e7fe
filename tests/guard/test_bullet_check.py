import tracemalloc
from itertools import islice

import pytest

import brief
from brief.datatypes import Code
from brief.errors import BriefError, InputError
from brief.guard.bullet_check import BulletChecker, BulletPair, to_pairs
from brief.models import load_checker
from tests.fakes.tiny_models import with_checker

ARTICLE = """Reyl Ferries will close its Osmund line in May, the company said on Monday.
It carried 1,200 passengers a day last year. The mayor, Ana Quill, did not object to the plan.
A petition against the closure was signed by 40 shopkeepers.
Staff will move to the Tarn line, which the ministry has paid for since 2019."""

HARD = BulletChecker(None)


def verdict(bullet: str, source: str = ARTICLE, headline: str | None = None):
    return HARD.check(BulletPair(id="a", source=source, bullet=bullet, headline=headline))


def codes(bullet: str, source: str = ARTICLE) -> list[str]:
    return [remark.code.value for remark in verdict(bullet, source).reasons]


@pytest.mark.parametrize(
    ("bullet", "found"),
    [
        ("Reyl Ferries will close its Osmund line in May.", []),
        ("Forty shopkeepers signed a petition against the closure.", []),
        # A name that an editor writes for a pronoun.
        ("Reyl Ferries carried 1,200 passengers a day.", []),
        ("Reyl Ferries will close its Osmund line in 14 weeks.", ["number", "word"]),
        ("Boris Hagen will close the Osmund line in May.", ["name", "name"]),
        ("The mayor, Ana Quill, called the plan “a disgrace”.", ["quotation", "word", "word"]),
        ("The mayor, Ana Quill, objected to the plan.", ["negation"]),
        ("A petition was signed by 1,200 shopkeepers.", ["number"]),
    ],
)
def test_hard_rules_give_a_code_for_each_reason(bullet, found):
    assert codes(bullet) == found
    assert verdict(bullet).supported == (not found)


def test_sources_are_spans_of_the_source_in_its_order():
    found = verdict(
        "Shopkeepers signed a petition after Reyl Ferries said it will close the Osmund line."
    )
    assert [ARTICLE[one.start : one.end] for one in found.sources] == [
        "Reyl Ferries will close its Osmund line in May, the company said on Monday.",
        "A petition against the closure was signed by 40 shopkeepers.",
    ]
    everything = " ".join(ARTICLE.split())
    assert len(verdict(everything).sources) == 3


def test_without_a_checker_the_verdict_says_so():
    found = verdict("The mayor, Ana Quill, did not object.")
    assert found.score is None
    assert found.checks == ("numbers", "quotations", "names", "words", "negations")
    (remark,) = found.remarks
    assert remark.code is Code.FEWER_CHECKS
    assert remark.text.startswith("the model has no checker; only hard rules ran")


@pytest.mark.parametrize(("bullet", "n"), [("im Mai", 0), ("im Juni mit 14 Stimmen", 4)])
def test_of_another_language_only_hard_rules_are_asked(bullet, n):
    source = "Der Stadtrat hat am Montag beschlossen, die Bibliothek im Mai zu schließen."
    found = verdict(f"Der Stadtrat beschloss, die Bibliothek {bullet} zu schließen.", source)
    assert len(found.reasons) == n
    assert found.checks == ("numbers", "quotations", "names", "words")
    assert found.remarks[-1].text.startswith("the text is in de; only hard rules ran")


def test_a_bullet_longer_than_its_source_is_told():
    found = verdict("The council closed the library, and it closed it.", "It closed the library.")
    assert found.remarks[0].code is Code.LONGER_THAN_SOURCE


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"source": "", "bullet": "A b."}, "f:1: the source is empty"),
        ({"source": "A b.", "bullet": " … "}, "f:1: the bullet is empty"),
        ({"bullet": "A b."}, "f:1: no column source"),
        ({}, "f:1: no column source and bullet"),
        ({"source": {"a": 1}, "bullet": "A b."}, "f:1: source is an object"),
        ({"source": "A b.", "bullet": "A b.", "id": 1.5}, "f:1: id is a number"),
        (InputError("f:1: not JSON"), "f:1: not JSON"),
    ],
)
def test_a_malformed_row_is_a_failure_with_its_line(row, problem):
    (pair,) = to_pairs([("f:1", row)])
    result = HARD.outcome(pair).result
    assert isinstance(result, BriefError)
    assert result.problem == problem


def test_offsets_count_white_space_around_the_source():
    (pair,) = to_pairs(
        [("f:1", {"id": 7, "source": "\n  It closed it.", "bullet": "It closed it."})]
    )
    (source,) = HARD.check(pair).sources
    assert (pair.id, pair.source[source.start : source.end]) == ("7", "It closed it.")


def test_python_refuses_an_empty_source():
    with pytest.raises(InputError, match="the source is empty"):
        brief.check("", "The library closes.")
    assert not brief.check("The library closes in May.", "The library closes in June.").supported


@pytest.mark.torch
@pytest.mark.parametrize(("threshold", "holds"), [(0.0, True), (1.0, False)])
def test_the_checker_judges_english(tmp_path, threshold, holds):
    folder = with_checker(tmp_path / "model", threshold)
    bullet = "Reyl Ferries will close its Osmund line in May."
    found = brief.check(ARTICLE, bullet, "Ferry line closes", model=str(folder))
    assert found.checks[-1] == "checker"
    assert 0 < found.score < 1
    assert found.supported == holds
    assert [one.code for one in found.reasons] == ([] if holds else [Code.LOW_SCORE])
    assert found.remarks == ()
    # Hard rules are not overruled, and another language is not judged.
    checker = BulletChecker(load_checker(str(folder)))
    for source, wrong, scored in (
        (ARTICLE, "Reyl Ferries will close 14 lines in May.", True),
        ("Der Stadtrat schließt die Bibliothek im Mai.", "Der Stadtrat schließt 14.", False),
    ):
        other = checker.check(BulletPair(id="a", source=source, bullet=wrong))
        assert not other.supported
        assert (other.score is not None) == scored
    long = checker.check(
        BulletPair(id="a", source=f"{'the line closed and ' * 90}.", bullet=bullet)
    )
    assert Code.CUT_SOURCE in [one.code for one in long.remarks]


def test_rows_are_checked_as_a_stream():
    rows = (("f", {"source": ARTICLE, "bullet": "The line will close."}) for _ in iter(int, 1))
    outcomes = map(HARD.outcome, to_pairs(rows))
    next(outcomes)
    tracemalloc.start()
    for _ in islice(outcomes, 300):
        pass
    assert tracemalloc.get_traced_memory()[0] < 500_000
    tracemalloc.stop()
