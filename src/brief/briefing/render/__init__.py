"""Render an edition as web page, e-mail, feed, Markdown, plain text and JSON."""
