"""The log in PostgreSQL: writers of many machines queue before the one row of the tree."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from typing import Any, Final, LiteralString, TypeVar

import psycopg
from psycopg import sql as sql_of
from psycopg.conninfo import conninfo_to_dict

from dutybound.ledger.merkle import Frontier
from dutybound.store.batch import GroupCommit, Waiting
from dutybound.store.errors import StoreError
from dutybound.store.log_store import Item, StoredCheckpoint, check_items, edge_of

T = TypeVar("T")
Row = tuple[Any, ...]
Connection = psycopg.Connection[Row]
DEFAULT_SCHEMA: Final = "dutybound_log"
VERSION: Final = 1
_FEW: Final = 8
_SCHEMA: Final[LiteralString] = """
CREATE TABLE tree (
    one int PRIMARY KEY CHECK (one = 1), version int NOT NULL, size bigint NOT NULL,
    edge bytea NOT NULL
);
CREATE TABLE entry (idx bigint PRIMARY KEY, leaf bytea NOT NULL UNIQUE, body bytea NOT NULL);
CREATE TABLE name (digest bytea PRIMARY KEY, idx bigint NOT NULL);
CREATE INDEX name_by_idx ON name (idx);
CREATE TABLE node (level int, idx bigint, hash bytea NOT NULL, PRIMARY KEY (level, idx));
CREATE TABLE checkpoint (size bigint PRIMARY KEY, note bytea NOT NULL, published boolean NOT NULL);
INSERT INTO tree VALUES (1, 1, 0, '');
"""


class PostgresLog:
    """A log in a schema of a PostgreSQL database. Safe for threads, processes and machines."""

    def __init__(self, dsn: str, schema: str = DEFAULT_SCHEMA) -> None:
        """Open the database, and make the tables if they are not there. Raises StoreError.

        dsn: a connection string. It is kept, but never shown. schema: a plain name.
        """
        self._dsn = dsn
        self._schema = schema
        self._secret = _password(dsn)
        self._key = int.from_bytes(sha256(schema.encode()).digest()[:8], "big", signed=True)
        self._publisher = threading.Lock()
        self._reading = threading.Lock()
        self._connections: dict[str, Connection] = {}
        self._group = GroupCommit(self._commit)
        try:
            self._write(self._prepare)
        except StoreError:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"PostgresLog(schema={self._schema!r})"

    def _failed(self, error: psycopg.Error) -> StoreError:
        text = " ".join(str(error).split())
        if self._secret:
            text = text.replace(self._secret, "***")
        return StoreError(f"the log's PostgreSQL database says: {text}")

    def _connection(self, use: str) -> Connection:
        found = self._connections.get(use)
        if found is None or found.closed:
            found = psycopg.connect(self._dsn, autocommit=True)
            self._connections[use] = found
            if found.execute("SHOW fsync").fetchone() != ("on",):
                raise StoreError("the PostgreSQL server runs with fsync off: nothing is durable")
            found.execute("SET synchronous_commit TO on")
            found.execute("SELECT set_config('search_path', %s, false)", (self._schema,))
        return found

    def _prepare(self, connection: Connection) -> None:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (self._key,))
        sql = "SELECT 1 FROM information_schema.tables WHERE table_schema = %s AND table_name = %s"
        if connection.execute(sql, (self._schema, "tree")).fetchone() is None:
            name = sql_of.Identifier(self._schema)
            make = sql_of.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name)
            connection.execute(make)
            connection.execute(_SCHEMA)
        found = connection.execute("SELECT version FROM tree").fetchone()
        if found != (VERSION,):
            raise StoreError(f"the log's tables have another version than {VERSION}")

    # ------------------------------------------------------------------ writing
    def append(self, items: Sequence[Item]) -> list[int]:
        """See LogStore."""
        return self._group.append(items, check_items(items))

    def _commit(self, waiting: list[Waiting]) -> None:
        def work(connection: Connection) -> None:
            # The lock on this row is the queue of all writers, on every machine.
            row = connection.execute("SELECT size, edge FROM tree FOR UPDATE").fetchone()
            if row is None:
                raise StoreError("the log's tree is gone from its table")
            frontier = edge_of(row[0], row[1])
            _append_to(connection, frontier, waiting)

        self._write(work)

    def _write(self, work: Callable[[Connection], T]) -> T:
        """Do work in one transaction; durable on return."""
        try:
            connection = self._connection("write")
            with connection.transaction():
                return work(connection)
        except psycopg.Error as error:
            raise self._failed(error) from error

    def put_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """See LogStore."""

        def work(connection: Connection) -> None:
            connection.execute("SELECT 1 FROM tree FOR UPDATE")
            (newest,) = connection.execute(
                "SELECT coalesce(max(size), -1) FROM checkpoint"
            ).fetchone() or (-1,)
            if checkpoint.size < newest:
                raise StoreError(f"a checkpoint of {newest} is kept already; sizes only grow")
            connection.execute(
                "INSERT INTO checkpoint VALUES (%s, %s, %s) ON CONFLICT (size) DO UPDATE SET"
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
        # Threads share the connection, and so the advisory lock.
        with self._publisher, self._before_other_processes():
            yield

    @contextmanager
    def _before_other_processes(self) -> Iterator[None]:
        key = self._key ^ 1
        try:
            connection = self._connection("publish")
            connection.execute("SELECT pg_advisory_lock(%s)", (key,))
        except psycopg.Error as error:
            raise self._failed(error) from error
        try:
            yield
        finally:
            if not connection.closed:
                connection.execute("SELECT pg_advisory_unlock(%s)", (key,))

    # ------------------------------------------------------------------ reading
    def _rows(self, sql: LiteralString, *values: Any) -> list[Row]:
        with self._reading:
            try:
                return self._connection("read").execute(sql, values).fetchall()
            except psycopg.Error as error:
                raise self._failed(error) from error

    def _column(self, sql: LiteralString, start: int, end: int, *before: int) -> list[bytes]:
        found = [value for (value,) in self._rows(sql, *before, start, end - 1)]
        if len(found) != end - start:
            raise StoreError(f"rows of the log are missing between {start:,} and {end:,}")
        return found

    def tree(self) -> Frontier:
        """See LogStore."""
        ((size, edge),) = self._rows("SELECT size, edge FROM tree")
        return edge_of(size, edge)

    def leaves(self, start: int, end: int) -> bytes:
        """See LogStore."""
        sql: LiteralString = "SELECT leaf FROM entry WHERE idx BETWEEN %s AND %s ORDER BY idx"
        return b"".join(self._column(sql, start, end))

    def bodies(self, start: int, end: int) -> list[bytes]:
        """See LogStore."""
        return self._column(
            "SELECT body FROM entry WHERE idx BETWEEN %s AND %s ORDER BY idx", start, end
        )

    def nodes(self, level: int, start: int, end: int) -> bytes:
        """See LogStore."""
        sql: LiteralString = (
            "SELECT hash FROM node WHERE level = %s AND idx BETWEEN %s AND %s ORDER BY idx"
        )
        return b"".join(self._column(sql, start, end, level))

    def index_of(self, name: bytes) -> int | None:
        """See LogStore."""
        rows = self._rows(
            "SELECT idx FROM name WHERE digest = %s UNION SELECT idx FROM entry WHERE leaf = %s",
            name,
            name,
        )
        return rows[0][0] if rows else None

    def names(self, start: int, end: int) -> list[tuple[bytes, int]]:
        """See LogStore."""
        rows = self._rows(
            "SELECT digest, idx FROM name WHERE idx BETWEEN %s AND %s ORDER BY idx, digest",
            start,
            end - 1,
        )
        return [(digest, idx) for digest, idx in rows]

    def checkpoints(self, *, newest: bool = False) -> list[StoredCheckpoint]:
        """See LogStore."""
        whole: LiteralString = "SELECT size, note, published FROM checkpoint ORDER BY size"
        rows = self._rows(whole + " DESC LIMIT 1" if newest else whole)
        return [StoredCheckpoint(size, note, shown) for size, note, shown in rows]

    def close(self) -> None:
        """See LogStore."""
        for connection in self._connections.values():
            connection.close()


def _password(dsn: str) -> str:
    """The password in a connection string, so that no message repeats it."""
    try:
        return str(conninfo_to_dict(dsn).get("password") or "")
    except psycopg.Error:
        # Its text may repeat a part of the string.
        raise StoreError("this is no connection string that PostgreSQL understands") from None


def _append_to(connection: Connection, frontier: Frontier, waiting: list[Waiting]) -> None:
    """Append what is new in one go, and fill in the index of each item."""
    leaves = [leaf for one in waiting for leaf in one.leaves]
    found = connection.execute(
        "SELECT leaf, idx FROM entry WHERE leaf = ANY(%s)", (leaves,), binary=True
    )
    index: dict[bytes, int] = {bytes(leaf): idx for leaf, idx in found}
    rows: list[tuple[int, bytes, bytes]] = []
    names: dict[bytes, int] = {}
    for one in waiting:
        for item, leaf in zip(one.items, one.leaves, strict=True):
            if leaf not in index:
                index[leaf] = frontier.size + len(rows)
                rows.append((index[leaf], leaf, item.entry))
            if item.name is not None:
                names.setdefault(item.name, index[leaf])
        one.indices[:] = [index[leaf] for leaf in one.leaves]
    complete = frontier.extend(leaf for _, leaf, _ in rows)
    with connection.pipeline() if len(rows) <= _FEW else _nothing():
        _insert(connection, rows, names, complete)
        connection.execute(
            "UPDATE tree SET size = %s, edge = %s", (frontier.size, b"".join(frontier.edge))
        )


def _insert(
    connection: Connection,
    rows: list[tuple[int, bytes, bytes]],
    names: dict[bytes, int],
    complete: list[tuple[int, int, bytes]],
) -> None:
    if len(rows) <= _FEW:
        for row in rows:
            connection.execute("INSERT INTO entry VALUES (%s, %s, %s)", row)
    else:
        with connection.cursor().copy("COPY entry FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int8", "bytea", "bytea"])
            for row in rows:
                copy.write_row(row)
    if names:
        connection.execute(
            "INSERT INTO name SELECT * FROM unnest(%s::bytea[], %s::bigint[])"
            " ON CONFLICT DO NOTHING",
            (list(names), list(names.values())),
        )
    for node in complete:
        connection.execute("INSERT INTO node VALUES (%s, %s, %s)", node)


@contextmanager
def _nothing() -> Iterator[None]:
    yield
