"""Summaries become text, Markdown, JSON and HTML."""

from typing import Literal

Format = Literal["text", "markdown", "json", "jsonl", "html"]
"""What `brief summarize --format` takes."""

CleanFormat = Literal["text", "json"]
"""What `brief clean --format` takes."""
