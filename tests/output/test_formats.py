"""The formats of a run: pieces that join to one whole, in the order of the outcomes."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brief.errors import InputError
from brief.ingest.article import Cleaned
from brief.output.block import HEADING
from brief.output.formats import render, render_cleaned
from brief.pipeline.summarizer import Outcome
from brief.records import to_clean_record
from tests.fakes.summaries import summary_of

BRIDGE = summary_of("The bridge closes.", "Ferries will run.", id="a.txt", headline="Bridge")
LIBRARY = summary_of("The library stays open.", id="b.txt")
FAILED = InputError("c.txt: no such file", "did you mean a.txt?")
FORMATS = ("text", "markdown", "json", "jsonl", "html")


def outcome(result, id_=None, timings=None):
    id_ = id_ or getattr(getattr(result, "article", None), "id", "c.txt")
    return Outcome(id_, result, "fake", "0123", timings or {"total_s": 0.5})


def rendered(*results, format_, **options):
    return "".join(render(map(outcome, results), format_, **options))


def test_text_is_the_block_as_readers_know_it():
    assert rendered(BRIDGE, format_="text") == (
        f"{HEADING}\n  • The bridge closes.\n  • Ferries will run.\n"
    )


def test_several_blocks_stand_under_their_headlines_else_ids():
    assert rendered(BRIDGE, FAILED, LIBRARY, format_="text") == (
        f"Bridge\n{HEADING}\n  • The bridge closes.\n  • Ferries will run.\n"
        f"\nb.txt\n{HEADING}\n  • The library stays open.\n"
    )
    assert "## Bridge\n\n" in rendered(BRIDGE, LIBRARY, format_="markdown")
    assert "<h2>b.txt</h2>\n" in rendered(BRIDGE, LIBRARY, format_="html")


def test_a_lone_success_among_failures_needs_no_title():
    assert rendered(FAILED, LIBRARY, format_="text").startswith(HEADING)


def test_json_is_one_object_for_one_input_and_an_array_for_several():
    assert json.loads(rendered(BRIDGE, format_="json"))["id"] == "a.txt"
    three = json.loads(rendered(BRIDGE, FAILED, LIBRARY, format_="json"))
    assert [row["id"] for row in three] == ["a.txt", "c.txt", "b.txt"]
    assert json.loads(rendered(format_="json")) == []


def test_jsonl_is_one_object_a_line_and_a_failure_a_row():
    first, second = rendered(BRIDGE, FAILED, format_="jsonl").splitlines()
    assert json.loads(first) == json.loads(rendered(BRIDGE, format_="json"))
    assert json.loads(second)["error"] == {
        "problem": "c.txt: no such file",
        "remedy": "did you mean a.txt?",
    }
    assert json.loads(second)["bullets"] == []
    assert set(json.loads(first)) == set(json.loads(second))


@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_the_id_is_the_input_s_own_even_when_the_summary_was_stored_under_another(format_):
    text = "".join(render([outcome(BRIDGE, "copy.txt")], format_))
    assert json.loads(text)["id"] == "copy.txt"


@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_seconds_are_told_only_when_asked_for(format_):
    assert "timings" not in json.loads(rendered(BRIDGE, format_=format_))
    told = json.loads(rendered(BRIDGE, format_=format_, timings=True))
    assert told["timings"] == {"total_s": 0.5}


@pytest.mark.parametrize("format_", FORMATS)
def test_pieces_come_as_the_outcomes_do(format_):
    taken = []

    def outcomes():
        for number in range(10):
            taken.append(number)
            yield outcome(BRIDGE)

    next(render(outcomes(), format_))
    assert len(taken) <= 2


def test_an_explanation_names_sources_and_what_was_dropped():
    text = rendered(BRIDGE, format_="text", explain=True)
    assert "from 0-18: The bridge closes." in text
    assert "dropped: 1 tail" in text
    assert "signature 0123" in text
    assert text.startswith(rendered(BRIDGE, format_="text"))


@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_json_holds_the_explanation_anyway(format_):
    assert rendered(BRIDGE, format_=format_, explain=True) == rendered(BRIDGE, format_=format_)


HOSTILE = st.text(
    st.sampled_from("ab<>&\"'`~*_[]()#|\\!-. \n\t\x1b\x07\u202e\u2066\x00"), min_size=1
)


@given(HOSTILE, HOSTILE)
@settings(max_examples=60)
def test_no_article_steers_a_terminal_or_breaks_out_of_its_place(said, headline):
    summary = summary_of(f"<script>{said}", id="a", headline=headline)
    for format_ in ("text", "markdown", "html"):
        text = rendered(summary, LIBRARY, format_=format_, explain=True)
        assert not set(text) & set("\x1b\x07\u202e\u2066\x00\t")
        if format_ == "html":
            plain = rendered(LIBRARY, LIBRARY, format_=format_, explain=True)
            assert re.findall("<[^>]*>", text) == re.findall("<[^>]*>", plain)
        if format_ == "markdown":
            fences = [
                line for line in text.splitlines() if line.lstrip(" ").startswith(("```", "~~~"))
            ]
            assert fences == ["```text", "```"] * 2
    for format_ in ("json", "jsonl"):
        text = rendered(summary, format_=format_)
        assert json.loads(text)["bullets"][0]["text"] == f"<script>{said}"
        assert "\x1b" not in text


def test_cleaned_lines_are_tab_separated():
    text = "".join(render_cleaned([Cleaned("b.txt", LIBRARY.article)], "text"))
    assert text == (
        "body\tThe library stays open.\tas the test says\ntail\tComments\tas the test says\n"
    )


def test_several_cleaned_articles_stand_under_their_ids():
    cleaned = [
        Cleaned("a.txt", BRIDGE.article),
        Cleaned("c.txt", FAILED),
        Cleaned("b.txt", LIBRARY.article),
    ]
    text = "".join(render_cleaned(cleaned, "text", lambda article: f"<{article.id}>\n"))
    assert text == "a.txt\n<a.txt>\n\nb.txt\n<b.txt>\n"


def test_cleaned_json_is_an_object_or_an_array_and_keeps_failures():
    one = json.loads("".join(render_cleaned([Cleaned("b.txt", LIBRARY.article)], "json")))
    assert one == to_clean_record(LIBRARY.article)
    cleaned = [Cleaned("c.txt", FAILED), Cleaned("b.txt", LIBRARY.article)]
    failed, kept = json.loads("".join(render_cleaned(cleaned, "json")))
    assert kept == one
    assert failed["id"] == "c.txt"
    assert failed["error"]["problem"] == "c.txt: no such file"
    assert set(failed) == set(kept)
