"""Spark, on a local cluster with two workers, gives DuckDB's counts bit for bit.

Needs the extra `spark`, which `make setup` leaves out; `make spark` installs it and runs this.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dutybound.assess.describe import as_json
from dutybound.errors import BadInput
from dutybound.packs.measure_config import read_measure_config
from dutybound.terms.table import (
    Banded,
    Decision,
    Feature,
    Label,
    Limits,
    PredictedInterval,
    Protected,
    Source,
    TableConfig,
    TimeColumn,
)
from dutybound.warehouse import description, scan
from dutybound.warehouse.client import MODULE, Progress
from dutybound.warehouse.description import describe_table
from dutybound.warehouse.engines import Spark
from dutybound.warehouse.profile_file import profile_bytes
from dutybound.warehouse.scan import profile_table
from dutybound.warehouse.worker import columns_of
from tests.warehouse import everything
from tests.warehouse.kit import CONFIG, INF, NAN, ROWS, write
from tests.warehouse.test_generate import script

ROOT = Path(__file__).resolve().parent.parent.parent
MASTER = "local-cluster[2,1,1024]"
LIMITS = Limits(deadline=600.0)
MISSING = importlib.util.find_spec("pyspark") is None

if MISSING and os.environ.get("DUTYBOUND_SPARK") == "required":
    raise RuntimeError("DUTYBOUND_SPARK says that Spark is here, but pyspark is not installed.")
pytestmark = [
    pytest.mark.skipif(MISSING, reason="pyspark is not installed: run `make spark`"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # sockets of the session, left open
]


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


class InProcess:
    """The engine of the tests that share one session: statements run in this process."""

    scratch = ""

    def __init__(
        self, source: Source, limits: Limits, report: Any = None, worker: Any = None
    ) -> None:
        assert worker is None
        self.source, self.limits = source, limits
        self.done = self.total = 0

    def __enter__(self) -> InProcess:
        return self

    def __exit__(self, *_: object) -> None:
        """The session stays."""

    def open(self) -> None:
        asked = {"form": self.source.form, "place": self.source.place, "scratch": self.scratch}
        self._spark = Spark({**asked, "master": MASTER})
        self.dialect, self.types = self._spark.dialect, self._spark.types()

    def run(self, name: str, text: str) -> list[list[Any]]:
        return columns_of(self._spark.run(text))

    def each(self, asked: Iterable[tuple[str, str]]) -> Iterator[list[list[Any]]]:
        for name, text in asked:
            yield self.run(name, text)

    def row_groups(self, column: str) -> list[list[Any]]:
        return []


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[InProcess]]:
    """A cluster with two workers that lives as long as the tests of this file."""
    InProcess.scratch = str(tmp_path_factory.mktemp("spark"))
    yield InProcess
    from pyspark.sql import SparkSession

    found = SparkSession.getActiveSession()
    if found is not None:
        found.stop()


@pytest.fixture
def on_spark(monkeypatch: pytest.MonkeyPatch, session: type[InProcess]) -> None:
    """Sources of Spark are read in the session; others as always."""
    from dutybound.warehouse.client import Engine as own

    def choose(source: Source, limits: Limits, report: Any = None, worker: Any = None) -> Any:
        return (session if source.engine == "spark" else own)(source, limits, report, worker)

    for module in (scan, description):
        monkeypatch.setattr(module, "Engine", choose)


def spark(source: Source, master: str | None = None) -> Source:
    return Source("spark", "parquet", source.place, None, master)


@pytest.mark.usefixtures("on_spark")
def test_everything(tmp_path: Path) -> None:
    """Proxies, drawn rows, delays, factors, estimates, alternatives, a look: equal to the bit."""
    source = write(tmp_path / "t.parquet", everything.columns())
    one = profile_table(source, everything.CONFIG)
    two = profile_table(spark(source), everything.CONFIG)
    assert everything.counts(one) == everything.counts(two)
    assert everything.outputs(one) == everything.outputs(two)


@pytest.mark.usefixtures("on_spark")
def test_an_empty_window(tmp_path: Path) -> None:
    source = write(tmp_path / "t.parquet", everything.columns())
    with pytest.raises(BadInput, match="The current window holds no row"):
        profile_table(spark(source), everything.EMPTY)


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

    two = profile_table(spark(Source("duckdb", "parquet", str(path)), MASTER), config, report=look)
    assert one.reference is not None and two.reference is not None
    assert profile_bytes(one.reference) == profile_bytes(two.reference)
    assert profile_bytes(one.current) == profile_bytes(two.current)
    assert 2 == len(seen)
    assert [] == [words for _, group, words in processes() if words and group in seen.values()]


@pytest.mark.usefixtures("on_spark")
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
    two = profile_table(spark(source), config)
    assert one.reference is not None and two.reference is not None
    assert profile_bytes(one.reference) == profile_bytes(two.reference)
    assert profile_bytes(one.current) == profile_bytes(two.current)


@pytest.mark.usefixtures("on_spark")
def test_regression_and_a_text_id(tmp_path: Path) -> None:
    """Another reading of the same bins: the sample is by the engine's own hash."""
    data: dict[str, Any] = {
        "id": [f"row {i}" for i in range(4000)],
        "y": [((i * 37) % 1009) / 7 for i in range(4000)],
        "p": [((i * 41) % 1009) / 7 for i in range(4000)],
        "top": [((i * 43) % 1009) / 7 if i % 9 else NAN for i in range(4000)],
        "at": [f"2026-04-{1 + i % 28:02d}T10:00:00" for i in range(4000)],
        "who": ["a'b", "c"] * 2000,
        "yes": ["y\\es", "no"] * 2000,
    }
    config = TableConfig(
        "regression",
        row_id="id",
        label=Label("y", "number"),
        prediction="p",
        prediction_interval=PredictedInterval("p", "top", 0.5),
        time=TimeColumn("at"),
        decision=Decision("yes", ("y\\es",)),
        protected=(Protected(Banded("who", "who", {"first": ("a'b",)})),),
        limits=replace(LIMITS, sample=1000),
    )
    source = write(tmp_path / "table.parquet", data)
    one = profile_table(source, config).current
    two = profile_table(spark(source), config, one).current
    assert profile_bytes(one) == profile_bytes(two)
    assert 2000 == int(two.by("who").over("who", "decision")[0][1])


@pytest.mark.usefixtures("on_spark")
def test_the_same_description(tmp_path: Path) -> None:
    """Ten rows in groups of three: only the names of types differ."""
    name = 'a `quoted" name'
    columns = {**ROWS, name: [0.1 * i for i in range(10)], "flag": [True, False] * 5}
    config = replace(CONFIG, features=(*CONFIG.features, Feature(name, "number")), limits=LIMITS)
    source = write(tmp_path / "t.parquet", columns)
    one, two = (as_json(describe_table(s, config, 3))["columns"] for s in (source, spark(source)))
    assert ["BIGINT", "bigint"] == [c[0]["type"] for c in (one, two)]
    for found in (*one, *two):
        found.pop("type")
    assert one == two
