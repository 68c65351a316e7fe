"""The block reads as readers know it, and no article text gets out of its place."""

import html
import html.parser
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from brief.datatypes import Code, Remark
from brief.output import block
from tests.fakes.summaries import summary_of

HOSTILE = [
    "<script>alert(1)</script> and <b>more</b>",
    "1. not a list [x](javascript:alert(1)) `code` *bold* # no heading",
    "\x1b[2J\x1b]0;title\x07 clears the screen",
    "left \u202egnol\u202c right",
    "- a dash\nand a line",
    "& &amp; \"quoted\" 'single'",
]


def test_text_is_the_block_that_readers_know():
    summary = summary_of("The bridge closes on 3 May.", "Ferries will run.")
    assert block.to_text(summary) == (
        "In a hurry? Here’s a quick summary…\n"
        "  • The bridge closes on 3 May.\n"
        "  • Ferries will run.\n"
    )


def test_markdown_is_a_heading_and_a_list():
    assert block.to_markdown(summary_of("The bridge closes.")) == (
        "**In a hurry? Here’s a quick summary…**\n\n- The bridge closes.\n"
    )


class Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text.append(data)


@given(st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1)))
def test_html_holds_no_tag_but_its_own(text):
    parser = Tags()
    parser.feed(block.to_html(summary_of(text)))
    assert parser.tags == ["aside", "p", "strong", "ul", "li"]
    assert block.printable(text) in " ".join("".join(parser.text).split())


@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_no_format_lets_a_control_character_or_a_line_break_through(text):
    summary = summary_of(text)
    for written in (block.to_text(summary), block.to_explanation(summary)):
        assert not set(written) & {"\x1b", "\x07", "\r", "\u202e", "\u2066", "\x00", "\x85"}
    assert block.to_text(summary).count("\n") == 2
    assert block.to_markdown(summary).count("\n") == 3


def test_markdown_escapes_what_would_be_markup():
    written = block.to_markdown(summary_of(HOSTILE[1], HOSTILE[0], "# one", "+ two", "7) three"))
    assert "- 1\\. not a list \\[x\\](javascript" in written
    assert "\\<script\\>" in written
    assert "- \\# one\n- \\+ two\n- 7\\) three\n" in written


def test_the_explanation_has_every_remark_on_a_bullet():
    summary = summary_of("Two came.")
    remarks = (Remark(Code.POOR, "the sentence is a\nquestion"), Remark(Code.MENDED, "by \x1b us"))
    bullet = replace(summary.bullets[0], remarks=remarks)
    written = block.to_explanation(replace(summary, bullets=(bullet,)))
    assert "   warning poor: the sentence is a question\n   warning mended: by us\n" in written


def test_explanation_names_sources_and_furniture():
    written = block.to_explanation(summary_of("The bridge closes.", "Ferries will run."))
    assert "from 0-18: The bridge closes." in written
    assert "2 sentences in 2 chunks, 2 of them written by fake" in written
    assert "dropped: 1 tail" in written
