"""The check of the public folder: checkpoint, tiles and entry bundles, to the last byte."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from dutybound.ledger.checkpoint import Checkpoint
from dutybound.ledger.encoding import HASH_BYTES, LedgerError
from dutybound.ledger.keys import NoteKey
from dutybound.ledger.merkle import leaf_hash
from dutybound.ledger.tiles import (
    ENTRIES,
    WIDTH,
    Tile,
    parse_path,
    read_bundle,
    tile_at,
    tiles_of,
    write_bundle,
)
from dutybound.store.fsck import Found, Recomputed, check_root, verified_head
from dutybound.store.publisher import CHECKPOINT

_MAX_BUNDLE: Final = WIDTH * 65_537
Expected = Callable[[Tile], bytes | None]


def check_public(
    folder: Path,
    keys: Iterable[NoteKey],
    sizes: Iterable[int],
    found: Found,
    beyond: Expected = lambda tile: None,
) -> Recomputed | None:
    """Compute the published tree again.

    sizes: of heads whose roots are wanted. beyond: the bytes of a tile that is not of the
    published tree, if the log knows it; after a stop, tiles may be ahead of the checkpoint.
    Returns None if there is no checkpoint to go by.
    """
    raw = _read(folder / CHECKPOINT, _MAX_BUNDLE)
    if raw is None:
        found.fault(CHECKPOINT, "there is no checkpoint")
        return None
    head = verified_head(raw, keys, CHECKPOINT, found)
    if head is None:
        return None
    found.checkpoints += 1
    again = Recomputed([*(s for s in sizes if s <= head.size), head.size])
    check = _Public(folder, head, again, found, beyond)
    check.bundles()
    if again.frontier.size == head.size:
        check_root(head, again.roots, CHECKPOINT, found)
    check.upper_tiles()
    check.others()
    return again


class _Public:
    def __init__(
        self,
        folder: Path,
        head: Checkpoint,
        again: Recomputed,
        found: Found,
        beyond: Expected,
    ) -> None:
        self.folder, self.head, self.again = folder, head, again
        self.found, self.beyond = found, beyond
        self.seen: set[str] = set()

    def bundles(self) -> None:
        """Each entry bundle, and the tile of leaf hashes beside it."""
        for index in range(-(-self.head.size // WIDTH)):
            tile = tile_at(ENTRIES, index, self.head.size)
            raw = self._tile(tile)
            if raw is None:
                return
            try:
                entries = self._entries(tile, raw)
            except LedgerError as error:
                self.found.fault(tile.path, str(error))
                return
            leaves = [leaf_hash(entry) for entry in entries]
            self._compare(tile_at(0, index, self.head.size), b"".join(leaves))
            self.again.extend(leaves)

    def _entries(self, tile: Tile, raw: bytes) -> list[bytes]:
        if tile.path in self.seen:
            return read_bundle(raw, tile.width)
        return read_bundle(raw, WIDTH)[: tile.width]

    def upper_tiles(self) -> None:
        """The tiles above the leaf hashes."""
        if self.again.frontier.size == self.head.size:
            for tile in tiles_of(self.head.size):
                if tile.level > 0:
                    self._compare(tile, self.again.tile(tile.level, tile.index, tile.width))

    def _compare(self, tile: Tile, expected: bytes) -> None:
        raw = self._tile(tile)
        if raw is None:
            return
        if tile.path not in self.seen:
            if len(raw) != WIDTH * HASH_BYTES:
                self.found.fault(tile.full.path, f"it has {len(raw)} bytes")
            raw = raw[: len(expected)]
        if raw != expected:
            self.found.fault(tile.path, "it is not what the entries come to")

    def _tile(self, tile: Tile) -> bytes | None:
        """The bytes of a tile; where a partial one is gone, of the full one in its stead."""
        raw = _read(self.folder / tile.path, _MAX_BUNDLE)
        if raw is not None:
            self.seen.add(tile.path)
            self.found.tiles += 1
            return raw
        raw = None if tile == tile.full else _read(self.folder / tile.full.path, _MAX_BUNDLE)
        if raw is None:
            self.found.fault(tile.path, "it is missing")
        return raw

    def others(self) -> None:
        """Every other file below `tile`: older partial tiles, tiles ahead of the checkpoint."""
        for path in _files(self.folder / "tile"):
            name = path.relative_to(self.folder).as_posix()
            if name in self.seen:
                continue
            self.found.tiles += 1
            try:
                tile = parse_path(name)
            except LedgerError:
                self.found.fault(name, "this is no file of the log")
                continue
            expected = self._older(tile) or self.beyond(tile)
            if expected is None:
                self.found.fault(name, "the log has no such tile")
            elif _read(path, _MAX_BUNDLE) != expected:
                self.found.fault(name, "it is not what the entries come to")

    def _older(self, tile: Tile) -> bytes | None:
        """What a partial tile of an earlier tree holds: the head of the wider tile now."""
        try:
            now = tile_at(tile.level, tile.index, self.head.size)
        except LedgerError:
            return None
        raw = None
        if tile.width < now.width:
            raw = _read(self.folder / now.path, _MAX_BUNDLE)
        if raw is None:
            return None
        try:
            if tile.level == ENTRIES:
                return write_bundle(read_bundle(raw, now.width)[: tile.width])
        except LedgerError:
            return None
        return raw[: tile.width * HASH_BYTES]


def _read(path: Path, limit: int) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _files(folder: Path) -> Iterator[Path]:
    for at, _, names in os.walk(folder):
        for name in sorted(names):
            yield Path(at) / name
