import gzip
import json
import os
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.briefing.briefing_types import SkippedInput
from brief.briefing.sources.backlog import MAX_KEY, NewEntry, canonical, choose
from brief.briefing.sources.expand import (
    RETRIED,
    SourceConfig,
    SourceMemory,
    expand,
    gather,
    to_config,
)
from brief.datatypes import Code, Remark
from brief.errors import EmptyInputError, FetchError, InputError, UsageError
from brief.ingest.web.crawler import Client
from brief.ingest.web.response import Fetched, NotModified, ResourceKind
from tests.fakes.sites import HTML, PAGE, Answer

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
FEED_URL = "http://bay.example/feed"


def page(text: str | bytes, url: str = "", **more) -> Fetched:
    content = text if isinstance(text, bytes) else text.encode()
    return Fetched(url, content, "text/html", "utf-8", **more)


class FakeClient:
    """Answers by URL, and what it was asked."""

    n_at_once = 4

    def __init__(self, answers):
        self.answers = dict(answers)
        self.asked = []
        self.sent = []

    def fetch(
        self, url, *, wanted=ResourceKind.PAGE, allow_private=False, etag=None, last_modified=None
    ):
        self.asked.append(url)
        self.sent.append((wanted, allow_private, etag, last_modified))
        answer = self.answers.get(
            url, FetchError(f"{url}: HTTP 404 Not Found", "check", status=404)
        )
        if isinstance(answer, Exception):
            raise answer
        return answer


def item(name: str, *, day: int | None = 22, text: str = "", link: bool = True, guid=None) -> str:
    date = f"<pubDate>{day} Nov 2026 05:00:00 GMT</pubDate>" if day else ""
    at = f"<link>/{name}</link>" if link else ""
    return (
        f"<item><title>Title {name}</title>{at}{date}<guid isPermaLink='false'>{guid or name}</guid>"
        f"<description>{text}</description></item>"
    )


