"""An invented morning's news: stories of every kind that an edition has to show.

Places, people and papers do not exist.
"""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from brief.briefing.briefing_types import (
    Edition,
    FailedSource,
    SkippedInput,
    Story,
    StoryBullet,
    SummarizedArticle,
)
from brief.briefing.config import ReaderPreferences
from brief.briefing.edition import Account, compose
from brief.datatypes import Bullet, Code, Origin, Remark, Sentence, fields_of

DATE = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)

COURIER = "Pellwick Courier"
GAZETTE = "Osmund Gazette"
HERALD = "Northmoor Herald"
REVIEW = "Tessaly Review"
WEEKLY = "Port & Rail Weekly"
MEMOS = "Town hall notes"

TASTE = ReaderPreferences(
    topics=("housing", "trains"),
    muted=("horoscope",),
    weights={COURIER: 1.5},
    sections={
        COURIER: "Town",
        MEMOS: "Town",
        GAZETTE: "Region",
        HERALD: "Region",
        WEEKLY: "Business",
        REVIEW: "Science",
    },
)

ACCOUNT = Account(
    sources_reached=(COURIER, GAZETTE, HERALD, REVIEW, WEEKLY, MEMOS),
    sources_failed=(FailedSource("Quayside Mirror", "the server answered 503 three times", 3),),
    n_in=27,
    model="news-small",
    signature="5f2c9ab01d34",
    version="0.1.0",
)

_SITES = {
    COURIER: "https://courier.example/2026/11",
    GAZETTE: "https://osmund.example/news",
    HERALD: "https://herald.example/a",
    REVIEW: "https://tessaly.example/science",
    WEEKLY: "https://portandrail.example/w47",
}


def said(
    text: str,
    *remarks: Remark,
    sources: tuple[str, ...] = (),
    support: float | None = 0.94,
) -> Bullet:
    """A bullet whose source sentences say the same unless others are given."""
    sentences, at = [], 212
    for index, sentence in enumerate(sources or (text,)):
        sentences.append(Sentence(sentence, at, at + len(sentence), index))
        at += len(sentence) + 1
    replaced = any(remark.code is Code.REPLACED for remark in remarks)
    origin = Origin.SOURCE if replaced else Origin.MODEL
    return Bullet(text, tuple(sentences), support, origin, remarks)


def as_first_version(text: str) -> str:
    """An edition's JSON as `brief.edition/1` had it."""
    edition = json.loads(text)
    edition["schema"] = "brief.edition/1"
    for told in edition["stories"]:
        for row in (*told["bullets"], *told["articles"]):
            row.pop("origin", None)
            row["warnings"] = [f"{one['code']}: {one['text']}" for one in row.pop("remarks")]
    return json.dumps(edition)


def report(
    source: str,
    headline: str,
    *bullets: Bullet | str,
    hours: float = 3.0,
    slug: str | None = None,
    id: str | None = None,  # noqa: A002 - the noun's own field
    lead: str = "",
    remarks: tuple[Remark, ...] = (),
    by_lead: bool = False,
    picture_credit: str | None = None,
) -> SummarizedArticle:
    """An article of one of the invented papers."""
    made = tuple(said(one) if isinstance(one, str) else one for one in bullets)
    name = slug or "-".join(re.findall("[a-z0-9]+", headline.lower())[:4])
    site = _SITES.get(source)
    return SummarizedArticle(
        id=id or f"{sum(map(ord, source + headline)) * 2654435761 % 2**48:012x}",
        source=source,
        headline=headline,
        url=f"{site}/{name}" if site else None,
        published=NOW - timedelta(hours=hours),
        lead=lead,
        body="A body that no edition shows. " * 3,
        bullets=made,
        remarks=remarks,
        by_lead=by_lead,
        picture_credit=picture_credit,
    )


def story(
    *reports: SummarizedArticle,
    since: date | None = None,
    copies: tuple[tuple[int, int], ...] = (),
    disagreeing: tuple[str, str] | None = None,
    n_bullets: int = 4,
) -> Story:
    """A story of all its reports' bullets, in turn; `disagreeing` opens two that do."""
    longest = max(len(one.bullets) for one in reports)
    drawn = [
        (one, one.bullets[place])
        for place in range(longest)
        for one in reports
        if place < len(one.bullets)
    ]
    pair = [one.id for one, bullet in drawn if disagreeing and bullet.text.startswith(disagreeing)]
    copied = {copy: reports[origin].id for copy, origin in copies}
    return Story(
        id=reports[0].id,
        headline=reports[0].headline,
        reports=tuple(replace(one, copy_of=copied.get(n)) for n, one in enumerate(reports)),
        bullets=tuple(
            StoryBullet(
                **fields_of(bullet, Bullet),
                article=one.id,
                disagrees=tuple(other for other in pair if other != one.id)
                if disagreeing and bullet.text.startswith(disagreeing)
                else (),
            )
            for one, bullet in drawn[:n_bullets]
        ),
        since=since,
    )


