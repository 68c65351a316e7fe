"""Make right and wrong bullets, as token ids, from editors' bullets, compressions and articles.

See `corruptions.py` for how a right bullet is made wrong.

Tested in `tests/training/test_train_checker.py`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brief.errors import InputError
from brief.evaluation.data.dataset import Example
from brief.guard import shorten
from brief.guard.clauses import has_verb
from brief.models.checker import CheckerLayout, Marks, Reading, to_reading, to_tokens, without_stop
from brief.models.tokenization import Encoding
from brief.text.lemmas import is_content, lemma
from brief.text.lexicon import english
from brief.training.data.claims import ClaimPair, Tokens, is_number, name_runs
from brief.training.data.corruptions import KINDS, corrupted, twin
from brief.training.data.salience_dataset import texts_of

RIGHT = "right"
WRONG = "wrong"
"""An editor's own error, of whatever kind."""
SUBJECT = "subject"
"""Two bullets of one article with each other's subject."""

ALL_KINDS = (RIGHT, WRONG, SUBJECT, *KINDS)

EDITORS, OTHERS = 0, 1
"""Where a bullet is from: an editor wrote it, right or wrong, or it was made."""

UNKNOWN = 2
"""Of a token: whether it is wrong was not recorded."""

MAX_WORDS = 44
MIN_WORDS = 5
_MAX_SOURCE_WORDS = 60
_N_SENTENCES = 40
"""Of an article that sentences and highlights are taken from."""
_TWIN_SHARE = 0.6
"""Of the changed sources, as many are taught with the bullet that fits them as are needed for the
change itself to tell little."""
_SUBJECTS = 2
"""Exchanges of subjects in an article."""

_LIMITS = frozenset(
    "may might could would should alleged allegedly reportedly suspected possible possibly probably"
    " likely potentially perhaps apparently attempted nearly almost not never no longer cannot"
    " without former unless until if only said says claimed claims according alleges allege believes"
    " argued accused denied rejected failed refused planned plans hopes hoping expected unlikely"
    " appears appeared seems fake hoax except reports report told warned think thinks feared".split()
)
"""A right bullet that no editor wrote keeps each of those that its source has."""
_OPENERS = frozenset(
    "he she it they his her their its this these those we i you my our"
    " one but and so or yet".split()
)
"""What opens no bullet that stands alone."""
_SMALL = frozenset("the a an is are was were has have and of to been be".split())

_CASED_WORD = re.compile(r"(?<=[a-z,] )[A-Za-z][\w'’.-]*\w")


@dataclass(frozen=True, slots=True)
class Item:
    """A bullet with what it was made from.

    Attributes:
        pair: Both.
        kind: One of `ALL_KINDS`.
        origin: The right bullet that a wrong one was made from, where the source is the same.
    """

    pair: ClaimPair
    kind: str = RIGHT
    origin: Tokens | None = None


