"""A model's candidate becomes a bullet only if its source supports it."""
