"""Files that are there after a power cut: written aside, synced, renamed, and so their folders."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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


def write_file(path: Path, raw: bytes, *, private: bool = False, sync: bool = True) -> None:
    """Write or replace one file, durably. private: only its owner can read it.

    A reader sees the old bytes or the new ones, never a part, whoever else writes the same file.
    sync: False leaves it to the caller to make the file and its folder durable.
    """
    aside = path.with_name(f"{path.name}{STAGING}")
    with _alone(aside, private=private) as handle:
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.write(raw)
        if sync:
            os.fsync(handle)
        aside.replace(path)
    if sync:
        sync_folder(path.parent)


@contextmanager
def _alone(aside: Path, *, private: bool) -> Iterator[int]:
    """An empty file that no other thread or process writes. What a killed one left is reused."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    while True:
        handle = os.open(aside, flags, _PRIVATE if private else _PUBLIC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if _is_at(handle, aside):
                if private:
                    os.fchmod(handle, _PRIVATE)
                os.ftruncate(handle, 0)
                yield handle
                return
        finally:
            os.close(handle)


def _is_at(handle: int, path: Path) -> bool:
    """Whether the open file still has this name: who had it before may have renamed it."""
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


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
        """Make durable what another process has put into the top; it may have been killed."""
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