class Names:
    """Words that texts in true case nearly always capitalise within a sentence.

    Args:
        texts: In any case; lower-cased ones say nothing.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        capital: Counter[str] = Counter()
        every: Counter[str] = Counter()
        for text in texts:
            if text.islower():
                continue
            for match in _CASED_WORD.finditer(text):
                word = match[0].replace("’", "'").removesuffix("'s")
                every[word.lower()] += 1
                capital[word.lower()] += word[0].isupper()
        self._words = frozenset(
            word
            for word, n in capital.items()
            if n > 1 and n > 0.8 * every[word] and word not in english().stopwords
        )

    def __call__(self, word: str) -> bool:
        """Whether a folded word is a name or part of one."""
        return word in self._words


def is_edited(row: Mapping[str, Any]) -> bool:
    """Whether a row is an article that an editor has read."""
    return "sentences" in row and "wrong" in row


def edited_items(place: str, row: Mapping[str, Any], is_name: Callable[[str], bool]) -> list[Item]:
    """The bullets that an editor wrote for an article, right and wrong ones.

    Raises:
        InputError: The row is not as it should be.
    """
    try:
        said = [to_tokens(sentence) for sentence in row["sentences"]]
        topic = to_tokens(row.get("headline") or "")
        told = [(one["bullet"], one["from"], RIGHT) for one in row["key"]]
        told += [(text, [int(index)], RIGHT) for index, text in row["one"].items() if text]
        told += [(one["bullet"], one["from"], WRONG) for one in row["wrong"]]
        names, numbers = _pool(said, is_name)
        return [
            Item(
                ClaimPair(
                    without_stop(to_tokens(bullet)),
                    tuple(said[index] for index in sources),
                    said[min(sources) - 1] if min(sources) else [],
                    topic,
                    names,
                    numbers,
                    is_name,
                ),
                kind,
            )
            for bullet, sources, kind in told
        ]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{place}: not an article with an editor's bullets ({error!r})") from error


def compression_items(
    rows: Iterable[tuple[str, str]], is_name: Callable[[str], bool]
) -> Iterator[Item]:
    """Sentences and their compressions, those that keep every limit.

    Args:
        rows: (sentence, compression).
        is_name: Whether a folded word is a name.
    """
    for source, target in rows:
        pair = ClaimPair(
            without_stop(to_tokens(target)), (to_tokens(source),), [], [], is_name=is_name
        )
        if _stands(pair.bullet) and _keeps_limits(pair):
            yield Item(pair)


def article_items(
    examples: Iterable[Example], is_name: Callable[[str], bool], seed: int
) -> Iterator[Item]:
    """Of each article a sentence, shortened by rules, and the highlights that two sentences hold.

    Args:
        examples: Articles with bullets.
        is_name: Whether a folded word is a name.
        seed: Decides which sentence, and how long it may be.
    """
    for number, example in enumerate(examples):
        texts = texts_of(example)[:_N_SENTENCES]
        if not texts:
            continue
        said = [to_tokens(text) for text in texts]
        names, numbers = _pool(said, is_name)
        draw = np.random.default_rng([seed, number])
        pairs = [_sentence(texts, said, draw), *_highlights(example.bullets, said)]
        for pair in pairs:
            if pair is not None and _stands(pair.bullet):
                yield Item(replace(pair, names=names, numbers=numbers, is_name=is_name))


def _sentence(
    texts: Sequence[str], said: Sequence[Tokens], draw: np.random.Generator
) -> ClaimPair | None:
    index = int(draw.integers(len(said)))
    whole = texts[index].rstrip().endswith(".")
    if not whole or len(said[index]) > _MAX_SOURCE_WORDS:
        return None
    bullet = shorten.shorten(texts[index], int(draw.integers(12, 24)))
    previous = said[index - 1] if index else []
    return ClaimPair(without_stop(to_tokens(bullet)), (said[index],), previous, [])


def _highlights(bullets: Iterable[str], said: Sequence[Tokens]) -> Iterator[ClaimPair]:
    keys = [_content(tokens) for tokens in said]
    for bullet in bullets:
        tokens = without_stop(to_tokens(bullet))
        wanted = _content(tokens)
        best = max(range(len(said)), key=lambda index: len(keys[index] & wanted))
        missing = wanted - keys[best]
        known = keys[best - 1] if best else set()
        pair = ClaimPair(tokens, (said[best],), said[best - 1] if best else [], [])
        if (
            len(wanted) >= 4
            and len(missing) <= 2
            and missing <= known
            and len(said[best]) <= _MAX_SOURCE_WORDS
            and _keeps_limits(pair)
            and not _is_telegraphic(pair)
        ):
            yield pair


def _content(tokens: Iterable[str]) -> set[str]:
    return {lemma(token) for token in tokens if is_content(token) or is_number(token)}


def _pool(
    said: Sequence[Tokens], is_name: Callable[[str], bool]
) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Names and numbers of an article."""
    names = {
        (*tokens[start : end - 1], tokens[end - 1].removesuffix("'s"))
        for tokens in said
        for start, end in name_runs(tokens, is_name)
    }
    numbers = {token for tokens in said for token in tokens if is_number(token)}
    return tuple(sorted(names)), tuple(sorted(numbers))


def _keeps_limits(pair: ClaimPair) -> bool:
    """Whether nothing is gone that may limit what is said."""
    gone = {token for source in pair.sources for token in source} - set(pair.bullet)
    return not gone & _LIMITS and not any(token.endswith("n't") for token in gone)


