"""Measure how far its sources support a bullet, and find unsupported numbers, names and words.

It works on folded words, so it runs before casing is restored and accepts detokenized WordPieces.
The checks are cheap and precise and use no model: a bullet without findings may still be wrong
(facts from two sentences joined, a subject exchanged). See `check.py` for what is done with a
finding.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations, pairwise

from brief.guard.contradictions import Unsupported, numbers_of, shifted
from brief.text.lemmas import is_content, lemma, may_be_forms
from brief.text.lexicon import Lexicon, english, lexicon_for
from brief.text.numbers import figures, numbers
from brief.text.strings import fold, quotations, words
from brief.text.truecasing import clean, names

_TOKEN = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")

_PARTED = re.compile(r"(?<=[^\W_]) ' (?=(?:s|t|re|ve|ll|d|m)(?![^\W_]))")
"""A contraction as WordPiece splits it."""


def support_score(bullet: str, sources: Sequence[str]) -> float | None:
    """ROUGE-2 precision of a bullet against its sources, 0 to 1; None without a bigram.

    That is the share of the bullet's bigrams that a source has, each counted at most as often as
    the sources have it. Tokens are folded runs of letters and digits, unstemmed; no bigram crosses
    from one source to the next.

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
    bullet: str, sources: Sequence[str], context: Sequence[str], language: str | None
) -> tuple[Unsupported, ...]:
    """Find what a bullet says that is neither in its sources nor in their context.

    Numbers compare by value and scale (`two` is `2`, `77 billion` is not `77`), words up to
    inflection, quotations word by word in one piece. A number that counts something else
    there, and a negation added, moved or dropped, are findings too (`shifted`).

    Where the language has no lexicon, numbers are compared in digits alone and words by
    `may_be_forms`, function words included; `shifted` is not applied.

    Args:
        bullet: A model's words, in any casing and WordPiece spacing.
        sources: The sentences that it reports, in their own casing.
        context: What else the model could read.
        language: ISO 639-1 code of all of them; None where it is not known.

    Returns:
        The findings, in the order number, quotation, name, word, then those of `shifted`;
        empty for a bullet without any.
    """
    read = [*sources, *context]
    lexicon = lexicon_for(language)
    if lexicon is None:
        return (
            *_strange_figures(bullet, read),
            *_strange_quotations(bullet, read),
            *_strange_names(bullet, read, lexicon),
            *_strange_forms(bullet, read, language or ""),
        )
    return (
        *unsupported_numbers(bullet, read),
        *_strange_quotations(bullet, read),
        *_strange_names(bullet, read, lexicon),
        *_strange_words(bullet, read),
        *shifted(bullet, read),
    )


def unsupported_numbers(bullet: str, read: Sequence[str]) -> Iterator[Unsupported]:
    """Find the numbers of an English bullet that are in none of the texts, by value and scale."""
    known = {number.value for source in read for number, _ in numbers_of(source)}
    folded = fold(bullet)
    for number in numbers(bullet):
        spelled = folded[number.start : number.end].strip()
        if number.value not in known and spelled != "one":  # mostly a pronoun
            yield Unsupported("number", spelled)


def _bigrams(s: str) -> Counter[tuple[str, str]]:
    return Counter(pairwise(_TOKEN.findall(fold(s))))


def _strange_figures(bullet: str, read: Sequence[str]) -> Iterator[Unsupported]:
    known = {number.value for source in read for number in figures(source)}
    folded = fold(bullet)
    for number in figures(bullet):
        if number.value not in known:
            yield Unsupported("number", folded[number.start : number.end])


def _strange_quotations(bullet: str, read: Sequence[str]) -> Iterator[Unsupported]:
    said = [f" {' '.join(_TOKEN.findall(fold(source)))} " for source in read]
    joined = _PARTED.sub("'", bullet)
    for start, end in quotations(joined):
        quoted = " ".join(_TOKEN.findall(fold(joined[start:end])))
        if quoted and not any(f" {quoted} " in source for source in said):
            yield Unsupported("quotation", fold(joined[start:end]))


def _strange_names(
    bullet: str, read: Sequence[str], lexicon: Lexicon | None
) -> Iterator[Unsupported]:
    """First names with somebody else's last name."""
    none = frozenset[str]()
    titles, stopwords = (lexicon.titles, lexicon.stopwords) if lexicon else (none, none)
    language = lexicon.language if lexicon else None
    runs = [words(name) for name in names("\n".join(read), language)]
    leading = {word for run in runs for word in run[:-1]} - {run[-1] for run in runs if run}
    trailing = {word for run in runs for word in run[1:]} - {run[0] for run in runs if run}
    known = {pair for run in runs for pair in combinations(run, 2)}
    for first, last in pairwise(words(bullet)):
        mixed = first in leading and last in trailing and (first, last) not in known
        named = all(len(one) > 1 and not one[0].isdigit() for one in (first, last))
        if mixed and named and first not in titles | stopwords and last not in stopwords:
            yield Unsupported("name", f"{first} {last}")


def _strange_words(bullet: str, read: Sequence[str]) -> Iterator[Unsupported]:
    said = [words(source) for source in read]
    known = {word for source in said for word in source}
    # Without the joined pairs added below: they are many, and are looked up without lemmas.
    lemmas = {lemma(word) for word in known}
    known |= {first + last for source in said for first, last in pairwise(source)}
    saying, unit_signs = _neutral_verbs(), english().quantities.signs
    speaks = bool(lemmas & saying) or any(mark in source for source in read for mark in '"“')
    signs = {sign for sign in unit_signs.values() if any(sign in source for source in read)}
    capitalized = {word for name in names(bullet) for word in words(name)}
    written = words(_without_numbers(bullet))
    for before, word, after in zip(["", *written], written, [*written[1:], ""], strict=False):
        key = lemma(word)
        if not is_content(word) or word in known or key in lemmas:
            continue
        if before + word in known or word + after in known:
            continue  # "health care" for "healthcare"
        if (speaks and key in saying) or unit_signs.get(key) in signs:
            continue
        yield Unsupported("name" if word in capitalized else "word", word)


def _strange_forms(bullet: str, read: Sequence[str], language: str) -> Iterator[Unsupported]:
    """Words that are not a form of any source word, in a language without a lexicon."""
    known = dict(token for source in read for token in _tokens(source))
    for n, (word, capital) in enumerate(_tokens(bullet)):
        if len(word) > 1 and not any(
            may_be_forms(word, other, language, named=capital or other_capital)
            for other, other_capital in known.items()
        ):
            yield Unsupported("name" if capital and n else "word", word)


def _tokens(s: str) -> list[tuple[str, bool]]:
    """Folded words, each with whether it is capitalized."""
    return [(fold(m[0]), m[0][0].isupper()) for m in _LETTERS.finditer(clean(s))]


@cache
def _neutral_verbs() -> frozenset[str]:
    return frozenset(map(lemma, english().neutral_verbs))


def _without_numbers(bullet: str) -> str:
    folded = fold(bullet)
    parts, at = [], 0
    for number in numbers(bullet):
        parts.append(folded[at : number.start])
        at = number.end
    return " ".join([*parts, folded[at:]])
