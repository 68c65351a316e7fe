import pytest

from brief.text.lemmas import is_content, lemma


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
