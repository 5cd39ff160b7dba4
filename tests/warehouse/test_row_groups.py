"""Windows by row group give what windows by time give, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutybound.terms.table import Feature, Source, TableConfig, TimeColumn, Window
from dutybound.warehouse import row_groups, scan, sql
from dutybound.warehouse.profile import Profiles
from dutybound.warehouse.profile_file import profile_bytes
from dutybound.warehouse.row_groups import MIXED, OUTSIDE, Group, Run

CONFIG = TableConfig(
    "groups",
    (Feature("x", "number"), Feature("word", "category")),
    row_id="id",
    time=TimeColumn("at"),
    reference=Window("2026-01-01T00:00:00", "2026-01-11T00:00:00"),
    current=Window("2026-01-11T00:00:00", "2026-01-21T00:00:00"),
)
DAYS = list(range(1, 25))  # four days after the last window


def write(path: Path, days: Sequence[int | None], rows: int) -> None:
    """One row a day; `rows` in a row group."""
    times = [None if d is None else f"2026-01-{d:02d}T12:00:00" for d in days]
    table = pa.table(
        {
            "id": list(range(len(days))),
            "at": pa.array(times).cast(pa.timestamp("us")),
            "x": [float(i % 5) for i in range(len(days))],
            "word": [f"w{i % 3}" for i in range(len(days))],
        }
    )
    pq.write_table(table, path, row_group_size=rows)


def both_ways(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Profiles, Profiles, bool]:
    """Profiles with and without row groups, and whether row groups were of use."""
    used: list[bool] = []
    real = scan.by_row_group

    def watched(*asked: object) -> scan.ByRowGroup | None:
        found = real(*asked)  # type: ignore[arg-type]
        used.append(found is not None)
        return found

    source = Source("duckdb", "parquet", str(path))
    monkeypatch.setattr(scan, "by_row_group", watched)
    one = scan.profile_table(source, CONFIG)
    monkeypatch.setattr(scan, "by_row_group", lambda *_: None)
    two = scan.profile_table(source, CONFIG)
    return one, two, used == [True]


def same(one: Profiles, two: Profiles) -> bool:
    assert one.reference is not None and two.reference is not None
    return one.outside == two.outside and all(
        profile_bytes(a) == profile_bytes(b)
        for a, b in ((one.reference, two.reference), (one.current, two.current))
    )


@pytest.mark.parametrize("rows", [1, 2, 5, 7, 24])
def test_sorted_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Groups of 1, 2 and 5 part at the edges; those of 7 lie across; one group is no use."""
    write(tmp_path / "t.parquet", DAYS, rows)
    one, two, used = both_ways(tmp_path / "t.parquet", monkeypatch)
    assert same(one, two)
    assert (10, 4, rows < 24) == (one.current.rows, one.outside, used)


def test_several_files_and_missing_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.parquet", DAYS[10:], 3)
    write(tmp_path / "b [*].parquet", DAYS[:10], 4)
    write(tmp_path / "c.parquet", [3, None, 5, 14], 2)
    one, two, used = both_ways(tmp_path, monkeypatch)
    assert same(one, two)
    assert one.reference is not None
    assert (12, 11, 5, True) == (one.reference.rows, one.current.rows, one.outside, used)


def test_rows_in_no_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "t.parquet", [(d * 7) % 24 + 1 for d in DAYS], 12)
    one, two, used = both_ways(tmp_path / "t.parquet", monkeypatch)
    assert same(one, two)
    assert not used


