"""Decide whether words form a statement with a verb, and whether a sentence makes a poor bullet.

The rules use lists of words and word endings, not a parser, so "yes" is reliable and "no" may be
wrong. See `support.py` and `compression.py` for whether the statement is true.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise, zip_longest

from brief.text import strings
from brief.text.lexicon import any_of, english

_MIN_PAST_CHARS = 3

_QUOTED = re.compile(r"[\"“„][^\"“”„]*[\"”]?|(?<![^\W_])[‘'][^‘]{12,}?[’'](?![^\W_])")
_FIRST_PERSON = re.compile(
    r"(?<![\w.])(?:(?<!War )I(?=['’ ])(?! [A-Z\d])|[Ww]e|[Mm]y|[Oo]ur|me|us)(?![\w.])"
)
_ANNOUNCES = re.compile(
    r"(?:click|read|see|watch|listen|sign up|subscribe|scroll|here['’]s|here is|here are)\b",
    re.IGNORECASE,
)


_FURNITURE = re.compile(
    r"\s[|·•]\s|\d:\d\d / \d|^\d+[-/]\d+[-/]\d+\b"
    r"|^(?:hide|show) caption\b|^photos?:|\b\d+ of \d+ photos\b",
    re.IGNORECASE,
)
"""Parts of lines about the page itself, such as dates, players and photo galleries."""


@cache
def _abbreviated() -> re.Pattern[str]:
    """A title at the end of a line: the name that it belongs to is cut off."""
    titles = frozenset(map(str.title, english().clauses.abbreviated))
    return re.compile(rf"\b{any_of(titles)}\.$")


def has_verb(folded: Sequence[str]) -> bool:
    """Whether words have a main verb, besides one verb for each subordinate clause.

    Example:
        >>> has_verb("the man who sold the boat".split())
        False
        >>> has_verb("the man who sold the boat was fined".split())
        True
    """
    groups, inside = 0, False
    for n, word in enumerate(folded):
        before = folded[n - 1] if n else ""
        after = folded[n + 1] if n + 1 < len(folded) else ""
        if word in english().clauses.verbs or _is_past(word, before, after):
            groups += not inside
            inside = True
        elif word not in english().clauses.inside_verbs and not word.endswith("ly"):
            inside = False
    opened = sum(
        word in english().clauses.openers
        or (
            word in english().clauses.openers_or_prepositions
            and (not n or after in english().clauses.subjects)
        )
        for n, (word, after) in enumerate(zip_longest(folded, folded[1:], fillvalue=""))
    )
    return groups > opened


def is_verb(word: str) -> bool:
    """Whether a folded word is nearly always a finite verb, or ends like a past tense."""
    past = len(word) > _MIN_PAST_CHARS and word.endswith("ed") and not word.endswith("eed")
    return word in english().clauses.verbs or (past and word not in english().clauses.no_verbs)


def may_be_verb(word: str) -> bool:
    """Whether a folded word may be a finite verb: as `is_verb`, and `wants` or `plan`."""
    third = word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return is_verb(word) or third or word in english().clauses.presents


def weakness(bullet: str) -> str | None:
    """Why a sentence makes a poor bullet, in words; None if it does not.

    A poor bullet is a question, an address to the reader, an announcement of what follows, has the
    author's own "I" or a quotation without its speaker, or is not a sentence.
    """
    line = bullet.strip()
    unquoted = _QUOTED.sub(" ", line)
    outside = strings.words(unquoted)
    if line.rstrip("\"”’')").endswith("?"):
        return "asks a question"
    if set(outside) <= english().clauses.nobody and _QUOTED.search(line):
        return "quotes without its speaker"
    if english().clauses.address & set(outside) or _ANNOUNCES.match(line):
        return "speaks to its reader"
    if _FIRST_PERSON.search(unquoted):
        return "speaks as its author"
    if _abbreviated().search(line) or not _may_be_sentence(line):
        return "is no whole sentence"
    return None


def _is_past(word: str, before: str, after: str) -> bool:
    """Whether a word is a finite verb: no adjective ("the injured"), no participle ("led by")."""
    if after == "by" or not is_verb(word):
        return False
    return (
        before not in english().clauses.modifiers and before not in english().clauses.prepositions
    )


def _may_be_sentence(line: str) -> bool:
    """Whether a line may be a sentence; any word that may be a verb counts, unlike `has_verb`."""
    folded = strings.words(line)
    if not folded or _FURNITURE.search(line):
        return False
    if folded[0] in english().clauses.opening | english().clauses.prepositions and "," not in line:
        return has_verb(folded)
    nominal = english().clauses.modifiers | english().clauses.prepositions
    return is_verb(folded[-1]) or any(
        word.endswith("n't") or is_verb(word) or (may_be_verb(word) and before not in nominal)
        for before, word in pairwise(folded[:-1])
    )
