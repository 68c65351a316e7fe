"""Models: what a model promises, the engines, and what is known about each model."""

from brief.models.catalog import card_of, cards
from brief.models.registry import load_model

__all__ = ["card_of", "cards", "load_model"]
