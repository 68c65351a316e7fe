"""What stands on the page, in which order, and that nothing is lost on the way there."""

from dataclasses import replace
from datetime import date, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.briefing.briefing_types import Story
from brief.briefing.config import ReaderPreferences
from brief.briefing.edition import WORDS_PER_MINUTE, compose
from tests.fakes.editions import (
    ACCOUNT,
    COURIER,
    DATE,
    GAZETTE,
    HERALD,
    MEMOS,
    NOW,
    OMISSIONS,
    edition,
    report,
    stories,
    story,
)

ROOMY = ReaderPreferences(max_minutes=None)


def composed(*given_stories: Story, **changes):
    taste = replace(ROOMY, **changes) if changes else ROOMY
    return compose(given_stories, date=DATE, now=NOW, account=ACCOUNT, taste=taste)


def headlines(made) -> list[str]:
    return [story.headline for story in made.stories]


def words_of(n: int) -> str:
    return " ".join(["word"] * n)


@given(st.permutations(stories()))
def test_the_order_of_the_stories_changes_nothing(order):
    assert compose(
        order,
        date=DATE,
        now=NOW,
        account=ACCOUNT,
        omissions=OMISSIONS,
    ) == compose(stories(), date=DATE, now=NOW, account=ACCOUNT, omissions=OMISSIONS)


@given(st.integers(0, 700), st.integers(1, 6), st.sampled_from([(), ("homes",), ("the",)]))
def test_every_article_has_a_place_or_a_reason(max_words, max_bullets, muted):
    made = composed(*stories(), max_words=max_words, max_bullets_per_story=max_bullets, muted=muted)
    told = [report.id for story in made.stories for report in story.reports]
    told += [omission.id for omission in made.omissions]
    assert sorted(told) == sorted(report.id for one in stories() for report in one.reports)
    assert made.n_words <= max_words or len(made.stories) == 1
    assert made.colophon.n_placed + sum(made.colophon.n_by_code.values()) == len(told)


@pytest.mark.parametrize("step", [1, -1])
def test_of_equal_stories_the_newer_comes_first_then_the_smaller_id(step):
    equal = [story(report(COURIER, name, "It is.", id=name, hours=-1)) for name in "abc"]
    newer = story(report(COURIER, "d", "It is.", id="d", hours=-2))
    assert headlines(composed(*[*equal, newer][::step])) == ["d", "a", "b", "c"]


def test_every_placed_story_says_why():
    made = edition()
    assert all(story.reasons and story.bullets for story in made.stories)


def test_a_day_is_that_of_the_readers_clock():
    late = story(report(COURIER, "Late", "It is.", hours=7.5))
    made = compose(
        [late],
        date=DATE,
        now=NOW,
        account=ACCOUNT,
        to_local=lambda moment: moment.astimezone(timezone(timedelta(hours=3))),
    )
    assert "published yesterday" in composed(late).stories[0].reasons
    assert "published today" in made.stories[0].reasons
    assert made.stories[0].reports[0].published.isoformat() == "2026-11-23T02:00:00+03:00"


def test_the_reading_time_is_that_of_headlines_and_bullets():
    one = story(report(COURIER, words_of(100), words_of(131)))
    made = composed(one)
    assert (made.n_words, made.minutes) == (231, 2)
    assert WORDS_PER_MINUTE == 230


def test_what_ranks_below_a_story_without_room_has_none_either():
    first = story(report(COURIER, "First", words_of(50)), report(GAZETTE, "First again"))
    large = story(report(COURIER, "Large", words_of(80), hours=1))
    small = story(report(COURIER, "Small", words_of(5), hours=5))
    made = composed(first, large, small, max_words=100)
    assert headlines(made) == ["First"]
    assert [(one.headline, one.code) for one in made.omissions] == [
        ("Large", "budget"),
        ("Small", "budget"),
    ]
    assert made.omissions[0].reason == "the page was full (100 words)"


