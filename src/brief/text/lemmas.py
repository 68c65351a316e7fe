"""Match inflected forms of a word, by lemma or by shared letters, to compare texts.

English has a list of irregular forms and a stemmer (`lemma`); in a language without a lexicon,
words are compared by the letters that they share (`may_be_forms`). Derivation (`Kenya`, `Kenyan`)
and synonyms do not count as inflection.
"""

from difflib import SequenceMatcher

from brief.text.lexicon import english
from brief.text.strings import stem

_MIN_BEGINNING, _MIN_RUN = 3, 4
"""Minimum number of letters that two forms share: at their beginning, or anywhere."""
_MIN_NAMED = 2 / 3
"""Minimum share of the longer form that two forms of a name have as common beginning."""


def lemma(word: str) -> str:
    """A key that all inflected forms of a folded English word share.

    Example:
        >>> lemma("went") == lemma("going"), lemma("women") == lemma("woman")
        (True, True)
    """
    return stem(english().irregular.get(word, word))


def is_content(word: str) -> bool:
    """Whether a folded English word is a content word, not a function word, number or letter."""
    return len(word) > 1 and not word[0].isdigit() and word not in english().stopwords


def may_be_forms(one: str, other: str, language: str, *, named: bool) -> bool:
    """Whether two folded words may be forms of one word, in a language without a lexicon.

    They are if they have the same Snowball stem, in a language that Snowball supports, or if they
    share a run of letters: a beginning of at least three that is more than half of the longer word
    (`beschloss`, `beschlossen`), or an end (Swahili `alisema`, `amesema`) or middle (`sperren`,
    `gesperrt`) of at least four that is at least half of it. Words of up to three letters need
    only the same first letter, as articles have (`der`, `die`). Names, and words that look like
    names, must share a beginning of two thirds of the longer one, so that `Möller` is not a form
    of `Müller`.

    This accepts some words that are only related (`vier`, `vierzig`), and misses forms whose
    vowels change (`ging`, `gegangen`).

    Args:
        one: A folded word.
        other: Another.
        language: ISO 639-1 code.
        named: Whether either word is capitalized.

    Example:
        >>> may_be_forms("beschloss", "beschlossen", "de", named=False)
        True
        >>> may_be_forms("moller", "muller", "de", named=True)
        False
    """
    if one == other or stem(one, language) == stem(other, language):
        return True
    longer = max(len(one), len(other))
    run = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    begins = run.a == run.b == 0
    if named:
        return begins and run.size >= max(_MIN_BEGINNING, _MIN_NAMED * longer)
    if longer <= _MIN_BEGINNING:
        return one[0] == other[0]
    if begins:
        return run.size >= _MIN_BEGINNING and 2 * run.size > longer
    return run.size >= _MIN_RUN and 2 * run.size >= longer
