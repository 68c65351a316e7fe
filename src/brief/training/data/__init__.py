"""Training data: alignment of bullets, labels, tokenized examples, batches, decontamination."""
