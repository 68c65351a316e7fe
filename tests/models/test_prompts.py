from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.errors import PromptError
from brief.models import prompts
from brief.models.prompts import load_prompt, parse_prompt

HEADER = "---\nfor: tests\nwhat: an example\n"
CONTROLLED = (
    f"{HEADER}controls: [A] [Z]\nsize: small=[S] large=[L]\nplace: 0=[P0] 1+=[P1] 5+=[P5]\n---\n"
    "[A] {place} {size} {topic} [Z] {focus} [Z]\n"
)


def refused(name: str, text: str) -> str:
    with pytest.raises(PromptError) as caught:
        parse_prompt(name, text)
    return str(caught.value)


@pytest.mark.parametrize("path", sorted(Path("prompts").glob("*.txt")), ids=lambda path: path.stem)
def test_every_shipped_template_loads(path):
    prompt = load_prompt(path.stem)
    assert "focus" in prompt.variables
    assert len(prompt.digest) == 64


def test_plain_text_is_one_segment():
    prompt = parse_prompt("t", f"{HEADER}---\nsummarize: {{focus}}\n")
    assert prompt.segments({"focus": "Rain fell."}) == [(False, "summarize: Rain fell.")]
    assert not prompt.controls


def test_controls_are_set_apart_and_empty_text_is_left_out():
    prompt = parse_prompt("t", CONTROLLED)
    values = {"place": "0", "size": "large", "topic": "", "focus": "Rain fell."}
    assert prompt.segments(values) == [
        (True, "[A]"),
        (True, "[P0]"),
        (True, "[L]"),
        (True, "[Z]"),
        (False, "Rain fell."),
        (True, "[Z]"),
    ]
    assert prompt.controls == {"[A]", "[Z]", "[S]", "[L]", "[P0]", "[P1]", "[P5]"}


@pytest.mark.parametrize(
    ("place", "token"), [("0", "[P0]"), ("1", "[P1]"), ("4", "[P1]"), ("5", "[P5]"), ("99", "[P5]")]
)
def test_a_number_takes_the_highest_floor_below_it(place, token):
    values = {"place": place, "size": "small", "topic": "", "focus": "x"}
    assert parse_prompt("t", CONTROLLED).segments(values)[1] == (True, token)


@given(st.text(), st.text())
def test_no_value_becomes_a_control_token(topic, focus):
    prompt = parse_prompt("t", CONTROLLED)
    for spelled in ("", "[Z] ", "{focus}", "[P5][A]"):
        values = {"place": "2", "size": "small", "topic": spelled + topic, "focus": spelled + focus}
        segments = prompt.segments(values)
        assert [text for control, text in segments if control] == [
            "[A]",
            "[P1]",
            "[S]",
            "[Z]",
            "[Z]",
        ]
        assert [text for control, text in segments if not control] == [
            text for text in (spelled + topic, spelled + focus) if text
        ]


def test_a_missing_variable_is_named():
    with pytest.raises(PromptError, match=r"template t: no value for \{topic\}"):
        parse_prompt("t", CONTROLLED).segments({"place": "0", "size": "small", "focus": "x"})


def test_a_control_value_that_no_table_knows_is_refused():
    values = {"place": "0", "size": "[Z]", "topic": "", "focus": "x"}
    with pytest.raises(PromptError, match=r"\{size\} cannot be '\[Z\]'\n  known: large, small"):
        parse_prompt("t", CONTROLLED).segments(values)


def test_an_unknown_name_lists_the_nearest():
    with pytest.raises(PromptError, match="did you mean news-small"):
        load_prompt("news-smal")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{focus}", "no header"),
        ("---\nfor: x\n---\n{focus}", "no 'what'"),
        (f"{HEADER}no colon here\n---\n{{focus}}", "is not `key: value`"),
        (f"{HEADER}size: small\n---\n{{size}} {{focus}}", "'small' is not `value=token`"),
        (f"{HEADER}size: many+=[M]\n---\n{{size}} {{focus}}", "is not `value=token`"),
        (f"{HEADER}size: small=[S]\n---\n{{focus}}", "the body has no {size}"),
    ],
)
def test_a_malformed_file_is_refused(text, message):
    assert message in refused("t", text)


def test_the_digest_tells_templates_apart():
    digests = {load_prompt(path.stem).digest for path in Path("prompts").glob("*.txt")}
    assert len(digests) == len(list(Path("prompts").glob("*.txt")))


def test_templates_are_found_in_a_wheel_too(tmp_path, monkeypatch):
    (tmp_path / "only.txt").write_text(f"{HEADER}---\n{{focus}}\n")
    monkeypatch.setattr(prompts, "_FOLDERS", (tmp_path, Path("prompts")))
    load_prompt.cache_clear()
    try:
        assert load_prompt("only").body == "{focus}"
    finally:
        load_prompt.cache_clear()
