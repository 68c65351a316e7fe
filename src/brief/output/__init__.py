"""Write summaries as text, Markdown, JSON and HTML."""

from typing import Literal

Format = Literal["text", "markdown", "json", "jsonl", "html"]
"""The values of `brief summarize --format`."""

CleanFormat = Literal["text", "json"]
"""The values of `brief clean --format`."""

CheckFormat = Literal["text", "jsonl"]
"""The values of `brief check --format`."""
