"""Read evaluation data sets (articles with reference bullets): sample, check, split, digest.

The file is read again for each pass over the examples, so that its size does not matter; only ids
and digests stay in memory, and the texts of a `limit`ed sample. See `tables.py` for file formats,
`harvest.py` for pages and `validation.py` for the problems that are found.
"""

import heapq
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from brief.errors import InputError, UsageError
from brief.evaluation.data.harvest import harvest
from brief.evaluation.data.tables import ALIASES, is_table, read_table
from brief.evaluation.data.validation import Inspector, Problem
from brief.ingest.inputs import read
from brief.ingest.jsonl import Source, from_row

SLICE_COLUMNS = ("topic", "source", "dataset")
"""Columns by whose values a report breaks down its scores."""


@dataclass(frozen=True, slots=True)
class Example:
    """One article with its reference.

    Attributes:
        id: Unique in its data set.
        source: The article as it was read; `to_article` cleans it.
        bullets: The reference bullets; if there are none, nothing can be scored.
        slices: The row's values of `SLICE_COLUMNS`.
    """

    id: str
    source: Source
    bullets: tuple[str, ...]
    slices: Mapping[str, str]


class ExampleStream(Protocol):
    """ExampleStream in a fixed order, which can be iterated any number of times."""

    def __iter__(self) -> Iterator[Example]: ...
    def __len__(self) -> int: ...


@dataclass(frozen=True)
class DataSet:
    """Articles with references, and facts about the whole set.

    Attributes:
        name: The file's or folder's own name.
        examples: ExampleStream in the order of the file.
        digest: SHA-256 of all examples in order; independent of the file's path.
        problems: Problems in the order of the rows. With `strict` these rows are removed; else
            they are among the examples, except those that could not be read.
        columns: Every column of any row, in order of appearance.
    """

    name: str
    examples: ExampleStream
    digest: str
    problems: tuple[Problem, ...]
    columns: tuple[str, ...]

    @property
    def counted_problems(self) -> dict[str, int]:
        """Number of problems by kind."""
        return dict(sorted(Counter(problem.kind for problem in self.problems).items()))


def read_dataset(
    path: Path,
    *,
    strict: bool = False,
    limit: int | None = None,
    seed: int = 0,
    split: str | None = None,
) -> DataSet:
    """Read and check a data set.

    Args:
        path: JSON lines or CSV (also gzipped), Parquet, a folder saved by `datasets`, or pages
            with quick-summary blocks (a folder or one file).
        strict: Remove every row that has a problem.
        limit: Sample this many rows, those with the smallest digest of seed and id: the same ones
            whatever else the file holds, and a smaller sample is part of a larger one. Only the
            sample's problems are then reported, and `strict` may leave fewer rows.
        seed: Seed of the sample.
        split: Only rows with this value in the `split` column, or this split of a folder that has
            several.

    Raises:
        InputError: It cannot be read, holds no example, or no example has a reference; the
            message names the columns that were found.
        UsageError: `limit` is below 1, or the split does not exist.
    """
    if limit is not None and limit < 1:
        raise UsageError(f"--limit {limit}: a sample has at least 1 article")
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    rows = _Table(path, split) if is_table(path) else _Pages(path)
    items: Callable[[], Iterator[Example | Problem]] = rows.items
    if limit is not None:
        drawn = heapq.nsmallest(
            limit,
            enumerate(rows.items()),
            key=lambda item: (_draw("sample", seed, item[1].id), item[0]),
        )
        sample = [item for _, item in sorted(drawn, key=lambda item: item[0])]
        items = sample.__iter__
    checked = _Checked(items, strict=strict)
    if not len(checked):
        raise InputError(*_nothing(path, checked.problems))
    if not checked.has_references:
        names = ", ".join(["bullets", *(k for k, v in ALIASES.items() if v == "bullets")])
        found = ", ".join(rows.columns)
        raise InputError(
            f"{path}: not one row has reference bullets ({names}); columns found: {found}",
            "rename the column that holds them to bullets",
        )
    return DataSet(path.name, checked, checked.digest, tuple(checked.problems), tuple(rows.columns))


def split_dataset(
    dataset: DataSet, *, share: float = 0.5, seed: int = 0
) -> tuple[DataSet, DataSet]:
    """Split into two parts without a common article, for tuning on one and scoring on the other.

    An example's part depends only on its id and the seed, so rows added or removed later move no
    other. Two rows with the same text and different ids may be in different parts; `problems`
    names them.

    Args:
        dataset: The whole data set.
        share: Approximate share of the first part, between 0 and 1.
        seed: Equal seeds give equal parts.
    """

    def is_first(example: Example) -> bool:
        return _draw("part", seed, example.id) < share

    return (
        part(dataset, f"{dataset.name} (first part, seed {seed})", is_first),
        part(dataset, f"{dataset.name} (second part, seed {seed})", lambda e: not is_first(e)),
    )


