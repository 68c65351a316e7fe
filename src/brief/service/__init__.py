"""HTTP service for summaries: an API for programs and a web page for people (docs/service.md)."""
