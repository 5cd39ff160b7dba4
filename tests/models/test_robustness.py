"""Disturbed inputs: by hand on sums, by simulation, and with models that refuse."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dutybound.models.model import Array, DecisionRule, Feature, ModelError, SamplePlan, Scorer
from dutybound.models.robustness import (
    Bench,
    bench,
    missing_values,
    near_threshold,
    noise,
    out_of_range,
    perturbation,
    worst_of,
)
from dutybound.terms.measure import Undefined
from tests.measure.kit import defined, ends
from tests.models.kit import features
from tests.models.test_contributions import credit

RULE = DecisionRule(0.5, "above")


def plain(scorer: Scorer, rows: list[list[float]], spread: list[float]) -> Bench:
    """Rows and spreads as they are given."""
    x = np.array(rows)
    return Bench(scorer, RULE, x, np.array(spread), scorer.score(x), SamplePlan())


def clipped(weights: list[float], *found: Feature) -> Scorer:
    def model(x: Array) -> Array:
        found: Array = np.clip(x @ np.asarray(weights), 0, 1)
        return found

    return Scorer(model, found or features(len(weights)))


def test_perturbation_by_hand() -> None:
    """a + 0 b; steps of 0.1 in a. 0.45 becomes 0.55 and turns; 0.2 and 0.9 do not; b is idle."""
    b = plain(clipped([1.0, 0.0]), [[0.45, 1.0], [0.2, 1.0], [0.9, 1.0]], [1.0, 1.0])
    seen: list[tuple[int, int]] = []
    first, idle = perturbation(b, 0.1, lambda *a: seen.append(a))
    assert 1 / 3 == defined(first.changed).value
    assert (0.061, 0.792) == ends(first.changed)  # Wilson for 1 of 3
    assert pytest.approx([0.1, 0.1]) == [defined(first.moved).value, first.worst]
    assert 0.0 == defined(idle.moved).value == defined(idle.changed).value
    assert [(1, 2), (2, 2)] == seen
    assert "3 rows" in first.how and "seed 20240601" in first.how


def test_a_decision_turned_by_the_smaller_move_counts() -> None:
    """A step up gives 0.9 from 0.6 and stays adverse; a step down gives 0.4 and turns."""

    def model(x: Array) -> Array:
        return np.where(x[:, 0] > 0, 0.9, np.where(x[:, 0] < 0, 0.4, 0.6))

    (found,) = perturbation(plain(Scorer(model, features(1)), [[0.0]], [1.0]))
    assert 1.0 == defined(found.changed).value
    assert pytest.approx(0.3) == found.worst


def test_perturbation_of_a_category_tries_its_other_values() -> None:
    b = plain(clipped([0.3], Feature("kind", values=(0, 1, 3))), [[0.0], [3.0]], [0.0])
    (found,) = perturbation(b)
    assert pytest.approx(0.9) == found.worst
    assert 1.0 == defined(found.changed).value


def test_a_model_that_refuses_missing_values_is_counted() -> None:
    x, y = credit(300)
    fitted = LogisticRegression().fit(x, y)
    scorer = Scorer(lambda r: fitted.predict_proba(r)[:, 1], features(5))
    b = bench(scorer, x, RULE, SamplePlan(250, 1))
    for found in missing_values(b):
        assert 1.0 == defined(found.refused).value
        assert isinstance(found.changed, Undefined)


def test_a_model_that_refuses_some_rows_is_asked_one_by_one() -> None:
    def model(x: Array) -> Array:
        if (np.isnan(x[:, 0]) & (x[:, 1] > 1)).any():
            raise ValueError("no")
        return np.nan_to_num(x[:, 0], nan=0.9)

    b = plain(Scorer(model, features(2)), [[0.2, 1.0], [0.3, 2.0], [0.8, 1.0], [0.9, 1.0]], [1, 1])
    first, second = missing_values(b)
    assert 0.25 == defined(first.refused).value
    assert 1 / 3 == defined(first.changed).value  # of three scored, 0.2 became 0.9
    assert 0.0 == defined(second.refused).value == defined(second.changed).value


def test_out_of_range_by_hand() -> None:
    """Range 0 to 1, so values 2 and -1. The sum is cut to [0, 1]: each row moves to an end."""
    scorer = clipped([1.0], Feature("a", 0, 1))
    (found,) = out_of_range(plain(scorer, [[0.2], [0.7]], [1.0]))
    assert pytest.approx(0.8) == found.worst
    assert pytest.approx((0.8 + 0.7) / 2) == defined(found.moved).value
    assert 1.0 == defined(found.changed).value
    assert "2 and -1" in found.how


def test_out_of_range_scores_outside_one_are_refused_ones() -> None:
    scorer = Scorer(lambda x: x[:, 0], (Feature("a", 0, 1),))
    (found,) = out_of_range(plain(scorer, [[0.2], [0.7]], [1.0]))
    assert 1.0 == defined(found.refused).value


def test_noise_moves_as_the_normal_distribution_says() -> None:
    """A score x with noise of 0.05 spreads: mean size 0.05 sqrt(2 / pi), inside the interval."""
    rows = np.full((4000, 1), 0.5)
    scorer = clipped([1.0])
    b = Bench(scorer, RULE, rows, np.ones(1), scorer.score(rows), SamplePlan(4000))
    found = noise(b, 0.05)
    low, high = ends(found.moved, 9)
    assert low <= 0.05 * (2 / np.pi) ** 0.5 <= high
    low, high = ends(found.changed, 9)
    assert low <= 0.5 <= high
    assert found == noise(b, 0.05)


def test_worst_of_draws_finds_the_corner_and_never_less_with_more() -> None:
    """(a + b) / 2 within 0.1: the corner moves it by 0.1, and turns 0.45 only."""
    b = plain(clipped([0.5, 0.5]), [[0.45, 0.45], [0.65, 0.65], [0.1, 0.1]], [1.0, 1.0])
    found = worst_of(b, 60, 0.1)
    assert pytest.approx(0.1) == found.worst
    assert 1 / 3 == defined(found.changed).value
    few = worst_of(b, 1, 0.1)
    assert defined(few.moved).value <= defined(found.moved).value


def test_decisions_near_the_threshold_are_the_ones_that_turn() -> None:
    rows = [[v] for v in np.linspace(0, 1, 401)]
    b = plain(clipped([1.0]), rows, [0.02])
    found = near_threshold(b, margin=0.0201, draws=20, size=1.0)
    assert 17 / 401 == defined(found.share).value  # 0.48 to 0.52 in steps of 0.0025
    assert defined(found.near).value > 0.9
    assert defined(found.far).value < 0.2


def test_no_row_near_the_threshold_is_undefined() -> None:
    found = near_threshold(plain(clipped([1.0]), [[0.0], [1.0]], [0.01]))
    assert Undefined("no row lies there") == found.near
    assert 0.0 == defined(found.far).value == defined(found.share).value


def test_bench_draws_by_its_plan() -> None:
    x = np.linspace(0, 1, 500)[:, None]
    b = bench(clipped([1.0]), x, RULE, SamplePlan(40, 9))
    assert x[SamplePlan(40, 9).draw(500)].tolist() == b.rows.tolist()
    assert pytest.approx(0.5 / 1.349) == b.spread[0]


@pytest.mark.parametrize("margin", [0.0, 2.0])
def test_bad_options(margin: float) -> None:
    b = plain(clipped([1.0]), [[0.0]], [1.0])
    with pytest.raises(ModelError, match="at least 1"):
        near_threshold(b, margin)
    with pytest.raises(ModelError, match="at least 1"):
        worst_of(b, 0)