def part(dataset: DataSet, name: str, belongs: Callable[[Example], bool]) -> DataSet:
    """Select the examples that belong to a part, as a data set with its own digest."""
    items = _Checked(lambda: filter(belongs, dataset.examples), strict=False)
    return DataSet(name, items, items.digest, tuple(items.problems), dataset.columns)


def _draw(purpose: str, seed: int, id_: str) -> float:
    """A pseudo-random number in [0, 1) that depends on purpose, seed and id."""
    drawn = sha256(f"{purpose}\n{seed}\n{id_}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") / 2**64


@dataclass
class _Table:
    """The rows of a file."""

    path: Path
    split: str | None
    columns: dict[str, None] = field(default_factory=dict)

    def items(self) -> Iterator[Example | Problem]:
        for place, row in read_table(self.path, split=self.split):
            if isinstance(row, InputError):
                yield Problem("unreadable", place, row.problem)
                continue
            self.columns.update(dict.fromkeys(row))
            source = from_row(row, place)
            if source.error is not None:
                yield Problem("unreadable", source.id, source.error.problem)
                continue
            slices = {key: row[key] for key in SLICE_COLUMNS if isinstance(row.get(key), str)}
            yield Example(source.id, source, source.bullets, slices)


@dataclass
class _Pages:
    """Pages of a folder, harvested."""

    path: Path
    columns: dict[str, None] = field(
        default_factory=lambda: dict.fromkeys(("id", "headline", "published", "text", "bullets"))
    )

    def items(self) -> Iterator[Example | Problem]:
        pages = read([str(self.path)], stdin=io.BytesIO())
        # Ids begin at the folder, so that the set is the same at any path.
        base = f"{self.path if self.path.is_dir() else self.path.parent}/"
        for item in harvest(pages):
            own = item.id.removeprefix(base)
            if isinstance(item, Problem):
                yield replace(item, id=own)
            else:
                source = replace(item, id=own)
                yield Example(own, source, source.bullets, {})


class _Checked:
    """ExampleStream that were checked once, and are read again on each iteration."""

    def __init__(self, items: Callable[[], Iterator[Example | Problem]], *, strict: bool) -> None:
        self._items = items
        self._dropped: set[int] = set()
        self._ids: dict[int, str] = {}
        self.problems: list[Problem] = []
        self.has_references = False
        self.digest = ""
        self._n = self._inspect(strict=strict)

    def __len__(self) -> int:
        return self._n

    def __iter__(self) -> Iterator[Example]:
        for index, item in enumerate(self._items()):
            if index in self._dropped or isinstance(item, Problem):
                continue
            new = self._ids.get(index)
            if new is None:
                yield item
            else:
                yield replace(item, id=new, source=replace(item.source, id=new))

    def _inspect(self, *, strict: bool) -> int:
        inspector = Inspector()
        found: list[tuple[int, Problem]] = []
        digests: dict[int, bytes] = {}
        seen: Counter[str] = Counter()
        with_references = set()
        for index, item in enumerate(self._items()):
            if isinstance(item, Problem):
                found.append((index, item))
                self._dropped.add(index)
                continue
            seen[item.id] += 1
            found += [(index, problem) for problem in inspector.inspect(index, item.source)]
            if seen[item.id] > 1:
                self._ids[index] = f"{item.id}#{seen[item.id]}"
            digests[index] = _digest(item)
            if item.bullets:
                with_references.add(index)
        found += inspector.strangers()
        found.sort(key=lambda pair: pair[0])
        if strict:
            self._dropped.update(index for index, _ in found)
        kept = [index for index in digests if index not in self._dropped]
        self.problems = [problem for _, problem in found]
        self.has_references = any(index in with_references for index in kept)
        self.digest = sha256(b"".join(digests[index] for index in kept)).hexdigest()
        return len(kept)


def _digest(example: Example) -> bytes:
    source = example.source
    facts = [
        *(example.id, source.text, source.is_html, source.headline, source.published),
        *(source.byline, source.url, example.bullets, dict(example.slices)),
    ]
    return sha256(json.dumps(facts, sort_keys=True).encode()).digest()


def _nothing(path: Path, problems: Sequence[Problem]) -> tuple[str, str]:
    """The problem and remedy when a set has no example."""
    if not problems:
        return f"{path}: holds no row", "name a file with a row an article"
    kinds = Counter(problem.kind for problem in problems)
    counted = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common())
    first = problems[0]
    return f"{path}: no example is left ({counted})", f"the first: {first.id}: {first.what}"
