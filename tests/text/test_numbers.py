from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.text.numbers import figures, numbers
from brief.text.strings import fold


@pytest.mark.parametrize(
    ("s", "expected"),
    [
        ("Ksh.77 billion, 77bn, 77 bn, $77-billion", ["77000000000"] * 4),
        ("77,000,000,000 and ksh. 77 billion", ["77000000000"] * 2),
        ("1,000; 1000; 1, 000; a thousand; one thousand", ["1000"] * 5),
        ("2.5m; 2. 5m; two and a half million; 2,500,000", ["2500000"] * 4),
        ("two; 2; second; 2nd", ["2"] * 4),
        ("half a million, 500,000, five hundred thousand", ["500000"] * 3),
        ("33rd, 33-year-old, 33 - year - old, thirty-three", ["33"] * 4),
        ("twenty-first, twenty - one", ["21"] * 2),
        ("one hundred and five, 105", ["105"] * 2),
        ("two thousand and six", ["2006"]),
        ("three hundred thousand", ["300000"]),
        ("a dozen, two dozen, dozens", ["12", "24"]),
        ("five percent, 5%, 5 per cent, 5 %", ["5%"] * 4),
        ("two and three, one or four", ["2", "3", "1", "4"]),
        ("one of them and no one", []),
        ("the 1990s at 9:30 a.m. and 2 : 30", ["1990", "9:30", "2:30"]),
        ("MH370 and COVID-19 on 10-15 May", ["370", "19", "10", "15"]),
        ("1,00,000 votes", ["100000"]),
        ("in 2010, 400 men", ["2010", "400"]),
        ("1,000.50", ["1000.5"]),
        ("007 and 0", ["7", "0"]),
        ("someone often spent seconds in the phone tent", []),
        ("", []),
    ],
)
def test_values(s, expected):
    assert [number.value for number in numbers(s)] == expected


def test_scales_differ():
    values = {number.value for number in numbers("77; 77 thousand; 77 million; 77 billion; 77%")}
    assert len(values) == 5


def test_offsets_are_in_the_folded_text():
    s = "“Zoë” paid two and a half million in 2024"
    assert [fold(s)[n.start : n.end] for n in numbers(s)] == ["two and a half million", "2024"]


@given(st.integers(0, 10**15))
def test_separators_make_no_difference(n):
    forms = f"{n}; {n:,}; {f'{n:,}'.replace(',', ', ')}"
    assert [number.value for number in numbers(forms)] == [str(n)] * 3


@given(st.text(st.sampled_from("19,. :%-andtwo million\n"), max_size=40))
def test_numbers_are_in_order_and_apart(s):
    found = numbers(s)
    assert all(number.start < number.end for number in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.000 und 1 000 und 1\u00a0000 und 1'000", ["1000"] * 4),
        ("1,5 oder 1.5", ["1.5", "1.5"]),
        ("1.234.567,89 Euro", ["1234567.89"]),
        ("um 12:30 am 5. Mai 2024, 200 Gäste", ["12:30", "5", "2024", "200"]),
        ("ten second million", []),
        ("٣٤ क १२", ["34", "12"]),
    ],
)
def test_digits_are_read_in_any_language(text: str, values: list[str]) -> None:
    assert [number.value for number in figures(text)] == values
