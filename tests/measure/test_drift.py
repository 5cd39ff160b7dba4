"""Drift against scipy on the raw values, by hand, and by simulation."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from dutybound.measure.association import chi_square, chi_square_p, cramers_v, ks_p
from dutybound.measure.bins import pin_bins, regroup
from dutybound.measure.bootstrap import Sampling
from dutybound.measure.checks import CountError
from dutybound.measure.distances import (
    hellinger,
    jensen_shannon,
    ks,
    total_variation,
    wasserstein_iqr,
    wasserstein_ranks,
)
from dutybound.measure.drift import category_drift, numeric_drift
from dutybound.measure.psi import psi
from dutybound.measure.quality import (
    Moments,
    binned_mean_shift,
    cardinality,
    category_changes,
    missing_rate_difference,
    range_break,
    standardised_mean_shift,
    type_break,
)
from dutybound.terms.measure import Estimate, Undefined
from tests.measure.kit import cells, defined, ends, span, two_cells

BIG = 10**6


@given(two_cells())
def test_ks_and_wasserstein_of_distinct_values_are_scipys(
    pair: tuple[list[int], list[int]],
) -> None:
    a, b = pair
    assume(sum(a) and sum(b))
    values = np.arange(len(a)) ** 2.0
    x, y = np.repeat(values, a), np.repeat(values, b)
    assert pytest.approx(stats.ks_2samp(x, y).statistic) == defined(ks(a, b)).value
    iqr = np.diff(np.quantile(x, [0.25, 0.75], method="inverted_cdf"))[0]
    found = wasserstein_iqr(a, b, values)
    if iqr == 0:
        assert isinstance(found, Undefined)
    else:
        expected = stats.wasserstein_distance(x, y) / iqr
        assert pytest.approx(expected) == defined(found).value


@given(st.integers(0, 10**6), st.integers(3, 40))
def test_exact_ks_lies_within_the_printed_bound(seed: int, bins: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=400), rng.normal(rng.uniform(-1, 1), size=300)
    edges = np.linspace(-4, 4, bins)
    a, b = (np.bincount(np.searchsorted(edges, v), minlength=bins + 1) for v in (x, y))
    found = defined(ks(a, b, single=np.zeros(bins + 1, dtype=bool)))
    assert found.bound is not None
    low, high = found.bound
    assert low - 1e-12 <= stats.ks_2samp(x, y).statistic <= high + 1e-12


@given(st.integers(0, 10**6), st.integers(8, 60))
def test_exact_wasserstein_lies_within_the_printed_bounds(seed: int, bins: int) -> None:
    """Over the range, and on ranks, where scipy gets the mid-ranks of the raw rows."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=400), rng.normal(rng.uniform(-1, 1), size=300)
    edges = np.linspace(-6, 6, bins)
    a, b = (np.histogram(v, edges)[0] for v in (x, y))
    middles = (edges[1:] + edges[:-1]) / 2
    iqr = np.diff(np.quantile(x, [0.25, 0.75], method="inverted_cdf"))[0]
    single = np.zeros(bins - 1, dtype=bool)
    over = wasserstein_iqr(a, b, middles, edges=(edges[:-1], edges[1:]))
    if isinstance(over, Undefined):
        return
    if over.bound is not None:
        exact = stats.wasserstein_distance(x, y) / iqr
        assert over.bound[0] - 1e-9 <= exact <= over.bound[1] + 1e-9
    sorted_x = np.sort(x)
    ranked = [
        (np.searchsorted(sorted_x, v, "left") + np.searchsorted(sorted_x, v, "right")) / 800
        for v in (x, y)
    ]
    exact = stats.wasserstein_distance(*ranked)
    found = defined(wasserstein_ranks(a, b, single=single)).bound
    assert found is not None
    assert found[0] - 1e-9 <= exact <= found[1] + 1e-9


