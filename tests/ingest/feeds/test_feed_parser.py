import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.datatypes import Code, Remark
from brief.errors import InputError
from brief.ingest.dates import read_date
from brief.ingest.feeds.feed_parser import Entry, is_feed, parse_feed
from brief.ingest.feeds.xml_text import to_lines, whole

URL = "http://news.example/feeds/today.xml"

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Harbor &amp; Bay</title>
<item><title>Ferry &lt;b&gt;sails&lt;/b&gt; to Málaga</title><link>../2026/ferry?a=1&amp;b=2</link>
<guid isPermaLink="false"> tag:ferry </guid><pubDate>Mon, 23 Nov 2026 10:00:00 +0300</pubDate>
<description>Short.</description><dc:creator>Ana Quill</dc:creator>
<content:encoded><![CDATA[<p>The ferry
sails.</p><script>no()</script><p>It left<br>at six.</p>]]></content:encoded></item>
<item><title>Only a title</title><guid>http://news.example/2026/title</guid></item>
</channel></rss>"""

FERRY = Entry(
    guid="tag:ferry",
    url="http://news.example/2026/ferry?a=1&b=2",
    headline="Ferry sails to Málaga",
    text="The ferry sails.\nIt left\nat six.",
    byline="Ana Quill",
    published=datetime(2026, 11, 23, 7, tzinfo=UTC),
)

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/atom/"><title>Bay</title>
<entry><id>urn:1</id><title type="text">1 &lt; 2</title><link rel="self" href="no"/>
<link rel="alternate" href="one"/><updated>2026-11-23T05:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>Two.</p></div>
</content></entry>
<entry><id>urn:2</id><title>Plain</title><published>2026-11-22T05:00:00+02:00</published>
<updated>2026-11-23T05:00:00Z</updated><content type="text">if a &lt;b&gt;

then c</content></entry></feed>"""

JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Bay",
    "items": [
        {
            "id": 7,
            "url": "one",
            "title": "A &amp; B",
            "content_html": "<p>One.</p><p>Two.</p>",
            "content_text": "One.",
            "date_published": "2026-11-23T07:00:00+03:00",
            "authors": [{"name": "Ana Quill"}, {"name": "Tomas Reyl"}, 5],
        },
        "not an item",
        {"summary": "only this", "date_published": "soon", "authors": 5, "url": ["x"]},
    ],
}


def refused(content: str | bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_feed(content.encode() if isinstance(content, str) else content, url=URL)
    return caught.value


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel>{"".join(items)}</channel></rss>'.encode()


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        ("utf-8", None),
        ("utf-16", None),
        ("iso-8859-1", None),
        ("windows-1252", None),
        ("mac-roman", None),
        ("utf-8", "iso-8859-1"),
    ],
)
def test_rss_in_any_encoding(encoding, charset):
    feed = parse_feed(RSS.format(encoding=encoding).encode(encoding), url=URL, charset=charset)
    assert feed.title == "Harbor & Bay"
    assert feed.entries[0] == FERRY
    assert feed.entries[1].url == feed.entries[1].guid == "http://news.example/2026/title"
    assert feed.entries[1].published is None
    assert feed.remarks == ()


def test_charset_of_the_server_is_used():
    text = RSS.format(encoding="utf-8").replace("Málaga", "Москва")
    data = text.encode("windows-1251")
    assert "Москва" in parse_feed(data, url=URL, charset="windows-1251").entries[0].headline


def test_atom():
    first, second = parse_feed(ATOM.encode(), url=URL).entries
    assert (first.headline, first.url) == ("1 < 2", "http://news.example/atom/one")
    assert first.text == "One.\nTwo."
    assert first.published == datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert second.text == "if a <b>\nthen c"
    assert second.published == datetime(2026, 11, 22, 3, tzinfo=UTC)


def test_json_feed():
    feed = parse_feed(json.dumps(JSON).encode(), url="http://news.example/f/feed.json")
    first, second = feed.entries
    assert first == Entry(
        guid="7",
        url="http://news.example/f/one",
        headline="A & B",
        text="One.\nTwo.",
        byline="Ana Quill, Tomas Reyl",
        published=datetime(2026, 11, 23, 4, tzinfo=UTC),
    )
    assert second == Entry(text="only this")


