"""Select the chunks that a model writes from, and the N bullets of an article's summary.

Relevance of a sentence before anything is written is a weighted sum of its position, its
centrality (cosine to the article's centroid; Radev et al. 2004, "Centroid-based
summarization"), its overlap with the headline and the model's rating of it in the whole article;
afterwards the model's own salience is added. The relevances give the expected word counts of what
an editor would report, and the bullets are picked that together come nearest to these counts, as
ROUGE measures it (minimum Bayes risk; Kumar & Byrne 2004), so that repeating another bullet gains
nothing. See `support.py` for whether a bullet is true.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brief.datatypes import Article, Chunk, Sentence
from brief.text import strings
from brief.text.ngrams import Grams, grams, nearness

SPARE = 3
"""Chunks written beyond the number of bullets, in place of those that the guard refuses or that
turn out worse than another. Eight of them gave no measurable gain."""

MAX_CONSIDERED = 64
"""Number of most relevant chunks from which the shortlist is picked: they have an article's news,
and the limit bounds the time for a book."""

MAX_OVERLAP = 0.6
"""Two bullets that share a larger part of the shorter one's content words say the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Weights of the features in selection.

    The first five make up a sentence's relevance, in which one unit is a large difference; the
    features lie between 0 and 1, log-odds around 0 and log P below 0. The others are in units of
    nearness, of which one bullet adds 0.1 to 0.5.

    Attributes:
        position: Weight of 1 / (1 + index / 4), which is highest for the lead and fades slowly.
        centrality: Weight of the cosine to the article's centroid.
        headline: Weight of the share of the headline's content words that the sentence has.
        rating: Weight of the model's log-odds that the sentence is worth reporting, given all of
            the article.
        salience: Weight of the model's log P(worth reporting), given the sentence and its
            neighbor.
        relevance: Weight of a bullet's own relevance, beside the nearness of all bullets to what
            is expected.
        replaced: Penalty for a bullet that is its source sentence because the model failed.
        dangling: Penalty for a pronoun that only an earlier sentence explains.
        poor: Penalty for a question, an address to the reader, a fragment and the like.
    """

    position: float = 0.5
    centrality: float = 2.0
    headline: float = 0.5
    rating: float = 0.4
    salience: float = 0.25
    relevance: float = 0.03
    replaced: float = 0.015
    dangling: float = 0.08
    poor: float = 0.08


DEFAULT_WEIGHTS = Weights()

EXPECTED_WORDS = 17
"""Words of one expected bullet; those of news sites have 12 to 22."""

SPREAD = 0.8
"""Difference in relevance at which a sentence is expected about a third as much (exp -1 = 0.37)."""

PAIRS = 2.0
"""Weight of bigrams relative to unigrams: they show more of what is said."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A text that may become a bullet, with what selection needs to know about it.

    Attributes:
        own: Its score besides nearness: its weighted relevance minus penalties.
        stems: Stems of its content words.
        grams: N-grams of the stems of all its words.
    """

    own: float
    stems: frozenset[str]
    grams: Grams

    @classmethod
    def of(cls, written: str, own: float) -> "Scored":
        """Analyze a bullet's text; `own` is its score besides nearness."""
        return cls(own, strings.content(written), _grams([written]))


def relevance(
    article: Article,
    sentences: Sequence[Sentence],
    weights: Weights,
    log_odds: Sequence[float] | None = None,
) -> dict[Sentence, float]:
    """Score how relevant each sentence is, before any bullet is written.

    Args:
        article: The article, for its headline.
        sentences: All sentences of the article's chunks, in order.
        weights: `position`, `centrality`, `headline` and `rating` are used.
        log_odds: The model's own rating of each sentence, see `Model.rate`; None for none.

    Returns:
        One number per sentence; the time is linear in the text's length.
    """
    stems = [strings.content(sentence.text) for sentence in sentences]
    centroid = Counter(stem for own in stems for stem in own)
    norm = math.sqrt(sum(count * count for count in centroid.values())) or 1.0
    headline = strings.content(article.headline or "")
    return {
        sentence: weights.position / (1 + sentence.index / 4)
        + weights.centrality
        * sum(centroid[stem] for stem in own)
        / (norm * math.sqrt(len(own) or 1))
        + weights.headline * len(own & headline) / (len(headline) or 1)
        + weights.rating * rating
        for sentence, own, rating in zip(
            sentences, stems, log_odds or [0.0] * len(sentences), strict=True
        )
    }


def shortlist(
    chunks: Sequence[Chunk],
    relevances: Mapping[Sentence, float],
    n_bullets: int,
    weights: Weights,
) -> list[int]:
    """Pick the chunks that the model writes from; returns indices in reading order.

    They are picked like bullets, by their own sentences; a chunk is as relevant as the best
    sentence in its focus.
    """
    best = [max(relevances[sentence] for sentence in chunk.focus) for chunk in chunks]
    order = sorted(range(len(chunks)), key=lambda index: (-best[index], index))
    considered = sorted(order[:MAX_CONSIDERED])
    n_kept = n_bullets + SPARE
    items = [Scored.of(chunks[index].text, weights.relevance * best[index]) for index in considered]
    picked = pick(items, expect(relevances, n_kept), n_kept)
    return [considered[index] for index in picked]


def expect(relevances: Mapping[Sentence, float], n_bullets: int) -> Grams:
    """Estimate the n-gram counts of an editor's bullets.

    Args:
        relevances: The relevance of every sentence of the article; at least one.
        n_bullets: Number of bullets.

    Returns:
        Expected counts of word stems: those of the sentences, each weighted by the likelihood
        that its relevance gives, scaled to the words of `n_bullets` bullets.
    """
    highest = max(relevances.values())
    ones: Counter[str] = Counter()
    twos: Counter[tuple[str, str]] = Counter()
    for sentence, value in relevances.items():
        likelihood = math.exp((value - highest) / SPREAD)
        own = _grams([sentence.text])
        for word, count in own.ones.items():
            ones[word] += likelihood * count  # type: ignore[assignment]  # counts are expected
        for two, count in own.twos.items():
            twos[two] += likelihood * count  # type: ignore[assignment]
    return Grams(_scaled(ones, n_bullets), _scaled(twos, n_bullets))


def pick(items: Sequence[Scored], expected: Grams, n_bullets: int) -> list[int]:
    """Pick the items that together say most of what is expected.

    Args:
        items: In reading order, which breaks ties.
        expected: See `expect`.
        n_bullets: How many to pick.

    Returns:
        Indices into `items` in ascending order, at most `n_bullets`; fewer when all others
        repeat what is picked.
    """
    picked: list[int] = []
    said = grams([])
    while len(picked) < n_bullets:
        worth = {
            index: nearness(said + item.grams, expected, pairs=PAIRS) + item.own
            for index, item in enumerate(items)
            if index not in picked
            and all(
                strings.overlap(item.stems, items[other].stems) <= MAX_OVERLAP for other in picked
            )
        }
        if not worth:
            break
        best = max(worth, key=lambda index: (worth[index], -index))
        picked.append(best)
        said += items[best].grams
    return sorted(picked)


def _grams(texts: Sequence[str]) -> Grams:
    return grams(strings.stems(strings.words(one)) for one in texts)


def _scaled(counts: Counter[Any], n_bullets: int) -> Counter[Any]:
    total = counts.total()  # 0 for an empty text, where nothing is scaled
    wanted = EXPECTED_WORDS * n_bullets
    return Counter({gram: count * wanted / total for gram, count in counts.items()})
