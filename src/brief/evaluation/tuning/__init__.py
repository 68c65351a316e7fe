"""Choose a system by its scores and limits, or tune a model's settings."""
