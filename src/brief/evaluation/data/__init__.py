"""Evaluation data: articles with reference bullets."""
