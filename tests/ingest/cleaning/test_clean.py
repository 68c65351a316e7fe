import textwrap
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from brief.datatypes import BODY_LABELS, Code, Label
from brief.errors import EmptyInputError
from brief.ingest.cleaning.clean import clean, require_body
from tests.paths import DATA

PAGES = sorted((DATA / "pages").glob("*.txt"))
SENTENCE = "The council said on Tuesday that the old bridge would stay closed until spring. "


LONG_LEAD = (
    "For a town that has one road, one pier and one bridge, and that lost the last of the three in a "
    "single night, there may be no harder question than who pays for it, said the mayor"
)


def labelled(path):
    """A fixture's text and its expected (label, line) pairs; a row is `label|line`."""
    rows = [row.split("|", 1) for row in path.read_text(encoding="utf-8").splitlines()]
    return "".join(f"{line}\n" for _, line in rows), [
        (name, line) for name, line in rows if name != "blank"
    ]


def labels_of(article):
    return [
        (str(line.label), line.text.rstrip("\n")) for line in article.lines if line.label != "blank"
    ]


def body_of(article):
    return [line.text.strip() for line in article.body]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_line_of_a_page_gets_its_label(path):
    text, expected = labelled(path)
    assert labels_of(clean(text, id=path.stem)) == expected


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_reference_bullets_never_are_body(path):
    article = clean(labelled(path)[0], id=path.stem)
    n_marked = sum(line.label is Label.REFERENCE_BULLET for line in article.lines)
    assert len(article.reference_bullets) == n_marked
    assert not set(article.reference_bullets) & set(body_of(article))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_labels_do_not_hang_on_the_indentation_of_blank_lines_or_the_kind_of_break(path):
    text, expected = labelled(path)
    assert labels_of(clean(text.replace("\n", "\r\n"), id="crlf")) == [
        (name, f"{line}\r") for name, line in expected
    ]
    assert labels_of(clean(text.replace("\n\n", "\n \t\n"), id="blanks")) == expected


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_line_has_a_reason(path):
    assert all(line.reason for line in clean(labelled(path)[0], id=path.stem).lines)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(
                ["Read more", "Key points", "• One bullet of a few words", "By Ada Moran", SENTENCE]
            ),
            st.sampled_from(
                ["\n", "\r\n", "\r", "\n\n \n", "\u2028", "\x0b", "\x0c", "\ufeff", "\u200b"]
            ),
        ),
        max_size=30,
    ).map("".join)
)
@example("a\r\n\r\n\rb")
@example("\n\n  x")
def test_lines_tile_the_text(text):
    try:
        article = clean(text, id="any")
    except EmptyInputError:
        assert (
            not text.strip().strip("\u200b\u200c\u200d\u2060\ufeff\u00ad").strip() or text.isspace()
        )
        return
    assert "".join(line.text for line in article.lines) == text
    assert all(text[line.start : line.end] == line.text for line in article.lines)
    kinds = [line.label is Label.BLANK for line in article.lines]
    assert not any(one and two for one, two in pairwise(kinds))
    assert len(article.body) + len(article.dropped) == len(article.lines)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                ["harbor", "council", "Moran", "twelve", "closed", "the", "again", "rain"]
            ),
            min_size=9,
            max_size=40,
        ).map(lambda words: " ".join(words).capitalize() + "."),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(["\n", "\n\n", "\r\n", " "]),
)
def test_nothing_of_a_plain_article_is_thrown_away(paragraphs, break_):
    text = break_.join(paragraphs)
    assert "".join(line.text for line in clean(text, id="plain").body).split() == text.split()


@pytest.mark.parametrize(
    "text",
    [
        "Rain fell all night.",
        "Rain fell all night. Nobody minded.",
        "the council voted on monday to close the library",
        "council votes .",
        "rain delays play at harbor cup",
        SENTENCE * 40,
        (
            "the river rose by two meters , officials said . `` we are safe , '' said one . " * 20
        ).strip(),
        " ".join(["word"] * 3000),
    ],
)
def test_a_text_of_one_line_is_body(text):
    article = clean(text, id="row")
    assert body_of(article) == [text.strip()]
    assert article.remarks == ()


