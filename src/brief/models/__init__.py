"""Models: the `Model` protocol, the inference engines and the model catalog."""

from brief.models.catalog import card_of, cards
from brief.models.registry import load_checker, load_model

__all__ = ["card_of", "cards", "load_checker", "load_model"]
