"""The nouns: frozen, comparable, and the article knows which of its lines are body."""

from dataclasses import FrozenInstanceError

import pytest

from brief.datatypes import BODY_LABELS, Chunk, Label, Sentence
from tests.fakes.summaries import article_of, summary_of

ARTICLE = article_of(
    (Label.HEADLINE, "Bridge to close"),
    (Label.STANDFIRST, "Ferries will run instead."),
    (Label.CAPTION, "The bridge in 2019"),
    (Label.SUBHEAD, "Detours"),
    (Label.BODY, "The bridge closes in May."),
    (Label.TAIL, "Comments"),
)


def test_body_and_dropped_share_the_lines_in_order():
    assert [line.label for line in ARTICLE.body] == [Label.STANDFIRST, Label.SUBHEAD, Label.BODY]
    assert [line.label for line in ARTICLE.dropped] == [Label.HEADLINE, Label.CAPTION, Label.TAIL]
    assert sorted((*ARTICLE.body, *ARTICLE.dropped), key=lambda line: line.start) == [
        *ARTICLE.lines
    ]


def test_offsets_are_those_of_the_text():
    assert all(ARTICLE.text[line.start : line.end] == line.text for line in ARTICLE.lines)


@pytest.mark.parametrize("label", Label)
def test_only_running_text_is_body(label):
    in_body = bool(article_of((label, "x")).body)
    assert in_body == (label.value in {"standfirst", "subhead", "body"}) == (label in BODY_LABELS)


def test_a_chunk_reads_as_its_sentences():
    first, second = Sentence("One.", 0, 4, 0), Sentence("Two.", 5, 9, 1)
    assert Chunk((first, second)).text == "One. Two."


@pytest.mark.parametrize(
    ("noun", "field"),
    [
        (ARTICLE, "text"),
        (ARTICLE.lines[0], "label"),
        (summary_of("The bridge closes."), "bullets"),
        (summary_of("The bridge closes.").bullets[0], "text"),
        (summary_of("The bridge closes.").chunks[0], "topic"),
    ],
)
def test_nouns_are_frozen(noun, field):
    with pytest.raises(FrozenInstanceError):
        setattr(noun, field, "other")
