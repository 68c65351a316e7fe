"""HTML templates that escape every value, and a content security policy that loads nothing.

Article text is untrusted: templates escape every value and remove characters that change the text
direction. The pages themselves are in `evaluation/report/html_report.py` and
`briefing/render/render_html.py`.

Tested in `tests/evaluation/report/test_html_report.py`.
"""

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from brief.text.strings import printable

if TYPE_CHECKING:
    from jinja2 import Environment


def environment(folder: Path) -> "Environment":
    """The templates of a folder; an undefined name in a template is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def trusted(text: str) -> object:
    """Mark text as safe markup: only for the package's own text, never for run or article data."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704  (a file of this package)


def policy(style: str, script: str | None = None) -> str:
    """A content security policy that loads nothing and allows only the package's inline blocks."""
    allowed = f"script-src 'sha256-{_digest(script)}'; " if script is not None else ""
    return (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; {allowed}"
        "base-uri 'none'; form-action 'none'"
    )


def _shown(value: object) -> object:
    """Clean every text that a template prints, except the package's own markup."""
    return printable(value) if type(value) is str else value


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
