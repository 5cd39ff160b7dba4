"""Errors of a predicted number and of predicted intervals against the outcome, from sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

import numpy as np

from dutybound.assess.measure_lines import ALL, LEVEL, Chosen, Line
from dutybound.measure.effective import Moments, Weighed, rate_counts
from dutybound.measure.intervals import mean
from dutybound.measure.labels import label_coverage
from dutybound.measure.performance import interval_coverage, mean_absolute_error, r_squared
from dutybound.terms.measure import Estimate, Measured, Undefined
from dutybound.terms.table import PredictedInterval
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.profile import Profile
from dutybound.warehouse.weighing import BY_SQUARE

PART: Final = "performance"
UNIT: Final = 2.0**20  # of the sums of errors, over the scale of the label's bins
NO_FOURTH: Final = "the counts hold no fourth powers of errors, so there is no interval"
NO_NUMBER: Final = Undefined("the configuration names no predicted number for the label")
NO_RANGE: Final = Undefined("no row has a label and a predicted interval")
ERRORS: Final = ("mean-absolute-error", "root-mean-squared-error", "r-squared")
KINDS: Final = (("coverage", ""), ("miss", "below"), ("miss", "above"), ("width", ""))
BOUNDED: Final = "65,536 scales of the label are counted as that large"
COUNTED: Final = ("scored", "clipped", "ranged", "below", "above", "crossed")  # rows
Sums: TypeAlias = Mapping[str, float]
# A measure and the side of the interval that it is about, or "".
Value: TypeAlias = tuple[tuple[str, str], Measured]


def regression_lines(current: Profile, reference: Profile | None, chosen: Chosen) -> Iterator[Line]:
    """Lines for all rows with a label and a prediction; then by segment, and over time."""
    before = {} if reference is None else dict(_overall(reference, chosen))
    wide = dict(_overall(current, chosen, chosen.level)) if chosen.level != LEVEL else {}
    for at, found in _overall(current, chosen):
        measure, side = at
        line = chosen.line(
            PART, measure, ALL, found, wide=wide.get(at), group=side, before=before.get(at)
        )
        yield line
    if current.errors is not None:
        grounded = [p.by.name for p in chosen.config.protected if p.grounds]
        for name in [n for n in grounded if n in current.errors.dims]:
            yield from _by(current, current.errors, name, "segments", name, chosen)
        if chosen.config.model_version is not None:
            yield from _by(current, current.errors, "version", "segments", "version", chosen)
    if current.error_buckets is not None:
        yield from _by(current, current.error_buckets, "bucket", "time", "time", chosen)


def _overall(profile: Profile, chosen: Chosen, level: float = LEVEL) -> Iterator[Value]:
    label = chosen.config.label
    if label is None or profile.errors is None:
        yield from (((measure, ""), NO_NUMBER) for measure in ERRORS)
        return
    numbers = profile.numbers[label.column]
    k, rows = rate_counts(numbers.weighed().sum(), numbers.without().sum())
    yield ("label-coverage", ""), label_coverage(float(k), float(rows), level)
    cells = profile.errors
    sums = _real({name: float(values.sum()) for name, values in cells.sums.items()}, cells.unit)
    yield from _values(sums, numbers.bins.scale, chosen.config.prediction_interval, level)


def _values(
    sums: Sums, scale: float, interval: PredictedInterval | None, level: float
) -> Iterator[Value]:
    yield from _errors(sums, scale, level)
    if interval is not None:
        yield from _intervals(sums, scale, interval, level)


def _errors(sums: Sums, scale: float, level: float) -> Iterator[Value]:
    if "scored" not in sums:
        yield from (((measure, ""), NO_NUMBER) for measure in ERRORS)
        return
    at = float(_moments(sums, "scored", "error_absolute", "error_squared").scale())
    n, clipped = sums["scored_weight"] * at, int(sums["clipped"])
    squared = sums["error_squared"] * at / UNIT * scale**2
    absolute = sums["error_absolute"] * at / UNIT * scale
    # R squared is the same for labels moved by the centre, and in any unit.
    centred = sums["label"] * at / UNIT, sums["label_squared"] * at / UNIT
    found = (
        mean_absolute_error(absolute, squared, n, level),
        _root(squared, n),
        r_squared(sums["error_squared"] * at / UNIT, *centred, n),
    )
    note = f"{clipped} errors beyond {BOUNDED}" if clipped else ""
    yield from (((m, ""), _noted(f, note)) for m, f in zip(ERRORS, found, strict=True))


def _intervals(
    sums: Sums, scale: float, interval: PredictedInterval, level: float
) -> Iterator[Value]:
    """Coverage, misses on either side, and the mean width."""
    if sums.get("ranged", 0.0) == 0:
        yield from (((f"interval-{m}", side), NO_RANGE) for m, side in KINDS)
        return
    note = f"the model promises {interval.level:.4g}"
    crossed = int(sums["crossed"])
    if crossed:
        note += f"; {crossed} rows whose lower end is above the upper one are left out"
    ranged, below, above = (_cell(sums, name) for name in ("ranged", "below", "above"))
    missed = below + above
    k, n = rate_counts(ranged - missed, missed)
    yield ("interval-coverage", ""), _noted(interval_coverage(float(k), float(n), level), note)
    for side, one in (("below", below), ("above", above)):
        k, n = rate_counts(one, ranged - one)
        yield ("interval-miss", side), interval_coverage(float(k), float(n), level)
    at = float(_moments(sums, "ranged", "width", "width_squared").scale())
    width, squared = (
        sums[k] * at / UNIT * scale**p for k, p in (("width", 1), ("width_squared", 2))
    )
    yield ("interval-width", ""), mean(width, squared, sums["ranged_weight"] * at, level)


def _by(
    profile: Profile, cells: Cells, dim: str, part: str, over: str, chosen: Chosen
) -> Iterator[Line]:
    """Lines of each level with rows; judged only by a threshold that names it in `over`."""
    label, interval = chosen.config.label, chosen.config.prediction_interval
    scale = 1.0 if label is None else profile.numbers[label.column].bins.scale
    rows = cells.over(dim)
    sums = {name: cells.over(dim, of=name) for name in cells.sums}
    held = [i for i, n in enumerate(rows) if n]
    left_out = ("r-squared",) if part == "segments" else ("r-squared", "interval-miss")
    for i in held:
        mine = _real({name: float(values[i]) for name, values in sums.items()}, cells.unit)
        group = cells.levels[dim][i]
        for side in ("", "below", "above"):

            def make(
                level: float, mine: Sums = mine, side: str = side
            ) -> list[tuple[str, Measured]]:
                found = _values(mine, scale, interval, level)
                return [(m, f) for (m, s), f in found if s == side and m not in left_out]

            name = f"{group}, {side}" if side else group
            yield from chosen.lines(part, over, make, len(held), group=name, rows=float(rows[i]))


def _real(sums: Sums, unit: float | None) -> Sums:
    """Sums in the unit of the weights; without weights, with those that weights of 1 would give."""
    if unit is None:
        more = {f"{k}_weight": v for k, v in sums.items() if k in COUNTED}
        return {**sums, **more, **{k + BY_SQUARE: v for k, v in sums.items()}}
    units = {name: unit * unit if name.endswith(BY_SQUARE) else unit for name in sums}
    return {k: v if k in COUNTED else v * units[k] for k, v in sums.items()}


def _moments(sums: Sums, count: str, first: str, second: str) -> Moments:
    weight = [sums[f"{count}_weight"], sums[first] / UNIT, sums[second] / UNIT]
    parts = ((count, 1.0), (first, UNIT), (second, UNIT))
    return Moments(np.array(weight), np.array([sums[k + BY_SQUARE] / u for k, u in parts]))


def _cell(sums: Sums, name: str) -> Weighed:
    parts = (sums[name], sums[f"{name}_weight"], sums[name + BY_SQUARE])
    return Weighed(*(np.asarray(x) for x in parts))


def _root(squared: float, n: float) -> Measured:
    if n < 2:
        return Undefined(f"two rows with label and prediction are needed; there are {n:g}")
    return Estimate((squared / n) ** 0.5, None, "RMSE", n, note=NO_FOURTH)


def _noted(found: Measured, note: str) -> Measured:
    if isinstance(found, Undefined) or not note:
        return found
    return replace(found, note=f"{found.note}; {note}" if found.note else note)
