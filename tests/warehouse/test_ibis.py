"""The engine `ibis`, with two of its backends for real: DuckDB, and PostgreSQL on a server.

The pair ibis 12 and duckdb 2 that pip installs fails in four calls of Ibis. None is used here.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from time import sleep
from typing import Any, Literal

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutybound.assess.describe import as_json
from dutybound.errors import BadInput
from dutybound.terms.table import Limits, Source
from dutybound.warehouse import probe
from dutybound.warehouse.client import DeadlineError, Engine
from dutybound.warehouse.description import describe_table
from dutybound.warehouse.scan import profile_table
from tests.store.conftest import postgres  # noqa: F401 - a fixture
from tests.warehouse import everything
from tests.warehouse.kit import CONFIG, ROWS, write
from tests.warehouse.postgres_kit import load

ENDLESS = {
    "duckdb": "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c",
    "postgres": "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b",
}


def duckdb_file(folder: Path, columns: dict[str, Any], make: str = "") -> Path:
    """A DuckDB file with the columns in `my log`.`select`."""
    path, rows = folder / "log.duckdb", folder / "rows.parquet"
    pq.write_table(pa.table(columns), rows)
    with duckdb.connect(str(path)) as connection:
        connection.execute('CREATE SCHEMA "my log"')
        connection.execute(make or f"""CREATE TABLE "my log"."select" AS FROM '{rows}'""")
    return path


def postgres_url(dsn: str) -> tuple[str, str]:
    """A connection string as a URL, and its password."""
    parts = dict(p.split("=") for p in dsn.split())
    url = f"postgres:///{parts['dbname']}?host={parts['host']}&user={parts['user']}"
    return url, parts["password"]


def through(path: Path) -> Source:
    return Source("ibis", "table", f"duckdb://{path}", "my log.select")


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[bytes | str]:
    """What DuckDB counts without Ibis."""
    source = write(tmp_path_factory.mktemp("log") / "t.parquet", everything.columns())
    return everything.counts(profile_table(source, everything.CONFIG))


def test_everything_through_duckdb(tmp_path: Path, expected: list[bytes | str]) -> None:
    source = through(duckdb_file(tmp_path, everything.columns()))
    assert expected == everything.counts(profile_table(source, everything.CONFIG))


def test_everything_through_postgres(
    postgres: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    expected: list[bytes | str],
) -> None:
    """The server's settings are elsewhere than UTC; a time with a zone is the same moment."""
    columns = everything.columns()
    columns["at"] = columns["at"].cast(pa.timestamp("us", "UTC"))
    load(postgres, "my log", "select", columns)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("ALTER ROLE tester SET timezone TO 'Asia/Tokyo'")
    url, password = postgres_url(postgres)
    monkeypatch.setenv("PGPASSWORD", password)
    found = profile_table(Source("ibis", "table", url, "my log.select"), everything.CONFIG)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("ALTER ROLE tester RESET timezone")
    assert expected == everything.counts(found)


def test_types_quoting_and_columns_that_cannot_be_missing(tmp_path: Path) -> None:
    """Ibis marks NOT NULL in the name of a type. A decimal without places is a whole number."""
    make = """CREATE TABLE "my log"."select" (
        "a ""quoted"" name" DECIMAL(12, 0) NOT NULL, b DOUBLE NOT NULL, c VARCHAR, d DATE,
        e TIMESTAMPTZ, f BOOLEAN, g UUID, h UTINYINT)"""
    with Engine(through(duckdb_file(tmp_path, ROWS, make)), Limits(memory=200)) as engine:
        engine.open()
        assert {
            'a "quoted" name': "decimal(12, 0)", "b": "float64", "c": "string", "d": "date",
            "e": "timestamp('UTC', 6)", "f": "boolean", "g": "uuid", "h": "uint8",
        } == engine.types  # fmt: skip
        assert "duckdb" == engine.dialect


