"""Measures what issue and design ask for and prints a table for RESULTS.md.

    .venv/bin/python benchmarks/run.py [--full]

Whole processes are timed, each several times; the peer runs in the same turn. --full adds the
portfolio of 100,000 profiles.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import synthetic

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
DUTYBOUND = str(BIN / "dutybound")
EXAMPLE = "examples/credit-scoring/system.yaml"
DAY = "2026-11-25"


@dataclass(frozen=True)
class Measured:
    """Seconds of several runs, and the peak memory in megabytes."""

    seconds: tuple[float, ...]
    megabytes: float

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        low, high = min(self.seconds), max(self.seconds)
        return f"{self.median:.3f} s ({low:.3f} to {high:.3f}), {self.megabytes:.0f} MB"


def measure(command: Sequence[str], runs: int) -> Measured:
    """Run a command several times; raise if it fails."""
    seconds, peak = [], 0.0
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - start)
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"failed: {' '.join(command)}")
        peak = max(peak, usage.ru_maxrss / 1024)
    return Measured(tuple(seconds), peak)


def cold_assess() -> None:
    """One profile from a cold start, against the import of pydantic."""
    measure([DUTYBOUND, "assess", EXAMPLE, "--as-of", DAY], 1)
    ours = measure([DUTYBOUND, "assess", EXAMPLE, "--as-of", DAY], 11)
    as_json = measure([DUTYBOUND, "assess", EXAMPLE, "--as-of", DAY, "--json"], 11)
    peer = measure([sys.executable, "-c", "from pydantic import BaseModel"], 11)
    bare = measure([sys.executable, "-c", "pass"], 11)
    row("assess, one profile, cold", ours, f"{ours.median / peer.median:.1f} x pydantic import")
    row("assess --json, one profile, cold", as_json, f"{as_json.median / peer.median:.1f} x")
    row("peer: `from pydantic import BaseModel`", peer, "1")
    row("peer: `python -c pass`", bare, f"{bare.median / peer.median:.1f} x")


def portfolio(count: int, runs: int) -> float:
    """Many synthetic profiles on one core."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in synthetic.profiles(count):
            (Path(folder) / name).write_text(text, encoding="utf-8")
        one_core = ["taskset", "-c", "0"] if _has("taskset") else []
        command = [*one_core, DUTYBOUND, "portfolio", folder, "--as-of", DAY, "--json"]
        found = measure(command, runs)
    row(
        f"portfolio, {count:,} profiles, one core",
        found,
        f"{found.median / count * 1e3:.2f} ms each",
    )
    return found.median


def law_diff(count: int) -> None:
    """The change of 24 July 2026 over many profiles."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in synthetic.profiles(count):
            (Path(folder) / name).write_text(text, encoding="utf-8")
        command = [
            DUTYBOUND, "law", "diff", "--axis", "known", "--from", "2026-07-23",
            "--to", "2026-07-24", folder, "--json",
        ]  # fmt: skip
        found = measure(command, 3)
    row(f"law diff over {count:,} profiles", found, f"{found.median / count * 1e3:.2f} ms each")


def _has(command: str) -> bool:
    return subprocess.run(["which", command], capture_output=True, check=False).returncode == 0


def row(name: str, found: Measured, ratio: str) -> None:
    """Print one line of the table."""
    print(f"| {name} | {found} | {ratio} |", flush=True)


def machine() -> str:
    """What it ran on, without names of places."""
    cpu = "unknown processor"
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                cpu = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}"


def versions() -> str:
    """Versions that matter."""
    from importlib.metadata import version

    names = ("pydantic", "PyYAML", "click")
    listed = ", ".join(f"{n} {version(n)}" for n in names)
    return f"Python {platform.python_version()}, {listed}"


def content() -> str:
    """Size of the content."""
    out = subprocess.run(
        [DUTYBOUND, "assess", EXAMPLE, "--as-of", DAY, "--json"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    found = json.loads(out)["content"]
    return f"content {found['version']}, sha256 {found['sha256'][:12]}"


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", choices=("assess", "portfolio", "diff"))
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(f"{machine()}; {versions()}; {content()}\n")
    print("| what | median (spread), peak memory | ratio |\n|---|---|---|")
    parts: dict[str, Callable[[], object]] = {
        "assess": cold_assess,
        "portfolio": lambda: [portfolio(n, 3) for n in (1_000, 10_000)],
        "diff": lambda: law_diff(1_000),
    }
    for name, part in parts.items():
        if options.only in (None, name):
            part()
    if options.full:
        portfolio(100_000, 1)


if __name__ == "__main__":
    main()
