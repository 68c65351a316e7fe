import pytest

from brief.guard.contradictions import shifted


def findings(bullet, *sources):
    return [(found.kind, found.text) for found in shifted(bullet, sources)]


DOSES = "The state sent 9,000 doses and, by May, 40 vans to 36 of the 47 northern counties in 2019."


@pytest.mark.parametrize(
    ("bullet", "expected"),
    [
        ("the state sent 9, 000 counties", [("number", "9, 000 counties")]),
        ("36 doses went out", [("number", "36 doses")]),
        ("forty counties", [("number", "forty counties")]),
        ("the state sent 9, 000 doses to 36 counties", []),
        ("36 northern counties, 47 counties", []),
        ("forty more vans", []),
        ("in 2019 doses went out", []),
        ("9, 000, counties", []),
        ("9, 000 horses", []),  # an unknown word is not this module's business
        ("8 counties", []),  # nor is an unknown number
        ("", []),
    ],
)
def test_numbers_keep_their_nouns(bullet, expected):
    assert findings(bullet, DOSES) == expected


def test_what_is_counted_may_stand_before():
    assert findings("12 killed in a flood", "The flood killed at least 12 people.") == []


def test_a_modifier_may_come_between():
    assert findings("the 20th league season", "The league begins its 20th season.") == []


DENIAL = "He said force is not a viable solution; the council, however, voted for aid."


@pytest.mark.parametrize(
    ("bullet", "expected"),
    [
        ("force is a viable solution", [("negation", "viable without its negation")]),
        ("force is a solution", [("negation", "solution without its negation")]),
        ("the council did not vote for aid", [("negation", "not vote")]),
        ("force is not a solution", []),
        ("force isn ' t viable", []),
        ("the council voted for aid", []),
        ("he said the council voted", []),
    ],
)
def test_negations_stay_where_they_are(bullet, expected):
    assert findings(bullet, DENIAL) == expected


@pytest.mark.parametrize(
    ("bullet", "source"),
    [
        ("he left early", "He left not only early but in anger."),
        ("she lives at house 10", "She lives at No. 10 house."),
        ("he didn ' t come", "He failed to come."),
        ("he did not come", "He refused to come."),
        ("the team was reached friday", "The team was reached; others could not be on Friday."),
        ("a viable plan exists", "It is not a viable plan. Another viable plan exists."),
        ("rain fell", "Nobody came. Rain fell."),
    ],
)
def test_no_false_alarm(bullet, source):
    assert findings(bullet, source) == []


def test_every_source_counts():
    assert findings("the plan is viable", "The plan is not viable.", "Ada calls it viable.") == []
