import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.errors import InputError
from brief.ingest.jsonl import _SKIP_BYTES, Source, read_rows, to_source

MAX_BYTES = 2_000


def rows(*lines: bytes | str | dict) -> list[Source]:
    """The sources of a file with these lines; objects are written as JSON."""
    raw = [json.dumps(line) if isinstance(line, dict) else line for line in lines]
    data = b"\n".join(line.encode() if isinstance(line, str) else line for line in raw)
    return list(read_rows(io.BytesIO(data), name="news.jsonl", max_bytes=MAX_BYTES))


def only(line: bytes | str | dict) -> Source:
    (source,) = rows(line)
    return source


def problem(line: bytes | str | dict) -> str:
    source = only(line)
    assert source.error is not None
    assert source.text == ""
    return source.error.problem


def test_every_column():
    row = {
        "id": "a-1",
        "text": "The bridge reopened.",
        "headline": "Bridge reopens",
        "published": "2031-05-06",
        "byline": "Ada Okoro",
        "url": "https://news.example/bridge",
        "bullets": ["It reopened.", " Traffic flows. ", ""],
        "score": 3,
    }
    assert only(row) == Source(
        id="a-1",
        text="The bridge reopened.",
        headline="Bridge reopens",
        published="2031-05-06",
        byline="Ada Okoro",
        url="https://news.example/bridge",
        bullets=("It reopened.", "Traffic flows."),
    )


def test_other_names_of_columns():
    assert only({"article": "Rain fell.", "title": "Rain"}) == Source(
        id="news.jsonl:1", text="Rain fell.", headline="Rain"
    )


def test_first_column_that_is_not_blank_counts():
    assert only({"html": "<p>c", "article": "b", "text": "a"}).text == "a"
    assert only({"html": "<p>c", "article": "b", "text": " "}).text == "b"
    assert only({"html": "<p>c", "article": None}).text == "<p>c"
    assert only({"title": "c", "headline": ""}).error is not None
    assert only({"text": "a", "title": "c", "headline": ""}).headline == "c"


def test_html_is_known_by_column_or_looks():
    assert only({"html": "odd <b>page</b>"}).is_html
    assert only({"text": "<!DOCTYPE html><p>Rain."}).is_html
    assert not only({"text": "Rain < snow."}).is_html


def test_blank_text_is_a_source_for_the_cleaner_to_refuse():
    assert only({"text": " \n"}) == Source(id="news.jsonl:1")


@pytest.mark.parametrize(("value", "kept"), [(17, "17"), ("17", "17"), (0, "0")])
def test_id_is_kept_as_text(value, kept):
    assert only({"id": value, "text": "a"}).id == kept


@pytest.mark.parametrize("value", [None, ""])
def test_absent_id_is_the_place(value):
    sources = rows({"text": "a"}, "", {"id": value, "text": "b"})
    assert [source.id for source in sources] == ["news.jsonl:1", "news.jsonl:3"]


def test_metadata_is_spelled_out():
    source = only({"text": "a", "byline": ["Ada Okoro", "Li Wei"], "published": 2031, "url": None})
    assert (source.byline, source.published, source.url) == ("Ada Okoro, Li Wei", "2031", None)


def test_bullets_may_be_lines():
    assert only({"text": "a", "bullets": "One.\nTwo.\n"}).bullets == ("One.", "Two.")
    assert only({"text": "a", "bullets": None}).bullets == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{text: 1}", "not JSON (Expecting property name enclosed in double quotes, column 2)"),
        ('{"text": "a"', "not JSON (Expecting ',' delimiter, column 13)"),
        ('["a"]', "JSON, but a list"),
        ("null", "JSON, but null"),
        ("3", "JSON, but a number"),
        ('{"text": "a", "text": "b"}', "not JSON (column text stands twice)"),
        ('{"text": "a", "x": [{"y": 1, "y": 2}]}', "not JSON (column y stands twice)"),
        ('{"text": "a", "score": NaN}', "not JSON (NaN is no JSON value; write null)"),
        ('{"text": "a", "score": -Infinity}', "not JSON (-Infinity is no JSON value; write null)"),
        (b'{"text": "caf\xe9"}', "not UTF-8 (byte 13 of the line)"),
        ('{"text": ["a"]}', "text is a list"),
        ('{"text": "a", "id": 1.5}', "id is a number"),
        ('{"text": "a", "id": true}', "id is true or false"),
        ('{"text": "a", "headline": {}}', "headline is an object"),
        ('{"text": "a", "bullets": [1]}', "bullets is a list"),
        ('{"text": "half \\ud83d"}', "text holds half a character (\\ud83d)"),
        ('{"txt": "a", "name": "b"}', "no column text, article or html (found: txt, name)"),
        ("{}", "no column text, article or html (found: none at all)"),
    ],
)
def test_bad_row_says_where_and_what(line, said):
    assert problem(line) == f"news.jsonl:1: {said}"
    assert only(line).error.remedy


