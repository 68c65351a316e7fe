import gzip
import io
import os
from pathlib import Path

import pytest

from brief.datatypes import Code, Remark
from brief.errors import FetchError, InputError, UsageError
from brief.ingest.inputs import Source, read
from brief.ingest.web.response import Fetched

PAGES = {
    "https://news.example/bridge": Fetched(
        "https://news.example/2031/bridge",
        "<!DOCTYPE html><p>The café reopened.".encode("cp1252"),
        "text/html",
        "windows-1252",
    ),
    "https://news.example/odd": Fetched(
        "https://news.example/odd", b"<center>The ferry sails again.</center>", "text/html", None
    ),
    "https://news.example/plain": Fetched(
        "https://news.example/plain", b"The ferry sails again.", "text/html", None
    ),
    "https://news.example/image": Fetched(
        "https://news.example/image", b"\x89PNG\r\n\x1a\n", None, None
    ),
}


def fetch(url: str) -> Fetched:
    """A fetcher from URL to bytes."""
    try:
        return PAGES[url]
    except KeyError:
        raise FetchError(f"{url}: HTTP 404 Not Found", "check the address") from None


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, content: str | bytes = "Rain fell.") -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    Path(path).write_bytes(gzip.compress(data) if path.endswith(".gz") else data)


def sources(*args: str, stdin: bytes = b"", max_bytes: int = 10_000, notes=None) -> list[Source]:
    notify = (notes if notes is not None else []).append
    stream = io.BytesIO(stdin)
    return list(read(args, stdin=stream, max_bytes=max_bytes, fetch=fetch, notify=notify))


def ids(*args: str) -> list[str]:
    return [source.id for source in sources(*args)]


def failure(*args: str, **kwargs) -> InputError:
    (source,) = sources(*args, **kwargs)
    assert isinstance(source.error, InputError)
    assert source.text == ""
    return source.error


# Files


def test_file_is_one_article():
    write("a.txt", "Rain fell.\n")
    assert sources("a.txt") == [Source(id="a.txt", text="Rain fell.\n")]


def test_text_is_not_changed():
    text = "\n One\r\ntwo\rthree\x0cfour\u2028five \n\n"
    write("a.txt", text)
    assert sources("a.txt")[0].text == text


def test_file_of_any_extension_that_is_named_is_read():
    write("a.log")
    write(".hidden")
    assert [source.text for source in sources("a.log", ".hidden")] == ["Rain fell."] * 2


def test_html_is_known_by_its_looks_or_by_name_and_tag():
    write("a.txt", "<!DOCTYPE html><p>Rain.")
    write("b.html", "<center>Rain.</center>")
    write("c.html", "Rain, copied from a page.")
    write("d.txt", "<center>Rain.</center>")
    found = sources("a.txt", "b.html", "c.html", "d.txt")
    assert [source.is_html for source in found] == [True, True, False, False]


@pytest.mark.parametrize("name", ["a.txt.gz", "a.html.gz", "a.GZ"])
def test_compressed_file(name):
    Path(name).write_bytes(gzip.compress(b"Rain fell."))
    assert sources(name) == [Source(id=name, text="Rain fell.")]


def test_rows_of_a_file_plain_and_compressed():
    rows = '{"text": "a", "id": 7}\n{"text": "b"}\n'
    write("a.jsonl", rows)
    write("b.jsonl.gz", rows)
    found = sources("a.jsonl", "b.jsonl.gz")
    assert [source.id for source in found] == ["7", "a.jsonl:2", "7#2", "b.jsonl.gz:2"]
    assert [source.text for source in found] == ["a", "b", "a", "b"]


def test_rows_are_known_by_their_first_line_too():
    write("a.json", '{"text": "a"}\n{"text": "b"}')
    assert ids("a.json") == ["a.json:1", "a.json:2"]


@pytest.mark.parametrize("text", ['{\n  "text": "a"\n}', '[{"text": "a"}]', "[\n{}\n]"])
def test_json_of_another_shape_is_refused_and_not_summarized(text):
    write("a.json", text)
    error = failure("a.json")
    assert error.problem == "a.json: JSON over several lines or in a list"
    assert "one object a line" in error.remedy


def test_first_row_that_is_broken_is_one_failure():
    write("a.jsonl", 'oops\n{"text": "b"}\n')
    assert [source.error is None for source in sources("a.jsonl")] == [False, True]


def test_text_that_opens_with_a_bracket_is_text():
    write("a.txt", "[Updated] Rain fell.")
    write("b.txt", "{curly} rain")
    assert [source.error for source in sources("a.txt", "b.txt")] == [None, None]


def test_empty_file_is_for_the_cleaner_to_refuse():
    write("a.txt", "")
    assert sources("a.txt") == [Source(id="a.txt")]


def test_pdf_is_refused():
    write("notes.pdf", b"%PDF-1.7\n%\xe2\xe3")
    assert str(failure("notes.pdf")) == (
        "notes.pdf: not text or HTML (starts with %PDF-1.7)\n"
        "  convert it to text first, for example with pdftotext"
    )


