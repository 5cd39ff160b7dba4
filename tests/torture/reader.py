"""A reader of a published log, written from the specifications without any code of dutybound.

Sources: RFC 6962 section 2.1 (tree), C2SP signed-note, tlog-checkpoint and tlog-tiles.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256


class Broken(Exception):
    """What a reader of the public folder must never see."""


def leaf(entry: bytes) -> bytes:
    """MTH of one entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """MTH of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Tree:
    """Complete subtrees from left to right, as (height, hash)."""

    size: int = 0
    subtrees: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, hashed: bytes) -> None:
        """Append a leaf hash."""
        self.size += 1
        made = (0, hashed)
        while self.subtrees and self.subtrees[-1][0] == made[0]:
            height, left = self.subtrees.pop()
            made = (height + 1, node(left, made[1]))
        self.subtrees.append(made)

    def root(self) -> bytes:
        """The root."""
        if not self.subtrees:
            return hashlib.sha256(b"").digest()
        found = self.subtrees[-1][1]
        for _, left in reversed(self.subtrees[:-1]):
            found = node(left, found)
        return found

    def copy(self) -> Tree:
        """Another one like it."""
        return Tree(self.size, list(self.subtrees))


def roots_at(entries: Iterable[bytes], sizes: Iterable[int]) -> dict[int, bytes]:
    """The roots over the first so many entries, for each size that the entries reach."""
    wanted, tree = set(sizes), Tree()
    roots = {0: tree.root()} if 0 in wanted else {}
    for entry in entries:
        tree.add(leaf(entry))
        if tree.size in wanted:
            roots[tree.size] = tree.root()
    return roots


@dataclass(frozen=True)
class Head:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes


def public_key(verifier_key: str) -> tuple[str, bytes, bytes]:
    """Name, id and Ed25519 key of a verifier key, `name+id+base64`."""
    name, _, encoded = verifier_key.split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    key_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    assert raw[:1] == b"\x01"
    return name, key_id, raw[1:]


def read_head(note: bytes, keys: Iterable[str]) -> Head:
    """The head that one of the keys signed. Raises Broken."""
    body, separator, lines = note.rpartition(b"\n\n")
    if not separator or not lines.endswith(b"\n"):
        raise Broken("the checkpoint is no signed note")
    text = body + b"\n"
    known = {(name, key_id): raw for name, key_id, raw in map(public_key, keys)}
    good = 0
    for line in lines.decode().splitlines():
        _, name, encoded = line.split(" ")
        signature = base64.b64decode(encoded, validate=True)
        raw = known.get((name, signature[:4]))
        if raw is not None:
            try:
                Ed25519PublicKey.from_public_bytes(raw).verify(signature[4:], text)
            except InvalidSignature:
                raise Broken("a signature of the checkpoint is false") from None
            good += 1
    if not good:
        raise Broken("no known key signed the checkpoint")
    origin, size, root = text.decode().split("\n")[:3]
    return Head(origin, int(size), base64.b64decode(root, validate=True))


def tile_path(level: int | str, index: int) -> str:
    """The path of a full tile."""
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/" + "/".join(parts)


class Reader:
    """Follows one log: each check goes on from the full tiles that the last one has checked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.head = Head("", 0, b"")
        self._done = Tree()
        self._levels: dict[int, list[bytes]] = {0: []}

    def check(self, note: bytes, keys: Iterable[str]) -> Head:
        """Check everything that a checkpoint speaks of: signature, entries, tiles, root.

        It must not be older than the last one that was checked. Raises Broken.
        """
        head = read_head(note, keys)
        if head.size < self.head.size:
            raise Broken(f"the checkpoint went back from {self.head.size} to {head.size}")
        tree = self._done.copy()
        leaves: list[bytes] = []
        while tree.size < head.size:
            width = min(WIDTH, head.size - tree.size)
            entries = self._bundle(tree.size // WIDTH, width)
            leaves += map(leaf, entries)
            for hashed in leaves[-width:]:
                tree.add(hashed)
            if width == WIDTH:
                self._done = tree.copy()
                self._levels[0] += leaves
                leaves = []
        if tree.root() != head.root:
            raise Broken(f"the root of checkpoint {head.size} is not that of its entries")
        self._tiles(head.size, self.head.size, leaves)
        self.head = head
        return head

    def _tiles(self, size: int, old: int, rest: list[bytes]) -> None:
        hashes, level = [*self._levels[0], *rest], 0
        while hashes:
            before = old >> 8 * level
            for index in range(before // WIDTH, -(-len(hashes) // WIDTH)):
                expected = b"".join(hashes[index * WIDTH : (index + 1) * WIDTH])
                if self._read(level, index, len(expected) // 32)[: len(expected)] != expected:
                    raise Broken(f"{tile_path(level, index)} is not what the entries come to")
            above = self._levels.setdefault(level + 1, [])
            for index in range(len(above), len(hashes) // WIDTH):
                tree = Tree()
                for hashed in hashes[index * WIDTH : (index + 1) * WIDTH]:
                    tree.add(hashed)
                above.append(tree.root())
            hashes, level = above, level + 1

    def _bundle(self, index: int, width: int) -> list[bytes]:
        raw, at, entries = self._read("entries", index, width), 0, []
        for _ in range(width):
            start = at + 2
            at = start + int.from_bytes(raw[at:start], "big")
            entries.append(raw[start:at])
        if at > len(raw):
            raise Broken(f"{tile_path('entries', index)} is cut short")
        return entries

    def _read(self, level: int | str, index: int, width: int) -> bytes:
        full = self.folder / tile_path(level, index)
        if width < WIDTH:
            try:
                return full.with_name(f"{full.name}.p").joinpath(str(width)).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                pass  # the full one may stand in for it
        try:
            return full.read_bytes()
        except FileNotFoundError:
            raise Broken(f"{tile_path(level, index)} of {width} is missing") from None
