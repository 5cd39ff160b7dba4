"""A journal of records: durable before append returns, whatever is killed when.

Segments are text files, one record a line: check value, sequence number, bytes. Sequence numbers
are given here, from 1, without a gap; so that a gap that is found later means that something was
lost. Threads that append at the same time share one sync (group commit). A line that a power cut
left half written was never acknowledged and is cut off when the journal is opened.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Condition, Lock
from typing import Final
from zlib import crc32

from dutybound.errors import BadInput, DutyboundError
from dutybound.store.durable import make_folder, sync_folder

NAME: Final = "{first:015d}.jsonl"
_SEGMENT: Final = re.compile(r"(\d{15})\.jsonl\Z")
LARGEST_LINE: Final = 4_000_000
SEGMENT_ROWS: Final = 100_000


class JournalError(DutyboundError):
    """A journal that was changed from outside, or that another process writes."""


class Journal:
    """The one writer of a folder of segments. rows: after how many a new segment begins."""

    def __init__(self, folder: Path, *, rows: int = SEGMENT_ROWS) -> None:
        make_folder(folder)
        self.folder, self._rows = folder, rows
        self._lock_file = os.open(folder / "lock", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock_file)
            text = "Another process writes this journal."
            raise JournalError(f"{folder.name}: {text}") from error
        self._writing, self._waiting = Lock(), Condition()
        self._pending: list[tuple[Sequence[bytes], list[int]]] = []
        self._handle = -1
        self._broken = False
        self._open()

    def _open(self) -> None:
        found = segments(self.folder)
        if not found:
            self._next, self._in_segment = 1 + _sealed_to(self.folder), 0
            self._begin()
            return
        path = found[-1]
        whole, self._next, self._in_segment = _sound_part(path)
        self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        os.ftruncate(self._handle, whole)
        os.fsync(self._handle)

    def _begin(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
        path = self.folder / NAME.format(first=self._next)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL | os.O_CLOEXEC
        self._handle = os.open(path, flags, 0o600)
        sync_folder(self.folder)
        self._in_segment = 0

    def append(self, records: Sequence[bytes]) -> tuple[int, int]:
        """Write records; returns the first and last sequence number when they are durable.

        records: without line breaks. Raises BadInput for one that has one or is too long.
        """
        for record in records:
            if b"\n" in record or len(record) > LARGEST_LINE:
                text = f"A record is one line of at most {LARGEST_LINE:,} bytes."
                raise BadInput.one("record", text)
        if not records:
            raise BadInput.one("record", "There is nothing to append.")
        given: list[int] = []
        with self._waiting:
            self._pending.append((records, given))
        with self._writing:  # whoever gets in first writes for all who wait
            if not given and not self._broken:
                self._commit()
        if not given:
            text = "It could not be made durable. Open the journal again before you go on."
            raise JournalError(f"{self.folder.name}: {text}")
        return given[0], given[-1]

    def _commit(self) -> None:
        with self._waiting:
            batch, self._pending = self._pending, []
        lines: list[bytes] = []
        number = self._next
        numbered = []
        for records, given in batch:
            numbers = list(range(number, number + len(records)))
            number += len(records)
            lines += [line_of(n, r) for n, r in zip(numbers, records, strict=True)]
            numbered.append((given, numbers))
        self._broken = True  # until it is durable: after a failed write nobody knows what is there
        try:
            _write_all(self._handle, b"".join(lines))
            os.fdatasync(self._handle)
        except OSError as error:
            text = f"{error.strerror}. Whether the records were kept is not known."
            raise JournalError(f"{self.folder.name}: {text}") from error
        self._broken = False
        self._in_segment += len(lines)
        self._next = number
        if self._in_segment >= self._rows:
            self._begin()
        for given, numbers in numbered:
            given.extend(numbers)

    def roll(self) -> None:
        """Begin a new segment, so that what was written can be sealed."""
        with self._writing:
            if self._in_segment:
                self._begin()

    def close(self) -> None:
        """Let go of the files."""
        os.close(self._handle)
        os.close(self._lock_file)


def line_of(number: int, record: bytes) -> bytes:
    """A line of a segment."""
    body = b"%d %s" % (number, record)
    return b"%08x %s\n" % (crc32(body), body)


def _write_all(handle: int, raw: bytes) -> None:
    view = memoryview(raw)
    while view:
        view = view[os.write(handle, view) :]


def segments(folder: Path) -> list[Path]:
    """The segments of a journal, oldest first. The last one is still being written."""
    return sorted(p for p in folder.iterdir() if _SEGMENT.match(p.name))


def first_of(path: Path) -> int:
    """The first sequence number of a segment, by its name."""
    return int(path.name.partition(".")[0])


def read_segment(path: Path) -> Iterator[tuple[int, bytes]]:
    """The records of a finished segment with their numbers. Raises JournalError."""
    expected = first_of(path)
    for line in path.read_bytes().splitlines(keepends=True):
        found = _read_line(line)
        if found is None or found[0] != expected:
            text = f"record {expected} is broken or missing. It was changed from outside."
            raise JournalError(f"{path.name}: {text}")
        yield found
        expected += 1


def _read_line(line: bytes) -> tuple[int, bytes] | None:
    if not line.endswith(b"\n") or len(line) < len("00000000 1 \n"):
        return None
    check, _, body = line[:-1].partition(b" ")
    number, _, record = body.partition(b" ")
    if check != b"%08x" % crc32(body) or not number.isdigit():
        return None
    return int(number), record


def _sound_part(path: Path) -> tuple[int, int, int]:
    """Of the last segment: bytes that are whole lines, the next number, how many lines."""
    size, number, count = 0, first_of(path), 0
    for line in path.read_bytes().splitlines(keepends=True):
        found = _read_line(line)
        if found is None or found[0] != number:
            break
        size, number, count = size + len(line), number + 1, count + 1
    return size, number, count


SEALED: Final = "sealed"


def _sealed_to(folder: Path) -> int:
    """The last sequence number that left the journal for a batch."""
    path = folder / SEALED
    return int(path.read_text(encoding="ascii")) if path.exists() else 0