def feed_of(*items: str, **more) -> Fetched:
    return page(f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>", FEED_URL, **more)


def web(*items: str, pages: str = "", **answers) -> FakeClient:
    """The feed, and a page for each letter of `pages`."""
    named = {f"http://bay.example/{name}": page(f"<p>Page {name}.") for name in pages}
    return FakeClient({FEED_URL: feed_of(*items, etag='"1"'), **named, **answers})


FEED = SourceConfig(name="Bay", kind="feed", location=FEED_URL)


def gathered(config, client=None, *, memory=SourceMemory(), known=(), limit=50):  # noqa: B008
    return gather(
        config,
        memory=memory,
        known=set(known).__contains__,
        now=NOW,
        client=client or FakeClient({}),
        limit=limit,
    )


def keys(found) -> list[str]:
    return [arrival.key for arrival in found.arrivals]


def codes(found) -> list[tuple[str, str]]:
    return [(one.id, one.code) for one in found.omissions]


# Feeds


def test_entries_of_a_feed_arrive_as_their_pages():
    client = web(item("a", text="Short."), item("b", day=23), pages="ab")
    found = gathered(FEED, client)
    assert keys(found) == ["b", "a"]
    first, second = found.arrivals
    assert (first.source, first.remarks, first.fallback) == ("Bay", (), None)
    assert first.content.text == "<p>Page b."
    assert first.content.is_html
    assert first.content.headline == "Title b"
    assert first.published == datetime(2026, 11, 23, 5, tzinfo=UTC)
    # The feed's own text stays at hand, in case the page turns out to hold no article.
    assert second.fallback.text == "Short."
    assert second.fallback.id == second.content.id == "http://bay.example/a"
    assert found.memory == SourceMemory(etag='"1"', reached=True)
    assert client.sent[0] == (ResourceKind.FEED, False, None, None)


def test_known_entries_are_neither_fetched_nor_returned():
    client = web(item("a"), item("b"), pages="ab")
    found = gathered(FEED, client, known={"a"})
    assert keys(found) == ["b"]
    assert client.asked == [FEED_URL, "http://bay.example/b"]


def test_feed_that_did_not_change_brings_nothing_and_is_remembered():
    client = FakeClient({FEED_URL: NotModified(FEED_URL)})
    memory = SourceMemory('"1"', "then", n_failures=2, reached=True)
    found = gathered(FEED, client, memory=memory)
    assert client.sent == [(ResourceKind.FEED, False, '"1"', "then")]
    assert (found.arrivals, found.omissions, found.error) == ((), (), None)
    assert found.memory == SourceMemory('"1"', "then", n_failures=0, reached=True)


def test_feed_s_own_text_stands_in_for_a_page_that_cannot_be_had():
    client = web(item("a", text="&lt;p&gt;Own.&lt;/p&gt;&lt;p&gt;Text.&lt;/p&gt;"))
    (arrival,) = gathered(FEED, client).arrivals
    assert arrival.content.text == "Own.\nText."
    assert not arrival.content.is_html
    assert arrival.content.url == "http://bay.example/a"
    said = "the page could not be had (http://bay.example/a: HTTP 404 Not Found)"
    assert arrival.remarks == (Remark(Code.FEED_TEXT, said),)


@pytest.mark.parametrize("content", [b"", b" \n", b"%PDF-1.7 ", b"\x00\x01\x02\xff" * 9])
def test_page_that_is_no_text_counts_as_not_had(content):
    client = web(item("a", text="Own."))
    client.answers["http://bay.example/a"] = page(content)
    (arrival,) = gathered(FEED, client).arrivals
    assert arrival.content.text == "Own."
    assert [remark.code for remark in arrival.remarks] == [Code.FEED_TEXT]


def test_article_without_page_and_text_is_an_error_of_its_own():
    (arrival,) = gathered(FEED, web(item("a"))).arrivals
    assert isinstance(arrival.content.error, FetchError)
    assert arrival.content.headline == "Title a"


def test_article_without_a_body():
    found = gathered(FEED, web(item("a", link=False)))
    assert found.arrivals == ()
    assert codes(found) == [("a", "empty")]
    assert found.omissions[0].headline == "Title a"
    client = web(item("a"))
    client.answers["http://bay.example/a"] = page(b"")
    (arrival,) = gathered(FEED, client).arrivals
    assert isinstance(arrival.content.error, EmptyInputError)


def test_entry_whose_site_fails_for_now_is_asked_again_next_time():
    client = web(item("a"), item("b"), pages="b")
    client.answers["http://bay.example/a"] = FetchError("no answer", passing=True)
    found = gathered(FEED, client)
    assert keys(found) == ["b"]
    assert codes(found) == [("a", "unreachable")]
    assert {"unreachable"} == RETRIED
    # Else the feed would say that nothing changed, and the entry would be lost.
    assert found.memory.etag is None


def test_pages_are_not_asked_when_full_text_is_off():
    config = SourceConfig(name="Bay", kind="feed", location=FEED_URL, full_text=False)
    client = web(item("a", text="Own."), item("b"), pages="ab")
    found = gathered(config, client)
    assert [(one.content.text, one.remarks) for one in found.arrivals] == [("Own.", ())]
    assert codes(found) == [("b", "empty")]
    assert client.asked == [FEED_URL]


def test_first_morning_brings_the_newest_and_names_the_backlog():
    items = [item(str(day), day=day, text="x") for day in range(1, 21)]
    found = gathered(FEED, web(*items), limit=3)
    assert keys(found) == ["20", "19", "18"]
    assert codes(found) == [(str(day), "backlog") for day in range(1, 18)]
    assert len(web(*items).asked) == 0
    later = gathered(FEED, web(*items), limit=3, memory=SourceMemory(reached=True))
    assert len(later.arrivals) == 20


def test_most_of_any_morning():
    config = SourceConfig(name="Bay", kind="feed", location=FEED_URL, max_new=2)
    client = web(*[item(name, day=None, text="x") for name in "abcd"])
    found = gathered(config, client, limit=1, memory=SourceMemory(reached=True))
    # Without dates the first of a feed are its newest.
    assert keys(found) == ["a", "b"]
    # What is beyond the limit is not even asked.
    assert client.asked == [FEED_URL, "http://bay.example/a", "http://bay.example/b"]


def test_dates_in_the_future_count_as_now_and_missing_ones_as_none():
    client = web(item("a", day=None, text="x"), item("b", day=30, text="x"), item("c", text="x"))
    found = gathered(FEED, client)
    dates = {one.key: one.published for one in found.arrivals}
    assert dates["a"] is None
    assert dates["b"] == NOW
    future, text = found.arrivals[0].remarks
    said = "its source dates it 2026-11-30T05:00+00:00; it counts as new"
    assert future == Remark(Code.FUTURE_DATE, said)
    assert text.code is Code.FEED_TEXT


def test_id_that_a_feed_has_twice_arrives_once():
    client = web(item("a", guid="g", text="x"), item("b", guid="g", text="y"), pages="ab")
    found = gathered(FEED, client)
    assert keys(found) == ["g"]
    assert found.arrivals[0].content.text == "<p>Page a."
    assert codes(found) == [("g", "repeated")]
    assert found.omissions[0].url == "http://bay.example/b"
    # Once known, the second one is no news either.
    assert gathered(FEED, client, known={"g"}).omissions == ()


def test_keys_without_an_id_and_of_long_ones():
    bare = "<item><link>/a?utm_source=x#top</link></item>"
    text = "<item><description>Only text</description></item>"
    found = gathered(FEED, web(bare, text, item("a", guid="g" * 9_000)), memory=SourceMemory())
    assert keys(found)[1] == "http://bay.example/a"
    assert all(len(key) <= MAX_KEY for key in keys(found))
    again = gathered(FEED, web(text, bare, item("a", guid="g" * 9_000)), known=keys(found))
    assert again.arrivals == ()


@pytest.mark.parametrize(
    "answer",
    [
        page("<!DOCTYPE html><p>News", FEED_URL),
        page("<rss><chan", FEED_URL),
        page(b"\x1f\x8b\x00", FEED_URL),
        FetchError(f"{FEED_URL}: more than 5 redirects"),
        FetchError(f"{FEED_URL}: HTTP 304 Not Modified, but nothing is kept of it"),
    ],
)
def test_feed_that_fails_is_counted(answer):
    memory = SourceMemory('"1"', None, n_failures=2, reached=True)
    found = gathered(FEED, FakeClient({FEED_URL: answer}), memory=memory)
    assert isinstance(found.error, InputError)
    assert FEED_URL in found.error.problem
    assert (found.arrivals, found.omissions) == ((), ())
    assert found.memory == SourceMemory('"1"', None, n_failures=3, reached=True)


def test_private_address_names_the_setting_and_not_the_flag():
    error = FetchError("127.0.0.1 is not a public address", "add --allow-private if it is meant")
    found = gathered(FEED, FakeClient({FEED_URL: error}))
    assert found.error.remedy == "set allow_private = true for this source if it is meant"


# One URL, and lists of them


def test_url_is_a_feed_or_a_page():
    config = to_config(FEED_URL)
    assert (config.kind, config.name) == ("url", "bay.example/feed")
    found = gathered(config, web(item("a"), pages="a"))
    assert keys(found) == ["a"]
    assert found.memory.etag == '"1"'

    client = FakeClient({FEED_URL: page("<!DOCTYPE html><p>An article.", FEED_URL)})
    found = gathered(config, client)
    assert keys(found) == [FEED_URL]
    assert found.arrivals[0].content.is_html
    # A page that is known is not asked again.
    assert gathered(config, FakeClient({}), known=keys(found)).error is None


def test_list_of_urls(tmp_path):
    file = tmp_path / "pages.txt"
    file.write_text(
        "# mine\n\nhttp://bay.example/a?utm_source=x\nnot a url\nhttp://bay.example/a\n"
    )
    config = to_config(str(file))
    assert config.kind == "urls"
    client = FakeClient(
        {
            "http://bay.example/a?utm_source=x": page("<p>Page."),
            "not a url": FetchError("not a url: no scheme"),
        }
    )
    found = gathered(config, client)
    assert keys(found) == ["http://bay.example/a", "not a url"]
    assert found.arrivals[1].content.error.problem == "not a url: no scheme"
    assert codes(found) == [("http://bay.example/a", "repeated")]


def test_list_that_is_gone(tmp_path):
    config = SourceConfig(name="l", kind="urls", location=str(tmp_path / "none.txt"))
    found = gathered(config)
    assert found.error.problem == f"{tmp_path}/none.txt: cannot be read (No such file or directory)"
    assert found.memory.n_failures == 1


# Folders and rows


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "news"
    (inside / "deep").mkdir(parents=True)
    texts = {"b.txt": "Text b.", "deep/a.html": "<html><p>Page a.", "c.txt": "Text c."}
    for age, (name, text) in enumerate(texts.items()):
        (inside / name).write_text(text)
        os.utime(inside / name, (1_700_000_000 - age, 1_700_000_000 - age))
    return inside


def test_files_of_a_folder(folder):
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7")
    config = to_config(str(folder))
    assert (config.kind, config.name) == ("folder", "news")
    found = gathered(config)
    assert keys(found) == ["b.txt", "c.txt", "deep/a.html"]
    assert found.arrivals[2].content.is_html
    assert found.arrivals[0].published is None
    assert found.memory == SourceMemory(reached=True)
    said = f"{folder} holds files that are not read (1 .pdf)"
    assert found.remarks == (Remark(Code.OTHER_FILES, said),)


def test_newest_files_are_taken_first_and_known_ones_are_not_opened(folder):
    (folder / "b.txt").write_bytes(b"\xff\xfe\x00")
    os.utime(folder / "b.txt", (1_600_000_000, 1_600_000_000))
    found = gathered(to_config(str(folder)), known={"c.txt"}, limit=1)
    assert keys(found) == ["deep/a.html"]
    assert codes(found) == [("b.txt", "backlog")]


def test_file_that_cannot_be_read_arrives_as_an_error(folder):
    (folder / "b.txt").write_bytes(b"%PDF-1.7")
    found = gathered(to_config(str(folder)))
    assert isinstance(found.arrivals[0].content.error, InputError)
    assert found.error is None


def test_rows_of_a_folder_are_articles_of_their_own(folder):
    rows = [{"text": "One."}, {"id": "x7", "text": "Two.", "published": "2026-11-22"}, {"id": 5}]
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "more.txt").write_text("\n".join(map(json.dumps, rows[:1] * 2)))
    found = gathered(to_config(str(folder)), known={"b.txt", "c.txt", "more.txt:1"})
    assert keys(found) == ["x7", "deep/a.html", "more.txt:2", "rows.jsonl:1", "5"]
    assert found.arrivals[0].published == datetime(2026, 11, 22, tzinfo=UTC)
    assert found.arrivals[-1].content.error is not None


