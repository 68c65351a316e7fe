"""No two threads are in lxml at once, whichever function they came by."""

import threading

from brief.ingest.lxml_lock import one_at_a_time


def test_a_second_thread_waits_until_the_first_is_out():
    entered, leave, ran = threading.Event(), threading.Event(), threading.Event()

    @one_at_a_time
    def first() -> None:
        entered.set()
        leave.wait(10)

    second = one_at_a_time(ran.set)
    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert entered.wait(10)
    threads[1].start()
    assert not ran.wait(0.1)
    leave.set()
    assert ran.wait(10)
    for thread in threads:
        thread.join()


def test_a_function_under_the_lock_may_call_another():
    inner = one_at_a_time(lambda x: x + 1)
    outer = one_at_a_time(lambda x: inner(x) * 2)
    assert outer(1) == 4