def _stands(tokens: Tokens) -> bool:
    """Whether words may be a bullet, as far as that is cheap to see."""
    fits = MIN_WORDS <= len(tokens) <= MAX_WORDS and tokens[0] not in _OPENERS
    return fits and tokens.count('"') % 2 == 0 and has_verb(tokens)


def _is_telegraphic(pair: ClaimPair) -> bool:
    """Whether a small word of the source is gone between two neighbours, as in headlines."""
    written = set(pairwise(pair.bullet))
    return any(
        source[n] in _SMALL and (source[n - 1], source[n + 1]) in written
        for source in pair.sources
        for n in range(1, len(source) - 1)
    )


def exchanged(
    items: Sequence[Item], is_name: Callable[[str], bool], draw: np.random.Generator
) -> Iterator[Item]:
    """Bullets of one article with each other's subject, read with the sources of both.

    Args:
        items: Right ones of one article.
        is_name: Whether a folded word is a name.
        draw: Decides which.

    Yields:
        A wrong item, then the right one that reads the same; up to `_SUBJECTS` times.
    """
    led: list[tuple[ClaimPair, Tokens, Tokens]] = []
    for item in items:
        tokens = item.pair.bullet
        runs = name_runs(tokens[:6], is_name)
        if runs and (runs[0][0] == 0 or tokens[0] == "the"):
            led.append((item.pair, tokens[: runs[0][1]], tokens[runs[0][1] :]))
    n_found = 0
    for at in draw.permutation(len(led)).tolist():
        pair, lead, rest = led[at]
        others = [
            (other, name)
            for other, name, _ in led
            if not set(name) & set(pair.bullet) and other.sources != pair.sources
        ]
        if not others or len(rest) < MIN_WORDS - 1:
            continue
        other, name = others[int(draw.integers(len(others)))]
        put = [*name[:-1], name[-1].removesuffix("'s")]
        if lead[-1].endswith("'s"):
            put[-1] += "'s"
        both = [*pair.sources, *(one for one in other.sources if one not in pair.sources)]
        if draw.random() < 0.5:
            both.reverse()
        shown = tuple(both[:3])
        if draw.random() < 0.3 or not all(one in shown for one in pair.sources):
            shown = pair.sources
        right = replace(pair, sources=shown)
        yield Item(replace(right, bullet=[*put, *rest]), SUBJECT, right.bullet)
        yield Item(right)
        n_found += 1
        if n_found == _SUBJECTS:
            return


class Maker:
    """Right items -> wrong ones, each kind about as often as its weight wants."""

    def __init__(self) -> None:
        self._made: Counter[str] = Counter()

    def wrongs(self, item: Item, n: int, draw: np.random.Generator) -> Iterator[Item]:
        """Up to n corruptions of different kinds, and the right twins of some.

        The kind that is furthest behind its share is tried first: many fit few bullets.
        """
        behind = {
            kind: self._made[kind] / weight * draw.uniform(0.7, 1.3)
            for kind, weight in KINDS.items()
        }
        made = 0
        for kind in sorted(behind, key=behind.__getitem__):
            wrong = corrupted(kind, item.pair, draw)
            if wrong is None:
                continue
            self._made[kind] += 1
            same = wrong.sources == item.pair.sources
            yield Item(wrong, kind, item.pair.bullet if same else None)
            other = twin(item.pair, wrong, kind)
            if other is not None and draw.random() < _TWIN_SHARE:
                yield Item(other)
            made += 1
            if made == n:
                return


