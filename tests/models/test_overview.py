"""Importance, dependence and cohorts, by hand and with errors put in."""

from __future__ import annotations

import numpy as np
import pytest

from dutybound.models.contributions import Contributions
from dutybound.models.model import Array, Feature, ModelError, SamplePlan, Scorer
from dutybound.models.overview import cohorts, dependence, importance
from tests.measure.kit import defined, ends
from tests.models.kit import additive


def made(values: list[list[float]]) -> Contributions:
    return Contributions(np.array(values), "by-hand", "score")


def test_importance_by_hand() -> None:
    """Means of sizes: 2 and 3; the interval of (2, 4) is 3 +- 1.96."""
    found = importance(additive([0.1, 0.1]), made([[2.0, -2.0], [-2.0, 4.0]]))
    assert ["f1", "f0"] == [i.feature for i in found]
    assert [3.0, 2.0] == [defined(i.size).value for i in found]
    assert (1.04, 4.96) == ends(found[0].size, 2)
    assert ("by-hand", "score") == (found[0].method, found[0].unit)


def test_sampling_error_of_importance_covers() -> None:
    """|N(0, 1)| has mean sqrt(2 / pi): 300 samples of 300 rows."""
    rng = np.random.default_rng(11)
    truth = (2 / np.pi) ** 0.5
    hits = 0
    for _ in range(300):
        c = Contributions(rng.standard_normal((300, 1)), "x", "score")
        low, high = ends(importance(additive([0.1]), c)[0].size, 9)
        hits += low <= truth <= high
    assert 0.91 <= hits / 300 <= 0.985


def test_dependence_by_hand() -> None:
    x = np.array([[1.0], [1.0], [2.0], [2.0], [np.nan], [np.nan]])
    c = made([[0.1], [0.3], [-0.1], [-0.3], [0.0], [0.2]])
    one, two, lost = dependence(additive([0.1]), x, c, "f0")
    assert (1.0, 1.0, 2) == (one.low, one.high, one.rows)
    assert pytest.approx([0.2, -0.2, 0.1]) == [defined(p.effect).value for p in (one, two, lost)]
    assert np.isnan(lost.low) and lost.rows == 2


def test_dependence_in_quantile_bins_holds_each_row_once() -> None:
    x = np.arange(1000.0)[:, None] ** 2
    found = dependence(additive([1e-7]), x, Contributions(x / 1e7, "x", "score"), "f0", bins=4)
    assert [250] * 4 == [p.rows for p in found]
    effects = [defined(p.effect).value for p in found]
    assert sorted(effects) == effects
    assert all(a.high < b.low for a, b in zip(found, found[1:], strict=False))


def test_dependence_of_a_column_without_values() -> None:
    (lost,) = dependence(additive([0.1]), np.full((3, 1), np.nan), made([[0.1]] * 3), "f0")
    assert 3 == lost.rows


def test_dependence_of_other_rows() -> None:
    with pytest.raises(ModelError, match="other rows"):
        dependence(additive([0.1]), np.zeros((2, 1)), made([[0.1]]), "f0")


def table(rows: int, seed: int) -> tuple[Scorer, Array]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.random(rows), rng.integers(0, 3, rows), rng.random(rows)])
    found = (Feature("age"), Feature("kind", values=(0, 1, 2)), Feature("income"))
    return Scorer(additive([0.1] * 3).model, found), x


def test_the_cohort_that_was_put_in_is_found() -> None:
    """Errors of 0.5 for kind 2 with an age in the top quarter, else 0.1."""
    scorer, x = table(8000, 1)
    hit = (x[:, 1] == 2) & (x[:, 0] > 0.75)
    error = np.where(hit, 0.5, 0.1)
    worst = cohorts(scorer, x, error, SamplePlan(8000, 3))[0]
    assert ["age", "kind"] == [name for name, _, _ in worst.parts]
    assert pytest.approx(0.75, abs=0.02) == worst.parts[0][1]
    assert 0.48 <= defined(worst.error).value <= 0.5
    assert worst.higher and 0.1 <= worst.rest <= 0.105


def test_chance_alone_is_rarely_called_higher() -> None:
    """60 tables without any cohort, up to five reported each: at most 5 % of tables."""
    called = reported = 0
    for seed in range(60):
        scorer, x = table(3000, seed)
        error = np.random.default_rng(1000 + seed).exponential(0.1, 3000)
        found = cohorts(scorer, x, error, SamplePlan(3000, seed))
        reported += len(found)
        called += any(c.higher for c in found)
    assert 250 < reported <= 300
    assert called <= 8  # under 5 %, more than 8 of 60 has a chance of 0.3 %


def test_small_cohorts_are_left_out() -> None:
    scorer, x = table(150, 1)
    assert () == cohorts(scorer, x, x[:, 0], SamplePlan(150, 1))


def test_an_error_for_each_row() -> None:
    scorer, x = table(10, 1)
    with pytest.raises(ModelError, match="finite value for each row"):
        cohorts(scorer, x, np.full(10, np.nan), SamplePlan(10))
