"""A run's folder -> one HTML file that shows all of it: tables, charts, and the examples.

The file stands alone: no request leaves it (its content security policy forbids every one), and
all of it can be read without its script, which only sorts and filters examples. Article
text is untrusted: the template escapes everything, and characters that steer the reading
direction are taken out. Left out: what each chart holds (`html_tables.py`), and which examples are
shown (`example_browser.py`).
"""

from pathlib import Path

from brief.evaluation.report import conclusions, html_tables, leaderboard, number_format
from brief.evaluation.report.example_browser import MAX_EXAMPLES, pick_examples, quality_by_example
from brief.evaluation.report.results import Results, read_results
from brief.files import writing
from brief.output import html_templates

PAGE_NAME = "report.html"

_FILES = Path(__file__).parent / "page_files"


def write(folder: Path) -> Path:
    """Write `report.html` into a run's folder.

    Returns:
        Where it is.

    Raises:
        UsageError: There is no such folder, or it lacks a file of the run.
        InputError: A file in it is not what the harness writes.
        StorageError: The page cannot be written.
    """
    path = folder / PAGE_NAME
    page = render(read_results(folder))
    with writing(path) as file:
        file.write(page)
    return path


def render(results: Results, *, max_examples: int = MAX_EXAMPLES) -> str:
    """The page.

    Args:
        results: The run.
        max_examples: How many examples it holds at most; those that systems disagree on most.

    Raises:
        UsageError: The folder lacks a file of the run.
        InputError: A file in it is not what the harness writes.
    """
    quality = quality_by_example(results)
    style = (_FILES / "style.css").read_text("utf-8")
    script = (_FILES / "browse.js").read_text("utf-8")
    templates = html_templates.environment(_FILES)
    templates.filters["percent"] = number_format.percent
    return templates.get_template("page.html.j2").render(
        policy=html_templates.policy(style, script),
        style=html_templates.trusted(style),
        script=html_templates.trusted(script),
        results=results,
        finding=conclusions.finding(results),
        problems=leaderboard.data_problems(results),
        signature=leaderboard.signature_line(results),
        signature_parts=html_tables.signature_parts(results),
        leaderboard=leaderboard.leaderboard(results),
        whiskers=html_tables.whiskers(results),
        costs=html_tables.cost_charts(results),
        matrices=html_tables.matrices(results),
        distributions=html_tables.spread(quality),
        heat=html_tables.heat(results),
        measures=leaderboard.measures(results),
        cost_table=leaderboard.cost_table(results),
        examples=pick_examples(results, quality, max_examples=max_examples),
    )
