"""A queue of processes before one writer."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType


class Turn:
    """Lets one process at a time through, and none of them twice past one that waits.

    Two locks: who comes takes `next`, waits with it for `now`, and then gives `next` back. So one
    is always first in line, and who has just written must get in line again. The system frees the
    locks of a process that dies. Threads of one process must keep out of each other's way.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._next = os.open(path.with_name(f"{path.name}.next"), flags, 0o600)
        self._now = os.open(path.with_name(f"{path.name}.now"), flags, 0o600)
        self._closed = False

    def __enter__(self) -> None:
        fcntl.flock(self._next, fcntl.LOCK_EX)
        fcntl.flock(self._now, fcntl.LOCK_EX)
        fcntl.flock(self._next, fcntl.LOCK_UN)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        fcntl.flock(self._now, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the locks back for good; once more does nothing."""
        if not self._closed:
            self._closed = True
            os.close(self._next)
            os.close(self._now)
