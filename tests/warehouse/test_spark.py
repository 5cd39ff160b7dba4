"""Spark, on a local cluster with two workers, gives DuckDB's counts bit for bit.

Needs the extra `spark`, which `make setup` leaves out; `make spark` installs it and runs this.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dutybound.assess.describe import as_json
from dutybound.packs.measure_config import read_measure_config
from dutybound.terms.table import (
    Banded,
    Decision,
    Feature,
    Label,
    Limits,
    Protected,
    Source,
    TableConfig,
)
from dutybound.warehouse.client import MODULE, Progress
from dutybound.warehouse.description import describe_table
from dutybound.warehouse.profile_file import profile_bytes
from dutybound.warehouse.scan import profile_table
from tests.warehouse.kit import CONFIG, INF, NAN, ROWS, write
from tests.warehouse.test_generate import script

ROOT = Path(__file__).resolve().parent.parent.parent
MASTER = "local-cluster[2,1,1024]"
SMALL = "local[1]"
LIMITS = Limits(deadline=600.0)
MISSING = importlib.util.find_spec("pyspark") is None

if MISSING and os.environ.get("DUTYBOUND_SPARK") == "required":
    raise RuntimeError("DUTYBOUND_SPARK says that Spark is here, but pyspark is not installed.")
pytestmark = pytest.mark.skipif(MISSING, reason="pyspark is not installed: run `make spark`")


def processes() -> Iterator[tuple[int, int, str]]:
    """Process, its group and its command line, of all that run; those that ended have none."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                yield int(entry.name), os.getpgid(int(entry.name)), words
            except (OSError, UnicodeDecodeError):
                continue


def executors() -> dict[int, int]:
    """Executors of clusters that this code started: process to its group."""
    found = list(processes())
    ours = {pid for pid, group, words in found if pid == group and MODULE in words}
    return {
        pid: group
        for pid, group, words in found
        if group in ours and "CoarseGrainedExecutorBackend" in words
    }


def spark(source: Source, master: str) -> Source:
    return Source("spark", "parquet", source.place, None, master)


def test_two_workers_give_the_same_bytes(tmp_path: Path) -> None:
    """100,000 rows with 20 features and 3 attributes: bins, counts and sums of both windows."""
    path = tmp_path / "log.parquet"
    script().write(path, 100_000, 7)
    config = read_measure_config(ROOT / "examples/decision-log/measures.yaml")
    config = replace(config, limits=LIMITS)
    one = profile_table(Source("duckdb", "parquet", str(path)), config)
    seen: dict[int, int] = {}

    def look(now: Progress) -> None:
        if now.done >= 2:
            seen.update(executors())

    two = profile_table(Source("spark", "parquet", str(path), None, MASTER), config, report=look)
    assert one.reference is not None and two.reference is not None
    assert profile_bytes(one.reference) == profile_bytes(two.reference)
    assert profile_bytes(one.current) == profile_bytes(two.current)
    assert 2 == len(seen)
    assert [] == [words for _, group, words in processes() if words and group in seen.values()]


def test_awkward_values_and_names(tmp_path: Path) -> None:
    """NaN, infinities, missing values, a quote, a backtick, a keyword, ties and weights."""
    data: dict[str, Any] = {
        **ROWS,
        "a`b \"c' select": [1e308, -1e308, 5e-324, -0.0, 0.0, 1 / 3, NAN, INF, -INF, None],
        "word": ["it's", "\\", '"', "`", "größe", None, "", " ", "(missing)", "%"],
        "flag": [True, False, None, True, True, False, None, True, True, False],
        "w": [0.1 * i for i in range(10)],
    }
    config = replace(
        CONFIG,
        features=(
            *CONFIG.features, Feature("a`b \"c' select", "number"), Feature("word", "category"),
        ),
        legitimate=(Banded("flag", "flag"),),
        weights="w",
        limits=LIMITS,
    )  # fmt: skip
    source = write(tmp_path / "table.parquet", data)
    one = profile_table(source, config)
    two = profile_table(spark(source, SMALL), config)
    assert one.reference is not None and two.reference is not None
    assert profile_bytes(one.reference) == profile_bytes(two.reference)
    assert profile_bytes(one.current) == profile_bytes(two.current)


def test_regression_and_a_text_id(tmp_path: Path) -> None:
    """Another reading of the same bins: the sample is by the engine's own hash."""
    data: dict[str, Any] = {
        "id": [f"row {i}" for i in range(4000)],
        "y": [((i * 37) % 1009) / 7 for i in range(4000)],
        "p": [((i * 41) % 1009) / 7 for i in range(4000)],
        "who": ["a'b", "c"] * 2000,
        "yes": ["y\\es", "no"] * 2000,
    }
    config = TableConfig(
        "regression",
        row_id="id",
        label=Label("y", "number"),
        prediction="p",
        decision=Decision("yes", ("y\\es",)),
        protected=(Protected(Banded("who", "who", {"first": ("a'b",)})),),
        limits=replace(LIMITS, sample=1000),
    )
    source = write(tmp_path / "table.parquet", data)
    one = profile_table(source, config).current
    two = profile_table(spark(source, SMALL), config, one).current
    assert profile_bytes(one) == profile_bytes(two)
    assert 2000 == int(two.by("who").over("who", "decision")[0][1])


def test_the_same_description(tmp_path: Path) -> None:
    """Ten rows in groups of three: only the names of types differ."""
    name = 'a `quoted" name'
    columns = {**ROWS, name: [0.1 * i for i in range(10)], "flag": [True, False] * 5}
    config = replace(CONFIG, features=(*CONFIG.features, Feature(name, "number")), limits=LIMITS)
    source = write(tmp_path / "t.parquet", columns)
    one, two = (
        as_json(describe_table(s, config, 3))["columns"] for s in (source, spark(source, SMALL))
    )
    assert ["BIGINT", "bigint"] == [c[0]["type"] for c in (one, two)]
    for found in (*one, *two):
        found.pop("type")
    assert one == two