def test_file_over_the_limit_is_refused_and_one_of_the_limit_is_not():
    write("a.txt", "x" * 101)
    write("b.txt", "x" * 100)
    write("c.txt", "x\n" * 51)
    found = sources("a.txt", "b.txt", "c.txt", max_bytes=100)
    assert [source.error is None for source in found] == [False, True, False]
    assert found[0].error.problem == "a.txt: larger than 100 bytes"


def test_compressed_bomb_is_refused_by_its_unpacked_size():
    write("a.txt.gz", b"\n" * 50_000_000)
    assert failure("a.txt.gz", max_bytes=1_000).problem == "a.txt.gz: larger than 1,000 bytes"


@pytest.mark.parametrize("cut", [slice(0, 40), slice(0, 5), slice(8, None)])
def test_damaged_gzip(cut):
    packed = gzip.compress(bytes(range(256)))
    Path("a.txt.gz").write_bytes(packed[cut])
    assert failure("a.txt.gz").problem.startswith("a.txt.gz: damaged gzip (")


def test_rows_before_damage_are_read():
    rows = b"".join(b'{"text": "%d"}\n' % n for n in range(20_000))
    packed = gzip.compress(rows)
    Path("a.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    *good, bad = sources("a.jsonl.gz")
    assert len(good) > 100
    assert [source.text for source in good] == [str(n) for n in range(len(good))]
    assert bad.id == "a.jsonl.gz"
    assert "damaged gzip" in bad.error.problem


def test_missing_file_names_the_nearest():
    write("news/harbor.txt")
    error = failure("news/harbour.txt")
    assert error.problem == "news/harbour.txt: no such file"
    assert error.remedy == "did you mean news/harbor.txt?"


def test_missing_file_with_nothing_near_and_missing_folder():
    write("news/harbor.txt")
    assert failure("news/zzz").remedy == ""
    assert failure("old/harbor.txt").remedy == "there is no folder old either"


def test_failure_does_not_stop_the_run():
    write("b.txt")
    found = sources("none.txt", "b.txt", "b.txt/c.txt", "a\x00b")
    assert [source.error is None for source in found] == [False, True, False, False]
    assert found[2].error.problem == "b.txt/c.txt: cannot be read (Not a directory)"


@pytest.mark.skipif(os.name == "nt", reason="names are not bytes there")
def test_name_of_odd_bytes():
    name = os.fsdecode(b"caf\xe9.txt")
    Path(name).write_text("Rain fell.")
    assert ids(name) == ["caf\\xe9.txt"]
    assert failure(name[:-4]).remedy == "did you mean caf\\xe9.txt?"


# Folders


def test_folder_is_read_in_the_order_of_names():
    for path in ("n/b.txt", "n/a/z.md", "n/a/y.html", "n/c.jsonl", "n/B.TXT", "n/a.txt"):
        write(path, '{"text": "a"}' if path.endswith("jsonl") else "Rain fell.")
    assert ids("n") == ["n/B.TXT", "n/a/y.html", "n/a/z.md", "n/a.txt", "n/b.txt", "n/c.jsonl:1"]


def test_hidden_and_other_files_are_passed_over_and_the_others_counted():
    for path in ("n/a.txt", "n/.b.txt", "n/.git/c.txt", "n/d.png", "n/e.png", "n/README"):
        write(path)
    notes: list[str] = []
    assert [source.id for source in sources("n", notes=notes)] == ["n/a.txt"]
    assert notes == ["n: passed over files of other kinds (2 .png, 1 without extension)"]


@pytest.mark.parametrize(
    ("other", "found"), [(None, "it is empty"), ("n/a.pdf", "it holds other kinds: 1 .pdf")]
)
def test_folder_without_a_file_to_read(other, found):
    Path("n").mkdir()
    if other:
        write(other)
    notes: list[str] = []
    error = failure("n", notes=notes)
    assert error.problem == f"n: no file to read in this folder ({found})"
    assert ".jsonl.gz" in error.remedy
    assert notes == []


def test_links_that_lead_in_circles_end():
    write("n/a/x.txt")
    Path("n/a/up").symlink_to("..")
    Path("n/b").symlink_to("a")
    assert ids("n") == ["n/a/x.txt"]


def test_unreadable_files_in_a_folder_are_failures_among_the_others():
    write("n/c.txt")
    Path("n/a.txt").symlink_to("nowhere")
    Path("n/b.txt").symlink_to("b.txt")
    found = sources("n")
    assert [(source.id, source.error is None) for source in found] == [
        ("n/a.txt", False),
        ("n/b.txt", False),
        ("n/c.txt", True),
    ]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_forbidden_folder_and_file_are_failures(folder):
    write("n/a/x.txt")
    write("n/b.txt")
    write("n/c.txt")
    Path("n/a").chmod(0)
    Path("n/b.txt").chmod(0)
    try:
        found = sources("n")
    finally:
        Path("n/a").chmod(0o700)
    assert [source.id for source in found] == ["n/a", "n/b.txt", "n/c.txt"]
    assert found[0].error.problem == "n/a: cannot be read (Permission denied)"
    assert found[1].error.problem == "n/b.txt: cannot be read (Permission denied)"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names there")
def test_pipe_in_a_folder_is_passed_over():
    write("n/a.txt")
    os.mkfifo("n/b.txt")
    notes: list[str] = []
    assert [source.id for source in sources("n", notes=notes)] == ["n/a.txt"]
    assert notes == ["n: passed over files of other kinds (1 .txt)"]


# Globs


def test_glob_that_no_shell_expanded():
    for path in ("n/b.txt", "n/a.txt", "n/c.log", "n/d/e.txt"):
        write(path)
    assert ids("n/*.txt") == ["n/a.txt", "n/b.txt"]
    assert ids("n/**/*.txt") == ["n/a.txt", "n/b.txt", "n/d/e.txt"]
    assert ids("n/*") == ["n/a.txt", "n/b.txt", "n/c.log", "n/d/e.txt"]
    assert failure("n/*.pdf").problem == "n/*.pdf: no file matches"


def test_file_whose_name_looks_like_a_glob():
    write("a[1].txt", "itself")
    write("a1.txt", "other")
    assert [source.text for source in sources("a[1].txt")] == ["itself"]


# Standard input


def test_stdin_is_one_article():
    assert sources("-", stdin=b"Rain fell.\nAnd more.\n") == [
        Source(id="stdin", text="Rain fell.\nAnd more.\n")
    ]


def test_stdin_is_html():
    assert sources("-", stdin=b"<html><p>Rain.")[0].is_html


@pytest.mark.parametrize("opening", [b"", b"\xef\xbb\xbf", b"  "])
def test_stdin_is_rows_when_its_first_line_is_an_object(opening):
    found = sources("-", stdin=opening + b'{"text": "a"}\n{"no": "b"}\n')
    assert [(source.id, source.text) for source in found] == [("stdin:1", "a"), ("stdin:2", "")]
    assert "found: no" in found[1].error.problem


def test_stdin_is_bounded_decoded_and_refused_like_a_file():
    assert sources("-", stdin="Zoë fell.".encode("utf-16"))[0].text == "Zoë fell."
    assert failure("-", stdin=b"x" * 101, max_bytes=100).problem == "stdin: larger than 100 bytes"
    assert "gunzip" in failure("-", stdin=gzip.compress(b"Rain")).remedy
    assert sources("-", stdin=b"") == [Source(id="stdin")]


def test_stdin_is_read_once():
    first, second = sources("-", "-", stdin=b"Rain fell.")
    assert (first.id, first.text) == ("stdin", "Rain fell.")
    assert second.error.problem == "stdin: already read to its end"


# URLs


def test_url_is_fetched_and_decoded():
    assert sources("https://news.example/bridge") == [
        Source(
            id="https://news.example/bridge",
            text="<!DOCTYPE html><p>The café reopened.",
            is_html=True,
            url="https://news.example/2031/bridge",
        )
    ]


def test_url_with_an_unusual_tag_and_one_with_flat_text():
    found = sources("https://news.example/odd", "https://news.example/plain")
    assert [source.is_html for source in found] == [True, False]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://news.example/none", "https://news.example/none: HTTP 404 Not Found"),
        ("https://news.example/image", r"not text or HTML (starts with \x89PNG"),
    ],
)
def test_failed_fetch_is_a_failure_of_its_input(url, said):
    write("a.txt")
    first, second = sources(url, "a.txt")
    assert first.id == url
    assert said in first.error.problem
    assert second.error is None


