"""Process plain strings: split sentences and words, parse numbers, learn casing, compare texts."""
