"""Values of measures: an estimate with its interval, or the reason why there is none; verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Undefined:
    """There is no value, and why. Never 0, never a default."""

    reason: str


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided interval. level: chance that it holds the true value, such as 0.95.

    low, high: in the unit of the value; low <= high. method: its name in the literature.
    """

    low: float
    high: float
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and how far it can be trusted.

    value: in the unit of the measure. method: how the value was computed. n: rows (or persons)
    that it rests on. interval: what chance can do to it; None if that cannot be told, and then
    `note` says why. bound: lowest and highest value that the unbinned rows can have; None if the
    value is exact for its rows, or if no bound is known, and then `note` says so.
    """

    value: float
    interval: Interval | None
    method: str
    n: float
    bound: tuple[float, float] | None = None
    note: str = ""

    @property
    def reach(self) -> tuple[float, float] | None:
        """The interval, made wider by what the bins can hide. None without an interval."""
        if self.interval is None:
            return None
        if self.bound is None:
            return self.interval.low, self.interval.high
        low, high = self.bound
        return self.interval.low - (self.value - low), self.interval.high + (high - self.value)


Measured: TypeAlias = Estimate | Undefined


class Verdict(StrEnum):
    """What the interval says against a threshold.

    breach: the whole interval lies outside. no_breach: the whole interval lies inside.
    not_enough_data: neither, or fewer rows than the rule asks for. not_judged: no threshold.
    undefined: there is no value.
    """

    BREACH = "breach"
    NO_BREACH = "no_breach"
    NOT_ENOUGH_DATA = "not_enough_data"
    NOT_JUDGED = "not_judged"
    UNDEFINED = "undefined"


class Side(StrEnum):
    """On which side of a threshold a value is inside. within: at most so far from 0."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    WITHIN = "within"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold that somebody chose. why: their reason. nature: as in `terms.law`.

    calm: where an alarm of repeated checks ends, on the inner side; None: at the threshold.
    """

    value: float
    side: Side
    why: str = ""
    nature: str = "internal_policy"
    calm: float | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and its reason in words."""

    verdict: Verdict
    why: str


# ------------------------------------------------------------------ what the content says of them
@dataclass(frozen=True, slots=True)
class DefaultThreshold:
    """A threshold that the content offers. Never taken unless somebody chooses it.

    nature: as in `terms.law`. rule, cite: where it comes from, if it is not house policy. since:
    first day. only_for: the fields in which it has a meaning; empty for any.
    """

    value: float
    side: Side
    nature: str
    why: str
    rule: str | None = None
    cite: str | None = None
    since: date | None = None
    only_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeasureEntry:
    """A measure as the content describes it.

    better: higher, lower, near_zero, near_one or neither. how: computed by dutybound, by
    `function` of the package `measure`, or reported from records that `origin` names.
    """

    id: str
    family: str
    name: str
    says: str
    unit: str
    range: str
    better: str
    how: str
    sources: tuple[str, ...]
    limits: tuple[str, ...]
    undefined: tuple[str, ...]
    function: str | None = None
    origin: str | None = None
    thresholds: tuple[DefaultThreshold, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparisonPolicy:
    """How a text wants groups compared. reference: highest, largest or rest."""

    reference: str
    minimum_share: float
    intersections: bool
    report_unknown: bool


@dataclass(frozen=True, slots=True)
class NamedByLaw:
    """A rule that names metrics. threshold: none, rule_of_thumb or fixed. grade: of the source."""

    rule: str
    measures: tuple[str, ...]
    cite: str
    since: date
    threshold: str
    only_for: tuple[str, ...]
    note: str
    grade: str
    policy: ComparisonPolicy | None = None


@dataclass(frozen=True, slots=True)
class MeasureCatalogue:
    """All measures. families: id to title. named: by rule id. asked: control id to measures."""

    families: dict[str, str]
    entries: dict[str, MeasureEntry]
    named: dict[str, NamedByLaw]
    asked: dict[str, tuple[str, ...]]
    checked_on: date
