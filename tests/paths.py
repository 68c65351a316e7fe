"""Where the project's own files are, for tests at any depth."""

from pathlib import Path

PROJECT = Path(__file__).parents[1]
DATA = PROJECT / "tests" / "data"
