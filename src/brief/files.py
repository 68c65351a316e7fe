"""Write files atomically: a file appears when it is complete, or the previous one stays."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from brief.errors import StorageError

REMEDY = "name a folder that you may write to, on a disk with room"


@contextmanager
def replacing(path: Path, *, remedy: str = REMEDY, tag: str = "") -> Iterator[Path]:
    """A temporary path to write to; the file there replaces `path` when the block ends.

    After an error it is removed. A process that is killed leaves this part file, which the next
    writer of the same path overwrites.

    Args:
        path: The file to write.
        remedy: What a user can do when it cannot be written.
        tag: Added to the part file's name, where two processes may write the same path at once.

    Raises:
        StorageError: The file cannot be written.
    """
    part = path.with_name(f".{path.name}{tag}.part")
    try:
        yield part
        with part.open("r+b") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise cannot_write(path, error, remedy) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def writing(path: Path, *, remedy: str = REMEDY, tag: str = "") -> Iterator[IO[str]]:
    """A UTF-8 text file that replaces `path` when the block ends; see `replacing`."""
    with (
        replacing(path, remedy=remedy, tag=tag) as part,
        part.open("w", encoding="utf-8", newline="\n") as file,
    ):
        yield file


def write_bytes(path: Path, content: bytes, *, remedy: str = REMEDY) -> None:
    """Write a whole file; a file that already has this content is not touched.

    Raises:
        StorageError: The file cannot be written.
    """
    try:
        if path.is_file() and path.read_bytes() == content:
            return
    except OSError as error:
        raise cannot_write(path, error, remedy) from error
    with replacing(path, remedy=remedy) as part:
        part.write_bytes(content)


def cannot_write(path: Path, error: OSError, remedy: str = REMEDY) -> StorageError:
    """The error for a file that cannot be written."""
    return StorageError(f"{path}: cannot be written ({error.strerror or error})", remedy)
