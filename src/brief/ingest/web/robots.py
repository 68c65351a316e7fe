"""robots.txt: what a site lets a program ask, and how often (RFC 9309).

Left out: how the file is had, and how long it is kept (`crawler.py`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protego import Protego

MAX_ROBOTS_BYTES = 512_000
"""RFC 9309, section 2.5, asks for 500 KiB at least; what comes after is not read."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site's robots.txt says to one program; without one, everything is allowed."""

    agent: str
    parsed: "Protego | None" = None

    def allows(self, url: str) -> bool:
        """Whether a URL of the site may be asked."""
        return self.parsed is None or self.parsed.can_fetch(url, self.agent)

    @property
    def delay_s(self) -> float:
        """Seconds between two requests that it asks for; 0 when it asks for none."""
        delay = self.parsed.crawl_delay(self.agent) if self.parsed else None
        return max(delay or 0.0, 0.0)


def read_rules(content: bytes, *, agent: str) -> Rules:
    r"""The rules of a robots.txt; lines that are none are passed over.

    Example:
        >>> rules = read_rules(b"User-agent: *\nDisallow: /private/", agent="brief")
        >>> rules.allows("https://a.example/news"), rules.allows("https://a.example/private/x")
        (True, False)
    """
    from protego import Protego

    return Rules(agent, Protego.parse(content.decode("utf-8-sig", "replace")))
