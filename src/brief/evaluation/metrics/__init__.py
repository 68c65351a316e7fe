"""Metrics (ROUGE, faithfulness, oracle) and statistical tests."""
