"""Measures tables to counts: against reading the same columns, and against other tools.

    .venv/bin/python benchmarks/measures.py FOLDER [--rows 1000000 10000000] [--runs 3]
        [--peer aequitas=VENV/bin/python] [--peer fairlearn=VENV/bin/python]
        [--peer evidently=VENV/bin/python]

FOLDER holds the tables, N.parquet each, a file or a folder of files; missing ones are made. Whole
processes are run in turn, so that a ratio is of one sitting; each line has the median and the
range of wall seconds, the processor seconds of all processes, and the largest memory of any one of
them. On a busy machine trust the processor seconds. A peer is a Python that has pandas, pyarrow
and the named package.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples/decision-log"
DUTYBOUND = str(Path(sys.executable).parent / "dutybound")

NUMBERS = [
    "income", "revolving_util", "savings_balance", "inquiries_6m", "bureau_score", "dti",
    "net_worth", "amount", "open_accounts", "tenure_years", "payment_ratio", "account_age_days",
    "score", "threshold", "age", "repaid",
]  # fmt: skip
WORDS = [
    "channel", "purpose", "employment", "home", "state", "occupation", "merchant", "guarantor",
    "sex", "ethnicity", "model_version", "decision",
]  # fmt: skip
SCAN = f"""
import os, sys, duckdb
numbers = [f'sum("{{c}}"), min("{{c}}"), max("{{c}}"), count("{{c}}")' for c in {NUMBERS!r}]
words = [f'sum(length("{{c}}"))' for c in {WORDS!r}]
columns = ", ".join([*numbers, *words, "min(decided_at)", "max(decided_at)"])
path = sys.argv[1] + ("/*.parquet" if os.path.isdir(sys.argv[1]) else "")
duckdb.connect(config={{"memory_limit": "400MB"}}).execute(
    f"SELECT {{columns}} FROM read_parquet('{{path}}')"
).fetchall()
"""
LOAD = """
import sys
import pandas as pd
f = pd.read_parquet(sys.argv[1], columns=["sex", "ethnicity", "age", "decision", "repaid"])
f = f[f["repaid"].notna()]
band = pd.cut(f["age"], [0, 25, 35, 45, 55, 65, 200], right=False).astype(str)
decided, label = (f["decision"] == "approve").astype(int), f["repaid"].astype(int)
groups = pd.DataFrame({
    "sex": f["sex"].astype(object).fillna("?").astype(str),
    "ethnicity": f["ethnicity"].astype(object).fillna("?").astype(str),
    "age": band,
})
"""
PEERS = {
    "fairlearn": LOAD
    + """
from fairlearn.metrics import (MetricFrame, false_negative_rate, false_positive_rate,
                               selection_rate, true_negative_rate, true_positive_rate)
from sklearn.metrics import accuracy_score
metrics = dict(a=accuracy_score, b=selection_rate, c=true_positive_rate, d=false_positive_rate,
               e=true_negative_rate, f=false_negative_rate)
print(len(MetricFrame(metrics=metrics, y_true=label, y_pred=decided,
                      sensitive_features=groups).by_group))
""",
    "aequitas": LOAD
    + """
from aequitas.group import Group
joint = groups["sex"] + "/" + groups["ethnicity"] + "/" + groups["age"]
table = pd.DataFrame({"score": decided, "label_value": label, "group": joint})
print(len(Group().get_crosstabs(table, attr_cols=["group"])[0]))
""",
}

PEERS["evidently"] = (
    "FEATURES = "
    + repr((NUMBERS[:12], WORDS[:8]))
    + """
import sys
import pandas as pd
from evidently import BinaryClassification, DataDefinition, Dataset, Report
from evidently.presets import ClassificationPreset, DataDriftPreset
numbers, words = FEATURES
f = pd.read_parquet(sys.argv[1],
                    columns=[*numbers, *words, "decided_at", "score", "decision", "repaid"])
f[words] = f[words].astype(object)
now = f["decided_at"] >= pd.Timestamp("2026-04-01")
roles = DataDefinition(numerical_columns=numbers, categorical_columns=words)
a, b = (Dataset.from_pandas(f.loc[w, numbers + words], roles) for w in (~now, now))
print(len(Report([DataDriftPreset()]).run(b, a).dict()["metrics"]))
del a, b
f = f.loc[f["repaid"].notna(), ["decided_at", "score", "decision", "repaid"]]
f = f.assign(label=f["repaid"].astype(int), decided=(f["decision"] == "approve").astype(int))
now = f["decided_at"] >= pd.Timestamp("2026-04-01")
outcome = BinaryClassification(target="label", prediction_labels="decided",
                               prediction_probas="score")
