"""When labels come, from counts by the time of a decision and the time of its label."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import numpy as np

from dutybound.assess.measure_lines import ALL, Chosen, Line
from dutybound.measure.effective import Weighed, kish_scale, unweighted
from dutybound.measure.labels import label_delay
from dutybound.terms.measure import Estimate, Measured, Undefined
from dutybound.terms.table import MISSING
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.profile import Profile

PART: Final = "performance"
MEASURE: Final = "label-delay"
HALF, NINETY = "half of the labels", "nine tenths of the labels"
NO_INTERVAL: Final = "no interval is computed for a quantile of waiting times"
LONGEST: Final = 20_000  # periods; a longer delay is a wrong date


def delay_lines(current: Profile, reference: Profile | None, chosen: Chosen) -> Iterator[Line]:
    """Periods until half and nine tenths of the labels of the current window had come."""
    time = chosen.config.time
    if current.delays is None or time is None:
        return
    before: dict[str, Measured] = {}
    if reference is not None and reference.delays is not None:
        before = dict(_values(reference.delays, time.bucket))
    for group, found in _values(current.delays, time.bucket):
        yield chosen.line(PART, MEASURE, ALL, found, group=group, before=before.get(group))


def _values(cells: Cells, bucket: str) -> Iterator[tuple[str, Measured]]:
    arrived, waiting, left, last = counted(cells, bucket)
    scale = kish_scale(arrived + waiting)
    found = label_delay(arrived.weight * scale, waiting.weight * scale)
    notes = [f"in periods of a {bucket}, as of {last}; {NO_INTERVAL}"]
    if left:
        notes.append(f"{left:,} rows whose label came before the decision, or at no known time")
    n = (arrived + waiting).size
    for group, at in ((HALF, "median"), (NINETY, "ninety")):
        value = found if isinstance(found, Undefined) else getattr(found, at)
        if isinstance(value, Undefined):
            yield group, value
        else:
            yield group, Estimate(value, None, "Kaplan-Meier", n, note="; ".join(notes))


def counted(cells: Cells, bucket: str) -> tuple[Weighed, Weighed, int, str]:
    """Labels by their delay, rows that wait by their age, rows left out, and the last day.

    The age is counted to the last day that the table holds: nobody is asked for today.
    """
    levels = [cells.levels[d] for d in ("bucket", "arrived")]
    table = cells.weighed("bucket", "arrived", "label")
    days = [level for names in levels for level in names if level != MISSING]
    last = max(days, default="")
    none = unweighted(0.0)
    came: dict[int, Weighed] = {}
    still: dict[int, Weighed] = {}
    left = 0
    for i, j in zip(*np.nonzero(table.rows.sum(axis=2)), strict=True):
        decided, at = levels[0][i], levels[1][j]
        labelled, without = table[i, j, :3].sum(), table[i, j, 3]
        waits = None if decided == MISSING else _periods(decided, last, bucket)
        delay = None if MISSING in (decided, at) else _periods(decided, at, bucket)
        if labelled.rows and delay is not None and 0 <= delay < LONGEST:
            came[delay] = came.get(delay, none) + labelled
        else:
            left += int(labelled.rows)
        if without.rows and waits is not None and 0 <= waits < LONGEST:
            still[waits] = still.get(waits, none) + without
        else:
            left += int(without.rows)
    size = max([*came, *still], default=0) + 1
    return _dense(came, size), _dense(still, size), left, last


def _dense(counts: dict[int, Weighed], size: int) -> Weighed:
    found = np.zeros((3, size))
    for at, cell in counts.items():
        found[:, at] = cell.rows, cell.weight, cell.square
    return Weighed(*found)


def _periods(first: str, last: str, bucket: str) -> int:
    """Whole periods between the first days of two of them."""
    a, b = date.fromisoformat(first), date.fromisoformat(last)
    if bucket == "month":
        return (b.year - a.year) * 12 + b.month - a.month
    return (b - a).days // (7 if bucket == "week" else 1)
