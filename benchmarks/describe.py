"""Describing a table, and drawing charts of a report: time and memory of whole processes.

    .venv/bin/python benchmarks/describe.py FOLDER [--rows 1000000] [--runs 3]

FOLDER holds the tables, N.parquet each; missing ones are made. Each line has the median and range
of wall seconds, the processor seconds of all processes and their largest memory together. On a
busy machine trust the processor seconds.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from measures import DUTYBOUND, EXAMPLE, SCAN, Line, peak

CHARTS = """
import json, sys
from dutybound.documents.charts import charts_of, fairness_chart
report = json.load(open(sys.argv[1]))
print([c.name for c in (charts_of(report) if sys.argv[2] == "all" else [fairness_chart(report)])])
"""


def show(name: str, command: Sequence[str], runs: int) -> None:
    """Run a command several times and print its line."""
    line = Line(name, command, [], [])
    for _ in range(runs):
        line.run()
    wall = f"{statistics.median(line.wall):.2f} s ({min(line.wall):.2f} to {max(line.wall):.2f})"
    cpu = f"{statistics.median(line.cpu):.2f} s"
    print(f"| {name} | {wall} | {cpu} | {peak(command):.0f} MB |", flush=True)


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    config = str(EXAMPLE / "measures.yaml")
    print("| what | wall | processor | memory, all processes |\n|---|---:|---:|---:|")
    for rows in options.rows:
        table = options.folder / f"{rows}.parquet"
        if not table.exists():
            make = [sys.executable, str(EXAMPLE / "generate.py"), str(table), "--rows", str(rows)]
            subprocess.run(make, check=True)
        words = [DUTYBOUND, "describe", str(table), "--config", config, "--json"]
        show(f"{rows:,} rows: scan", [sys.executable, "-c", SCAN, str(table)], options.runs)
        show(
            f"{rows:,} rows: describe without equal rows", [*words, "--no-duplicates"], options.runs
        )
        show(f"{rows:,} rows: describe", words, options.runs)
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        measure = [DUTYBOUND, "measure", str(table), "--config", config, "--json"]
        report.write_bytes(subprocess.run(measure, check=True, capture_output=True).stdout)
        show("import of Altair", [sys.executable, "-c", "import altair"], options.runs)
        for which in ("one chart", "all charts"):
            command = [sys.executable, "-c", CHARTS, str(report), which.split()[0]]
            show(f"{which} of a report, SVG and PNG", command, options.runs)


if __name__ == "__main__":
    main()
