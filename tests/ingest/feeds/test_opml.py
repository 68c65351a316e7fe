import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.errors import InputError
from brief.ingest.feeds.opml import Subscription, read_opml, write_opml
from brief.ingest.feeds.xml_text import whole

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<!-- exported --><opml version="1.0"><head><title>Mine</title></head><body>
<outline text="World &amp;amp; more" title="World"><outline text="Bay" type="rss"
 xmlUrl="http://bay.example/feed?a=1&b=2" htmlUrl="http://bay.example/"/>
<outline text="Inner"><outline title="Caf&eacute;" xmlURL="feed://cafe.example/rss"/></outline></outline>
<outline xmlUrl="feed:https://bare.example/atom"/>
<outline text="Bay again" xmlUrl="http://bay.example/feed?a=1&amp;b=2"/>
<outline text="a bookmark" htmlUrl="http://x.example/"/>
</body></opml>"""


def refused(content: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read_opml(content.encode(), name="mine.opml")
    return caught.value


def test_list_as_feed_readers_export_them():
    assert read_opml(LIST.encode(), name="mine.opml") == (
        Subscription("Bay", "http://bay.example/feed?a=1&b=2", "World"),
        Subscription("Café", "http://cafe.example/rss", "Inner"),
        Subscription("https://bare.example/atom", "https://bare.example/atom", None),
    )


def test_list_in_another_encoding():
    text = (
        '<?xml version="1.0" encoding="utf-16"?><opml><outline text="Ж" xmlUrl="http://a"/></opml>'
    )
    assert read_opml(text.encode("utf-16"), name="a")[0].title == "Ж"


def test_list_of_ten_thousand_lines():
    lines = "\n".join(f'<outline text="F{n}" xmlUrl="http://f{n}.example/"/>' for n in range(9_998))
    found = read_opml(f"<opml><body>\n{lines}\n</body></opml>".encode(), name="a")
    assert len(found) == 9_998
    assert found[-1] == Subscription("F9997", "http://f9997.example/")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "malformed OPML ("),
        ("<opml><body>", "malformed OPML ("),
        ("<opml>" + "<outline>" * 5_000, "malformed OPML ("),
        ("<rss/>", "not OPML (its root is <rss>)"),
        ("<opml><body/></opml>", "an OPML list without a feed"),
        ("<!DOCTYPE html><p>x", "malformed OPML ("),
    ],
)
def test_what_is_no_list_is_refused(content, said):
    assert said in refused(content).problem


@pytest.mark.parametrize(
    "declared", ['<!ENTITY x SYSTEM "file:///etc/hostname">', f'<!ENTITY x "{"A" * 100_000}">']
)
def test_no_entity_of_a_list_expands(declared):
    text = f'<!DOCTYPE opml [{declared}]><opml><outline text="&x;&x;" xmlUrl="http://a"/></opml>'
    assert read_opml(text.encode(), name="a")[0].title == "&x;&x;"


NAMES = st.text(min_size=1).map(lambda text: " ".join(whole(text).split())).filter(bool)


@given(st.lists(st.tuples(NAMES, NAMES, st.none() | NAMES), min_size=1, unique_by=lambda s: s[1]))
def test_what_is_written_is_read_again(rows):
    # A title is read as HTML, since many exporters write it so: what looks like an entity becomes one.
    plain = [[part and part.replace("&", "+") for part in row] for row in rows]
    listed = {
        url: Subscription(f"t {title}", f"http://{url}", section) for title, url, section in plain
    }
    written = write_opml(listed.values(), title="Mine \x00")
    assert set(read_opml(written, name="mine.opml")) == set(listed.values())
