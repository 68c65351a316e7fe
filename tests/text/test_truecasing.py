import pytest

from brief.text.truecasing import MAX_CHARS, Casing, doubtful, names


def guesses(sentence):
    return {sentence[at:].split()[0].rstrip("."): guess for at, guess in doubtful(sentence).items()}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Rescue teams left for Mt Kenya.", {"Rescue": "rescue"}),
        ("Marta Quill left.", {"Marta": "Marta"}),
        ("The Hague is far.", {"The": "the"}),
        ("I met US officials.", {}),
        ("NATO met US officials.", {"NATO": "NATO"}),
        ("US officials met.", {}),
        ("McDonald's closed.", {}),
        ("He said: “We are going.”", {"He": "he", "We": "we"}),
        ("“He ran. They hid.”", {"He": "he"}),
        ("“He fled. They hid.”", {"He": "he", "They": "they"}),
        ("The U.S. Senate and Gov. Ada Roe met.", {"The": "the"}),
        ("RESCUERS found him.", {"RESCUERS": "rescuers"}),
        ("RESCUE TEAMS found him.", {"RESCUE": "rescue", "TEAMS": "teams"}),
        ("NAIROBI, Kenya — The man left.", {"NAIROBI,": "Nairobi", "The": "the"}),
        ("PORT MARIS (AB) — Rain fell.", {"PORT": "Port", "MARIS": "Maris", "Rain": "rain"}),
        ("(CNX)Rain fell on us.", {"Rain": "rain"}),
        ("FLOOD KILLS TEN.", {"FLOOD": "flood", "KILLS": "kills", "TEN": "ten"}),
        ("Big Flood Hits a Harbor", {"Big": "Big", "Flood": "Flood", "Hits": "hits", "Harbor": "harbor"}),
        ("all is small .", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_doubtful(sentence, expected):
    assert guesses(sentence) == expected


def test_forms_come_from_inside_sentences():
    casing = Casing.of("Flood waters rose in Lakeview. The flood hit it. Ferries met NATO there.")
    assert casing.forms["flood"] == "flood"
    assert casing.forms["lakeview"] == "Lakeview"
    assert casing.forms["nato"] == "NATO"
    assert "ferries" not in casing.forms


def test_the_most_frequent_form_wins():
    casing = Casing.of("He met Rose. They saw a rose and one more rose.")
    assert casing.forms["rose"] == "rose"


def test_days_and_months_are_known_but_not_may():
    assert Casing.of("It rained.").forms["tuesday"] == "Tuesday"
    assert "may" not in Casing.of("It rained.").forms


def test_a_lower_case_article_stays_so():
    casing = Casing.of("the u.s. said on tuesday .")
    assert not casing.cased
    assert casing.forms["tuesday"] == "tuesday"


def test_curly():
    assert Casing.of("“It’s over.”").curly
    assert not Casing.of('"It\'s over."').curly


def test_invisible_characters_teach_nothing():
    assert Casing.of("He met Ma\u200brta\u202e.").forms["marta"] == "Marta"


def test_only_the_beginning_is_read():
    casing = Casing.of("It rained. " * (MAX_CHARS // 11 + 1) + "They met Marta.")
    assert "marta" not in casing.forms


@pytest.mark.parametrize(
    ("s", "expected"),
    [
        ("Quill met Jane van Doe of the U.S. Senate.", ["Jane van Doe", "U.S. Senate"]),
        ("Police in New Haven said McDonald's shut.", ["New Haven", "McDonald's"]),
        ("Rain fell. He likes Rain. Rain won.", ["Rain"]),
        ("Marta Quill left.", ["Marta Quill"]),
        ("NATO left.", ["NATO"]),
        ("The Senate met.", ["Senate"]),
        ("“We left,” said Élise Côté.", ["Élise Côté"]),
        ("nothing here", []),
    ],
)
def test_names(s, expected):
    assert names(s) == expected
