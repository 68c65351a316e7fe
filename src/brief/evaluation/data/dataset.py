"""Articles with reference bullets: read, sampled, checked, digested.

A set is read anew each time its examples are asked for, so that its size is no matter; ids and
digests are all that stays in memory, and the texts of a `limit`ed sample. Left out: file formats
(`tables.py`), pages (`harvest.py`) and what counts as a problem (`validation.py`).
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
"""Columns by whose values a report tells its scores apart."""


@dataclass(frozen=True, slots=True)
class Example:
    """One article with its reference.

    Attributes:
        id: Unique in its set.
        source: The article as it was read; `corridor.to_article` cleans it.
        bullets: The reference bullets; may be empty, then nothing can be scored.
        slices: What the row says in `SLICE_COLUMNS`.
    """

    id: str
    source: Source
    bullets: tuple[str, ...]
    slices: Mapping[str, str]


class Examples(Protocol):
    """Examples in a fixed order, as often as they are asked for."""

    def __iter__(self) -> Iterator[Example]: ...
    def __len__(self) -> int: ...


@dataclass(frozen=True)
class DataSet:
    """Articles with references, and what is known about them as a set.

    Attributes:
        name: The file's or folder's own name.
        examples: In the order of the file.
        digest: SHA-256 of all examples in order; nothing of where the file lies.
        problems: In the order of the rows. With `strict` the rows are gone, else they are among
            the examples, but for those that could not be read.
        columns: Every column that a row has, in order of appearance.
    """

    name: str
    examples: Examples
    digest: str
    problems: tuple[Problem, ...]
    columns: tuple[str, ...]

    @property
    def counted_problems(self) -> dict[str, int]:
        """How many problems of each kind there are, by kind."""
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
        strict: Leave out every row that has a problem.
        limit: So many rows, those with the smallest digest of seed and id: the same ones
            whatever else the file holds, and a smaller sample is part of a larger one. Problems
            are then the sample's, and `strict` may leave fewer.
        seed: Of the sample.
        split: Rows whose `split` column says so, or one split of a folder that has several.

    Raises:
        InputError: It cannot be read, holds no example, or not one has a reference; the columns
            that were found are named.
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
    """Two parts without a common article, for tuning on one and scoring on the other.

    An example's id alone, with the seed, says which part it is in: rows that are added or taken
    away later move no other. Rows of one text under two ids may part; `problems` names them.

    Args:
        dataset: The whole.
        share: Of the first part, about, between 0 and 1.
        seed: Same seed, same parts.
    """

    def is_first(example: Example) -> bool:
        return _draw("part", seed, example.id) < share

    return (
        part(dataset, f"{dataset.name} (first part, seed {seed})", is_first),
        part(dataset, f"{dataset.name} (second part, seed {seed})", lambda e: not is_first(e)),
    )


def part(dataset: DataSet, name: str, belongs: Callable[[Example], bool]) -> DataSet:
    """The examples that belong to it, in their order, as a data set with a digest of its own."""
    items = _Checked(lambda: filter(belongs, dataset.examples), strict=False)
    return DataSet(name, items, items.digest, tuple(items.problems), dataset.columns)


def _draw(purpose: str, seed: int, id_: str) -> float:
    """A number from 0 up to 1 that seed and id decide, another one for each purpose."""
    drawn = sha256(f"{purpose}\n{seed}\n{id_}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") / 2**64


@dataclass
class _Table:
    """Rows of a file."""

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
        # Named from the folder on, so that the set is the same wherever it lies.
        base = f"{self.path if self.path.is_dir() else self.path.parent}/"
        for item in harvest(pages):
            own = item.id.removeprefix(base)
            if isinstance(item, Problem):
                yield replace(item, id=own)
            else:
                source = replace(item, id=own)
                yield Example(own, source, source.bullets, {})


class _Checked:
    """Examples that were looked at once, and are read anew each time."""

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
    """Why a set has no example."""
    if not problems:
        return f"{path}: holds no row", "name a file with a row an article"
    kinds = Counter(problem.kind for problem in problems)
    counted = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common())
    first = problems[0]
    return f"{path}: no example is left ({counted})", f"the first: {first.id}: {first.what}"
