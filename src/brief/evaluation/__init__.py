"""Which model should run on these articles: data sets, metrics, statistics, harness and report."""
