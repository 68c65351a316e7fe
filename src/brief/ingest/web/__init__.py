"""URLs become bytes: the only HTTP client."""
