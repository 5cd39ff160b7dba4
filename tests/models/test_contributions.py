"""Linear points, replacement and SHAP: by hand, by their laws, and beside shap."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeRegressor

from dutybound.models.contributions import linear_points, replacement
from dutybound.models.model import Array, Feature, ModelError, SamplePlan, Scorer
from dutybound.models.reference import reference_row, spreads
from dutybound.models.shapley import path_attribution, permutation_shap, tree_shap
from tests.models.kit import additive, features

NUMBERS = st.floats(-100, 100)


def rows(n: int, d: int) -> st.SearchStrategy[npt.NDArray[np.float64]]:
    return arrays(np.float64, (n, d), elements=NUMBERS)


# ---------------------------------------------------------------------------------------- linear
def test_points_of_a_scorecard_by_hand() -> None:
    """Weights 2 and -3 against (1, 1): (3, 0) gives 2 x 2 and -3 x -1."""
    found = linear_points([2, -3], [[3, 0]], [1, 1], unit="points")
    assert [[4.0, 3.0]] == found.values.tolist()
    assert ("linear-points", "points") == (found.method, found.unit)


@given(rows(1, 4), rows(5, 4), rows(1, 4))
def test_linear_points_add_up_to_the_difference(w: Array, x: Array, r: Array) -> None:
    found = linear_points(w[0], x, r[0]).values.sum(axis=1)
    assert pytest.approx((x @ w[0] - r[0] @ w[0]).tolist(), abs=1e-8) == found.tolist()


def test_linear_points_are_the_shap_values_of_a_linear_model() -> None:
    """Against the mean of the background, with independent features (shap's LinearExplainer)."""
    import shap

    x, y = credit(400)
    fitted = LogisticRegression().fit(x, y)
    with np.errstate(all="ignore"):
        oracle = shap.LinearExplainer(fitted, shap.maskers.Independent(x, max_samples=400))
        expected = oracle.shap_values(x[:20])
    got = linear_points(fitted.coef_[0], x[:20], x.mean(axis=0)).values
    assert pytest.approx(np.asarray(expected), abs=1e-9) == got


@pytest.mark.parametrize(
    ("w", "x", "why"),
    [
        ([1.0], [[1.0, 2.0]], "do not fit"),
        ([1.0, 2.0], [1.0, 2.0], "do not fit"),
        ([1.0, 2.0], [[float("nan"), 1.0]], "missing or infinite"),
        (["a", "b"], [[1.0, 1.0]], "arrays of numbers"),
    ],
)
def test_linear_points_of_bad_input(w: list[float], x: list[float], why: str) -> None:
    with pytest.raises(ModelError, match=why):
        linear_points(w, x, [0.0, 0.0])


# ----------------------------------------------------------------------------------- replacement
def test_replacement_by_hand() -> None:
    """0.1 + 0.2 a - 0.1 b at (2, 1), reference (1, 0): putting a back takes 0.2, b gives 0.1."""
    found = replacement(additive([0.2, -0.1], 0.1), np.array([[2.0, 1.0]]), np.array([1.0, 0.0]))
    assert pytest.approx([0.2, -0.1]) == found.values[0].tolist()
    assert ("replacement-by-reference", "score") == (found.method, found.unit)


def product_scorer(width: int, used: tuple[int, int]) -> Scorer:
    def model(x: Array) -> Array:
        found: Array = 1 / (1 + np.exp(-x[:, used[0]] * x[:, used[1]] / 1e4))
        return found

    return Scorer(model, features(width))


@given(rows(6, 4), rows(1, 4))
def test_a_feature_that_the_model_ignores_has_nothing(x: Array, r: Array) -> None:
    found = replacement(product_scorer(4, (0, 2)), x, r[0]).values
    assert [0.0] * 12 == found[:, [1, 3]].ravel().tolist()


@given(rows(6, 3))
def test_a_row_at_the_reference_has_nothing(x: Array) -> None:
    found = replacement(product_scorer(3, (0, 1)), x, x[2]).values
    assert [0.0] * 3 == found[2].tolist()


@given(arrays(np.float64, (6, 3), elements=st.sampled_from([0.0, 0.5, 1.0, np.nan])))
def test_rows_that_need_no_scoring_change_nothing(x: Array) -> None:
    """Each value from two plain scorings, of whole columns."""

    def model(rows: Array) -> Array:
        found: Array = np.nan_to_num(rows, nan=0.25) @ np.array([0.5, 0.3, 0.2])
        return found

    scorer = Scorer(model, features(3))
    reference = np.array([0.5, 0.0, 1.0])
    got = replacement(scorer, x, reference).values
    for j in range(3):
        other = x.copy()
        other[:, j] = reference[j]
        assert pytest.approx((model(x) - model(other)).tolist()) == got[:, j].tolist()


def test_replacement_leaves_the_rows_alone_and_reports_progress() -> None:
    x = np.full((100_000, 2), 2.0)
    seen: list[tuple[int, int]] = []
    replacement(
        additive([0.1, 0.1]), x, np.zeros(2), progress=lambda done, of: seen.append((done, of))
    )
    assert 2.0 == x.min() == x.max()
    assert [(65_536, 100_000), (100_000, 100_000)] == seen


@pytest.mark.parametrize("bad", [[0.0], [0.0, float("nan")]])
def test_replacement_needs_a_whole_reference(bad: list[float]) -> None:
    with pytest.raises(ModelError, match="one value for each feature"):
        replacement(additive([0.1, 0.1]), np.zeros((1, 2)), np.array(bad))


# ------------------------------------------------------------------------------------- reference
def test_reference_is_median_or_most_frequent() -> None:
    scorer = Scorer(
        additive([0.1, 0.1]).model, (Feature("income"), Feature("kind", values=(1, 2, 3)))
    )
    x = np.array([[1, 3], [2, 1], [np.nan, 3], [9, 1]])
    assert [2.0, 1.0] == reference_row(scorer, x).tolist()


def test_reference_of_an_empty_feature() -> None:
    with pytest.raises(ModelError, match="`f0` has no value"):
        reference_row(additive([0.1]), np.array([[np.nan]]))


def test_spread_is_robust_and_falls_back() -> None:
    """Quartiles of 0..4 are 1 and 3. Four zeros and a five: deviation 2. Categories have none."""
    scorer = Scorer(
        additive([0.1] * 3).model, (Feature("a"), Feature("b"), Feature("c", values=(0, 1)))
    )
    x = np.array([[0, 0, 0], [1, 0, 1], [2, 0, 1], [3, 0, 0], [4, 5, 1]], dtype=float)
    assert pytest.approx([2 / 1.349, 2.0, 0.0]) == spreads(scorer, x).tolist()


# ------------------------------------------------------------------------------------------ SHAP
def credit(n: int, seed: int = 3) -> tuple[Array, npt.NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 5))
    margin = 1.5 * x[:, 0] - x[:, 1] + x[:, 2] * x[:, 3]
    return x, (rng.random(n) < 1 / (1 + np.exp(-margin))).astype(np.int64)


