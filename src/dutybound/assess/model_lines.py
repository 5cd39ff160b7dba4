"""What an explanation of a model says in measures, and the thresholds chosen for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dutybound.errors import BadInput, Problem, did_you_mean
from dutybound.measure.intervals import rate
from dutybound.measure.multiplicity import bonferroni_level
from dutybound.measure.verdict import judge
from dutybound.terms.measure import (
    Estimate,
    Interval,
    Judgement,
    Measured,
    Side,
    Threshold,
    Verdict,
)
from dutybound.terms.table import ChosenThreshold

FIDELITY: Final = "reason-fidelity"
AGREEMENT: Final = "reason-agreement"
STABILITY: Final = "reason-stability"
CHANGE: Final = "decision-change-rate"
KNOWN: Final = (FIDELITY, AGREEMENT, STABILITY, CHANGE)
WORST_FIRST: Final = (
    Verdict.BREACH,
    Verdict.NOT_ENOUGH_DATA,
    Verdict.UNDEFINED,
    Verdict.NO_BREACH,
    Verdict.NOT_JUDGED,
)
LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A measure over something. judged_on: its interval at the level for all lines of a threshold
    together, if that is another one."""

    measure: str
    over: str
    found: Measured
    threshold: Threshold | None
    judgement: Judgement
    judged_on: Interval | None = None

    @property
    def key(self) -> str:
        return f"{self.measure} / {self.over}"


def check_thresholds(chosen: Sequence[ChosenThreshold]) -> None:
    """Refuse thresholds on what is not computed here. Raises BadInput."""
    problems = []
    for i, one in enumerate(chosen):
        if one.measure not in KNOWN:
            hint = did_you_mean(one.measure, KNOWN)
            text = f"`{one.measure}` is not computed of a model.{hint} Known: {', '.join(KNOWN)}."
            problems.append(Problem(f"thresholds[{i}]", 0, 0, text))
    if problems:
        raise BadInput(problems)


def judged_lines(
    found: Iterable[tuple[str, str, Measured]], chosen: Sequence[ChosenThreshold]
) -> tuple[tuple[ModelLine, ...], tuple[ChosenThreshold, ...]]:
    """Lines, worst first, and the thresholds that met no value.

    found: measure, what it is over, value. A threshold that names what it is over wins over one
    that does not. Rates under one threshold are judged at a level for all of them together.
    """
    values = list(found)
    places = [_place(measure, over, chosen) for measure, over, _ in values]
    sizes = Counter(p for p in places if p is not None)
    lines = [
        _line(
            measure, over, value, None if at is None else chosen[at], 1 if at is None else sizes[at]
        )
        for (measure, over, value), at in zip(values, places, strict=True)
    ]
    lines.sort(key=lambda x: WORST_FIRST.index(x.judgement.verdict))
    return tuple(lines), tuple(t for i, t in enumerate(chosen) if i not in sizes)


def _place(measure: str, over: str, chosen: Sequence[ChosenThreshold]) -> int | None:
    mine = [(i, t) for i, t in enumerate(chosen) if t.measure == measure]
    named = [i for i, t in mine if over in t.over or over.partition(": ")[0] in t.over]
    general = [i for i, t in mine if not t.over]
    return next(iter([*named, *general]), None)


def _line(
    measure: str, over: str, found: Measured, chosen: ChosenThreshold | None, family: int
) -> ModelLine:
    threshold = None if chosen is None else _threshold(chosen)
    wide = _wider(found, family) if threshold is not None and measure == CHANGE else None
    judgement = judge(found if wide is None else wide, threshold)
    return ModelLine(
        measure, over, found, threshold, judgement, None if wide is None else wide.interval
    )


def _threshold(chosen: ChosenThreshold) -> Threshold:
    if chosen.at_least is not None:
        return Threshold(chosen.at_least, Side.AT_LEAST, chosen.why)
    return Threshold(float(chosen.at_most or 0.0), Side.AT_MOST, chosen.why)


def _wider(found: Measured, family: int) -> Estimate | None:
    """A rate with the interval that holds for a family of rates at once."""
    if not isinstance(found, Estimate) or family < 2:
        return None
    wide = rate(round(found.value * found.n), found.n, bonferroni_level(LEVEL, family))
    return wide if isinstance(wide, Estimate) else None


def counts_of(lines: Iterable[ModelLine]) -> dict[str, int]:
    """How many lines have each verdict, worst first."""
    held = Counter(x.judgement.verdict for x in lines)
    return {str(v): held[v] for v in WORST_FIRST}


def judged_of(lines: Iterable[ModelLine]) -> Iterator[ModelLine]:
    """The lines that a threshold was chosen for."""
    return (x for x in lines if x.threshold is not None)
