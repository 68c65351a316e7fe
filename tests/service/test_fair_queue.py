"""brief.service.fair_queue: nobody waits behind a crowd, and nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from brief.service.fair_queue import FairQueue


def drained(queue: FairQueue[str]) -> list[str]:
    taken = []
    while (item := queue.take()) is not None:
        taken.append(item)
    return taken


def test_three_of_one_client_pass_ten_thousand_of_another():
    queue: FairQueue[str] = FairQueue()
    for number in range(10_000):
        queue.put("crowd", f"crowd {number}", 100)
    for number in range(3):
        queue.put("few", f"few {number}", 100)
    first = [queue.take() for _ in range(6)]
    assert [item for item in first if item.startswith("few")] == ["few 0", "few 1", "few 2"]


def test_turns_are_measured_in_tokens_and_not_in_articles():
    queue: FairQueue[str] = FairQueue()
    for number in range(4):
        queue.put("long", f"long {number}", 400)
        queue.put("short", f"short {number}", 100)
    assert drained(queue)[:6] == ["long 0", "short 0", "short 1", "short 2", "short 3", "long 1"]


def test_staying_away_saves_nothing_up():
    queue: FairQueue[str] = FairQueue()
    queue.put("new", "new 0", 10)
    assert queue.take() == "new 0"
    for number in range(5):
        queue.put("old", f"old {number}", 10)
    assert [queue.take(), queue.take(), queue.take()] == ["old 0", "old 1", "old 2"]
    queue.put("new", "new 1", 10)
    queue.put("new", "new 2", 10)
    assert drained(queue) == ["new 1", "old 3", "new 2", "old 4"]


def test_what_is_removed_is_not_taken():
    queue: FairQueue[str] = FairQueue()
    queue.put("a", "a 0", 1)
    queue.put("a", "a 1", 1)
    queue.remove("a", "a 0")
    queue.remove("a", "gone already")
    queue.remove("stranger", "a 1")
    assert drained(queue) == ["a 1"]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from("abc"), st.integers(1, 50)), st.sampled_from(["take", "drop"])
        )
    )
)
def test_everything_comes_out_once_and_in_each_clients_order(steps):
    queue: FairQueue[tuple[str, int]] = FairQueue()
    waiting, out, dropped = [], [], []
    for number, step in enumerate(steps):
        if step == "take":
            item = queue.take()
            assert (item is None) == (not waiting)
            if item is not None:
                waiting.remove(item)
                out.append(item)
        elif step == "drop":
            if waiting:
                dropped.append(waiting.pop())
                queue.remove(dropped[-1][0], dropped[-1])
        else:
            client, n_tokens = step
            waiting.append((client, number))
            queue.put(client, (client, number), n_tokens)
        assert len(queue) == len(waiting)
    out += drained(queue)
    put = [(step[0], number) for number, step in enumerate(steps) if isinstance(step, tuple)]
    assert sorted(out + dropped) == sorted(put)
    for client in "abc":
        numbers = [number for name, number in out if name == client]
        assert numbers == sorted(numbers)
