"""What every test stands on: user folders in a temporary place, properties that repeat."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.paths import DATA

if TYPE_CHECKING:
    from tests.fakes.sites import Site

# The same examples on every run and machine; a slow machine is no failure.
settings.register_profile("brief", deadline=None, derandomize=True, database=None)
settings.load_profile("brief")

_hub_folder = pytest.StashKey[str]()

GOLDEN = DATA / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the code prints now over tests/data/golden, to be read in the diff",
    )


def pytest_configure(config: pytest.Config) -> None:
    # Hub libraries read their folder once, at import, so before any test module is collected.
    os.environ.pop("HF_HUB_OFFLINE", None)
    # Started in the background, pytest ignores Ctrl-C, and so would the commands it interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[_hub_folder] = os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="brief-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[_hub_folder], ignore_errors=True)


@pytest.fixture(autouse=True)
def user_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch) -> Iterator[Path]:
    """No setting of the developer's own reaches a test, and no test writes to their folders."""
    for variable in [name for name in os.environ if name.startswith("BRIEF_")]:
        monkeypatch.delenv(variable)
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("BRIEF_CACHE_DIR", str(cache))
    monkeypatch.setenv("BRIEF_DATA_DIR", str(tmp_path_factory.mktemp("data")))
    return cache


@pytest.fixture
def site() -> "Iterator[Site]":
    """A real server on loopback."""
    from tests.fakes.sites import running_site

    with running_site() as server:
        yield server


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Callable[[str, str], None]:
    """Compares a text with the file of that name; with --update-golden it writes the file."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if pytestconfig.getoption("update_golden"):
            assert not os.environ.get("CI"), "CI never changes what it checks against"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
        assert path.is_file(), f"{path} is missing: run pytest with --update-golden, and read it"
        assert text == path.read_text("utf-8")

    return compare
