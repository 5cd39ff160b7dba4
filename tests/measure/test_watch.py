"""Repeated checks: false alarms by simulation, spending functions, hysteresis."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from dutybound.measure.checks import CountError
from dutybound.measure.distances import ks
from dutybound.measure.intervals import rate
from dutybound.measure.verdict import judge
from dutybound.measure.watch import (
    Spending,
    State,
    Watch,
    confidence_sequence,
    look_level,
    next_level,
    spent,
    step,
)
from dutybound.terms.measure import (
    Estimate,
    Interval,
    Side,
    Threshold,
    Undefined,
    Verdict,
)
from tests.measure.kit import span


def test_spending_functions_by_hand() -> None:
    """O'Brien-Fleming at half: 2 (1 - Phi(1.95996 sqrt 2)) = 0.00557; Pocock: 0.05 ln(1.859)."""
    assert 0.00557 == pytest.approx(spent(0.5, 0.05, Spending.OBRIEN_FLEMING), abs=1e-5)
    expected = 2 * norm.sf(norm.isf(0.025) * sqrt(2))
    assert pytest.approx(expected) == spent(0.5, 0.05, Spending.OBRIEN_FLEMING)
    assert 0.05 * np.log(1 + (np.e - 1) / 2) == pytest.approx(spent(0.5, 0.05, Spending.POCOCK))
    for kind in (Spending.OBRIEN_FLEMING, Spending.POCOCK):
        assert [0.0, 0.05] == pytest.approx([spent(0, 0.05, kind), spent(1, 0.05, kind)])


@given(st.integers(1, 60), st.sampled_from([Spending.OBRIEN_FLEMING, Spending.POCOCK]))
def test_looks_spend_exactly_alpha(looks: int, kind: Spending) -> None:
    used = [1 - look_level(i, looks, 0.05, kind) for i in range(1, looks + 1)]
    assert 0.05 == pytest.approx(sum(used))
    assert all(x >= 0 for x in used)


def test_endless_looks_never_spend_more_than_alpha() -> None:
    used = [1 - look_level(i, None, 0.05, Spending.ENDLESS) for i in range(1, 10_000)]
    assert 0.0499 < sum(used) < 0.05


def test_wrong_looks_are_refused() -> None:
    with pytest.raises(CountError):
        look_level(4, 3, 0.05, Spending.POCOCK)
    with pytest.raises(CountError):
        look_level(1, None, 0.05, Spending.POCOCK)
    with pytest.raises(CountError):
        spent(0.5, 0.05, Spending.ENDLESS)
    with pytest.raises(CountError):
        spent(1.5, 0.05, Spending.POCOCK)
    with pytest.raises(CountError):
        Watch(minimum_effect=0.1, calm=0.2)


def at(value: float, half: float, level: float) -> Estimate:
    return Estimate(value, Interval(value - half, value + half, level, "test"), "test", 1)


def test_hysteresis() -> None:
    """Rises above 0.1, stays at 0.08 between calm and minimum effect, ends below 0.05."""
    watch = Watch(minimum_effect=0.1, calm=0.05)
    state = State()
    seen = []
    for value in (0.09, 0.13, 0.08, 0.06, 0.04, 0.08):
        state = step(watch, state, at(value, 0.02, next_level(watch, state)))
        seen.append(state.alarm)
    assert [False, True, True, True, False, False] == seen
    assert 6 == state.look


def test_confirmation_and_looks_without_a_value() -> None:
    watch = Watch(minimum_effect=0.1, calm=0.05, confirm=2)
    first = step(watch, State(), at(0.2, 0.01, 0.999))
    assert (False, 1) == (first.alarm, first.run)
    gap = step(watch, first, Undefined("no rows"))
    assert (2, 1, "undefined: no rows") == (gap.look, gap.run, gap.why)
    assert step(watch, gap, at(0.2, 0.01, 0.9999)).alarm
    assert 0 == step(watch, gap, at(0.05, 0.01, 0.9999)).run
    assert "no interval" in step(watch, gap, Estimate(1.0, None, "test", 1)).why
    with pytest.raises(CountError, match="level"):
        step(watch, State(), at(0.2, 0.01, 0.5))


@pytest.mark.parametrize("kind", list(Spending))
def test_false_alarms_over_a_year_of_days(kind: Spending) -> None:
    """365 daily windows whose true distance is exactly the minimum effect: at most 5 % alarm ever.

    A check at 95 % every day would alarm in nearly every year.
    """
    looks = None if kind is Spending.ENDLESS else 365
    watch = Watch(minimum_effect=0.1, calm=0.05, spending=kind, looks=looks)
    levels = np.array([look_level(i + 1, looks, 0.05, kind) for i in range(365)])
    z = norm.ppf(0.5 + levels / 2)
    rng = np.random.default_rng(1)
    years = 0.1 + 0.01 * rng.standard_normal((4000, 365))
    alarms = (years - 0.01 * z > watch.minimum_effect).any(axis=1)
    assert alarms.mean() < 0.05
    daily = (years - 0.01 * norm.ppf(0.975) > watch.minimum_effect).any(axis=1)
    assert daily.mean() > 0.99


