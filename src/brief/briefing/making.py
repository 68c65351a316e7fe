"""Fourth and fifth phase: summarized articles -> stories -> the finished edition in the ledger.

A pure function of the ledger, the edition's date and the settings; it is repeated whole when it
is killed, and gives the same bytes. Left out: what a story is (`stories.py`), what the page
holds (`edition.py`) and looks like (`render.py`).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date

from brief import __version__
from brief.briefing import intake, keeping, render, shelf, stories
from brief.briefing.edition import Account, Taste, compose
from brief.briefing.edition_json import from_json, to_json
from brief.briefing.gathering import omissions_of
from brief.briefing.nouns import Edition, Report, State, Story
from brief.briefing.plain import to_markdown, to_plain_text
from brief.briefing.plan import Desk, Event, Plan
from brief.briefing.render import Listing

EARLIER_DAYS = 7
"""How long a story runs on: `stories` passes over older ones, and the ledger need not send them."""

SUBJECT, MAIL_TEXT, MAIL_PAGE = "subject", "mail.txt", "mail.html"
"""Names of an edition's files that are mailed and not written to the folder."""


def group(plan: Plan, desk: Desk) -> tuple[Story, ...]:
    """The stories of the plan's edition."""
    reports = _reports(plan, desk)
    earlier = {one.id: one for one in shelf.earlier(desk.ledger, plan.date, EARLIER_DAYS)}
    by_id = {report.id: report for report in reports}
    told = []
    for found in stories.group(reports, tuple(earlier.values())):
        own = [by_id[one] for one in found.ids]
        n_bullets = plan.morning.taste.max_bullets_per_story
        told.append(stories.tell(found, own, earlier.get(found.story), n_bullets=n_bullets))
    desk.tell(Event("group", "result", said=f"{len(told):,} stories"))
    return tuple(told)


def place(plan: Plan, desk: Desk, told: Sequence[Story]) -> None:
    """Compose the edition, and keep it with all that follows from it in one transaction."""
    ledger, on, morning = desk.ledger, plan.date, plan.morning
    asked = intake.asked(ledger, on)
    writers = desk.writers()
    edition = compose(
        told,
        date=on,
        now=morning.zone.day(on)[1],
        account=Account(
            sources_reached=tuple(one.name for one in asked if one.error is None),
            sources_failed=tuple(
                (one.name, one.error, one.n_failures) for one in asked if one.error is not None
            ),
            n_in=intake.n_arrived(ledger, on),
            model=writers.model,
            signature=writers.summarizer.signature,
            version=__version__,
        ),
        title=morning.title,
        taste=_with_sources(morning.taste, asked),
        omissions=omissions_of(plan, desk),
        to_local=morning.zone.local,
    )
    earlier = {one.id: one for one in shelf.earlier(ledger, on, EARLIER_DAYS)}
    text = to_json(edition)
    shelf.place(
        ledger,
        edition,
        digest=hashlib.sha256(text.encode()).hexdigest()[:32],
        listing=json.dumps(_listed(render.to_listing(edition))),
        files={
            f"{on}.json": text,
            f"{on}.md": to_markdown(edition),
            f"{on}.html": render.to_html(edition),
            SUBJECT: render.to_subject(edition),
            MAIL_TEXT: to_plain_text(edition),
            MAIL_PAGE: render.to_email_html(edition),
        },
        stories=[
            stories.remember(one.story, on, earlier.get(one.story.id)) for one in edition.placed
        ],
    )
    desk.tell(Event("place", "result", said=f"{len(edition.placed):,} stories on the page"))


def editions(desk: Desk, n: int) -> list[Edition]:
    """The newest finished editions, the newest first."""
    found = listings(desk)[:n]
    return [from_json(shelf.files(desk.ledger, one.date)[f"{one.date}.json"]) for one in found]


def listings(desk: Desk) -> list[Listing]:
    """What the index says of each finished edition, the newest first."""
    rows = map(json.loads, shelf.listings(desk.ledger))
    return [
        Listing(
            **{
                **row,
                "date": date.fromisoformat(row["date"]),
                "headlines": tuple(row["headlines"]),
            }
        )
        for row in rows
    ]


def _listed(listing: Listing) -> dict[str, object]:
    return {**asdict(listing), "date": listing.date.isoformat()}


def _reports(plan: Plan, desk: Desk) -> list[Report]:
    found = []
    for one in intake.ids(desk.ledger, plan.date, State.SUMMARIZED):
        row = intake.row(desk.ledger, one)
        found.append(
            keeping.to_report(
                row.id,
                row.source,
                keeping.published_at(row.published, plan.date, plan.morning.zone),
                row.note,
                # Known to be there: that is what the state says.
                row.cleaned or b"",
                row.summary or b"",
            )
        )
    return found


def _with_sources(taste: Taste, asked: Sequence[intake.Asked]) -> Taste:
    """The reader's taste with what the sources' own settings say."""
    return replace(
        taste,
        weights={one.name: one.weight for one in asked},
        sections={one.name: one.section for one in asked if one.section is not None},
    )
