"""Pronouns that an earlier sentence explains -> names, where that is certain."""

import pytest

from brief.guard.coreference import resolve, unexplained

BODY = (
    "Mr Tomas Reyl runs the ferries. Ana Quill said the bridge was unsafe. Dr Bo Tarn, 40, warned"
    " Osmund. Mrs Cy Vell resigned."
)


@pytest.mark.parametrize(
    ("bullet", "before", "resolved", "name"),
    [
        (
            "She resigned in May.",
            "Ana Quill said the bridge was unsafe.",
            "Ana Quill resigned in May.",
            "Ana Quill",
        ),
        (
            "He called for help.",
            "Reyl praised the crew of Osmund.",
            "Reyl called for help.",
            "Reyl",
        ),
        (
            "Her crew left in May.",
            "Ana Quill left the hall.",
            "Ana Quill's crew left in May.",
            "Ana Quill",
        ),
        (
            "“The bridge is unsafe,” she said.",
            "The hall was full when Ana Quill spoke.",
            "“The bridge is unsafe,” Ana Quill said.",
            "Ana Quill",
        ),
    ],
)
def test_one_person_before_is_who_is_meant(
    bullet: str, before: str, resolved: str, name: str
) -> None:
    assert resolve(bullet, [before], BODY) == (resolved, name)


@pytest.mark.parametrize(
    ("why", "bullet", "context"),
    [
        ("no pronoun", "Quill resigned in May.", ["Ana Quill said so."]),
        ("nobody before", "She resigned in May.", ["The hall was full."]),
        ("no context", "She resigned in May.", []),
        ("two people", "He left.", ["Tomas Reyl met Bo Tarn."]),
        ("perhaps two people", "He left.", ["Tomas Reyl met Dan Uhl."]),
        ("no known person", "He left.", ["Quillhaven was flooded."]),
        ("a place", "He left.", ["The bridge in Osmund was unsafe."]),
        ("a contraction", "He's left.", ["Tomas Reyl was told."]),
        ("several persons", "They left.", ["Tomas Reyl was told."]),
        ("a man's title", "She left the hall.", ["Tomas Reyl was told."]),
        ("a woman's title", "He left the hall.", ["Cy Vell was told."]),
        ("a speaker who is named", "“It is over,” Quill said.", ["Tomas Reyl was told."]),
    ],
)
def test_whatever_is_not_certain_stays(why: str, bullet: str, context: list[str]) -> None:
    assert resolve(bullet, context, BODY) is None, why


def test_the_nearest_sentence_with_a_name_decides() -> None:
    context = ["The hall was full.", "Ana Quill spoke.", "Bo Tarn spoke."]
    assert resolve("She resigned in May.", context, BODY) == (
        "Ana Quill resigned in May.",
        "Ana Quill",
    )
    assert resolve("She resigned in May.", ["Osmund was full.", "Ana Quill spoke."], BODY) is None


def test_a_name_in_s_and_curly_apostrophes() -> None:
    body = "James Ellis’ crew left. “No,” said James Ellis."
    assert resolve("His crew left.", ["James Ellis spoke."], body) == (
        "James Ellis’ crew left.",
        "James Ellis",
    )


@pytest.mark.parametrize(
    ("sentence", "pronoun"),
    [
        ("He left.", "He"),
        ("“It is over,” he said.", "he"),
        ("“The road is wet,” she says.", "she"),
        ("The road is wet, he said.", "he"),
        ("On Monday Ana Quill left the hall, she said.", None),
        ("The bridge is closed, Reyl said.", None),
        ("It is unclear whether the bridge will close.", None),
    ],
)
def test_what_only_an_earlier_sentence_explains(sentence: str, pronoun: str | None) -> None:
    assert unexplained(sentence) == pronoun
