"""What can go wrong where the log lies."""

from __future__ import annotations

from dutybound.errors import DutyboundError


class StoreError(DutyboundError):
    """The store cannot do what was asked: a disk, a database or a file is not as it should be."""
