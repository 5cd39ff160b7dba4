"""A table that Ibis connects to by URL. Statements run on the connection below Ibis.

Ibis connects and tells the types; its own results would import pandas, and some of its calls fail
on the DuckDB that is installed with it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlglot import exp

from dutybound.warehouse import sql
from dutybound.warehouse.dialects import OF_IBIS
from dutybound.warehouse.engines import (
    INSTALL,
    NO_RANGES,
    EngineError,
    name_of,
    quoted,
    server_seconds,
    short,
)
from dutybound.warehouse.sql import TABLE

# Times are in UTC and weeks start on Monday, whatever the account is set to; and a statement ends
# by itself some time after its deadline, which the server does not know of otherwise.
SETTINGS: Final[Mapping[str, Sequence[str]]] = {
    "databricks": ("SET TIME ZONE 'UTC'", "SET STATEMENT_TIMEOUT = {seconds}"),
    "duckdb": (
        "SET TimeZone = 'UTC'", NO_RANGES, "SET preserve_insertion_order = false",
        "SET memory_limit = '{memory}MB'", "SET temp_directory = {scratch}",
    ),
    "postgres": ("SET TIME ZONE 'UTC'", "SET statement_timeout = '{seconds}s'"),
    "snowflake": (
        "ALTER SESSION SET TIMEZONE = 'UTC', WEEK_START = 1",
        "ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = {seconds}",
    ),
}  # fmt: skip
# The base of the errors of each driver: looked up where the driver has been imported.
ERRORS: Final = (
    ("databricks.sql.exc", "Error"),
    ("duckdb", "Error"),
    ("google.api_core.exceptions", "GoogleAPIError"),
    ("google.auth.exceptions", "GoogleAuthError"),
    ("ibis.common.exceptions", "IbisError"),
    ("ibis.common.exceptions", "TableNotFound"),
    ("psycopg", "Error"),
    ("snowflake.connector.errors", "Error"),
)


class Ibis:
    """Any engine of OF_IBIS."""

    def __init__(self, asked: Mapping[str, Any]) -> None:
        try:
            import ibis
        except ImportError as error:
            raise EngineError(f"Ibis is missing. {INSTALL.format('warehouse')}") from error
        try:
            self._connection = ibis.connect(asked["place"])
            self.dialect = _dialect(str(self._connection.name))
            for setting in SETTINGS.get(self.dialect, ()):
                self._connection.raw_sql(setting.format(**_values(asked)))
            self._schema = self._schema_of(asked["table"])
        except _errors() as error:
            raise EngineError(short(error)) from error
        self._head = self._start(asked["table"])

    def _schema_of(self, table: str) -> dict[str, Any]:
        *parts, last = table.split(".")
        if len(parts) > 2:
            raise EngineError(f"`{table}` has more than three parts: catalog, schema and table.")
        catalog, database = (None, None, *parts)[-2:]
        return dict(self._connection.get_schema(last, catalog=catalog, database=database).items())

    def _start(self, table: str) -> str:
        """WITH decisions AS (SELECT each column, times in UTC without zone FROM table)."""
        columns = [_plain(name, kind) for name, kind in self._schema.items()]
        select = exp.select(*columns).sql(self.dialect)
        return f"WITH {TABLE} AS ({select} FROM {name_of(table, self.dialect)})"

    def types(self) -> dict[str, str]:
        """Column to type, whether or not it may be missing."""
        return {name: str(kind.copy(nullable=True)) for name, kind in self._schema.items()}

    def row_groups(self, column: str) -> Sequence[Sequence[Any]]:
        """Unknown here."""
        return []

    def run(self, text: str) -> Sequence[Sequence[Any]]:
        """Rows of a statement."""
        try:
            return list(_rows(self._connection.raw_sql(f"{self._head} {text}")))
        except _errors() as error:
            raise EngineError(short(error)) from error


def _dialect(backend: str) -> str:
    if backend not in OF_IBIS:
        known = ", ".join(OF_IBIS)
        raise EngineError(
            f"Whether `{backend}` reads the statements as they are meant is not known. Ibis may "
            f"connect to {known}."
        )
    return backend


def _values(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "seconds": server_seconds(asked),
        "memory": asked["memory"],
        "scratch": quoted(asked["scratch"]),
    }


def _plain(name: str, kind: Any) -> exp.Expr:
    """A column; a time with a zone as one without, in UTC."""
    column = sql.column(name)
    if not kind.is_timestamp() or kind.timezone is None:
        return column
    return exp.alias_(sql.cast(column, "TIMESTAMP"), name, quoted=True)


def _rows(found: Any) -> Iterator[Sequence[Any]]:
    if hasattr(found, "fetchall"):
        found = found.fetchall()
    for row in found:
        yield tuple(row.values()) if hasattr(row, "values") else tuple(row)


def _errors() -> tuple[type[Exception], ...]:
    """What the drivers that were imported raise, and what Ibis says of a URL it cannot use."""
    found: list[type[Exception]] = [ImportError, OSError, ValueError, NotImplementedError]
    for module, name in ERRORS:
        if module in sys.modules:
            found.append(getattr(sys.modules[module], name))
    return tuple(found)
