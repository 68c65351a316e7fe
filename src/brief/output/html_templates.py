"""What every HTML page of ours stands on: templates that escape, and a policy that loads nothing.

Article text is untrusted: templates escape every value, and characters that steer the reading
direction are taken out. Left out: the pages themselves (`evaluation/report/html_report.py`,
`briefing/render/render_html.py`).
"""

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from brief.text.strings import printable

if TYPE_CHECKING:
    from jinja2 import Environment


def environment(folder: Path) -> "Environment":
    """The templates of a folder; a name that they are not given is an error."""
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
    """Markup of this package's own: no value of a run or an article is in it."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704  (a file of this package)


def policy(style: str, script: str | None = None) -> str:
    """Nothing is loaded, and of what is written inline only our own blocks count."""
    allowed = f"script-src 'sha256-{_digest(script)}'; " if script is not None else ""
    return (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; {allowed}"
        "base-uri 'none'; form-action 'none'"
    )


def _shown(value: object) -> object:
    """Every text that a template prints, its own markup excepted."""
    return printable(value) if type(value) is str else value


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
