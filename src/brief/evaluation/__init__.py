"""Evaluate and compare summarization systems: data sets, metrics, statistics, reports, tuning."""
