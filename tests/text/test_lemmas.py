import pytest

from brief.text.lemmas import is_content, lemma, may_be_forms


@pytest.mark.parametrize(
    "forms",
    ["said says saying", "went goes gone", "men man", "child children", "won wins winning",
     "rose risen rising", "deployed deploys deployment", "fell fallen fall", "people person"],
)  # fmt: skip
def test_forms_of_one_word(forms):
    assert len({lemma(form) for form in forms.split()}) == 1


@pytest.mark.parametrize("forms", ["transition transform", "million billion", "police policy"])
def test_other_words(forms):
    assert len({lemma(form) for form in forms.split()}) == 2


def test_content():
    said = ["the", "officers", "don't", "1,000", "s", "north"]
    assert [word for word in said if is_content(word)] == ["officers", "north"]


@pytest.mark.parametrize(
    ("one", "other", "language", "named"),
    [
        ("beschloss", "beschlossen", "de", False),  # a beginning
        ("gesperrt", "sperren", "de", False),  # a middle
        ("alisema", "amesema", "sw", False),  # an end
        ("der", "die", "de", False),
        ("brucke", "brucken", "de", True),
        ("hauses", "haus", "de", True),  # one stem
    ],
)
def test_forms_of_one_word_in_any_language(
    one: str, other: str, language: str, *, named: bool
) -> None:
    assert may_be_forms(one, other, language, named=named)
    assert may_be_forms(other, one, language, named=named)


@pytest.mark.parametrize(
    ("one", "other", "language", "named"),
    [
        ("moller", "muller", "de", True),
        ("un", "uno", "sw", True),
        ("nicht", "dicht", "xx", True),
        ("abgelehnt", "beschlossen", "de", False),
        ("und", "die", "de", False),
        ("deux", "vieux", "fr", False),
        ("trois", "troupe", "fr", False),
    ],
)
def test_other_words_in_any_language(one: str, other: str, language: str, *, named: bool) -> None:
    assert not may_be_forms(one, other, language, named=named)
