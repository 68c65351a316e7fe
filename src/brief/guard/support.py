"""A bullet against its sources: how much of it they say, and what they do not say.

Works on folded words, so it runs before casing is restored and takes a detokenized WordPiece
bullet as it is. Cheap checks with high precision, no model: a bullet without findings may still
be wrong (facts from two sentences joined, a subject exchanged). Left out: what is done with a
finding (`check.py`).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from brief.guard.contradictions import Unsupported, numbers_of, shifted
from brief.text.lemmas import is_content, lemma
from brief.text.numbers import numbers
from brief.text.strings import fold, quotations, words
from brief.text.truecasing import names

_TOKEN = re.compile(r"[^\W_]+")

_SAYING = frozenset({"say", "tell", "add", "accord", "state", "announc", "report", "claim"})
"""Stems of neutral reporting verbs: one stands for another."""
_UNIT_SIGNS: Mapping[str, str] = {
    "dollar": "$",
    "pound": "£",
    "euro": "€",
    "percent": "%",
    "cent": "%",
}
_PARTED = re.compile(r"(?<=[^\W_]) ' (?=(?:s|t|re|ve|ll|d|m)(?![^\W_]))")
"""A contraction as WordPiece parts it."""
_TITLES = frozenset(
    {"president", "minister", "secretary", "senator", "governor", "mayor", "judge", "general"}
    | {"king", "queen", "prince", "princess", "sir", "lord", "lady", "mr", "mrs", "ms", "dr"}
)


def support_score(bullet: str, sources: Sequence[str]) -> float | None:
    """ROUGE-2 precision of a bullet against its sources, 0 to 1; None without a bigram.

    The bullet's bigrams that a source has, each counted at most as often as the sources have
    it. Tokens are folded runs of letters and digits, unstemmed; no bigram crosses from one
    source to the next.

    Source: Lin (2004), "ROUGE: a package for automatic evaluation of summaries", section 2.
    """
    written = _bigrams(bullet)
    if not written:
        return None
    read: Counter[tuple[str, str]] = Counter()
    for source in sources:
        read += _bigrams(source)
    return (written & read).total() / written.total()


def unsupported(
    bullet: str, sources: Sequence[str], context: Sequence[str]
) -> tuple[Unsupported, ...]:
    """What of a bullet stands neither in its sources nor in their context.

    Numbers compare by value and scale (`two` is `2`, `77 billion` is not `77`), words up to
    inflection, quotations word by word in one piece. A number that counts something else
    there, and a negation added, moved or dropped, are findings too (`shifted`).

    Args:
        bullet: A model's words, in any casing and WordPiece spacing.
        sources: The sentences that it reports, in their own casing.
        context: What the model could read besides.

    Returns:
        The findings, in the order number, quotation, name, word, then those of `shifted`;
        empty for a bullet without any.
    """
    read = [*sources, *context]
    return (
        *unsupported_numbers(bullet, read),
        *_strange_quotations(bullet, read),
        *_strange_names(bullet, read),
        *_strange_words(bullet, read),
        *shifted(bullet, read),
    )


def unsupported_numbers(bullet: str, read: Sequence[str]) -> Iterator[Unsupported]:
    """Numbers of a bullet that none of the texts read holds, by value and scale."""
    known = {number.value for source in read for number, _ in numbers_of(source)}
    folded = fold(bullet)
    for number in numbers(bullet):
        spelled = folded[number.start : number.end].strip()
        if number.value not in known and spelled != "one":  # mostly a pronoun
            yield Unsupported("number", spelled)


def _bigrams(s: str) -> Counter[tuple[str, str]]:
    return Counter(pairwise(_TOKEN.findall(fold(s))))


def _strange_quotations(bullet: str, read: Sequence[str]) -> Iterator[Unsupported]:
    said = [f" {' '.join(_TOKEN.findall(fold(source)))} " for source in read]
    joined = _PARTED.sub("'", bullet)
    for start, end in quotations(joined):
        quoted = " ".join(_TOKEN.findall(fold(joined[start:end])))
        if quoted and not any(f" {quoted} " in source for source in said):
            yield Unsupported("quotation", fold(joined[start:end]))


def _strange_names(bullet: str, read: Sequence[str]) -> Iterator[Unsupported]:
    """First names with the last name of somebody else."""
    runs = [words(name) for name in names("\n".join(read))]
    leading = {word for run in runs for word in run[:-1]} - {run[-1] for run in runs if run}
    trailing = {word for run in runs for word in run[1:]} - {run[0] for run in runs if run}
    known = {pair for run in runs for pair in combinations(run, 2)}
    for first, last in pairwise(words(bullet)):
        mixed = first in leading and last in trailing and (first, last) not in known
        if mixed and first not in _TITLES and is_content(first) and is_content(last):
            yield Unsupported("name", f"{first} {last}")


def _strange_words(bullet: str, read: Sequence[str]) -> Iterator[Unsupported]:
    said = [words(source) for source in read]
    known = {word for source in said for word in source}
    # Before the joined pairs: those are many, are looked up as they stand, and have no stem.
    lemmas = {lemma(word) for word in known}
    known |= {first + last for source in said for first, last in pairwise(source)}
    speaks = bool(lemmas & _SAYING) or any(mark in source for source in read for mark in '"“')
    signs = {sign for sign in _UNIT_SIGNS.values() if any(sign in source for source in read)}
    capitalized = {word for name in names(bullet) for word in words(name)}
    written = words(_without_numbers(bullet))
    for before, word, after in zip(["", *written], written, [*written[1:], ""], strict=False):
        key = lemma(word)
        if not is_content(word) or word in known or key in lemmas:
            continue
        if before + word in known or word + after in known:
            continue  # "health care" for "healthcare"
        if (speaks and key in _SAYING) or _UNIT_SIGNS.get(key) in signs:
            continue
        yield Unsupported("name" if word in capitalized else "word", word)


def _without_numbers(bullet: str) -> str:
    folded = fold(bullet)
    parts, at = [], 0
    for number in numbers(bullet):
        parts.append(folded[at : number.start])
        at = number.end
    return " ".join([*parts, folded[at:]])
