"""The log in an SQLite file: one writer at a time, durable before an index is given."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from dutybound.ledger.merkle import Frontier
from dutybound.store.batch import GroupCommit, Waiting
from dutybound.store.durable import make_folder, sync_folder
from dutybound.store.errors import StoreError
from dutybound.store.log_store import Item, StoredCheckpoint, check_items, edge_of
from dutybound.store.turn import Turn

T = TypeVar("T")
VERSION: Final = 1
_BUSY_MS: Final = 10_000
_ASKED: Final = 250
_SCHEMA: Final = """
CREATE TABLE tree (
    one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, edge BLOB NOT NULL
) STRICT;
CREATE TABLE entry (
    idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL UNIQUE, body BLOB NOT NULL
) STRICT;
CREATE TABLE name (digest BLOB PRIMARY KEY, idx INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX name_by_idx ON name (idx);
CREATE TABLE node (
    level INTEGER, idx INTEGER, hash BLOB NOT NULL, PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY, note BLOB NOT NULL, published INTEGER NOT NULL
) STRICT;
INSERT INTO tree VALUES (1, 0, x'');
"""


class SqliteLog:
    """A log in one file. Safe for threads, and for several processes on one machine."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it. Raises StoreError."""
        self.path = path
        make_folder(path.parent)
        self._turn = Turn(path)
        self._publish = Turn(path.with_name(f"{path.name}.publish"))
        self._publisher = threading.Lock()
        self._reading = threading.Lock()
        self._open: list[sqlite3.Connection] = []
        try:
            self._writer = self._connect()
            with self._turn:
                self._prepare()
            self._reader = self._connect()
        except sqlite3.Error as error:
            self.close()
            raise self._failed(error) from error
        except StoreError:
            self.close()
            raise
        self._group = GroupCommit(self._commit)

    def _connect(self) -> sqlite3.Connection:
        found = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, timeout=_BUSY_MS / 1000
        )
        self._open.append(found)
        found.execute("PRAGMA journal_mode=WAL")
        found.execute("PRAGMA synchronous=FULL")
        return found

    def _prepare(self) -> None:
        (version,) = self._writer.execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._writer.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version={VERSION}; COMMIT;"
            )
            sync_folder(self.path.parent)
        elif version != VERSION:
            raise StoreError(
                f"{self.path}: written in version {version} of the store; this is {VERSION}"
            )

    def _failed(self, error: sqlite3.Error) -> StoreError:
        return StoreError(f"{self.path}: the log's database says: {error}")

    # ------------------------------------------------------------------ writing
    def append(self, items: Sequence[Item]) -> list[int]:
        """See LogStore."""
        return self._group.append(items, check_items(items))

    def _commit(self, waiting: list[Waiting]) -> None:
        def work(cursor: sqlite3.Connection) -> None:
            frontier = _tree(cursor)
            for one in waiting:
                one.indices[:] = _append_to(cursor, frontier, one)
            edge = b"".join(frontier.edge)
            cursor.execute("UPDATE tree SET size = ?, edge = ?", (frontier.size, edge))

        self._write(work)

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do work in one transaction; durable on return."""
        with self._turn:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    done = work(self._writer)
                    self._writer.execute("COMMIT")
                finally:
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise self._failed(error) from error
        return done

    def put_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """See LogStore."""

        def work(cursor: sqlite3.Connection) -> None:
            (newest,) = cursor.execute("SELECT coalesce(max(size), -1) FROM checkpoint").fetchone()
            if checkpoint.size < newest:
                raise StoreError(f"a checkpoint of {newest} is kept already; sizes only grow")
            cursor.execute(
                "INSERT INTO checkpoint VALUES (?, ?, ?) ON CONFLICT (size) DO UPDATE SET"
                " note = excluded.note, published = excluded.published",
                (checkpoint.size, checkpoint.note, checkpoint.published),
            )

        with self._group.alone():
            self._write(work)

    def publishing(self) -> AbstractContextManager[None]:
        """See LogStore."""
        return self._publishing()

    @contextmanager
    def _publishing(self) -> Iterator[None]:
        with self._publisher, self._publish:
            yield

    # ------------------------------------------------------------------ reading
    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._reading:
            try:
                return self._reader.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise self._failed(error) from error

    def _column(self, sql: str, start: int, end: int, *before: int) -> list[bytes]:
        found = [value for (value,) in self._rows(sql, *before, start, end - 1)]
        if len(found) != end - start:
            raise StoreError(f"{self.path}: rows are missing between {start:,} and {end:,}")
        return found

    def tree(self) -> Frontier:
        """See LogStore."""
        ((size, edge),) = self._rows("SELECT size, edge FROM tree")
        return edge_of(size, edge)

    def leaves(self, start: int, end: int) -> bytes:
        """See LogStore."""
        sql = "SELECT leaf FROM entry WHERE idx BETWEEN ? AND ? ORDER BY idx"
        return b"".join(self._column(sql, start, end))

    def bodies(self, start: int, end: int) -> list[bytes]:
        """See LogStore."""
        return self._column(
            "SELECT body FROM entry WHERE idx BETWEEN ? AND ? ORDER BY idx", start, end
        )

    def nodes(self, level: int, start: int, end: int) -> bytes:
        """See LogStore."""
        sql = "SELECT hash FROM node WHERE level = ? AND idx BETWEEN ? AND ? ORDER BY idx"
        return b"".join(self._column(sql, start, end, level))

    def index_of(self, name: bytes) -> int | None:
        """See LogStore."""
        sql = "SELECT idx FROM name WHERE digest = ? UNION SELECT idx FROM entry WHERE leaf = ?"
        rows = self._rows(sql, name, name)
        return rows[0][0] if rows else None

    def names(self, start: int, end: int) -> list[tuple[bytes, int]]:
        """See LogStore."""
        sql = "SELECT digest, idx FROM name WHERE idx BETWEEN ? AND ? ORDER BY idx, digest"
        return [(digest, idx) for digest, idx in self._rows(sql, start, end - 1)]

    def checkpoints(self, *, newest: bool = False) -> list[StoredCheckpoint]:
        """See LogStore."""
        order = "DESC LIMIT 1" if newest else "ASC"
        rows = self._rows(f"SELECT size, note, published FROM checkpoint ORDER BY size {order}")  # noqa: S608
        return [StoredCheckpoint(size, note, bool(shown)) for size, note, shown in rows]

    def close(self) -> None:
        """See LogStore."""
        with self._reading:
            for connection in self._open:
                connection.close()
        self._turn.close()
        self._publish.close()


def _tree(cursor: sqlite3.Connection) -> Frontier:
    size, edge = cursor.execute("SELECT size, edge FROM tree").fetchone()
    return edge_of(size, edge)


def _append_to(cursor: sqlite3.Connection, frontier: Frontier, one: Waiting) -> list[int]:
    """Append what is new, and return the index of each item."""
    index = _held(cursor, one.leaves)
    rows: list[tuple[int, bytes, bytes]] = []
    names: list[tuple[bytes, int]] = []
    for item, leaf in zip(one.items, one.leaves, strict=True):
        if leaf not in index:
            index[leaf] = frontier.size + len(rows)
            rows.append((index[leaf], leaf, item.entry))
        if item.name is not None:
            names.append((item.name, index[leaf]))
    cursor.executemany("INSERT INTO entry VALUES (?, ?, ?)", rows)
    cursor.executemany("INSERT OR IGNORE INTO name VALUES (?, ?)", names)
    complete = frontier.extend(leaf for _, leaf, _ in rows)
    cursor.executemany("INSERT INTO node VALUES (?, ?, ?)", complete)
    return [index[leaf] for leaf in one.leaves]


def _held(cursor: sqlite3.Connection, leaves: list[bytes]) -> dict[bytes, int]:
    """The indices of the leaf hashes that are there already."""
    found: dict[bytes, int] = {}
    for start in range(0, len(leaves), _ASKED):
        part = leaves[start : start + _ASKED]
        width = 1 if len(part) == 1 else _ASKED  # two texts only, so that they stay prepared
        marks = ", ".join("?" * width)
        sql = f"SELECT leaf, idx FROM entry WHERE leaf IN ({marks})"  # noqa: S608
        found.update(cursor.execute(sql, part + part[:1] * (width - len(part))).fetchall())
    return found
