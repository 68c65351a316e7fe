"""Choose a model, or tune its settings."""
