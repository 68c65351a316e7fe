"""An edition comes back from its JSON as every format prints it; other JSON is refused."""

import json
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.briefing.render.edition_json import from_json, to_json
from tests.fakes.editions import DATE, as_first_version, edition, empty_edition

SAMPLE = json.loads(to_json(edition()))


def test_what_is_read_back_is_written_the_same():
    for made in (edition(), empty_edition()):
        assert to_json(from_json(to_json(made))) == to_json(made)


def test_what_is_read_back_is_the_edition_without_its_articles_texts():
    made, read = edition(), from_json(to_json(edition()))
    assert (read.date, read.omissions, read.colophon) == (DATE, made.omissions, made.colophon)
    for one, other in zip(made.stories, read.stories, strict=True):
        assert (one.section, one.reasons, one.score) == (other.section, other.reasons, other.score)
        # A bullet's source sentence has lost its place among the body's, nothing else.
        assert one.bullets == other.bullets
        assert other.reports == tuple(
            replace(report, body="", lead="", bullets=()) for report in one.reports
        )


def test_an_edition_of_the_first_version_is_read():
    old = as_first_version(to_json(edition()))
    assert '"brief.edition/1"' in old
    assert "remarks" not in old
    assert to_json(from_json(old)) == to_json(edition())


def test_no_body_is_written():
    assert "A body that no edition shows" not in to_json(edition())


def test_the_object_holds_what_was_promised():
    assert SAMPLE["schema"] == "brief.edition/2"
    assert SAMPLE["date"] == "2026-11-23"
    first = SAMPLE["stories"][0]
    assert {"headline", "reasons", "bullets", "articles"} <= first.keys()
    assert {"text", "sources", "support", "origin", "remarks", "article"} <= first["bullets"][
        0
    ].keys()
    assert {"id", "headline", "source", "url"} <= first["articles"][0].keys()
    ids = {article["id"] for article in first["articles"]}
    assert {bullet["article"] for bullet in first["bullets"]} <= ids
    assert {"id", "source", "code", "reason"} <= SAMPLE["outcomes"][0].keys()


def _places(value: object, path: tuple = ()) -> list[tuple]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, one in inner:
        found.append((*path, key))
        if isinstance(one, dict | list):
            found += _places(one, (*path, key))
    return found


MAY_LACK = {
    *("section", "reasons", "score", "since"),
    *("disagrees", "copy_of", "by_lead", "remarks", "picture_credit", "story"),
}
"""Keys with a default, as every key has one that was added after files were written."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_other_json_is_refused(value):
    with pytest.raises(ValueError, match=r"brief\.edition/2"):
        from_json(json.dumps(value))


@given(st.sampled_from([place for place in _places(SAMPLE) if isinstance(place[-1], str)]))
def test_an_object_that_lacks_a_key_is_refused(place):
    record = deepcopy(SAMPLE)
    inner = record
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    is_of_outcome = place[0] == "outcomes" and place[-1] in {"headline", "url"}
    if place[:-1] == ("colophon", "n_by_code") or place[-1] in MAY_LACK or is_of_outcome:
        from_json(json.dumps(record))
        return
    with pytest.raises(ValueError, match=r"brief\.edition/2"):
        from_json(json.dumps(record))


@pytest.mark.parametrize("text", ["", "{", "<html>", '{"schema": "brief.summary/2"}'])
def test_no_json_and_other_schemas_are_refused(text):
    with pytest.raises(ValueError, match=r"Expecting|brief\.edition/2"):
        from_json(text)