def test_tree_shap_adds_up_to_the_log_odds() -> None:
    x, y = credit(500)
    fitted = GradientBoostingClassifier(n_estimators=20, random_state=0).fit(x, y)
    seen: list[tuple[int, int]] = []
    found = tree_shap(fitted, x, unit="log-odds", progress=lambda *a: seen.append(a))
    assert found.base is not None
    expected = fitted.decision_function(x)
    assert pytest.approx(expected, abs=1e-6) == found.base + found.values.sum(axis=1)
    assert [(500, 500)] == seen
    assert "tree-shap-path-dependent" == found.method


def test_tree_shap_of_a_forest_is_of_its_second_class() -> None:
    x, y = credit(300)
    fitted = RandomForestClassifier(10, max_depth=4, random_state=0).fit(x, y)
    found = tree_shap(fitted, x[:50], unit="score", background=x[:30])
    assert found.base is not None
    expected = fitted.predict_proba(x[:50])[:, 1]
    assert pytest.approx(expected, abs=1e-6) == found.base + found.values.sum(axis=1)
    assert "tree-shap-interventional" == found.method


def test_path_attribution_of_stumps_is_tree_shap() -> None:
    """One split asks for one feature, which gets all of what the tree says."""
    x, y = credit(400)
    fitted = GradientBoostingClassifier(n_estimators=30, max_depth=1, random_state=0).fit(x, y)
    found = path_attribution(fitted, x, unit="log-odds")
    assert pytest.approx(tree_shap(fitted, x, unit="log-odds").values, abs=1e-9) == found.values
    assert "tree-path-attribution" == found.method


