"""Tiles and entry bundles as C2SP tlog-tiles lays them out: coordinates, paths, contents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dutybound.ledger.encoding import HASH_BYTES, LedgerError
from dutybound.ledger.merkle import TILE_HEIGHT, root_of

WIDTH: Final = 1 << TILE_HEIGHT
FULL_BYTES: Final = WIDTH * HASH_BYTES
MAX_ENTRY: Final = 65_535
MAX_LEVEL: Final = 63
ENTRIES: Final = -1
_PATH: Final = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?\Z",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """A tile or an entry bundle.

    level: 0 for leaf hashes, 1 for the roots of full tiles below, ...; ENTRIES for entries.
    index: from 0 within the level. width: 1 to 256 hashes or entries; below 256 it is partial.
    """

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path below the log's prefix, such as `tile/0/x001/234.p/5`."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{index_path(self.index)}{partial}"

    @property
    def full(self) -> Tile:
        """The same tile once it is full."""
        return Tile(self.level, self.index)


def index_path(index: int) -> str:
    """A tile's index in parts of three digits, all but the last led by `x`."""
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.append(f"x{index % 1000:03}")
    return "/".join(reversed(parts))


def parse_path(path: str) -> Tile:
    """The tile that a path names, in its one spelling. Raises LedgerError."""
    match = _PATH.match(path)
    if match is None:
        raise LedgerError(f"`{path[:80]}` is not the path of a tile")
    kind, upper, last, width = match.groups()
    level = ENTRIES if kind == "entries" else int(kind)
    index = int(upper.replace("x", "").replace("/", "") + last)
    tile = Tile(level, index, WIDTH if width is None else int(width))
    if level > MAX_LEVEL or tile.path != path:
        raise LedgerError(f"`{path[:80]}` is not the path of a tile")
    return tile


def count_at(level: int, size: int) -> int:
    """How many hashes stand at a level of tiles in a tree of that size."""
    return size >> (TILE_HEIGHT * max(level, 0))


def tile_at(level: int, index: int, size: int) -> Tile:
    """The tile as it is in a tree of that size. Raises LedgerError if there is none."""
    width = min(WIDTH, count_at(level, size) - WIDTH * index)
    if width <= 0 or index < 0:
        raise LedgerError(f"a tree of {size} has no tile {index} at level {level}")
    return Tile(level, index, width)


def tiles_of(size: int, old: int = 0) -> Iterator[Tile]:
    """The tiles and entry bundles of a tree of `size` that one of `old` does not have.

    Entry bundles come first, then level 0 and up, each in order. A partial tile whose width
    changed is a new one.
    """
    for level in (ENTRIES, *range(MAX_LEVEL + 1)):
        count, before = count_at(level, size), count_at(level, old)
        if count == 0:
            return
        if count != before:
            for index in range(before // WIDTH, -(-count // WIDTH)):
                yield tile_at(level, index, size)


def write_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries, each led by its length in two bytes. Raises LedgerError."""
    if not 1 <= len(entries) <= WIDTH:
        raise LedgerError(f"an entry bundle holds 1 to {WIDTH} entries, not {len(entries)}")
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise LedgerError(f"an entry has at most {MAX_ENTRY:,} bytes, not {len(entry):,}")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def read_bundle(raw: bytes, width: int) -> list[bytes]:
    """Exactly `width` entries, and nothing behind them. Raises LedgerError."""
    entries, at = [], 0
    for _ in range(width):
        start = at + 2
        at = start + int.from_bytes(raw[at:start], "big")
        if start > len(raw) or at > len(raw):
            raise LedgerError("the entry bundle is cut short")
        entries.append(raw[start:at])
    if at != len(raw):
        raise LedgerError(f"{len(raw) - at} bytes stand behind the entry bundle")
    return entries


def read_tile(raw: bytes, width: int) -> list[bytes]:
    """Exactly `width` hashes. Raises LedgerError."""
    if len(raw) != width * HASH_BYTES:
        raise LedgerError(f"a tile of {width} has {width * HASH_BYTES} bytes, not {len(raw)}")
    return [raw[i : i + HASH_BYTES] for i in range(0, len(raw), HASH_BYTES)]


class TileHashes:
    """Complete subtrees of a tree, from its tiles.

    size: of the tree. read: gives the bytes of a tile, at least as wide as asked; a full tile may
    stand in for a partial one. Called with a height and an index, see `proofs.Subtrees`.
    """

    def __init__(self, size: int, read: Callable[[Tile], bytes]) -> None:
        self.size = size
        self._read = read
        self._held: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, height: int, index: int) -> bytes:
        """Raises LedgerError if the subtree is not complete in the tree."""
        level, inner = divmod(height, TILE_HEIGHT)
        first = index << inner
        hashes = self._tile(level, first // WIDTH)
        at = first % WIDTH
        part = hashes[at : at + (1 << inner)]
        if len(part) != 1 << inner:
            raise LedgerError(f"the tree of {self.size} has no complete subtree there")
        return root_of(part)

    def _tile(self, level: int, index: int) -> list[bytes]:
        found = self._held.get((level, index))
        if found is None:
            tile = tile_at(level, index, self.size)
            raw = self._read(tile)
            if len(raw) == FULL_BYTES:
                raw = raw[: tile.width * HASH_BYTES]
            found = self._held[level, index] = read_tile(raw, tile.width)
        return found
