"""Clean and summarize the fetched articles: phases two and three of a briefing run.

Each result is stored in the ledger before the next article begins, so a killed run resumes where
it was; what its model had written is in the summary cache. As the deadline nears, lead sentences
replace the model's bullets. See `pipeline/summarizer.py` for how one article is summarized.

Tested in `tests/briefing/test_job.py`.
"""

from collections.abc import Iterator
from dataclasses import replace

from brief.briefing.briefing_types import ArticleState
from brief.briefing.ledger import articles, serialization
from brief.briefing.run_context import Event, Plan, RunContext
from brief.datatypes import Article, Code, Remark
from brief.errors import BriefError, EmptyInputError
from brief.ingest.article import to_article
from brief.ingest.cleaning.clean import require_body
from brief.pipeline.parallel import in_order

N_CLEANED_AT_ONCE = 2
"""The extractor releases the GIL only while it parses; more threads would only wait."""

Written = tuple[str, bytes | BriefError, bool]


def clean(plan: Plan, context: RunContext) -> None:
    """Clean the fetched articles; record an outcome for those that are empty or too old."""
    ledger = context.ledger
    ids = articles.ids(ledger, plan.date, ArticleState.FETCHED)

    def cleaned(
        row: articles.ArticleRow,
    ) -> tuple[str, bytes, str | None] | tuple[str, BriefError, None]:
        try:
            article = _article(row)
        except BriefError as error:
            return row.id, error, None
        return row.id, serialization.article_to_bytes(article), row.published or article.published

    rows = (articles.row(ledger, one) for one in ids)
    for n_done, (one, result, published) in enumerate(
        in_order(cleaned, rows, N_CLEANED_AT_ONCE), 1
    ):
        if isinstance(result, BriefError):
            _give_up(context, one, result)
        elif _is_old(plan, published):
            articles.set_outcome(
                ledger, one, "old", f"published before {plan.since:%Y-%m-%d %H:%M} UTC"
            )
        else:
            articles.set_cleaned(ledger, one, result, published)
        context.tell(Event("clean", "step", n_done, len(ids)))
    context.tell(Event("clean", "result", said=f"{len(ids):,} articles"))


def summarize(plan: Plan, context: RunContext) -> None:
    """Summarize the cleaned articles: with the model or, when time is short, by lead sentences."""
    ledger, deadline = context.ledger, context.deadline(plan)
    ids = articles.ids(ledger, plan.date, ArticleState.CLEANED)
    if not ids:
        context.tell(Event("summarize", "result", said="no article is left to do"))
        return
    writers = context.writers()

    def questions() -> Iterator[tuple[int, articles.ArticleRow]]:
        for number, one in enumerate(ids):
            yield len(ids) - number, articles.row(ledger, one)

    def written(question: tuple[int, articles.ArticleRow]) -> Written:
        n_left, row = question
        by_lead = deadline.is_near(n_left)
        writer = writers.lead if by_lead else writers.summarizer
        try:
            summary = writer.summarize(serialization.article_from_bytes(row.cleaned or b""))
        except BriefError as error:
            return row.id, error, by_lead
        return row.id, serialization.summary_to_bytes(summary, by_lead=by_lead), by_lead

    n_by_lead = 0
    for n_done, (one, result, by_lead) in enumerate(
        in_order(written, questions(), writers.n_parallel), 1
    ):
        n_by_lead += by_lead
        if isinstance(result, BriefError):
            _give_up(context, one, result)
        else:
            articles.set_summarized(ledger, one, result)
        context.tell(Event("summarize", "step", n_done, len(ids)))
    what = f"{len(ids):,} articles"
    what += f", {n_by_lead:,} by their lead since the deadline is near" if n_by_lead else ""
    context.tell(Event("summarize", "result", said=what))


def _article(row: articles.ArticleRow) -> Article:
    """The cleaned article, from its fallback text if the fetched page holds none."""
    # The content is not None: an article without content already has an outcome.
    content, fallback = serialization.content_from_bytes(row.content or b"")
    try:
        article = to_article(content)
        require_body(article)
    except EmptyInputError as error:
        if fallback is None:
            raise
        article = to_article(fallback)
        require_body(article)
        remark = Remark(Code.FEED_TEXT, f"the page could not be read ({error.problem})")
        return replace(article, remarks=(*article.remarks, remark))
    return article


def _give_up(context: RunContext, article: str, error: BriefError) -> None:
    code = "empty" if isinstance(error, EmptyInputError) else "unreadable"
    articles.set_outcome(context.ledger, article, code, error.one_line)


def _is_old(plan: Plan, published: str | None) -> bool:
    if plan.since is None:
        return False
    return serialization.published_at(published, plan.date, plan.morning.zone) < plan.since
