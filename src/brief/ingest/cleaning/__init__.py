"""Flat scraped text becomes labelled lines."""
