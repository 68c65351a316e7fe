"""A story from all its articles' bullets: each fact once, both sides of a disagreement."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from brief.briefing.briefing_types import SummarizedArticle
from brief.briefing.stories.merge_bullets import choose
from brief.datatypes import Bullet, Origin, Sentence

DAY = datetime(2026, 11, 23, 5, tzinfo=UTC)


def report(name, *bullets):
    made = tuple(
        Bullet(text, (Sentence(text, 0, len(text), 0),), 1.0, Origin.MODEL) for text in bullets
    )
    return SummarizedArticle(
        id=name,
        headline="Headline",
        source=f"{name} Post",
        url=None,
        published=DAY,
        bullets=made,
    )


def texts(reports, shown=(), n_bullets=3):
    return [one.text for one in choose(reports, shown, n_bullets=n_bullets)]


BRIDGE = "The Osmund bridge will close for six weeks of repairs."
BRIDGE_TOO = "Osmund bridge is to close for six weeks, for repairs to its beams."
BRIDGE_OTHER = "The Osmund bridge will be closed for eight weeks of repairs, says the county."
FERRY = "Ferries run every 20 minutes meanwhile."
COST = "Taxpayers bear half the cost of new steel."


def test_a_fact_is_told_once():
    assert texts([report("a", BRIDGE, FERRY), report("b", BRIDGE_TOO, COST)]) == [
        BRIDGE,
        FERRY,
        COST,
    ]


def test_a_confirmed_fact_goes_before_others():
    alone = "Engineer Tomas Reyl has resigned."
    reports = [report("a", alone, BRIDGE), report("b", BRIDGE_TOO), report("c", BRIDGE_TOO)]
    assert texts(reports, n_bullets=1) == [BRIDGE_TOO]


def test_every_bullet_names_its_article():
    told = choose([report("a", BRIDGE), report("b", COST)], (), n_bullets=2)
    assert [(one.article, one.text) for one in told] == [("a", BRIDGE), ("b", COST)]


def test_both_numbers_are_printed_and_point_at_each_other():
    told = choose([report("a", BRIDGE, FERRY), report("b", BRIDGE_OTHER)], (), n_bullets=1)
    assert [(one.text, one.article, one.disagrees) for one in told] == [
        (BRIDGE, "a", ("b",)),
        (BRIDGE_OTHER, "b", ("a",)),
    ]


def test_a_number_that_two_give_is_printed_once():
    reports = [report("a", BRIDGE), report("b", BRIDGE_OTHER), report("c", BRIDGE_OTHER + " Now.")]
    told = choose(reports, (), n_bullets=3)
    assert [one.article for one in told] == ["b", "a"]


def test_a_disagreement_stands_together():
    reports = [report("a", BRIDGE, FERRY), report("b", BRIDGE_OTHER, COST)]
    assert texts(reports, n_bullets=3) == [BRIDGE, BRIDGE_OTHER, FERRY, COST]


def test_what_was_shown_is_not_shown_again():
    assert texts([report("a", BRIDGE_TOO, FERRY)], shown=[BRIDGE]) == [FERRY]
    assert texts([report("a", BRIDGE)], shown=[BRIDGE]) == []


def test_a_number_that_changed_is_shown_again():
    told = choose([report("a", BRIDGE_OTHER)], [BRIDGE], n_bullets=2)
    assert [(one.text, one.disagrees) for one in told] == [(BRIDGE_OTHER, ())]


def test_half_the_content_words_are_needed_for_a_disagreement():
    reports = [
        report("a", "Osmund bridge closes for six weeks after engineers found cracks."),
        report("b", "The ferry to Lowmoor island is late by two weeks, passengers complain."),
    ]
    assert [one.disagrees for one in choose(reports, (), n_bullets=2)] == [(), ()]


def test_a_word_or_two_in_common_are_no_repetition():
    short, long = "And she is running.", "Senator Ana Quill is running for governor of Pellwick."
    assert texts([report("a", long, short)]) == [long, short]
    assert texts([report("a", short), report("b", short)]) == [short]


FACTS = [BRIDGE, BRIDGE_TOO, BRIDGE_OTHER, FERRY, COST, "", "12", "Nine weeks.", "Why?"]


@given(
    st.lists(st.lists(st.sampled_from(FACTS), max_size=3), min_size=1, max_size=4),
    st.lists(st.sampled_from(FACTS), max_size=2),
    st.integers(1, 4),
)
def test_no_text_twice_and_never_a_shown_one_alone(written, shown, n_bullets):
    reports = [report(str(n), *bullets) for n, bullets in enumerate(written)]
    told = choose(reports, shown, n_bullets=n_bullets)
    printed = [one.text for one in told]
    assert len(set(printed)) == len(printed)
    for one in told:
        assert one.text not in shown or one.disagrees
        for other in one.disagrees:
            assert other in {side.article for side in told}