def test_no_bound_without_ends() -> None:
    a, b, at = [5, 5, 5], [5, 5, 6], [0.0, 1.0, 2.0]
    assert "no bound" in defined(wasserstein_iqr(a, b, at)).note
    open_end = ([-0.1, 0.9, 1.9], [0.1, 1.1, np.inf])
    assert defined(wasserstein_iqr(a, b, at, edges=open_end)).bound is None
    wide = ([-1.0, 0.0, 1.0], [1.0, 2.0, 3.0])
    assert defined(wasserstein_iqr(a, b, at, edges=wide)).bound is None  # the range may be 0
    with pytest.raises(CountError, match="two ends"):
        wasserstein_iqr(a, b, at, edges=([0.0], [1.0]))
    with pytest.raises(CountError, match="outside"):
        wasserstein_iqr(a, b, at, edges=(at, [0.0, 1.0, 1.5]))


def test_a_bin_of_one_value_hides_nothing() -> None:
    """Half of the rows sit on one value: as a wide bin it could hide 0.5, as a value it cannot."""
    a, b = [25, 50, 25], [25, 50, 25]
    assert (0.0, 0.0) == defined(ks(a, b, single=[True, True, True])).bound
    assert (0.0, 0.5) == defined(ks(a, b, single=[True, False, True])).bound


def test_distances_by_hand() -> None:
    """Shares 1/2, 1/2 against 1/4, 3/4."""
    a, b = [50 * BIG, 50 * BIG], [25 * BIG, 75 * BIG]
    assert 0.25 == defined(total_variation(a, b)).value
    assert 0.25 == defined(ks(a, b)).value
    square = 1 - sqrt(1 / 8) - sqrt(3 / 8)
    assert sqrt(square) == pytest.approx(defined(hellinger(a, b)).value, abs=1e-6)
    assert 0.25 * log(3) == pytest.approx(defined(psi(a, b)).index.value)
    # Ranks of the two bins are 1/4 and 3/4: a quarter of the rows moves by 1/2.
    assert 0.125 == defined(wasserstein_ranks(a, b)).value


@given(two_cells())
def test_jensen_shannon_is_scipys_less_its_floor(pair: tuple[list[int], list[int]]) -> None:
    a, b = (np.array(x) for x in pair)
    assume(a.sum() and b.sum())
    for base in (2.0, np.e):
        found = defined(jensen_shannon(a, b, base=base))
        bins = int(((a + b) > 0).sum())
        floor = (bins - 1) / (8 * np.log(base)) * (1 / a.sum() + 1 / b.sum())
        raw = jensenshannon(a, b, base=base) ** 2
        assert pytest.approx(floor) == found.floor
        assert pytest.approx(max(0.0, np.nan_to_num(raw) - floor), abs=1e-9) == found.divergence


def test_bases_differ() -> None:
    """Windows without a common category are 1 bit apart, which is ln 2 nats."""
    a, b = [10 * BIG, 0], [0, 10 * BIG]
    assert 1.0 == pytest.approx(defined(jensen_shannon(a, b)).divergence, abs=1e-6)
    nats = defined(jensen_shannon(a, b, base=np.e))
    assert log(2) == pytest.approx(nats.divergence, abs=1e-6)


def test_divergences_refuse_many_bins() -> None:
    many = np.ones(51)
    assert isinstance(jensen_shannon(many, many), Undefined)
    assert isinstance(hellinger(many, many), Undefined)
    assert not isinstance(jensen_shannon(many[:50], many[:50]), Undefined)


@given(st.tuples(cells(4), cells(4), cells(4)))
def test_chi_square_is_scipys(rows: tuple[list[int], ...]) -> None:
    table = np.array(rows)
    kept = table[table.sum(1) > 0][:, table.sum(0) > 0]
    found = chi_square(table)
    if min(kept.shape) < 2:
        assert isinstance(found, Undefined)
        return
    expected = stats.chi2_contingency(kept, correction=False)
    assert pytest.approx(expected.statistic, abs=1e-9) == defined(found).statistic
    assert expected.dof == defined(found).freedom
    assert pytest.approx(expected.pvalue, abs=1e-12) == chi_square_p(defined(found))