def test_wrong_scheme_is_refused_by_the_client():
    (source,) = read(["file:///etc/hosts"], stdin=io.BytesIO())
    assert isinstance(source.error, FetchError)
    assert source.error.problem == "file:///etc/hosts: file: only http and https are fetched"


# The stream


def test_nothing_named_is_a_usage_error_at_once():
    with pytest.raises(UsageError, match="no input was named"):
        read([], stdin=io.BytesIO())
    with pytest.raises(UsageError, match="empty argument"):
        read(["a.txt", ""], stdin=io.BytesIO())


def test_inputs_are_read_when_they_are_asked_for():
    write("a.txt")
    stream = read(["a.txt", "b.txt"], stdin=io.BytesIO())
    assert next(stream).id == "a.txt"
    write("b.txt", "written meanwhile")
    assert next(stream).text == "written meanwhile"


def test_ids_are_unique_and_the_order_decides():
    write("a.jsonl", '{"id": "x", "text": "1"}\n{"id": "x#2", "text": "2"}\n' * 2 + "oops\n")
    found = sources("a.jsonl", "a.jsonl")
    names = [source.id for source in found]
    assert len(set(names)) == len(names)
    assert names[:4] == ["x", "x#2", "x#3", "x#2#2"]
    assert names[4::5] == ["a.jsonl:5", "a.jsonl:5#2"]
    assert found[0].remarks == ()
    assert found[2].remarks == (Remark(Code.DUPLICATE_ID, "x names an earlier input too"),)


def test_many_inputs_of_one_id_take_no_longer_than_others():
    write("a.jsonl", '{"id": "x", "text": "a"}\n' * 20_000)
    assert ids("a.jsonl")[-1] == "x#20000"
