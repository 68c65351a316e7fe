"""Comments, docstrings and documents name only files that exist."""

import re

import pytest

from tests.paths import PROJECT

TEXTS = [
    *PROJECT.glob("*.md"),
    *PROJECT.glob("docs/**/*.md"),
    *PROJECT.glob("eval/*.md"),
    *PROJECT.glob("src/brief/**/*.py"),
    *PROJECT.glob("benchmarks/*.py"),
]
NAMED = re.compile(r"(?<![\w.*/-])((?:[\w-]+/)*\w[\w-]*\.py)\b(?![\w*(])")
KNOWN = {
    path.relative_to(PROJECT).as_posix()
    for folder in ("src", "tests", "benchmarks", "docs", "eval", "examples", "prompts", ".ci")
    for path in (PROJECT / folder).rglob("*")
} | {path.name for path in PROJECT.iterdir()}
SUFFIXES = {
    tuple(name.split("/")[-n:]) for name in KNOWN for n in range(1, 1 + name.count("/") + 1)
}


def missing(text: str) -> set[str]:
    """Names of files in a text that no file of the project ends in."""
    return {name for name in NAMED.findall(text) if tuple(name.split("/")) not in SUFFIXES}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_named_files_exist(path):
    assert missing(path.read_text("utf-8")) == set()


def test_the_check_sees_a_file_that_is_gone():
    assert missing("see `corridor.py` and guard/check.py") == {"corridor.py"}
