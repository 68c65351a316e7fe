"""Sources become fetched articles."""
