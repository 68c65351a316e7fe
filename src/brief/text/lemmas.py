"""English inflection: words to what they are forms of, for comparing a bullet with its source.

Left out: derivation (`Kenya`, `Kenyan`) and synonyms.
"""

from brief.text.lexicon import english
from brief.text.strings import stem


def lemma(word: str) -> str:
    """A key that the inflected forms of a folded word share.

    Example:
        >>> lemma("went") == lemma("going"), lemma("women") == lemma("woman")
        (True, True)
    """
    return stem(english().irregular.get(word, word))


def is_content(word: str) -> bool:
    """Whether a folded word says something by itself: no function word, number or letter."""
    return len(word) > 1 and not word[0].isdigit() and word not in english().stopwords