def test_rows_that_are_appended_are_the_newest(tmp_path):
    rows = tmp_path / "rows.jsonl.gz"
    rows.write_bytes(gzip.compress(b"".join(b'{"text": "Row %d."}\n' % n for n in range(200))))
    config = to_config(str(rows))
    assert config.kind == "rows"
    found = gathered(config, limit=2)
    assert keys(found) == ["rows.jsonl.gz:199", "rows.jsonl.gz:200"]
    assert len(found.omissions) == 198


def test_single_file_is_a_source(folder):
    found = gathered(to_config(str(folder / "b.txt")))
    assert keys(found) == ["b.txt"]


def test_empty_folder_is_a_day_without_news(tmp_path):
    found = gathered(to_config(str(tmp_path)))
    assert (found.arrivals, found.error, found.memory.reached) == ((), None, True)


@pytest.mark.parametrize("name", ["gone", "a\x00b"])
def test_folder_that_is_gone(tmp_path, name):
    config = SourceConfig(name="n", kind="folder", location=f"{tmp_path}/{name}")
    found = gathered(config, memory=SourceMemory(n_failures=1, reached=True))
    assert "no such file or folder" in found.error.problem
    assert found.memory == SourceMemory(n_failures=2, reached=True)


def test_source_of_the_command_line_must_exist(tmp_path):
    with pytest.raises(UsageError, match="no such file or folder"):
        to_config(str(tmp_path / "none"))


