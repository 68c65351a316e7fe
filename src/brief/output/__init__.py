"""Summaries become text, Markdown, JSON and HTML."""
