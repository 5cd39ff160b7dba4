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
    """What one caller wants to append, and what came of it.

    wake: set when it is done, or when it is the caller's turn to write.
    """

    items: Sequence[Item]
    leaves: list[bytes]
    indices: list[int] = field(default_factory=list)
    error: Exception | None = None
    done: bool = False
    wake: threading.Event = field(default_factory=threading.Event)


class GroupCommit:
    """A queue of callers before one writer.

    commit: appends what callers wait for in one transaction, durable on return, and fills in
    their indices. The caller at the head of the queue writes, and takes along those behind it;
    then it passes the turn on.
    """

    def __init__(self, commit: Callable[[list[Waiting]], None]) -> None:
        self._commit = commit
        self._queue: list[Waiting] = []
        self._busy = False
        self._door = threading.Lock()
        self._writer = threading.Lock()

    def append(self, items: Sequence[Item], leaves: list[bytes]) -> list[int]:
        """Append and return the indices. Raises StoreError if it was not committed."""
        mine = Waiting(items, leaves)
        with self._door:
            self._queue.append(mine)
            first, self._busy = not self._busy, True
        if not first:
            self._wait(mine)
        if not mine.done:
            try:
                self._serve(self._take())
            finally:
                self._pass_on()
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

    def _wait(self, mine: Waiting) -> None:
        woken = False
        try:
            mine.wake.wait()
            woken = True
        finally:
            if not woken:  # the caller was interrupted, and must not hold up the others
                with self._door:
                    held = mine in self._queue
                    self._queue = [w for w in self._queue if w is not mine]
                if held and mine.wake.is_set():
                    self._pass_on()

    def _pass_on(self) -> None:
        with self._door:
            self._busy = bool(self._queue)
            if self._queue:
                self._queue[0].wake.set()

    def _serve(self, taken: list[Waiting]) -> None:
        try:
            with self._writer:
                self._commit(taken)
        except StoreError as error:
            for waiting in taken:
                waiting.error = error
        finally:
            # Anything else that is raised goes to the caller that writes; the others get no index.
            for waiting in taken:
                if not waiting.error and len(waiting.indices) != len(waiting.items):
                    waiting.error = StoreError("the entries were not appended")
                waiting.done = True
                waiting.wake.set()
