import numpy as np
import pytest

from brief.models.checker import to_tokens
from brief.training.data.claims import ClaimPair, name_runs
from brief.training.data.corruptions import KINDS, corrupted, twin
from brief.training.data.tenses import base_of, past_of

NAMES = frozenset("reyl ana quill osmund ebbsham tarn".split())


def pair(bullet: str, *sources: str, previous: str = "") -> ClaimPair:
    read = tuple(to_tokens(source) for source in sources or (f"{bullet}.",))
    return ClaimPair(
        to_tokens(bullet),
        read,
        to_tokens(previous),
        [],
        names=(("tarn",), ("ana", "quill")),
        numbers=("12", "40"),
        is_name=NAMES.__contains__,
    )


def made(kind: str, right: ClaimPair, n: int = 40) -> set[str]:
    found = (corrupted(kind, right, np.random.default_rng(seed)) for seed in range(n))
    return {" ".join(one.bullet) for one in found if one is not None}


CASES = [
    ("name", "Reyl closed the bridge", "tarn closed the bridge"),
    ("actor", "Reyl sued Ana Quill over it", "ana quill sued reyl over it"),
    ("number", "The ferry carried 12 crew", "the ferry carried 40 crew"),
    ("hedge", "The bridge may be closed", "the bridge is closed"),
    ("hedge", "The alleged thief was fined", "the thief was fined"),
    ("hedge", "Reyl did not sell the ferry", "reyl did sell the ferry"),
    ("hedge", "The council rejected the plan", "the council approved the plan"),
    ("hedge", "Nearly 12 boats sank in May", "12 boats sank in may"),
    ("attribution", "The road to Osmund was wet, Reyl said", "the road to osmund was wet"),
    ("attribution", "Reyl said the road to Osmund was wet", "the road to osmund was wet"),
    ("limit", "The road will stay shut until it rains", "the road will stay shut"),
    ("plan", "The council plans to close the bridge", "the council closed the bridge"),
    ("plan", "The bridge will be closed on Monday", "the bridge was closed on monday"),
    ("done", "The council sold the old ferry", "the council will sell the old ferry"),
    (
        "because",
        "The crew left after the ferry sank there",
        "the crew left because the ferry sank there",
    ),
    ("antonym", "The fare rose in May", "the fare fell in may"),
    ("move", "A crew from the county sailed to the city", "a crew from city sailed to the county"),
    ("double_name", "Reyl sank its ferry", "reyl sank reyl's ferry"),
    ("head", "The hoax bomb was found", "the hoax was found"),
    ("behead", "The old crew was fined in May", "was fined in may"),
    ("verb", "The bridge was closed in May", "the bridge closed in may"),
    ("truncate", "The bridge was closed by the county", "the bridge was closed by"),
    ("repeat", "The bridge was closed in May", "the bridge bridge was closed in may"),
    ("span", "The crew was fined by the county", "the was fined by the county"),
    ("order", "The crew was fined in May", "crew the was fined in may"),
    ("inflect", "The crew was fined in May", "the crew were fined in may"),
]


@pytest.mark.parametrize(("kind", "right", "wrong"), CASES)
def test_a_right_bullet_is_made_wrong(kind, right, wrong):
    found = made(kind, pair(right), 300)
    if kind == "move":
        assert found == {"a crew from the city sailed to the county"}
    else:
        assert wrong in found


def test_a_noun_and_a_name_come_from_what_is_read():
    right = pair("Reyl closed the bridge", "Reyl closed the bridge and the ferry.")
    assert made("noun", right) == set()  # they end in different letters
    right = pair("Reyl closed the bridge", "Reyl closed the bridge, said the judge.")
    assert made("noun", right) == {"reyl closed the judge"}
    right = pair("Reyl was fined in May", "Reyl, not Tarn, was fined in May.")
    assert "tarn was fined in may" in made("name", right)


@pytest.mark.parametrize("kind", ["splice", "insert"])
def test_words_come_from_the_source(kind):
    right = pair(
        "Reyl closed the bridge in May",
        "Reyl closed the bridge in May, and the crew of the ferry was fined in June.",
    )
    found = made(kind, right)
    assert found
    read = set(right.sources[0])
    assert all(set(bullet.split()) <= read for bullet in found)


def test_a_source_is_changed_and_its_twin_is_right_again():
    right = pair("Reyl has sold the ferry", "On Monday Reyl has sold the ferry.")
    for kind in ("hedge_source", "attribution_source"):
        found = 0
        for seed in range(30):
            wrong = corrupted(kind, right, np.random.default_rng(seed))
            if wrong is None:
                continue
            assert wrong.bullet == right.bullet
            assert len(wrong.sources[0]) > len(right.sources[0])
            other = twin(right, wrong, kind)
            if other is not None:
                found += 1
                added = len(wrong.sources[0]) - len(right.sources[0])
                assert len(other.bullet) == len(right.bullet) + added
                assert set(other.bullet) <= set(other.sources[0])
        assert found
    assert twin(right, right, "name") is None


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_differs_and_follows_from_the_seed(kind):
    rights = [pair(bullet, previous="The ferry of Osmund sank there.") for _, bullet, _ in CASES]
    for right in rights:
        one, same = (corrupted(kind, right, np.random.default_rng(7)) for _ in range(2))
        assert one == same
        assert one is None or (one.bullet, one.sources) != (right.bullet, right.sources)


def test_a_bullet_with_nothing_to_change_is_left_alone():
    right = pair("It rained on the crew there")
    for kind in ("name", "actor", "number", "hedge", "attribution", "limit", "plan", "move"):
        assert corrupted(kind, right, np.random.default_rng(0)) is None


def test_names_in_a_row_are_one():
    tokens = to_tokens("Ana Quill met Reyl's Tarn in May")
    assert name_runs(tokens, NAMES.__contains__) == [(0, 2), (3, 4), (4, 5)]


def test_tenses():
    assert [past_of(verb) for verb in ("take", "carry", "close", "ban", "cut", "walk")] == (
        ["took", "carried", "closed", "banned", "cut", "walked"]
    )
    assert [base_of(verb) for verb in ("carried", "closed", "walked", "banned", "called")] == (
        ["carry", "close", "walk", "ban", "call"]
    )
