"""Errors of a predicted number against its outcome, from sums."""

from __future__ import annotations

from collections.abc import Iterator

from dutybound.assess.measure_lines import ALL, LEVEL, Chosen, Line
from dutybound.measure.labels import label_coverage
from dutybound.measure.performance import mean_absolute_error, r_squared
from dutybound.terms.measure import Estimate, Measured, Undefined
from dutybound.warehouse.profile import Profile

PART = "performance"
UNIT = 2.0**20  # of the sums of errors, over the scale of the label's bins
NO_FOURTH = "the counts hold no fourth powers of errors, so there is no interval"


def regression_lines(current: Profile, reference: Profile | None, chosen: Chosen) -> Iterator[Line]:
    """Lines for all rows with a label and a prediction."""
    before = {} if reference is None else dict(_values(reference, chosen))
    wide = dict(_values(current, chosen, chosen.level)) if chosen.level != LEVEL else {}
    for measure, found in _values(current, chosen):
        more, then = wide.get(measure), before.get(measure)
        yield chosen.line(PART, measure, ALL, found, wide=more, before=then)


def _values(
    profile: Profile, chosen: Chosen, level: float = LEVEL
) -> Iterator[tuple[str, Measured]]:
    label = chosen.config.label
    if label is None or profile.errors is None:
        none = Undefined("the configuration names no predicted number for the label")
        for measure in ("mean-absolute-error", "root-mean-squared-error", "r-squared"):
            yield measure, none
        return
    numbers = profile.numbers[label.column]
    yield "label-coverage", label_coverage(float(numbers.finite), profile.rows, level)
    scale = numbers.bins.scale
    sums = {name: float(values.sum()) for name, values in profile.errors.sums.items()}
    n = sums["scored"]
    squared = sums["error_squared"] / UNIT * scale**2
    absolute = sums["error_absolute"] / UNIT * scale
    clipped = int(sums["clipped"])
    mean = mean_absolute_error(absolute, squared, n, level)
    yield "mean-absolute-error", _noted(mean, clipped)
    yield "root-mean-squared-error", _noted(_root(squared, n), clipped)
    # R squared is the same for labels moved by the centre, and in any unit.
    centred = sums["label"] / UNIT, sums["label_squared"] / UNIT
    yield "r-squared", _noted(r_squared(sums["error_squared"] / UNIT, *centred, n), clipped)


def _root(squared: float, n: float) -> Measured:
    if n < 2:
        return Undefined(f"two rows with label and prediction are needed; there are {n:g}")
    return Estimate((squared / n) ** 0.5, None, "RMSE", n, note=NO_FOURTH)


def _noted(found: Measured, clipped: int) -> Measured:
    if isinstance(found, Undefined) or not clipped:
        return found
    note = f"{clipped} errors beyond 65,536 scales of the label are counted as that large"
    note = f"{found.note}; {note}" if found.note else note
    return Estimate(found.value, found.interval, found.method, found.n, found.bound, note)
