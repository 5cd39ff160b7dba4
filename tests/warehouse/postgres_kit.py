"""Tables of Arrow in a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
import pyarrow as pa
from psycopg import sql

KINDS = {
    "int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT", "double": "DOUBLE PRECISION",
    "string": "TEXT", "bool": "BOOLEAN", "timestamp[us]": "TIMESTAMP",
    "timestamp[us, tz=UTC]": "TIMESTAMPTZ",
}  # fmt: skip


def load(dsn: str, schema: str, table: str, columns: Mapping[str, pa.Array]) -> None:
    """Put columns into a table of a schema that is made anew."""
    target = sql.Identifier(schema, table)
    kinds = [
        sql.SQL("{} " + KINDS[str(column.type)]).format(sql.Identifier(name))
        for name, column in columns.items()
    ]
    listed = sql.SQL(", ").join(kinds)
    with psycopg.connect(dsn) as connection:
        head = sql.Identifier(schema)
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(head))
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(head))
        connection.execute(sql.SQL("CREATE TABLE {} ({})").format(target, listed))
        with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(target)) as copy:
            for row in zip(*(c.to_pylist() for c in columns.values()), strict=True):
                copy.write_row(row)