def test_no_alarm_without_drift_in_real_windows() -> None:
    """60 windows of 2,000 rows from the reference itself; the alarm stays silent."""
    rng = np.random.default_rng(3)
    p = np.full(40, 1 / 40)
    reference = rng.multinomial(20_000, p)
    watch, state = Watch(minimum_effect=0.02, calm=0.01), State()
    for _ in range(60):
        window = rng.multinomial(2000, p)
        state = step(watch, state, ks(reference, window, level=next_level(watch, state)))
        assert not state.alarm
    moved = np.linspace(1.3, 0.7, 40) / 40
    state = step(watch, state, ks(reference, rng.multinomial(50_000, moved), level=0.999999))
    assert state.alarm


@pytest.mark.parametrize("p", [0.05, 0.5])
def test_a_confidence_sequence_holds_at_every_look(p: float) -> None:
    """1,000 streams watched after each of 3,000 rows: at most 5 % ever leave the interval."""
    rng = np.random.default_rng(7)
    counts = np.cumsum(rng.random((1000, 3000)) < p, axis=1)
    n = np.arange(1, 3001)
    half = np.array([_half(int(i)) for i in n])
    left = (np.abs(counts / n - p) > half).any(axis=1)
    assert left.mean() <= 0.05


def _half(n: int) -> float:
    """The half width at n, read off where 0 and 1 do not cut it."""
    found = span(confidence_sequence(n / 2, n))
    return np.inf if found.low == 0 or found.high == 1 else (found.high - found.low) / 2


def test_a_confidence_sequence_is_wider_than_one_look() -> None:
    always, once = span(confidence_sequence(500, 1000)), span(rate(500, 1000))
    assert 1.2 < (always.high - always.low) / (once.high - once.low) < 2.5
    assert isinstance(confidence_sequence(0, 0), Undefined)
    with pytest.raises(CountError):
        confidence_sequence(5, 3)


# ------------------------------------------------------------------ verdicts
@pytest.mark.parametrize(
    ("side", "threshold", "low", "high", "expected"),
    [
        (Side.AT_LEAST, 0.8, 0.81, 0.9, Verdict.NO_BREACH),
        (Side.AT_LEAST, 0.8, 0.8, 0.9, Verdict.NO_BREACH),
        (Side.AT_LEAST, 0.8, 0.7, 0.79, Verdict.BREACH),
        (Side.AT_LEAST, 0.8, 0.7, 0.8, Verdict.NOT_ENOUGH_DATA),
        (Side.AT_MOST, 0.1, 0.0, 0.1, Verdict.NO_BREACH),
        (Side.AT_MOST, 0.1, 0.11, 0.2, Verdict.BREACH),
        (Side.AT_MOST, 0.1, 0.05, 0.2, Verdict.NOT_ENOUGH_DATA),
        (Side.WITHIN, 0.1, -0.1, 0.1, Verdict.NO_BREACH),
        (Side.WITHIN, 0.1, -0.3, -0.2, Verdict.BREACH),
        (Side.WITHIN, 0.1, 0.2, 0.3, Verdict.BREACH),
        (Side.WITHIN, 0.1, -0.2, 0.2, Verdict.NOT_ENOUGH_DATA),
    ],
)
def test_the_interval_decides(
    side: Side, threshold: float, low: float, high: float, expected: Verdict
) -> None:
    found = Estimate((low + high) / 2, Interval(low, high, 0.95, "test"), "test", 10)
    judged = judge(found, Threshold(threshold, side))
    assert expected is judged.verdict
    assert "the threshold you chose" in judged.why


def test_what_bins_hide_counts_as_doubt() -> None:
    found = Estimate(0.1, Interval(0.09, 0.11, 0.95, "test"), "test", 10, bound=(0.1, 0.13))
    assert found.reach is not None
    assert [0.09, 0.14] == pytest.approx(list(found.reach))
    judged = judge(found, Threshold(0.12, Side.AT_MOST))
    assert Verdict.NOT_ENOUGH_DATA is judged.verdict


def test_no_threshold_no_value_no_interval() -> None:
    found = Estimate(0.1, None, "test", 10, note="only a point")
    threshold = Threshold(0.2, Side.AT_MOST)
    assert Verdict.NOT_JUDGED is judge(found, None).verdict
    assert "only a point" == judge(found, threshold).why
    assert Verdict.UNDEFINED is judge(Undefined("no rows"), threshold).verdict