def stories() -> list[Story]:
    """The morning's stories, in no order that means anything."""
    flood = story(
        report(
            COURIER,
            "Sea wall gives way at Pellwick and 340 homes are emptied overnight",
            "About 340 homes in the lower town were emptied after 40 metres of the sea wall gave way"
            " shortly before midnight on Sunday.",
            said(
                "Engineers had asked for £2.1m to mend the wall in March, and the council put the"
                " work off until spring.",
                Remark(Code.MENDED, "the model wrote a bullet that cuts into a clause"),
                sources=(
                    (
                        "Engineers had asked for £2.1m to mend the wall in March, papers seen by the"
                        " Courier show, and the council put the work off until spring."
                    ),
                ),
                support=0.81,
            ),
            hours=1.5,
        ),
        report(
            GAZETTE,
            "Hundreds leave homes as tide breaks through Pellwick defences",
            "About 290 homes in the lower town were emptied when the sea wall gave way, the fire"
            " service said.",
            said(
                "“We had eleven minutes between the siren and the water,” said Ilse Marrant, who"
                " runs the harbour café.",
                Remark(Code.REPLACED, "the model wrote the unsupported name “Ilse Harbour”"),
                support=1.0,
            ),
            hours=2.0,
            picture_credit="Ines Vell / Gazette",
        ),
        report(HERALD, "Pellwick sea wall: what is known so far", hours=2.5),
        report(WEEKLY, "Pellwick port shut after wall collapse", hours=2.2),
        copies=((2, 1),),
        disagreeing=("About 340", "About 290"),
    )
    rail = story(
        report(
            WEEKLY,
            "Night trains to return between Osmund and Tessaly after 14 years",
            "Sleeper trains will run three nights a week between Osmund and Tessaly from 8 June, the"
            " first since 2012.",
            said(
                "A berth will cost from £39, and the line needs 61,000 passengers a year to cover"
                " its costs.",
                Remark(Code.RESOLVED_PRONOUN, "“it” of the source is the line"),
                sources=(
                    (
                        "A berth will cost from £39, and it needs 61,000 passengers a year to cover its"
                        " costs."
                    ),
                ),
                support=0.78,
            ),
            hours=5.0,
        ),
        report(
            GAZETTE,
            "Sleeper service to link Osmund with the south",
            "Osmund’s station will get a third platform before the service begins.",
            hours=9.0,
        ),
        n_bullets=3,
    )
    housing = story(
        report(
            COURIER,
            "Council finds builder for 220 homes on the old gasworks",
            "Rents in the 220 homes will be set at two thirds of the market’s, with a first phase"
            " of 80 ready in autumn 2028.",
            said(
                "Soil from the gasworks must be cleaned to a depth of four metres before any"
                " building begins.",
                Remark(Code.REPLACED, "the model wrote a bullet that broke off"),
                support=1.0,
            ),
            hours=11.0,
            lead="The plan is the largest for council housing since 1974.",
        ),
        since=date(2026, 11, 22),
        n_bullets=2,
    )
    strike = story(
        report(
            HERALD,
            "Northmoor bus drivers call off strike after late offer",
            "Drivers accepted a rise of 5.5% over two years by 412 votes to 87.",
            hours=8.0,
        ),
        report(
            GAZETTE,
            "Buses to run on Monday as drivers accept deal",
            "Depots in Northmoor and Carrow will run a full timetable from Monday morning.",
            hours=7.0,
        ),
        since=date(2026, 11, 19),
        n_bullets=2,
    )
    comet = story(
        report(
            REVIEW,
            "A comet with two tails will pass the harbour lights this week",
            "Comet Aldane-Ruiz can be seen without a telescope until Friday, low in the west an hour"
            " after sunset.",
            said(
                "Its second tail is of sodium gas, which has been photographed only six times"
                " before.",
                support=0.66,
            ),
            hours=20.0,
        ),
        n_bullets=2,
    )
    kelp = story(
        report(
            REVIEW,
            "Kelp forests return where trawling stopped",
            "Five years after trawling ended off Carrow Head, kelp covers 31 square kilometres, up"
            " from 3.",
            hours=30.0,
        ),
        n_bullets=1,
    )
    market = story(
        report(
            MEMOS,
            "Fish market moves to the north quay for the winter",
            said(
                "The fish market will open at 05:00 on the north quay from 1 December.", support=1.0
            ),
            hours=6.0,
            by_lead=True,
        ),
        n_bullets=1,
    )
    shipyard = story(
        report(
            WEEKLY,
            "Veld yard wins order for four electric ferries",
            "The Veld yard will build four electric ferries for £74m, work for 600 people until"
            " 2030.",
            hours=13.0,
        ),
        report(
            HERALD,
            "Ferry order saves jobs at Veld, says union",
            "The union said the order had saved 180 jobs that were to go at Christmas.",
            hours=12.0,
            remarks=(Remark(Code.INCOMPLETE_TEXT, "the article seems to go on elsewhere"),),
        ),
        n_bullets=2,
    )
    foreign = story(
        report(
            HERALD,
            "مدينة بيلويك تعيد فتح مكتبة الميناء",
            said("أعيد فتح مكتبة الميناء صباح الأحد بعد إغلاق دام أربعة أشهر.", support=1.0),
            hours=10.0,
            slug="library-ar",
            remarks=(
                Remark(
                    Code.LANGUAGE,
                    "the text is in ar, news-small knows en; the bullets are the article's own first"
                    " sentences",
                ),
            ),
        ),
        n_bullets=1,
    )
    stars = story(
        report(COURIER, "Your horoscope for the week", "Aries will find a key.", hours=4.0),
        n_bullets=1,
    )
    unchanged = story(
        report(GAZETTE, "Osmund mayor still weighing third term", hours=15.0),
        since=date(2026, 11, 21),
    )
    small = [
        story(report(source, headline, bullet, hours=hours), n_bullets=1)
        for source, headline, bullet, hours in (
            (
                COURIER,
                "Choir of 900 to sing in the harbour on midwinter’s eve",
                "Singers from 31 parishes will stand on boats moored in the inner harbour.",
                27.0,
            ),
            (
                GAZETTE,
                "Osmund bridge to open a week early",
                "The bridge will carry cars again from 30 November, a week before the date given.",
                28.0,
            ),
            (
                WEEKLY,
                "Freight through Carrow tunnel up by a fifth",
                "Trains took 1.9m tonnes through the tunnel in October, a fifth more than a year ago.",
                40.0,
            ),
        )
    ]
    return [
        comet,
        unchanged,
        *small,
        housing,
        stars,
        market,
        flood,
        kelp,
        shipyard,
        rail,
        foreign,
        strike,
    ]


