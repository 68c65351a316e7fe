"""Ingest: what a user names -> cleaned articles, with every line accounted for."""
