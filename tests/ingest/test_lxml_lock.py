"""No two threads are in lxml at once, whichever function they came by."""

import threading
from concurrent.futures import ThreadPoolExecutor

from brief.ingest.lxml_lock import one_at_a_time


def test_functions_under_the_lock_never_overlap():
    inside, most, together = 0, 0, threading.Barrier(4)

    def work() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        for _ in range(2_000):  # long enough that the interpreter switches threads
            pass
        inside -= 1

    first, second = one_at_a_time(work), one_at_a_time(work)

    def run(function) -> None:
        together.wait()
        for _ in range(200):
            function()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, [first, second, first, second]))
    assert most == 1


def test_a_function_under_the_lock_may_call_another():
    inner = one_at_a_time(lambda x: x + 1)
    outer = one_at_a_time(lambda x: inner(x) * 2)
    assert outer(1) == 4
