"""Bullets that disagree come together, each in exactly one unit."""

from hypothesis import given
from hypothesis import strategies as st

from brief.briefing.briefing_types import StoryBullet
from brief.briefing.stories.merge_bullets import disagreement_units
from brief.datatypes import Bullet, fields_of
from tests.fakes.editions import said


def bullet(text: str, article: str, *disagrees: str) -> StoryBullet:
    return StoryBullet(**fields_of(said(text), Bullet), article=article, disagrees=disagrees)


def texts(*bullets: StoryBullet) -> list[list[str]]:
    return [[one.text for one in unit] for unit in disagreement_units(bullets)]


def test_a_pair_stands_where_its_first_bullet_stood():
    assert texts(
        bullet("Fire began at noon.", "a"),
        bullet("Fire took 12 houses.", "a", "b"),
        bullet("Wind was strong.", "b"),
        bullet("Fire took 19 houses.", "b", "a"),
    ) == [
        ["Fire began at noon."],
        ["Fire took 12 houses.", "Fire took 19 houses."],
        ["Wind was strong."],
    ]


def test_two_pairs_of_the_same_articles_stay_two():
    assert texts(
        bullet("Fire took 12 houses on the quay.", "a", "b"),
        bullet("Police arrested 3 men in a van.", "a", "b"),
        bullet("Police arrested 5 men in a van.", "b", "a"),
        bullet("Fire took 19 houses on the quay.", "b", "a"),
    ) == [
        ["Fire took 12 houses on the quay.", "Fire took 19 houses on the quay."],
        ["Police arrested 3 men in a van.", "Police arrested 5 men in a van."],
    ]


def test_three_numbers_are_one_unit():
    made = texts(
        bullet("12 died.", "a", "b", "c"),
        bullet("14 died.", "b", "a", "c"),
        bullet("15 died.", "c", "a", "b"),
    )
    assert made == [["12 died.", "14 died.", "15 died."]]


def test_a_bullet_whose_opposite_is_not_here_stands_alone():
    assert texts(bullet("12 died.", "a", "b"), bullet("Wind rose.", "b")) == [
        ["12 died."],
        ["Wind rose."],
    ]


ARTICLES = st.sampled_from("abc")


@given(st.lists(st.tuples(st.sampled_from("uvwx"), ARTICLES, st.lists(ARTICLES, unique=True))))
def test_units_partition_the_bullets_in_their_order(rows):
    bullets = [bullet(text, article, *others) for text, article, others in rows]
    made = disagreement_units(bullets)
    assert sorted(map(id, bullets)) == sorted(id(one) for unit in made for one in unit)
    places = {id(one): place for place, one in enumerate(bullets)}
    opening = [places[id(unit[0])] for unit in made]
    assert opening == sorted(opening)