OMISSIONS = (
    SkippedInput("Quayside Mirror", "Quayside Mirror", "source_failed", "the server answered 503"),
    SkippedInput(
        "https://osmund.example/live/9",
        GAZETTE,
        "unreadable",
        "the page holds no article text; give its feed instead",
    ),
    SkippedInput("notes/draft.docx", MEMOS, "unreadable", "not text or HTML (starts with PK)"),
    SkippedInput(
        "tag:herald.example,2026:77", HERALD, "repeated", "the same entry stands in the feed twice"
    ),
    *(
        SkippedInput(
            f"https://courier.example/2019/{n}", COURIER, "backlog", "older than the newest 50"
        )
        for n in range(1, 5)
    ),
)


def edition() -> Edition:
    """The morning's page, a little too small for its news."""
    return compose(
        stories(),
        date=DATE,
        now=NOW,
        account=ACCOUNT,
        taste=TASTE_OF_A_SHORT_PAGE,
        omissions=OMISSIONS,
    )


TASTE_OF_A_SHORT_PAGE = ReaderPreferences(
    topics=TASTE.topics,
    muted=TASTE.muted,
    weights=TASTE.weights,
    sections=TASTE.sections,
    max_words=365,
)


def empty_edition() -> Edition:
    """A morning on which nothing arrived."""
    return compose(
        [],
        date=date(2026, 11, 24),
        now=NOW + timedelta(days=1),
        account=Account(
            sources_reached=(COURIER, GAZETTE),
            sources_failed=(
                FailedSource("Quayside Mirror", "the server answered 503 three times", 4),
            ),
            n_in=0,
            model="news-small",
            signature="5f2c9ab01d34",
            version="0.1.0",
        ),
    )