def test_a_hard_wrapped_paragraph_is_one_paragraph():
    text = (
        "The council of the harbor town said on Tuesday that the old bridge\n"
        "would stay closed until spring, because repairs would cost more than\n"
        "Mayor Ilves had planned and because no company could be found that\n"
        "would mend it before winter.\n\n"
        "Ferries will run twice an hour instead, from six in the morning to\n"
        "midnight, and school children travel free.\n"
    )
    article = clean(text, id="mail")
    assert "".join(line.text for line in article.lines) == text
    assert [line.text.split()[:2] for line in article.body] == [
        ["The", "council"],
        ["Ferries", "will"],
    ]
    assert all(line.label is Label.BODY for line in article.body)


def test_paragraphs_that_use_the_words_of_furniture_stay():
    paragraphs = [
        "The company said that subscribers who sign up for its newsletter would get the report first.",
        "Copyright law is changing faster than courts can follow, three judges wrote in an open letter.",
        "This report was published by the ministry after a year of delay, and its authors are angry.",
        "Something went wrong with the second stage of the rocket, the agency said on Sunday evening.",
        "A photo of the mayor asleep in a boat was shared by thousands and led to calls to resign.",
        "Ottergram uses cookies to track its users, the court found after four years of hearings.",
        "By Friday the water had fallen far enough for the first families to return to their homes.",
        "The post office said that it would follow the court's advice and print new stamps.",
    ]
    article = clean(
        "Court, mayor and post office in one story\n\n" + "\n\n".join(paragraphs), id="hard"
    )
    assert body_of(article) == paragraphs


def test_short_sentences_and_quotations_are_body():
    lines = [
        SENTENCE.strip(),
        '"We are not going," she said.',
        "Nobody moved.",
        "“Never!”",
        SENTENCE.strip() + " It is old.",
    ]
    assert body_of(clean("\n".join(lines), id="quotes")) == lines


def test_list_items_that_the_article_announces_are_body():
    lines = [
        SENTENCE.strip(),
        "Three things will change:",
        "- Ferries run at night",
        "- Trams stop at ten",
        SENTENCE.strip() + " So it is.",
    ]
    assert body_of(clean("\n".join(lines), id="list")) == lines


@pytest.mark.parametrize(
    "heading",
    [
        "TL;DR",
        "Story highlights",
        "KEY POINTS:",
        "Here's a quick summary",
        "Highlights",
        "The short version",
    ],
)
@pytest.mark.parametrize("glyph", ["• ", "- ", "* ", "– ", "•", "✓ "])
def test_summary_headings_and_glyphs(heading, glyph):
    bullets = ["The old bridge stays closed until spring", "Ferries will run twice an hour instead"]
    text = "\n".join(
        [
            "Bridge stays closed",
            heading,
            *(glyph + bullet for bullet in bullets),
            "",
            SENTENCE,
            SENTENCE,
        ]
    )
    article = clean(text, id="summary")
    assert article.reference_bullets == tuple(bullets)
    assert len(article.body) == 2


def test_a_summary_in_one_line_with_its_heading():
    article = clean(
        f"Bridge stays closed\nTL;DR: The old bridge stays closed until spring.\n{SENTENCE}\n{SENTENCE}",
        id="x",
    )
    assert article.reference_bullets == ("The old bridge stays closed until spring.",)
    assert len(article.body) == 2


REPORT = """Bridge stays closed

Nobody crosses the valley quickly this winter, and few complain about the ferries.

{block}

The old bridge over the Osmund will stay closed until the spring, engineers said on Monday.

Fourteen of its beams were cracked, and the county has ordered new ones from a foundry abroad.

Ferries run every twenty minutes until the bridge opens, at no charge for residents of the valley.
"""
SAID_AGAIN = [
    "The old bridge over the Osmund will stay closed until the spring.",
    "Fourteen beams were cracked, and new ones have been ordered.",
    "Ferries run every twenty minutes at no charge for residents.",
]


@pytest.mark.parametrize("glyph", ["* ", "• ", "– ", "» ", "> "])
def test_bullets_that_the_article_says_again_are_a_summary_below_any_heading(glyph):
    block = "Six of one, in other words:\n" + "\n".join(glyph + line for line in SAID_AGAIN)
    article = clean(REPORT.format(block=block), id="x")
    assert article.reference_bullets == tuple(SAID_AGAIN)
    assert len(article.body) == 4


