"""Repeated checks: how much doubt each look may spend, and when an alarm rises and falls.

A check that is made every day at 5 % is wrong once in twenty days. Here all looks together keep
the level that was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import e, log, pi, sqrt
from statistics import NormalDist
from typing import Final

from dutybound.measure.checks import CountError, check_level
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined

_NORMAL: Final = NormalDist()


class Spending(StrEnum):
    """How alpha is spent over looks. obrien_fleming: late; pocock: evenly; both need the number of
    looks. endless: for ever, 6 / (pi k)^2 of it at look k."""

    OBRIEN_FLEMING = "obrien-fleming"
    POCOCK = "pocock"
    ENDLESS = "endless"


def spent(fraction: float, alpha: float, kind: Spending) -> float:
    """Alpha spent after a fraction of all looks, in [0, alpha].

    Source: Lan and DeMets 1983, Biometrika 70.
    """
    check_level(alpha, "alpha")
    if not 0 <= fraction <= 1:
        raise CountError("`fraction` lies in 0 to 1.")
    if fraction == 0:
        return 0.0
    if kind is Spending.POCOCK:
        return alpha * log(1 + (e - 1) * fraction)
    if kind is Spending.OBRIEN_FLEMING:
        return 2 * (1 - _NORMAL.cdf(_NORMAL.inv_cdf(1 - alpha / 2) / sqrt(fraction)))
    raise CountError("`endless` has no last look, so there is no fraction.")


def look_level(look: int, looks: int | None, alpha: float, kind: Spending) -> float:
    """The level of the interval at one look, so that all looks together err with at most alpha.

    look: from 1. looks: how many are planned; None for `endless`. Each look spends its own
    increment (Bonferroni over looks): valid for separate windows and for growing data, whatever
    the dependence; for growing data exact group-sequential limits would be a little narrower.
    """
    check_level(alpha, "alpha")
    if look < 1 or (looks is not None and look > looks):
        raise CountError("`look` lies in 1 to `looks`.")
    if kind is Spending.ENDLESS:
        return 1 - alpha * 6 / (pi * look) ** 2
    if looks is None:
        raise CountError(f"`{kind}` needs the number of looks.")
    return 1 - (spent(look / looks, alpha, kind) - spent((look - 1) / looks, alpha, kind))


def confidence_sequence(
    total: float, n: float, alpha: float = 0.05, *, tightest_at: float = 1000
) -> Measured:
    """A rate with an interval that holds at every n at once, however often one looks or stops.

    total: rows that count, 0 <= total <= n; n: all rows so far. tightest_at: the n at which it
    is to be narrowest. In [0, 1]. Source: Robbins 1970 (normal mixture), with the bound 1/4 for the
    variance of values in 0 to 1; Howard and others 2021, Annals of Statistics 49.
    Undefined without rows. Limits: about twice as wide as an interval for one look.
    """
    check_level(alpha, "alpha")
    if not 0 <= total <= n or tightest_at <= 0:
        raise CountError("`total` lies in 0 to `n`; `tightest_at` is above 0.")
    if n == 0:
        return Undefined("there is no row yet")
    spread = -2 * log(alpha)
    rho = tightest_at / (spread + log(spread) + 1)
    half = 0.5 * sqrt((n + rho) * log((n + rho) / (rho * alpha**2))) / n
    value = total / n
    ends = Interval(max(0.0, value - half), min(1.0, value + half), 1 - alpha, "Robbins mixture")
    return Estimate(value, ends, "rate, any number of looks", n)


@dataclass(frozen=True, slots=True)
class Watch:
    """When to sound an alarm on a measure of which more is worse.

    minimum_effect: nothing at or below it matters. calm: the alarm ends at or below this, at most
    the minimum effect (hysteresis). confirm: how many looks in a row must agree, at least 1.
    alpha: chance of any false alarm over all looks.
    """

    minimum_effect: float
    calm: float
    alpha: float = 0.05
    spending: Spending = Spending.ENDLESS
    looks: int | None = None
    confirm: int = 1

    def __post_init__(self) -> None:
        check_level(self.alpha, "alpha")
        if self.calm > self.minimum_effect or self.confirm < 1:
            raise CountError("`calm` is at most `minimum_effect`; `confirm` is at least 1.")


@dataclass(frozen=True, slots=True)
class State:
    """Where a watch stands. look: looks made. alarm: whether it sounds. run: looks in a row that
    spoke for the other state. why: in words."""

    look: int = 0
    alarm: bool = False
    run: int = 0
    why: str = "no look yet"


def next_level(watch: Watch, state: State) -> float:
    """The level at which the next look's interval has to be made."""
    return look_level(state.look + 1, watch.looks, watch.alpha, watch.spending)


def step(watch: Watch, state: State, measured: Measured) -> State:
    """The state after one more look. The interval has to be at `next_level` or above.

    An alarm rises when the whole interval, widened by what bins hide, lies above the minimum
    effect, and ends when the value is at or below `calm`; each after `confirm` looks in a row. A
    look without a value spends its alpha and changes nothing. Raises CountError for a level that
    is too low.
    """
    seen = replace(state, look=state.look + 1)
    if isinstance(measured, Undefined):
        return replace(seen, why=f"undefined: {measured.reason}")
    reach = measured.reach
    if reach is None or measured.interval is None:
        return replace(seen, why="there is no interval")
    if measured.interval.level < next_level(watch, state) - 1e-12:
        raise CountError("The interval's level is below the one that this look may use.")
    speaks = measured.value <= watch.calm if state.alarm else reach[0] > watch.minimum_effect
    why = _why(watch, state.alarm, speaks, measured.value, reach[0])
    return advance(state, speaks, why, watch.confirm)


def advance(state: State, speaks: bool, why: str, confirm: int = 1) -> State:
    """The state after a look that spoke for the other state, or did not.

    confirm: looks in a row that have to speak before the alarm rises or ends, at least 1.
    """
    seen = replace(state, look=state.look + 1)
    if not speaks:
        return replace(seen, run=0, why=why)
    if state.run + 1 < confirm:
        return replace(seen, run=state.run + 1, why=f"{why}; waiting for confirmation")
    return replace(seen, alarm=not state.alarm, run=0, why=why)


def _why(watch: Watch, alarm: bool, speaks: bool, value: float, low: float) -> str:
    if alarm:
        words = "reached" if speaks else "has not reached"
        return f"the value {value:.4g} {words} the calm level {watch.calm:g}"
    words = "lies above" if speaks else "is not above"
    return f"the lower limit {low:.4g} {words} the minimum effect {watch.minimum_effect:g}"
