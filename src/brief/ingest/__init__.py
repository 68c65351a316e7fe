"""Read inputs (files, folders, URLs, feeds, JSON lines) and clean them into articles."""
