"""What a table of counts may show when no small group of rows may be told apart.

One rule holds it all: the rows of a column are parted into groups of at least k rows, and only
the counts of whole groups are given. Every number that can be worked out from them by adding and
subtracting is then a sum of whole groups: 0, or k and more. A group that is too small is joined
to another one and not merely left out, since a count that is left out is what the others lack to
the total (complementary suppression: Hundepool et al., Statistical Disclosure Control, ch. 4).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, isfinite, log10
from typing import Final

from dutybound.measure.checks import CountError

LEAST: Final = 3  # a group of one or two gives its members away to each other
TAIL: Final = 0.01
CELLS: Final = 30
STEPS: Final = (1.0, 2.0, 5.0, 10.0)
SKEWED: Final = 6.0  # span of the inner 98 % over the interquartile range; normal: 3.4
SIZES: Final = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)  # of edges that grow
DECADES, SMALLEST, LARGEST = 4, -300, 306


@dataclass(frozen=True, slots=True)
class Pooled:
    """Counts that may be shown.

    named: rows of each named group, in the order given; each is 0 < k <= rows. into: the place of
    the named group that also holds the rows of `joined`. aside: other cells, alone or several
    together, to their rows: 0, or k and more. few: names of all cells of 1 to k - 1 rows.
    withheld: nothing may be shown, since there are fewer than k rows in all.
    """

    named: tuple[int, ...]
    into: int | None = None
    joined: tuple[str, ...] = ()
    aside: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    few: tuple[str, ...] = ()
    withheld: bool = False


def pool(named: Sequence[int], aside: Mapping[str, int], k: int) -> Pooled:
    """Groups of at least k rows.

    named: rows of groups that have k or more each, such as values. aside: rows of other cells,
    such as missing values; any count >= 0. Cells of 1 to k - 1 rows are put together; if that is
    still fewer than k rows, they are counted in the largest group, where they weigh least and say
    least about it. Raises CountError if a count is negative, a named group is too small, or k is
    below 3.
    """
    _check(named, aside, k)
    small = {name: rows for name, rows in aside.items() if 0 < rows < k}
    large: dict[tuple[str, ...], int] = {
        (name,): rows for name, rows in aside.items() if name not in small
    }
    few, total = tuple(small), sum(small.values())
    if not small:
        return Pooled(tuple(named), aside=large)
    if total >= k:
        return Pooled(tuple(named), aside={**large, few: total}, few=few)
    if named:
        at = max(range(len(named)), key=lambda i: (named[i], -i))
        counted = tuple(n + total if i == at else n for i, n in enumerate(named))
        return Pooled(counted, at, few, large, few)
    most = max(large, key=lambda name: large[name], default=None)
    if most is None or large[most] == 0:
        return Pooled((), few=few, withheld=True)
    kept = {name: rows for name, rows in large.items() if name != most}
    return Pooled((), aside={**kept, (*most, *few): large[most] + total}, few=few)


def _check(named: Sequence[int], aside: Mapping[str, int], k: int) -> None:
    if k < LEAST:
        raise CountError(f"A group of fewer than {LEAST} rows hides nobody; k is {k}.")
    if any(rows < k for rows in named):
        raise CountError(f"A named group has fewer than {k} rows.")
    if any(rows < 0 for rows in aside.values()):
        raise CountError("A count is negative.")


def runs(counts: Sequence[int], k: int) -> list[tuple[int, int, int]]:
    """Neighbouring cells joined until each run has at least k rows: (first, last, rows).

    counts: rows of cells in order. Empty cells go with the run before them, those at the start
    with the first run. What is left at the end goes to the last run. None if all are fewer than k.
    """
    found: list[tuple[int, int, int]] = []
    start, rows = 0, 0
    for at, count in enumerate(counts):
        rows += count
        if rows >= k:
            found.append((start, at, rows))
            start, rows = at + 1, 0
    if found and start < len(counts):
        first, _, before = found[-1]
        found[-1] = (first, len(counts) - 1, before + rows)
    return found


# ---------------------------------------------------------------------- numbers
def edges_of(values: Sequence[float], k: int, *, whole: bool = False) -> tuple[float, ...]:
    """Round numbers that part a number column, from its values or a sample of them.

    values: finite, in rising order. Edges lie between the values that at least k rows, and one in a
    hundred, stay below and above, so no extreme value moves them. Steps are 1, 2 or 5 times a power
    of ten, at least 1 for whole numbers; where the values are skewed, edges grow with them. Empty
    if there are too few values for that, fewer than 2 k.
    """
    n = len(values)
    rank = max(k, ceil(n * TAIL))
    if n < 2 * rank:
        return ()
    low, high = values[rank - 1], values[n - rank]
    middle = values[(3 * n) // 4] - values[n // 4]
    each = whole and high - low <= CELLS  # each number can have a cell of its own
    skewed = high - low > SKEWED * middle > 0 or not isfinite(high - low)
    every = _growing(low, high, whole) if skewed and not each else _even(low, high, whole)
    return tuple(e for e in every if low < e <= high) or tuple(every)


def _even(low: float, high: float, whole: bool) -> list[float]:
    step = _step((high - low) / CELLS) if high > low else _step(abs(low) / CELLS or 1.0)
    if whole:
        step = max(1.0, step)
    first, last = floor(low / step), floor(high / step) + 1
    return list(dict.fromkeys(_round(i * step) for i in range(first, last + 1)))


def _step(least: float) -> float:
    power = max(floor(log10(least)), SMALLEST) if least > 0 else SMALLEST
    base = 10.0**power
    return next((s * base for s in STEPS if s * base >= least), 10 * base)


def _growing(low: float, high: float, whole: bool) -> list[float]:
    """0 and SIZES times powers of ten on both sides, over five decades."""
    top = max(abs(low), abs(high))
    last = min(floor(log10(top)), LARGEST)
    powers = range(max(last - DECADES, 0 if whole else SMALLEST), last + 1)
    sizes = {_round(s * 10.0**p) for p in powers for s in SIZES}
    if whole:
        sizes = {s for s in sizes if s.is_integer()}
    return sorted({0.0, *sizes, *(_round(-s) for s in sizes)})


def _round(value: float) -> float:
    return float(f"{value:.12g}") + 0.0  # + 0.0: no negative zero


@dataclass(frozen=True, slots=True)
class Span:
    """Rows between two edges: from included, until not. None: open to that side."""

    since: float | None
    until: float | None
    rows: int


def spans(edges: Sequence[float], counts: Sequence[int], k: int) -> list[Span]:
    """Spans of at least k rows. counts: below the first edge, between edges, from the last one on;
    one more than edges. The outermost spans are open, so that they tell no least or largest value.
    """
    last = len(counts) - 1
    return [
        Span(None if a == 0 else edges[a - 1], None if b == last else edges[b], rows)
        for a, b, rows in runs(counts, k)
    ]


def quantile(groups: Sequence[Span], share: float, k: int) -> tuple[Span, float | None] | None:
    """The span in which a quantile lies, and the value if rows lie evenly in it.

    share: in (0, 1). The value is None in an open span. None if fewer than k rows lie beyond.
    """
    total = sum(g.rows for g in groups)
    if min(share, 1 - share) * total < k:
        return None
    ends = []
    seen = 0
    for g in groups:
        seen += g.rows
        ends.append(seen)
    at = bisect_left(ends, share * total)
    found = groups[at]
    if found.since is None or found.until is None:
        return found, None
    inside = (share * total - (ends[at] - found.rows)) / found.rows
    return found, found.since + (found.until - found.since) * inside