# OPML

LIST = """<opml><body><outline text="World"><outline text="Bay" xmlUrl="http://bay.example/feed"/>
</outline><outline text="Bay" xmlUrl="http://bay2.example/feed"/></body></opml>"""


def test_list_of_feeds_becomes_its_feeds(tmp_path):
    file = tmp_path / "mine.opml"
    file.write_text(LIST)
    config = to_config(str(file))
    assert config.kind == "opml"
    feeds, failed = expand([config], client=FakeClient({}))
    assert failed == ()
    assert [(one.name, one.kind, one.location, one.section) for one in feeds] == [
        ("Bay", "feed", "http://bay.example/feed", "World"),
        ("Bay (http://bay2.example/feed)", "feed", "http://bay2.example/feed", None),
    ]


def test_settings_of_a_list_are_its_feeds():
    config = SourceConfig(
        name="l", kind="opml", location="http://x/l", section="Mine", weight=2.0, allow_private=True
    )
    client = FakeClient({"http://x/l": page(LIST)})
    own = SourceConfig(name="Own", kind="feed", location="http://BAY.example/feed")
    feeds, _ = expand([config, own], client=client)
    # A feed that is named by itself stands where it was named.
    assert [(one.name, one.section, one.weight) for one in feeds] == [
        ("Bay", "Mine", 2.0),
        ("Own", None, 1.0),
    ]
    assert feeds[0].location == "http://bay2.example/feed"
    assert client.sent == [(ResourceKind.FEED, True, None, None)]