MEDIA = "xmlns:media='http://search.yahoo.com/mrss/'"


@pytest.mark.parametrize(
    ("media", "credit"),
    [
        ("<media:credit>Ann Lee for the Bay</media:credit>", "Ann Lee for the Bay"),
        (
            """<media:content url='a.jpg' type='image/jpeg'><media:credit scheme='urn:ebu'>
            Photograph: Ann &amp;amp; Bo&lt;b&gt;/Agency&lt;/b&gt;</media:credit></media:content>
            <media:content><media:credit>Ann &amp; Bo/Agency</media:credit></media:content>""",
            "Ann & Bo/Agency",
        ),
        (
            """<media:group><media:credit role='actor'>A</media:credit><media:credit
            role='Photographer'>B</media:credit><media:credit>C</media:credit></media:group>""",
            "B, C",
        ),
        ("<media:credit/><media:credit> &lt;br&gt; </media:credit>", None),
        ("<media:content medium='video' url='a'/><media:credit>Films</media:credit>", None),
        ("<media:credit>" + "a long name " * 99 + "</media:credit>", "a long name " * 16 + "a …"),
    ],
)
def test_picture_credit(media, credit):
    data = f"<rss {MEDIA}><channel><item><title>T</title>{media}</item></channel></rss>"
    (entry,) = parse_feed(data.encode(), url=URL).entries
    assert entry.picture_credit == credit
    assert entry.headline == "T"


def test_feed_without_entries_is_a_feed():
    assert parse_feed(rss(), url=URL).entries == ()


def test_html_page_is_refused_with_the_feeds_that_it_names():
    error = refused(
        "<!DOCTYPE html><html><head><link rel=alternate type=application/rss+xml href=/rss>"
        "<link type='application/atom+xml' href='https://b.example/a?b'><link href=x.css>"
        '<link type="application/rss+xml" href="javascript:no()"></head><p>News'
    )
    assert error.problem == f"{URL}: an HTML page, not a feed"
    assert error.remedy == "this page's feeds: http://news.example/rss, https://b.example/a?b"
    assert "list it as a page" in refused("<html><body>News").remedy


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "not a feed (starts with '')"),
        ("The ferry sails.", "not a feed (starts with 'The ferry"),
        ('<opml version="2.0"/>', "an OPML list of feeds, not a feed"),
        ("<a><b/></a>", "XML, but not a feed"),
        ("<rss>" + "<item>" * 250_000, "250,001 tags, where at most 200,000 are read"),
        ("<rss><chan", "malformed XML without one whole entry ("),
        ('{"items": []}', "JSON, but not a JSON Feed"),
        ('{"version": "https://jsonfeed.org/version/1", "items": 3}', "JSON, but not a JSON Feed"),
        ('{"version": ', "not JSON ("),
        ('{"items":' + "[" * 100_000, "not JSON (maximum recursion"),
        ("<!DOCTYPE rss [<!ENTITY a 'b><rss/>", 'not a feed (starts with "<!DOCTYPE'),
        (b"%PDF-1.7 \xff\xfe", "not text or HTML (starts with %PDF-1.7)"),
        (b"\x00\x01\x02" * 100, "not text or HTML"),
    ],
)
def test_what_is_no_feed_is_refused(content, said):
    assert said in refused(content).problem


def test_malformed_xml_is_read_as_far_as_it_goes():
    whole_feed = RSS.format(encoding="utf-8").encode()
    feed = parse_feed(whole_feed[: whole_feed.index(b"<title>Only")], url=URL)
    assert feed.entries[0] == FERRY
    (remark,) = feed.remarks
    assert remark.code is Code.MALFORMED_FEED
    assert remark.text.startswith(f"{URL} is not well-formed XML (")
    lone = parse_feed(
        rss("<item><title>Fish & chips &nbsp;</title><link>/a</link></item>"), url=URL
    )
    assert lone.entries[0].headline == "Fish & chips"


