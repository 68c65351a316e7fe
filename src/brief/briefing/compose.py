"""Group summarized articles into stories and store the finished edition: phases four and five.

A pure function of the ledger, the edition's date and the settings: a run that was killed here
repeats it whole and gets the same bytes. See `stories/grouping.py` for stories, `edition.py` for
the contents of the page and `render/` for its formats.

Tested in `tests/briefing/test_job.py`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from brief import __version__
from brief.briefing.briefing_types import (
    ArticleState,
    Edition,
    FailedSource,
    Story,
    SummarizedArticle,
)
from brief.briefing.config import ReaderPreferences
from brief.briefing.edition import Account, compose
from brief.briefing.gather import omissions_of
from brief.briefing.ledger import articles, editions, serialization
from brief.briefing.mail import to_subject
from brief.briefing.render import render_html
from brief.briefing.render.edition_json import from_json, to_json
from brief.briefing.render.plain_text import to_markdown, to_plain_text
from brief.briefing.render.render_html import Listing
from brief.briefing.run_context import Event, Plan, RunContext
from brief.briefing.stories import grouping
from brief.records import dump, load

EARLIER_DAYS = 7
"""Age in days up to which earlier stories are loaded; `stories.grouping` ignores older ones."""

SUBJECT, MAIL_TEXT, MAIL_PAGE = "subject", "mail.txt", "mail.html"
"""Names of an edition's files that are only mailed, not written to the output folder."""


def group(plan: Plan, context: RunContext) -> tuple[Story, ...]:
    """Group the plan's articles into stories."""
    reports = _reports(plan, context)
    earlier = {one.id: one for one in editions.earlier(context.ledger, plan.date, EARLIER_DAYS)}
    by_id = {report.id: report for report in reports}
    told = []
    for found in grouping.group(reports, tuple(earlier.values())):
        own = [by_id[one] for one in found.ids]
        n_bullets = plan.morning.taste.max_bullets_per_story
        told.append(grouping.tell(found, own, earlier.get(found.story), n_bullets=n_bullets))
    context.tell(Event("group", "result", said=f"{len(told):,} stories"))
    return tuple(told)


def place(plan: Plan, context: RunContext, told: Sequence[Story]) -> None:
    """Compose the edition and store it, with all that depends on it, in one transaction."""
    ledger, on, morning = context.ledger, plan.date, plan.morning
    asked = articles.asked(ledger, on)
    writers = context.writers()
    edition = compose(
        told,
        date=on,
        now=morning.zone.day(on)[1],
        account=Account(
            sources_reached=tuple(one.name for one in asked if one.error is None),
            sources_failed=tuple(
                FailedSource(one.name, one.error, one.n_failures)
                for one in asked
                if one.error is not None
            ),
            n_in=articles.n_arrived(ledger, on),
            model=writers.model,
            signature=writers.summarizer.signature,
            version=__version__,
        ),
        title=morning.title,
        taste=_with_sources(morning.taste, asked),
        omissions=omissions_of(plan, context),
        to_local=morning.zone.local,
    )
    earlier = {one.id: one for one in editions.earlier(ledger, on, EARLIER_DAYS)}
    text = to_json(edition)
    editions.place(
        ledger,
        edition,
        digest=hashlib.sha256(text.encode()).hexdigest()[:32],
        listing=json.dumps(dump(render_html.to_listing(edition))),
        files={
            f"{on}.json": text,
            f"{on}.md": to_markdown(edition),
            f"{on}.html": render_html.to_html(edition),
            SUBJECT: to_subject(edition),
            MAIL_TEXT: to_plain_text(edition),
            MAIL_PAGE: render_html.to_email_html(edition),
        },
        stories=[grouping.remember(one, on, earlier.get(one.id)) for one in edition.stories],
    )
    context.tell(Event("place", "result", said=f"{len(edition.stories):,} stories on the page"))


def recent_editions(context: RunContext, n: int) -> list[Edition]:
    """The last `n` finished editions, newest first."""
    found = listings(context)[:n]
    return [
        from_json(editions.files(context.ledger, one.date)[f"{one.date}.json"]) for one in found
    ]


def listings(context: RunContext) -> list[Listing]:
    """The index entries of all finished editions, newest first."""
    return [load(Listing, json.loads(row)) for row in editions.listings(context.ledger)]


def _reports(plan: Plan, context: RunContext) -> list[SummarizedArticle]:
    found = []
    for one in articles.ids(context.ledger, plan.date, ArticleState.SUMMARIZED):
        row = articles.row(context.ledger, one)
        found.append(
            serialization.to_report(
                row.id,
                row.source,
                serialization.published_at(row.published, plan.date, plan.morning.zone),
                row.remarks,
                # Neither is None in this state.
                row.cleaned or b"",
                row.summary or b"",
            )
        )
    return found


def _with_sources(taste: ReaderPreferences, asked: Sequence[articles.Asked]) -> ReaderPreferences:
    """The reader's taste with the weights and sections that are set per source."""
    return replace(
        taste,
        weights={one.name: one.weight for one in asked},
        sections={one.name: one.section for one in asked if one.section is not None},
    )
