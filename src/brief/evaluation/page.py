"""A run's folder -> one HTML file that shows all of it: tables, charts, and the examples.

The file stands alone: no request leaves it (its content security policy forbids every one), and
all of it can be read without its script, which only sorts and filters examples. Article
text is untrusted: the template escapes everything, and characters that steer the reading
direction are taken out. Left out: what each chart holds (`page_views.py`), and which examples are
shown (`browser.py`).
"""

from pathlib import Path

from brief import html_pages
from brief.evaluation import leaderboard, notation, page_views, verdicts
from brief.evaluation.browser import MAX_EXAMPLES, pick_examples, quality_by_example
from brief.evaluation.harness import appearing
from brief.evaluation.results import Results, read_results

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
    with appearing(path) as file:
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
    templates = html_pages.environment(_FILES)
    templates.filters["percent"] = notation.percent
    return templates.get_template("page.html.j2").render(
        policy=html_pages.policy(style, script),
        style=html_pages.trusted(style),
        script=html_pages.trusted(script),
        results=results,
        finding=verdicts.finding(results),
        problems=leaderboard.data_problems(results),
        signature=leaderboard.signature_line(results),
        signature_parts=page_views.signature_parts(results),
        leaderboard=leaderboard.leaderboard(results),
        whiskers=page_views.whiskers(results),
        costs=page_views.cost_charts(results),
        matrices=page_views.matrices(results),
        distributions=page_views.spread(quality),
        heat=page_views.heat(results),
        measures=leaderboard.measures(results),
        cost_table=leaderboard.cost_table(results),
        examples=pick_examples(results, quality, max_examples=max_examples),
    )
