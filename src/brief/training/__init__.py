"""Training: articles with bullets -> pairs -> a model that writes such bullets."""
