"""Is a run of words a statement, and does it stand as news?"""

import pytest

from brief.guard.clauses import has_verb, is_verb, may_be_verb, weakness
from brief.text.strings import words


@pytest.mark.parametrize(
    "line",
    [
        "the bridge will close",
        "the crew that sold it was fined",
        "reyl sold the ferry",
        "the crew was told that the bridge would close",
        "an old bridge was closed by the crew",
        "quill said when the bridge would be closed",
    ],
)
def test_a_statement_has_a_verb_for_itself(line: str) -> None:
    assert has_verb(words(line))


@pytest.mark.parametrize(
    "line",
    [
        "the bridge over the river",
        "the crew that sold it",
        "the injured man",
        "a bridge closed by the crew",
        "after the bridge was closed",
        "four days after she was told that the jump would count",
    ],
)
def test_a_fragment_has_none(line: str) -> None:
    assert not has_verb(words(line))


def test_adjectives_and_numbers_in_ed_are_no_verbs() -> None:
    assert is_verb("closed")
    assert not any(map(is_verb, ["united", "hundred", "speed", "red", "plans"]))
    assert may_be_verb("plans")
    assert not may_be_verb("bridge")


WEAK = [
    ("asks a question", "Will the bridge close in May?"),
    ("asks a question", "“Will the bridge close?”"),
    ("quotes without its speaker", "“The bridge is closed.”"),
    ("quotes without its speaker", "“The bridge is closed,” he said."),
    ("speaks to its reader", "If you use the bridge, the fare is lower."),
    ("speaks to its reader", "Here are five bridges to cross."),
    ("speaks as its author", "I crossed the bridge in May."),
    ("speaks as its author", "The ferry took us to Osmund."),
    ("is no whole sentence", "When the bridge was closed by the crew."),
    ("is no whole sentence", "The bridge over the river in Osmund."),
    ("is no whole sentence", "The crew was told to stop Ms."),
    ("is no whole sentence", "Ana Quill | The bridge was closed."),
    ("is no whole sentence", "Hide Caption 3 of 12 Photos: The bridge was closed by Quill."),
]


@pytest.mark.parametrize(("why", "bullet"), WEAK)
def test_a_poor_bullet_says_why(why: str, bullet: str) -> None:
    assert weakness(bullet) == why


@pytest.mark.parametrize(
    "bullet",
    [
        "The bridge was closed in May.",
        "“We crossed it and you can too,” said Ana Quill.",
        "The U.S. crew left Osmund after World War I ended.",
        "Reyl expects a lower fare in May.",
        "Democrats call it a theory.",
        "When the bridge was closed, Reyl left.",
        "The crew didn't leave.",
    ],
)
def test_a_good_bullet_has_no_weakness(bullet: str) -> None:
    assert weakness(bullet) is None
