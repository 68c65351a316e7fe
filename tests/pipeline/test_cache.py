"""The cache gives back what it was given, and only under the same article and signature."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.datatypes import Code, Origin, Remark
from brief.errors import StorageError
from brief.pipeline.cache import Cache, _code_digest, _facts, digest
from brief.records import from_record, to_record
from tests.fakes.summaries import summary_of


@pytest.fixture
def cache(tmp_path):
    opened = Cache(tmp_path / "deep" / "summaries.sqlite3")
    yield opened
    opened.close()


def test_a_stored_summary_comes_back_equal(cache):
    summary = summary_of("The bridge closes.", "Ferries will run.", headline="Bridge")
    cache.put(summary)
    assert cache.get(summary.article, summary.signature) == summary


def test_the_id_is_not_part_of_the_key_and_the_article_is_the_caller_s(cache):
    cache.put(summary_of("The bridge closes.", id="first.txt"))
    twin = summary_of("The bridge closes.", id="second.txt")
    stored = cache.get(twin.article, twin.signature)
    assert stored is not None
    assert stored.article.id == "second.txt"


@pytest.mark.parametrize(
    "change",
    [
        {"text": "The bridge opens.\nComments\n"},
        {"headline": "Another"},
        {"published": "2026-01-01"},
        {"language": "fr"},
        {"remarks": (Remark(Code.INCOMPLETE_TEXT, "a paywall"),)},
    ],
)
def test_whatever_decides_a_summary_decides_the_key(change):
    article = summary_of("The bridge closes.").article
    assert digest(replace(article, **change)) != digest(article)


def test_another_signature_finds_nothing(cache):
    summary = summary_of("The bridge closes.")
    cache.put(summary)
    assert cache.get(summary.article, "another") is None


def test_the_oldest_rows_go_first(tmp_path):
    cache = Cache(tmp_path / "small.sqlite3", max_rows=2)
    summaries = [summary_of(f"Bridge {number} closes.") for number in range(4)]
    for summary in summaries:
        cache.put(summary)
    found = [cache.get(summary.article, summary.signature) for summary in summaries]
    assert found == [None, None, *summaries[2:]]
    cache.close()


def test_threads_share_one_cache(cache):
    summaries = [summary_of(f"Bridge {number} closes.") for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(cache.put, summaries))
        found = list(pool.map(lambda s: cache.get(s.article, s.signature), summaries))
    assert found == summaries


def test_two_processes_may_hold_it(tmp_path):
    first, second = Cache(tmp_path / "c.sqlite3"), Cache(tmp_path / "c.sqlite3")
    summary = summary_of("The bridge closes.")
    first.put(summary)
    assert second.get(summary.article, summary.signature) == summary
    first.close()
    second.close()


@pytest.mark.parametrize("record", ['{"schema": 1}', '{"schema": "brief.summary/1"}', "{", "[]"])
def test_a_damaged_row_and_one_of_an_earlier_version_count_as_none(cache, tmp_path, record):
    summary = summary_of("The bridge closes.")
    cache.put(summary)
    with sqlite3.connect(tmp_path / "deep" / "summaries.sqlite3") as database:
        database.execute("UPDATE summaries SET record = ?", (record,))
    database.close()
    assert cache.get(summary.article, summary.signature) is None


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be one" * 99])
def test_a_file_that_is_no_cache_is_named_with_a_way_out(tmp_path, content):
    path = tmp_path / "summaries.sqlite3"
    path.write_bytes(content)
    with pytest.raises(StorageError, match=r"summaries\.sqlite3.*\n.*--no-cache"):
        Cache(path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be used"):
        Cache(tmp_path / "file" / "summaries.sqlite3")


bullet_texts = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
        lambda text: text.strip() == text and "\n" not in text
    ),
    min_size=1,
    max_size=4,
)


remarks_on_a_bullet = st.lists(st.builds(Remark, st.sampled_from(Code), st.text()), max_size=2)


@given(bullet_texts, st.sampled_from(Origin), remarks_on_a_bullet)
def test_a_record_brings_its_summary_back(texts, origin, remarks):
    summary = summary_of(*texts)
    bullets = tuple(
        replace(b, support=None, origin=origin, remarks=tuple(remarks)) for b in summary.bullets
    )
    summary = replace(summary, bullets=bullets, scored=(0,))
    assert from_record(to_record(summary), summary.article) == summary


@pytest.mark.parametrize(
    ("changed", "is_same"),
    [
        ('"""Another."""\n\n\ndef f(x):\n    """Add two."""\n    # Why.\n    return x + 1\n', True),
        ('"""One."""\ndef f(x):\n    """Add one."""\n    return x + 2\n', False),
        ('"""One."""\ndef f(x):\n    """Add one."""\n    return x - 1\n', False),
        ('"""One."""\ndef f(y):\n    """Add one."""\n    return g(y) + 1\n', False),
    ],
)
def test_the_signature_depends_on_what_code_does_and_not_on_comments(changed, is_same):
    def digest_of(source: str) -> str:
        return repr(_facts(compile(source, "module.py", "exec", optimize=2)))

    code = '"""One."""\ndef f(x):\n    """Add one."""\n    return x + 1\n'
    assert (digest_of(changed) == digest_of(code)) is is_same


def test_the_digest_of_our_code_is_kept_between_processes(user_folders):
    _code_digest.cache_clear()
    digest = _code_digest()
    memo = user_folders / "code-digest"
    memo.write_text(memo.read_text().replace(digest, "kept"))
    _code_digest.cache_clear()
    assert _code_digest() == "kept"
    memo.write_text("damaged")
    _code_digest.cache_clear()
    assert _code_digest() == digest
