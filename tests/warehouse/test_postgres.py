"""PostgreSQL gives the bytes that DuckDB gives for the same rows."""

from __future__ import annotations

from dataclasses import replace
from hashlib import md5
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dutybound.assess.describe import as_json
from dutybound.errors import BadInput
from dutybound.terms.table import (
    Banded,
    Domain,
    Feature,
    Label,
    Limits,
    PredictedInterval,
    Score,
    Source,
    TableConfig,
    Window,
)
from dutybound.warehouse.bins import Bins
from dutybound.warehouse.description import describe_table
from dutybound.warehouse.profile_file import profile_bytes
from dutybound.warehouse.scan import profile_table
from tests.store.conftest import postgres  # noqa: F401 - a fixture
from tests.warehouse import everything
from tests.warehouse.kit import CONFIG, ROWS, write
from tests.warehouse.postgres_kit import load

NAME = 'a "quoted" name'
DATA: dict[str, Any] = {**ROWS, NAME: [0.1 * i for i in range(10)], "flag": [True, False] * 5}


@pytest.fixture
def table(postgres: str) -> str:  # noqa: F811
    """A connection string to a server that has the rows in a table of a schema."""
    columns = {name: pa.array(values) for name, values in DATA.items()}
    columns["at"] = columns["at"].cast(pa.timestamp("us"))
    load(postgres, "log", "select", columns)
    return postgres


@pytest.mark.parametrize("weights", [None, "id", NAME])
def test_the_same_bytes(tmp_path: Path, table: str, weights: str | None) -> None:
    config = replace(
        CONFIG,
        weights=weights,
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


def test_everything(tmp_path: Path, postgres: str) -> None:  # noqa: F811
    """Proxies, drawn rows, delays, factors, estimates, alternatives, a look: equal to the bit.

    Among the values are some whose square is too small for a double, which is an error to
    PostgreSQL and 0 to others.
    """
    columns = everything.columns()
    load(postgres, "log", "all", columns)
    one = profile_table(write(tmp_path / "t.parquet", columns), everything.CONFIG)
    two = profile_table(Source("postgres", "table", postgres, "log.all"), everything.CONFIG)
    assert everything.counts(one) == everything.counts(two)
    assert everything.outputs(one) == everything.outputs(two)


def test_an_empty_window(postgres: str) -> None:  # noqa: F811
    load(postgres, "log", "all", everything.columns())
    with pytest.raises(BadInput, match="The current window holds no row"):
        profile_table(Source("postgres", "table", postgres, "log.all"), everything.EMPTY)


def test_a_number_of_any_size(tmp_path: Path, postgres: str) -> None:  # noqa: F811
    """Errors, scores and bins of values from the least to the largest double."""
    ends = [5e-324, 1e-310, 1e-200, 1e-30, 1.0, 1e30, 1e200, 1e307, 1.7e308]
    some = [s * v for v in ends for s in (1, -1)]
    pairs = [(y, p) for y in some for p in some]
    columns = {
        "y": pa.array([y for y, _ in pairs]),
        "p": pa.array([p for _, p in pairs]),
        "s": pa.array([abs(p) / 1.8e308 for _, p in pairs]),
        "top": pa.array([some[(i * 7) % len(some)] for i in range(len(pairs))]),
    }
    config = TableConfig(
        "sizes", label=Label("y", "number"), prediction="p", score=Score("s", 0.0, 1e6),
        prediction_interval=PredictedInterval("p", "top", 0.9),
        features=(Feature("p", "number"), Feature("s", "number")),
    )  # fmt: skip
    load(postgres, "log", "sizes", columns)
    wide = {"y": Bins(0.0, 1.0), "p": Bins(0.0, 2.0**900), "s": Bins(0.0, 2.0**-900)}
    config = replace(config, limits=replace(config.limits, memory=200))
    first = profile_table(write(tmp_path / "t.parquet", columns), config)
    for bins in ({}, wide):
        numbers = {
            name: replace(n, bins=bins.get(name, n.bins), values=None)
            for name, n in first.current.numbers.items()
        }
        before = replace(first.current, numbers=numbers)
        one, two = (
            profile_table(source, config, before)
            for source in (
                Source("duckdb", "parquet", str(tmp_path / "t.parquet")),
                Source("postgres", "table", postgres, "log.sizes"),
            )
        )
        assert profile_bytes(one.current) == profile_bytes(two.current)
        errors = one.current.errors
        assert errors is not None
        assert len(pairs) == int(errors.sums["scored"].sum())
        ranged, crossed = (int(errors.sums[k].sum()) for k in ("ranged", "crossed"))
        assert len(pairs) == ranged + crossed
        assert min(ranged, crossed) > 0


@pytest.mark.parametrize("kind", ["whole", "text"])
def test_rows_are_drawn_by_their_id_alone(
    tmp_path: Path,
    postgres: str,  # noqa: F811
    kind: str,
) -> None:
    """Which rows: worked out here from the ids, by multiplication and by MD5.

    Among the ids are the least and the largest that a BIGINT holds, and a missing one.
    """
    ids = [-(2**63), 2**63 - 1, None, *(i * 7919 - 10**6 for i in range(1997))]
    golden, seed, every = int((5**0.5 - 1) / 2 * 2**32), 5, 4
    if kind == "whole":
        moved = seed * golden % 2**32
        drawn = [
            i is not None and (abs(i) % 2**31 * golden + moved) % 2**32 < 2**32 // every
            for i in ids
        ]
        column = pa.array(ids, pa.int64())
    else:
        texts = [None if i is None else f"row {i}" for i in ids]
        hashed = [md5(f"{t or ''} {seed}".encode()).hexdigest()[:8] for t in texts]
        drawn = [h < f"{2**32 // every:08x}" for h in hashed]
        column = pa.array(texts)
    place = [float(i) for i in range(len(ids))]
    columns = {"id": column, "n": pa.array(place), "half": pa.array([1, 2] * 1000)}
    config = TableConfig(
        "drawn", row_id="id", features=(Feature("n", "number"),),
        reference=Window(column="half", values=(1,)), current=Window(column="half", values=(2,)),
        domain=Domain(rows=1000 // every, seed=seed),
        limits=Limits(memory=200, sample=1000, threads=1),
    )  # fmt: skip
    load(postgres, "log", "drawn", columns)
    sources = [Source("postgres", "table", postgres, "log.drawn")]
    sources += [write(tmp_path / "t.parquet", columns)] if kind == "whole" else []
    expected = [n for n, chosen in zip(place, drawn, strict=True) if chosen]
    assert 400 < len(expected) < 600
    for source in sources:
        sampled = profile_table(source, config).sampled
        assert sampled is not None
        assert expected == sorted(sampled.columns["n"])
