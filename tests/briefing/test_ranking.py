"""A story's worth rises with what a reader would name, and its reasons say so."""

from dataclasses import replace
from datetime import date

import pytest

from brief.briefing import ranking
from brief.briefing.briefing_types import Story
from tests.fakes.editions import COURIER, DATE, GAZETTE, HERALD, NOW, report, story


def score(one: Story, topics=(), weights=None) -> float:
    return ranking.score(one, topics, weights or {}, NOW)


def reasons(one: Story, topics=(), weights=None) -> tuple[str, ...]:
    return ranking.reasons(one, topics, weights or {}, DATE)


ONE = story(report(COURIER, "Bridge to close", "It closes."))
TWO = story(report(COURIER, "Bridge to close", "It closes."), report(GAZETTE, "Bridge shut"))


def test_the_score_is_what_its_formula_says():
    # Age 12 hours is half of 1; one source is log2(2), three are log2(4).
    assert score(story(report(COURIER, "A", "B.", hours=12))) == 1.5
    three = [report(source, "A", "B.", hours=12) for source in (COURIER, GAZETTE, HERALD)]
    assert score(story(*three)) == 2.5
    assert score(story(*three), topics=["rail"]) == 3.0


def test_more_sources_newness_weight_and_topics_lift_a_story():
    older = story(report(COURIER, "Bridge to close", "It closes.", hours=30))
    assert score(TWO) > score(ONE) > score(older)
    assert score(ONE, weights={COURIER: 2.0}) > score(ONE) > score(ONE, weights={COURIER: 0.5})
    assert score(ONE, topics=["a", "b"]) > score(ONE, topics=["a"]) > score(ONE)
    assert score(ONE, topics=["a", "b", "c"]) == score(ONE, topics=["a", "b"])


def test_a_copy_is_no_second_witness():
    copied = story(
        report(COURIER, "Bridge to close", "It closes."),
        report(GAZETTE, "Bridge shut"),
        copies=((1, 0),),
    )
    assert score(copied) == score(ONE)
    assert reasons(copied)[0] == "2 sources, 1 independent"


def test_a_source_counts_once_and_a_story_of_copies_has_one():
    twice = story(report(COURIER, "A", "B."), report(COURIER, "C"))
    assert ranking.independent_sources(twice) == (COURIER,)
    # What both copy may stand in an earlier edition.
    both = (report(GAZETTE, "A", "B."), report(HERALD, "C"))
    copies = Story(
        id="a", headline="A", bullets=(), reports=tuple(replace(one, copy_of="x") for one in both)
    )
    assert ranking.independent_sources(copies) == (GAZETTE,)


def test_a_date_in_the_future_is_as_new_as_now():
    assert score(story(report(COURIER, "A", "B.", hours=-9))) == 2.0


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (-9, "published today"),
        (6, "published today"),
        (7, "published yesterday"),
        (31, "published on 21 November"),
    ],
)
def test_reasons_say_how_new(hours, said):
    assert said in reasons(story(report(COURIER, "A", "B.", hours=hours)))


def test_reasons_are_what_a_reader_would_say():
    running = story(report(COURIER, "A", "B."), report(GAZETTE, "C"), since=date(2026, 11, 22))
    assert reasons(running, ["housing"], {COURIER: 2.0}) == (
        "2 sources",
        "a source you favor: Pellwick Courier",
        "topic: housing",
        "published today",
        "since yesterday",
    )
    older = story(report(COURIER, "A", "B."), since=date(2026, 11, 19))
    assert reasons(older)[-1] == "since 19 November"


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        ("night train", True),
        ("Night TRAINS", True),
        ("train night", False),
        ("rain", False),
        ("berths", True),
        ("depot", True),
        ("", False),
        ("…", False),
    ],
)
def test_topics_are_whole_words_side_by_side_whatever_their_endings(topic, found):
    one = story(
        report(COURIER, "Night trains to return", "A berth costs £39.", lead="The depot opens.")
    )
    assert bool(ranking.topics_of(one, [topic])) is found


def test_muted_words_are_looked_for_where_the_page_would_show_them():
    one = story(report(COURIER, "Trains", "A berth.", lead="Only here: astrology."))
    assert ranking.muted_by(one, ["astrology"]) is None
    assert ranking.muted_by(one, ["astrology", "berths"]) == "berths"


def test_the_section_is_that_of_most_articles_then_of_the_first():
    sections = {COURIER: "Town", GAZETTE: "Region", HERALD: "Region"}
    three = story(report(COURIER, "A", "B."), report(GAZETTE, "C"), report(HERALD, "D"))
    assert ranking.section(three, sections, "News") == "Region"
    assert ranking.section(TWO, sections, "News") == "Town"
    assert ranking.section(TWO, {}, "News") == "News"
