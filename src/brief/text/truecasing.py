"""Learn the casing of names, acronyms and plain words from an article (truecasing).

Evidence comes from inside sentences that are neither all in capitals nor headings, where casing
means something. There is no built-in list of names, so a word that occurs only at the start of
sentences stays a guess. See `restore_case.py` for restoring the casing of a bullet.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from types import MappingProxyType

from brief.text.lexicon import Lexicon, english, lexicon_for
from brief.text.strings import fold, printable, sentences

MAX_CHARS = 200_000
"""Characters read of an article: names recur early, and a megabyte of text would only cost time."""

_WORD = re.compile(r"[^\W\d_]+")
_OPENS = re.compile(  # what may precede a word whose capital means nothing
    r"^[^\w@#]*$|[a-z]{4}[.!?]['\"’”)]*\s+[\"'“‘(]*$|:\s+$"
    r"|[\"“‘]$|(?<![^\W_])'$|[•|]\s*$"
)
_DATELINE = re.compile(
    r"\W*(?:(?P<place>[^\W\d_a-z]{2,}(?:[ .'-]{1,2}[^\W\d_a-z]{2,}){0,3}))?"
    r"(?:, [^\W\d_][\w. ]{1,20}?)?(?:\s*\([^()]{1,40}\)\s*[—–-]{0,2}|\s*[—–]|\s-{1,2}\s)\s*"
)
_PARTICLES = frozenset({"of", "de", "del", "da", "van", "von", "bin", "al", "el", "la"})
_CAPITAL = r"(?:[^\W\d_a-zß-öø-ÿ][\w.'’-]*[^\W_]|[A-Z])"
_NAME_RUN = re.compile(
    rf"(?<![\w@#]){_CAPITAL}(?:\.? (?:(?:{'|'.join(sorted(_PARTICLES))}) )*{_CAPITAL})*"
)
_SMALL_WORD = re.compile(r"(?<![\w.])[a-z]+\b")
_MIN_WORDS = 3
"""A line with fewer words is taken neither for a heading nor for all capitals."""
_SHARE = 0.7
"""Minimum share of capitalized (or all-capital) words in a heading (or an all-capital line)."""
_MAX_ACRONYM = 6
_MAX_ACRONYM_IN_RUN = 3


@dataclass(frozen=True, slots=True)
class Casing:
    """Word forms of one article.

    Attributes:
        forms: Folded word -> its most frequent form where casing means something; of two
            equally frequent ones the first in the text.
        cased: Whether the article uses capitals at all.
        curly: Whether its apostrophes and quotation marks are mostly curly.
    """

    forms: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    cased: bool = True
    curly: bool = False

    @classmethod
    def of(cls, article: str) -> "Casing":
        """Learn from the first `MAX_CHARS` of an article's text, in linear time."""
        seen = clean(article[:MAX_CHARS])
        cased = seen != seen.lower()
        counts: dict[str, Counter[str]] = {}
        for line in article[:MAX_CHARS].splitlines():
            line_text = clean(line)
            for start, end in sentences(line_text):
                sentence = line_text[start:end]
                unsure = doubtful(sentence)
                for m in _WORD.finditer(sentence):
                    if m.start() not in unsure:
                        counts.setdefault(fold(m[0]), Counter())[m[0]] += 1
        return cls(
            forms=MappingProxyType(
                (_calendar(english()) if cased else {})
                | {key: c.most_common(1)[0][0] for key, c in counts.items()}
            ),
            cased=cased,
            curly=sum(map(seen.count, "’“")) > sum(map(seen.count, "'\"")),
        )


def _calendar(lexicon: Lexicon) -> dict[str, str]:
    """Days and months, except those that are also ordinary words in lower case."""
    named = (*lexicon.weekdays, *lexicon.months)
    return {name: name.title() for name in named if name not in lexicon.ambiguous_months}


def clean(s: str) -> str:
    """`s` in NFC, without invisible characters, with double typewriter quotes as one mark."""
    return re.sub(r"``|''", '"', printable(unicodedata.normalize("NFC", s)))