def test_the_same_description(tmp_path: Path) -> None:
    sources = (write(tmp_path / "t.parquet", ROWS), through(duckdb_file(tmp_path, timed(ROWS))))
    one, two = (as_json(describe_table(s, CONFIG, 3))["columns"] for s in sources)
    for found in (*one, *two):
        found.pop("type")
    assert one == two


def timed(columns: dict[str, Any]) -> dict[str, Any]:
    return {**columns, "at": pa.array(columns["at"]).cast(pa.timestamp("us"))}


def test_the_deadline_holds_in_the_process_that_is_ended(tmp_path: Path) -> None:
    source = through(duckdb_file(tmp_path, timed(ROWS)))
    with Engine(source, Limits(memory=200, deadline=60.0)) as engine:
        engine.open()
        engine.limits = Limits(deadline=1.0)
        pid = engine.pid
        with pytest.raises(DeadlineError, match="`endless` ran longer than 1 s and was ended"):
            engine.run("endless", ENDLESS["duckdb"])
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize("engine", ["postgres", "ibis"])
def test_a_server_does_not_go_on_after_the_deadline(
    postgres: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    engine: Literal["postgres", "ibis"],
) -> None:
    load(postgres, "my log", "select", {"x": pa.array([1])})
    url, password = postgres_url(postgres)
    monkeypatch.setenv("PGPASSWORD", password)
    place = url if engine == "ibis" else postgres
    source = Source(engine, "table", place, "my log.select")
    with Engine(source, Limits(deadline=5.0)) as opened:
        opened.open()
        with pytest.raises(DeadlineError):
            opened.run("endless", ENDLESS["postgres"])
    running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%series(1, 1000000) b'"
    with psycopg.connect(postgres, autocommit=True) as connection:
        assert (1,) == connection.execute(running).fetchone()
        for _ in range(300):
            if connection.execute(running).fetchone() == (0,):
                break
            sleep(0.1)
        else:
            pytest.fail("the server goes on")


@pytest.mark.parametrize(
    ("place", "table", "said"),
    [
        ("duckdb://{}", "my log.none", "none"),
        ("duckdb://{}/no/such/file", "x", "cannot be read"),
        ("sqlite://{}", "x", "Whether `sqlite` reads the statements as they are meant is not"),
        ("nothing://host/x", "x", "nothing"),
        ("snowflake://user@account/db/schema", "x", "snowflake"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, place: str, table: str, said: str) -> None:
    path = duckdb_file(tmp_path, timed(ROWS)) if place.startswith("duckdb") else tmp_path / "x.db"
    source = Source("ibis", "table", place.format(path), table)
    with pytest.raises(BadInput, match=said) as error:
        profile_table(source, CONFIG)
    assert "ended by itself" not in str(error.value)


def test_an_empty_window(tmp_path: Path) -> None:
    source = through(duckdb_file(tmp_path, everything.columns()))
    with pytest.raises(BadInput, match="The current window holds no row"):
        profile_table(source, everything.EMPTY)


# ---------------------------------------------------------------------- what is asked first
def test_an_engine_that_reads_otherwise_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a service would whose weeks start on Sunday and whose text knows no case."""
    right = probe.question
    other = right("duckdb").replace("'WEEK'", "'DAY'").replace("'a' = 'A'", "'a' = 'a'")
    assert other != right("duckdb")
    monkeypatch.setattr(probe, "question", lambda _: other)
    with pytest.raises(BadInput) as error:
        profile_table(through(duckdb_file(tmp_path, timed(ROWS))), replace(CONFIG))
    assert "whether weeks begin on Monday is 1 and not 0" in str(error.value)
    assert "text of another case is 0 and not 1" in str(error.value)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
def test_the_answers_are_right(dialect: str, postgres: str) -> None:  # noqa: F811
    if dialect == "duckdb":
        row = duckdb.execute(probe.question(dialect)).fetchone()
    else:
        with psycopg.connect(postgres) as connection:
            row = connection.execute(probe.question(dialect).encode()).fetchone()
    assert row is not None
    assert [] == probe.wrong([[str(v) if hasattr(v, "year") else v] for v in row])
