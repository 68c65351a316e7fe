"""Training data: alignment, examples, batches."""
