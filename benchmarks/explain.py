"""Time of explanations: reasons of a million decisions by a cheap method, and a SHAP report.

    .venv/bin/python benchmarks/explain.py [--decisions N] [--shap N] [--trees N] [--depth N]
        [--only METHOD]

Rows of 20 features are drawn with a fixed seed; a boosted tree model and a logistic regression of
scikit-learn are fitted on 20,000 of them. Every decision is adverse, so that each needs reasons.
Prints the wall and processor time of each step, the agreement of the cheap method with SHAP, and
the load at the start. On a busy machine set OMP_NUM_THREADS=1: threads that wait for each other
at a barrier spin, and the processor time of one thread is what a quiet processor takes at least.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import time
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shap
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from dutybound.models.contributions import Contributions, linear_points, replacement
from dutybound.models.model import DecisionRule, Feature, SamplePlan, Scorer
from dutybound.models.overview import importance
from dutybound.models.reasons import (
    PLACES,
    ReasonTable,
    reason_table,
    with_agreement,
    with_deletion_test,
)
from dutybound.models.reference import reference_row
from dutybound.models.screening import Choice, screened_replacement
from dutybound.models.shapley import path_attribution, tree_shap
from dutybound.terms.measure import Estimate, Measured

Array = npt.NDArray[np.float64]
WIDTH: Final = 20
ALL_ADVERSE: Final = DecisionRule(0.0, "above")
METHODS: Final = ("paths", "replacement", "screened")


def rows(n: int, seed: int) -> tuple[Array, npt.NDArray[np.int64]]:
    """Normal features, of which ten count, some in pairs."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, WIDTH))
    margin = x[:, :8] @ np.linspace(1.0, 0.2, 8) + x[:, 8] * x[:, 9]
    return x, (rng.random(n) < 1 / (1 + np.exp(-margin))).astype(np.int64)


class Watch:
    """Prints how long each step took since the last."""

    def __init__(self) -> None:
        self.at, self.cpu = time.perf_counter(), time.process_time()

    def say(self, what: str, count: int) -> tuple[float, float]:
        now, cpu = time.perf_counter(), time.process_time()
        took, used = now - self.at, cpu - self.cpu
        self.at, self.cpu = now, cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        times = f"{took:8.2f} s wall {used:8.2f} s processor"
        print(f"{what:<58}{count:>11,} rows {times}   peak {peak:,.0f} MB", flush=True)
        return took, used


def words(found: Measured) -> str:
    if isinstance(found, Estimate) and found.interval is not None:
        i = found.interval
        return f"{found.value:.3f} ({i.low:.3f} to {i.high:.3f})"
    return str(found)


def judged(table: ReasonTable) -> None:
    if table.deletion is not None:
        d = table.deletion
        print(f"  deletion test: moved {words(d.moved)}, beats control {words(d.beats)}")
    if table.compared is not None:
        c = table.compared
        first, overlap = words(c.found.same_first), words(c.found.overlap)
        print(f"  beside {c.with_method}, {c.rows} rows: first {first}, overlap {overlap}")


def scorer_of(fitted: Any, name: str) -> Scorer:
    names = tuple(Feature(f"f{i}") for i in range(WIDTH))
    return Scorer(lambda x: fitted.predict_proba(x)[:, 1], names, name)


def contributions(
    name: str, boosted: Any, trees: Scorer, cases: Array, scores: Array, reference: Array
) -> Contributions:
    """What a cheap method gives."""
    if name == "paths":
        return path_attribution(boosted, cases, unit="log-odds")
    if name == "replacement":
        return replacement(trees, cases, reference)
    chosen = Choice(ALL_ADVERSE.sign, PLACES)
    got = screened_replacement(trees, cases, reference, chosen, SamplePlan(6_000), scores=scores)
    print(f"  {got.tried:.1f} of {got.features} tried; same list as by all {words(got.same_list)}")
    return got.found


def reasons_of_trees(
    boosted: Any, trees: Scorer, cases: Array, scores: Array, reference: Array, watch: Watch,
    names: tuple[str, ...],
) -> None:  # fmt: skip
    """Reasons of all cases by cheap methods, each with its two checks. scores: known already, as
    they are when `explain-model` has found out which decisions are adverse."""
    n = len(cases)
    plan = SamplePlan(2_000)
    for name in names:
        found = contributions(name, boosted, trees, cases, scores, reference)
        table = reason_table(trees, cases, ALL_ADVERSE, found, reference, scores=scores)
        wall, used = watch.say(f"{trees.name}: reasons by {name}", n)
        table = with_deletion_test(table, trees)
        more, busy = watch.say(f"{trees.name}: deletion test", n)
        oracle = tree_shap(boosted, cases[plan.draw(n)], unit="log-odds")
        table = with_agreement(table, oracle, plan)
        last, rest = watch.say(f"{trees.name}: agreement with SHAP", plan.rows)
        wall, used = wall + more + last, used + busy + rest
        print(f"  all three: {wall:.1f} s wall, {used:.1f} s processor")
        judged(table)
        del found, table


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ask.add_argument("--decisions", type=int, default=1_000_000)
    ask.add_argument("--shap", type=int, default=100_000)
    ask.add_argument("--trees", type=int, default=100)
    ask.add_argument("--depth", type=int, default=4)
    ask.add_argument("--only", choices=METHODS, help="only the reasons of trees by one method")
    chosen = ask.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors, ", end="")
    print(f"load {os.getloadavg()[0]:.1f}; Python {platform.python_version()}, ", end="")
    print(f"numpy {np.__version__}, scikit-learn {sklearn.__version__}, shap {shap.__version__}")

    learn, labels = rows(20_000, 1)
    boosted = HistGradientBoostingClassifier(
        max_iter=chosen.trees, max_depth=chosen.depth, early_stopping=False, random_state=0
    ).fit(learn, labels)
    trees = scorer_of(boosted, f"{chosen.trees} trees, depth {chosen.depth}")
    logistic = LogisticRegression().fit(learn, labels)
    linear = scorer_of(logistic, "logistic regression")
    reference = reference_row(trees, learn)
    cases, _ = rows(chosen.decisions, 2)
    n = len(cases)
    watch = Watch()

    scores = trees.score(cases)
    watch.say(f"{trees.name}: scoring once", n)
    names = METHODS if chosen.only is None else (chosen.only,)
    reasons_of_trees(boosted, trees, cases, scores, reference, watch, names)
    if chosen.only is not None:
        return

    watch = Watch()
    points = linear_points(logistic.coef_[0], cases, reference)
    table = reason_table(linear, cases, ALL_ADVERSE, points, reference)
    watch.say("logistic regression: reasons by points", n)
    judged(with_deletion_test(table, linear))
    del points, table

    def progress(done: int, whole: int) -> None:
        if sys.stderr.isatty():
            print(f"\r  SHAP: {done:,} of {whole:,}", end="", file=sys.stderr, flush=True)

    some = cases[: chosen.shap]
    watch = Watch()
    values = tree_shap(boosted, some, unit="log-odds", progress=progress)
    top = importance(trees, values)[0]
    watch.say(f"{trees.name}: SHAP report", len(some))
    print(f"  most important: {top.feature}, {words(top.size)} {top.unit}")


if __name__ == "__main__":
    main()
