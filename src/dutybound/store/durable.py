"""Files that are there after a power cut: written aside, synced, renamed, and so their folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

STAGING: Final = ".new"
_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o644
_AT_ONCE: Final = 16
_pools: dict[int, ThreadPoolExecutor] = {}


def at_once(work: Callable[[Any], object], on: Sequence[Any]) -> None:
    """Do work on each, several at a time, and wait for all.

    Syncs that run at the same time share the writes of the file system's journal: a dozen take
    hardly longer than one. Raises what the first that failed raised.
    """
    if len(on) < 2:
        for one in on:
            work(one)
        return
    pool = _pools.get(os.getpid())
    if pool is None:  # threads do not live on in a forked process
        pool = _pools[os.getpid()] = ThreadPoolExecutor(_AT_ONCE)
    list(pool.map(work, on))


def sync_file(path: Path) -> None:
    """Make a file's bytes durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make what a folder lists durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder and the folders above it, durably."""
    new = []
    at = folder
    while not at.is_dir():
        new.append(at)
        at = at.parent
    for one in reversed(new):
        one.mkdir(exist_ok=True)
        sync_folder(one.parent)


def write_file(path: Path, raw: bytes, *, private: bool = False) -> None:
    """Write or replace one file, durably. private: only its owner can read it.

    A reader sees the old bytes or the new ones, never a part.
    """
    aside = path.with_name(f"{path.name}.{STAGING}")
    _write_aside(aside, raw, _PRIVATE if private else _PUBLIC)
    sync_file(aside)
    aside.replace(path)
    sync_folder(path.parent)


def _write_aside(path: Path, raw: bytes, mode: int) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)


class DurableTree:
    """A folder into which many files are published, each durable with every folder above it.

    New files are written in `.new` first. The folders that this object has not made durable itself
    are synced up to the top, because a process that was killed may have left them behind.
    """

    def __init__(self, top: Path) -> None:
        self.top = top
        self._staging = top / STAGING
        self._synced: set[Path] = set()

    def sweep(self) -> None:
        """Remove what a killed process left half written. Only one process may publish."""
        make_folder(self._staging)
        for left in self._staging.iterdir():
            left.unlink()

    def write(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write or replace files by their paths below the top; durable on return."""
        staged = []
        for number, (path, raw) in enumerate(files):
            aside = self._staging / str(number)
            _write_aside(aside, raw, _PUBLIC)
            staged.append((aside, self.top / path))
        at_once(sync_file, [aside for aside, _ in staged])
        touched: set[Path] = set()
        for aside, target in staged:
            if target.parent not in touched:
                target.parent.mkdir(parents=True, exist_ok=True)
                touched.add(target.parent)
            aside.replace(target)
        self._sync(touched)

    def remove(self, folder: Path) -> None:
        """Remove a folder of files if it is there. It may come back after a power cut."""
        if folder.is_dir():
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()
            self._synced.discard(folder)

    def sync_top(self) -> None:
        """Make the top durable if this object did not yet."""
        if self.top not in self._synced:
            self._sync({self.top})

    def _sync(self, folders: set[Path]) -> None:
        wanted = set(folders)
        for folder in folders:
            at = folder
            while at != self.top and at not in self._synced:
                at = at.parent
                wanted.add(at)  # it may be the one that has just got a new folder
        at_once(sync_folder, sorted(wanted))
        self._synced |= wanted
