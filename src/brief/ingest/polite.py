"""Many URLs on one morning, without being a burden to anybody's server.

Left out: one answer (`fetch.py`), and which URLs are asked (`briefing/sources.py`).
"""

import random
import time
from collections.abc import Callable

from brief.ingest.answers import Fetched, NotModified, Wanted
from brief.ingest.connect import Network


class Client:
    """Asks URLs as robots.txt allows, few at a time, and again when a server is busy.

    One is made for a run and shared by its threads.

    Args:
        network: How servers are reached; its clock is the one that all waiting is measured by.
        sleep: Waits so many seconds.
        rng: Spreads the waits before another attempt.
        n_at_once: Requests beside each other, to all hosts.
        n_per_host: Requests beside each other to one host.
        delay_s: Between the beginnings of two requests to one public host.
        n_attempts: For one URL, when a server fails in a way that passes.
        stop_at: Time of the clock after which nothing is asked any more; None for never.
    """

    def __init__(
        self,
        *,
        network: Network,
        sleep: Callable[[float], None] = time.sleep,
        rng: random.Random | None = None,
        n_at_once: int = 8,
        n_per_host: int = 2,
        delay_s: float = 1.0,
        n_attempts: int = 3,
        stop_at: float | None = None,
    ) -> None:
        raise NotImplementedError

    def fetch(
        self,
        url: str,
        *,
        wanted: Wanted = Wanted.PAGE,
        allow_private: bool = False,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Fetched | NotModified:
        """The answer of one URL.

        Raises:
            FetchError: robots.txt forbids it, or every attempt failed.
        """
        raise NotImplementedError
