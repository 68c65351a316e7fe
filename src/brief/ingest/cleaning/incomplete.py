"""Whether the page held the whole article: paywall stubs, consent pages, live blogs.

Left out: the lines' labels, which are decided before (`labels.py`).
"""

from collections.abc import Sequence

from brief.datatypes import BODY_LABELS, Code, Label, Remark
from brief.ingest.cleaning import bylines
from brief.ingest.cleaning.labels import Labels
from brief.ingest.cleaning.line_rules import CONSENT_REASON
from brief.ingest.cleaning.lines import Unit, words

MAX_STUB_WORDS = 150
"""Readers are shown one to four paragraphs before they are asked to pay."""

MAX_CONSENT_WORDS = 60
"""Sentences of a consent page that no phrase gives away; an article has more."""

NEAR = 8
"""A stub's request to pay is among so many lines below its last paragraph."""

MIN_UPDATES, MIN_UNANNOUNCED_UPDATES = 3, 6
"""Time stamps of updates that make a live blog, with "live" in the headline and without."""

_LIVE_WORDS = frozenset({"live", "updates", "liveblog", "latest"})


def incomplete(units: Sequence[Unit], labels: Labels) -> list[Remark]:
    """Why the text may be incomplete; mostly for no reason."""
    names = [name for name, _ in labels.verdicts]
    n_body = sum(
        unit.n_words for unit, name in zip(units, names, strict=True) if name in BODY_LABELS
    )
    reasons = []
    last = max((index for index, name in enumerate(names) if name in BODY_LABELS), default=-1)
    below = labels.verdicts[last + 1 : last + 1 + NEAR]
    asks = [reason for name, reason in below if name is Label.PAYWALL]
    consents = asks.count(CONSENT_REASON)
    if consents * 2 > len(asks) and n_body <= MAX_CONSENT_WORDS:
        reasons.append(f"looks like a consent page, with {n_body} words of article")
    elif len(asks) > consents and n_body < MAX_STUB_WORDS:
        reasons.append(f"looks like a paywall stub, with {n_body} words of article")
    n_updates = sum(
        bylines.entry_stamp(unit.text.strip())
        for unit, name in zip(units[: labels.end], names, strict=False)
        if name is Label.TIMESTAMP
    )
    title = set() if labels.headline is None else set(words(units[labels.headline].text))
    floor = MIN_UPDATES if title & _LIVE_WORDS else MIN_UNANNOUNCED_UPDATES
    if n_updates >= floor:
        reasons.append(f"a live blog of {n_updates} updates, which goes on after this copy")
    return [Remark(Code.INCOMPLETE_TEXT, reason) for reason in reasons]
