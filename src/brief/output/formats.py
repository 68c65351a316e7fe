"""Write the outcomes of a run in an output format (text, Markdown, HTML, JSON, JSON lines).

The output is a stream, so that thousands of articles need no more memory than one. See `block.py`
for the block of one summary and `records.py` for the JSON objects.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

from brief.datatypes import Article, Summary
from brief.errors import BriefError
from brief.ingest.article import Cleaned
from brief.output import CheckFormat, CleanFormat, Format, block
from brief.pipeline.summarizer import Outcome
from brief.records import (
    Record,
    to_check_record,
    to_clean_failure,
    to_clean_record,
    to_failure,
    to_record,
)

if TYPE_CHECKING:
    from brief.guard.bullet_check import Checked

T = TypeVar("T")

_BLOCKS: dict[str, Callable[[Summary], str]] = {
    "text": block.to_text,
    "markdown": block.to_markdown,
    "html": block.to_html,
}
_TITLES: dict[str, Callable[[Summary], str]] = {
    "text": block.to_text_title,
    "markdown": block.to_markdown_title,
    "html": block.to_html_title,
}
_EXPLANATIONS: dict[str, Callable[[Summary], str]] = {
    "text": block.to_explanation,
    "markdown": block.to_markdown_explanation,
    "html": block.to_html_explanation,
}


def render(
    outcomes: Iterable[Outcome],
    format_: Format,
    *,
    explain: bool = False,
    timings: bool = False,
) -> Iterator[str]:
    """Write summaries in the order of the outcomes.

    Args:
        outcomes: Summaries and failures; a failure is a row in `json` and `jsonl`, and nothing
            in the formats that people read.
        format_: `json` is one object for one outcome and an array for several; `jsonl` is one
            object per line.
        explain: Add to each block where its bullets come from; JSON always has this.
        timings: Adds `timings` (seconds by phase) to each JSON object; without it, equal
            inputs give equal bytes.

    Yields:
        Pieces of the result; joined, they are the whole.
    """
    if format_ == "jsonl":
        for outcome in outcomes:
            yield json.dumps(to_object(outcome, timings=timings), ensure_ascii=False) + "\n"
    elif format_ == "json":
        yield from _array(to_object(outcome, timings=timings) for outcome in outcomes)
    else:
        yield from _blocks(outcomes, format_, explain=explain)


def render_cleaned(
    outcomes: Iterable[Cleaned],
    format_: CleanFormat,
    to_table: Callable[[Article], str] = block.to_tsv,
) -> Iterator[str]:
    """Write the labelled lines of a run, in the order of the outcomes.

    Args:
        outcomes: Articles and failures; a failure is a row in `json`, nothing in `text`.
        format_: `json` is one object for one outcome and an array for several.
        to_table: Formats one article as text.

    Yields:
        Pieces of the result; joined, they are the whole.
    """
    if format_ == "json":
        yield from _array(_clean_record(outcome) for outcome in outcomes)
        return
    articles = (outcome.result for outcome in outcomes if isinstance(outcome.result, Article))
    yield from _sections(articles, lambda article: f"{block.printable(article.id)}\n", to_table)


def _clean_record(outcome: Cleaned) -> Record:
    if isinstance(outcome.result, Article):
        return to_clean_record(outcome.result)
    return to_clean_failure(outcome.id, outcome.result)


def render_checked(outcomes: "Iterable[Checked]", format_: CheckFormat) -> Iterator[str]:
    """Write verdicts in the order of the outcomes.

    Args:
        outcomes: Verdicts and failures; a failure is a row in `jsonl`, nothing in `text`.
        format_: `jsonl` is one object per line.

    Yields:
        Pieces of the result; joined, they are the whole.
    """
    for outcome in outcomes:
        if format_ == "jsonl":
            record = to_check_record(outcome.id, outcome.result)
            yield json.dumps(record, ensure_ascii=False) + "\n"
        elif not isinstance(outcome.result, BriefError):
            verdict = outcome.result
            said = "supported" if verdict.supported else "not supported"
            score = "" if verdict.score is None else f" ({verdict.score:.2f})"
            lines = [str(remark) for remark in (*verdict.reasons, *verdict.remarks)]
            lines += [f"• {source.text}" for source in verdict.sources]
            yield f"{block.printable(outcome.id)}: {said}{score}\n"
            yield "".join(f"  {block.printable(line)}\n" for line in lines)


def to_object(outcome: Outcome, *, timings: bool = False) -> Record:
    """One outcome as the JSON object of `json` and `jsonl`."""
    if isinstance(outcome.result, Summary):
        record = to_record(outcome.result)
    else:
        record = to_failure(
            outcome.id, outcome.result, model=outcome.model, signature=outcome.signature
        )
    # Use the input's own id: a cached summary may come from an equal text with another id.
    record["id"] = outcome.id
    if timings:
        record["timings"] = dict(outcome.timings)
    return record


def _array(rows: Iterator[Record]) -> Iterator[str]:
    """One object for one row, else an array; the first row is held until the second arrives."""
    first, second = next(rows, None), next(rows, None)
    if first is None:
        yield "[]\n"
    elif second is None:
        yield _pretty(first) + "\n"
    else:
        yield "[\n" + _pretty(first)
        for row in chain([second], rows):
            yield ",\n" + _pretty(row)
        yield "\n]\n"


def _pretty(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2)


def _blocks(outcomes: Iterable[Outcome], format_: Format, *, explain: bool) -> Iterator[str]:
    def to_text(summary: Summary) -> str:
        shown = _BLOCKS[format_](summary)
        return f"{shown}\n{_EXPLANATIONS[format_](summary)}" if explain else shown

    summaries = (outcome.result for outcome in outcomes if isinstance(outcome.result, Summary))
    yield from _sections(summaries, _TITLES[format_], to_text)


def _sections(
    items: Iterator[T], to_title: Callable[[T], str], to_text: Callable[[T], str]
) -> Iterator[str]:
    """Join sections with a blank line; each gets its title when there are several."""
    opening = list(islice(items, 2))
    for place, item in enumerate(chain(opening, items)):
        title = to_title(item) if len(opening) > 1 else ""
        yield ("\n" if place else "") + title + to_text(item)
