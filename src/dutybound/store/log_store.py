"""What the log asks of a store, whichever database it is."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from dutybound.ledger.encoding import HASH_BYTES
from dutybound.ledger.merkle import Frontier, leaf_hash
from dutybound.ledger.tiles import ENTRIES, MAX_ENTRY, WIDTH, Tile, write_bundle
from dutybound.store.errors import StoreError

MAX_BATCH: Final = 10_000


@dataclass(frozen=True, slots=True)
class Item:
    """Something to append. name: a sha256 by which its index can be asked for later."""

    entry: bytes
    name: bytes | None = None


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint that was signed. published: it met the policy on witnesses and was shown."""

    size: int
    note: bytes
    published: bool


class LogStore(Protocol):
    """Rows, leaf hashes, complete nodes and right edge of one tree, and its checkpoints."""

    def append(self, items: Sequence[Item]) -> list[int]:
        """Append what is not there yet, durably. Returns the index of each, old or new."""
        ...

    def tree(self) -> Frontier:
        """The right edge as it is now."""
        ...

    def leaves(self, start: int, end: int) -> bytes:
        """The leaf hashes [start, end), one after the other."""
        ...

    def bodies(self, start: int, end: int) -> list[bytes]:
        """The entries [start, end)."""
        ...

    def nodes(self, level: int, start: int, end: int) -> bytes:
        """The hashes [start, end) at a level of tiles, 1 or above."""
        ...

    def index_of(self, name: bytes) -> int | None:
        """The index under a name, or of the entry with this leaf hash."""
        ...

    def names(self, start: int, end: int) -> list[tuple[bytes, int]]:
        """Names and their indices in [start, end), in order of index."""
        ...

    def checkpoints(self, *, newest: bool = False) -> list[StoredCheckpoint]:
        """The checkpoints in order of size; newest: only the last one, if there is one."""
        ...

    def put_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """Keep a checkpoint, durably. Sizes only grow; the newest may be replaced by its like."""
        ...

    def publishing(self) -> AbstractContextManager[None]:
        """Held by the one process that publishes."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


def check_items(items: Sequence[Item]) -> list[bytes]:
    """The leaf hashes of items. Raises StoreError if one is too large."""
    for item in items:
        if not 0 < len(item.entry) <= MAX_ENTRY:
            raise StoreError(
                f"an entry has {len(item.entry):,} bytes; 1 to {MAX_ENTRY:,} can be appended"
            )
        if item.name is not None and len(item.name) != HASH_BYTES:
            raise StoreError(f"the name of an entry has {HASH_BYTES} bytes")
    return [leaf_hash(item.entry) for item in items]


def tile_bytes(store: LogStore, tile: Tile) -> bytes:
    """The bytes of a tile or of an entry bundle, from the store."""
    start = tile.index * WIDTH
    end = start + tile.width
    if tile.level == ENTRIES:
        return write_bundle(store.bodies(start, end))
    if tile.level == 0:
        return store.leaves(start, end)
    return store.nodes(tile.level, start, end)


def edge_of(size: int, raw: bytes) -> Frontier:
    """A right edge as a store keeps it: its hashes one after the other."""
    return Frontier(size, [raw[i : i + HASH_BYTES] for i in range(0, len(raw), HASH_BYTES)])