def test_bullets_that_only_the_list_says_are_the_article():
    listed = ["Bring a lamp, boots and a blanket to the hall.", "Dogs wait outside with a helper."]
    block = "What visitors bring\n" + "\n".join(f"* {line}" for line in listed)
    article = clean(REPORT.format(block=block), id="x")
    assert article.reference_bullets == ()


def test_plain_lines_below_a_subhead_are_a_summary_when_the_article_says_them_again():
    block = "What we know so far\n\n" + "\n\n".join(SAID_AGAIN)
    article = clean(REPORT.format(block=block), id="x")
    assert article.reference_bullets == tuple(SAID_AGAIN)


@pytest.mark.parametrize("heading", ["Why it matters", "What to know", "The bottom line"])
def test_a_subhead_that_may_head_a_summary_needs_bullets(heading):
    article = clean(f"{SENTENCE}\n\n{heading}\n\n{SENTENCE}\n\n{SENTENCE}", id="x")
    assert article.reference_bullets == ()
    assert [line.label for line in article.body] == [
        Label.BODY,
        Label.SUBHEAD,
        Label.BODY,
        Label.BODY,
    ]


def test_a_headline_given_from_outside_finds_its_line_and_is_kept_without_one():
    text = f"Some other line\nOld bridge stays closed\nA third line\n\n{SENTENCE}\n{SENTENCE}"
    found = clean(text, id="x", headline="Old bridge stays closed | Harbor Herald")
    assert [line.text for line in found.lines if line.label is Label.HEADLINE] == [
        "Old bridge stays closed\n"
    ]
    assert found.headline == "Old bridge stays closed | Harbor Herald"
    assert clean(SENTENCE, id="x", headline="Not in the text").headline == "Not in the text"


def test_what_is_given_from_outside_goes_before_what_the_page_says():
    text = f"Old bridge stays closed\nBy Ada Moran\n3 May 2031\n{SENTENCE}\n{SENTENCE}"
    assert (clean(text, id="x").byline, clean(text, id="x").published) == (
        "Ada Moran",
        "2031-05-03",
    )
    given_ = clean(
        text, id="x", byline="B. Ode", published="2030-01-01", url="https://example.org/a"
    )
    assert (given_.byline, given_.published, given_.url) == (
        "B. Ode",
        "2030-01-01",
        "https://example.org/a",
    )


def test_an_embedded_post_is_not_body():
    post = "Bridge stays shut!! ferries for all #harbor\n\n— Marta Ilves (@mayor) May 3, 2031"
    text = f"{SENTENCE}\n\nThe mayor wrote:\n\n{post}\n\n{SENTENCE}\n\n{SENTENCE}"
    assert body_of(clean(text, id="x")) == [
        SENTENCE.strip(),
        "The mayor wrote:",
        SENTENCE.strip(),
        SENTENCE.strip(),
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [("paywall_stub", "paywall stub"), ("consent", "consent page"), ("live_blog", "live blog")],
)
def test_incomplete_pages_say_so(name, words):
    path = next(path for path in PAGES if path.stem == name)
    (remark,) = clean(labelled(path)[0], id=name).remarks
    assert remark.code is Code.INCOMPLETE_TEXT
    assert words in remark.text


def test_complete_pages_say_nothing():
    for path in PAGES:
        if path.stem not in {"paywall_stub", "consent", "live_blog"}:
            assert clean(labelled(path)[0], id=path.stem).remarks == ()


@pytest.mark.parametrize("text", ["", " \n\t\r\n ", "\ufeff\u200b\n"])
def test_an_empty_text_is_refused_by_name(text):
    with pytest.raises(EmptyInputError, match=r"notes\.txt"):
        clean(text, id="notes.txt")


@pytest.mark.parametrize(
    "text",
    ["* Home\n* News\n* Sport\nSearch\nLog in\nPrivacy policy\n", "word\n" * 10_000, "***\n---\n"],
)
def test_furniture_alone_keeps_its_lines_but_has_no_body(text):
    article = clean(text, id="menu.txt")
    assert not article.body
    with pytest.raises(EmptyInputError, match=r"menu.txt: .*\d+ navigation"):
        require_body(article)