def test_files_that_state_what_is_not_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If rows are not where their group says, the time is read after all."""
    write(tmp_path / "t.parquet", DAYS, 2)
    wrong = [Group(0, (0, 5), 0), Group(0, (5, 24), 1)]
    monkeypatch.setattr(row_groups, "groups_of", lambda *_: wrong)
    source = Source("duckdb", "parquet", str(tmp_path / "t.parquet"))
    found = scan.profile_table(source, CONFIG)
    assert found.reference is not None
    assert (10, 10, 4) == (found.reference.rows, found.current.rows, found.outside)


def test_own_names_are_left_alone(tmp_path: Path) -> None:
    table = pa.table(
        {
            "dutybound row": [1.0, 2.0],
            "at": pa.array(["2026-01-02T00:00:00", "2026-01-12T00:00:00"]).cast("timestamp[us]"),
        }
    )
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=1)
    config = replace(CONFIG, features=(Feature("dutybound row", "number"),), row_id=None)
    found = scan.profile_table(Source("duckdb", "parquet", str(tmp_path / "t.parquet")), config)
    assert 2.0 == found.current.numbers["dutybound row"].low


# ---------------------------------------------------------------------- parts, by hand
WINDOWS = [CONFIG.reference, CONFIG.current]


def test_places_by_hand() -> None:
    """Before both, in the first, across the edge, in the second, with a missing time."""
    stated: list[list[Any]] = [
        [0, 0, 0, 0, 1],
        [10, 10, 10, 10, 7],
        ["2025-12-01T00:00:00", "2026-01-01T00:00:00", "2026-01-10T00:00:00",
         "2026-01-11T00:00:00", "2026-01-12T00:00:00"],
        ["2025-12-31T00:00:00", "2026-01-10T23:59:59", "2026-01-11T00:00:00",
         "2026-01-20T00:00:00", "2026-01-13T00:00:00"],
        [0, 0, 0, 0, 1],
    ]  # fmt: skip
    found = row_groups.groups_of(stated, [w for w in WINDOWS if isinstance(w, Window)])
    assert [OUTSIDE, 0, MIXED, 1, MIXED] == [g.place for g in found]
    assert [(0, 10), (10, 20), (20, 30), (30, 40), (0, 7)] == [g.rows for g in found]


def test_groups_that_state_nothing_are_no_use() -> None:
    assert [] == row_groups.groups_of([], [])
    assert [] == row_groups.groups_of([[0], [10], [None], ["2026-01-01T00:00:00"], [0]], [])


def test_runs_by_hand() -> None:
    groups = [Group(0, (0, 5), 0), Group(0, (5, 9), 0), Group(0, (9, 12), 1), Group(1, (0, 4), 1)]
    assert [
        Run(0, (0, 9), 0, False), Run(0, (9, 12), 1, True), Run(1, (0, 4), 1, True),
    ] == row_groups.runs_of(groups)  # fmt: skip


def test_views_by_hand() -> None:
    runs = [Run(0, (0, 9), 0, False), Run(0, (9, 12), 1, True)]
    assert (
        'CREATE VIEW decisions_windows AS SELECT *, CASE WHEN ("dutybound row" < 9) THEN 0 '
        'ELSE 1 END AS "dutybound window" FROM decisions_rows'
    ) == row_groups.windows_view(runs, sql.whole(0))
    many = [Run(0, (i, i + 1), i % 2, False) for i in range(201)]
    assert row_groups.windows_view(many, sql.whole(0)) is None
    assert row_groups.windows_view([Run(0, (0, 9), MIXED, True)], sql.whole(0)) is None


def window_of(runs: Sequence[Run]) -> str:
    found = row_groups.windows_view(runs, sql.whole(9))
    assert found is not None
    return found.removeprefix("CREATE VIEW decisions_windows AS SELECT *, ").replace(
        ' AS "dutybound window" FROM decisions_rows', ""
    )


def test_whole_files_in_a_row_are_one_range() -> None:
    """Files 0 to 2 and a part of 3 are in the first window; then file 5 alone, between others."""
    parted = [
        *(Run(f, (0, 9), 0, True) for f in (0, 1, 2)), Run(3, (0, 4), 0, False),
        Run(3, (4, 9), 1, True), Run(4, (0, 9), 1, True),
    ]  # fmt: skip
    file, row = '"dutybound file"', '"dutybound row"'
    assert (
        f"CASE WHEN ({file} = 3 AND {row} < 4) OR ({file} <= 2) THEN 0 ELSE 1 END"
    ) == window_of(parted)
    places = [1, 0, 0, 1, 1, 0, 1]
    mixed = [Run(f, (0, 9), place, True) for f, place in enumerate(places)]
    assert (
        f"CASE WHEN ({file} >= 1 AND {file} <= 2) OR ({file} = 5) THEN 0 ELSE 1 END"
    ) == window_of(mixed)
    assert "0" == window_of([Run(0, (0, 9), 0, True)])
    outside = [Run(0, (0, 9), OUTSIDE, True), *(Run(f, (0, 9), 0, True) for f in (1, 2, 3))]
    assert f"0 WHERE ({file} >= 1)" == window_of(outside)


def drawn(groups: Sequence[Group], enough: int) -> tuple[list[int], int]:
    """Where the chosen groups begin, and their rows together."""
    found = row_groups.sample_view(groups, enough)
    assert found is not None
    return [int(n) for n in re.findall(r">= (\d+)", found[0])], found[1]


def test_samples_are_spread_over_the_first_window() -> None:
    """64 groups of 10 rows: 16 for 160 rows, six at least, all if there are too few."""
    groups = [Group(0, (10 * i, 10 * i + 10), 0) for i in range(64)]
    assert ([20 + 40 * i for i in range(16)], 160) == drawn(groups, 160)
    assert ([50, 160, 260, 370, 480, 580], 60) == drawn(groups, 1)
    assert (list(range(10, 640, 10)), 640) == drawn(groups, 10**9)  # the first begins with the file
    assert row_groups.sample_view([Group(0, (0, 9), 1)], 1) is None


def test_samples_name_no_more_groups_than_a_view_should() -> None:
    groups = [Group(0, (i, i + 1), 0) for i in range(1000)]
    assert ([2 + 5 * i for i in range(200)], 200) == drawn(groups, 1000)
