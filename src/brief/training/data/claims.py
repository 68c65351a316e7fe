"""A bullet with its sources as tokens, and rules that tell apart the words of English news.

The rules use closed classes of words and the neighbouring words, without a tagger, so that a
corruption made with them is sometimes not what it should be.

Tested in `tests/training/data/test_corruptions.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from brief.guard.clauses import is_verb
from brief.text.lexicon import english

_T = TypeVar("_T")

Tokens = list[str]
Rng = np.random.Generator

MARKS = frozenset(".,;:!?\"'()-[]")
DATES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june"
    " july august september october november december".split()
)
DETERMINERS = frozenset("a an the this these those its his her their no any some".split())
PREPOSITIONS = frozenset(
    "of in on at by for with from to into about over after before under against between during"
    " through among near despite since until as than without towards amid across".split()
)
AUXILIARIES = frozenset(
    "is are was were has have had will would can could may might must should did does do".split()
)
CONJUNCTIONS = frozenset("and or but that who which when while because if although".split())
LEFT_OPEN = DETERMINERS | PREPOSITIONS | AUXILIARIES | CONJUNCTIONS
"""Words that want something behind them."""
NUMBER_WORDS = (
    "two three four five six seven eight nine ten eleven twelve twenty thirty hundreds thousands"
    " dozens first second third fourth fifth".split()
)
UNITS = frozenset("million billion thousand hundred percent % per".split())

_MIN_CHARS = 3
"""Of a word that is neither a letter nor an abbreviation."""


def _nobody(word: str) -> bool:
    del word
    return False


@dataclass(frozen=True, slots=True)
class ClaimPair:
    """A bullet and what it was made from.

    Attributes:
        bullet: Without the full stop at its end.
        sources: The sentences that it reports.
        previous: What stands before the first of them; may be empty.
        topic: A headline; may be empty.
        names: Runs of words that are names, of the whole article.
        numbers: Numbers of the whole article.
        is_name: Whether a folded word is a name or part of one.
    """

    bullet: Tokens
    sources: tuple[Tokens, ...]
    previous: Tokens
    topic: Tokens
    names: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[str, ...] = ()
    is_name: Callable[[str], bool] = _nobody


def is_word(token: str) -> bool:
    """Whether a token is a word or a number, not a mark."""
    return token[0].isalnum()


def is_number(token: str) -> bool:
    """Whether a token counts or dates something."""
    return token[0].isdigit() or token in NUMBER_WORDS


def name_runs(tokens: Sequence[str], is_name: Callable[[str], bool]) -> list[tuple[int, int]]:
    """Where names stand: runs of name words, first and one past the last."""
    runs: list[tuple[int, int]] = []
    for at, token in enumerate(tokens):
        if token in DATES or not is_name(token.removesuffix("'s")):
            continue
        if runs and runs[-1][1] == at and not tokens[at - 1].endswith("'s"):
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def pick(draw: Rng, items: Sequence[_T]) -> _T:
    """One of them, each as likely."""
    return items[int(draw.integers(len(items)))]


def bare(run: Sequence[str]) -> tuple[str, ...]:
    """A name without the genitive at its end."""
    return (*run[:-1], run[-1].removesuffix("'s"))


def contains(source: Sequence[str], bullet: Sequence[str]) -> bool:
    """Whether a source says a bullet word by word."""
    return f" {' '.join(bullet)} " in f" {' '.join(source)} "


def nouns(t: Sequence[str]) -> list[int]:
    """Where nouns most likely stand: between a determiner or preposition and a joint."""
    found = []
    for at in range(1, len(t)):
        after = t[at + 1] if at + 1 < len(t) else "."
        opened = t[at - 1] in DETERMINERS | PREPOSITIONS or (at > 1 and t[at - 2] in DETERMINERS)
        if (
            opened
            and is_open_class(t[at])
            and (after in LEFT_OPEN or after in MARKS or is_verb(after))
        ):
            found.append(at)
    return found


def is_open_class(token: str) -> bool:
    """Whether a word is a noun, a verb, an adjective or the like."""
    return (
        token[0].isalpha()
        and token not in english().stopwords
        and token not in DATES
        and len(token) >= _MIN_CHARS
    )
