"""A link is http or https, whole, and holds nothing that a format would read as markup."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.briefing.urls import MAX_CHARS, safe_link

REFUSED = [
    None,
    "",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>",
    "file:///etc/passwd",
    "//elsewhere.example/a",
    "/a/b",
    "notes/today.txt",
    "https://",
    "https://bank.example@elsewhere.example/",
    "https://a.example:99999999/",
    "https://[::1",
    "http://a b.example/",
    "http://<script>/",
    "https://a.example/\ud800",
    "https://a.example/" + "x" * MAX_CHARS,
]

KEPT = {
    "https://a.example/b?c=1&d=2#e": "https://a.example/b?c=1&d=2#e",
    " http://A.example:8080/ ": "http://a.example:8080/",
    "http://[::1]:80/x": "http://[::1]:80/x",
    "https://bücher.example/straße": "https://xn--bcher-kva.example/stra%C3%9Fe",
    'https://a.example/"><script>': "https://a.example/%22%3E%3Cscript%3E",
    "https://a.example/%20?q=%28": "https://a.example/%20?q=%28",
    "https://a.example/a(b)[c]": "https://a.example/a%28b%29%5Bc%5D",
}


@pytest.mark.parametrize("url", REFUSED)
def test_other_things_are_no_links(url):
    assert safe_link(url) is None


@pytest.mark.parametrize(("url", "link"), KEPT.items())
def test_links_are_kept_in_a_form_that_needs_no_escaping(url, link):
    assert safe_link(url) == link


@given(st.builds("{}{}".format, st.sampled_from(["", "http://", "https://a.example/"]), st.text()))
def test_a_link_is_plain_and_stays_as_it_is(url):
    link = safe_link(url)
    if link is not None:
        assert re.fullmatch(r"https?://[A-Za-z0-9\[\]._:-]+[!-~]*", link)
        assert not set(link) & set("<>\"'()\\` ;{}|^")
        assert safe_link(link) == link
