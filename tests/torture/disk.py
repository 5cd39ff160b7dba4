"""A model of a disk that loses what was not synced.

A file has bytes that a sync made durable, and writes and truncations since; a folder has names that
its sync made durable, and links and unlinks since. After a power cut each of those that are still
pending may be there or not, and a write may be there in parts. This is stricter than most file
systems: POSIX promises no more.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

SECTOR, PAGE = 512, 4096


@dataclass(frozen=True)
class Write:
    """Bytes at an offset."""

    at: int
    data: bytes

    def onto(self, raw: bytearray) -> None:
        """Do it; a gap is filled with zeros."""
        if len(raw) < self.at:
            raw.extend(bytes(self.at - len(raw)))
        raw[self.at : self.at + len(self.data)] = self.data


@dataclass(frozen=True)
class Truncate:
    """A new length."""

    length: int

    def onto(self, raw: bytearray) -> None:
        """Do it."""
        del raw[self.length :]
        raw.extend(bytes(self.length - len(raw)))


@dataclass
class File:
    """mode: permissions. now: what a process reads; durable: what a power cut leaves at least."""

    mode: int
    now: bytearray = field(default_factory=bytearray)
    durable: bytes = b""
    pending: list[Write | Truncate] = field(default_factory=list)

    def do(self, change: Write | Truncate) -> None:
        """A change by a process."""
        change.onto(self.now)
        self.pending.append(change)

    def sync(self) -> None:
        """fsync."""
        if self.pending:
            self.durable, self.pending = bytes(self.now), []


@dataclass
class Folder:
    """names: what a process sees. pending: names that were set (or removed, None) since a sync."""

    names: dict[str, File | Folder] = field(default_factory=dict)
    durable: dict[str, File | Folder] = field(default_factory=dict)
    pending: list[tuple[str, File | Folder | None]] = field(default_factory=list)

    def set(self, name: str, node: File | Folder | None) -> None:
        """Link or unlink a name."""
        _set(self.names, name, node)
        self.pending.append((name, node))

    def sync(self) -> None:
        """fsync of the folder: its names, not what is below them."""
        if self.pending:
            self.durable, self.pending = dict(self.names), []


def _set(names: dict[str, File | Folder], name: str, node: File | Folder | None) -> None:
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node


def everything(folder: Folder) -> list[File | Folder]:
    """A folder and all that a process sees below it."""
    found: list[File | Folder] = [folder]
    for node in folder.names.values():
        found += everything(node) if isinstance(node, Folder) else [node]
    return found


# ---------------------------------------------------------------------- what a power cut leaves
STYLES = ("nothing", "everything", "names", "data", "torn", "sectors", "lengths", "mixed")


class PowerCut:
    """One state after a power cut, drawn at random in one of several styles.

    nothing: only what was synced. everything: as after a kill. names: folders are whole, files have
    no unsynced bytes. data: the other way round. torn: changes up to some point, the last write
    torn at a sector or page. sectors: any sectors of any writes, any names. lengths: files have
    their length, but zeros in it. mixed: another of these for each file and folder.
    """

    def __init__(self, draw: random.Random, style: str) -> None:
        self._draw, self._style = draw, style

    def _now(self) -> str:
        return self._draw.choice(STYLES[:-1]) if self._style == "mixed" else self._style

    def names(self, folder: Folder) -> dict[str, File | Folder]:
        """The names that are left in a folder."""
        style, pending = self._now(), folder.pending
        if style in ("everything", "names", "lengths"):
            return folder.names
        left = dict(folder.durable)
        if style == "torn":
            pending = pending[: self._draw.randint(0, len(pending))]
        elif style == "sectors":
            pending = [p for p in pending if self._draw.random() < 0.5]
        else:
            pending = []
        for name, node in pending:
            _set(left, name, node)
        return left

    def data(self, file: File) -> bytes:
        """The bytes that are left in a file."""
        style = self._now()
        if style in ("everything", "data"):
            return bytes(file.now)
        raw = bytearray(file.durable)
        if style == "torn":
            self._torn(raw, file.pending)
        elif style == "sectors":
            self._sectors(raw, file.pending)
        elif style == "lengths":
            Truncate(len(file.now)).onto(raw)
        return bytes(raw)

    def _torn(self, raw: bytearray, pending: list[Write | Truncate]) -> None:
        if not pending:
            return
        last = self._draw.randrange(len(pending))
        for change in pending[:last]:
            change.onto(raw)
        change = pending[last]
        if isinstance(change, Write):
            unit = self._draw.choice((SECTOR, PAGE))
            left = self._draw.randint(0, len(change.data) // unit) * unit
            Write(change.at, change.data[:left]).onto(raw)

    def _sectors(self, raw: bytearray, pending: list[Write | Truncate]) -> None:
        for change in pending:
            if isinstance(change, Truncate):
                if self._draw.random() < 0.5:
                    change.onto(raw)
                continue
            start = 0
            while start < len(change.data):
                end = (change.at + start) // SECTOR * SECTOR + SECTOR - change.at
                if self._draw.random() < 0.5:
                    Write(change.at + start, change.data[start:end]).onto(raw)
                start = end

    def build(self, folder: Folder, at: Path) -> None:
        """Put the state on a real disk."""
        for name, node in self.names(folder).items():
            path = at / name
            if isinstance(node, Folder):
                path.mkdir()
                self.build(node, path)
            else:
                path.write_bytes(self.data(node))
                path.chmod(node.mode)
