"""A system's bullets against their own article, and against each other; no reference needed.

How extractive they are (coverage, density, novel n-grams), how much of them the article says
(ROUGE-2 precision), what it does not say (numbers, names, quotations), whether they repeat
each other or open on a pronoun that nothing explains. None of these numbers is a judgment of
truth: the article may be quoted word by word and misrepresented. Left out: the findings themselves
(`brief.support`), and references (`rouge.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import combinations

from brief.evaluation.metrics.rouge_tokenizer import RougeTokenizer
from brief.guard import support
from brief.text import strings

_ORDERS = (1, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceScores:
    """One example's bullets against its article; a share that has no whole is None.

    Attributes:
        n_bullets: How many there are.
        n_words: Their words, as `brief.text.words` counts.
        coverage: Share of the words that lie in fragments copied from the article, 0 to 1.
        density: Mean length, over the words, of the fragment that a word lies in: 0 for
            nothing copied, `n_words` for one passage copied whole.
        compression: Words of the article for each word of the bullets.
        novel_1grams, novel_2grams, novel_3grams: Share of the bullets' n-grams that the article
            does not have, 0 to 1; no n-gram crosses from one bullet to the next.
        rouge2_precision: Of the bullets against the article, as `rouge_score` counts it.
        n_unsupported_numbers, n_unsupported_names, n_unsupported_quotations: Findings of
            `brief.support` against the whole article. Names are told by their capitals: None
            for bullets without any.
        redundancy: The largest share of a bullet's content words that another has, 0 to 1;
            None for fewer than two bullets.
        n_dangling: Bullets that open with something that only an earlier sentence resolves.
    """

    n_bullets: int
    n_words: int
    coverage: float | None
    density: float | None
    compression: float | None
    novel_1grams: float | None
    novel_2grams: float | None
    novel_3grams: float | None
    rouge2_precision: float | None
    n_unsupported_numbers: int
    n_unsupported_names: int | None
    n_unsupported_quotations: int
    redundancy: float | None
    n_dangling: int

    @property
    def values(self) -> dict[str, float | None]:
        """Every number by its name here."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def score_source(
    bullets: Sequence[str], article: Sequence[str], tokenizer: RougeTokenizer
) -> SourceScores:
    """One example's scores.

    Args:
        bullets: What the system wrote; may be empty.
        article: The sentences that it could read, in order.
        tokenizer: For ROUGE-2 precision, the data set's own.

    Source:
        Grusky, Naaman & Artzi (2018), "Newsroom" (coverage, density, compression);
        See, Liu & Manning (2017), "Get to the point", figure 6 (novel n-grams).
    """
    spoken = [strings.words(bullet) for bullet in bullets]
    written = [word for words in spoken for word in words]
    read = [word for sentence in article for word in strings.words(sentence)]
    copied = fragments(written, read)
    novel = {n: _novel(spoken, read, n) for n in _ORDERS}
    found = Counter(
        finding.kind
        for bullet in bullets
        for finding in support.unsupported(bullet, article, [], "en")
    )
    cased = any(c.isupper() for bullet in bullets for c in bullet)
    contents = [strings.content(bullet) for bullet in bullets]
    overlaps = [strings.overlap(a, b) for a, b in combinations(contents, 2)]
    return SourceScores(
        n_bullets=len(bullets),
        n_words=len(written),
        coverage=_share(sum(copied), len(written)),
        density=_share(sum(length * length for length in copied), len(written)),
        compression=_share(len(read), len(written)),
        novel_1grams=novel[1],
        novel_2grams=novel[2],
        novel_3grams=novel[3],
        rouge2_precision=_rouge2_precision(bullets, article, tokenizer),
        n_unsupported_numbers=found["number"],
        n_unsupported_names=found["name"] if cased or not bullets else None,
        n_unsupported_quotations=found["quotation"],
        redundancy=max(overlaps, default=None),
        n_dangling=sum(map(strings.is_dangling, bullets)),
    )


def per_hundred_bullets(counts: Sequence[int | None], n_bullets: Sequence[int]) -> float | None:
    """Findings for each 100 bullets of a data set; None when no bullet could be searched.

    Bullets and not examples are the whole, so that a system gains nothing by writing fewer.

    Args:
        counts: One number an example; an example with None counts on neither side.
        n_bullets: How many bullets each example has, in the same order.

    Example:
        >>> per_hundred_bullets([1, None, 0], [3, 3, 5])
        12.5
    """
    searched = [(count, n) for count, n in zip(counts, n_bullets, strict=True) if count is not None]
    share = _share(sum(count for count, _ in searched), sum(n for _, n in searched))
    return None if share is None else 100 * share


def fragments(summary: Sequence[str], article: Sequence[str]) -> list[int]:
    """Lengths of the word sequences that a summary shares with its article, in order.

    From left to right, always the longest that begins at a word; no word is in two.

    Source: Grusky, Naaman & Artzi (2018), "Newsroom", the extractive fragments F(A, S).
    """
    positions: defaultdict[str, list[int]] = defaultdict(list)
    for index, word in enumerate(article):
        positions[word].append(index)
    lengths: list[int] = []
    start = 0
    while start < len(summary):
        longest = max(
            (_common(summary, start, article, at) for at in positions.get(summary[start], ())),
            default=0,
        )
        if longest:
            lengths.append(longest)
        start += max(longest, 1)
    return lengths


def _common(summary: Sequence[str], start: int, article: Sequence[str], at: int) -> int:
    """How many words agree from two positions on."""
    limit = min(len(summary) - start, len(article) - at)
    for length in range(limit):
        if summary[start + length] != article[at + length]:
            return length
    return limit


def _novel(spoken: Sequence[Sequence[str]], read: Sequence[str], n: int) -> float | None:
    known = set(_ngrams(read, n))
    grams = [gram for words in spoken for gram in _ngrams(words, n)]
    return _share(sum(gram not in known for gram in grams), len(grams))


def _rouge2_precision(
    bullets: Sequence[str], article: Sequence[str], tokenizer: RougeTokenizer
) -> float | None:
    written = Counter(_ngrams(tokenizer.tokenize("\n".join(bullets)), 2))
    read = Counter(_ngrams(tokenizer.tokenize("\n".join(article)), 2))
    return _share((written & read).total(), written.total())


def _ngrams(words: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return list(zip(*(words[start:] for start in range(n)), strict=False))


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
