"""Fetch URLs: the package's only HTTP client."""
