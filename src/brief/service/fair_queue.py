"""A queue that is fair between clients: start-time fair queueing (Goyal, Vin and Cheng 1996).

The client that has been served the fewest tokens is next; within a client, first come, first
served. See `scheduler.py` for how much the queue may hold.
"""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Items of several clients, each with its cost in tokens.

    Example:
        >>> queue = FairQueue()
        >>> for item in ("a1", "a2", "a3"):
        ...     queue.put("a", item, 10)
        >>> queue.put("b", "b1", 10)
        >>> [queue.take() for _ in range(4)]
        ['a1', 'b1', 'a2', 'a3']
    """

    def __init__(self) -> None:
        self._waiting: dict[str, deque[tuple[T, int]]] = {}
        self._had: dict[str, int] = {}
        self._least = 0

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def put(self, client: str, item: T, n_tokens: int) -> None:
        """Add an item at the end of its client's queue."""
        if client not in self._waiting:
            self._waiting[client] = deque()
            # A client gains no advantage by staying away.
            self._had[client] = max(self._had.get(client, 0), self._least)
        self._waiting[client].append((item, n_tokens))

    def take(self) -> T | None:
        """Remove and return the next item; None when there is none."""
        if not self._waiting:
            return None
        client = min(self._waiting, key=self._had.__getitem__)
        item, n_tokens = self._waiting[client].popleft()
        self._least = self._had[client]
        self._had[client] += n_tokens
        self._forget(client)
        return item

    def remove(self, client: str, item: T) -> None:
        """Remove an item before its turn; one that has already been taken is ignored."""
        line = self._waiting.get(client)
        if line is None:
            return
        self._waiting[client] = deque(entry for entry in line if entry[0] != item)
        self._forget(client)

    def _forget(self, client: str) -> None:
        """Drop a client's empty queue, and token counts that `put` would raise anyway."""
        if not self._waiting[client]:
            del self._waiting[client]
        for other in [*self._had]:
            if other not in self._waiting and self._had[other] <= self._least:
                del self._had[other]
