"""The SQLite ledger: articles, editions and runs."""
