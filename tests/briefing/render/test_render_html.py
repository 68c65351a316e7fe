"""Every format says what its reader must know, and no text of an article gets out of its place."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from brief.briefing.briefing_types import (
    Edition,
    EditionStats,
    FailedSource,
    SkippedInput,
    Story,
    StoryBullet,
    SummarizedArticle,
)
from brief.briefing.mail import to_subject
from brief.briefing.render import render_html
from brief.datatypes import Bullet, Code, Origin, Remark, Sentence, fields_of
from brief.output.block import printable
from tests.fakes.editions import COURIER, DATE, NOW, edition, empty_edition, report, story

FORMATS = {
    "edition.md": render_html.to_markdown,
    "edition.html": render_html.to_html,
    "edition.email.html": render_html.to_email_html,
    "edition.txt": render_html.to_plain_text,
    "edition.json": render_html.to_json,
}

HOSTILE = [
    "</title></style></script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)> & &amp; &lt;b&gt; \"quoted\" 'single'",
    "1. not a list [x](javascript:alert(1)) `code` *bold* _it_ # no ## heading #",
    "![x](http://elsewhere.example/pixel.png) <http://elsewhere.example> [a]: /b",
    "\x1b[2J\x1b]0;title\x07 clears the screen",
    "left \u202egnol\u202c right \u2066a\u2069",
    "- a dash\n\n# and\r\na\u2028line\u0085or two",
    "=====",
    "> a quotation | a | table ~~~ ``` <!-- a comment",
    "]]> <![CDATA[ <?xml ?> %s {{ 7 * 7 }} {% raw %}",
    "\ud800 half a pair, \ufffe no character, \x00 none",
    "    four blanks",
]
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1))
PLAIN = "Plain words"


def any_text(test):
    """The test for every hostile text, and for some that nobody thought of."""
    for text in HOSTILE:
        test = example(text=text)(test)
    return settings(max_examples=20)(given(text=st.text(min_size=1))(test))


def filled(text: str, url: str | None = "https://a.example/b") -> Edition:
    """An edition in which every text of an article, a source or a user is the same."""
    source = Sentence(text, 0, len(text), 0)
    poor = Bullet(text, (source,), None, Origin.MODEL, (Remark(Code.POOR, text),))
    taken = Bullet(text, (source,), 1.0, Origin.SOURCE, (Remark(Code.REPLACED, text),))
    remarks = (Remark(Code.FEED_TEXT, text),)
    reports = tuple(
        SummarizedArticle(
            id=number,
            headline=text,
            source=text,
            url=url,
            published=NOW,
            copy_of="a" if number == "c" else None,
            by_lead=number == "b",
            remarks=remarks,
            lead=text,
            body=text,
        )
        for number in ("a", "b", "c")
    )
    bullets = tuple(
        StoryBullet(**fields_of(bullet, Bullet), article=article, disagrees=(other,))
        for bullet, article, other in ((poor, "a", "b"), (taken, "b", "a"), (taken, "c", "a"))
    )
    told = Story(
        id="a",
        headline=text,
        section=text,
        reasons=(text, "since yesterday"),
        score=1.0,
        since=date(2026, 11, 22),
        bullets=bullets,
        reports=reports,
    )
    return Edition(
        date=DATE,
        title=text,
        stories=(told,),
        omissions=(
            SkippedInput("x", text, "budget", text, text, url),
            SkippedInput("y", text, "unreadable", text),
        ),
        colophon=EditionStats(
            sources_reached=(text,),
            sources_failed=(FailedSource(text, text, 2),),
            n_in=5,
            n_placed=3,
            n_by_code={"budget": 1},
            n_by_lead=1,
            model=text,
            signature=text,
            version=text,
        ),
        n_words=9,
        minutes=1,
    )


class Page(HTMLParser):
    """Tags with the names of their attributes, ids, links and text as a browser has them."""

    VOID = frozenset({"meta", "link", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.levels: list[int] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, *(name for name, _ in attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
        if re.fullmatch(r"h\d", tag):
            self.levels.append(int(tag[1]))
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if "href" in given else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def entry(made: Edition) -> str:
    """What a feed reader shows of the edition."""
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ET.fromstring(render_html.to_atom([made], title=made.title))
    return feed.findtext(f"{atom}entry/{atom}content")


def index(made: Edition) -> str:
    return render_html.to_index([render_html.to_listing(made)], title=made.title)


@cache
def plain_page(to_page: Callable[[Edition], str]) -> Page:
    """The page of texts that need no escaping."""
    return Page(to_page(filled(PLAIN)))


PAGES = [render_html.to_html, render_html.to_email_html, entry, index]


@pytest.mark.parametrize("to_page", PAGES)
@any_text
def test_a_page_has_the_same_elements_whatever_its_texts_say(to_page, text):
    page, plain = Page(to_page(filled(text))), plain_page(to_page)
    assert page.tags == plain.tags
    assert page.links == plain.links
    assert page.ids == plain.ids
    if printable(text):
        assert printable(text)[:200] in page.text


@pytest.mark.parametrize("to_page", PAGES)
@settings(max_examples=40)
@given(url=st.one_of(TEXTS, st.builds("https://a.example/{}".format, TEXTS)))
def test_a_page_links_to_the_web_and_to_its_neighbours_only(to_page, url):
    for link in Page(to_page(filled(PLAIN, url))).links:
        assert re.fullmatch(
            r"https?://[!-~]+|#[\w-]+|(index|2026-11-2\d)\.(html|md|json)(#s-a)?|feed\.xml", link
        )


@pytest.mark.parametrize("to_text", [*FORMATS.values(), to_subject, index])
@any_text
def test_no_format_lets_a_steering_character_through(to_text, text):
    written = to_text(filled(text))
    written.encode()
    steering = {c for c in written if unicodedata.category(c) in {"Cc", "Cf", "Cs"}}
    if to_text is render_html.to_json:
        # JSON is for programs: it keeps what the article says, escaped where JSON wants it.
        steering -= {c for c in steering if unicodedata.category(c) == "Cf" or c == "\x7f"}
        steering -= {c for c in steering if "\x80" <= c <= "\x9f"}
    assert steering <= {"\n"}


def structure(markdown: str) -> list[tuple[str, str]]:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    return [
        (inner.type, str(inner.attrs.get("href", "")))
        for token in tokens
        for inner in (token, *(token.children or ()))
        if inner.type not in {"text", "text_special"}
    ]


@any_text
def test_markdown_has_the_same_structure_whatever_its_texts_say(text):
    # Without a letter there is nothing to escape, and an empty heading has no text.
    text = f"{text} end"
    assert structure(render_html.to_markdown(filled(text))) == structure(
        render_html.to_markdown(filled(PLAIN))
    )


@any_text
def test_markdown_shows_texts_as_they_are(text):
    text = f"{text} end"
    shown = MarkdownIt("commonmark").render(render_html.to_markdown(filled(text)))
    assert printable(text)[:200] in Page(shown).text


@any_text
def test_plain_text_shows_texts_as_they_are(text):
    written = " ".join(render_html.to_plain_text(filled(text)).split())
    assert printable(text)[:200] in written


@settings(max_examples=40)
@given(TEXTS, st.none() | TEXTS)
def test_what_json_keeps_is_printed_the_same(text, url):
    made = filled(text, url)
    kept = render_html.from_json(render_html.to_json(made))
    assert all(to_text(kept) == to_text(made) for to_text in FORMATS.values())
    assert render_html.to_atom([kept]) == render_html.to_atom([made])
    assert render_html.to_listing(kept) == render_html.to_listing(
        render_html.from_json(render_html.to_json(kept))
    )


@pytest.mark.parametrize("name", FORMATS)
def test_the_sample_morning_is_printed_as_it_was(name, golden):
    golden(name, FORMATS[name](edition()))


def test_an_empty_morning_has_a_page(golden):
    golden("empty.html", render_html.to_html(empty_edition()))
    golden("empty.txt", render_html.to_plain_text(empty_edition()))
    assert "No news this morning" in render_html.to_markdown(empty_edition())
    assert "No news this morning" in render_html.to_email_html(empty_edition())
    assert to_subject(empty_edition()).endswith(": no news this morning")


def test_index_and_feed_are_printed_as_they_were(golden):
    made = [edition(), empty_edition()]
    golden("index.html", render_html.to_index([render_html.to_listing(one) for one in made]))
    golden("feed.xml", render_html.to_atom(made, base_url="https://news.example/"))


def test_index_and_feed_do_not_depend_on_the_order_given():
    made = [edition(), empty_edition()]
    listings = [render_html.to_listing(one) for one in made]
    assert render_html.to_index(listings) == render_html.to_index(listings[::-1])
    assert render_html.to_atom(made) == render_html.to_atom(made[::-1])


def test_index_and_feed_of_nothing_are_whole():
    assert "No edition yet" in Page(render_html.to_index([])).text
    ET.fromstring(render_html.to_atom([]))


@pytest.mark.parametrize("to_page", [render_html.to_html, index])
@pytest.mark.parametrize("made", [edition(), empty_edition()])
def test_a_page_has_headings_in_order_landmarks_and_no_scripts(to_page, made):
    text = to_page(made)
    page = Page(text)
    tags = [tag for tag, *_ in page.tags]
    assert {"header", "main"} <= set(tags)
    assert not {"script", "img", "iframe", "form", "object"} & set(tags)
    assert page.levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(page.levels))
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert '<html lang="en">' in text
    assert "default-src &#39;none&#39;" in text
    assert "script-src" not in text


def test_every_bullet_links_to_its_article():
    made = edition()
    text = render_html.to_html(made)
    page = Page(text)
    markdown = render_html.to_markdown(made)
    for told in made.stories:
        urls = {one.id: one.url for one in told.reports}
        for bullet in told.bullets:
            said = bullet.text
            href = re.search(f'{re.escape(said)}</bdi>.*?href="(.*?)"', text)[1]
            assert href == urls[bullet.article] or href[1:] in page.ids
            line = next(one for one in markdown.split("\n") if said.split(".")[0][:30] in one)
            assert urls[bullet.article] is None or urls[bullet.article] in line


@pytest.mark.parametrize(
    "to_text", [render_html.to_markdown, render_html.to_plain_text, *PAGES[:3]]
)
def test_a_reader_is_told_what_a_bullet_is_worth(to_text):
    text = to_text(edition()).replace("\\", "")
    text = " ".join(re.sub(r"<[^>]+>|&#3[49];", "", text).split())
    assert "in its own words" in text
    assert "its opening words" in text
    assert "Sources disagree" in text
    first, second = text.index("About 340 homes"), text.index("About 290 homes")
    assert text.index("Sources disagree") < first < second < text.index("Engineers had asked")
    assert "since yesterday" in text


def test_a_number_that_differs_from_one_not_shown_is_marked():
    one = story(report(COURIER, "Fire", "It took 12 houses."), report("Wire", "Fire elsewhere"))
    bullet = replace(one.bullets[0], disagrees=(one.reports[1].id,))
    made = replace(edition(), stories=(replace(one, section="News", bullets=(bullet,)),))
    assert "another number in Wire" in render_html.to_markdown(made)
    assert "(another number in [2])" in render_html.to_plain_text(made)
    for to_page in PAGES[:3]:
        assert "[another number in Wire]" in Page(to_page(made)).text


def test_a_running_story_links_to_the_edition_that_had_it():
    page = Page(render_html.to_html(edition()))
    running = next(one for one in edition().stories if one.since == date(2026, 11, 22))
    assert f"2026-11-22.html#s-{running.id}" in page.links


def test_a_long_list_of_what_was_left_out_is_cut_and_says_so():
    many = tuple(SkippedInput(f"key-{n}", COURIER, "backlog", "older") for n in range(100))
    made = replace(edition(), omissions=many)
    for to_text in (render_html.to_html, render_html.to_markdown, render_html.to_plain_text):
        text = to_text(made)
        assert "key-39" in text.replace("\\", "")
        assert "key-40" not in text
        assert "and 60 more" in text
    assert "key-99" in render_html.to_json(made)


def test_a_story_that_found_no_room_is_one_line():
    kept = [
        SkippedInput(name, source, "budget", "full", f"Told by {source}", story="same")
        for name, source in (("a", COURIER), ("b", "Wire"), ("c", COURIER))
    ]
    text = render_html.to_markdown(replace(edition(), omissions=tuple(kept)))
    assert f"- Told by {COURIER} ({COURIER}, Wire)\n" in text
    assert "Told by Wire" not in text


def test_plain_text_is_no_wider_than_mail_programs_like():
    lines = render_html.to_plain_text(edition()).split("\n")
    assert all(len(line) <= 72 for line in lines if "https://" not in line)


def test_a_headline_without_end_is_cut_after_a_word():
    long = story(report(COURIER, "many words " * 400, "A bullet."))
    made = replace(edition(), stories=(replace(long, section="News"),))
    assert len(to_subject(made)) < 120
    assert "many words many …" in render_html.to_plain_text(made).replace("\n", " ")
    assert len(render_html.to_html(made)) < 40_000
