"""Counterfactuals: the fewest changes, within what is allowed, or none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dutybound.models.counterfactuals import Counterfactual, NoneFound, Search, counterfactual
from dutybound.models.model import Array, DecisionRule, Feature, ModelError, Scorer

REFUSE = DecisionRule(0.5, "above")


def scorer(weights: list[float], *found: Feature) -> Scorer:
    def model(x: Array) -> Array:
        found: Array = np.clip(np.nan_to_num(x, nan=2.0) @ np.asarray(weights), 0, 1)
        return found

    return Scorer(model, found)


def feature(name: str, low: float = 0, high: float = 2, only: str | None = None) -> Feature:
    return Feature(name, low, high, changeable=True, only=only)


def got(found: Counterfactual | NoneFound) -> Counterfactual:
    assert isinstance(found, Counterfactual), found
    return found


def changes(found: Counterfactual | NoneFound) -> dict[str, float]:
    return {c.feature: c.new for c in got(found).changes}


ONES = np.ones(2)


def test_one_change_at_the_least_cost_by_hand() -> None:
    """0.3 a + 0.1 b at (2, 1) is 0.7. a on the grid 0, 0.2 ...: below 4/3 the largest is 1.2."""
    found = got(
        counterfactual(
            scorer([0.3, 0.1], feature("a"), feature("b")), np.array([2.0, 1.0]), REFUSE, ONES
        )
    )
    assert pytest.approx({"a": 1.2}) == changes(found)
    assert pytest.approx(0.46) == found.score
    assert pytest.approx(0.8) == found.cost
    assert found.exact


def test_two_changes_where_one_is_not_enough() -> None:
    """0.3 a + 0.3 b at (2, 2): one at 0 leaves 0.6. Together 1.666 at most: 0.4 off and 0.0..."""
    model = scorer([0.3, 0.3], feature("a"), feature("b"))
    found = got(counterfactual(model, np.array([2.0, 2.0]), REFUSE, ONES))
    assert 2 == len(found.changes) and found.exact
    assert pytest.approx(1.6) == sum(changes(found).values())
    assert pytest.approx(2.4) == found.cost


def test_only_changeable_features_change() -> None:
    model = scorer([0.3, 0.1], Feature("a", 0, 2), feature("b"))
    found = counterfactual(model, np.array([2.0, 1.0]), REFUSE, ONES)
    assert isinstance(found, NoneFound) and found.exact
    assert "no 3 changes" in found.why and found.tried == 10


def test_nothing_may_change() -> None:
    found = counterfactual(scorer([0.3], Feature("a")), np.array([2.0]), REFUSE, np.ones(1))
    assert NoneFound("no feature may change", True, 0) == found


def test_only_up_goes_up() -> None:
    """Less debt would do it, but a debt that can only grow cannot: income has to rise."""
    model = Scorer(
        lambda x: np.clip(0.5 + 0.1 * x[:, 0] - 0.1 * x[:, 1], 0, 1),
        (feature("debt", only="up"), feature("income")),
    )
    found = counterfactual(model, np.array([1.0, 1.0]), REFUSE, ONES)
    assert pytest.approx({"income": 1.2}) == changes(found)


def test_low_scores_refused() -> None:
    model = scorer([0.3], feature("a"))
    found = counterfactual(model, np.array([1.0]), DecisionRule(0.5, "below"), np.ones(1))
    assert pytest.approx({"a": 1.8}) == changes(found)


def test_categories_take_their_values_and_cost_one() -> None:
    model = scorer([0.2], Feature("kind", values=(1, 2, 4), changeable=True))
    found = got(counterfactual(model, np.array([4.0]), REFUSE, np.ones(1)))
    assert changes(found)["kind"] in (1, 2)
    assert 1.0 == found.cost


def test_a_missing_value_may_be_filled() -> None:
    model = scorer([0.3], feature("a"))
    found = got(counterfactual(model, np.array([np.nan]), REFUSE, np.ones(1)))
    assert np.isnan(found.changes[0].old) and found.score < 0.5 and found.cost == 1.0


def test_a_large_grid_is_searched_greedily_and_says_so() -> None:
    model = scorer([0.3, 0.3], feature("a"), feature("b"))
    search = Search(grid=10)
    found = got(counterfactual(model, np.array([2.0, 2.0]), REFUSE, ONES, search))
    assert not found.exact and found.score < 0.5
    none = counterfactual(model, np.array([2.0, 2.0]), REFUSE, ONES, Search(most=1, grid=10))
    assert isinstance(none, NoneFound) and not none.exact and "greedy" in none.why


@pytest.mark.parametrize(
    ("model", "row", "why"),
    [
        (scorer([0.3], feature("a")), [0.0], "favourable already"),
        (scorer([0.3], Feature("a", changeable=True)), [2.0], "give low and high"),
    ],
)
def test_what_cannot_be_asked(model: Scorer, row: list[float], why: str) -> None:
    with pytest.raises(ModelError, match=why):
        counterfactual(model, np.array(row), REFUSE, np.ones(1))


@pytest.mark.parametrize("bad", [Search(most=0), Search(steps=1)])
def test_search_that_is_none(bad: Search) -> None:
    with pytest.raises(ModelError, match="A search needs"):
        counterfactual(scorer([0.3], feature("a")), np.array([2.0]), REFUSE, np.ones(1), bad)


def test_feature_that_contradicts_itself() -> None:
    with pytest.raises(ModelError, match="low end above"):
        Feature("a", 2, 1)
    with pytest.raises(ModelError, match="`up` or `down`"):
        Feature("a", only="left")


@given(
    arrays(np.float64, 3, elements=st.floats(-0.5, 0.5)),
    arrays(np.float64, 3, elements=st.integers(0, 2).map(float)),
    st.sampled_from([5, 100_000]),
)
def test_what_is_found_turns_the_decision_within_what_is_allowed(
    weights: Array, row: Array, grid: int
) -> None:
    """And an exact "none" or count is that of trying every row of the grid."""
    model = scorer(weights.tolist(), feature("a"), feature("b", only="down"), Feature("c", 0, 2))
    if model.score(row[None, :])[0] < 0.5:
        return
    found = counterfactual(model, row, REFUSE, np.ones(3), Search(most=2, steps=3, grid=grid))
    every = [
        (int(a != row[0]) + int(b != row[1]))
        for a in (0.0, 1.0, 2.0)
        for b in (0.0, 1.0, 2.0)
        if b <= row[1] and model.score(np.array([[a, b, row[2]]]))[0] < 0.5
    ]
    if isinstance(found, NoneFound):
        assert not (found.exact and every)
        return
    new = row.copy()
    for change in found.changes:
        new[model.position(change.feature)] = change.new
    assert model.score(new[None, :])[0] == found.score < 0.5
    assert new[2] == row[2] and new[1] <= row[1] and 0 <= new[0] <= 2
    assert min(every) == len(found.changes) if found.exact else min(every) <= len(found.changes)
