"""What our path adds to an engine: to Spark against the same SQL by hand, and Ibis at the start.

    .venv/bin/python benchmarks/engines.py TABLE.parquet [--spark] [--ibis] [--runs 3]
        [--master 'local[2]']

TABLE is made by examples/decision-log/generate.py. `--spark` needs the extra `spark`. Pairs are run
in turn, so that a ratio is of one sitting; median and range of wall seconds.

Spark: our path is `profile_table` in a process of its own, as users run it; it notes each statement
with its seconds. By hand is one session with the same settings that runs the noted texts one after
the other and collects the rows. The start of the Java runtime until the table is open is apart. On
a busy machine trust the processor seconds, which are of all processes, ours included.

Ibis: one and the same DuckDB file, with all of its columns and rows, is profiled with the engine
`duckdb` and through `ibis`, and the processor and wall seconds are set beside each other; with a
table of one thousandth of the rows too, so that what is fixed shows apart from what is per row.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from dutybound.packs.measure_config import read_measure_config
from dutybound.terms.table import Limits, Source, TableConfig
from dutybound.warehouse import client, scan

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "examples/decision-log/measures.yaml"
BY_HAND = """
import json, os, sys, time
from pathlib import Path
from engines import cpu_of
from dutybound.warehouse.engines import Spark
asked = json.loads(sys.argv[1])
begun = time.perf_counter()
spark = Spark(asked)
spark.types()
opened, before = time.perf_counter(), cpu_of(os.getpgid(0))
texts = json.loads(Path(sys.argv[2]).read_text())
for text in texts:
    spark._session.sql(text).collect()
rest, cpu = time.perf_counter() - opened, cpu_of(os.getpgid(0)) - before
print(json.dumps([opened - begun, rest, cpu]))
"""


@dataclass
class Took:
    """Seconds until the table was open, and of what followed: wall and processor."""

    opened: float
    rest: float
    cpu: float


class Noted(client.Engine):
    """An engine that notes its statements, and what it took."""

    texts: ClassVar[list[str]] = []
    opened: ClassVar[float] = 0.0
    cpu: ClassVar[float] = 0.0

    def open(self) -> None:
        begun = time.perf_counter()
        super().open()
        Noted.opened = time.perf_counter() - begun
        Noted.cpu = -cpu_of(self.pid)

    def each(self, asked: Iterable[tuple[str, str]]) -> Iterator[list[list[Any]]]:
        return super().each((name, self._note(text)) for name, text in asked)

    def _note(self, text: str) -> str:
        Noted.texts.append(text)
        return text

    def close(self) -> None:
        Noted.cpu += cpu_of(self.pid)
        super().close()


def cpu_of(group: int) -> float:
    """Processor seconds of all processes of a group that are alive."""
    found = 0
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == group:
                found += int(fields[11]) + int(fields[12])
    return found / os.sysconf("SC_CLK_TCK")


def config() -> TableConfig:
    return replace(read_measure_config(CONFIG), limits=Limits(deadline=3600.0))


def ours(source: Source) -> tuple[Took, list[str]]:
    """What our path took, and its statements."""
    Noted.texts.clear()
    scan.Engine = Noted  # type: ignore[attr-defined]
    begun, before = time.perf_counter(), time.process_time()
    scan.profile_table(source, config())
    whole, own = time.perf_counter() - begun, time.process_time() - before
    return Took(Noted.opened, whole - Noted.opened, Noted.cpu + own), list(Noted.texts)


def by_hand(table: Path, master: str, texts: Sequence[str]) -> Took:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.json"
        file.write_text(json.dumps(texts))
        asked = {"form": "parquet", "place": str(table), "master": master, "scratch": folder}
        found = subprocess.run(
            [sys.executable, "-c", BY_HAND, json.dumps(asked), str(file)],
            stdout=subprocess.PIPE, check=True, start_new_session=True,
            env={**os.environ, "TZ": "UTC", "PYTHONPATH": str(ROOT / "benchmarks")},
        )  # fmt: skip
    return Took(*json.loads(found.stdout.splitlines()[-1]))


def shown(name: str, seconds: Sequence[float]) -> str:
    middle = statistics.median(seconds)
    return f"| {name} | {middle:.2f} s ({min(seconds):.2f} to {max(seconds):.2f}) |"


def spark(table: Path, master: str, runs: int) -> None:
    """Our path and the same statements by hand, in turn."""
    source = Source("spark", "parquet", str(table), None, master)
    mine: list[Took] = []
    hand: list[Took] = []
    texts: list[str] = []
    for _ in range(runs):
        took, texts = ours(source)
        mine.append(took)
        hand.append(by_hand(table, master, texts))
    print(f"\nSpark, {master}, {len(texts)} statements\n\n| what | median and range |\n|---|---|")
    print(shown("Java runtime and table open", [t.opened for t in (*mine, *hand)]))
    for kind in ("rest", "cpu"):
        one, two = ([getattr(t, kind) for t in found] for found in (mine, hand))
        word = "wall" if kind == "rest" else "processor"
        print(shown(f"our path after that, {word}", one))
        print(shown(f"the same statements by hand, {word}", two))
        ratio = statistics.median(one) / statistics.median(two)
        print(f"| ratio of medians, {word} | {ratio:.3f} |")


# ---------------------------------------------------------------------- Ibis
def file_of(table: Path, folder: Path, every: int) -> Path:
    import duckdb

    path = folder / f"every-{every}.duckdb"
    with duckdb.connect(str(path)) as connection:
        text = f"CREATE TABLE log AS FROM '{table}' WHERE id % {every} = 0"
        connection.execute(text)
    return path


def timed(run: Callable[[], object]) -> tuple[float, float]:
    begun, before = time.perf_counter(), os.times()
    run()
    after = os.times()
    cpu = sum(after[i] - before[i] for i in range(4))
    return time.perf_counter() - begun, cpu


def ibis(table: Path, runs: int) -> None:
    """Whole runs with the engine `duckdb` and through `ibis`, in turn."""
    scan.Engine = client.Engine  # type: ignore[attr-defined]
    print("\nIbis over DuckDB\n\n| what | wall | processor |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for every in (1000, 1):
            path = file_of(table, Path(folder), every)
            sources = {
                "duckdb": Source("duckdb", "table", str(path), "log"),
                "ibis": Source("ibis", "table", f"duckdb://{path}", "log"),
            }
            pair(sources, runs, f"one row in {every}")


def pair(sources: Mapping[str, Source], runs: int, what: str) -> None:
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in sources}
    for _ in range(runs):
        for name, source in sources.items():
            found[name].append(timed(partial(scan.profile_table, source, config())))
    wall, cpu = ({n: [x[i] for x in found[n]] for n in sources} for i in (0, 1))
    for name in sources:
        cells = shown(f"{name}, {what}", wall[name]).rstrip("|")
        print(f"{cells}| {statistics.median(cpu[name]):.2f} s |")
    for label, of in (("wall", wall), ("processor", cpu)):
        more = statistics.median(of["ibis"]) - statistics.median(of["duckdb"])
        print(f"| Ibis adds, {what}, {label} | {more:.2f} s | |")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path)
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--ibis", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--master", default="local[2]")
    asked = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores")
    if asked.ibis:
        ibis(asked.table, asked.runs)
    if asked.spark:
        spark(asked.table, asked.master, asked.runs)
    print(f"\nload after: {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
