"""Threads that append at the same time share one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from dutybound.store.errors import StoreError
from dutybound.store.log_store import MAX_BATCH, Item


@dataclass(slots=True)
class Waiting:
    """What one caller wants to append, and what came of it."""

    items: Sequence[Item]
    leaves: list[bytes]
    indices: list[int] = field(default_factory=list)
    error: Exception | None = None
    done: bool = False


class GroupCommit:
    """A queue of callers before one writer.

    commit: appends what callers wait for in one transaction, durable on return, and fills in
    their indices. The first caller whose turn it is takes along all who wait behind it.
    """

    def __init__(self, commit: Callable[[list[Waiting]], None]) -> None:
        self._commit = commit
        self._queue: list[Waiting] = []
        self._door = threading.Lock()
        self._writer = threading.Lock()

    def append(self, items: Sequence[Item], leaves: list[bytes]) -> list[int]:
        """Append and return the indices. Raises StoreError if it was not committed."""
        mine = Waiting(items, leaves)
        with self._door:
            self._queue.append(mine)
        with self._writer:
            while not mine.done:
                self._serve(self._take())
        if mine.error is not None:
            raise StoreError(str(mine.error)) from mine.error
        return mine.indices

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep the callers of `append` out for other writing."""
        with self._writer:
            yield

    def _take(self) -> list[Waiting]:
        with self._door:
            count, total = 0, 0
            for waiting in self._queue:
                total += len(waiting.items)
                if count and total > MAX_BATCH:
                    break
                count += 1
            taken, self._queue = self._queue[:count], self._queue[count:]
        return taken

    def _serve(self, taken: list[Waiting]) -> None:
        try:
            self._commit(taken)
        except StoreError as error:
            for waiting in taken:
                waiting.error = error
        finally:
            # Anything else that is raised goes to the caller that serves; the others get no index.
            for waiting in taken:
                waiting.done = True
                if not waiting.error and len(waiting.indices) != len(waiting.items):
                    waiting.error = StoreError("the entries were not appended")
