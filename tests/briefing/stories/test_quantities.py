"""Numbers with their units, and when two texts disagree on one."""

import pytest

from brief.briefing.stories.quantities import content, disagree, quantities


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The fire killed 12 people.", "Fifteen people died in the fire."),
        ("The bridge closes for six weeks.", "The bridge will be closed for 8 weeks."),
        ("Prices rose 4.1 percent.", "Prices rose by 4.2%."),
        ("The road cost Sh2 billion.", "The road cost KSh 2.3bn."),
        ("A $5 million grant was paid.", "The grant is worth 6 million dollars."),
        ("A fine of £300 was paid.", "A fine of 400 pounds was paid."),
        ("The death toll rose to 17.", "Rescuers say 19 people have died."),
        ("A man aged 45-years-old, the 45-year-old driver", "The 46-year-old driver"),
        ("The match starts at 9:30.", "The match starts at 10:30."),
        ("12 people died and 30 were injured.", "12 people died and 31 were injured."),
        ("At least 12 were killed.", "At least 14 people were killed."),
        ("Six of the 20 pupils are ill.", "Seven of the 20 pupils are ill."),
        ("About 40 armed men came.", "Some 60 men came."),
    ],
)
def test_other_values_in_one_unit_disagree(one, other):
    assert disagree(quantities(one), quantities(other))
    assert disagree(quantities(other), quantities(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Twelve people died.", "The fire killed 12 people."),
        ("12 people died.", "30 people were injured."),  # two tolls of one event
        ("12 people died and 30 were injured.", "The fire killed 12 people."),
        ("The road cost Sh2 billion.", "The road is 40 kilometers long."),
        ("It cost Sh2 billion.", "It cost $20 million."),  # no conversion
        ("Her second term began in 2019.", "Her third term began in 2021."),
        ("It closes on 3 May.", "It closes on 5 June."),
        ("It closes on March 3.", "It closes on March 5, a Monday."),
        ("The 1990s were hot.", "The 1980s were hot."),
        ("Prices rose 4.0 percent.", "Prices rose by 4%."),
        ("The council met.", "The council met 12 residents."),
        ("5,000 houses lost power.", "Five thousand houses lost power."),
        ("Three new schools open.", "Five new hospitals open."),
    ],
)
def test_equal_values_other_units_and_dates_do_not(one, other):
    assert not disagree(quantities(one), quantities(other))


def test_content_words_leave_numbers_out():
    assert content("Twelve men of the 40 went home.") == content("A man goes home.")
