"""Sources over a real web server, through the whole job, on two mornings."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from brief.briefing import job
from brief.briefing.sources.expand import SourceConfig
from brief.ingest.web.crawler import Client
from tests.fakes.morning import BRIDGE, LIBRARY, MARKET, NEXT, Office
from tests.fakes.sites import Answer, Site


def page_of(text: str) -> Answer:
    title, _, body = text.partition("\n")
    paragraphs = "".join(f"<p>{line}</p>" for line in body.splitlines() if line)
    return Answer(
        body=f"<!DOCTYPE html><title>{title}</title><article><h1>{title}</h1>{paragraphs}".encode()
    )


def rss(site: Site, *items: tuple[str, str, str], etag: str = '"1"') -> Answer:
    """A feed of (path, date, own text)."""
    entries = "".join(
        f"<item><title>{path[1:]}</title><link>{site.url(path)}</link>"
        f"<pubDate>{when}</pubDate><description>{own}</description></item>"
        for path, when, own in items
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel>{entries}</channel></rss>'.encode()
    return Answer(headers={"Content-Type": "application/rss+xml", "ETag": etag}, body=body)


def only_if_changed(answer: Answer):
    def answered(headers) -> Answer:
        asked = headers.get("If-None-Match")
        return Answer(304, {}, b"") if asked == answer.headers["ETag"] else answer

    return answered


YESTERDAY = "Sun, 22 Nov 2026 12:00:00 GMT"


@pytest.fixture
def office(tmp_path, site) -> Office:
    site.answers |= {"/bridge": page_of(BRIDGE), "/library": page_of(LIBRARY)}
    office = Office(tmp_path / "office")
    office.client = lambda _: Client()
    with_sources(office, feed(site, "radio", "/feed.xml"))
    return office


def feed(site: Site, name: str, path: str, **changes) -> SourceConfig:
    config = SourceConfig(name=name, kind="url", location=site.url(path), allow_private=True)
    return replace(config, **changes)


def with_sources(office: Office, *sources: SourceConfig) -> None:
    office.morning = replace(office.morning, sources=sources)


def asked(site: Site) -> list[str]:
    return [one["path"] for one in site.asked if one["path"] != "/robots.txt"]


def test_nothing_is_fetched_twice_over_two_mornings(office, site):
    items = [("/bridge", YESTERDAY, ""), ("/library", YESTERDAY, "")]
    site.answers["/feed.xml"] = only_if_changed(rss(site, *items))
    assert job.run(office.plan(), office.context).problems == ()
    assert sorted(asked(site)) == ["/bridge", "/feed.xml", "/library"]
    assert "published yesterday" in office.page()
    site.asked.clear()
    job.run(office.plan(NEXT), office.context)
    assert asked(site) == ["/feed.xml"]
    assert "no news" in office.page(NEXT).lower()
    site.asked.clear()
    site.answers["/market"] = page_of(MARKET)
    items.append(("/market", YESTERDAY, ""))
    site.answers["/feed.xml"] = only_if_changed(rss(site, *items, etag='"2"'))
    third = NEXT.replace(day=25)
    job.run(office.plan(third), office.context)
    assert asked(site) == ["/feed.xml", "/market"]
    assert "old ropeworks" in office.page(third)


def test_the_feeds_own_text_stands_in_for_a_page_without_an_article(office, site):
    site.answers["/script"] = Answer(body=b"<!DOCTYPE html><title>x</title><script>go()</script>")
    own = " ".join(MARKET.splitlines()[2:])
    site.answers["/feed.xml"] = rss(
        site,
        ("/script", YESTERDAY, own),
        ("/gone", YESTERDAY, own.replace("4 percent", "5 percent")),
    )
    job.run(office.plan(), office.context)
    page = office.page()
    assert "old ropeworks" in page
    assert "the page could not be read" in page
    assert "the page could not be had" in page


def test_a_date_in_the_future_counts_as_the_editions_own(office, site):
    site.answers["/feed.xml"] = rss(site, ("/bridge", "Thu, 01 Jan 2032 00:00:00 GMT", ""))
    job.run(office.plan(), office.context)
    record = json.loads(office.page(kind="json"))
    (article,) = record["stories"][0]["articles"]
    # No newer for it than an article without a date.
    assert article["published"] == "2026-11-23T00:00:00+03:00"


def test_a_list_of_feeds_brings_its_sections_and_its_failure(office, site, tmp_path):
    site.answers["/feed.xml"] = rss(site, ("/bridge", YESTERDAY, ""))
    opml = tmp_path / "feeds.opml"
    opml.write_text(
        '<opml version="2.0"><body><outline text="Town"><outline text="radio" type="rss"'
        f' xmlUrl="{site.url("/feed.xml")}"/></outline></body></opml>'
    )
    listed = SourceConfig(name="list", kind="opml", location=str(opml), allow_private=True)
    with_sources(office, listed, replace(listed, name="lost", location=str(Path("no.opml"))))
    (problem,) = job.run(office.plan(), office.context).problems
    assert problem.startswith("lost could not be had")
    record = json.loads(office.page(kind="json"))
    assert record["colophon"]["sources_reached"] == ["radio"]
    assert [story["section"] for story in record["stories"]] == ["Town"]


def test_bad_feeds_are_outcomes_and_the_others_are_read(office, site):
    site.answers["/feed.xml"] = rss(site, ("/bridge", YESTERDAY, ""))
    site.answers["/page"] = Answer(body=b"<!DOCTYPE html><title>no feed</title>")
    site.answers["/loop"] = Answer(302, {"Location": "/loop"}, b"")
    site.answers["/binary"] = Answer(headers={"Content-Type": "image/png"}, body=b"\x89PNG\r\n\x00")
    bad = [feed(site, name, f"/{name}", kind="feed") for name in ("page", "loop", "binary", "gone")]
    with_sources(office, *bad, *office.morning.sources)
    problems = job.run(office.plan(), office.context).problems
    assert [problem.split()[0] for problem in problems] == ["page", "loop", "binary", "gone"]
    record = json.loads(office.page(kind="json"))
    assert [one["code"] for one in record["outcomes"]] == ["source_failed"] * 4
    assert record["stories"][0]["articles"][0]["source"] == "radio"


def test_sources_without_time_left_are_not_asked(office, site):
    site.answers["/feed.xml"] = rss(site, ("/bridge", YESTERDAY, ""))
    client = Client(stop_at=0.0)
    office.client = lambda _: client
    with pytest.raises(Exception, match="time is over"):
        job.run(office.plan(), office.context)
    assert site.asked == []


def test_each_source_is_weighed_as_it_is_configured(office, site):
    site.answers |= {
        "/light.xml": rss(site, ("/bridge", YESTERDAY, "")),
        "/heavy.xml": rss(site, ("/library", YESTERDAY, "")),
    }
    for weights, first in (((1.0, 9.0), "library"), ((9.0, 1.0), "bridge")):
        with_sources(
            office,
            feed(site, "light", "/light.xml", weight=weights[0]),
            feed(site, "heavy", "/heavy.xml", weight=weights[1]),
        )
        job.run(office.plan(rebuild=True), office.context)
        headlines = [story["headline"] for story in json.loads(office.page(kind="json"))["stories"]]
        assert headlines[0] == first