roles = DataDefinition(classification=[outcome])
columns = ["label", "decided", "score"]
a, b = (Dataset.from_pandas(f.loc[w, columns], roles) for w in (~now, now))
print(len(Report([ClassificationPreset()]).run(b, a).dict()["metrics"]))
"""
)
NAMES = {
    "fairlearn": "Fairlearn, three attributes jointly, 6 metrics (a part of the work)",
    "aequitas": "Aequitas, one joint attribute (a part of the work)",
    "evidently": "Evidently, drift of 20 features and classification (no fairness)",
}


@dataclass
class Line:
    """What runs of one command took."""

    name: str
    command: Sequence[str]
    wall: list[float]
    cpu: list[float]
    megabytes: float = 0.0

    def run(self) -> None:
        """Run once more; a command that fails ends the benchmark."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with tempfile.TemporaryFile() as errors:
            start = time.perf_counter()
            process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=errors)
            self.megabytes = max(self.megabytes, peak(process))
            self.wall.append(time.perf_counter() - start)
            errors.seek(0)
            said = errors.read().decode()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if process.returncode:
            raise SystemExit(f"{self.name} failed: {said[-2000:]}")

    def text(self, base: Line) -> str:
        """A line of the table. base: what the ratios are to."""
        low, high = min(self.wall), max(self.wall)
        wall, cpu = statistics.median(self.wall), statistics.median(self.cpu)
        ratios = wall / statistics.median(base.wall), cpu / statistics.median(base.cpu)
        return (
            f"| {self.name} | {wall:.2f} s ({low:.2f} to {high:.2f}) | {cpu:.2f} s "
            f"| {ratios[0]:.1f} | {ratios[1]:.1f} |"
        )


def peak(process: subprocess.Popen[bytes]) -> float:
    """Megabytes of a process and its children together, at their largest, until it ends."""
    most = 0
    page = os.sysconf("SC_PAGE_SIZE")
    while process.poll() is None:
        most = max(most, sum(_resident(pid) for pid in _tree(process.pid)))
        time.sleep(0.02)
    return most * page / 1e6


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(p for child in children for p in _tree(int(child)))]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def lines_for(table: Path, scratch: Path, peers: dict[str, str]) -> list[Line]:
    """What is run on one table."""
    config = str(EXAMPLE / "measures.yaml")
    profile = [DUTYBOUND, "measure", "profile", str(table), "--config"]
    first = scratch / "first"
    subprocess.run([*profile, config, "-o", str(first)], check=True, capture_output=True)
    digest = subprocess.run(
        ["sha256sum", str(first / "reference.json")], check=True, capture_output=True, text=True
    ).stdout.split()[0]
    pinned = scratch / "pinned.yaml"
    window = "  reference: {from: 2026-01-01, until: 2026-04-01}"
    stored = f"  reference: {{profile: first/reference.json, sha256: {digest}}}"
    pinned.write_text((EXAMPLE / "measures.yaml").read_text().replace(window, stored))
    found = [
        Line("scan: sum, min, max, count", [sys.executable, "-c", SCAN, str(table)], [], []),
        Line("profile, both windows", [*profile, config, "-o", str(scratch / "a")], [], []),
        Line(
            "report: data quality, drift, fairness, performance",
            [DUTYBOUND, "measure", "run", str(table), "--config", config, "--json"], [], [],
        ),
        Line(
            "profile, current window, stored reference",
            [*profile, str(pinned), "-o", str(scratch / "b")], [], [],
        ),
    ]  # fmt: skip
    for name, python in peers.items():
        found.append(Line(NAMES[name], [python, "-c", PEERS[name], str(table)], [], []))
    return found


def imports(runs: int) -> None:
    """Importing the package, beside an empty process."""
    code = "import dutybound.warehouse.scan"
    wall = []
    for statement in (code, "pass"):
        line = Line(statement, [sys.executable, "-c", statement], [], [])
        for _ in range(runs):
            line.run()
        wall.append(statistics.median(line.wall))
        print(f"| `{statement}` | {wall[-1]:.3f} s | {statistics.median(line.cpu):.3f} s | | | |")


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peer", action="append", default=[], help="name=python")
    options = parser.parse_args()
    peers = dict(p.split("=", 1) for p in options.peer)
    options.folder.mkdir(parents=True, exist_ok=True)
    print(
        "| what | wall | processor | x scan, wall | x scan, processor |\n|---|---:|---:|---:|---:|"
    )
    imports(5)
    for rows in options.rows:
        table = options.folder / f"{rows}.parquet"
        if not table.exists():
            make = [sys.executable, str(EXAMPLE / "generate.py"), str(table), "--rows", str(rows)]
            subprocess.run(make, check=True)
        with tempfile.TemporaryDirectory() as scratch:
            lines = lines_for(table, Path(scratch), peers)
            for _ in range(options.runs):
                for line in lines:
                    line.run()
            print(f"| **{rows:,} rows** | | | | | |")
            for line in lines:
                print(f"{line.text(lines[0])} {line.megabytes:.0f} MB |", flush=True)
    print(f"\nload: {os.getloadavg()}")


if __name__ == "__main__":
    main()
