"""Process a stream of items in parallel threads, with results in the order of the items.

Tested in `tests/pipeline/test_summarizer.py`.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

WINDOW_PER_THREAD = 4
"""Items read ahead per thread: enough that no thread waits for a slow item before it."""


def in_order(work: Callable[[T], R], items: Iterable[T], n_parallel: int) -> Generator[R]:
    """Process many items, `n_parallel` at a time; yields results in the order of the items.

    Items are read lazily: only a few more than are in progress, however many there are.

    Args:
        work: A thread-safe function of an item.
        items: Read in one thread.
        n_parallel: Number of threads, at least 1.
    """
    window: deque[Future[R]] = deque()
    pool = ThreadPoolExecutor(n_parallel)
    try:
        for item in items:
            window.append(pool.submit(work, item))
            if len(window) > WINDOW_PER_THREAD * n_parallel:
                yield window.popleft().result()
        while window:
            yield window.popleft().result()
    finally:
        # After an interrupt no further item is started.
        pool.shutdown(cancel_futures=True)
