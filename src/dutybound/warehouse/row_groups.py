"""Windows by row group: where Parquet's own statistics say which window its rows are in.

Reading the time column again for each feature costs as much as the feature. DuckDB can tell rows
of Parquet files by file and row number, and a row group states its first and last time. So rows
of a group that lies in one window need no time; only groups at the edge of a window do. Counts
are the same either way, and the first statement checks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil
from typing import Any, Final

from sqlglot import exp

from dutybound.terms.table import Window
from dutybound.warehouse import sql

ROWS_VIEW: Final = "decisions_rows"
WINDOWS_VIEW: Final = "decisions_windows"
SAMPLE_VIEW: Final = "decisions_sample"
FILE, ROW, WINDOW = "dutybound file", "dutybound row", "dutybound window"
OWN_COLUMNS: Final = frozenset((FILE, ROW, WINDOW))
MOST_RUNS: Final = 200
FEWEST: Final = 6
OUTSIDE, MIXED = -1, -2


@dataclass(frozen=True, slots=True)
class Group:
    """A row group. rows: numbers of its first row and of the first one after it, in its file.

    place: the number of its window, OUTSIDE, or MIXED.
    """

    file: int
    rows: tuple[int, int]
    place: int


def groups_of(found: Sequence[Sequence[Any]], windows: Sequence[Window]) -> list[Group]:
    """Row groups with their windows. found: columns file, rows, first and last time, missing.

    Empty if a group does not state its times.
    """
    made: list[Group] = []
    for file, size, first, last, missing in zip(*found, strict=True) if found else ():
        if first is None or last is None or missing is None:
            return []
        begin = made[-1].rows[1] if made and made[-1].file == file else 0
        place = MIXED if missing else _place(first, last, windows)
        made.append(Group(file, (begin, begin + size), place))
    return made


def _place(first: str, last: str, windows: Sequence[Window]) -> int:
    for i, window in enumerate(windows):
        since, until = window.since or "", window.until or "9999"
        if since <= first and last < until:
            return i
        if first < until and since <= last:
            return MIXED
    return OUTSIDE


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive row groups of one file in one place. last: it ends its file."""

    file: int
    rows: tuple[int, int]
    place: int
    last: bool


def runs_of(groups: Sequence[Group]) -> list[Run]:
    """Row groups, joined while file and place stay the same."""
    found: list[Run] = []
    for (file, place), members in groupby(groups, key=lambda g: (g.file, g.place)):
        listed = list(members)
        if found and found[-1].file != file:
            found[-1] = replace(found[-1], last=True)
        found.append(Run(file, (listed[0].rows[0], listed[-1].rows[1]), place, False))
    if found:
        found[-1] = replace(found[-1], last=True)
    return found


def windows_view(runs: Sequence[Run], by_time: exp.Expr) -> str | None:
    """The view that gives each row its window. by_time: the window from the time of a row.

    None if there are so many runs that reading the time is cheaper.
    """
    pure = [r for r in runs if r.place >= 0]
    mixed = [r for r in runs if r.place == MIXED]
    if len(runs) > MOST_RUNS or not pure:
        return None
    one_file = len({r.file for r in runs}) == 1
    *first, last = sorted({r.place for r in pure})
    branches = [
        (exp.or_(*(_in(r, one_file) for r in pure if r.place == p)), sql.whole(p)) for p in first
    ]
    key = sql.case(*branches, default=sql.whole(last)) if branches else sql.whole(last)
    query: exp.Query = _select(key, pure, len(pure) == len(runs), one_file)
    if mixed:
        query = exp.union(query, _select(by_time, mixed, False, one_file), distinct=False)
    return f"CREATE VIEW {WINDOWS_VIEW} AS {query.sql('duckdb')}"


def sample_view(groups: Sequence[Group], enough: int) -> tuple[str, int] | None:
    """A view over some row groups of the first window, evenly spread, and its number of rows.

    enough: rows that it is to hold, if there are so many; it has at least FEWEST groups, for a
    column may drift within the window.
    """
    mine = [g for g in groups if g.place == 0]
    if not mine:
        return None
    mean = sum(g.rows[1] - g.rows[0] for g in mine) / len(mine)
    wanted = min(len(mine), MOST_RUNS, max(FEWEST, ceil(enough / mean)))
    chosen = [mine[(2 * i + 1) * len(mine) // (2 * wanted)] for i in range(wanted)]
    runs = [Run(g.file, g.rows, 0, False) for g in chosen]
    query = _select(sql.whole(0), runs, False, False).sql("duckdb")
    rows = sum(g.rows[1] - g.rows[0] for g in chosen)
    return f"CREATE VIEW {SAMPLE_VIEW} AS {query}", rows


def _select(key: exp.Expr, runs: Sequence[Run], everything: bool, one_file: bool) -> exp.Select:
    named = exp.alias_(key, WINDOW, quoted=True)
    query = exp.select(exp.Star(), named).from_(exp.to_table(ROWS_VIEW))
    return query if everything else query.where(exp.or_(*(_in(r, one_file) for r in runs)))


def _in(run: Run, one_file: bool) -> exp.Expr:
    """Whether a row is in a run; ends that are those of the file are left out."""
    row = sql.column(ROW)
    parts = [] if one_file else [sql.compare(exp.EQ, sql.column(FILE), sql.whole(run.file))]
    if run.rows[0] > 0:
        parts.append(sql.compare(exp.GTE, row, sql.whole(run.rows[0])))
    if not run.last:
        parts.append(sql.compare(exp.LT, row.copy(), sql.whole(run.rows[1])))
    return exp.paren(sql.both(parts)) if parts else exp.true()
