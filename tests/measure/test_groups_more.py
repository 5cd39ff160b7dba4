"""Score gaps, Theil, strata, missing attributes, proxies, shrinkage and less harmful options."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import mutual_info_score, roc_auc_score

from dutybound.measure.alternatives import Gains, scored, search
from dutybound.measure.checks import CountError
from dutybound.measure.inequality import theil
from dutybound.measure.missing import missing_bounds
from dutybound.measure.proxies import proxy, strongest
from dutybound.measure.rates import confusion
from dutybound.measure.scores import score_gap, score_sums, standardised_mean_difference
from dutybound.measure.shrinkage import empirical_bayes
from dutybound.measure.strata import conditional
from dutybound.terms.measure import Undefined
from tests.measure.kit import defined, ends, span

BIG = 10**6


# ------------------------------------------------------------------ scores
@given(st.integers(0, 10**6))
@settings(max_examples=40)
def test_score_gap_is_welchs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.beta(2, 3, 300), rng.beta(3, 2, 500)
    sums = score_sums([300, 500], [x.sum(), y.sum()], [(x**2).sum(), (y**2).sum()], ["a", "b"])
    theirs = stats.ttest_ind(x, y, equal_var=False).confidence_interval()
    found = score_gap(sums, "a", "b")
    assert pytest.approx(x.mean() - y.mean()) == defined(found).value
    assert pytest.approx((theirs.low, theirs.high), abs=1e-3) == ends(found, 6)
    pooled = np.sqrt((299 * x.var(ddof=1) + 499 * y.var(ddof=1)) / 798)
    d = standardised_mean_difference(sums, "a", "b")
    assert pytest.approx((x.mean() - y.mean()) / pooled) == defined(d).value


def test_scores_that_cannot_be() -> None:
    with pytest.raises(CountError, match="squares"):
        score_sums([2], [2.0], [1.0])
    sums = score_sums([1, 5, 5], [0.5, 2.5, 2.5], [0.25, 1.25, 1.25], ["one", "a", "b"])
    assert isinstance(score_gap(sums, "one", "a"), Undefined)
    assert isinstance(standardised_mean_difference(sums, "b", "a"), Undefined)  # no spread
    with pytest.raises(CountError, match="no group"):
        score_gap(sums, "nobody", "a")


# ------------------------------------------------------------------ Theil
@given(st.lists(st.integers(0, 20), min_size=8, max_size=8))
def test_theil_is_its_definition_row_by_row(counts: list[int]) -> None:
    tp, fp, fn, tn = (counts[i : i + 2] for i in (0, 2, 4, 6))
    benefit = np.repeat([1.0, 2.0, 0.0, 1.0], [sum(tp), sum(fp), sum(fn), sum(tn)])
    found = theil(confusion(tp, fp, fn, tn))
    if benefit.sum() == 0:
        assert isinstance(found, Undefined)
        return
    share = benefit / benefit.mean()
    expected = float(np.mean([s * log(s) if s else 0.0 for s in share]))
    assert pytest.approx(expected, abs=1e-12) == defined(found).total.value
    assert -1e-12 < defined(found).between <= defined(found).total.value + 1e-12


def test_theil_by_hand() -> None:
    """Two persons, one wrongly refused (0), one wrongly selected (2): ln 2, all between groups."""
    found = defined(theil(confusion([0, 0], [0, 1], [1, 0], [0, 0])))
    assert (log(2), log(2), 0.0) == pytest.approx((found.total.value, found.between, found.within))


# ------------------------------------------------------------------ strata
def test_mantel_haenszel_by_hand() -> None:
    """Berkeley's paradox in small: the ratio is 0.5 overall and 1 in each stratum.

    Stratum one: 80 of 100 and 40 of 50. Stratum two: 10 of 50 and 40 of 200.
    Group: 90 of 150 = 0.6; reference: 80 of 250 = 0.32.
    """
    found = conditional([80, 10], [100, 50], [40, 40], [50, 200], ["one", "two"])
    assert 1.0 == pytest.approx(defined(found.ratio).value)
    assert 0.0 == pytest.approx(defined(found.difference).value)
    assert [1.0, 1.0] == pytest.approx([defined(x).value for x in found.by_stratum.values()])
    assert 0.0 == found.left_out


def test_mantel_haenszel_weights() -> None:
    """Ratio: (10 x 100/200 + 30 x 200/300) / (20 x 100/200 + 90 x 100/300) = 25 / 40."""
    found = conditional([10, 30], [100, 100], [20, 90], [100, 200])
    assert 0.625 == pytest.approx(defined(found.ratio).value)
    # Difference: (-0.1 x 50 + -0.15 x 200/3) / (50 + 200/3)
    assert -15 / (350 / 3) == pytest.approx(defined(found.difference).value)


def test_one_stratum_is_the_plain_ratio() -> None:
    found = span(conditional([30], [100], [50], [120]).ratio)
    theirs = stats.contingency.relative_risk(30, 100, 50, 120).confidence_interval()
    assert pytest.approx((theirs.low, theirs.high)) == (found.low, found.high)


def test_strata_with_one_group_are_left_out() -> None:
    found = conditional([5, 8], [10, 20], [5, 0], [10, 0], ["both", "one"])
    assert 0.5 == found.left_out
    assert isinstance(found.by_stratum["one"], Undefined)
    assert isinstance(conditional([5], [10], [0], [0]).ratio, Undefined)
    nobody = defined(conditional([0], [10], [5], [10]).ratio)
    assert (0.0, None) == (nobody.value, nobody.interval)


def test_coverage_within_strata() -> None:
    """Five strata with rates 0.1 to 0.7 and a true ratio of 0.8 in each."""
    rng = np.random.default_rng(8)
    p = np.array([0.1, 0.2, 0.3, 0.5, 0.7])
    n, m = np.array([50, 80, 100, 60, 40]), np.array([200, 100, 100, 80, 30])
    truth = {
        "ratio": 0.8,
        "difference": -0.2 * float(p @ (n * m / (n + m))) / (n * m / (n + m)).sum(),
    }
    runs, inside = 2000, {"ratio": 0, "difference": 0}
    for _ in range(runs):
        found = conditional(rng.binomial(n, 0.8 * p), n, rng.binomial(m, p), m)
        for name in inside:
            limits = span(getattr(found, name))
            inside[name] += limits.low <= truth[name] <= limits.high
    assert all(0.935 * runs < k < 0.97 * runs for k in inside.values()), inside


# ------------------------------------------------------------------ missing attributes
def test_bounds_by_hand() -> None:
    """40 of 80, 60 of 100, and 20 without the attribute of whom 10 were selected.

    Lowest: 40 / 90 over 70 / 110. Highest: 50 / 90 over 60 / 110.
    """
    found = defined(missing_bounds((40, 80), (60, 100), (10, 20)))
    assert pytest.approx(((40 / 90) / (70 / 110), (50 / 90) / (60 / 110))) == found.ratio
    assert 0.1 == defined(found.share).value
    assert isinstance(missing_bounds((0, 0), (1, 2), (0, 0)), Undefined)


@given(st.integers(0, 2**32))
def test_no_way_to_fill_the_gaps_leaves_the_bounds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 30, 2)
    k = rng.binomial(n, 0.5)
    k[1] = max(1, k[1])
    total = int(rng.integers(0, 20))
    chosen = int(rng.integers(0, total + 1))
    found = defined(missing_bounds((k[0], n[0]), (k[1], n[1]), (chosen, total)))
    assert not isinstance(found.ratio, Undefined)
    for a in range(chosen + 1):
        for b in range(total - chosen + 1):
            mine = (k[0] + a) / (n[0] + a + b)
            theirs = (k[1] + chosen - a) / (n[1] + total - a - b)
            assert found.ratio[0] - 1e-9 <= mine / theirs <= found.ratio[1] + 1e-9


# ------------------------------------------------------------------ proxies
@given(st.integers(0, 10**6))
@settings(max_examples=40)
def test_proxies_are_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(1, 30, (5, 2))
    feature = np.repeat(np.repeat(np.arange(5), 2), table.ravel())
    attribute = np.repeat(np.tile([0, 1], 5), table.ravel())
    found = proxy(table)
    area = roc_auc_score(attribute, feature)
    assert pytest.approx(max(area, 1 - area)) == defined(found.auc).value
    raw = mutual_info_score(feature, attribute) - 4 / (2 * table.sum())
    assert pytest.approx(max(0.0, raw) / log(2), abs=1e-12) == defined(found.information).value


def test_a_perfect_proxy_and_none() -> None:
    perfect = proxy([[BIG, 0], [0, BIG]])
    assert 1.0 == pytest.approx(defined(perfect.information).value, abs=1e-5)
    assert (1.0, 0) == (defined(perfect.auc).value, perfect.category)
    none = proxy([[BIG, BIG], [BIG, BIG]])
    assert (0.0, 0.5) == (defined(none.cramers_v).value, defined(none.auc).value)
    assert isinstance(proxy([[5, 5]]).cramers_v, Undefined)
    assert ("perfect", "none") == strongest({"none": none, "perfect": perfect})


def test_values_without_order_are_put_in_order() -> None:
    """Rates 0.2, 0.9, 0.5 in a column without order: as an order they would cancel in part."""
    table = [[20, 80], [90, 10], [50, 50]]
    assert defined(proxy(table).auc).value < defined(proxy(table, ordered=False).auc).value


# ------------------------------------------------------------------ small groups
def test_shrinkage_draws_small_groups_in() -> None:
    found = defined(empirical_bayes([0, 50, 30, 80], [2, 100, 100, 100], ["a", "b", "c", "d"]))
    small = defined(found["a"]).value
    assert 0.1 < small < 160 / 302
    assert abs(defined(found["b"]).value - 0.5) < 0.02
    assert isinstance(empirical_bayes([1, 2], [3, 4]), Undefined)
    assert isinstance(empirical_bayes([0, 0, 0], [3, 4, 5]), Undefined)


def test_coverage_of_shrunk_rates_on_average() -> None:
    rng = np.random.default_rng(4)
    inside, shorter = [], []
    for _ in range(150):
        p = rng.beta(12, 8, 60)
        n = rng.integers(5, 60, 60)
        k = rng.binomial(n, p)
        found = defined(empirical_bayes(k, n))
        limits = [span(x) for x in found.values()]
        inside += [i.low <= x <= i.high for i, x in zip(limits, p, strict=True)]
        shorter.append(np.mean([i.high - i.low for i in limits]))
    assert 0.935 < np.mean(inside) < 0.965
    assert np.mean(shorter) < 0.3


# ------------------------------------------------------------------ alternatives
def test_search_by_hand() -> None:
    """Two groups of 30, three bins. Cut 2 is in use.

    Cut 2: selected 10 and 2, right 10 + 14 and 2 + 14 of 60. Cut 1: selected 20 and 18, right
    16 + 10 and 16 + 12. Cut 0: all selected, right 32.
    """
    positives = [[0, 6, 10], [0, 14, 2]]
    negatives = [[10, 4, 0], [12, 2, 0]]
    found = search(
        {"m": scored(positives, negatives)},
        ("m", 2),
        owner="Head of credit",
        follow_up="Committee on 3 March",
        labels=["a", "b"],
        gains=Gains(),
    )
    result = defined(found)
    assert [40 / 60, 0.2] == pytest.approx([result.current.gain, result.current.lowest_ratio])
    assert [1] == [o.cut for o in result.better]  # cut 0 loses 8 of 60, more than the tolerance
    assert [54 / 60, 0.9] == pytest.approx([result.better[0].gain, result.better[0].lowest_ratio])
    assert [1, 0] == [o.cut for o in result.curve]
    assert ("Head of credit", "Committee on 3 March") == (result.owner, result.follow_up)


def test_an_owner_and_a_follow_up_are_needed() -> None:
    model = {"m": scored([[1, 2], [1, 2]], [[2, 1], [2, 1]])}
    with pytest.raises(CountError, match="owner"):
        search(model, ("m", 1), owner=" ", follow_up="none")
    with pytest.raises(CountError, match="cut"):
        search(model, ("m", 9), owner="x", follow_up="y")
    assert isinstance(search(model, ("m", 2), owner="x", follow_up="y"), Undefined)
    empty = {"m": scored([[1, 2], [0, 0]], [[2, 1], [0, 0]])}
    assert isinstance(search(empty, ("m", 1), owner="x", follow_up="y"), Undefined)


def test_another_model_can_be_the_alternative() -> None:
    """The same accuracy, but the second model separates group b as well as group a."""
    uneven = scored([[0, 10], [5, 5]], [[10, 0], [5, 5]])
    even = scored([[1, 9], [1, 9]], [[9, 1], [9, 1]])
    found = defined(
        search({"now": uneven, "new": even}, ("now", 1), owner="x", follow_up="y", gains=Gains())
    )
    assert "new" in {o.model for o in found.better} | {o.model for o in found.curve}
    assert all(o.gain >= found.current.gain - found.tolerance for o in found.better)
