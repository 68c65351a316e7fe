"""The length classes of bullets, in words.

A training target is labeled with its own class; at inference a class is requested. The bounds are
chosen so that `short`, `medium` and `long` bullets have about 12, 17 and 22 words on average.

Tested in `tests/training/data/test_annotated_pairs.py`.
"""

LENGTHS = ((8, "tiny"), (14, "short"), (19, "medium"))
"""Most words of each class; longer bullets are `long`."""

MAX_WORDS = 27
"""Longer targets are not used: they cannot be read at a glance."""


def n_words(target: str) -> int:
    """Number of words, also in text whose punctuation a tokenizer has separated by spaces.

    Example:
        >>> n_words("Quill 's ferry , mended in 2024 , won't sail .")
        7
    """
    return sum(
        any(char.isalnum() for char in word) and not word.startswith(("'", "’"))
        for word in target.split()
    )


def length_of(target: str) -> str:
    """The template's length for a bullet; without a bullet, the default at inference."""
    n = n_words(target)
    if not n:
        return "medium"
    return next((name for most, name in LENGTHS if n <= most), "long")
