"""What /openapi.json says of every route. Left out: what a route does (`app.py`)."""

ABOUT = "See docs/service.md."
HEALTH = READY = SUMMARIZE = BATCH = MODELS = EDITIONS = EDITION = METRICS = {}
