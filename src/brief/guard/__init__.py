"""Check a model's candidate against its source; mend or replace it where it fails."""
