"""Is a run of words a statement: does it have a verb of its own, and does it stand as news?

Told from closed classes of words and from endings, without a parser, so "yes" is meant and "no"
may be wrong. Left out: whether the statement is true (`support.py`, `compression.py`).
"""

import re
from collections.abc import Sequence
from itertools import pairwise, zip_longest

from brief.text import strings

_VERBS = frozenset(
    "am is are was were has have had will would can could may might must should does do did says"
    " say said isn aren wasn weren hasn haven hadn won wouldn couldn doesn don didn"
    " made took came saw got gave found thought told became felt brought began kept held wrote"
    " stood heard met ran paid sat spoke led grew lost fell sent built drew broke spent drove"
    " bought wore chose sought threw caught dealt won fought taught sold stole struck flew knew"
    " ate fled hid shook sang sank swam woke froze swore tore forgot rode rang drank blew fed"
    " lent slid spun stuck swept shot".split()
)
"""Words that are finite verbs nearly always."""
_MIN_PAST_CHARS = 3
_NO_VERBS = frozenset("united hundred sacred naked wicked".split())
_PRESENTS = frozenset(
    "call calls want need face hold make take run plan show see expect hope move play win lead beat"
    " believe think know find get give go come keep let put set cut hit pay meet ask seek urge vote"
    " back warn fear remain become include stand live work use help fall rise leave left".split()
)
"""Words that may be verbs of a plural subject."""
_INSIDE_VERBS = frozenset("not n t be been being to also still now never".split())
CLAUSE_OPENERS = frozenset(
    "who which whose that when where while whereas because although though if unless whether what"
    " how why until once".split()
)
"""Words that open a clause, whose verb is not the sentence's."""
_OPENERS_OR_PREPOSITIONS = frozenset("as after before since".split())
"""They open a clause where a subject follows, and where they open the sentence."""
_OPENING_CLAUSES = CLAUSE_OPENERS - {"that"} | _OPENERS_OR_PREPOSITIONS
_SUBJECTS = frozenset("he she it they i we you the a an its his her their".split())
_DETERMINERS = frozenset(
    "a an the this these those its his her their our my your some any no every each of".split()
)
_PREPOSITIONS = frozenset("by in on at for with from of into to than about".split())

_QUOTED = re.compile(r"[\"“„][^\"“”„]*[\"”]?|(?<![^\W_])[‘'][^‘]{12,}?[’'](?![^\W_])")
_ADDRESS = frozenset("you your yours yourself".split())
_FIRST_PERSON = re.compile(
    r"(?<![\w.])(?:(?<!War )I(?=['’ ])(?! [A-Z\d])|[Ww]e|[Mm]y|[Oo]ur|me|us)(?![\w.])"
)
_NOBODY = frozenset("he she it they who say says said added and".split())
"""Words that do not tell who speaks."""
_ANNOUNCES = re.compile(
    r"(?:click|read|see|watch|listen|sign up|subscribe|scroll|here['’]s|here is|here are)\b",
    re.IGNORECASE,
)


_FURNITURE = re.compile(
    r"\s[|·•]\s|\d:\d\d / \d|^\d+[-/]\d+[-/]\d+\b"
    r"|^(?:hide|show) caption\b|^photos?:|\b\d+ of \d+ photos\b",
    re.IGNORECASE,
)
"""What stands in lines about the page itself."""
_ABBREVIATED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Lt|Sgt|Hon|Rev)\.$")
"""A title at the end: the name that it belongs to is cut off."""


def has_verb(folded: Sequence[str]) -> bool:
    """Whether words hold a verb for the sentence itself, beside one for each clause in it.

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
        if word in _VERBS or _is_past(word, before, after):
            groups += not inside
            inside = True
        elif word not in _INSIDE_VERBS and not word.endswith("ly"):
            inside = False
    opened = sum(
        word in CLAUSE_OPENERS
        or (word in _OPENERS_OR_PREPOSITIONS and (not n or after in _SUBJECTS))
        for n, (word, after) in enumerate(zip_longest(folded, folded[1:], fillvalue=""))
    )
    return groups > opened


def is_verb(word: str) -> bool:
    """Whether a folded word is a finite verb nearly always, or has a past tense's ending."""
    past = len(word) > _MIN_PAST_CHARS and word.endswith("ed") and not word.endswith("eed")
    return word in _VERBS or (past and word not in _NO_VERBS)


def may_be_verb(word: str) -> bool:
    """Whether a folded word is a finite verb in some sentences: `is_verb`, `wants`, `plan`."""
    third = word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return is_verb(word) or third or word in _PRESENTS


def weakness(bullet: str) -> str | None:
    """Why a sentence makes a poor bullet, for a person to read; None when it does not.

    A question, an address to the reader, an announcement of what follows, the author's own "I", a
    quotation without its speaker, and what is no sentence.
    """
    line = bullet.strip()
    unquoted = _QUOTED.sub(" ", line)
    outside = strings.words(unquoted)
    if line.rstrip("\"”’')").endswith("?"):
        return "asks a question"
    if set(outside) <= _NOBODY and _QUOTED.search(line):
        return "quotes without its speaker"
    if _ADDRESS & set(outside) or _ANNOUNCES.match(line):
        return "speaks to its reader"
    if _FIRST_PERSON.search(unquoted):
        return "speaks as its author"
    if _ABBREVIATED.search(line) or not _may_be_sentence(line):
        return "is no whole sentence"
    return None


def _is_past(word: str, before: str, after: str) -> bool:
    """Whether a word in -ed is a verb: no adjective ("the injured"), no participle ("led by")."""
    if after == "by" or not is_verb(word):
        return False
    return before not in _DETERMINERS and before not in _PREPOSITIONS


def _may_be_sentence(line: str) -> bool:
    """Lenient where `has_verb` is strict: what may be a verb is one."""
    folded = strings.words(line)
    if not folded or _FURNITURE.search(line):
        return False
    if folded[0] in _OPENING_CLAUSES | _PREPOSITIONS and "," not in line:
        return has_verb(folded)
    nominal = _DETERMINERS | _PREPOSITIONS
    return is_verb(folded[-1]) or any(
        word.endswith("n't") or is_verb(word) or (may_be_verb(word) and before not in nominal)
        for before, word in pairwise(folded[:-1])
    )
