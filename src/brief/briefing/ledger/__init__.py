"""The briefing's SQLite database ("ledger"): articles, editions, deliveries and runs."""
