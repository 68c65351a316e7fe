"""Normalize text, and split it into sentences, clauses, words, stems and quotations.

Every function takes text and returns text or spans into it, without articles or models. See
`restore_case.py` for the casing of a lower-case bullet and `support.py` for checking a bullet
against its source.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise

import sentencex

from brief.text.lexicon import Lexicon, any_of, english, lexicon_for

_STRAIGHT = str.maketrans(
    dict.fromkeys("‘’‚‛′`´ʼ＇", "'")
    | dict.fromkeys("“”„‟″«»＂", '"')
    | dict.fromkeys("‐‑‒–—―−﹣－", "-")
)
_BLANKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85")

_WINDOW_CHARS = 20_000  # sentencex is quadratic in unclosed quotations: 3 s for 300,000 characters
_GLUED_INITIAL = re.compile(r"\)[A-Z]\.\s*$")
_LAST_WORD = re.compile(r"(?<![^\W_])([^\W\d_]+)\.\s*$")
_LIST_NUMBER = re.compile(r"\W*\d{1,3}[.)]\s*$")
_LOWER_START = re.compile(r"[a-z]+\b(?!\.\w)")
_CLOSING = re.compile(r"(?:''|[”»])(?=\s|$)\s*")
_WINDOW_END = re.compile(r"[.!?][\"'”’)\]]*\s+(?=\S)")

_MARK_END = r"(?<=[;:,])\s+|(?<=\w[—–])\s+|(?<=\s)(?=[—–-]+\s)"

_WORD = re.compile(
    r"(?<!\d)\d{1,3}(?:, ?\d{3})+(?!\d)(?:\.\d+)?"  # 1,000 and, as WordPiece spaces it, 1, 000
    r"|\d+(?:[.,]\d+)*"
    r"|(?:[^\W\d_]\. ?){2,}|[^\W\d_](?:\.[^\W\d_])+(?![^\W\d_])"  # u.s. and u. s.
    r"|[^\W\d_]+n ?' ?t(?![^\W\d_])"  # don't, don ' t
    r"|[^\W\d_]+"
)
_QUOTATION = re.compile(
    r"(?:[\"“”„«]|``)([^\"“”„«»`]+?)(?:[\"“”»]|'')"
    r"|‘([^‘]+?)’(?![^\W_])"
    r"|(?<![^\W_])'(?!s\b)((?:[^']|(?<=[^\W_])'(?=[^\W_]))+)'(?![^\W_])"
)
_EMPTY_IT = re.compile(
    r"it(?: ?' ?s| is| was| remains| remained)(?: not| also| still| now)*"
    r" (?:un)?(?:clear|likely|known|certain|possible|impossible|time|thought|believed|understood)\b"
)
_POSSESSIVE = re.compile(r"(?<=[^\W\d_]) ?' ?s(?![^\W\d_])|(?<=[^\W\d_])'(?![^\W\d_])")


_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""Language -> the name of its Snowball stemmer; not every release of Snowball has all of them."""


def fold(s: str) -> str:
    r"""Normalize text for comparison; idempotent.

    NFKC, lower case, without accents; curly quotation marks and dashes are straightened; control,
    zero-width and bidirectional characters are removed; line breaks and tabs become spaces.

    Example:
        >>> fold("“Café”\u200b – İstanbul’s")
        '"cafe" - istanbul\'s'
    """
    if not s.isascii():
        s = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", s).lower())
        s = "".join(c for c in s.translate(_STRAIGHT) if unicodedata.category(c) != "Mn")
        s = unicodedata.normalize("NFKC", s)
    return printable(s.replace("`", "'")).lower()


def printable(s: str) -> str:
    """`s` without control, zero-width and bidirectional characters; line breaks become spaces."""
    if s.isprintable():
        return s
    return "".join(
        " " if c in _BLANKS or c.isspace() else c
        for c in s
        if c in _BLANKS or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )


