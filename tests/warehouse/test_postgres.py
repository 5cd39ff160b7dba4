"""PostgreSQL gives the bytes that DuckDB gives for the same rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dutybound.assess.describe import as_json
from dutybound.errors import BadInput
from dutybound.terms.table import Banded, Feature, Source
from dutybound.warehouse.description import describe_table
from dutybound.warehouse.profile_file import profile_bytes
from dutybound.warehouse.scan import profile_table
from tests.store.conftest import postgres  # noqa: F401 - a fixture
from tests.warehouse.kit import CONFIG, ROWS, write

NAME = 'a "quoted" name'
DATA: dict[str, Any] = {**ROWS, NAME: [0.1 * i for i in range(10)], "flag": [True, False] * 5}


@pytest.fixture
def table(postgres: str) -> str:  # noqa: F811
    """A connection string to a server that has the rows in a table of a schema."""
    kinds = ("BIGINT", "TIMESTAMP", "DOUBLE PRECISION", "TEXT", "TEXT", "BIGINT",
             "DOUBLE PRECISION", "TEXT", "BIGINT", "DOUBLE PRECISION", "BOOLEAN")  # fmt: skip
    columns = [
        psycopg.sql.SQL("{} " + kind).format(psycopg.sql.Identifier(name))
        for name, kind in zip(DATA, kinds, strict=True)
    ]
    target = psycopg.sql.Identifier("log", "select")
    with psycopg.connect(postgres) as connection:
        connection.execute("DROP SCHEMA IF EXISTS log CASCADE")
        connection.execute("CREATE SCHEMA log")
        listed = psycopg.sql.SQL(", ").join(columns)
        connection.execute(psycopg.sql.SQL("CREATE TABLE {} ({})").format(target, listed))
        marks = psycopg.sql.SQL(", ").join(psycopg.sql.Placeholder() * len(DATA))
        insert = psycopg.sql.SQL("INSERT INTO {} VALUES ({})").format(target, marks)
        for row in zip(*DATA.values(), strict=True):
            connection.execute(insert, row)
    return postgres


def test_the_same_bytes(tmp_path: Path, table: str) -> None:
    config = replace(
        CONFIG,
        features=(*CONFIG.features, Feature(NAME, "number"), Feature("flag", "category")),
        legitimate=(Banded("channel", "channel"),),
        unique_ids=True,
    )
    one = profile_table(write(tmp_path / "table.parquet", DATA), config)
    two = profile_table(Source("postgres", "table", table, "log.select"), config)
    assert one.reference is not None and two.reference is not None
    assert profile_bytes(one.reference) == profile_bytes(two.reference)
    assert profile_bytes(one.current) == profile_bytes(two.current)


def test_the_same_description(tmp_path: Path, table: str) -> None:
    """Ten rows in groups of three: only the names of types differ."""
    config = replace(CONFIG, features=(*CONFIG.features, Feature(NAME, "number")))
    sources = (
        write(tmp_path / "table.parquet", DATA),
        Source("postgres", "table", table, "log.select"),
    )
    one, two = (as_json(describe_table(source, config, 3))["columns"] for source in sources)
    assert ["BIGINT", "int8"] == [c[0].pop("type") for c in (one, two)]
    for found in (*one, *two):
        found.pop("type", None)
    assert one == two
    assert any(c["groups"] for c in one)


def test_no_table_and_no_password_in_the_error(table: str) -> None:
    with pytest.raises(BadInput, match="log.none") as error:
        profile_table(Source("postgres", "table", table, "log.none"), CONFIG)
    assert "not-shown" not in str(error.value)
