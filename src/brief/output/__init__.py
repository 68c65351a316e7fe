"""Write summaries as text, Markdown, JSON and HTML."""

from typing import Literal

Format = Literal["text", "markdown", "json", "jsonl", "html"]
"""Values of `brief summarize --format`."""

CleanFormat = Literal["text", "json"]
"""Values of `brief clean --format`."""
