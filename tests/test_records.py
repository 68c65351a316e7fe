"""The documented objects: what is written comes back, and the documents name every key."""

import json
import re

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from brief.briefing.briefing_types import Edition
from brief.briefing.render.edition_json import to_json
from brief.datatypes import Code, Label, Origin, Remark
from brief.errors import InputError
from brief.ingest.article import to_article
from brief.ingest.jsonl import Source
from brief.pipeline.summarizer import Summarizer
from brief.records import (
    CleanRecord,
    SummaryRecord,
    dump,
    from_first_version,
    from_record,
    load,
    to_clean_failure,
    to_clean_record,
    to_failure,
    to_record,
)
from tests.fakes.editions import edition, empty_edition
from tests.fakes.summaries import PAGE, FakeModel, summary_of
from tests.fakes.tiny_models import ARTICLES
from tests.paths import PROJECT

SCHEMAS = PROJECT / "docs" / "schemas.md"
PAGE_WITH_BLOCK = PAGE.replace(
    "The Osmund", "Key points\n• A secret line of the page\n\nThe Osmund"
)
TEXTS = st.lists(
    st.sampled_from([line for text in ARTICLES for line in text.splitlines()]), min_size=1
).map("\n".join)


def summary_from(text=PAGE):
    return Summarizer(FakeModel()).summarize(to_article(Source(id="page.txt", text=text)))


def documented(schema):
    """The keys that the schema's table in docs/schemas.md names, without those inside others."""
    section = SCHEMAS.read_text().split(f"## `{schema}`")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    keys = {key for cell in cells for key in re.findall(r"`([^`]+)`", cell)}
    return {key for key in keys if "." not in key and "[" not in key}


def test_the_documents_name_every_key():
    summary = to_record(summary_from())
    assert documented("brief.summary/2") == {*summary, "timings"}
    cleaned = to_clean_record(summary_from().article)
    assert documented("brief.clean/2") == set(cleaned)


def test_a_failure_is_the_same_object():
    error = InputError("x: no such file", "look again")
    failure = to_failure("x", error, model="fake", signature="0123")
    assert list(failure) == list(to_record(summary_from()))
    assert failure["error"] == {"problem": "x: no such file", "remedy": "look again"}
    cleaned = to_clean_failure("x", error)
    assert list(cleaned) == list(to_clean_record(summary_from().article))
    assert cleaned["error"] == failure["error"]


@given(TEXTS)
@settings(max_examples=30)
def test_a_summary_comes_back_from_its_record(text):
    summary = summary_from(text)
    record = json.loads(json.dumps(to_record(summary)))
    assert from_record(record, summary.article) == summary


def held_against_pydantic(kind, written):
    """What pydantic reads of an object and writes again is the object, keys in their order."""
    adapter = TypeAdapter(kind)
    again = adapter.dump_python(load(kind, written), by_alias=True)
    assert json.dumps(again, default=lambda day: day.isoformat()) == json.dumps(written)
    jsonschema_rs.validate(adapter.json_schema(mode="serialization"), written)


@given(TEXTS)
@settings(max_examples=10)
def test_objects_are_what_pydantic_makes_of_their_dataclasses(text):
    summary = summary_from(text)
    held_against_pydantic(SummaryRecord, to_record(summary))
    held_against_pydantic(CleanRecord, to_clean_record(summary.article))


def test_editions_are_what_pydantic_makes_of_their_dataclasses():
    for made in (edition(), empty_edition()):
        held_against_pydantic(Edition, json.loads(to_json(made)))


def test_spans_say_where_the_sentences_stand():
    record = to_record(summary_from())
    sources = [source for bullet in record["bullets"] for source in bullet["sources"]]
    assert sources
    for source in sources:
        assert PAGE[source["start"] : source["end"]] == source["sentence"]
    focus = [PAGE[span["start"] : span["end"]] for row in record["chunks"] for span in row["focus"]]
    assert focus[0] == "The Osmund bridge will close on 3 May for six weeks, the county said."


def test_what_was_dropped_is_told_without_its_text():
    summary = summary_from(PAGE_WITH_BLOCK)
    assert summary.article.reference_bullets == ("A secret line of the page",)
    record = to_record(summary)
    assert [row["label"] for row in record["dropped"]].count("reference_bullet") == 1
    assert all("text" not in row for row in record["dropped"])
    assert "secret" not in json.dumps(record)


def test_cleaned_lines_join_to_the_input():
    record = to_clean_record(summary_from(PAGE_WITH_BLOCK).article)
    assert "".join(line["text"] for line in record["lines"]) == PAGE_WITH_BLOCK
    assert record["dropped"] == [
        line for line in record["lines"] if line["label"] not in {"standfirst", "subhead", "body"}
    ]
    assert record["reference_bullets"] == ["A secret line of the page"]
    assert record["body"][0].startswith("The Osmund bridge")


def test_the_documents_name_every_label():
    labels = SCHEMAS.read_text().split("Labels: ")[1]
    assert set(re.findall(r"`([a-z_]+)`", labels)) >= {label.value for label in Label}


def test_the_documents_name_every_code_and_origin():
    (row,) = re.findall(r"^\| `bullets\[\]\.origin` \|(.*)", SCHEMAS.read_text(), re.MULTILINE)
    assert set(re.findall(r"`([a-z_]+)`", row)) == set(Origin)
    codes = SCHEMAS.read_text().split("Codes of remarks: ")[1].split("\n\n")[0]
    assert set(re.findall(r"`([a-z_]+)`", codes)) == set(Code)


def test_the_page_knows_no_other_codes():
    script = (PROJECT / "src" / "brief" / "service" / "page" / "summary.js").read_text()
    table = script.split("const REMARKS = {")[1].split("};")[0]
    named = set(re.findall(r"^ +(\w+): ", table, re.MULTILINE))
    assert named
    assert named <= set(Code)


def test_what_an_earlier_version_wrote_is_read():
    row = {"warnings": ["replaced: the model wrote: too much", "unsupported_number: 77", "poor"]}
    remarks = (Remark(Code.REPLACED, "the model wrote: too much"), Remark(Code.POOR, ""))
    read = from_first_version([{"bullets": [{**row, "support": 1.0}], **row}])
    assert load(tuple[Remark, ...], read[0]["remarks"]) == remarks
    (bullet,) = read[0]["bullets"]
    assert bullet == {"support": 1.0, "origin": Origin.SOURCE, "remarks": dump(remarks)}
    cut = from_first_version({"warnings": ["mended: a cut"], "support": None})
    assert cut["origin"] == Origin.MODEL
    assert from_first_version(bullet) == bullet


@pytest.mark.parametrize(
    "damage",
    [
        {"schema": "brief.summary/1"},
        {"remarks": [{"code": "no such code", "text": ""}]},
        {"chunks": None},
        {"bullets": [{"text": "x", "sources": [{}]}]},
    ],
)
def test_a_record_of_another_kind_is_refused(damage):
    summary = summary_of("The bridge closes.")
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_record(to_record(summary) | damage, summary.article)
