from pathlib import Path

import pytest

from brief import models
from brief.errors import ModelError
from brief.models.copy_lock import CopyLock


@pytest.fixture
def lock(tmp_path) -> CopyLock:
    path = tmp_path / "vmap.txt"
    path.write_text("\tthe . [END]\nriver\triver rivers\nnew york\tbig apple\n\u2028\t\u2028\n")
    return CopyLock.read(path)


def test_always_and_what_the_sources_hold(lock):
    assert lock.allowed([["a", "river"]]) == {"the", ".", "[END]", "river", "rivers"}


def test_a_key_of_two_pieces_needs_both_in_order(lock):
    assert {"big", "apple"} <= lock.allowed([["in", "new", "york"]])
    assert not {"big", "apple"} & lock.allowed([["york", "new"], ["york"]])


def test_the_lock_is_the_union_over_the_batch(lock):
    one, two = ["river"], ["new", "york"]
    assert lock.allowed([one, two]) == lock.allowed([one]) | lock.allowed([two])


def test_no_source_allows_the_fixed_pieces_alone(lock):
    assert lock.allowed([]) == lock.always


def test_a_piece_that_looks_like_a_line_break_is_a_piece(lock):
    assert "\u2028" in lock.allowed([["\u2028"]])


def test_a_line_without_a_tab_is_refused(tmp_path):
    path = tmp_path / "vmap.txt"
    path.write_text("\tthe\nriver\n")
    with pytest.raises(ModelError, match=r"vmap\.txt: line 2 has no tab"):
        CopyLock.read(path)


def test_the_embedded_map_locks_numbers_and_unknowns():
    lock = CopyLock.read(Path(models.__file__).parent / "news-small" / "vmap.txt")
    assert {"the", ".", "##ed", "[SEP]"} <= lock.always
    assert not {"two", "million", "7", "[UNK]"} & lock.always
    assert lock.allowed([["7"]]) - lock.always == {"7"}
