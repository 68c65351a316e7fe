"""Evaluation results become reports."""
