"""Tokenizers for ROUGE: `rouge_score`'s own (a-z and 0-9), or one for every script.

`rouge_score` keeps only a-z and 0-9, so a sentence in Cyrillic or Arabic shrinks to its figures
and the score means nothing. One tokenizer is used per data set, chosen from its references only,
so that all systems are treated alike. `brief.text.words` is different: it compares a bullet with
its source and removes the vowel signs of Indic words.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from typing import Protocol

MAX_LOST_LETTERS = 0.01
"""Largest share of a data set's letters outside a-z. Measured on five sets of English news: at
most 0.0001 (accents in names). Tables of letter frequencies give 0.02 to 0.04 for German, Spanish
and French, and each such letter breaks its word in two."""

_NO_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""Scripts without spaces between words, as prefixes of their letters' Unicode names."""


class RougeTokenizer(Protocol):
    """The tokenizer interface of a `rouge_score` scorer, with a name for the signature."""

    @property
    def name(self) -> str:
        """Version, alphabet and stemmer, as a report prints them."""
        ...

    def tokenize(self, text: str) -> list[str]:
        """The tokens of `text` in order; a line break always ends one."""
        ...


class AsciiTokenizer:
    """`rouge_score`'s own: lower case, runs of a-z and 0-9, Porter stems over three letters.

    The tokens equal those of `rouge_score.tokenizers.DefaultTokenizer(use_stemmer=True)`, but
    stems are cached, which gives most of the speed.
    """

    def __init__(self) -> None:
        from nltk.stem import porter
        from rouge_score import tokenize

        self._split = tokenize.tokenize
        self.stem = lru_cache(maxsize=200_000)(porter.PorterStemmer().stem)

    @property
    def name(self) -> str:
        """See `RougeTokenizer.name`."""
        return f"rouge_score {version('rouge_score')}, a-z and 0-9, Porter stemmer"

    def tokenize(self, text: str) -> list[str]:
        """See `RougeTokenizer.tokenize`."""
        tokens: list[str] = self._split(text, self)
        return tokens


class UnicodeTokenizer:
    """Letters, marks and digits of every script, compatibility forms joined, lower case, no stems.

    In a script without spaces between words each character is a token, as is usual for ROUGE in
    Chinese.
    """

    name = "letters and digits of every script, no stemmer"

    def tokenize(self, text: str) -> list[str]:
        """See `RougeTokenizer.tokenize`."""
        return "".join(map(_spaced, unicodedata.normalize("NFKC", text).lower())).split()


def choose_tokenizer(references: Iterable[str]) -> RougeTokenizer:
    """Choose the tokenizer for a data set.

    Args:
        references: Every reference text of the set; candidates have no influence, so that the
            choice is the same for all systems.

    Returns:
        `rouge_score`'s own unless more than `MAX_LOST_LETTERS` of the letters are outside a-z.
    """
    n_letters = n_lost = 0
    for reference in references:
        own, lost = _count_letters(reference)
        n_letters, n_lost = n_letters + own, n_lost + lost
    return UnicodeTokenizer() if n_lost > MAX_LOST_LETTERS * n_letters else AsciiTokenizer()


def lost_letters(text: str) -> float:
    """Share of a text's letters that `AsciiTokenizer` does not see, 0 to 1; 0 without letters.

    Example:
        >>> lost_letters("Москва 2024"), lost_letters("Beyoncé")
        (1.0, 0.14285714285714285)
    """
    n_letters, n_lost = _count_letters(text)
    return n_lost / n_letters if n_letters else 0.0


def _count_letters(text: str) -> tuple[int, int]:
    if text.isascii():
        return sum(map(str.isalpha, text)), 0
    letters = [c for c in text.lower() if c.isalpha()]
    return len(letters), sum(not c.isascii() for c in letters)


@lru_cache(maxsize=20_000)
def _spaced(character: str) -> str:
    """The character with spaces around it, as it is, or dropped, depending on its script."""
    kind = unicodedata.category(character)[0]
    if kind not in "LMN":
        return " "
    alone = kind != "M" and unicodedata.name(character, "").startswith(_NO_SPACES)
    return f" {character} " if alone else character
