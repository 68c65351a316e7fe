"""Render an edition as Markdown, and as plain text for mail programs and terminals.

See `render_html.py` for HTML and the feed, `page.py` for the wording.

Tested in `tests/briefing/render/test_render_html.py`.
"""

import textwrap
from collections.abc import Iterator

from brief.briefing.briefing_types import Edition
from brief.briefing.render import page
from brief.briefing.render.page_types import Left, ShownArticle, ShownBullet, ShownStory, View
from brief.output.block import escape_markdown as escaped

WIDTH = 72
"""Columns of plain text; mail programs can quote such lines without breaking them."""


def to_markdown(edition: Edition) -> str:
    """The edition as CommonMark, ending in a line break."""
    return "\n".join(_markdown(page.to_view(edition)))


def to_plain_text(edition: Edition) -> str:
    """The edition as plain text; only links and long words are wider than `WIDTH`."""
    return "\n".join(_plain(page.to_view(edition)))


def _markdown(shown: View) -> Iterator[str]:
    yield f"# {escaped(shown.title)}\n"
    yield f"**{shown.day}** · {' · '.join(shown.extent)}\n"
    for section in shown.sections:
        yield f"## {escaped(section.heading)}\n"
        for story in section.stories:
            yield from _markdown_story(story)
    if not shown.sections:
        yield "## No news this morning\n"
        yield "Nothing new arrived that has a place on the page.\n"
    if shown.more is not None:
        yield "## Also this morning\n"
        yield from _markdown_omissions(shown.more, reasons=False)
    yield "## How this edition was made\n"
    yield from (f"- {escaped(sentence)}" for sentence in shown.account)
    yield from (f"- Not reached: {escaped(failure)}" for failure in shown.failures)
    yield from (f"- {escaped(sentence)}" for sentence in shown.legend)
    yield ""
    for left in shown.left:
        yield f"### {left.n:,} {escaped(left.said)}\n"
        yield from _markdown_omissions(left, reasons=True)


def _markdown_story(story: ShownStory) -> Iterator[str]:
    yield f"### {_linked(story.headline, story.url)}\n"
    yield f"Why it is here: {escaped(' · '.join(story.reasons))}\n"
    for unit in story.units:
        if len(unit) > 1:
            yield f"- **{page.DISAGREE}:**"
        yield from (f"{'  ' if len(unit) > 1 else ''}- {_markdown_bullet(one)}" for one in unit)
    yield "\nArticles:\n"
    for article in story.articles:
        about = [article.source, *article.about, *article.notes]
        linked = _linked(article.headline, article.url)
        yield f"{article.number}. {linked} ({escaped('; '.join(about))})"
    yield ""


def _markdown_bullet(bullet: ShownBullet) -> str:
    others = ", ".join(_linked(one.source, one.url) for one in bullet.others)
    differing = [f"— another number in {others}"] if others else []
    origin = f", {bullet.origin}" if bullet.origin else ""
    article = bullet.article
    source = [f"({_markdown_source(article)}{origin})"] if article else []
    return " ".join([escaped(bullet.text), *differing, *source])


def _markdown_source(article: ShownArticle) -> str:
    if article.url is None:
        return f"{escaped(article.source)}, article {article.number}"
    return _linked(article.source, article.url)


def _markdown_omissions(left: Left, *, reasons: bool) -> Iterator[str]:
    for one in left.listed:
        about = f"{one.source}: {one.reason}" if reasons else one.source
        yield f"- {_linked(one.name, one.url)} ({escaped(about)})"
    if left.n_more:
        yield f"- and {left.n_more:,} more, all in the JSON file"
    yield ""


def _linked(text: str, url: str | None) -> str:
    return f"[{escaped(text)}]({url})" if url else escaped(text)


def _plain(shown: View) -> Iterator[str]:
    yield shown.title.upper()
    yield from _wrapped(f"{shown.day} · {' · '.join(shown.extent)}")
    yield "=" * WIDTH
    for section in shown.sections:
        yield f"\n{section.heading.upper()}"
        yield "-" * WIDTH
        for story in section.stories:
            yield ""
            yield from _plain_story(story)
    if not shown.sections:
        yield "\nNo news this morning: nothing new arrived that has a place here."
    if shown.more is not None:
        yield "\nALSO THIS MORNING"
        yield "-" * WIDTH
        yield from _plain_omissions(shown.more, reasons=False)
    yield "\nHOW THIS EDITION WAS MADE"
    yield "-" * WIDTH
    failures = (f"Not reached: {failure}" for failure in shown.failures)
    for sentence in (*shown.account, *failures, *shown.legend):
        yield from _wrapped(sentence)
    for left in shown.left:
        yield ""
        yield from _wrapped(f"{left.n:,} {left.said}:")
        yield from _plain_omissions(left, reasons=True)
    yield ""


def _plain_story(story: ShownStory) -> Iterator[str]:
    yield from _wrapped(story.headline)
    yield from _wrapped(f"({' · '.join(story.reasons)})")
    for unit in story.units:
        if len(unit) > 1:
            yield from _wrapped(f"{page.DISAGREE}:", "  • ")
        for bullet in unit:
            yield from _wrapped(_plain_bullet(bullet), "    – " if len(unit) > 1 else "  • ")
    for article in story.articles:
        about = [article.headline, *article.about, *article.notes]
        yield from _wrapped(f"{article.source}: {'; '.join(about)}", f"  [{article.number}] ")
        if article.url:
            yield f"      {article.url}"


def _plain_bullet(bullet: ShownBullet) -> str:
    numbers = "".join(f"[{one.number}]" for one in bullet.others)
    differing = [f"(another number in {numbers})"] if numbers else []
    source = [f"[{bullet.article.number}]"] if bullet.article else []
    origin = [f"({bullet.origin})"] if bullet.origin else []
    return " ".join([bullet.text, *differing, *source, *origin])


def _plain_omissions(left: Left, *, reasons: bool) -> Iterator[str]:
    for one in left.listed:
        about = f"{one.source}: {one.reason}" if reasons else one.source
        yield from _wrapped(f"{one.name} ({about})", "  - ")
        if one.url and one.url != one.name:
            yield f"    {one.url}"
    if left.n_more:
        yield f"  - and {left.n_more:,} more, all in the JSON file"


def _wrapped(line: str, opening: str = "") -> list[str]:
    return textwrap.wrap(
        line,
        WIDTH,
        initial_indent=opening,
        subsequent_indent=" " * len(opening),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [opening.rstrip()]
