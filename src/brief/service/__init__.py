"""Summaries over HTTP, for other programs and for people (docs/service.md)."""
