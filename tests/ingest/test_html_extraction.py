import pytest

from brief.datatypes import Label
from brief.errors import EmptyInputError, InputError
from brief.ingest import html_extraction as extract_module
from brief.ingest.html_extraction import extract, looks_like_html

PARAGRAPHS = [
    "The council of the harbor town said on Tuesday that the old bridge would stay closed until spring.",
    "Ferries will run twice an hour instead, from six in the morning to midnight, and children travel free.",
    "Mayor Marta Ilves said that no company could be found that would mend the bridge before winter.",
    "A hearing is set for next month, and the mayor said that she would answer every question there.",
]
PAGE = f"""<!DOCTYPE html><html lang="en"><head>
<title>Old bridge stays closed until spring | Harbor Herald</title>
<meta property="og:title" content="Old bridge stays closed until spring">
<meta property="og:site_name" content="Harbor Herald">
<meta name="author" content="Ada Moran">
<meta property="article:published_time" content="2021-05-03T07:45:00+02:00">
<link rel="canonical" href="https://herald.example/bridge">
<script>var hidden = "{"x" * 500}";</script></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>Old bridge stays closed until spring</h1>
<div class="summary"><h3>Key points</h3><ul><li>The old bridge stays closed until spring</li>
<li>Ferries will run twice an hour instead</li></ul></div>
<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>
<p>Read Also:</p><p><a href="/a">Storm tears roof off the fish market</a></p>
<p>{PARAGRAPHS[2]}</p><h2>What happens next</h2><p>{PARAGRAPHS[3]}</p></article>
<footer><p>© 2031 Harbor Herald. All rights reserved.</p></footer></body></html>"""


def test_a_page_becomes_labelled_lines_of_its_extracted_text():
    article = extract(PAGE, id="bridge.html")
    assert "".join(line.text for line in article.lines) == article.text
    body = [line.text.strip() for line in article.body]
    assert body == [*PARAGRAPHS[:3], "What happens next", PARAGRAPHS[3]]
    assert any(line.label is Label.SUBHEAD for line in article.body)


def test_summary_blocks_end_as_reference_bullets():
    article = extract(PAGE, id="bridge.html")
    assert article.reference_bullets == (
        "The old bridge stays closed until spring",
        "Ferries will run twice an hour instead",
    )


def test_metadata_comes_from_the_page():
    article = extract(PAGE, id="bridge.html", url="https://herald.example/bridge?from=feed")
    assert article.headline == "Old bridge stays closed until spring"
    assert article.byline == "Ada Moran"
    assert article.published is not None
    assert article.published.startswith("2021-05-03")
    assert article.url == "https://herald.example/bridge"


def test_without_a_canonical_address_the_given_one_is_kept():
    page = PAGE.replace('<link rel="canonical" href="https://herald.example/bridge">', "")
    assert extract(page, id="x", url="https://herald.example/b").url == "https://herald.example/b"


def test_the_site_is_cut_off_a_title():
    page = PAGE.replace(
        '<meta property="og:title" content="Old bridge stays closed until spring">', ""
    )
    assert extract(page, id="x").headline == "Old bridge stays closed until spring"


def test_what_was_dropped_is_one_line_with_its_count():
    article = extract(PAGE, id="bridge.html")
    (dropped,) = [line for line in article.lines if line.label is Label.EXTRACTED]
    assert (dropped.start, dropped.end, dropped.text) == (len(article.text),) * 2 + ("",)
    # Menu and footer, but neither the script nor the markup.
    assert 0 < dropped.n_dropped_chars < 300


@pytest.mark.parametrize(
    "page",
    [
        "<html></html>",
        "<html><body></body></html>",
        "<!doctype html>",
        "<html><script>1</script></html>",
        "<p>",
    ],
)
def test_a_page_without_text_is_refused_by_name(page):
    with pytest.raises(EmptyInputError, match=r"empty\.html: no article"):
        extract(page, id="empty.html")


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 50_000 + PARAGRAPHS[0] + "</div>" * 50_000,
        "<b><i><table><p>" * 5_000 + PARAGRAPHS[0],
        '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><p>&b;&b;&#1114112;&#xD800;&bogus;</p>',
        f'<html><body><p title="{"x" * 3_000_000}">{PARAGRAPHS[0]}</p></body></html>',
        "<html><body>" + "<p>&#x0;\x00\x08</p>" * 500 + "</body></html>",
        "<html><!--" + "-" * 100_000,
        "<" * 100_000,
        '<?xml version="1.0" encoding="utf-16"?><html><body><p>'
        + PARAGRAPHS[0]
        + "</p></body></html>",
        "<html><body><p>\ud800 lone surrogate</p></body></html>",
    ],
    ids=[
        "deep",
        "unclosed",
        "entities",
        "attribute",
        "controls",
        "comment",
        "angles",
        "declared",
        "surrogate",
    ],
)
def test_hostile_pages_end_in_an_article_or_an_input_error(page):
    try:
        article = extract(page, id="hostile.html")
    except InputError as error:
        refusal = str(error)
        text = lines = ""
    else:
        refusal = "hostile.html: none"
        text, lines = article.text, "".join(line.text for line in article.lines)
    assert refusal.startswith("hostile.html: ")
    assert lines == text


def test_a_page_over_the_limit_is_refused_with_the_limit(monkeypatch):
    monkeypatch.setattr(extract_module, "MAX_HTML_CHARACTERS", 100)
    with pytest.raises(InputError, match=r"big\.html: .*at most 100"):
        extract(PAGE, id="big.html")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (PAGE, True),
        ("\ufeff\n <html>", True),
        ("<!-- saved from a browser -->\n<html>", True),
        ('<?xml version="1.0"?>\n<!DOCTYPE html>', True),
        ("<p>fragment</p>", True),
        ("", False),
        ("Old bridge stays closed\n\n<p> is a tag", False),
        ("<3 wrote the mayor", False),
        ("<?xml version='1.0'?><rss></rss>", False),
        ("1 < 2 and 3 > 2", False),
        ("<" * 100_000, False),
    ],
)
def test_html_is_told_from_text(text, html):
    assert looks_like_html(text) is html
