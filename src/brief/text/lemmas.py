"""Inflection: words to what they are forms of, for comparing a bullet with its source.

English has its irregular forms and its stemmer (`lemma`); where a language has no lexicon, words
are compared by the letters that they share (`may_be_forms`). Derivation (`Kenya`, `Kenyan`) and
synonyms are no inflection.
"""

from difflib import SequenceMatcher

from brief.text.lexicon import english
from brief.text.strings import stem

_MIN_BEGINNING, _MIN_RUN = 3, 4
"""Letters that two forms share at least: at their beginning, or anywhere."""
_MIN_NAMED = 2 / 3
"""Share of the longer one that two forms of a name begin with."""


def lemma(word: str) -> str:
    """A key that the inflected forms of a folded English word share.

    Example:
        >>> lemma("went") == lemma("going"), lemma("women") == lemma("woman")
        (True, True)
    """
    return stem(english().irregular.get(word, word))


def is_content(word: str) -> bool:
    """Whether a folded English word says something by itself: no function word, number or letter."""
    return len(word) > 1 and not word[0].isdigit() and word not in english().stopwords


def may_be_forms(one: str, other: str, language: str, *, named: bool) -> bool:
    """Whether two folded words may be forms of one word, in a language without a lexicon.

    They are when they have one Snowball stem, where Snowball knows the language, or else when they
    share a run of letters: a beginning of at least three that is more than half of the longer word
    (`beschloss`, `beschlossen`), or an end (Swahili `alisema`, `amesema`) or middle (`sperren`,
    `gesperrt`) of at least four that is half of it. Words of up to three letters are forms with the same first letter, as articles
    are (`der`, `die`). Names and what looks like them must share their beginning, two thirds of
    the longer one, so that `Möller` is no `Müller`.

    That is lenient: some words pass for their relatives (`vier`, `vierzig`), and strict with
    vowels that change (`ging`, `gegangen`).

    Args:
        one: A folded word.
        other: Another.
        language: ISO 639-1 code.
        named: Whether either is written with a capital.

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