def test_an_article_with_a_body_is_returned_as_it_is():
    article = clean(SENTENCE, id="x")
    assert require_body(article) is article


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE * 60_000,
        f"{SENTENCE}\n\n" * 8_000,
        "a" * 5_000_000,
        "A Title Without Any End That Could Head It\n" * 10_000 + SENTENCE,
        "Key points\n" * 10_000 + SENTENCE,
        ("a-" * 299 + "\n") * 1_000,
        "(photo (photo (photo\n" * 10_000,
        " " * 3_000_000 + "x",
    ],
    ids=[
        "one line",
        "paragraphs",
        "no space",
        "titles",
        "headings",
        "hyphens",
        "parentheses",
        "spaces",
    ],
)
def test_a_large_text_of_any_shape_ends(text):
    # Nothing is timed here (benchmarks are); anything quadratic would take hours.
    article = clean(text, id="big")
    assert "".join(line.text for line in article.lines) == text


def test_body_is_standfirst_subheads_and_paragraphs():
    assert {Label.STANDFIRST, Label.SUBHEAD, Label.BODY} == BODY_LABELS


def test_a_text_without_furniture_keeps_titles_results_and_lists_in_its_middle():
    lines = [
        "Harbor to close its bridge",
        SENTENCE.strip(),
        "Why the bridge of Port Calder has to stay closed, and what it means for you",
        "Nobody wants to pay for it.",
        "Rowing results",
        "Calder 3-1 Anstrand",
        "1. Ruta Fenn (Brel) 7:41",
        "2. Abena Holt (Calder) 7:43",
    ]
    article = clean("\n".join(lines), id="row")
    assert article.headline == lines[0]
    assert body_of(article)[:5] == lines[1:6]
    assert len(article.body) == 7


@pytest.mark.parametrize(
    # Without empty lines, a paragraph whose last line is full runs into the next one.
    ("width", "gap"),
    [(60, "\n\n"), (80, "\n\n"), (100, "\n\n"), (80, "\n")],
)
@pytest.mark.parametrize("indent", ["", "   "])
def test_a_page_wrapped_by_a_machine_has_the_same_body(width, indent, gap):
    text, _ = labelled(next(path for path in PAGES if path.stem == "marks_and_players"))
    lines = [line for line in text.splitlines() if line.strip()]
    wrapped = gap.join(
        textwrap.fill(line, width, initial_indent=indent, subsequent_indent=indent)
        for line in lines
    )
    body = [" ".join(line.split()) for line in body_of(clean(wrapped, id="dump"))]
    assert body == body_of(clean(text, id="page"))


def test_a_page_with_long_lines_is_not_wrapped():
    lines = [
        f"{name} lives on the island and keeps {count} boats"
        for count, name in enumerate(
            ["Ada Moran", "Ben Okoro", "Cy Ude", "Dora Vale", "Eva Roe", "Finn Holm", "Gus Lind"]
        )
    ]
    assert [line.text.strip() for line in clean("\n".join(lines), id="list").lines] == lines


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ines Calder, transport reporter · Tuesday, 4 March 2031 · 6:15pm", "Ines Calder"),
        (
            "Ines Calder & Tom Vale, 10:05, 13 Jan 2031 (updated 12 minutes ago)",
            "Ines Calder & Tom Vale",
        ),
        ("By correspondent Ines Calder, Port Ellery | Aug 4, 2031", "Ines Calder, Port Ellery"),
        ("14/05/2031 · by Ines Calder · Port Ellery", "Ines Calder"),
        ("from Ines Calder — Sunday, 15th November, 2031", "Ines Calder"),
        ("Staff writer: Ines Calder", "Ines Calder"),
        ("Ines Calder icalder@herald.example", "Ines Calder"),
        ("Ines Calder, Political correspondent", "Ines Calder"),
    ],
)
def test_signatures(line, name):
    text = f"Pilots vote to strike on the sound\n{line}\n" + SENTENCE * 3 + "\n" + SENTENCE * 2
    article = clean(text, id="signed")
    assert article.byline == name
    assert line not in body_of(article)
    assert article.headline == "Pilots vote to strike on the sound"


