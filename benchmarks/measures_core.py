"""Time and error of the statistics alone: counts in, intervals out, whatever the number of rows.

    .venv/bin/python benchmarks/measures_core.py [--runs N] [--rows N] [--fair N]

Counts of 12 numeric features (1,500 fine bins), 8 categorical ones (2 to 500 categories), a score
(10,000 bins) and 288 groups are drawn with a fixed seed at three sizes. Prints the time of all
measures with their intervals, the import, the error of binned values against the exact ones on
raw rows (scipy, scikit-learn), and false breaches of fair models.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dutybound.measure.calibration import expected_calibration_error, reliability
from dutybound.measure.distances import ks, total_variation
from dutybound.measure.drift import category_drift, numeric_drift
from dutybound.measure.fairness import equalised_odds, intersections
from dutybound.measure.groups import By, Policy
from dutybound.measure.performance import classification
from dutybound.measure.ranking import auc, ks_separation
from dutybound.measure.rates import confusion
from dutybound.terms.measure import Estimate, Side, Threshold, Undefined, Verdict

Array = npt.NDArray[Any]
SIZES: Final = (10**6, 10**7, 10**9)
BINS: Final = 1500
CATEGORIES: Final = (2, 3, 5, 8, 12, 51, 120, 500)
SHAPE: Final = (2, 8, 9)
ATTRIBUTES: Final = {
    "sex": tuple("fm"),
    "age": tuple("12345678"),
    "region": tuple("abcdefghi"),
}
FOUR_FIFTHS: Final = Policy(threshold=Threshold(0.8, Side.AT_LEAST))
LIMIT: Final = 1.0


def windows(rng: np.random.Generator, rows: int, bins: int) -> tuple[Array, Array]:
    """Counts of two windows that differ a little. Poisson: rows may exceed what numbers draw."""
    p = rng.dirichlet(np.full(bins, 2.0))
    q = p * np.linspace(0.98, 1.02, bins)
    return rng.poisson(p * rows / 2), rng.poisson(q / q.sum() * rows / 2)


class Tables:
    """Everything that a scan of so many rows would leave behind."""

    def __init__(self, rows: int) -> None:
        rng = np.random.default_rng(rows % 2**31)
        self.numeric = [windows(rng, rows, BINS) for _ in range(12)]
        self.categorical = [windows(rng, rows, k) for k in CATEGORIES]
        self.positions = np.sort(rng.standard_normal(BINS))
        p, q = windows(rng, rows, 10_000)
        grid = np.linspace(0.00005, 0.99995, 10_000)
        self.positives = rng.poisson((p + q) * grid)
        self.negatives = rng.poisson((p + q) * (1 - grid))
        self.grid = grid
        self.totals = rng.poisson(np.full(SHAPE, rows / 288))
        self.selected = rng.binomial(self.totals, 0.5)
        self.confusion = [rng.poisson(np.full(144, rows / 576)) for _ in range(4)]


def drift(t: Tables) -> None:
    for a, b in t.numeric:
        numeric_drift(a, b, positions=t.positions, single=np.zeros(BINS, dtype=bool))
    for a, b in t.categorical:
        category_drift(a, b)


def only_ks_and_tv(t: Tables) -> None:
    for a, b in t.numeric:
        ks(a, b)
    for a, b in t.categorical:
        total_variation(a, b)


def fairness(t: Tables) -> None:
    intersections(t.selected, t.totals, ATTRIBUTES, FOUR_FIFTHS)
    equalised_odds(confusion(*t.confusion), Policy(by=By.DIFFERENCE))


def performance(t: Tables) -> None:
    auc(t.positives, t.negatives)
    ks_separation(t.positives, t.negatives)
    n = (t.positives + t.negatives).reshape(20, -1)
    scores = (n * t.grid.reshape(20, -1)).sum(axis=1)
    expected_calibration_error(
        reliability(n.sum(axis=1), scores, t.positives.reshape(20, -1).sum(axis=1))
    )
    classification(*(x.sum() for x in t.confusion))


def timed(work: Callable[[Tables], None], tables: Tables, runs: int) -> list[float]:
    """Processor seconds of each run: the machine may be busy."""
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        work(tables)
        seconds.append(time.process_time() - start)
    return seconds


def shown(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.3f} s ({min(seconds):.3f} to {max(seconds):.3f})"


def speed(runs: int) -> Iterator[str]:
    """A row for each part of the work, at each size."""
    tables = {rows: Tables(rows) for rows in SIZES}
    parts = {
        "KS and total variation with intervals, 20 features": only_ks_and_tv,
        "all drift measures with intervals, 20 features": drift,
        "fairness: all intersections of 2 x 8 x 9 groups, equalised odds": fairness,
        "AUC, separation, calibration, rates": performance,
    }
    for name, work in parts.items():
        cells = " | ".join(shown(timed(work, t, runs)) for t in tables.values())
        yield f"| {name} | {cells} |"


def imports(runs: int) -> str:
    """Processor seconds of a process that imports the package, less those of an empty one."""
    modules = "checks groups fairness drift psi performance estimated watch alternatives proxies"
    code = ";".join(f"import dutybound.measure.{m}" for m in modules.split())
    found = {}
    for name, script in (("numpy alone", "import numpy"), ("package", code), ("empty", "pass")):
        seconds = []
        for _ in range(runs):
            process = subprocess.Popen([sys.executable, "-c", script])
            _, status, usage = os.wait4(process.pid, 0)
            if os.waitstatus_to_exitcode(status) != 0:
                raise SystemExit(f"failed: {script}")
            seconds.append(usage.ru_utime + usage.ru_stime)
        found[name] = statistics.median(seconds)
    empty = found.pop("empty")
    return ", ".join(f"{k} {v - empty:.3f} s" for k, v in found.items())


# ---------------------------------------------------------------------- error of bins
def raw(rng: np.random.Generator, rows: int) -> dict[str, tuple[Array, Array]]:
    """Raw rows of two windows, in shapes that are hard on bins."""
    half = rows // 2
    mass = [np.where(rng.random(half) < s, 0.0, rng.beta(2, 5, half)) for s in (0.2, 0.34)]
    return {
        "lognormal, shifted 4 %": (
            rng.lognormal(10, 0.6, half),
            1.04 * rng.lognormal(10, 0.6, half),
        ),
        "point mass moved": (mass[0], mass[1]),
        "Pareto 1.3, tail moved": (rng.pareto(1.3, half), rng.pareto(1.3, half) * 1.1),
        "normal, no drift": (rng.standard_normal(half), rng.standard_normal(half)),
        "t with 2 degrees, no drift": (rng.standard_t(2, half), rng.standard_t(2, half)),
    }


def binned(x: Array, y: Array) -> tuple[Array, Array, Array]:
    """Arithmetic bins of both windows, with the point masses of the reference apart."""
    sample = x[:10_000]
    low, middle, high = np.quantile(sample, [0.25, 0.5, 0.75])
    values, counts = np.unique(sample, return_counts=True)
    masses = values[counts >= 0.005 * sample.size]
    both = [_bins(v, middle, high - low, masses) for v in (x, y)]
    keys = np.unique(np.concatenate(both))
    a, b = (np.bincount(np.searchsorted(keys, k), minlength=keys.size) for k in both)
    return a, b, keys != np.floor(keys)


def _bins(v: Array, middle: float, iqr: float, masses: Array) -> Array:
    """Numbers of bins in order: whole below and above a point mass, one half at it."""
    z = (v - middle) / iqr
    found = 3 * np.floor(z / (1 + np.abs(z)) * 1000)
    for mass in masses:
        at = (mass - middle) / iqr
        own = 3 * np.floor(at / (1 + np.abs(at)) * 1000)
        found = np.where((found == own) & (v > mass), own + 2, found)
        found = np.where(v == mass, own + 0.5, found)
    return found


def errors(rows: int) -> Iterator[str]:
    """A row for each shape: exact KS, binned KS and its bound."""
    from scipy.stats import ks_2samp
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(1)
    for name, (x, y) in raw(rng, rows).items():
        a, b, single = binned(x, y)
        exact = float(ks_2samp(x, y, method="asymp").statistic)
        found = ks(a, b, single=single)
        yield _error(name, exact, found)
    label = rng.random(rows) < 0.3
    score = np.clip(rng.beta(2, 3, rows) + 0.1 * label, 0, 1 - 1e-12)
    at = (score * 10_000).astype(int)
    p, q = (np.bincount(at[label == s], minlength=10_000) for s in (True, False))
    found = auc(p, q, single=np.zeros(10_000, dtype=bool))
    yield _error("AUC of a score, 10,000 bins", float(roc_auc_score(label, score)), found)


def _error(name: str, exact: float, found: Estimate | Undefined) -> str:
    if isinstance(found, Undefined) or found.bound is None:
        raise SystemExit(f"{name}: no bound")
    low, high = found.bound
    held = "yes" if low - 1e-12 <= exact <= high + 1e-12 else "NO"
    values = f"{exact:.6f} | {found.value:.6f} | {abs(found.value - exact):.1e}"
    return f"| {name} | {values} | {low:.6f} to {high:.6f} | {held} |"


def fair(models: int) -> Iterator[str]:
    """A row for each mean size of a group: false breaches among fair models."""
    rng = np.random.default_rng(2)
    for mean in (30, 100, 400, 2000, 70_000):
        breaches, open_rows = 0, []
        for _ in range(models):
            n = rng.multinomial(mean * 144, rng.dirichlet(np.ones(144))).reshape(SHAPE)
            k = rng.binomial(n, rng.uniform(0.05, 0.9))
            found = intersections(k, n, ATTRIBUTES, FOUR_FIFTHS)
            breaches += found.verdict is Verdict.BREACH
            whole = found.by_attributes[tuple(ATTRIBUTES)]
            open_rows.append(1.0 if isinstance(whole, Undefined) else whole.left_out)
        out = statistics.median(open_rows)
        yield f"| {mean:,} | {breaches} of {models} | {out:.0%} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rows", type=int, default=10**6)
    parser.add_argument("--fair", type=int, default=200)
    chosen = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, numpy {np.__version__}")
    print(f"import: {imports(chosen.runs)}\n")
    print("| what | 1 million rows | 10 million | 1 billion |\n|---|---:|---:|---:|")
    for line in speed(chosen.runs):
        print(line, flush=True)
    print(f"\nLimit for the first row: {LIMIT} s.\n")
    print("| rows by shape | exact | binned | error | bound | held |\n|---|---:|---:|---:|---|---|")
    for line in errors(chosen.rows):
        print(line, flush=True)
    print("\n| mean rows of a group | fair models in breach | rows without a verdict |")
    print("|---:|---:|---:|")
    for line in fair(chosen.fair):
        print(line, flush=True)


if __name__ == "__main__":
    main()