def test_ks_p_is_scipys_asymptotic() -> None:
    x, y = np.arange(300), np.arange(300) + 30
    theirs = stats.ks_2samp(x, y, method="asymp").pvalue
    limit = stats.kstwobign.sf(0.1 * sqrt(150))
    assert limit == pytest.approx(ks_p(0.1, 300, 300))
    assert theirs == pytest.approx(ks_p(0.1, 300, 300), rel=0.15)  # scipy corrects for n


def test_cramers_v_by_hand() -> None:
    """A perfect 2 by 2 table is 1; no association in a large table is 0; scipy's for a large n."""
    assert 1.0 == pytest.approx(defined(cramers_v([[BIG, 0], [0, BIG]])).value, abs=1e-5)
    assert 0.0 == defined(cramers_v([[BIG, BIG], [BIG, BIG]])).value
    table = np.array([[30, 20, 10], [10, 20, 30]]) * 100_000
    expected = stats.contingency.association(table, method="cramer")
    assert pytest.approx(expected, abs=1e-4) == defined(cramers_v(table)).value


def test_pinned_bins_are_reference_quantiles() -> None:
    assert [0, 0, 1, 1] == pin_bins([5, 5, 5, 5], 2).tolist()
    assert [0, 1, 2, 2] == pin_bins([10, 80, 10, 0], 10).tolist()  # a point mass is a bin
    assert [0, 0, 0] == pin_bins([0, 7, 0], 10).tolist()
    assert [10, 10] == regroup([4, 6, 3, 7], pin_bins([5, 5, 5, 5], 2)).tolist()


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60), st.integers(2, 12))
def test_each_pinned_bin_holds_reference_rows(counts: list[int], parts: int) -> None:
    assume(sum(counts))
    index = pin_bins(counts, parts)
    assert np.all(np.diff(index) >= 0)
    assert index.max() < parts
    assert regroup(counts, index).min() > 0


def test_psi_is_never_silent() -> None:
    assert isinstance(psi([250, 249], [250, 250]), Undefined)
    empty = psi([500, 500, 0], [400, 400, 200])
    assert isinstance(empty, Undefined)
    assert "20.00% of current rows are new" in empty.reason
    found = defined(psi([100] * 10, [100] * 10))
    assert 0.018 == pytest.approx(found.floor)
    assert 0.0 == found.beside.value


def test_category_changes() -> None:
    found = category_changes([90, 10, 0], [95, 0, 5])
    assert ((2,), (1,)) == (found.new, found.vanished)
    assert (0.05, 0.1) == (defined(found.new_mass).value, defined(found.vanished_mass).value)
    assert 0.9**100 == pytest.approx(found.vanished_by_chance, rel=1e-6)


def test_quality() -> None:
    found = missing_rate_difference(48, 80, 56, 70)
    assert 0.2 == pytest.approx(defined(found).value)
    assert (0.0524, 0.3339) == ends(found, 4)  # Newcombe 1998, table II
    assert isinstance(missing_rate_difference(0, 0, 1, 2), Undefined)
    assert 0.02 == defined(range_break(2, 100)).value
    assert type_break("int64", "int64") is None
    assert "the type was int64 and is string" == type_break("int64", "string")
    assert 1.5 == defined(cardinality(2, 10, 3, 10)).value
    assert isinstance(cardinality(0, 10, 3, 10), Undefined)


