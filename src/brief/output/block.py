"""Format a summary as the quick-summary block: plain text, Markdown or HTML.

Article text is untrusted: control characters and direction overrides are removed from every
format, and Markdown and HTML are escaped. See `records.py` for JSON and
`briefing/render/render_html.py` for whole pages.
"""

import html
import re
from collections.abc import Sequence

from brief.datatypes import Article, Summary
from brief.text import strings

HEADING = "In a hurry? Here’s a quick summary…"

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~]|&(?=#?\w+;))")
# At the start of a line these would open a list, a heading or a rule.
_MARKDOWN_OPENING = re.compile(r"^(\d+)([.)])|^([-+=])")


def printable(string: str) -> str:
    r"""The text on one line, without characters that control a terminal or the text direction.

    Example:
        >>> printable("a\x1b[31m b\u202e\n c")
        'a[31m b c'
    """
    return " ".join(strings.printable(string).split())


def to_text(summary: Summary) -> str:
    """The block as plain text, ending in a line break."""
    return "\n".join(
        [HEADING, *(f"  • {printable(bullet.text)}" for bullet in summary.bullets), ""]
    )


def to_markdown(summary: Summary) -> str:
    """The block as a Markdown paragraph and list."""
    bullets = (f"- {escape_markdown(printable(bullet.text))}" for bullet in summary.bullets)
    return "\n".join([f"**{HEADING}**", "", *bullets, ""])


def to_html(summary: Summary) -> str:
    """The block as one `<aside>`, without styles or scripts, to be placed in any page."""
    rows = (f"    <li>{html.escape(printable(bullet.text))}</li>" for bullet in summary.bullets)
    return "\n".join(
        [
            '<aside class="brief-summary">',
            f"  <p><strong>{HEADING}</strong></p>",
            "  <ul>",
            *rows,
            "  </ul>",
            "</aside>",
            "",
        ]
    )


def to_text_title(summary: Summary) -> str:
    """The line above a block when several are printed: the headline, else the id."""
    return f"{_title(summary)}\n"


def to_markdown_title(summary: Summary) -> str:
    """The same as a Markdown heading."""
    return f"## {escape_markdown(_title(summary))}\n\n"


def to_html_title(summary: Summary) -> str:
    """The same as an HTML heading."""
    return f"<h2>{html.escape(_title(summary))}</h2>\n"


def to_explanation(summary: Summary) -> str:
    """Explain where each bullet comes from, which chunks the model wrote and what was dropped."""
    lines: list[str] = []
    for number, bullet in enumerate(summary.bullets, 1):
        support = "none" if bullet.support is None else f"{bullet.support:.2f}"
        lines.append(f"{number}. {printable(bullet.text)}")
        lines.append(f"   support {support}")
        lines.extend(
            f"   from {source.start}-{source.end}: {printable(source.text)}"
            for source in bullet.sources
        )
        lines.extend(f"   warning {printable(str(remark))}" for remark in bullet.remarks)
    n_sentences = sum(len(chunk.focus) for chunk in summary.chunks)
    lines.append(
        f"{n_sentences} sentences in {len(summary.chunks)} chunks, {len(summary.scored)} of them"
        f" written by {summary.model}"
    )
    lines.append(f"checks: {', '.join(summary.checks) or 'none'}")
    lines.append(f"dropped: {_dropped(summary.article) or 'nothing'}")
    lines.append(f"signature {summary.signature}")
    return "\n".join(lines) + "\n"


def to_markdown_explanation(summary: Summary) -> str:
    """The same as a Markdown code block; none of its lines can end the block."""
    return f"```text\n{to_explanation(summary)}```\n"


def to_html_explanation(summary: Summary) -> str:
    """The same as preformatted HTML."""
    return f"<pre>\n{html.escape(to_explanation(summary))}</pre>\n"


def to_lines(article: Article) -> Sequence[tuple[str, str, str]]:
    """(label, text, reason) of every non-blank line, for a table of the cleaning."""
    return [
        (
            line.label.value,
            printable(line.text) or f"({line.n_dropped_chars} characters)",
            line.reason,
        )
        for line in article.lines
        if line.text.strip() or line.n_dropped_chars
    ]


def to_tsv(article: Article) -> str:
    """The same as tab-separated lines, for programs."""
    return "".join("\t".join(row) + "\n" for row in to_lines(article))


def _title(summary: Summary) -> str:
    return printable(summary.article.headline or summary.article.id)


def _dropped(article: Article) -> str:
    counts: dict[str, int] = {}
    for line in article.dropped:
        if line.text.strip() or line.n_dropped_chars:
            counts[line.label.value] = counts.get(line.label.value, 0) + 1
    return ", ".join(f"{n} {label}" for label, n in counts.items())


def escape_markdown(line: str) -> str:
    """Escape a line of text so that Markdown shows it literally, anywhere on a line."""
    plain = _MARKDOWN.sub(r"\\\1", line)
    return _MARKDOWN_OPENING.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", plain)
