"""Flat text of a news page -> labelled lines -> Article.

Nothing is deleted: every line keeps a label, a reason and its offsets, and the lines, joined,
are the input. Left out: how a label is found (`lines.py`, `line_rules.py`, `labels.py`), HTML
(`html_extraction.py`), the body's language (`language.py`), and any normalization of the text.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from brief.datatypes import BODY_LABELS, Article, Code, Label, Line, Remark
from brief.errors import EmptyInputError
from brief.ingest.cleaning import bylines
from brief.ingest.cleaning.labels import Labels, label
from brief.ingest.cleaning.line_rules import CONSENT_REASON, inline_summary
from brief.ingest.cleaning.lines import Row, Unit, read_units, split_rows, words


def clean(
    text: str,
    *,
    id: str,  # noqa: A002 - the noun's own field
    headline: str | None = None,
    published: str | None = None,
    byline: str | None = None,
    url: str | None = None,
) -> Article:
    """Label every line of a news page's text.

    Args:
        text: The page as text, decoded, without byte order mark: with all its furniture, or
            just an article, in one line or many.
        id: Names the input in messages.
        headline: When known from outside; its line is then recognized by it.
        published: When known from outside; else read from the lines.
        byline: When known from outside; else read from the lines.
        url: Where the text came from.

    Returns:
        The article. Its lines tile the text; its body may be empty (`require_body`).

    Raises:
        EmptyInputError: The text holds nothing but white space.
    """
    rows = split_rows(text)
    units = read_units(rows)
    if not units:
        raise EmptyInputError(
            f"{id}: empty ({len(text)} characters, none of them visible)",
            "pass the text, the HTML or the URL of a news article",
        )
    labels = label(units, headline)
    return Article(
        id=id,
        text=text,
        lines=tuple(_lines(rows, units, labels)),
        headline=headline
        or (None if labels.headline is None else units[labels.headline].text.strip()),
        byline=byline or _byline(units, labels),
        published=published or _published(units, labels),
        url=url,
        reference_bullets=tuple(_reference_bullets(units, labels)),
        remarks=tuple(incomplete(units, labels)),
    )


def require_body(article: Article) -> Article:
    """The article itself, when it has a body to summarize.

    Raises:
        EmptyInputError: No line is body; the message counts what the lines are instead.
    """
    if article.body:
        return article
    counts = Counter(line.label for line in article.lines if line.label is not Label.BLANK)
    listed = ", ".join(f"{n} {name.value}" for name, n in counts.most_common())
    raise EmptyInputError(
        f"{article.id}: no article in it, only {listed or 'blank'} lines",
        "see each line's reason with `brief clean`, or pass the article's own text",
    )


def _lines(rows: Sequence[Row], units: Sequence[Unit], labels: Labels) -> Iterable[Line]:
    """One line a unit, so that a hard-wrapped paragraph is one; and one a run of empty rows."""
    verdicts = dict(zip((unit.rows[0] for unit in units), labels.verdicts, strict=True))
    ends = {unit.rows[0]: unit.rows[-1] + 1 for unit in units}
    index = 0
    while index < len(rows):
        name, reason = verdicts.get(index, (Label.BLANK, "empty"))
        end = ends.get(index, index + 1)
        text = "".join(row.text for row in rows[index:end])
        yield Line(name, reason, rows[index].start, rows[end - 1].end, text)
        index = end


def _of(units: Sequence[Unit], labels: Labels, wanted: Label) -> list[str]:
    return [
        unit.text.strip()
        for unit, (name, _) in zip(units, labels.verdicts, strict=True)
        if name is wanted
    ]


def _reference_bullets(units: Sequence[Unit], labels: Labels) -> Iterable[str]:
    for text in _of(units, labels, Label.REFERENCE_BULLET):
        yield inline_summary(text) or text


def _byline(units: Sequence[Unit], labels: Labels) -> str | None:
    """Names after "By" first, else a bare name between headline and article."""
    below = 0 if labels.headline is None else labels.headline
    lines = [
        unit.text.strip()
        for unit, (name, _) in zip(units[below:], labels.verdicts[below:], strict=True)
        if name is Label.BYLINE
    ]
    named = [bylines.byline(text) for text in lines]
    rest = [bylines.names_only(text) for text in lines if bylines.byline(text) != ""]
    return next((name for name in [*named, *rest] if name), None)


def _published(units: Sequence[Unit], labels: Labels) -> str | None:
    below = 0 if labels.headline is None else labels.headline
    stamps = [
        unit.text.strip()
        for unit, (name, _) in zip(units[below:], labels.verdicts[below:], strict=True)
        if name in (Label.TIMESTAMP, Label.BYLINE)
    ]
    dated = next((iso for iso in map(bylines.iso_date, stamps) if iso), None)
    whole = (text for text in stamps if bylines.time_stamp(text) and not bylines.entry_stamp(text))
    return dated or next(whole, None)


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