@dataclass(frozen=True)
class Rows:
    """Readings with their labels, in flat arrays that a file can hold.

    Attributes:
        ids, types: Of all readings, one after the other.
        flags: 1 for a bullet's token at which something is wrong, 0 where nothing is, else
            `UNKNOWN`.
        ends: Where each reading ends.
        n_bullet: As `Reading` has it.
        right: 1 or 0.
        kind: Index into `ALL_KINDS`.
        part: `EDITORS` or `OTHERS`.
    """

    ids: NDArray[np.uint16]
    types: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    ends: NDArray[np.int64]
    n_bullet: NDArray[np.int64]
    right: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    part: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each reading."""
        return np.diff(self.ends, prepend=0)


class Reader:
    """Items -> rows, as inference lays them out.

    Args:
        encoding: The base model's.
        layout: Limits.
    """

    def __init__(self, encoding: Encoding, layout: CheckerLayout) -> None:
        self._encoding = encoding
        self._layout = layout
        self._marks = Marks.of(encoding)

    def rows(self, items: Iterable[tuple[Item, int]]) -> Rows:
        """All readings.

        Args:
            items: Each with its part.
        """
        ids, types, flags, facts = [], [], [], []
        for item, part in items:
            pair = item.pair
            texts = [pair.bullet, item.origin or [], pair.previous, pair.topic, *pair.sources]
            pieces = self._encoding.text_ids([" ".join(tokens) for tokens in texts])
            written, origin, previous, topic, *sources = pieces
            reading = to_reading(written, sources, previous, topic, self._marks, self._layout)
            if item.kind == RIGHT:
                origin = written
            ids.append(np.array(reading.ids, np.uint16))
            types.append(np.array(reading.types, np.uint8))
            flags.append(np.array(_flags(origin, written, reading), np.uint8))
            right = item.kind == RIGHT
            facts.append(
                (len(reading.ids), reading.n_bullet, right, ALL_KINDS.index(item.kind), part)
            )
        sizes, n_bullet, right_, kind, parts = np.array(facts, np.int64).reshape(-1, 5).T
        return Rows(
            np.concatenate([np.empty(0, np.uint16), *ids]),
            np.concatenate([np.empty(0, np.uint8), *types]),
            np.concatenate([np.empty(0, np.uint8), *flags]),
            np.cumsum(sizes),
            n_bullet,
            right_.astype(np.uint8),
            kind.astype(np.uint8),
            parts.astype(np.uint8),
        )


def _flags(origin: Sequence[int], written: Sequence[int], reading: Reading) -> list[int]:
    """Where a bullet differs from the right one: the tokens put in, and those beside a gap."""
    flags = [UNKNOWN] * len(reading.ids)
    if not origin:
        return flags
    n = reading.n_bullet
    flags[1 : 1 + n] = [0] * n
    for tag, _, _, start, end in SequenceMatcher(
        None, origin, written, autojunk=False
    ).get_opcodes():
        places = range(start, end) if tag in {"replace", "insert"} else (start - 1, start)
        for at in places if tag != "equal" else ():
            if 0 <= at < n:
                flags[1 + at] = 1
    return flags


def to_rounds(
    edited: Sequence[Sequence[Item]],
    others: Iterator[Item],
    maker: Maker,
    is_name: Callable[[str], bool],
    n_rounds: int,
    share: float,
    seed: int,
) -> Iterator[list[tuple[Item, int]]]:
    """What is read in each round: all of the editors' bullets and some others, each with errors
    made anew, in a drawn order.

    Args:
        edited: Items of each article.
        others: Right ones that no editor wrote; a round takes new ones while there are any.
        maker: Makes the errors.
        is_name: Whether a folded word is a name.
        n_rounds: How many.
        share: Others for each right one of an editor.
        seed: Of everything that is drawn.
    """
    n_others = round(share * sum(item.kind == RIGHT for items in edited for item in items))
    for number in range(n_rounds):
        draw = np.random.default_rng([seed, number])
        found: list[tuple[Item, int]] = []
        for items in edited:
            right = [item for item in items if item.kind == RIGHT]
            # An editor's error is worth more than one that is made: it is read twice.
            found += [(item, EDITORS) for item in items for _ in range(1 + (item.kind == WRONG))]
            found += [(made, OTHERS) for item in right for made in maker.wrongs(item, 1, draw)]
            found += [(made, OTHERS) for made in exchanged(right, is_name, draw)]
        for item in islice(others, n_others):
            n = 1 + int(draw.random() < 0.4)
            found += [(one, OTHERS) for one in (item, *maker.wrongs(item, n, draw))]
        yield [found[at] for at in draw.permutation(len(found)).tolist()]
