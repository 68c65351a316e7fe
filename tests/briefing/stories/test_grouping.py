"""Articles become stories: deterministic, incremental, each told once."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from brief.briefing.briefing_types import SummarizedArticle
from brief.briefing.ledger.story_history import EarlierStory
from brief.briefing.stories.grouping import Group, group, remember, tell
from brief.datatypes import Bullet, Origin, Sentence
from brief.records import dump, load

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MORNING = date(2026, 11, 24)
FILLER = " ".join(f"Paragraph {n} holds what else there is to say." for n in range(12))

ARTICLES = {
    "b1": (
        "Osmund bridge to close for repairs",
        (
            "The Osmund bridge will close on 3 May for six weeks after inspectors found 14 cracked"
            " beams, the county said. Ferries will carry commuters to Lowmoor."
        ),
    ),
    "b2": (
        "Cracked beams shut Osmund bridge",
        (
            "Commuters to Lowmoor face six weeks of ferries: the county shuts the Osmund bridge in"
            " May to replace cracked beams that inspectors found in spring."
        ),
    ),
    "b3": (
        "Six weeks without the Osmund bridge",
        (
            "County engineers will close the Osmund bridge to mend its beams, fourteen of which are"
            " cracked, inspectors found. A ferry replaces it."
        ),
    ),
    "s1": (
        "Teachers in Pellwick end their strike",
        (
            "Striking teachers in Pellwick go back to class on Monday with a pay rise of 4 percent,"
            " their union said after a night of talks with the ministry."
        ),
    ),
    "s2": (
        "Pellwick teachers win 4 percent and end strike",
        (
            "The teachers' union in Pellwick accepted a rise of 4 percent and called off its strike"
            " after talks with the ministry that lasted all night."
        ),
    ),
    "w1": (
        "Snow expected in the hills",
        "Forecasters expect the first snow of the winter above 600 meters on Thursday.",
    ),
}


def bullet(text):
    return Bullet(text, (Sentence(text, 0, len(text), 0),), 1.0, Origin.MODEL)


def report(name, hours=0, **changes):
    headline, lead = ARTICLES[name]
    made = SummarizedArticle(
        id=name,
        source=f"{name} Post",
        headline=headline,
        url=None,
        published=NOON + timedelta(hours=hours),
        lead=lead,
        body=lead,
        bullets=(bullet(lead.split(". ")[0].rstrip(".") + "."),),
    )
    return replace(made, **changes)


REPORTS = [report(name, hours=n) for n, name in enumerate(ARTICLES)]


def members(groups):
    return [sorted(one.ids) for one in groups]


def test_articles_on_one_event_are_one_story():
    groups = group(REPORTS)
    assert members(groups) == [["b1", "b2", "b3"], ["s1", "s2"], ["w1"]]
    assert [one.story for one in groups] == ["b1", "s1", "w1"]
    assert [one.since for one in groups] == [None] * 3


@given(st.permutations(REPORTS))
@settings(max_examples=5)
def test_the_order_of_the_input_makes_no_difference(shuffled):
    assert group(shuffled) == group(REPORTS)


def test_nothing_gives_no_story():
    assert group([]) == ()
    assert members(group([report("w1")])) == [["w1"]]


def test_two_unlike_articles_alone_are_two_stories():
    assert members(group([report("s1"), report("w1")])) == [["s1"], ["w1"]]


def test_a_copy_joins_its_original_whatever_its_headline():
    text = f"{ARTICLES['b1'][1]} {FILLER}"
    first = report("b1", body=text)
    copy = report("w1", hours=1, body=text + " More from our correspondent.")
    (found,) = group([copy, first])
    assert found.ids == ("b1", "w1")
    assert found.near_copies == (("w1", "b1"),)
    told = tell(found, [copy, first], n_bullets=2)
    assert [one.copy_of for one in told.reports] == [None, "b1"]


def test_articles_a_week_apart_are_two_stories():
    assert members(group([report("b1"), report("b2", hours=24 * 7)])) == [["b1"], ["b2"]]


def told_before(*names, on=MORNING):
    reports = [report(name) for name in names]
    (found,) = group(reports)
    return remember(tell(found, reports, n_bullets=5), on)


def test_an_article_joins_the_story_of_the_day_before():
    before = told_before("b1", "b2")
    later = report("b3", hours=24)
    found, other = group([later, report("s1", hours=25)], [before])
    assert (found.story, found.ids, found.since) == ("b1", ("b3",), MORNING)
    assert (other.story, other.since) == ("s1", None)


def test_earlier_stories_in_any_order_and_never_made_one():
    one, two = told_before("b1"), told_before("b2")
    assert one.id != two.id
    later = [report("b3", hours=20)]
    assert group(later, [one, two]) == group(later, [two, one])
    assert group(later, [one, two])[0].story in {"b1", "b2"}


def test_an_old_story_is_passed_over():
    (found,) = group([report("b3", hours=24 * 5)], [told_before("b1", "b2")])
    assert (found.story, found.since) == ("b3", None)


def test_a_copy_of_an_earlier_article_has_nothing_new_to_say():
    body = f"{ARTICLES['b1'][1]} {FILLER}"
    first = report("b1", body=body)
    before = remember(tell(group([first])[0], [first], n_bullets=3), MORNING)
    again = replace(first, id="again", published=NOON + timedelta(hours=20))
    (found,) = group([again], [before])
    assert (found.story, found.near_copies) == ("b1", (("again", "b1"),))
    assert tell(found, [again], before, n_bullets=3).bullets == ()


def test_a_changed_article_stays_in_its_story():
    before = told_before("b1")
    changed = report("b1", hours=9, headline="Update", lead="Ferry timetable out.", body="")
    assert [(one.story, one.since) for one in group([changed], [before])] == [("b1", MORNING)]


def test_a_running_story_is_remembered_with_its_newest_articles():
    before = told_before("b1", "b2")
    reports = [report("b3", hours=24)]
    (found,) = group(reports, [before])
    after = remember(tell(found, reports, before, n_bullets=5), date(2026, 11, 25), before)
    assert [article.id for article in after.articles] == ["b1", "b2", "b3"]
    assert after.last_date == date(2026, 11, 25)
    assert after.bullets[: len(before.bullets)] == before.bullets


def test_what_is_remembered_of_a_story_is_bounded():
    remembered = None
    for n in range(120):
        new = report("b1", hours=n, id=str(n), bullets=(bullet(f"Fact {n}."),))
        story = tell(Group("b1", (new.id,)), [new], n_bullets=1)
        remembered = remember(story, MORNING, remembered)
    assert [article.id for article in remembered.articles] == [str(n) for n in range(108, 120)]
    assert remembered.bullets == tuple(f"Fact {n}." for n in range(20, 120))


def test_earlier_stories_survive_json():
    body = f"{ARTICLES['b1'][1]} {FILLER}"
    before = remember(tell(group([report("b1", body=body)])[0], [report("b1", body=body)],
                           n_bullets=3), MORNING)  # fmt: skip
    assert before.articles[0].sketch
    assert load(EarlierStory, json.loads(json.dumps(dump(before)))) == before


def test_a_story_is_headed_by_its_most_central_article():
    found = group(REPORTS[:3])[0]
    story = tell(found, REPORTS, n_bullets=3)
    assert story.headline == ARTICLES[found.ids[0]][0]
    assert [one.id for one in story.reports] == list(found.ids)
    assert len({one.article for one in story.bullets}) == len(story.bullets)