def _trim(s: str, start: int, end: int) -> tuple[int, int]:
    """The span without its surrounding white space; empty when there is nothing else."""
    while start < end and s[start].isspace():
        start += 1
    while end > start and s[end - 1].isspace():
        end -= 1
    return start, end


def _lines(s: str) -> Iterator[tuple[int, int]]:
    """Spans of the lines of `s`; a line over the window is cut after a sentence or a word."""
    start = 0
    for line in s.splitlines(keepends=True):
        end = start + len(line)
        while end - start > _WINDOW_CHARS:
            limit = start + _WINDOW_CHARS
            cuts = [m.end() for m in _WINDOW_END.finditer(s, limit - _WINDOW_CHARS // 4, limit)]
            cut = cuts[-1] if cuts else max(s.rfind(" ", start, limit) + 1, 0) or limit
            yield start, cut
            start = cut
        yield start, end
        start = end


def _belongs(before: str, after: str, lexicon: Lexicon, *, cased: bool) -> bool:
    """Whether two pieces that sentencex separated are one sentence."""
    if not any(c.isalnum() for c in before) or not any(c.isalnum() for c in after):
        return True
    last = _LAST_WORD.search(before[-12:])
    if last and (last[1].lower() in lexicon.abbreviations or last[1] in lexicon.name_abbreviations):
        return True
    if _LIST_NUMBER.match(before) or _GLUED_INITIAL.search(before[-12:]):
        return True
    return cased and _LOWER_START.match(after) is not None


def sentences(s: str, language: str = "en") -> list[tuple[int, int]]:
    """Split a text into sentences.

    Line breaks are hard boundaries. An abbreviation, an initial, a decimal or a URL does not end
    a sentence; neither does `?` or `!` before a lower-case word in cased text.

    Args:
        s: Any text.
        language: ISO 639-1 code; one that sentencex does not know is split like English, and one
            without a lexicon uses the English abbreviations besides sentencex's own.

    Returns:
        Spans in order, without surrounding white space, none empty; together they cover every
        character that is not white space.
    """
    lexicon = lexicon_for(language) or english()
    spans: list[tuple[int, int]] = []
    for line_start, line_end in _lines(s):
        line = s[line_start:line_end]
        cased = line != line.lower()
        at, start, first = line_start, line_start, True
        for piece in sentencex.segment(language, line):
            closing = _CLOSING.match(piece)
            # A closing mark that sentencex gave to the next sentence goes back to its own.
            skip = closing.end() if closing is not None and not first else 0
            if (
                not first
                and skip < len(piece)
                and not _belongs(s[start : at + skip], piece[skip:], lexicon, cased=cased)
            ):
                spans.append((start, at + skip))
                start = at + skip
            at, first = at + len(piece), False
        spans.append((start, line_end))
    trimmed = (_trim(s, start, end) for start, end in spans)
    return [(start, end) for start, end in trimmed if start < end]


def clauses(s: str, max_chars: int = 200, language: str = "en") -> list[tuple[int, int]]:
    """Split a long sentence wherever that is possible, into small pieces for a chunker to pack.

    Pieces end after `; : ,` or a dash, and before a conjunction of the lexicon; a piece longer than
    `max_chars` is cut at white space, and a word longer than that inside the word.

    Args:
        s: A sentence.
        max_chars: Maximum characters of a piece, at least 1.
        language: ISO 639-1 code.

    Returns:
        Spans as `sentences` returns them.
    """
    ends = _clause_end(lexicon_for(language))
    cuts = [0, *(m.end() for m in ends.finditer(s)), len(s)]
    pieces: list[tuple[int, int]] = []
    for piece_start, piece_end in pairwise(cuts):
        start, end = _trim(s, piece_start, piece_end)
        while end - start > max_chars:
            blank = next(
                (i for i in range(start + max_chars, start, -1) if s[i].isspace()),
                start + max_chars,
            )
            pieces.append(_trim(s, start, blank))
            start, end = _trim(s, blank, end)
        if start < end:
            pieces.append((start, end))
    return pieces


@cache
def _clause_end(lexicon: Lexicon | None) -> re.Pattern[str]:
    if lexicon is None:
        return re.compile(_MARK_END)
    before = rf"(?<!\s)\s+(?={any_of(lexicon.conjunctions)}\b)"
    return re.compile(rf"{_MARK_END}|{before}", re.IGNORECASE)


def words(s: str) -> list[str]:
    """The folded words and numbers of `s`, in order.

    A number keeps its separators (`1,000`), an abbreviation loses its points (`U.S.` is `us`),
    a contraction with *not* is one word (`don't`), a possessive `'s` is dropped, and a hyphen
    separates words (`UN-backed` is two). The spacing of detokenized WordPieces is ignored.

    Example:
        >>> words("The U. S. didn ' t send 1, 000 UN-backed officers' pay")
        ['the', 'us', "didn't", 'send', '1,000', 'un', 'backed', 'officers', 'pay']
    """
    return [
        word.replace(" ", "").replace(".", "") if word[0].isalpha() else word.replace(" ", "")
        for word in _WORD.findall(_POSSESSIVE.sub(" ", fold(s)))
    ]


class _Stemmer(threading.local):
    """One stemmer per thread: a stemmer keeps state, and articles run in parallel."""

    def __init__(self, name: str) -> None:
        import snowballstemmer

        self.stem: Callable[[str], str] = snowballstemmer.stemmer(name).stemWord


@cache
def _stemmer(language: str) -> _Stemmer | None:
    import snowballstemmer

    name = _STEMMERS.get(language, "")
    return _Stemmer(name) if name in snowballstemmer.algorithms() else None


@lru_cache(maxsize=50_000)
def stem(word: str, language: str = "en") -> str:
    """The Snowball stem of one folded word (in English Porter 2).

    In a language without a Snowball stemmer, this is the word itself.
    """
    stemmer = _stemmer(language)
    return word if stemmer is None else stemmer.stem(word)


def stems(folded: Iterable[str], language: str = "en") -> list[str]:
    """The stems of folded words, in order.

    Example:
        >>> stems(words("Officers deployed"))
        ['offic', 'deploy']
    """
    return [stem(word, language) for word in folded]


def quotations(s: str) -> list[tuple[int, int]]:
    """Spans of the text between quotation marks, without the marks, in order.

    Double marks of any form count, and curly or spaced single ones; an apostrophe does not. A
    mark that is never closed opens no quotation.
    """
    return [
        _trim(s, *m.span(group))
        for m in _QUOTATION.finditer(s)
        for group in (1, 2, 3)
        if m[group] and m[group].strip()
    ]


def is_dangling(s: str) -> bool:
    """Whether an English text opens with a reference that only an earlier sentence resolves.

    That is a third-person pronoun or possessive, a demonstrative (unless of time: `This week`),
    `the latter`, `the pair` or `the move`, also after a conjunction. The empty `it` of `It is
    unclear whether`, other definite noun phrases (`The decision`) and the first person, which a
    quotation explains, are not dangling.
    """
    opening = fold(s).lstrip("\"'([- ")
    return _dangling(english()).match(opening) is not None and _EMPTY_IT.match(opening) is None


@cache
def _dangling(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?:and|but|so|yet) )?(?:{any_of(lexicon.third_person)}"
        rf"|{any_of(lexicon.demonstratives)}(?! (?:same )?{any_of(lexicon.periods)}s?\b)"
        rf"|the {any_of(lexicon.anaphors)})(?![^\W_])"
    )


def content(string: str, language: str = "en") -> frozenset[str]:
    """The stems of a text's content words; of all its words in a language without a lexicon."""
    lexicon = lexicon_for(language)
    stopwords = frozenset[str]() if lexicon is None else lexicon.stopwords
    return frozenset(stems((word for word in words(string) if word not in stopwords), language))


def overlap(a: frozenset[str], b: frozenset[str]) -> float:
    """Share of the smaller set that is also in the other, 0 to 1; 0 when one is empty."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0
