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
    files = (runs[0].file, runs[-1].file)
    *first, last = sorted({r.place for r in pure})
    branches = [(_in([r for r in pure if r.place == p], files), sql.whole(p)) for p in first]
    key = sql.case(*branches, default=sql.whole(last)) if branches else sql.whole(last)
    query: exp.Query = _select(key, [] if len(pure) == len(runs) else pure, files)
    if mixed:
        query = exp.union(query, _select(by_time, mixed, files), distinct=False)
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
    query = _select(sql.whole(0), runs, None).sql("duckdb")
    rows = sum(g.rows[1] - g.rows[0] for g in chosen)
    return f"CREATE VIEW {SAMPLE_VIEW} AS {query}", rows


def _select(key: exp.Expr, runs: Sequence[Run], files: tuple[int, int] | None) -> exp.Select:
    """All rows, or those in some runs."""
    named = exp.alias_(key, WINDOW, quoted=True)
    query = exp.select(exp.Star(), named).from_(exp.to_table(ROWS_VIEW))
    return query.where(_in(runs, files)) if runs else query


def _in(runs: Sequence[Run], files: tuple[int, int] | None) -> exp.Expr:
    """Whether a row is in one of the runs. files: the first and last that there are, if known.

    This is asked of each row in each statement, so whole files in a row are one range, and ends
    that are those of the table or of the file are left out.
    """
    whole = [r.file for r in runs if r.rows[0] == 0 and r.last]
    parts = [_in_run(r, files) for r in runs if r.rows[0] > 0 or not r.last]
    for _, members in groupby(enumerate(whole), key=lambda e: e[1] - e[0]):
        listed = [file for _, file in members]
        parts.append(_in_files(listed[0], listed[-1], files))
    return exp.or_(*parts)


def _in_files(first: int, last: int, files: tuple[int, int] | None) -> exp.Expr:
    file, ends = sql.column(FILE), files or (-1, -1)
    parts = []
    if first == last and ends[0] < ends[1]:
        parts.append(sql.compare(exp.EQ, file, sql.whole(first)))
    else:
        parts += [] if first == ends[0] else [sql.compare(exp.GTE, file, sql.whole(first))]
        parts += [] if last == ends[1] else [sql.compare(exp.LTE, file.copy(), sql.whole(last))]
    return exp.paren(sql.both(parts)) if parts else exp.true()


def _in_run(run: Run, files: tuple[int, int] | None) -> exp.Expr:
    row = sql.column(ROW)
    parts = []
    if files is None or files[0] < files[1]:
        parts.append(sql.compare(exp.EQ, sql.column(FILE), sql.whole(run.file)))
    if run.rows[0] > 0:
        parts.append(sql.compare(exp.GTE, row, sql.whole(run.rows[0])))
    if not run.last:
        parts.append(sql.compare(exp.LT, row.copy(), sql.whole(run.rows[1])))
    return exp.paren(sql.both(parts))
