"""Screened replacement: what it tries is exact, and what it may miss is counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutybound.measure.reasons import rank_reasons
from dutybound.models.contributions import replacement
from dutybound.models.model import Array, ModelError, SamplePlan, Scorer
from dutybound.models.screening import Choice, screened_replacement
from dutybound.terms.measure import Undefined
from tests.measure.kit import defined
from tests.models.kit import additive, features

PLAN = SamplePlan(900, 7)


def uneven(n: int, seed: int, width: int = 12) -> tuple[Scorer, Array]:
    """A sum in which weights fall fast: few features can be among the first three."""
    weights = [0.04 * 0.6**j for j in range(width)]
    x = np.random.default_rng(seed).standard_normal((n, width))
    return additive(weights, 0.5), x


def test_what_is_tried_is_what_plain_replacement_gives() -> None:
    scorer, x = uneven(3_000, 1)
    zeros = np.zeros(x.shape[1])
    got = screened_replacement(scorer, x, zeros, Choice(1.0, 3), PLAN)
    whole = replacement(scorer, x, zeros).values
    tried = got.found.values != 0
    assert got.tried < 6 and 12 == got.features
    assert pytest.approx(tried.sum(axis=1).mean(), abs=0.01) == got.tried
    np.testing.assert_allclose(whole[tried], got.found.values[tried], rtol=0, atol=1e-12)


def test_the_stated_share_is_that_of_all_rows() -> None:
    """The rows that judge are a ninth of all; the interval must hold the share over all."""
    scorer, x = uneven(3_000, 2)
    zeros = np.zeros(x.shape[1])
    got = screened_replacement(scorer, x, zeros, Choice(1.0, 3), PLAN)
    whole = rank_reasons(replacement(scorer, x, zeros).values, 3)
    same = (rank_reasons(got.found.values, 3) == whole).all(axis=1).mean()
    stated = defined(got.same_list)
    assert stated.interval is not None
    assert stated.interval.low <= same <= stated.interval.high
    assert 0.9 < same


def test_scores_that_are_known_are_not_computed_again() -> None:
    scorer, x = uneven(900, 3)
    zeros = np.zeros(x.shape[1])
    plain = screened_replacement(scorer, x, zeros, Choice(1.0, 3), PLAN)
    known = screened_replacement(
        scorer, x, zeros, Choice(1.0, 3), PLAN, scores=scorer.score(scorer.rows(x))
    )
    np.testing.assert_array_equal(plain.found.values, known.found.values)


def test_where_low_scores_are_adverse_it_looks_at_what_lowered_them() -> None:
    scorer, x = uneven(3_000, 4)
    zeros = np.zeros(x.shape[1])
    got = screened_replacement(scorer, x, zeros, Choice(-1.0, 2), PLAN)
    whole = rank_reasons(-replacement(scorer, x, zeros).values, 2)
    same = (rank_reasons(-got.found.values, 2) == whole).all(axis=1).mean()
    assert 0.9 < same


def test_all_features_are_tried_where_any_may_matter() -> None:
    """As many reasons as features, all of which push: nothing can be left out."""
    scorer = additive([0.02] * 4, 0.5)
    x = np.random.default_rng(5).uniform(0.5, 1.5, (900, 4))
    got = screened_replacement(scorer, x, np.zeros(4), Choice(1.0, 4), PLAN)
    assert 4 == got.tried and isinstance(got.same_list, Undefined)
    np.testing.assert_array_equal(replacement(scorer, x, np.zeros(4)).values, got.found.values)


def test_few_rows_teach_nothing() -> None:
    scorer, x = uneven(20, 6)
    with pytest.raises(ModelError, match="at least 30 rows"):
        screened_replacement(scorer, x, np.zeros(12), Choice(1.0, 3), PLAN)


def test_missing_values_and_effects_together() -> None:
    """A product of two features and a missing value that the model counts as 3."""

    def model(x: Array) -> Array:
        filled = np.where(np.isnan(x), 3.0, x)
        found: Array = 1 / (1 + np.exp(-(filled[:, 0] * filled[:, 1] + filled[:, 2])))
        return found

    scorer = Scorer(model, features(8), "product")
    x = np.random.default_rng(7).standard_normal((3_000, 8))
    x[::5, 2] = np.nan
    got = screened_replacement(scorer, x, np.zeros(8), Choice(1.0, 2), PLAN)
    whole = rank_reasons(replacement(scorer, x, np.zeros(8)).values, 2)
    same = (rank_reasons(got.found.values, 2) == whole).all(axis=1)
    assert 0.9 < same.mean() and 0.85 < same[::5].mean()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**20), places=st.integers(1, 4))
def test_no_contribution_is_a_guess(seed: int, places: int) -> None:
    """Every value is 0 or that of plain replacement, whatever the model."""
    rng = np.random.default_rng(seed)
    scorer = additive(list(rng.uniform(-0.03, 0.03, 6)), 0.5)
    x = rng.standard_normal((200, 6))
    zeros = np.zeros(6)
    got = screened_replacement(scorer, x, zeros, Choice(1.0, places), SamplePlan(120, 3))
    whole = replacement(scorer, x, zeros).values
    kept = got.found.values
    assert np.all((kept == 0) | np.isclose(kept, whole, rtol=0, atol=1e-12))
