"""The lengths that a bullet can be asked for, in words.

In training each target is labeled with its own length; at inference one is asked for. The ranges
are such that `short`, `medium` and `long` give about 12, 17 and 22 words on average.

Tested in `tests/training/data/test_annotated_pairs.py`.
"""

LENGTHS = ((8, "tiny"), (14, "short"), (19, "medium"))
"""Most words of each length; more are `long`."""

MAX_WORDS = 27
"""A longer target is not taught: it is no bullet that a reader takes in at a glance."""


def n_words(target: str) -> int:
    """Words as a reader counts them, also in text whose punctuation a tokenizer has spaced.

    Example:
        >>> n_words("Quill 's ferry , mended in 2024 , won't sail .")
        7
    """
    return sum(
        any(char.isalnum() for char in word) and not word.startswith(("'", "’"))
        for word in target.split()
    )


def length_of(target: str) -> str:
    """The template's length for a bullet; for no bullet the one that inference asks for."""
    n = n_words(target)
    if not n:
        return "medium"
    return next((name for most, name in LENGTHS if n <= most), "long")
