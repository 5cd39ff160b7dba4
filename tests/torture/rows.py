"""What lies in a log's database, read with plain SQL instead of the code that wrote it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol


class Rows(Protocol):
    """Answers of a database."""

    def ask(self, sql: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """Rows; `?` stands for a value."""
        ...


class _Sqlite:
    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, timeout=10)

    def ask(self, sql: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        return self.connection.execute(sql, values)

    def close(self) -> None:
        self.connection.close()


class _Postgres:
    def __init__(self, dsn: str) -> None:
        import psycopg

        self.connection = psycopg.connect(dsn, autocommit=True)
        self.connection.execute("SET search_path TO dutybound_log")

    def ask(self, sql: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        text = sql.replace("?", "%s")
        return iter(self.connection.execute(text, values or None))

    def close(self) -> None:
        self.connection.close()


@contextmanager
def rows(place: Path | str) -> Iterator[Rows]:
    """The database at a path, or at a connection string."""
    opened = _Postgres(place) if isinstance(place, str) else _Sqlite(place)
    with closing(opened):
        yield opened


def contiguous(database: Rows) -> tuple[int, list[str]]:
    """The size of the log, and what does not fit together."""
    ((size,),) = database.ask("SELECT size FROM tree")
    ((count, last, different),) = database.ask(
        "SELECT count(*), coalesce(max(idx), -1), count(DISTINCT leaf) FROM entry"
    )
    wrong = []
    if not size == count == last + 1:
        wrong.append(f"the tree has {size} entries, {count} are there, the last is {last}")
    if different != count:
        wrong.append(f"only {different} of {count} entries differ")
    return size, wrong


def held(database: Rows, indices: Sequence[int]) -> dict[int, bytes]:
    """The entries at these indices."""
    found: dict[int, bytes] = {}
    for start in range(0, len(indices), 500):
        part = indices[start : start + 500]
        marks = ", ".join("?" * len(part))
        asked = database.ask(f"SELECT idx, body FROM entry WHERE idx IN ({marks})", *part)
        found.update((idx, bytes(body)) for idx, body in asked)
    return found


def heads(database: Rows) -> list[bytes]:
    """Every checkpoint that is kept, in order of size."""
    return [bytes(note) for (note,) in database.ask("SELECT note FROM checkpoint ORDER BY size")]
