"""What a measuring run says, line by line, and the thresholds that somebody chose for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from dutybound.assess.measures import borrowed
from dutybound.errors import BadInput, Problem, did_you_mean
from dutybound.measure.multiplicity import bonferroni_level
from dutybound.measure.verdict import judge
from dutybound.terms.measure import (
    DefaultThreshold,
    Estimate,
    Interval,
    Judgement,
    Measured,
    MeasureEntry,
    Side,
    Threshold,
    Verdict,
)
from dutybound.terms.table import ChosenThreshold, TableConfig

PARTS: Final = {
    "quality": "Data quality",
    "drift": "Drift",
    "fairness": "Fairness",
    "performance": "Performance",
    "calibration": "Calibration",
    "segments": "Performance by segment",
    "time": "Performance over time",
    "estimated": "Performance estimated without labels",
    "proxies": "Proxies for protected attributes",
}
WORST_FIRST: Final = (
    Verdict.BREACH,
    Verdict.NOT_ENOUGH_DATA,
    Verdict.UNDEFINED,
    Verdict.NO_BREACH,
    Verdict.NOT_JUDGED,
)
NARROW: Final = ("segments", "time")
ALL: Final = "all rows"
LEVEL: Final = 0.95
Make: TypeAlias = Callable[[float], Iterable[tuple[str, Measured]]]


@dataclass(frozen=True, slots=True)
class PValue:
    """value, corrected: in [0, 1]. test: its name. tests: how many are corrected for."""

    value: float
    corrected: float
    test: str
    tests: int


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of one thing.

    part: a key of `PARTS`. measure: its id in the content. over: a feature, attributes joined by
    `, `, `score` or `all rows`. group: of the attributes, a segment or a time bucket; empty for
    the whole. against: the group that it is compared with. rate: the group's own rate, where the
    value compares rates. judged_on: the interval at the corrected level, if it is another one.
    needed: rows that the minimum rule asks for. before: the same value in the reference window.
    p: on request only, and never judged by.
    """

    part: str
    measure: str
    over: str
    found: Measured
    judgement: Judgement
    group: str = ""
    threshold: Threshold | None = None
    against: str = ""
    rate: Measured | None = None
    rows: float | None = None
    judged_on: Interval | None = None
    needed: float | None = None
    before: Measured | None = None
    p: PValue | None = None

    @property
    def key(self) -> str:
        """A name that stays the same from run to run."""
        return " / ".join(x for x in (self.measure, self.over, self.group) if x)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows of a comparison that got no verdict. share: of the rows compared, in [0, 1];
    None if nothing is judged.

    unknown: rows without a known group, or of no declared group, or without a decision or label
    that the rate needs.
    """

    measure: str
    over: str
    reference: str
    comparisons: int
    each_level: float
    share: float | None
    unknown: int


@dataclass(slots=True)
class Chosen:
    """The thresholds of a configuration, looked up by measure and what it is over.

    Nothing is judged by a threshold that nobody chose. Raises BadInput for a measure that does not
    exist, that is not computed from a table, or for a preset that has no place here.

    level: that the verdicts of a family keep together; above `LEVEL` in repeated checks.
    """

    config: TableConfig
    entries: Mapping[str, MeasureEntry]
    level: float = LEVEL
    found: dict[int, Threshold] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        problems = []
        for i, one in enumerate(self.config.thresholds):
            try:
                self.found[i] = self._threshold(one)
            except ValueError as error:
                problems.append(Problem(f"thresholds[{i}]", 0, 0, str(error)))
        if problems:
            raise BadInput(problems)

    def _threshold(self, one: ChosenThreshold) -> Threshold:
        entry = self.entries.get(one.measure)
        if entry is None:
            hint = did_you_mean(one.measure, self.entries)
            raise ValueError(f"There is no measure `{one.measure}`.{hint}")
        if entry.how != "computed":
            raise ValueError(f"`{entry.id}` is reported from records, not computed from a table.")
        if one.preset:
            offer = self._offer(entry)
            return _calmed(Threshold(offer.value, offer.side, one.why, offer.nature, one.calm))
        own = one.at_most if one.at_least is None else one.at_least
        wrong = borrowed(entry, float(own or 0.0), self.config.field)
        if wrong is not None:
            raise ValueError(wrong)
        if one.at_least is not None:
            return _calmed(Threshold(one.at_least, Side.AT_LEAST, one.why, calm=one.calm))
        side = Side.WITHIN if entry.better == "near_zero" else Side.AT_MOST
        return _calmed(Threshold(float(one.at_most or 0.0), side, one.why, calm=one.calm))

    def _offer(self, entry: MeasureEntry) -> DefaultThreshold:
        if len(entry.thresholds) != 1:
            raise ValueError(
                f"`{entry.id}` has {len(entry.thresholds)} thresholds on offer, so `preset` says "
                "nothing. Give `at_most` or `at_least`."
            )
        offer = entry.thresholds[0]
        if offer.only_for and self.config.field not in offer.only_for:
            fields = " or ".join(offer.only_for)
            raise ValueError(
                f"The threshold on offer for `{entry.id}` ({offer.cite}) is for {fields} only. "
                f"The `field` of this table is {self.config.field or 'not stated'}."
            )
        return offer

    def of(self, measure: str, over: str, *, narrow: bool = False) -> Threshold | None:
        """The threshold for a measure over something; a narrower choice wins over a general one.

        narrow: only a choice that names it in `over`.
        """
        general = None
        for i, one in enumerate(self.config.thresholds):
            if one.measure != measure:
                continue
            if over in one.over:
                self.used.add(i)
                return self.found[i]
            if not one.over and not narrow:
                general = i
        if general is None:
            return None
        self.used.add(general)
        return self.found[general]

    def unused(self) -> tuple[ChosenThreshold, ...]:
        """Chosen thresholds that met no value."""
        return tuple(t for i, t in enumerate(self.config.thresholds) if i not in self.used)

    def line(
        self,
        part: str,
        measure: str,
        over: str,
        found: Measured,
        *,
        wide: Measured | None = None,
        group: str = "",
        rows: float | None = None,
        before: Measured | None = None,
    ) -> Line:
        """A line that is judged by its own interval, or by that of `wide`, the same value at a
        level corrected for the number of comparisons. Segments and buckets of time are judged only
        by a threshold that names them."""
        threshold = self.of(measure, over, narrow=part in NARROW)
        judgement = judge(found if wide is None else wide, threshold)
        joint = wide.interval if isinstance(wide, Estimate) else None
        return Line(
            part, measure, over, found, judgement, group, threshold, rows=rows, judged_on=joint,
            before=before,
        )  # fmt: skip

    def lines(
        self, part: str, over: str, make: Make, family: int, *, group: str = "",
        rows: float | None = None,
    ) -> Iterator[Line]:  # fmt: skip
        """Lines of what `make` gives at a level. family: how many things are judged alike."""
        plain = list(make(LEVEL))
        narrow = part in NARROW
        judged = any(self.of(m, over, narrow=narrow) is not None for m, _ in plain)
        other = family > 1 or self.level != LEVEL
        wide = dict(make(bonferroni_level(self.level, family))) if judged and other else {}
        for measure, found in plain:
            yield self.line(
                part, measure, over, found, wide=wide.get(measure), group=group, rows=rows
            )


def _calmed(t: Threshold) -> Threshold:
    """Raises ValueError if an alarm would end outside the threshold."""
    if t.calm is None:
        return t
    inner = t.calm >= t.value if t.side is Side.AT_LEAST else t.calm <= t.value
    if not inner or (t.side is Side.WITHIN and t.calm < 0):
        raise ValueError(f"`calm` {t.calm:g} lies outside the threshold {t.value:g}.")
    return t


def counts_of(lines: tuple[Line, ...]) -> dict[str, int]:
    """How many lines have each verdict, worst first."""
    return {str(v): sum(x.judgement.verdict is v for x in lines) for v in WORST_FIRST}