@pytest.mark.parametrize(
    "line",
    [
        "[Video player is loading. This is a modal window.]",
        "{{Advertisement}}",
        "ADVERT — CONTINUE READING BELOW",
        "Advert • Continue reading below • Advert",
        "Hide Caption 3 of 19",
        "Current Time 0:00 / Duration 2:36",
        "⏩ ALSO ON AIR: Doctor's advice for the dusty season",
        "CORRECTION: A previous version of this article misstated the number of boats as 94.",
        "An earlier report on this website said that the tender was worth 83 million.",
        "Have you got footage? WhatsApp the newsroom.",
        "You have 2 free articles left this month.",
        "[harbor-night]The night boat leaves its berth on the island side.",
        "#1 Pilots vote to strike on the sound #2 Seals are back #3 No bridge this year",
    ],
)
def test_furniture_among_paragraphs_is_not_body(line):
    text = f"{SENTENCE * 2}\n{SENTENCE * 3}\n{line}\n{SENTENCE * 2}\nRead more\n"
    assert body_of(clean(text, id="page")) == [(SENTENCE * n).strip() for n in (2, 3, 2)]


@pytest.mark.parametrize(
    "line",
    [
        "An earlier version of the bill passed the lower house in June, but the upper house let it lapse.",
        "Have you ever seen a bridge close for a year? Nobody in the harbor town had, until the spring.",
        "[The] council was told in May, the report says, and it did nothing about the bridge for a year.",
        "The newsletter of the harbor council went to 9,000 homes, with a map of the closed roads in it.",
        "Ada Moran is a pilot who has steered the last boat over the sound for more than nineteen years.",
    ],
)
def test_paragraphs_that_open_like_furniture_are_body(line):
    text = f"{SENTENCE * 2}\n{SENTENCE * 3}\n{line}\n{SENTENCE * 2}\nRead more\n"
    assert line in body_of(clean(text, id="page"))


@pytest.mark.parametrize(
    "kicker",
    [
        "FERRY CUP SECOND ROUND",
        "Companies • Harbor Watch",
        "Port Ellery 1 Hillside Rovers 0",
        "Breaking: council votes to close the old bridge",
    ],
)
def test_a_line_above_the_headline_is_not_taken_for_it(kicker):
    headline = "Council keeps the old harbor bridge closed until the spring"
    text = f"{kicker}\n{headline}\nBy Ada Moran\n3 May 2031\n{SENTENCE * 2}\n{SENTENCE * 3}\nRead more\n"
    assert clean(text, id="page").headline == headline


def test_an_article_copied_twice_loses_nothing():
    paragraphs = [
        f"Paragraph {n} tells what the council said of bridge {n} in the spring." for n in range(8)
    ]
    text = "\n".join([*paragraphs, *paragraphs, "Read more"])
    assert body_of(clean(text, id="twice")) == paragraphs * 2


@pytest.mark.parametrize(
    "lead",
    [
        "The bridge is closed for good.",
        LONG_LEAD,
        f"{LONG_LEAD}.",
    ],
)
@pytest.mark.parametrize("tail", ["", "Read more\n"])
def test_a_plain_article_keeps_its_first_line(lead, tail):
    text = "\n".join([lead, *(SENTENCE * n for n in range(2, 7)), tail])
    assert body_of(clean(text, id="plain"))[0] == lead


def test_a_gallery_in_one_line_is_no_paragraph():
    shown = "Hide Caption 1 of 9 Photos: The flood in Ostwick The mayor wades home. "
    page = (
        "Ostwick counts its losses\n\nThe river fell by a metre overnight, and people came back to "
        "find their kitchens full of silt, the fire service said.\n"
        "Photos: The flood in Ostwick Photos: The flood in Ostwick A boat in Mill Street. "
        + shown
        * 30
        + "\nJUST WATCHED A city under water Replay More Videos MUST WATCH A city under water 02:11\n"
        "Repairs will take until spring, and the council asks for help with 40 pumps, it said.\n"
    )
    article = clean(page, id="ostwick")
    assert [line.text[:8] for line in article.body] == ["The rive", "Repairs "]
    captions = [line for line in article.lines if line.label is Label.CAPTION]
    assert len(captions) == 2


def test_an_editors_line_about_a_guest_is_no_paragraph():
    page = (
        "Why the harbour needs a wall\n\n"
        "Ada Moran is the author of three books on tides and teaches in Ostwick. "
        "The opinions expressed in this commentary are hers.\n"
        "The sea took nine metres of the quay last winter, and nobody should be surprised, she writes.\n"
        "Views expressed by engineers differ, and the council has asked for a second report on it.\n"
    )
    article = clean(page, id="wall")
    assert [line.text[:8] for line in article.body] == ["The sea ", "Views ex"]
