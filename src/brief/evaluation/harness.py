"""Evaluation harness: run systems on a data set, score them and write a results folder.

    data.jsonl      one line per article: headline, paragraphs, reference, slices
    examples.jsonl  one line per article and system: bullets, scores, error
    report.json     means, intervals, tests; no time stamps, so equal runs give equal bytes

The files appear together when all is done. A run that was killed starts again and finds the
models' summaries in the cache, so it continues where it stopped. See `aggregate.py` for the
report's numbers, `cost.py` for seconds and megabytes, and `text_report.py` for display.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from brief.evaluation.aggregate import LENGTHS, Columns, report
from brief.evaluation.data.contamination import names_this, near_copies
from brief.evaluation.data.dataset import DataSet, ExampleStream
from brief.evaluation.data.tuned_on import refuse_tuned
from brief.evaluation.metrics.faithfulness import score_source
from brief.evaluation.metrics.rouge import ReferenceScorer, ReferenceScores
from brief.evaluation.systems import Output, System, SystemTask
from brief.files import cannot_write, writing
from brief.records import dump

MAX_HELD = 2_000
"""Most articles that are cleaned once for all systems: some 100 MB. A larger set is cleaned again
for each system."""

SOURCE_NAMES = {"rouge2_precision": "support"}
"""New names for scores against the source whose names are also used for the reference."""

REPORT, EXAMPLES, DATA = "report.json", "examples.jsonl", "data.jsonl"


def run(
    dataset: DataSet,
    systems: Sequence[System],
    output: Path,
    *,
    n_bullets: int,
    seed: int = 0,
    step: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Evaluate systems and write the folder.

    Args:
        dataset: The articles to summarize.
        systems: Systems in the order of the report, with distinct names.
        output: The folder; made if missing, its files are replaced.
        n_bullets: Requested number of bullets of systems without their own number.
        seed: Seed of intervals and tests.
        step: Called after each article of each system.

    Returns:
        The content of `report.json`.

    Raises:
        UsageError: The settings of a system were tuned on some of these articles.
        StorageError: The folder cannot be written.
    """
    refuse_tuned(dataset, systems)
    tasks = _tasks(dataset.examples)
    scorer = ReferenceScorer([example.bullets for example in dataset.examples])
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(output, error) from error
    with writing(output / DATA) as data, writing(output / EXAMPLES) as examples:
        columns = Columns()
        for task in tasks():
            slices = _slices(task)
            columns.add_example(slices)
            data.write(_line(_article(task, slices)))
        for system in systems:
            outputs, source_scores = [], []
            for task, made in system.outputs(tasks()):
                outputs.append(made)
                source_scores.append(_against_source(task, made, scorer))
                step()
            scored = scorer.score([made.bullets for made in outputs])
            for example, made, reference, source in zip(
                dataset.examples, outputs, scored, source_scores, strict=True
            ):
                scores = {**reference.values, **source}
                columns.add(system.name, scores, failed=made.error is not None)
                examples.write(_line(_row(example.id, system.name, made, reference, scores)))
        seen = {system.name: _seen(system, dataset) for system in systems}
        whole = report(
            dataset, systems, columns, seen, scorer.signature, n_bullets=n_bullets, seed=seed
        )
        # Remove the old report first: a missing report is better than one of other examples.
        (output / REPORT).unlink(missing_ok=True)
    with writing(output / REPORT) as file:
        file.write(json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    return whole


def _tasks(examples: ExampleStream) -> Callable[[], Iterable[SystemTask]]:
    """Cleaned articles, which can be iterated any number of times."""
    if len(examples) > MAX_HELD:
        return lambda: map(SystemTask.of, examples)
    held = [SystemTask.of(example) for example in examples]
    return lambda: held


def _slices(task: SystemTask) -> dict[str, str]:
    slices = dict(task.example.slices)
    if task.article is not None:
        n_words = sum(len(line.text.split()) for line in task.article.body)
        slices["length"] = next(name for name, limit in LENGTHS.items() if n_words < limit)
    return slices


def _article(task: SystemTask, slices: Mapping[str, str]) -> dict[str, Any]:
    body = task.article.body if task.article else ()
    return {
        "id": task.example.id,
        "headline": task.article.headline if task.article else task.example.source.headline,
        "body": [" ".join(line.text.split()) for line in body],
        "references": list(task.example.bullets),
        "slices": slices,
    }


def _against_source(
    task: SystemTask, made: Output, scorer: ReferenceScorer
) -> dict[str, float | None]:
    """Scores that need the article; all None when there is nothing to measure."""
    values = score_source(made.bullets, task.sentences, scorer.tokenizer).values
    measured = made.error is None and task.article is not None
    return {
        SOURCE_NAMES.get(key, key): value if measured else None for key, value in values.items()
    }


def _row(
    id_: str,
    system: str,
    made: Output,
    reference: ReferenceScores,
    scores: Mapping[str, float | None],
) -> dict[str, Any]:
    return {
        "id": id_,
        "system": system,
        "bullets": list(made.bullets),
        "scores": dict(scores),
        "unscored": reference.reason or None,
        "error": made.error,
        "sources": [list(sources) for sources in made.sources],
        "remarks": dump(made.remarks),
        "matches": [match.candidate if match.is_reported else None for match in reference.matches],
    }


def _seen(system: System, dataset: DataSet) -> dict[str, Any]:
    """Whether the system was trained on this data set, as far as is known."""
    n_copies = None
    if system.training_files:
        n_copies = len(near_copies(dataset.examples, system.training_files))
    named = names_this(system.training_sets, dataset)
    return {"trained_on_this": named or bool(n_copies), "n_near_copies": n_copies}


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n"