def test_few_wrong_bytes_cost_those_characters_and_not_the_feed():
    items = [f"<item><title>Caf\u00e9 {n}</title></item>" for n in range(300)]
    data = rss(*items).replace("Caf\u00e9 7<".encode(), b"Caf\xe9 7<")
    feed = parse_feed(data, url=URL)
    assert len(feed.entries) == 300
    assert feed.entries[7].headline == "Caf\ufffd 7"
    said = f"1 bytes of {URL} are no UTF-8"
    assert feed.remarks == (Remark(Code.DAMAGED_CHARACTERS, said),)


def lol(name: str, value: str) -> str:
    return f'<!ENTITY {name} "{value}">'


@pytest.mark.parametrize(
    "declared",
    [
        lol("x", "A" * 100_000),
        lol("a", "A" * 1_000) + lol("b", "&a;" * 1_000) + lol("x", "&b;" * 1_000),
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;',
        "<!-- it's --><!ENTITY x '<rss>'>",
    ],
)
def test_no_entity_of_a_feed_expands(declared):
    head = f"<?xml version='1.0'?><!-- a --><!DOCTYPE rss [{declared}]>\n"
    item = f"<item><title>T</title><description>{'&x;' * 20_000}</description></item>"
    (entry,) = parse_feed(head.encode() + rss(item), url=URL).entries
    assert entry.headline == "T"
    # Not a character more than what the feed itself holds.
    assert re.fullmatch("(&x;)*", entry.text)


@pytest.mark.parametrize(
    ("said", "is_read"),
    [
        ("Mon, 23 Nov 2026 07:00:00 GMT", True),
        ("2026-11-23T07:00:00Z", True),
        ("Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("Wed, 30 Nov -0001 00:00:00 +0000", False),
        ("0000-00-00", False),
        ("tomorrow", False),
        ("", False),
    ],
)
def test_dates_of_a_feed(said, is_read):
    (entry,) = parse_feed(rss(f"<item><pubDate>{said}</pubDate></item>"), url=URL).entries
    assert (entry.published is not None) == is_read
    if is_read:
        assert entry.published == datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    ["", None, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "20261323", "NaN", "1"],
)
def test_dates_that_are_none(said):
    assert read_date(said) is None


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "mailto:a@b.example", "file:///etc/passwd", "http://[", ""]
)
def test_links_that_are_not_asked_for(link):
    (entry,) = parse_feed(rss(f"<item><title>a</title><link>{link}</link></item>"), url=URL).entries
    assert entry.url is None or entry.url == URL


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (RSS.format(encoding="utf-8"), True),
        (ATOM, True),
        (json.dumps(JSON), True),
        ("<rdf:RDF xmlns:rdf='x'/>", True),
        ("<!DOCTYPE html><p>The rss feed", False),
        ('{"text": "a row"}', False),
        ("Plain text about <rss>", False),
    ],
)
def test_feeds_are_told_from_pages(content, expected):
    assert is_feed(content.encode(), url=URL) == expected


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("One\n  line", "One line"),
        ("a<div>b</div>c", "a\nb\nc"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<figure><img><figcaption>not this</figcaption></figure>this", "this"),
        ("<!-- no --><style>x</style>5 &lt; 6 &amp; 7", "5 < 6 & 7"),
        ("<", "<"),
        ("", ""),
        ("<p></p>", ""),
        ('<?xml version="1.0" encoding="utf-16"?>a', "a"),
    ],
)
def test_lines_of_a_fragment(html, lines):
    assert to_lines(html) == lines


@given(st.text(st.characters(codec=None) | st.sampled_from("<>&;/!-[] \n")))
def test_any_fragment_becomes_lines_that_can_be_written(html):
    text = to_lines(html)
    text.encode()
    assert whole(text) == text
    assert all(line == line.strip() != "" for line in text.split("\n") if text)


@given(
    st.binary() | st.text().map(lambda text: rss("<item><title>", text).decode()).map(str.encode)
)
def test_any_bytes_are_a_feed_or_a_refusal(content):
    try:
        feed = parse_feed(content, url=URL)
    except InputError:
        return
    json.dumps([(entry.headline or "") + entry.text for entry in feed.entries]).encode()
