"""Near-copies are found, and nothing else."""

from datetime import UTC, datetime, timedelta

from brief.briefing.stories.near_duplicates import originals, sketches

DAY = datetime(2026, 11, 23, tzinfo=UTC)
WINDOW = timedelta(days=3)


def body(start, n=120):
    return " ".join(f"word{number}" for number in range(start, start + n))


def found(bodies, days=None):
    days = days or [0] * len(bodies)
    return originals(sketches(bodies), [DAY + timedelta(days=d) for d in days], WINDOW)


def test_equal_cut_and_extended_bodies_are_copies_of_the_first():
    text = body(0)
    typeset = text.upper().replace(" ", ",\n")
    assert found([text, text, typeset, body(0, 90), text + " " + body(900, 40)]) == [
        None,
        0,
        0,
        0,
        0,
    ]


def test_other_texts_are_none():
    assert found([body(0), body(500), body(100)]) == [None, None, None]


def test_word_order_counts():
    assert found([body(0), " ".join(reversed(body(0).split()))]) == [None, None]


def test_short_bodies_have_no_sketch():
    assert sketches(["", "No news today.", body(0, 23)]) == [(), (), ()]
    assert found(["No news today."] * 2) == [None, None]


def test_old_texts_have_no_copies():
    assert found([body(0), body(0), body(0)], days=[0, 3, 9]) == [None, 0, None]


def test_a_stored_sketch_of_another_form_is_passed_over():
    assert originals([(1, 2), sketches([body(0)])[0]], [DAY, DAY], WINDOW) == [None, None]


def test_many_equal_texts_are_one_original():
    assert found([body(0)] * 300) == [None] + [0] * 299