def test_no_variance_based_index_on_heavy_tails() -> None:
    """Pareto with shape 1.3 has no variance; a normal feature moved by half a sd reads 0.5."""
    x = np.random.default_rng(1).pareto(1.3, 10_000)
    heavy = Moments(1e4, x.mean(), x.std(), float(np.diff(np.quantile(x, [0.25, 0.75]))[0]))
    normal = Moments(1e4, 0.0, 1.0, 1.349)
    assert isinstance(standardised_mean_shift(normal, heavy), Undefined)
    moved = standardised_mean_shift(normal, Moments(1e4, 0.5, 1.0, 1.349))
    assert 0.5 == defined(moved).value


def test_empty_windows_are_undefined() -> None:
    none, some = [0, 0], [1, 2]
    for measure in (ks, total_variation, hellinger, jensen_shannon, wasserstein_ranks):
        assert isinstance(measure(none, some), Undefined)
        assert isinstance(measure(some, none), Undefined)
    found = numeric_drift(none, some)
    assert isinstance(found.psi, Undefined)
    assert isinstance(category_drift(none, some).cramers_v, Undefined)


def test_wrong_bins_are_refused() -> None:
    with pytest.raises(CountError, match="rise"):
        wasserstein_iqr([1, 2], [1, 2], [3, 3])
    with pytest.raises(CountError, match="flag"):
        ks([1, 2], [1, 2], single=[True])
    with pytest.raises(CountError, match="no row"):
        pin_bins([0, 0], 10)


def test_the_same_input_gives_the_same_limits() -> None:
    a, b = [40, 30, 30], [20, 50, 30]
    assert total_variation(a, b) == total_variation(a, b)
    other = total_variation(a, b, sampling=Sampling(seed=7))
    assert span(total_variation(a, b)) != span(other)


# ------------------------------------------------------------------ coverage, by simulation
SHAPES = {
    "no drift": (np.full(20, 1 / 20), np.full(20, 1 / 20)),
    "small drift": (np.full(20, 1 / 20), np.linspace(0.9, 1.1, 20) / 20),
    "large drift": (np.linspace(2, 1, 20) / 30, np.linspace(1, 2, 20) / 30),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rows", [600, 20_000])
def test_distance_intervals_cover_at_least_as_often_as_they_say(shape: str, rows: int) -> None:
    """300 pairs of windows: 95 % may be 92.5 % by chance of the simulation (2 sd)."""
    p, q = SHAPES[shape]
    large = 10**12
    truth = _measured(np.round(p * large), np.round(q * large))
    rng = np.random.default_rng(rows)
    runs = 300
    inside = dict.fromkeys(truth, 0)
    for _ in range(runs):
        found = _measured(rng.multinomial(rows, p), rng.multinomial(rows, q))
        for name, (low, _, high) in found.items():
            inside[name] += low - 1e-6 <= truth[name][1] <= high + 1e-6
    assert {} == {name: k for name, k in inside.items() if k < 0.925 * runs}


def _measured(a: npt.ArrayLike, b: npt.ArrayLike) -> dict[str, tuple[float, float, float]]:
    found = {
        "ks": ks(a, b),
        "tv": total_variation(a, b),
        "hellinger": hellinger(a, b),
        "js": defined(jensen_shannon(a, b)).distance,
        "w1": wasserstein_ranks(a, b),
        "psi": defined(psi(a, b)).index,
        "v": cramers_v(np.array([a, b])),
    }
    return {k: (span(v).low, defined(v).value, span(v).high) for k, v in found.items()}


@pytest.mark.parametrize("power", [-900, -3, 5, 700, 1000])
def test_no_measure_without_a_unit_depends_on_it(power: int) -> None:
    """Values a power of two larger give the same to the bit, also where their squares overflow."""
    then, now = np.array([5, 20, 50, 20, 5]), np.array([4, 14, 40, 30, 12])
    at = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    unit = 2.0**power
    for measure in (binned_mean_shift, wasserstein_iqr):
        near, far = (
            measure(then, now, at * u, edges=((at - 0.1) * u, (at + 0.1) * u)) for u in (1.0, unit)
        )
        assert isinstance(near, Estimate)
        assert near == far
