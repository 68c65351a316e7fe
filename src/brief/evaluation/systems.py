"""Evaluation systems: everything that writes bullets for an article under a name.

Models run through the whole pipeline, with the summary cache; other systems are random sentences,
the greedy oracle, the reference itself and another program's outputs. See `system_specs.py` for
parsing names and `harness.py` for scoring.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO

from brief.datatypes import Article, Remark
from brief.errors import BriefError, InputError
from brief.evaluation.data.dataset import Example
from brief.evaluation.metrics.oracle import oracle
from brief.evaluation.metrics.rouge_tokenizer import RougeTokenizer
from brief.ingest.article import to_article
from brief.ingest.charset import MAX_BYTES
from brief.ingest.cleaning.clean import require_body
from brief.ingest.jsonl import bullets_of, id_of, read_objects
from brief.models import card_of
from brief.models.chunking import to_chunks
from brief.models.extractive import WordTokenizer
from brief.pipeline.parallel import in_order
from brief.pipeline.summarizer import Summarizer


@dataclass(frozen=True)
class SystemTask:
    """One example, cleaned once for all systems.

    Attributes:
        example: The example to summarize.
        article: Its article; None when there is none, and then `error` says why.
        error: Why there is no article with a body.
    """

    example: Example
    article: Article | None
    error: BriefError | None = None

    @classmethod
    def of(cls, example: Example) -> "SystemTask":
        """Clean an example's article."""
        try:
            return cls(example, require_body(to_article(example.source)))
        except BriefError as error:
            return cls(example, None, error)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The body's sentences in order, as every extractive system sees them."""
        if self.article is None:
            return ()
        chunks = to_chunks(self.article, card_of("lead").budget, WordTokenizer())
        return tuple(sentence.text for chunk in chunks for sentence in chunk.focus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """The output of a system for one article.

    Attributes:
        bullets: Bullets in reading order; empty when it failed.
        sources: For each bullet the article's sentences that it reports; empty when the system
            does not say.
        remarks: Remarks on each bullet, likewise.
        error: Why it failed; None when it did not.
    """

    bullets: tuple[str, ...] = ()
    sources: tuple[tuple[str, ...], ...] = ()
    remarks: tuple[tuple[Remark, ...], ...] = ()
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class System:
    """A named system that writes bullets.

    Attributes:
        name: The name, as typed.
        write: Writes bullets for a task that has an article; thread-safe. It may raise anything.
        signature: Everything that determines the bytes that it writes.
        n_bullets: Requested number of bullets; None when it decides by itself.
        training_sets: Data sets that it was trained on, whose scores are not a fair test.
        training_files: Files that it was trained on, to search for near-copies.
        tuned_articles: Marks of the articles that its settings were chosen on (`tuned_on.py`).
        n_parallel: Number of concurrent articles that use the machine fully.
        needs_references: Whether it reads the reference bullets, so that nobody can run it.
        model: Name and engine of its model, for its size; None when it has none.
    """

    name: str
    write: Callable[[SystemTask], Output]
    signature: Mapping[str, object]
    n_bullets: int | None = None
    training_sets: tuple[str, ...] = ()
    training_files: tuple[Path, ...] = ()
    tuned_articles: frozenset[str] = frozenset()
    n_parallel: int = 1
    needs_references: bool = False
    model: tuple[str, str] | None = field(default=None, repr=False)

    def outputs(self, tasks: Iterable[SystemTask]) -> Iterator[tuple[SystemTask, Output]]:
        """Yield each task with the system's output, in order; a crash becomes the task's output."""
        return in_order(lambda task: (task, self._output(task)), tasks, self.n_parallel)

    def _output(self, task: SystemTask) -> Output:
        if task.error is not None:
            return Output(error=task.error.problem)
        try:
            return self.write(task)
        except BriefError as error:
            return Output(error=error.problem)
        except Exception as error:  # noqa: BLE001 - one article's crash ends no comparison
            return Output(error=f"crashed: {type(error).__name__}: {error}")


def corridor_system(
    name: str,
    summarizer: Summarizer,
    *,
    n_bullets: int,
    training_sets: Sequence[str] = (),
    training_files: Sequence[Path] = (),
    tuned_articles: frozenset[str] = frozenset(),
    n_parallel: int = 1,
    signature: Mapping[str, object] | None = None,
    model: tuple[str, str] | None = None,
) -> System:
    """A model with the whole pipeline around it.

    Args:
        name: The name, as typed.
        summarizer: The model with its settings and the cache.
        n_bullets: The summarizer's number of bullets.
        training_sets: See `System`.
        training_files: See `System`.
        tuned_articles: See `System`.
        n_parallel: The model's `n_parallel`.
        signature: Settings, for people, in addition to the digest that identifies them.
        model: See `System`.
    """

    def write(task: SystemTask) -> Output:
        assert task.article is not None
        bullets = summarizer.summarize(task.article).bullets
        if not bullets:
            raise InputError(f"{task.example.id}: no bullet was written")
        return Output(
            bullets=tuple(bullet.text for bullet in bullets),
            sources=tuple(tuple(s.text for s in bullet.sources) for bullet in bullets),
            remarks=tuple(bullet.remarks for bullet in bullets),
        )

    return System(
        name=name,
        write=write,
        signature={**(signature or {}), "corridor": summarizer.signature},
        n_bullets=n_bullets,
        training_sets=tuple(training_sets),
        training_files=tuple(training_files),
        tuned_articles=tuned_articles,
        n_parallel=n_parallel,
        model=model,
    )


def random_system(name: str, *, n_bullets: int, seed: int) -> System:
    """Random sentences of the article, drawn by seed and id, in reading order: a lower bound."""

    def write(task: SystemTask) -> Output:
        drawn = random.Random(f"{seed} {task.example.id}")  # noqa: S311 - no secret
        indices = range(len(task.sentences))
        return _sentences(task, sorted(drawn.sample(indices, min(n_bullets, len(indices)))))

    signature = {"system": "random", "n_bullets": n_bullets, "seed": seed}
    return System(name=name, write=write, signature=signature, n_bullets=n_bullets)


def lead_words_system(name: str, *, n_words: int) -> System:
    """The lead cut after a number of words: the baseline for a system of that length.

    One bullet per sentence, the last one cut at the limit; for measuring, not for readers.
    """

    def write(task: SystemTask) -> Output:
        bullets: list[str] = []
        sources: list[tuple[str, ...]] = []
        left = n_words
        for sentence in task.sentences:
            words = sentence.split()[:left]
            if not words:
                break
            bullets.append(" ".join(words))
            sources.append((sentence,))
            left -= len(words)
        return Output(bullets=tuple(bullets), sources=tuple(sources))

    return System(name=name, write=write, signature={"system": "lead", "n_words": n_words})


def oracle_system(name: str, *, n_bullets: int, tokenizer: RougeTokenizer) -> System:
    """The sentences that come closest to the reference: a ceiling for extraction.

    Args:
        name: The name, as typed.
        n_bullets: Most bullets.
        tokenizer: The data set's tokenizer.
    """

    def write(task: SystemTask) -> Output:
        return _sentences(task, oracle(task.sentences, task.example.bullets, n_bullets, tokenizer))

    signature = {"system": "greedy oracle", "n_bullets": n_bullets, "tokenizer": tokenizer.name}
    return System(
        name=name,
        write=write,
        signature=signature,
        n_bullets=n_bullets,
        needs_references=True,
    )


def reference_system(name: str) -> System:
    """The reference bullets themselves: they score 1 if everything works."""
    return System(
        name=name,
        write=lambda task: Output(bullets=task.example.bullets),
        signature={"system": "reference"},
        needs_references=True,
    )


def file_system(name: str, path: Path, *, training_sets: Sequence[str] = ()) -> System:
    """The output of another program: rows with `id` and `bullets`, all held in memory.

    Bullets are strings, or objects with a `text` as `brief summarize --format jsonl` writes them.

    Raises:
        InputError: The file or one of its rows cannot be read, or an id occurs twice.
    """
    try:
        with path.open("rb") as stream:
            digest = file_digest(stream, "sha256").hexdigest()
            stream.seek(0)
            written = _bullets_by_id(stream, path.name)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None

    def write(task: SystemTask) -> Output:
        bullets = written.get(task.example.id)
        if not bullets:
            what = "no row has the id" if bullets is None else "no bullets in the row"
            raise InputError(f"{path.name}: {what} {task.example.id}")
        return Output(bullets=bullets)

    signature = {"system": "file", "file": path.name, "sha256": digest}
    return System(name=name, write=write, signature=signature, training_sets=tuple(training_sets))


def _bullets_by_id(stream: BinaryIO, name: str) -> dict[str, tuple[str, ...]]:
    written: dict[str, tuple[str, ...]] = {}
    for place, row in read_objects(stream, name=name, max_bytes=MAX_BYTES):
        if isinstance(row, InputError):
            raise row
        if "id" not in row or "bullets" not in row:
            found = ", ".join(list(row)[:12])
            problem = f"{place}: no column id or no column bullets (found: {found})"
            raise InputError(problem, "an output row is {id, bullets}")
        id_ = id_of(row, place)
        if id_ in written:
            raise InputError(f"{place}: the id {id_} stands twice", "keep one row an article")
        written[id_] = bullets_of({"bullets": _texts(row["bullets"])}, place)
    return written


def _texts(bullets: object) -> object:
    """The texts of bullets that are objects; anything else unchanged."""
    if isinstance(bullets, list):
        return [one.get("text") if isinstance(one, dict) else one for one in bullets]
    return bullets


def _sentences(task: SystemTask, indices: Iterable[int]) -> Output:
    """Sentences of the article as bullets, each its own source."""
    picked = tuple(task.sentences[index] for index in indices)
    return Output(bullets=picked, sources=tuple((sentence,) for sentence in picked))
