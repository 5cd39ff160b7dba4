"""From the lines of strace to the changes of a disk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.torture.disk import File, Folder, Truncate, Write, everything

OPTIONS = ["-xx", "-s", "4000000", "-e", "signal=none"]
LINE = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+|\?)(?: .*)?$")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
NOT_MODELLED = {
    "pwritev", "pwritev2", "writev", "fallocate", "copy_file_range", "sendfile", "link", "linkat",
    "renameat", "renameat2", "symlink", "symlinkat", "unlinkat", "mkdirat", "creat", "truncate",
    "dup", "dup2", "dup3", "fdatasync_range", "sync_file_range", "syncfs", "io_submit",
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One system call that succeeded. values: the strings in it; rest: its text."""

    name: str
    values: tuple[bytes, ...]
    rest: str
    result: int


def calls(lines: Iterable[str]) -> Iterator[Call]:
    """The calls that succeeded, in order."""
    for line in lines:
        match = LINE.match(line)
        if match is None or match[3] == "?" or int(match[3]) < 0:
            continue
        name, rest = match[1], match[2]
        values = []
        for text, cut in STRING.findall(rest):
            assert not cut, "strace has cut a string"
            values.append(bytes.fromhex(text.replace("\\x", "")))
        yield Call(name, tuple(values), STRING.sub("@", rest), int(match[3]))


@dataclass(frozen=True)
class Said:
    """What a process wrote to the pipe on which it speaks."""

    text: str


@dataclass(frozen=True)
class Synced:
    """A sync. site: from where it was called, in words that are the same in each run."""

    site: str


Event = Said | Synced | str


@dataclass
class Open:
    """A file or folder that a process has open."""

    node: File | Folder
    path: str
    at: int = 0


@dataclass
class Machine:
    """A disk, and what a process has open on it.

    top: the folder on the real disk that the model stands for. skip: whether a sync from this site
    is left out.
    """

    top: Path
    skip: Callable[[str], bool] = lambda site: False
    root: Folder = field(default_factory=Folder)
    _open: dict[int, Open] = field(default_factory=dict)
    _site: str = ""

    def restart(self) -> None:
        """Another process: nothing is open."""
        self._open, self._site = {}, ""

    def do(self, call: Call, out: int) -> Event | None:
        """Do what a call did. Returns what is worth knowing about it."""
        if call.name in NOT_MODELLED:
            raise NotImplementedError(f"{call.name} is not in the model: {call.rest}")
        work = getattr(self, f"_{call.name}", None)
        if work is None:
            return None
        if call.name == "write" and _handle(call) == out:
            return self._heard(call.values[0].decode())
        event: Event | None = work(call)
        return event

    def _heard(self, text: str) -> Said | None:
        if text.startswith("s "):
            self._site = text[2:].strip()
            return None
        return Said(text)

    # ------------------------------------------------------------------ names
    def _find(self, raw: bytes) -> tuple[Folder, str, str] | None:
        """The folder that a path lies in, its name, and the path below the top."""
        path = Path(raw.decode())
        if not path.is_relative_to(self.top) or path == self.top:
            return None
        below = path.relative_to(self.top)
        at = self.root
        for part in below.parts[:-1]:
            node = at.names[part]
            assert isinstance(node, Folder)
            at = node
        return at, below.name, below.as_posix()

    def _openat(self, call: Call) -> str | None:
        if Path(call.values[0].decode()) == self.top:
            self._open[call.result] = Open(self.root, "")
            return None
        found = self._find(call.values[0])
        if found is None:
            self._open.pop(call.result, None)
            return None
        folder, name, path = found
        node = folder.names.get(name)
        if node is None:
            assert "O_CREAT" in call.rest, path
            node = File(int(call.rest.rpartition(" ")[2], 8))
            folder.set(name, node)
        elif "O_TRUNC" in call.rest and isinstance(node, File):
            node.do(Truncate(0))
        self._open[call.result] = Open(node, path)
        return f"open {path}"

    def _mkdir(self, call: Call) -> str | None:
        found = self._find(call.values[0])
        if found is None:
            return None
        found[0].set(found[1], Folder())
        return f"mkdir {found[2]}"

    def _unlink(self, call: Call) -> str | None:
        found = self._find(call.values[0])
        if found is None:
            return None
        found[0].set(found[1], None)
        return f"unlink {found[2]}"

    _rmdir = _unlink

    def _rename(self, call: Call) -> str | None:
        old, new = self._find(call.values[0]), self._find(call.values[1])
        if old is None or new is None:
            return None
        node = old[0].names[old[1]]
        old[0].set(old[1], None)
        new[0].set(new[1], node)
        return f"rename {old[2]} {new[2]}"

    # ------------------------------------------------------------------ bytes
    def _file(self, call: Call) -> tuple[Open, File] | None:
        found = self._open.get(_handle(call))
        if found is None or not isinstance(found.node, File):
            return None
        return found, found.node

    def _write(self, call: Call) -> str | None:
        found = self._file(call)
        if found is None:
            return None
        opened, file = found
        file.do(Write(opened.at, call.values[0][: call.result]))
        opened.at += call.result
        return f"write {opened.path}"

    def _pwrite64(self, call: Call) -> str | None:
        found = self._file(call)
        if found is None:
            return None
        at = int(call.rest.rpartition(" ")[2])
        found[1].do(Write(at, call.values[0][: call.result]))
        return f"write {found[0].path}"

    def _lseek(self, call: Call) -> None:
        found = self._open.get(_handle(call))
        if found is not None:
            found.at = call.result

    def _ftruncate(self, call: Call) -> str | None:
        found = self._file(call)
        if found is None:
            return None
        found[1].do(Truncate(int(call.rest.rpartition(" ")[2])))
        return f"truncate {found[0].path}"

    def _close(self, call: Call) -> None:
        self._open.pop(_handle(call), None)

    # ------------------------------------------------------------------ syncs
    def _fsync(self, call: Call) -> Synced | None:
        found = self._open.get(_handle(call))
        if found is None:
            return None
        site = f"{self._site or 'sqlite'}: {kind(found.path)}"
        self._site = ""
        if not self.skip(site):
            found.node.sync()
        return Synced(site)

    _fdatasync = _fsync

    def _sync(self, call: Call) -> Synced:
        site, self._site = f"{self._site}: all", ""
        if not self.skip(site):
            for node in everything(self.root):
                node.sync()
        return Synced(site)


def _handle(call: Call) -> int:
    return int(call.rest.partition(",")[0])


def kind(path: str) -> str:
    """A path without what differs from file to file of its kind."""
    path = re.sub(r"[0-9a-f]{62,64}", "DIGEST", path)
    path = re.sub(r"[0-9a-f]{8}\.pem", "KEY.pem", path)
    path = re.sub(r"sha256/[0-9a-f]{2}(?=/|\Z)", "sha256/HH", path)
    return re.sub(r"\b\d+\b", "N", path)


def same(folder: Folder, real: Path) -> list[str]:
    """Where the model and a real folder differ. Shared memory of SQLite is left out."""
    wrong = []
    names = {p.name for p in real.iterdir()}
    if names != set(folder.names):
        wrong.append(f"{real}: {sorted(names ^ set(folder.names))}")
    for name, node in folder.names.items():
        path = real / name
        if isinstance(node, Folder):
            wrong += same(node, path)
        elif not name.endswith("-shm") and path.exists() and path.read_bytes() != bytes(node.now):
            wrong.append(f"{path}: {path.stat().st_size} bytes, the model has {len(node.now)}")
    return wrong