def test_list_that_cannot_be_read_leaves_the_others():
    config = SourceConfig(name="l", kind="opml", location="/none/l.opml")
    feeds, ((which, error),) = expand([config, FEED], client=FakeClient({}))
    assert feeds == (FEED,)
    assert which == config
    assert "cannot be read (No such file or directory)" in error.problem


def test_list_is_expanded_before_it_is_gathered():
    with pytest.raises(ValueError, match="expanded"):
        gathered(SourceConfig(name="l", kind="opml", location="l.opml"))


# Everything over a real server


def test_feeds_and_pages_of_a_real_server(site):
    bomb = gzip.compress(b"\x00" * 50_000_000, 1)
    site.answers.update(
        {
            "/robots.txt": Answer(200, {}, b"User-agent: *\nDisallow: /closed"),
            "/feed": Answer(
                200,
                {"Content-Type": "application/rss+xml", "ETag": '"7"'},
                feed_of(
                    *(item(name, text=f"Own {name}.") for name in ("a", "closed", "loop", "bomb")),
                    item("gone"),
                ).content,
            ),
            "/a": Answer(),
            "/loop": Answer(302, {"Location": "/loop#x"}, b""),
            "/bomb": Answer(200, {**HTML, "Content-Encoding": "gzip"}, bomb),
        }
    )
    config = SourceConfig(name="Site", kind="feed", location=site.url("/feed"), allow_private=True)
    found = gathered(config, Client())
    assert found.error is None
    assert found.arrivals[0].content.text.encode() == PAGE
    said = {one.key: " ".join(remark.text for remark in one.remarks) for one in found.arrivals}
    assert said["a"] == ""
    assert "robots.txt asks programs not to read it" in said["closed"]
    assert "a redirect loop" in said["loop"]
    assert "larger than 20,000,000 bytes" in said["bomb"]
    assert [one.content.text for one in found.arrivals[1:4]] == [
        "Own closed.",
        "Own loop.",
        "Own bomb.",
    ]
    assert found.arrivals[4].content.error.status == 404
    assert "/closed" not in [asked["path"] for asked in site.asked]

    site.answers["/feed"] = Answer(304, {}, b"")
    again = gathered(config, Client(), memory=found.memory, known=keys(found))
    assert (again.arrivals, again.omissions, again.error) == ((), (), None)
    assert site.asked[-1]["If-None-Match"] == '"7"'
    # Without what the server takes us to have, its answer is an error and not an empty day.
    lost = gathered(config, Client())
    assert "HTTP 304 Not Modified, but nothing is kept of it" in lost.error.problem


# Choosing

CANDIDATES = st.lists(
    st.builds(
        NewEntry,
        key=st.sampled_from("abcdefgh"),
        what=st.integers(),
        published=st.none() | st.datetimes(timezones=st.just(UTC)),
    )
)


@given(
    CANDIDATES, st.sets(st.sampled_from("abcdefgh")), st.none() | st.integers(1, 9), st.booleans()
)
def test_every_new_candidate_is_kept_or_omitted(candidates, known, n_most, undated_first):
    kept, omitted = choose(
        candidates,
        source="s",
        known=known.__contains__,
        n_most=n_most,
        undated_first=undated_first,
    )
    assert n_most is None or len(kept) <= n_most
    assert len(kept) == len({one.key for one in kept})
    new = [one.key for one in candidates if one.key not in known]
    assert sorted([one.key for one in kept] + [one.id for one in omitted]) == sorted(new)
    backlog = {one.id for one in omitted if one.code == "backlog"}
    assert not backlog or len(kept) == n_most
    assert all(isinstance(one, SkippedInput) for one in omitted)


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("http://a.example", "http://a.example/"),
        ("HTTP://A.example:80/B?c=D#e", "http://a.example/B?c=D"),
        ("https://a.example/?fbclid=1", "https://a.example/"),
        ("https://a.example/?q=a%20b+c&x=", "https://a.example/?q=a%20b+c&x="),
        ("https://a.example:8443/x;y?utm_medium=z&id=1", "https://a.example:8443/x;y?id=1"),
    ],
)
def test_spellings_of_one_page(url, same):
    assert canonical(url) == same
    assert canonical(same) == same
