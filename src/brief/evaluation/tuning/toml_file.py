"""A TOML file of the user's own, changed in place: comments, order and all else are kept.

Left out: what is put there (`choose.py`, `write_settings.py`).
"""

from pathlib import Path
from typing import TYPE_CHECKING

from brief.errors import InputError, UsageError
from brief.evaluation.harness import appearing

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


def read_toml(path: Path) -> "TOMLDocument":
    """The file's content; empty when there is no file.

    Raises:
        UsageError: It is not TOML.
        InputError: It cannot be read.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(path.read_bytes().decode())
    except FileNotFoundError:
        return tomlkit.document()
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not TOML: {error}", "correct it first") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def write_toml(document: "TOMLDocument", path: Path) -> None:
    """Put the content back; a link goes on pointing to the file that is replaced.

    Raises:
        StorageError: It cannot be written.
    """
    import tomlkit

    with appearing(path.resolve()) as file:
        file.write(tomlkit.dumps(document))
