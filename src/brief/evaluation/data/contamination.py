"""Detect whether a system was trained on a data set: by its card, and by near-copies.

Scores on seen articles are marked in the report, not removed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from brief.errors import InputError
from brief.evaluation.data.dataset import DataSet, Example
from brief.evaluation.data.tables import read_table
from brief.ingest.jsonl import from_row
from brief.text.shingles import shingles

N_WORDS = 14
"""Length of word sequences that two independent reports hardly share, except in quotations."""

ONE_IN = 8
"""Only the word sequences with the lowest hashes are kept: the same ones in every text."""

MIN_SHARED = 0.25
"""Share of an article's word sequences from which it is a near-copy; a shared quotation or agency
paragraph has less."""

_WORD = re.compile(r"\w+")
_NAME = re.compile(r"[^a-z0-9]")


def names_this(training_sets: Iterable[str], dataset: DataSet) -> bool:
    """Whether a card's training sets include one that the data set consists of.

    A data set's parts are named in its rows' `dataset` column and in its file name; names are
    compared by letters and digits only, so `CNN/DailyMail` equals `cnn_dailymail`.
    """
    own = {_plain(dataset.name.partition(".")[0])}
    own |= {_plain(example.slices.get("dataset", "")) for example in dataset.examples}
    return not own.isdisjoint({_plain(name) for name in training_sets} - {""})


def near_copies(examples: Iterable[Example], training_files: Sequence[Path]) -> frozenset[str]:
    """Ids of the examples whose article is largely contained in a training file.

    Args:
        examples: The scored examples; a sketch of each is held in memory.
        training_files: Tables with articles, read one row at a time.

    Raises:
        InputError: A training file cannot be read.
    """
    sketches = {example.id: _sketch(example.source.text) for example in examples}
    owners: defaultdict[int, list[str]] = defaultdict(list)
    for id_, sketch in sketches.items():
        for gram in sketch:
            owners[gram].append(id_)
    found: set[str] = set()
    for text in _articles(training_files):
        shared = Counter(id_ for gram in _sketch(text) for id_ in owners.get(gram, ()))
        found |= {id_ for id_, n in shared.items() if n >= MIN_SHARED * len(sketches[id_])}
    return frozenset(found)


def _articles(paths: Sequence[Path]) -> Iterator[str]:
    for path in paths:
        for place, row in read_table(path):
            if not isinstance(row, InputError):
                yield from_row(row, place).text


def _sketch(text: str) -> set[int]:
    """Hashes of one in `ONE_IN` of the sequences of `N_WORDS` words."""
    hashes = shingles(_WORD.findall(text.lower()), N_WORDS)
    return set(hashes[hashes < 2**64 // ONE_IN].tolist())


def _plain(name: str) -> str:
    return _NAME.sub("", name.lower())
