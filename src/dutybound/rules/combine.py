"""Tests made of other tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from dutybound.rules.context import Context, Test
from dutybound.rules.truth import CONTESTED, FALSE, NEGATION, TRUE, UNKNOWN


class Lazy:
    """A test that is built when it is first needed (terms may be written in any order)."""

    __slots__ = ("_build", "_test")

    def __init__(self, build: Callable[[], Test]) -> None:
        self._build = build
        self._test: Test | None = None

    def __call__(self, ctx: Context) -> int:
        test = self._test
        if test is None:
            self._test = test = self._build()
        return test(ctx)


def combine_readings(values: list[int]) -> int:
    """The value on which readings leave us: agreed, contested or unknown."""
    seen = set(values)
    if len(seen) == 1:
        return values[0]
    if CONTESTED in seen or {TRUE, FALSE} <= seen:
        return CONTESTED
    return UNKNOWN


def always(_: Context) -> int:
    """True in every context."""
    return TRUE


def negated(test: Test) -> Test:
    """The other truth value."""
    return lambda ctx: NEGATION[test(ctx)]


def both_of(tests: list[Test]) -> Test:
    """All of several tests; stops at the first that is false."""
    if len(tests) == 1:
        return tests[0]

    def both(ctx: Context) -> int:
        worst = TRUE
        for test in tests:
            value = test(ctx)
            if value == FALSE:
                return FALSE
            if value < worst:
                worst = value
        return worst

    return both


def either_of(tests: list[Test]) -> Test:
    """Any of several tests; false for none."""
    if not tests:
        return lambda _: FALSE

    def either(ctx: Context) -> int:
        best = FALSE
        for test in tests:
            value = test(ctx)
            if value == TRUE:
                return TRUE
            if value == UNKNOWN or best == FALSE:
                best = value
        return best

    return either


def unless(when: Test, excepts: list[Test]) -> Test:
    """A general rule with its exceptions."""
    if not excepts:
        return when
    return both_of([when, negated(either_of(excepts))])


def by_day_of(windows: list[tuple[date, date, Test]]) -> Test:
    """The test of the text that counts on the day of the context."""

    def by_day(ctx: Context) -> int:
        if not windows:
            return FALSE
        for _, end, test in windows:
            if ctx.day < end:
                return test(ctx)
        return FALSE

    return by_day
