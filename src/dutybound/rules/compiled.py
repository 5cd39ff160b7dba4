"""Texts of rules, ready to run: spans, dates that depend on facts, conditions as functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from dutybound.rules.context import Context, Test
from dutybound.rules.truth import FALSE, TRUE
from dutybound.terms.law import Act, Rule, RuleText

NEVER: Final = date.max


@dataclass(frozen=True, slots=True)
class DateChoice:
    """A date that may depend on facts: the earliest line whose condition holds."""

    lines: tuple[tuple[Test, date], ...]

    def on(self, ctx: Context) -> tuple[date, date]:
        """The earliest and the latest day that it may be."""
        if len(self.lines) == 1:
            only = self.lines[0][1]
            return only, only
        values = [(test(ctx), day) for test, day in self.lines]
        possible = [day for value, day in values if value != FALSE]
        certain = [day for value, day in values if value == TRUE]
        if not certain:  # perhaps no line holds; then the earliest of all counts
            possible.append(min(day for _, day in self.lines))
        return min(possible), min(certain) if certain else max(possible)


@dataclass(frozen=True, slots=True)
class Defer:
    """A transition that lets its targets bind later."""

    id: str
    test: Test
    day: date


@dataclass(frozen=True, slots=True)
class TextProgram:
    """One text of a rule, ready to run. It counts from `start` until `end` (not included)."""

    index: int
    text: RuleText
    start: date
    end: date
    formal: DateChoice | None
    effective: DateChoice | None
    until: date
    general: Test
    exceptions: Test


@dataclass(frozen=True, slots=True)
class Span:
    """The days on which a text binds. `start_latest` is later than `start` if facts may move it."""

    text: TextProgram
    formal: date | None
    start: date
    start_latest: date
    end: date

    def covers(self, day: date) -> bool:
        """Whether a day lies in the span."""
        return self.start <= day < self.end


@dataclass(frozen=True, slots=True)
class RuleProgram:
    """A rule, ready to run.

    fixed_spans: the spans, found once, where no date depends on facts; None where one does.
    """

    rule: Rule
    act: Act
    texts: tuple[TextProgram, ...]
    shield: Test
    defers: tuple[Defer, ...]
    draft: bool
    timed: bool
    fixed_spans: list[Span] | None


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a rule.

    weak: some source has grade C. timed: it turns on an event from some day on.
    """

    disputes: tuple[str, ...]
    weak: bool
    timed: bool
