"""The full check of a log: everything is computed again, and every byte is accounted for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from dutybound.ledger.checkpoint import Checkpoint, read_body
from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.keys import NoteKey
from dutybound.ledger.merkle import Frontier
from dutybound.ledger.note import read_note, verify_note
from dutybound.ledger.tiles import WIDTH

MAX_FAULTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it should be. where: a file or a row."""

    where: str
    what: str


@dataclass(slots=True)
class Found:
    """What a check went through, and what was wrong. Past MAX_FAULTS no more are listed."""

    entries: int = 0
    tiles: int = 0
    checkpoints: int = 0
    receipts: int = 0
    faults: list[Fault] = field(default_factory=list)

    def fault(self, where: str, what: str) -> None:
        """Note a fault."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(where, what))


class Recomputed:
    """A tree built again from its entries, and its roots at some sizes on the way."""

    def __init__(self, sizes: Iterable[int]) -> None:
        self.frontier = Frontier()
        self.roots: dict[int, bytes] = {0: self.frontier.root()}
        self.nodes: dict[int, list[bytes]] = {}
        self._sizes = sorted({s for s in sizes if s > 0}, reverse=True)

    def extend(self, leaves: list[bytes]) -> None:
        """Append leaf hashes."""
        while self._sizes and self._sizes[-1] <= self.frontier.size + len(leaves):
            size = self._sizes.pop()
            before = size - self.frontier.size
            self._extend(leaves[:before])
            leaves = leaves[before:]
            self.roots[size] = self.frontier.root()
        self._extend(leaves)

    def _extend(self, leaves: list[bytes]) -> None:
        for level, _, node in self.frontier.extend(leaves):
            self.nodes.setdefault(level, []).append(node)

    def tile(self, level: int, index: int, width: int) -> bytes:
        """The bytes of a tile above level 0."""
        start = index * WIDTH
        return b"".join(self.nodes.get(level, [])[start : start + width])


def verified_head(
    raw: bytes, keys: Iterable[NoteKey], where: str, found: Found
) -> Checkpoint | None:
    """The head of a checkpoint that one of the log's keys signed; a fault if there is none."""
    try:
        note = read_note(raw)
        verify_note(note, keys)
        return read_body(note.text)
    except LedgerError as error:
        found.fault(where, str(error))
        return None


def check_root(head: Checkpoint, roots: dict[int, bytes], where: str, found: Found) -> None:
    """Compare the root of a head with the one that was computed again."""
    root = roots.get(head.size)
    if root is None:
        found.fault(where, f"it speaks of {head.size:,} entries; the log does not have so many")
    elif root != head.root:
        found.fault(where, f"its root is not that of the first {head.size:,} entries")
