"""Report evaluation results: terminal tables, Markdown and an HTML page."""
