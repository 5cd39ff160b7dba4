"""What each function says where there is nothing to say, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan

import numpy as np
import pytest

from dutybound.measure.alternatives import scored, search
from dutybound.measure.association import cramers_v, ks_p
from dutybound.measure.bins import pin_bins, regroup
from dutybound.measure.bootstrap import Sampling
from dutybound.measure.calibration import reliability
from dutybound.measure.checks import CountError
from dutybound.measure.distances import jensen_shannon, total_variation, wasserstein_iqr
from dutybound.measure.drift import category_drift, numeric_drift
from dutybound.measure.estimated import calibration_assumption, estimated_performance
from dutybound.measure.fairness import statistical_parity
from dutybound.measure.groups import Policy, compare
from dutybound.measure.inequality import theil
from dutybound.measure.intervals import beta_interval, mean
from dutybound.measure.missing import missing_bounds
from dutybound.measure.performance import classification, r_squared
from dutybound.measure.proxies import proxy, strongest
from dutybound.measure.psi import psi
from dutybound.measure.quality import Moments, cardinality, standardised_mean_shift
from dutybound.measure.ranking import auc, gini
from dutybound.measure.rates import confusion
from dutybound.measure.scores import score_sums, standardised_mean_difference
from dutybound.measure.shrinkage import empirical_bayes
from dutybound.terms.measure import Estimate, Undefined, Verdict
from tests.measure.kit import defined, span

MODEL = scored([[1, 2], [1, 2]], [[2, 1], [2, 1]])
OTHER = scored([[1, 2]], [[2, 1]])
GOOD = calibration_assumption(reliability([500], [250], [250]), 0.1)

REFUSED: dict[str, Callable[[], object]] = {
    "`parts`": lambda: pin_bins([1, 2], 1),
    "one shape": lambda: regroup([1, 2, 3], pin_bins([1, 2], 2)),
    "`draws`": lambda: total_variation([1, 2], [2, 1], sampling=Sampling(draws=10)),
    "dimensions": lambda: compare([[1, 2]], [[2, 3]]),
    "tuple of names": lambda: compare([1, 2], [2, 3], "ab"),  # type: ignore[arg-type]
    "`base`": lambda: jensen_shannon([1, 2], [2, 1], base=1),
    "`distance`": lambda: ks_p(1.5, 10, 10),
    "`prior`": lambda: beta_interval([1], [2], prior=(0, 1)),
    "A mean": lambda: mean(nan, 1, 3),
    "`beta`": lambda: classification(1, 1, 1, 1, beta=0),
    "R2": lambda: r_squared(-1, 1, 1, 3),
    "at most 20 bins": lambda: psi(np.full(21, 100), np.full(21, 100)),
    "not negative": lambda: cardinality(-1, 1, 1, 1),
    "missing or infinite": lambda: Moments(1, inf, 1, 1),
    "`iqr`": lambda: Moments(1, 0, 1, -1),
    "one flag": lambda: estimated_performance([1, 2], [1, 1], [True], GOOD),
    "names one of the models": lambda: search({"m": MODEL}, ("x", 0), owner="a", follow_up="b"),
    "other groups": lambda: search({"m": MODEL, "n": OTHER}, ("m", 0), owner="a", follow_up="b"),
}


@pytest.mark.parametrize("says", REFUSED)
def test_refused(says: str) -> None:
    with pytest.raises(CountError, match=says):
        REFUSED[says]()


UNDEFINED: dict[str, Callable[[], object]] = {
    "too few for a table": lambda: cramers_v([[1, 0], [0, 1]]),
    "window holds no row": lambda: wasserstein_iqr([0, 0], [1, 1], [1, 2]),
    "rate of the reference b is 0": lambda: compare(
        [5, 0], [9, 9], ["a", "b"], Policy(reference="b")
    ),
    "holds no row": lambda: compare([5, 0], [9, 0], ["a", "b"], Policy(reference="b")),
    "every positive was refused": lambda: theil(confusion([0], [0], [3], [0])),
    "share one bin": lambda: psi([600, 0], [600, 0]),
    "two rows a window": lambda: standardised_mean_shift(
        Moments(1, 0, 0, 0), Moments(9, 0, 1, 1.3)
    ),
    "no spread": lambda: standardised_mean_shift(Moments(9, 0, 0, 0), Moments(9, 0, 0, 0)),
    "two rows in each group": lambda: standardised_mean_difference(
        score_sums([1, 9], [1, 9], [1, 9], ["a", "b"]), "a", "b"
    ),
    "rows of both classes": lambda: gini(auc([0], [1])),
}


@pytest.mark.parametrize("says", UNDEFINED)
def test_undefined(says: str) -> None:
    found = UNDEFINED[says]()
    assert isinstance(found, Undefined)
    assert says in found.reason


def test_a_group_whose_reference_is_empty() -> None:
    """Each against the rest, and the rest of the second group holds no selected row."""
    found = defined(compare([0, 5], [10, 10], ["a", "b"], Policy(reference="rest")))
    first, second = found.groups
    assert 0.0 == defined(first.against).value
    assert isinstance(second.against, Undefined)
    assert Verdict.UNDEFINED is second.judgement.verdict
    difference = defined(statistical_parity([0, 5], [10, 10], None, Policy(reference="rest")))
    assert [-0.5, 0.5] == [defined(g.against).value for g in difference.groups]


def test_estimates_where_no_one_is_selected_or_expected() -> None:
    found = estimated_performance([10, 10], [0, 0], [False, False], GOOD)
    assert 1.0 == defined(found.accuracy).value
    assert isinstance(found.precision, Undefined)
    assert isinstance(found.recall, Undefined)
    assert isinstance(found.auc, Undefined)


def test_one_positive_has_a_wide_interval() -> None:
    """Nine of ten negatives lie below the only positive."""
    found = auc([0, 1, 0], [9, 0, 1])
    assert 0.9 == defined(found).value
    assert span(found).low < 0.5
    bare = Estimate(0.7, None, "test", 3)
    assert (0.4, None) == (round(defined(gini(bare)).value, 9), defined(gini(bare)).interval)


def test_a_feature_without_a_table_is_last() -> None:
    none, some = proxy([[5, 5]]), proxy([[50, 10], [10, 50]])
    assert ("some", "none") == strongest({"none": none, "some": some})
    assert 0.5 == defined(none.auc).value  # one value tells nothing


def test_groups_of_one_row_each_give_the_widest_prior() -> None:
    """Three rows in three groups: how far the rates differ cannot be told from chance."""
    found = defined(empirical_bayes([1, 0, 1], [1, 1, 1]))
    # The prior is worth all three rows at the pooled rate of 2/3: (1 + 2) / 4 and (0 + 2) / 4.
    assert [0.75, 0.5, 0.75] == [defined(x).value for x in found.values()]


# ------------------------------------------------------------------ all measures of a feature
def test_all_measures_of_a_numeric_feature() -> None:
    rng = np.random.default_rng(1)
    edges = np.linspace(-3, 3, 199)
    a, b = (
        np.bincount(np.searchsorted(edges, rng.normal(m, 1, 20_000)), minlength=200)
        for m in (0.0, 0.5)
    )
    middles = np.concatenate([[-3.1], (edges[1:] + edges[:-1]) / 2, [3.1]])
    found = numeric_drift(a, b, positions=middles, single=np.zeros(200, dtype=bool))
    # Two normal distributions half a deviation apart: KS 2 Phi(1/4) - 1, W1 0.5 over 1.349.
    assert 0.1974 == pytest.approx(defined(found.ks).value, abs=0.01)
    assert 0.5 / 1.349 == pytest.approx(defined(found.wasserstein_iqr).value, abs=0.02)
    # Their Hellinger distance: sqrt(1 - exp(-1/32)); PSI, which is symmetric: 1/4.
    assert 0.1754 == pytest.approx(defined(found.hellinger).value, abs=0.01)
    assert 0.25 == pytest.approx(defined(found.psi).index.value, abs=0.03)
    # P(X < Y) of a shifted one is Phi(0.5 / sqrt 2), so ranks move by that less a half.
    assert 0.1382 == pytest.approx(defined(found.wasserstein_ranks).value, abs=0.01)
    assert defined(found.jensen_shannon).distance.value > 0.1
    bare = numeric_drift(a, b)
    assert isinstance(bare.wasserstein_iqr, Undefined)
    assert defined(bare.psi).bins == 10


def test_all_measures_of_a_categorical_feature() -> None:
    found = category_drift([700, 300, 0], [600, 300, 100])
    assert 0.1 == pytest.approx(defined(found.total_variation).value)
    assert (2,) == found.changes.new
    # PSI over the two shared categories, each window by itself: 0.7, 0.3 and 2/3, 1/3.
    expected = (2 / 3 - 0.7) * np.log((2 / 3) / 0.7) + (1 / 3 - 0.3) * np.log((1 / 3) / 0.3)
    assert pytest.approx(expected) == defined(found.psi).index.value
    many = category_drift(np.full(30, 100), np.full(30, 100))
    assert isinstance(many.psi, Undefined)
    assert "at most 20" in many.psi.reason
    assert isinstance(category_drift([600, 0], [600, 0]).psi, Undefined)


def test_bounds_when_everyone_of_the_reference_may_be_refused() -> None:
    """None of the reference was selected: the ratio has no upper bound, the difference has."""
    found = defined(missing_bounds((5, 10), (0, 10), (1, 2)))
    assert isinstance(found.ratio, Undefined)
    assert pytest.approx((5 / 11 - 1 / 11, 6 / 11 - 0)) == found.difference


def test_a_category_without_rows_tells_nothing() -> None:
    found = proxy([[5, 0, 1], [1, 0, 5]])
    assert found.category in (0, 2)
    assert 5 / 6 == pytest.approx(defined(found.auc).value)