def test_articles_that_would_have_stood_together_say_so():
    told = story(report(GAZETTE, "Mayor weighs"), report(HERALD, "Mayor still weighs"))
    assert [one.story for one in composed(told).omissions] == [told.id, told.id]


def test_the_stricter_limit_holds():
    one = story(report(COURIER, "One", words_of(200), hours=1))
    two = story(report(COURIER, "Two", words_of(200), hours=2))
    assert len(composed(one, two, max_minutes=1.0, max_words=1000).stories) == 1
    assert len(composed(one, two, max_minutes=9.0, max_words=300).stories) == 1
    assert len(composed(one, two, max_minutes=2.0).stories) == 2


def test_a_page_with_news_is_never_empty():
    one = story(report(COURIER, "One", words_of(30), words_of(30)))
    made = composed(one, max_words=1)
    assert len(made.stories[0].bullets) == 1


def test_later_bullets_give_way_before_a_story_does():
    first = story(report(COURIER, "First", words_of(20), hours=1))
    second = story(report(COURIER, "Second", words_of(10), words_of(10), words_of(40), hours=2))
    made = composed(first, second, max_words=45)
    assert [len(story.bullets) for story in made.stories] == [1, 2]


def test_bullets_that_disagree_are_kept_or_left_out_together():
    pair = story(
        report(COURIER, "Fire", "Fire took 12 houses.", "The wind was strong."),
        report(GAZETTE, "Fire again", "Fire took 19 houses.", "Rain ended it."),
        disagreeing=("Fire took 12", "Fire took 19"),
    )
    kept = composed(pair, max_bullets_per_story=1).stories[0].bullets
    assert [bullet.text for bullet in kept] == [
        "Fire took 12 houses.",
        "Fire took 19 houses.",
    ]


def test_a_running_story_without_news_is_not_shown_again():
    told = story(report(GAZETTE, "Mayor still weighing"), since=date(2026, 11, 21))
    made = composed(told)
    assert made.stories == ()
    assert made.omissions[0].code == "unchanged"
    assert made.omissions[0].reason == "nothing new since the edition of 21 November"


def test_a_new_story_without_bullets_is_said_to_be_empty():
    assert composed(story(report(GAZETTE, "Nothing said"))).omissions[0].code == "empty"


def test_muted_words_keep_a_story_out_and_say_which():
    made = composed(
        story(report(COURIER, "Your HOROSCOPES for the week", "Aries waits.")),
        muted=("gardening", "horoscope"),
    )
    assert made.omissions[0].code == "muted"
    assert made.omissions[0].reason == "muted: horoscope"


def test_sections_stand_together_the_one_with_the_best_story_first():
    shared = [report(GAZETTE, "Big"), report(HERALD, "Big too", "Much happened.")]
    made = composed(
        story(report(COURIER, "Town first", "One.", hours=1)),
        story(*shared),
        story(report(COURIER, "Town second", "Two.", hours=2)),
        story(report(GAZETTE, "Small", "Three.", hours=40)),
        sections={COURIER: "Town", GAZETTE: "Region", HERALD: "Region"},
    )
    assert [(story.section, story.headline) for story in made.stories] == [
        ("Region", "Big"),
        ("Region", "Small"),
        ("Town", "Town first"),
        ("Town", "Town second"),
    ]


def test_the_colophon_counts_what_the_deadline_left_unsummarized():
    made = composed(story(report(MEMOS, "Market", "It moves.", by_lead=True)))
    assert made.colophon.n_by_lead == 1


def test_a_day_without_stories_is_an_edition():
    made = compose([], date=DATE, now=NOW + timedelta(days=1), account=ACCOUNT)
    assert (made.stories, made.n_words, made.minutes) == ((), 0, 0)


@pytest.mark.parametrize("limit", [0, 1])
def test_given_omissions_come_first(limit):
    made = compose(
        stories(),
        date=DATE,
        now=NOW,
        account=ACCOUNT,
        taste=ReaderPreferences(max_words=limit),
        omissions=OMISSIONS,
    )
    assert made.omissions[: len(OMISSIONS)] == OMISSIONS
