from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest

from brief.config_rules import (
    INTEGER,
    PATH,
    TABLE,
    TEXT,
    TEXTS,
    URL,
    YES_OR_NO,
    Rule,
    arguments,
    check,
    check_table,
    list_of,
    number,
    one_of,
    read_toml,
    rules_by_type,
    rules_of,
    whole,
)
from brief.errors import InputError, ModelError, UsageError

Size = Literal["small", "large"]


@dataclass(frozen=True)
class Press:
    """A dataclass that is configured."""

    speed: Annotated[int, whole(1, 9)]
    size: Annotated[Size, one_of(Size)] = "small"
    sender: Annotated[str | None, TEXT, "from"] = None
    inks: Annotated[tuple[str, ...], TEXTS] = ()
    cache: Path | None = None


@dataclass(frozen=True)
class Part:
    """Plain data: every field is checked by its type."""

    press: Press
    name: str = ""
    share: float | None = None
    n: int = 0
    spare: bool = False
    tags: tuple[str, ...] = ()
    size: Size = "small"


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (TEXT, ["a", " a "], ["", " ", 1, None, ["a"]]),
        (TEXTS, [[], ["a", "b"]], ["a", ["a", ""], [1], ("a",)]),
        (YES_OR_NO, [True, False], ["yes", 1, 0]),
        (INTEGER, [-5, 0], [True, 1.0, "1"]),
        (PATH, ["a/b", Path("a")], ["", 1]),
        (URL, ["http://a", "https://a/b"], ["ftp://a", "a", 1]),
        (TABLE, [{}, {"a": 1}], [[], "a"]),
        (whole(1, 3), [1, 3], [0, 4, 2.0, True, "2"]),
        (number(0.5, 3), [0.5, 2, 3], [0, 3.1, float("nan"), float("inf"), True, "2"]),
        (one_of(Size), ["small", "large"], ["Small", "", [], None]),
        (list_of(TABLE, "tables"), [[], [{}]], [{}, [1]]),
    ],
)
def test_a_rule_accepts_what_it_says_and_nothing_else(rule: Rule, good, bad):
    assert [value for value in good if not rule.accepts(value)] == []
    assert [value for value in bad if rule.accepts(value)] == []


def test_every_refusal_names_place_key_what_is_allowed_and_the_value():
    with pytest.raises(UsageError) as caught:
        check(rules_of(Press), "speed", 1_000, "BRIEF_SPEED")
    assert caught.value.problem == "BRIEF_SPEED: speed must be a whole number from 1 to 9, not 1000"
    assert number(0.01, 3_600, "number of seconds").allowed == (
        "a number of seconds from 0.01 to 3,600"
    )


def test_an_unknown_key_names_the_nearest_in_the_error_that_the_caller_wants():
    with pytest.raises(ModelError) as caught:
        check_table(rules_of(Press), {"sped": 1}, "card.toml [a]", error=ModelError)
    assert str(caught.value).startswith(
        "card.toml [a]: unknown setting sped\n  did you mean speed? known: from, inks, size, speed"
    )


def test_only_fields_with_a_rule_are_settings_and_a_key_may_have_another_name():
    assert [*rules_of(Press)] == ["speed", "size", "from", "inks"]
    values = check_table(rules_of(Press), {"speed": 2, "from": "a", "inks": ["k"]}, "here")
    assert Press(**arguments(Press, values | {"other": 1})) == Press(2, sender="a", inks=("k",))


def test_plain_data_is_checked_by_type():
    rules = rules_by_type(Part)
    good: dict[str, Any] = {"press": Press(1), "name": "", "share": 1, "n": 3, "tags": ["a"]}
    assert Part(**check_table(rules, good, "here")).tags == ("a",)
    for name, value, allowed in (
        ("press", {}, "a table"),
        ("name", 1, "a text"),
        ("share", "1", "a number"),
        ("n", 1.5, "a whole number"),
        ("spare", 1, "true or false"),
        ("tags", "a", "a list of texts"),
        ("size", "huge", "one of small, large"),
    ):
        with pytest.raises(UsageError, match=f"here: {name} must be {allowed}, not"):
            check(rules, name, value, "here")


def test_a_required_key_and_a_table_that_is_none():
    with pytest.raises(UsageError, match="here: speed is missing\n  write speed = …"):
        check_table(rules_of(Press), {}, "here", required=["speed"])
    with pytest.raises(UsageError, match="here: must be a table, not 3"):
        check_table(rules_of(Press), 3, "here")


def test_paths_are_relative_to_the_base_and_a_conversion_may_refuse(tmp_path):
    assert check({"a": PATH}, "a", "b", "here", base=tmp_path) == tmp_path / "b"
    assert check({"a": PATH}, "a", str(tmp_path), "here", base=Path("/other")) == tmp_path
    assert check({"a": PATH}, "a", "~", "here", base=tmp_path) == Path.home()

    def refuse(_: str) -> None:
        raise InputError("no such zone", "name one")

    with pytest.raises(UsageError, match="here: no such zone\n  name one"):
        check({"a": Rule("a zone", TEXT.accepts, refuse)}, "a", "b", "here")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"[a", "not TOML"), (b"# \xe9", "not TOML"), (None, "cannot be read (No")],
)
def test_a_file_that_is_no_toml(tmp_path, content, said):
    path = tmp_path / "a.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        read_toml(path, "the card", error=ModelError)
    assert caught.value.problem.startswith(f"the card: {said}")
