"""The values of one column, parted into groups of at least k rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import floor
from typing import Any, Final, TypeAlias

from dutybound.measure.disclosure import Pooled, Span, edges_of, pool, quantile, runs, spans
from dutybound.terms.description import Quantile
from dutybound.terms.table import MISSING as MISSING_LEVEL
from dutybound.terms.table import OTHER
from dutybound.warehouse import description_sql, sql
from dutybound.warehouse.layout import Dimension
from dutybound.warehouse.propose import looks_protected
from dutybound.warehouse.statements import Statement

Pairs: TypeAlias = Callable[[Statement], list[tuple[Any, int]]]
Label: TypeAlias = tuple[str, float | str | None, float | str | None]
MOST_SHOWN: Final = 50
SHARES: Final = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
DIGITS: Final = 3
ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
RARE, FURTHER, MISSING = "values of few rows", "further values", "missing"
ODD_DATE: Final = "dates out of the calendar"
MOST_DAYS, MOST_MONTHS = 62, 60
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Told:
    """The partition of one column. labels: of its named groups, with the ends of a span."""

    pooled: Pooled
    labels: Sequence[Label]
    quantiles: tuple[Quantile, ...] = ()
    unit: str | None = None
    first: str | None = None
    last: str | None = None
    notes: tuple[str, ...] = ()


def _aside(cells: Mapping[str, int]) -> dict[str, int]:
    """Cells that hold rows, and missing values always: that there are none is worth telling."""
    return {name: rows for name, rows in cells.items() if rows or name == MISSING}


# ---------------------------------------------------------------------- values and groups
def by_value(
    name: str, family: str, k: int, ask: Pairs, *,
    missing: int, rare: int, often: int, within: int, declared: bool,
) -> Told | None:  # fmt: skip
    """Values that k rows or more share. None if they look personal and nobody gave them a role.

    rare: rows of other values. often, within: values of k rows or more, and their rows.
    """
    found = ask(description_sql.values(name, family, k, MOST_SHOWN))
    words = {str(value).strip().lower() for value, _ in found}
    personal = looks_protected("", words) if family == sql.TEXT else None
    if not declared and (personal or any(ADDRESS.search(w) for w in words)):
        return None
    order = _by_number if family == sql.NUMBER else _by_rows
    found.sort(key=order)
    further = within - sum(rows for _, rows in found)
    cells = _aside({RARE: rare, FURTHER: further, MISSING: missing})
    notes = []
    if often > len(found):
        notes.append(f"The {len(found)} most frequent values are named.")
    pooled = pool([rows for _, rows in found], cells, k)
    return Told(pooled, [(str(value), None, None) for value, _ in found], notes=tuple(notes))


def _by_rows(pair: tuple[Any, int]) -> tuple[float, str]:
    return -pair[1], str(pair[0])


def _by_number(pair: tuple[Any, int]) -> tuple[float, str]:
    return float(pair[0]), ""


def by_group(dimension: Dimension, k: int, ask: Pairs) -> Told:
    """Declared groups or bands. Their names are from the configuration and always told."""
    counts = dict.fromkeys(dimension.levels or (), 0)
    for key, rows in ask(description_sql.levels(dimension)):
        counts[dimension.level(key)] += rows
    missing, other = counts.pop(MISSING_LEVEL), counts.pop(OTHER)
    named = {name: rows for name, rows in counts.items() if rows >= k}
    rest = {name: rows for name, rows in counts.items() if name not in named}
    pooled = pool(
        list(named.values()), {**rest, **_aside({"other values": other, MISSING: missing})}, k
    )
    return Told(pooled, [(name, None, None) for name in named])


# ---------------------------------------------------------------------- numbers
def by_span(name: str, sample: Sequence[float], k: int, ask: Pairs, *, whole: bool) -> Told:
    """Spans of a number column between round edges, and quantiles that follow from them."""
    edges = edges_of(sample, k, whole=whole)
    cells = [0] * (len(edges) + 1)
    others = dict.fromkeys(description_sql.SPECIAL.values(), 0)  # engines answer in any order
    for key, rows in ask(description_sql.cells(name, edges)):
        if key >= 0:
            cells[key] += rows
        else:
            others[description_sql.SPECIAL[key]] += rows
    groups = spans(edges, cells, k)
    if not groups:
        others[RARE] = sum(cells)
    pooled = pool([g.rows for g in groups], _aside(others), k)
    counted = [replace(g, rows=n) for g, n in zip(groups, pooled.named, strict=True)]
    return Told(pooled, [_span(g, whole) for g in groups], tuple(_quantiles(counted, k, whole)))


def _span(g: Span, whole: bool) -> Label:
    since, until = g.since, g.until
    if since is None and until is None:
        return "any value", since, until
    if since is None:
        return f"under {until:,g}", since, until
    if until is None:
        return f"{since:,g} or more", since, until
    if whole:
        last = until - 1
        label = f"{since:,g}" if last == since else f"{since:,g} to {last:,g}"
        return label, since, until
    return f"{since:,g} to under {until:,g}", since, until


def _quantiles(groups: Sequence[Span], k: int, whole: bool) -> list[Quantile]:
    found = []
    for share in SHARES:
        place = quantile(groups, share, k)
        if place is not None:
            span, about = place
            if about is not None:
                about = float(f"{floor(about) if whole else about:.{DIGITS}g}")
            found.append(Quantile(share, span.since, span.until, about))
    return found


# ---------------------------------------------------------------------- times
def by_time(name: str, k: int, ask: Pairs) -> Told:
    """Months, or days if there are few, or years if there are many."""
    months, odd, missing = _starts(ask(description_sql.buckets(name, "month")))
    shared = [start for start, rows in months.items() if rows >= k]
    reach = _months_between(shared[0], shared[-1]) if shared else 0
    if shared and (shared[-1] - shared[0]).days < MOST_DAYS and reach <= 2:
        days, odd, missing = _starts(ask(description_sql.buckets(name, "day")))
        if any(rows >= k for rows in days.values()):
            return _told("day", days, odd, missing, k)
    if not shared or reach > MOST_MONTHS:
        years: dict[date, int] = {}
        for start, rows in months.items():
            years[start.replace(month=1)] = years.get(start.replace(month=1), 0) + rows
        return _told("year", years, odd, missing, k)
    return _told("month", months, odd, missing, k)


def _starts(pairs: Sequence[tuple[Any, int]]) -> tuple[dict[date, int], int, int]:
    """Rows by start of a bucket, in order; rows with other dates; rows without."""
    found: dict[date, int] = {}
    odd = missing = 0
    for key, rows in pairs:
        start = _day(str(key)) if key is not None else None
        if key is None:
            missing += rows
        elif start is None:
            odd += rows
        else:
            found[start] = found.get(start, 0) + rows
    return dict(sorted(found.items())), odd, missing


def _day(text: str) -> date | None:
    match = _DAY.match(text)
    if match is None or text.endswith("(BC)"):
        return None
    try:
        return date.fromisoformat(match[0])
    except ValueError:
        return None


def _told(unit: str, buckets: Mapping[date, int], odd: int, missing: int, k: int) -> Told:
    shared = [start for start, rows in buckets.items() if rows >= k]
    others = {MISSING: missing, ODD_DATE: odd}
    if not shared:
        everything = sum(buckets.values())
        if everything < k:
            return Told(pool([], _aside({RARE: everything, **others}), k), [], unit=unit)
        label: Label = ("any date", None, None)
        return Told(pool([everything], _aside(others), k), [label], unit=unit)
    inner = list(_calendar(shared[0], shared[-1], unit))
    cells = [
        sum(rows for start, rows in buckets.items() if start < shared[0]),
        *(buckets.get(start, 0) for start in inner),
        sum(rows for start, rows in buckets.items() if start > shared[-1]),
    ]
    edges = [*inner, _after(shared[-1], unit)]
    found = runs(cells, k)
    labels = [_period(a, b, edges, unit) for a, b, _ in found]
    pooled = pool([rows for _, _, rows in found], _aside(others), k)
    return Told(
        pooled, labels, unit=unit, first=_text(shared[0], unit), last=_text(shared[-1], unit)
    )


def _calendar(first: date, last: date, unit: str) -> Iterator[date]:
    """All starts from first to last: which of them hold no row is nobody's business."""
    while first < last:
        yield first
        first = _after(first, unit)
    yield last


def _period(first: int, last: int, edges: Sequence[date], unit: str) -> Label:
    since = None if first == 0 else edges[first - 1]
    until = None if last == len(edges) else edges[last]
    ends = (since.isoformat() if since else None, until.isoformat() if until else None)
    if since is None and until is None:
        return "any date", *ends
    if since is None:
        return f"before {_text(until, unit)}", *ends
    if until is None:
        return f"{_text(since, unit)} or later", *ends
    final = until - timedelta(days=1)
    same = _text(since, unit) == _text(final, unit)
    return _text(since, unit) if same else f"{_text(since, unit)} to {_text(final, unit)}", *ends


def _text(day: date | None, unit: str) -> str:
    lengths = {"day": 10, "month": 7, "year": 4}
    return "" if day is None else day.isoformat()[: lengths[unit]]


def _after(start: date, unit: str) -> date:
    """The start of the next bucket; the last day of the calendar has none and stays."""
    if unit == "day":
        return start + timedelta(days=1) if start < date.max else start
    months = 12 if unit == "year" else 1
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, 1) if year <= date.max.year else date.max


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month
