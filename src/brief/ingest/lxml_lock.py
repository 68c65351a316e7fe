"""One thread at a time in lxml, whose trees are not safe to make and free in threads.

Concurrent extraction crashed a process here ("corrupted size vs. prev_size") and elsewhere
(trafilatura issues 840 and 925, open in 2026). Parsing is a tenth of an article's time, so the
lock costs little. A function under it returns plain values: freeing a tree counts, too.
"""

from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_lock = RLock()


def one_at_a_time(function: Callable[P, R]) -> Callable[P, R]:
    """Let one thread of the process into any function that has this decorator."""

    @wraps(function)
    def locked(*args: P.args, **kwargs: P.kwargs) -> R:
        with _lock:
            return function(*args, **kwargs)

    return locked
