"""Trains a score on the South German credit data, and writes it with the rows it did not see.

Run: python train.py FOLDER
Writes FOLDER/held-out.parquet and FOLDER/score.yaml, for `dutybound measure` and `dutybound
explain-model`. Needs numpy, pyarrow and scikit-learn. The data are applications.csv in this folder.

The model is a logistic regression of what became of each credit, on facts of the application. Age,
sex, personal status and foreign work are not among them. Half of the credits of each outcome teach
it. It is fitted five times more, each time on a sample of that half with replacement.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.linear_model import LogisticRegression

DATA = Path(__file__).resolve().parent / "applications.csv"
SEED = 20_260_101
REFITS = 5
DIGITS = 4  # of a weight: more is within what another sample of credits would change
CUT = 0.6
BAD_IN_SAMPLE = 0.30
BAD_IN_POPULATION = 0.05  # taken, not known: see SOURCE.md
Row = dict[str, int]


def is_one(column: str, *codes: int) -> Callable[[Row], int]:
    """Whether a column holds one of these codes, as 0 or 1."""
    return lambda row: int(row[column] in codes)


# Column: value, name, lowest, highest, how an applicant can change it, words for a notice by side.
FEATURES: dict[str, tuple[Callable[[Row], int], str, int, int, str, str]] = {
    "no_account": (
        is_one("status", 1),
        "no current account",
        0,
        1,
        "down",
        "high: No current account with the bank",
    ),
    "overdrawn": (
        is_one("status", 2),
        "current account in debit",
        0,
        1,
        "down",
        "high: Current account in debit",
    ),
    "months": (
        lambda row: row["duration"],
        "months to pay back",
        1,
        84,
        "down",
        "high: Length of the credit",
    ),
    "amount": (
        lambda row: row["amount"],
        "amount, German marks",
        1,
        20000,
        "down",
        "high: Amount of the credit",
    ),
    "late_before": (
        is_one("credit_history", 0),
        "paid late before",
        0,
        1,
        "none",
        "high: Delay in paying off an earlier credit",
    ),
    "critical": (
        is_one("credit_history", 1),
        "critical account or credits elsewhere",
        0,
        1,
        "none",
        "high: Critical account or credits with others",
    ),
    "paid_back": (
        is_one("credit_history", 4),
        "credits here paid back",
        0,
        1,
        "none",
        "low: No credit paid back here before",
    ),
    "no_savings": (
        is_one("savings", 1),
        "no savings known",
        0,
        1,
        "down",
        "high: No savings known",
    ),
    "new_in_job": (
        is_one("employment_duration", 1, 2),
        "under a year in the job, or none",
        0,
        1,
        "none",
        "high: Length of employment",
    ),
    "other_plans": (
        is_one("other_installment_plans", 1, 2),
        "instalments to others",
        0,
        1,
        "down",
        "high: Instalments owed to others",
    ),
    "guarantor": (is_one("other_debtors", 3), "a guarantor", 0, 1, "up", "low: No guarantor"),
}
HEAD = f"""\
# Written by train.py: a logistic model of South German credits of 1973 to 1975. The score is the
# chance that a credit of this sample is paid back; in the sample three in ten were not.
dutybound: model/1
name: South German credit score
decision: {{threshold: {CUT}, adverse: below}}
row_id: id
label: {{column: repaid, positive: [1]}}
"""
WHY = "Chosen for the example. No law sets a figure."
TAIL = f"""\
reasons: {{least: 0.1}}  # in log-odds; a smaller push is no reason to name to a person
sampling: {{importance: 500, agreement: 500, background: 100}}
thresholds:
  - {{measure: reason-fidelity, at_least: 0.95, why: {WHY}}}
  - {{measure: reason-agreement, at_least: 0.7, over: [shared reasons], why: {WHY}}}
  - {{measure: reason-stability, at_least: 0.6, over: [ranking], why: {WHY}}}
  - {{measure: decision-change-rate, at_most: 0.05, over: [gaussian-noise], why: {WHY}}}
"""


def read() -> list[Row]:
    """The credits, in the order of the file."""
    with DATA.open(newline="", encoding="utf-8") as file:
        return [{k: int(v) for k, v in row.items()} for row in csv.DictReader(file)]


def fit(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Intercept and weights of a logistic regression, in the units of the features."""
    middle, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    model = LogisticRegression(max_iter=1000).fit((x - middle) / spread, y)
    weights = model.coef_[0] / spread
    return float(model.intercept_[0] - weights @ middle), weights