def test_nesting_deeper_than_python_s_stack_is_a_failure():
    data = b'{"text": "a", "x":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    (source,) = read_rows(io.BytesIO(data), name="a", max_bytes=10**6)
    assert source.error.problem == "a:1: JSON nested too deeply"


def test_number_too_long_for_python_is_a_failure():
    data = b'{"text": "a", "x":' + b"9" * 5_000 + b"}"
    (source,) = read_rows(io.BytesIO(data), name="a", max_bytes=10**6)
    assert source.error.problem.startswith("a:1: not JSON (")


def test_many_columns_are_not_all_listed():
    said = problem({f"column{n}": n for n in range(30)})
    assert "column11, …)" in said
    assert "column12" not in said


def test_bad_row_keeps_its_id_and_the_rest_goes_on():
    sources = rows({"id": "x", "text": 1}, "oops", {"id": "y", "text": "b"})
    assert [(source.id, source.error is None) for source in sources] == [
        ("x", False),
        ("news.jsonl:2", False),
        ("y", True),
    ]


def test_marked_file_and_windows_line_ends():
    data = b'\xef\xbb\xbf{"text": "a"}\r\n\r\n{"text": "b"}\r\n'
    sources = read_rows(io.BytesIO(data), name="a", max_bytes=MAX_BYTES)
    assert [(source.id, source.text) for source in sources] == [("a:1", "a"), ("a:3", "b")]


def test_line_of_exactly_the_limit_is_read():
    line = json.dumps({"text": "a" * (MAX_BYTES - len('{"text": ""}'))})
    assert len(line) == MAX_BYTES
    assert [source.error for source in rows(line, line)] == [None, None]


class Recorded(io.BytesIO):
    """Remembers the longest line that it gave out."""

    longest = 0

    def readline(self, size: int | None = -1) -> bytes:
        line = super().readline(size)
        self.longest = max(self.longest, len(line))
        return line


def test_line_over_the_limit_is_passed_over_in_pieces():
    stream = Recorded(b"x" * 5_000_000 + b'\n{"text": "after"}\n')
    first, second = read_rows(stream, name="a", max_bytes=MAX_BYTES)
    assert first.error.problem == "a:1: a line of more than 2,000 bytes"
    assert (second.id, second.text) == ("a:2", "after")
    assert stream.longest <= _SKIP_BYTES


def test_rows_are_read_one_at_a_time():
    class Endless(io.BytesIO):
        def readline(self, size=-1):
            del size
            return b'{"text": "a"}\n'

    stream = read_rows(Endless(), name="a", max_bytes=MAX_BYTES)
    assert [next(stream).id for _ in range(3)] == ["a:1", "a:2", "a:3"]


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_any_bytes_give_one_source_for_each_line_that_is_not_blank(lines):
    data = b"\n".join(lines)
    sources = list(read_rows(io.BytesIO(data), name="a", max_bytes=MAX_BYTES))
    assert len(sources) == sum(bool(line.strip()) for line in data.split(b"\n"))


@given(
    st.dictionaries(
        st.sampled_from(["id", "text", "article", "html", "headline", "bullets", "url", "x"]),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.text(st.characters(exclude_categories=()), max_size=5),
            lambda inner: (
                st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2)
            ),
            max_leaves=4,
        ),
    )
)
def test_any_object_gives_a_source_that_can_be_encoded(row):
    source = only(row)
    fields = (source.id, source.text, source.headline or "", source.url or "", *source.bullets)
    "".join(fields).encode()


def test_text_at_hand():
    assert to_source("\ufeffRain fell.", id="a") == Source(id="a", text="Rain fell.")
    assert to_source("<html><p>Rain.", id="a").is_html
    with pytest.raises(InputError, match="a: text holds half a character"):
        to_source("half \ud83d", id="a")
