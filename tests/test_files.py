"""A file is written whole or not at all."""

import os

import pytest

from brief.errors import StorageError
from brief.files import replacing, write_bytes, writing


def test_a_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "x"

    def fill_the_disk():
        with writing(path) as file:
            file.write("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left"):
        fill_the_disk()
    assert list(tmp_path.iterdir()) == []
    with writing(path) as file:
        file.write("whole")
        assert not path.exists()
    assert path.read_text() == "whole"


def test_an_interrupt_leaves_the_file_that_was_there(tmp_path):
    path = tmp_path / "x"
    path.write_text("before")

    def interrupt():
        with writing(path) as file:
            file.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_is_overwritten(tmp_path):
    with replacing(tmp_path / "x") as part:
        left = part
        part.write_text("one")
    left.write_text("left by a process that was killed, and longer")
    with writing(tmp_path / "x") as file:
        file.write("two")
    assert (tmp_path / "x").read_text() == "two"
    assert not left.exists()


def test_two_processes_write_beside_each_other(tmp_path):
    with replacing(tmp_path / "x", tag=".1") as one, replacing(tmp_path / "x", tag=".2") as two:
        assert one != two
        one.write_text("1")
        two.write_text("2")
    assert (tmp_path / "x").read_text() == "1"


def test_a_file_with_the_same_content_is_not_touched(tmp_path):
    path = tmp_path / "x"
    write_bytes(path, b"same")
    os.utime(path, (1, 1))
    write_bytes(path, b"same")
    assert path.stat().st_mtime == 1
    write_bytes(path, b"other")
    assert path.read_bytes() == b"other"


def test_the_error_names_file_reason_and_remedy(tmp_path):
    with pytest.raises(StorageError, match=r"gone/x: cannot be written \(No such") as caught:
        write_bytes(tmp_path / "gone" / "x", b"", remedy="make the folder")
    assert caught.value.remedy == "make the folder"