def rounded(intercept: float, weights: np.ndarray) -> tuple[float, np.ndarray]:
    """A model with the digits that are written."""
    short = [float(f"{w:.{DIGITS}g}") for w in (intercept, *weights)]
    return short[0], np.array(short[1:])


def groups(rows: list[Row]) -> dict[str, list[Any]]:
    """What the model does not see, for the test of fairness.

    Sex is known for three of four codes: 1 and 3 are men, 4 is women, and 2 is women who are not
    single together with men who are. `sex_old` is what the older file says of the same code.
    """
    sex = {1: "male", 2: None, 3: "male", 4: "female"}
    return {
        "age": [r["age"] for r in rows],
        "foreign_worker": [{1: "yes", 2: "no"}[r["foreign_worker"]] for r in rows],
        "sex": [sex[r["personal_status_sex"]] for r in rows],
        "sex_old": ["female" if r["personal_status_sex"] == 2 else "male" for r in rows],
    }


def weight(repaid: np.ndarray) -> np.ndarray:
    """How many credits of the bank each row stands for, so that the mean weight is 1."""
    good = (1 - BAD_IN_POPULATION) / (1 - BAD_IN_SAMPLE)
    return np.where(repaid == 1, good, BAD_IN_POPULATION / BAD_IN_SAMPLE)


def at_the_bank(score: np.ndarray) -> np.ndarray:
    """The score with the bank's share of bad credits in place of the sample's (Bayes)."""
    good = score * (1 - BAD_IN_POPULATION) / (1 - BAD_IN_SAMPLE)
    return good / (good + (1 - score) * BAD_IN_POPULATION / BAD_IN_SAMPLE)


def halves(y: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two halves of the rows, each with half of either outcome."""
    parts = [rng.permutation(np.flatnonzero(y == outcome)) for outcome in (0, 1)]
    first = np.concatenate([p[: len(p) // 2] for p in parts])
    second = np.concatenate([p[len(p) // 2 :] for p in parts])
    return np.sort(first), np.sort(second)


def line(intercept: float, weights: np.ndarray) -> str:
    """A model written out."""
    named = zip(FEATURES, weights, strict=True)
    inside = ", ".join(f"{name}: {w:.{DIGITS}g}" for name, w in named)
    return f"{{logistic: {{intercept: {intercept:.{DIGITS}g}, weights: {{{inside}}}}}}}"


def feature(column: str) -> str:
    _, name, low, high, change, notice = FEATURES[column]
    span = f"values: [{low}, {high}]" if high == 1 else f"low: {low}, high: {high}"
    said = f'name: "{name}", {span}, change: {change}, notice: {{{notice}}}'
    return f"  - {{column: {column}, {said}}}\n"


def main() -> None:
    """Read, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    rows = read()
    y = np.array([r["credit_risk"] for r in rows])
    x = np.array([[f[0](r) for f in FEATURES.values()] for r in rows], dtype=float)
    rng = np.random.default_rng(SEED)
    learn, rest = halves(y, rng)
    models = [fit(x[learn], y[learn])]
    for _ in range(REFITS):
        drawn = rng.choice(learn, len(learn))
        models.append(fit(x[drawn], y[drawn]))
    written = [line(*m) for m in models]
    folder.mkdir(parents=True, exist_ok=True)
    text = f"{HEAD}model: {written[0]}\nfeatures:\n{''.join(map(feature, FEATURES))}refits:\n"
    text += "".join(f"  - {w}\n" for w in written[1:]) + TAIL
    (folder / "score.yaml").write_text(text, encoding="utf-8")
    intercept, weights = rounded(*models[0])
    score = np.round(1 / (1 + np.exp(-(intercept + x[rest] @ weights))), 6)
    columns: dict[str, Any] = {"id": rest + 1, "repaid": y[rest], "score": score}
    columns |= {"approved": (score >= CUT).astype(int)}
    columns |= {"weight": weight(y[rest]), "bank_score": np.round(at_the_bank(score), 6)}
    columns |= groups([rows[i] for i in rest])
    columns |= {name: x[rest, j] for j, name in enumerate(FEATURES)}
    pq.write_table(pa.table(columns), folder / "held-out.parquet")
    print(f"{len(learn)} credits taught the model; {len(rest)} in {folder}/held-out.parquet")


if __name__ == "__main__":
    main()
