"""The files of a run's folder: JSON objects and rows, read.

What is not as the harness writes it is refused with its file and line. Left out: what the
numbers mean (`results.py`).
"""

import json
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, NoReturn

from brief.errors import InputError, UsageError

Json = Mapping[str, Any]

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def load_object(path: Path) -> Json:
    """A JSON file that holds one object.

    Raises:
        InputError: It cannot be read, is no JSON, holds something else, or a NaN.
    """
    try:
        loaded = _parsed(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        refuse(path, f"not JSON: {error}")
    if not isinstance(loaded, dict):
        refuse(path, f"a JSON {type(loaded).__name__}, not an object")
    return loaded


def load_rows(path: Path, keys: AbstractSet[str]) -> Iterator[Json]:
    """The rows of a JSON lines file, one at a time.

    Args:
        path: The file.
        keys: What every row has to have.

    Raises:
        UsageError: There is no such file.
        InputError: It cannot be read, or a line is not such a row; its number is named.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    row = _parsed(line)
                except (ValueError, RecursionError) as error:
                    refuse(path, f"line {number} is not JSON: {error}")
                if not isinstance(row, dict) or not row.keys() >= keys:
                    refuse(path, f"line {number} lacks one of {', '.join(sorted(keys))}")
                yield row
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file", "run brief eval run with this --output") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def _parsed(line: bytes) -> Any:  # noqa: ANN401  (JSON is anything)
    """JSON without NaN and without half surrogate pairs, which no file and no page can hold."""
    parsed = json.loads(line, parse_constant=_no_constant)
    if _SURROGATE.search(line):
        whole = json.dumps(parsed, ensure_ascii=False).encode(errors="replace")
        return json.loads(whole)
    return parsed


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def refuse(path: Path, why: str) -> NoReturn:
    """Raise that a file is not what the harness writes."""
    raise InputError(
        f"{path}: not a file of an evaluation run: {why}", "make it anew with brief eval run"
    ) from None