def test_path_attribution_by_hand() -> None:
    """Rows (0,0), (0,1), (1,0), (1,1) with outputs 0, 0, 0, 1: mean 1/4.

    The tree asks one feature, then the other. The first split takes (1, 1) from 1/4 to 1/2, the
    second from 1/2 to 1. SHAP gives both the same, 3/8.
    """
    x = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    fitted = DecisionTreeRegressor(random_state=0).fit(x, [0, 0, 0, 1])
    found = path_attribution(fitted, x[3:], unit="score")
    assert [0.25, 0.5] == sorted(found.values[0].tolist())
    assert found.base is not None and [0.25] == found.base.tolist()
    assert [0.375, 0.375] == tree_shap(fitted, x[3:], unit="score").values[0].tolist()


def test_path_attribution_adds_up_to_the_log_odds() -> None:
    x, y = credit(500)
    fitted = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(x, y)
    found = path_attribution(fitted, x, unit="log-odds")
    assert found.base is not None
    expected = fitted.decision_function(x)
    assert pytest.approx(expected, abs=1e-6) == found.base + found.values.sum(axis=1)


def test_tree_shap_of_something_else() -> None:
    with pytest.raises(ModelError, match="cannot explain"):
        tree_shap(object(), np.zeros((1, 1)), unit="score")


def test_permutation_shap_of_a_sum_is_exact() -> None:
    """Of a sum each walk gives w (x - mean of the background), so repeats do not differ."""
    scorer = additive([0.1, 0.2, -0.1], 0.4)
    x = np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 2.0]])
    behind = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    found = permutation_shap(scorer, x, behind, SamplePlan(10), repeats=2)
    expected = np.array([[0.05, 0.0, 0.05], [-0.05, 0.1, -0.15]])
    assert pytest.approx(expected, abs=1e-9) == found.values
    assert found.error is not None and found.base is not None
    assert 0.0 == pytest.approx(found.error.max(), abs=1e-12)
    assert pytest.approx(scorer.score(x)) == found.base + found.values.sum(axis=1)
    assert "2 repeats, 2 background rows" in found.note and "seed" in found.note


def test_permutation_shap_of_a_product_is_half_each() -> None:
    """Of two features and an idle third, against one background row of zeros."""

    def model(x: Array) -> Array:
        return x[:, 0] * x[:, 1]

    scorer = Scorer(model, features(3))
    x = np.array([[1.0, 0.8, 1.0]])
    found = permutation_shap(scorer, x, np.zeros((1, 3)), SamplePlan(1), repeats=4)
    assert pytest.approx([0.4, 0.4, 0.0], abs=1e-9) == found.values[0].tolist()


def shapley(model: Callable[[Array], Array], row: Array, zero: Array) -> list[float]:
    """Shapley values by their definition: the mean gain over all orders of the features."""
    gains = np.zeros(row.size)
    orders = list(permutations(range(row.size)))
    for order in orders:
        now = zero.copy()
        for j in order:
            before = model(now[None, :])[0]
            now[j] = row[j]
            gains[j] += model(now[None, :])[0] - before
    found: list[float] = (gains / len(orders)).tolist()
    return found


def test_permutation_shap_is_shapleys_within_its_error() -> None:
    """Five features that act together; the definition takes 120 orders. Five standard errors."""

    def model(x: Array) -> Array:
        found: Array = (x[:, 0] * x[:, 1] + x[:, 2] * x[:, 3] * x[:, 4] + x[:, 0] * x[:, 4]) / 3
        return found

    x = np.array([[1.0, 0.9, 0.8, 0.7, 0.6], [0.2, 1.0, 0.5, 1.0, 0.9]])
    zero = np.array([0.1, 0.0, 0.3, 0.0, 0.1])
    scorer = Scorer(model, features(5))
    found = permutation_shap(scorer, x, zero[None, :], SamplePlan(1), repeats=20)
    assert found.error is not None
    assert found.error.max() > 0
    for row, values, errors in zip(x, found.values, found.error, strict=True):
        away = np.abs(values - shapley(model, row, zero))
        assert [True] * 5 == (away <= 5 * errors + 1e-9).tolist()


def test_permutation_shap_needs_two_repeats() -> None:
    with pytest.raises(ModelError, match="at least 2"):
        permutation_shap(
            additive([0.1]), np.zeros((1, 1)), np.zeros((1, 1)), SamplePlan(1), repeats=1
        )
