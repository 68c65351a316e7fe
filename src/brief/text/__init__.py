"""Text as strings: sentences, words, numbers, casing. Knows nothing of articles."""
