from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.briefing.ledger import serialization
from brief.briefing.timezones import Zone
from brief.datatypes import Bullet, Code, Origin, Remark, Sentence
from brief.ingest.article import to_article
from brief.ingest.inputs import Source
from brief.pipeline.cache import digest
from brief.pipeline.summarizer import Summarizer
from tests.fakes.summaries import PAGE, FakeModel

ON = date(2026, 11, 23)
NAIROBI = Zone("Africa/Nairobi")
TEXT = st.text(max_size=40)


REMARK = st.builds(Remark, st.sampled_from(Code), TEXT)


@given(TEXT, TEXT, st.booleans(), st.lists(REMARK, max_size=3), st.none() | TEXT)
def test_content_is_kept_as_it_arrived(text, name, is_html, remarks, fallback):
    content = Source(id=name, text=text, is_html=is_html, url=name, remarks=tuple(remarks))
    other = None if fallback is None else Source(id=name, text=fallback)
    assert serialization.content_from_bytes(serialization.content_to_bytes(content, other)) == (
        content,
        other,
    )


@given(
    TEXT,
    st.sampled_from([PAGE, "One line of a page.\r\n\r\nAnother one.", "\U0001f600 é\u2028 \x00 a"]),
)
def test_a_kept_article_has_the_same_summary(headline, text):
    article = to_article(Source(id="a", text=text, headline=headline or None))
    kept = serialization.article_from_bytes(serialization.article_to_bytes(article))
    # All that the summary cache asks of an article.
    assert digest(kept) == digest(article)
    assert [line.text for line in kept.body] == [line.text for line in article.body]
    assert (kept.id, kept.url, kept.remarks) == (article.id, article.url, article.remarks)


def report_of(page: str, *remarks: Remark, by_lead: bool = False):
    article = to_article(Source(id="a", text=page, url="https://example.org/a"))
    summary = Summarizer(FakeModel()).summarize(article)
    report = serialization.to_report(
        "1",
        "town",
        datetime(2026, 11, 23, tzinfo=UTC),
        remarks,
        serialization.article_to_bytes(article),
        serialization.summary_to_bytes(summary, by_lead=by_lead),
    )
    return report, summary


def test_a_report_has_what_the_summary_had():
    why = Remark(Code.FEED_TEXT, "why")
    report, summary = report_of(PAGE, why, by_lead=True)
    # Sentences are told apart by their place in the text; the ledger keeps no index.
    for kept, bullet in zip(report.bullets, summary.bullets, strict=True):
        sources = tuple(replace(one, index=0) for one in bullet.sources)
        assert kept == replace(bullet, sources=sources)
    assert report.remarks == (why, *summary.remarks)
    assert report.headline == "Harbor bridge to close for repairs"
    assert report.lead.startswith("The Osmund bridge will close")
    assert report.body.startswith(report.lead[:40])
    assert "Comments" not in report.body
    assert report.by_lead


def test_what_an_earlier_version_kept_is_read():
    fields = {"id": "a", "text": "Two came.", "headline": "Two", "published": None, "url": None}
    source = {**fields, "is_html": False, "byline": None, "warnings": ["duplicate_id: a: again"]}
    content, fallback = serialization.content_from_bytes(serialization.pack([source, None]))
    assert (content.text, fallback) == ("Two came.", None)
    assert content.remarks == (Remark(Code.DUPLICATE_ID, "a: again"),)
    bullet = {"text": "Two came.", "sources": [["Two came.", 0, 9, 0]], "support": 1.0}
    report = serialization.to_report(
        "1",
        "town",
        datetime(2026, 11, 23, tzinfo=UTC),
        (),
        serialization.pack(
            {**fields, "lines": [["body", 0, 9]], "language": "en", "warnings": ["odd: no more"]}
        ),
        serialization.pack(
            {
                "bullets": [{**bullet, "warnings": ["replaced: the model wrote", "poor: a stub"]}],
                "warnings": ["fewer_bullets: 1 of 2"],
                "by_lead": False,
            }
        ),
    )
    remarks = (Remark(Code.REPLACED, "the model wrote"), Remark(Code.POOR, "a stub"))
    sources = (Sentence("Two came.", 0, 9, 0),)
    assert report.bullets == (Bullet("Two came.", sources, 1.0, Origin.SOURCE, remarks),)
    assert report.remarks == (Remark(Code.FEWER_BULLETS, "1 of 2"),)


def test_without_a_headline_the_lead_names_the_report():
    body = "\n".join(line for line in PAGE.splitlines() if line.endswith((".", "said.")))
    report, _ = report_of(body)
    assert report.headline.startswith("The Osmund bridge")
    assert len(report.headline.split()) <= serialization.MAX_HEADLINE_WORDS + 1


@pytest.mark.parametrize(
    ("said", "when"),
    [
        (None, "2026-11-22T21:00:00+00:00"),
        ("last Tuesday", "2026-11-22T21:00:00+00:00"),
        ("2026-11-21", "2026-11-20T21:00:00+00:00"),
        ("2026-11-21T10:00", "2026-11-21T07:00:00+00:00"),
        ("2026-11-21T10:00:00-05:00", "2026-11-21T15:00:00+00:00"),
        ("2031-01-01", "2026-11-22T21:00:00+00:00"),
        ("0001-01-01", "2026-11-22T21:00:00+00:00"),
        ("9999-12-31T23:00-05:00", "2026-11-22T21:00:00+00:00"),
        (
            datetime(2026, 11, 21, 1, tzinfo=timezone(timedelta(hours=1))),
            "2026-11-21T00:00:00+00:00",
        ),
    ],
)
def test_when_an_article_counts_as_published(said, when):
    assert serialization.published_at(said, ON, NAIROBI).isoformat() == when


@given(st.text() | st.datetimes().map(str))
def test_whatever_a_page_says_it_has_a_moment_before_the_day_is_over(said):
    assert serialization.published_at(said, ON, NAIROBI) < NAIROBI.day(ON)[1]


@pytest.mark.parametrize("data", [b"", b"no such thing", serialization.pack([1])[:-4]])
def test_damaged_bytes_are_told_apart(data):
    with pytest.raises(ValueError, match=r".+"):
        serialization.unpack(data)


def test_the_name_of_an_article_depends_on_its_source_and_key_alone():
    names = [
        serialization.article_id(*pair) for pair in (("a", "b"), ("a", "c"), ("ab", ""), ("a", "b"))
    ]
    assert names[0] == names[3]
    assert len(set(names)) == 3
