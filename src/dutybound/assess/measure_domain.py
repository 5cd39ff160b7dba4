"""Multivariate drift: how well a classifier tells the current window from the reference.

It sees what no single feature shows, such as two features that no longer move together. Made on a
sample drawn by a hash with a seed, scored out of fold, so that it cannot learn rows by heart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dutybound.assess.measure_lines import ALL, LEVEL, Chosen, Line
from dutybound.errors import BadInput
from dutybound.measure.effective import Weighed
from dutybound.measure.weighted import auc_of
from dutybound.terms.measure import Estimate, Measured, Undefined
from dutybound.terms.table import CURRENT, REFERENCE, TableConfig
from dutybound.warehouse.options import Sampled

PART: Final = "drift"
MEASURE: Final = "domain-classifier"
FOLDS: Final = 5
FEWEST: Final = 100  # rows of a window; below it nothing is learnt
MOST_CODES: Final = 200  # values of a category that are told apart; the rest are one
FARTHEST: Final = float(np.sqrt(np.finfo(np.float64).max))
Floats = npt.NDArray[np.float64]


def domain_lines(sampled: Sampled | None, chosen: Chosen) -> Iterator[Line]:
    """One line, judged like any other; none if nobody asked."""
    if chosen.config.domain is None:
        return
    scored = _scored(sampled, chosen.config)
    plain, wide = (_area(scored, sampled, level) for level in (LEVEL, chosen.level))
    other = wide if chosen.level != LEVEL else None
    yield chosen.line(PART, MEASURE, ALL, plain, wide=other)


def _area(
    scored: tuple[Floats, npt.NDArray[np.bool_]] | Undefined, sampled: Sampled | None, level: float
) -> Measured:
    if isinstance(scored, Undefined) or sampled is None:
        return scored if isinstance(scored, Undefined) else Undefined("no row was drawn")
    score, current = scored
    values, at = np.unique(score, return_inverse=True)
    weights = _weights(sampled)
    now, then = (_counted(at[m], weights[m], values.size) for m in (current, ~current))
    found = auc_of(now, then, level=level)
    if isinstance(found, Undefined):
        return found
    steps = " and ".join(f"1 in {n} of the {w}" for w, n in sampled.every.items())
    note = (
        f"drawn by a hash of the row id with seed {sampled.seed}: {steps} window; gradient boosted "
        f"trees, scored in {FOLDS} folds; 0.5 is no difference"
    )
    return Estimate(found.value, found.interval, "AUC out of fold", found.n, None, note)


def _weights(sampled: Sampled) -> Floats:
    """Of the sampled rows, 1 on average in each window; 1 if rows have none."""
    window = np.array(sampled.window)
    if sampled.weights is None:
        return np.ones(window.size)
    found = np.array(sampled.weights, dtype=np.float64)
    for name in (REFERENCE, CURRENT):
        found[window == name] /= found[window == name].mean()
    return found


def _counted(at: npt.NDArray[np.int64], weights: Floats, size: int) -> Weighed:
    rows, weight, square = (
        np.bincount(at, weights=w, minlength=size).astype(np.float64)
        for w in (weights * 0 + 1, weights, weights**2)
    )
    return Weighed(rows, weight, square)


def _scored(
    sampled: Sampled | None, config: TableConfig
) -> tuple[Floats, npt.NDArray[np.bool_]] | Undefined:
    """Out-of-fold scores, and which rows are current."""
    if sampled is None or not {REFERENCE, CURRENT} <= set(sampled.window):
        return Undefined(
            "both windows have to be read: a stored reference profile holds no rows to learn from"
        )
    current = np.array([w == CURRENT for w in sampled.window], dtype=np.bool_)
    smaller = int(min(current.sum(), (~current).sum()))
    if smaller < FEWEST:
        return Undefined(f"a window has {smaller} sampled rows; {FEWEST} are needed")
    coded = [_coded(sampled.columns[f.column], f.kind) for f in config.features]
    weights = None if sampled.weights is None else _weights(sampled)
    kinds = [f.kind for f in config.features]
    return _fitted(np.column_stack(coded), current, kinds, sampled.seed, weights)


def _fitted(
    rows: Floats,
    current: npt.NDArray[np.bool_],
    kinds: Sequence[str],
    seed: int,
    weights: Floats | None,
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.model_selection import StratifiedKFold, cross_val_predict
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
    except ImportError as error:
        raise BadInput.one(
            "domain", "The domain classifier needs scikit-learn: pip install 'dutybound[explain]'."
        ) from error
    model = HistGradientBoostingClassifier(
        max_iter=60, max_leaf_nodes=15, early_stopping=False, random_state=seed,
        categorical_features=[k == "category" for k in kinds],
    )  # fmt: skip
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    # One thread: on a busy machine more threads wait for each other far longer than they save.
    with threadpool_limits(limits=1):
        found = cross_val_predict(
            model, rows, current, cv=folds, method="predict_proba",
            params=None if weights is None or np.ptp(weights) == 0 else {"sample_weight": weights},
        )  # fmt: skip
    return np.asarray(found[:, 1], dtype=np.float64), current


def _coded(column: Sequence[Any], kind: str) -> Floats:
    """Numbers as they are, missing as NaN; categories as codes, the most frequent first."""
    if kind == "number":
        values = np.array([np.nan if v is None else v for v in column], dtype=np.float64)
        clipped: Floats = np.clip(values, -FARTHEST, FARTHEST)
        return clipped
    counts: dict[str, int] = {}
    for v in column:
        if v is not None:
            counts[str(v)] = counts.get(str(v), 0) + 1
    order = sorted(counts, key=lambda v: (-counts[v], v))
    codes = {v: float(min(i, MOST_CODES)) for i, v in enumerate(order)}
    return np.array([np.nan if v is None else codes[str(v)] for v in column], dtype=np.float64)