def names(s: str, language: str | None = "en") -> list[str]:
    """Runs of capitalized words that are not capitalized only because they open a sentence.

    A sentence's first word counts when it is capitalized inside a sentence elsewhere, or has
    another capital inside (`NATO`, `McDonald`), or begins a run and is no function word and
    never written small. Titles of works, days and months are names too; words in lower case are
    not. Without a lexicon of the language, only the first two conditions count.

    Args:
        s: Any text.
        language: ISO 639-1 code; None where it is not known.

    Returns:
        The runs as they are written, each once, in order of first appearance.
    """
    lexicon = lexicon_for(language)
    runs: list[tuple[list[str], bool]] = []
    for start, end in sentences(s, language or "en"):
        runs += [
            (m[0].split(), not any(c.isalnum() for c in s[start : m.start()]))
            for m in _NAME_RUN.finditer(s, start, end)
        ]
    inside = {word for run, opens in runs for word in run[opens:]}
    small = frozenset(_SMALL_WORD.findall(s))
    found: dict[str, None] = {}
    for run, opens in runs:
        first = run[0]
        known = first in inside or any(c.isupper() for c in first[1:])
        likely = (
            lexicon is not None
            and len(run) > 1
            and not {first.lower(), fold(first)} & (small | lexicon.stopwords)
        )
        kept = run if not opens or known or likely else run[1:]
        while kept and kept[0] in _PARTICLES:
            kept = kept[1:]
        if kept:
            found[" ".join(kept)] = None
    return list(found)


def doubtful(sentence: str) -> dict[int, str]:
    """Words whose casing comes from their place, with their more likely form inside a sentence.

    These are the words of all-capital sentences and of headings, datelines in capitals, and the
    word that opens a sentence or a quotation.

    Args:
        sentence: One sentence or line, cleaned.

    Returns:
        Offset of each such word -> its most likely form inside a sentence, for an article that
        has no better evidence.

    Example:
        >>> doubtful("Rescue teams left for Mt Kenya.")
        {0: 'rescue'}
    """
    lexicon = english()
    dateline = _DATELINE.match(sentence)
    place = dateline.span("place") if dateline else (-1, -1)
    body = dateline.end() if dateline else 0
    found = list(_WORD.finditer(sentence))
    telling = [
        m[0]
        for m in found
        if m.start() >= body and len(m[0]) > 1 and fold(m[0]) not in lexicon.stopwords
    ]
    enough = len(telling) >= _MIN_WORDS
    shouted = enough and sum(map(_is_loud, telling)) >= _SHARE * len(telling)
    heading = (
        enough
        and sentence.rstrip()[-1:] not in ".!?\"'”’"
        and sum(word[0].isupper() for word in telling) >= _SHARE * len(telling)
    )
    guesses: dict[int, str] = {}
    leading, loud_before = True, False
    for m, after in zip_longest(found, found[1:]):
        word, at = m[0], m.start()
        next_to = after is not None and sentence[m.end() : after.start()] == " "
        followed = after[0] if after is not None and next_to else ""
        loud_run = _is_loud(followed) or loud_before
        loud_before = _is_loud(word)
        if place[0] <= at < place[1] and _is_loud(word):
            guesses[at] = word.title() if len(word) > _MAX_ACRONYM_IN_RUN else word
        elif shouted:
            guesses[at] = word.lower() if _is_loud(word) else word
        elif _is_loud(word):
            if leading and at >= body and fold(word) not in lexicon.also_acronyms:
                longest = _MAX_ACRONYM_IN_RUN if loud_run else _MAX_ACRONYM
                plain = len(word) > longest or word.lower() in lexicon.stopwords
                guesses[at] = word.lower() if plain else word
            continue
        elif word[0].isupper() and word != "I" and word[1:] == word[1:].lower():
            opens = at == body or _OPENS.search(sentence[max(0, at - 12) : at])
            if opens or heading:
                named = followed[:1].isupper()
                plain = word.lower() in lexicon.stopwords or not named
                guesses[at] = word.lower() if plain else word
        leading = leading and at < body
    return guesses


def _is_loud(word: str) -> bool:
    return len(word) > 1 and word.isupper()
