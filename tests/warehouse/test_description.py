"""A description counts right, and nothing of a single row is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutybound.assess.describe import as_json
from dutybound.assess.describe_html import description_page
from dutybound.cli.describe_page import lines
from dutybound.errors import BadInput
from dutybound.terms.description import Aside, Column, DatasetDescription, Few
from dutybound.terms.table import (
    Banded,
    Decision,
    Feature,
    Label,
    Limits,
    Protected,
    Source,
    TableConfig,
    TimeColumn,
)
from dutybound.warehouse import description_sql
from dutybound.warehouse.client import DeadlineError
from dutybound.warehouse.description import _Reading, describe_table
from dutybound.warehouse.description_roles import roles_of
from dutybound.warehouse.layout import fit
from tests.warehouse.kit import write

K = 10
LIMITS = Limits(memory=200, deadline=60.0, threads=1)
CONFIG = TableConfig(
    name="by hand",
    row_id="id",
    time=TimeColumn("at"),
    decision=Decision("decision", ("yes",)),
    label=Label("paid", positive=(1,)),
    features=(Feature("amount", "number"), Feature("channel", "category")),
    protected=(
        Protected(Banded("sex", "sex", {"women": ("f",), "men": ("m",), "others": ("d",)})),
        Protected(Banded("age", "age", bands=(25.0, 65.0))),
    ),
    limits=LIMITS,
)


def rows() -> dict[str, Any]:
    """100 rows. 60 women, 36 men, 4 others. 12 under 25, 80 to 65, 8 above. 47 web, 50 shop, 3 by
    post; channel is missing in none, the label in 4, the amount in 20."""
    day = datetime(2026, 1, 1)
    return {
        "id": list(range(100)),
        "at": [(day + timedelta(days=i)).isoformat() for i in range(100)],
        "sex": ["f"] * 60 + ["m"] * 36 + ["d"] * 4,
        "age": [20] * 12 + [40] * 80 + [70] * 8,
        "channel": ["web"] * 47 + ["shop"] * 50 + ["post"] * 3,
        "decision": ["yes"] * 55 + ["no"] * 45,
        "paid": [None] * 4 + [1] * 70 + [0] * 26,
        "amount": [None] * 20 + [float(i) for i in range(80)],
        "note": [f"note {i}" for i in range(100)],
    }


def describe(
    path: Path, columns: Mapping[str, Any], config: TableConfig | None = CONFIG, k: int = K
) -> DatasetDescription:
    return describe_table(write(path / "t.parquet", columns), config, k)


def column(found: DatasetDescription, name: str) -> Column:
    (one,) = (c for c in found.columns if c.name == name)
    return one


def shown(found: Column) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(g.label, g.rows, g.joined) for g in found.groups]


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> DatasetDescription:
    return describe(tmp_path_factory.mktemp("hand"), rows())


# ---------------------------------------------------------------------- counted by hand
def test_values_of_few_rows_are_counted_in_the_largest(hand: DatasetDescription) -> None:
    """3 rows by post would be what 47 and 50 lack to 100."""
    found = column(hand, "channel")
    assert [("shop", 53, ("values of few rows",)), ("web", 47, ())] == shown(found)
    assert (0, 3, 1) == (found.missing, found.distinct, found.hidden_values)


def test_declared_groups_are_named_and_small_ones_not_counted(hand: DatasetDescription) -> None:
    assert [("women", 64, ("others",)), ("men", 36, ())] == shown(column(hand, "sex"))
    ages = column(hand, "age")
    assert [("under 25", 12, ()), ("25 to 65", 88, ("65 or more",))] == shown(ages)
    assert ("protected: age",) == ages.roles


def test_missing_values(hand: DatasetDescription) -> None:
    paid, amount = column(hand, "paid"), column(hand, "amount")
    assert Few(10) == paid.missing
    assert [("0", 26, ()), ("1", 74, ("missing",))] == shown(paid)
    assert (20, (Aside(("missing",), 20),)) == (amount.missing, amount.aside)


def test_numbers_by_spans(hand: DatasetDescription) -> None:
    """0 to 79. The tenth lowest is 9, the tenth highest 70; 61 in 30 cells: the step is 5."""
    found = column(hand, "amount")
    assert [("under 10", 10, ()), ("10 to under 20", 10, ())] == shown(found)[:2]
    assert ("70 or more", 10, ()) == shown(found)[-1]
    assert 80 == sum(rows for _, rows, _ in shown(found))
    (middle,) = (q for q in found.quantiles if q.share == 0.5)
    assert 40.0 == middle.about


def test_dates_by_month(hand: DatasetDescription) -> None:
    """31 days of January, 28, 31, and 10 of April."""
    found = column(hand, "at")
    assert [
        ("before 2026-02", 31, ()), ("2026-02", 28, ()), ("2026-03", 31, ()),
        ("2026-04 or later", 10, ()),
    ] == shown(found)  # fmt: skip
    assert ("month", "2026-01", "2026-04") == (found.unit, found.first, found.last)


def test_identifiers_and_free_text_are_counts_only(hand: DatasetDescription) -> None:
    for name, why in (("id", "row id"), ("note", "free text")):
        found = column(hand, name)
        assert ("counts", (), 100, 0) == (
            found.shown, found.groups, found.distinct, found.missing,
        )  # fmt: skip
        assert why in found.notes[0]


def test_equal_rows(tmp_path: Path) -> None:
    """13 of 40 rows are there already but for their id; 3 are there with it too."""
    columns = {
        "id": [*range(37), 0, 1, 2],
        "a": [*range(27), *range(10), 0, 1, 2],
    }
    config = TableConfig(name="twice", row_id="id", limits=LIMITS)
    whole, without = describe(tmp_path, columns, config).duplicates
    assert (Few(10), ()) == (whole.surplus, whole.without)
    assert (13, ("id",)) == (without.surplus, without.without)


def test_equal_rows_past_the_deadline_leave_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(self: _Reading, statement: Any) -> Any:
        if "equal rows" in statement.name:
            raise DeadlineError("it ran longer than 1 s")
        return self.engine.run(statement.name, statement.text(self.engine.dialect))

    monkeypatch.setattr(_Reading, "_run", late)
    found = describe(tmp_path, rows())
    assert [(None, "it ran longer than 1 s")] == [(d.surplus, d.why) for d in found.duplicates]
    assert 100 == found.rows


def test_fewer_than_k_rows_say_nothing(tmp_path: Path) -> None:
    few = {name: values[-9:] for name, values in rows().items()}
    found = describe(tmp_path, few)
    assert Few(10) == found.rows
    assert {("counts", True, ())} == {(c.shown, c.withheld, c.groups) for c in found.columns}
    assert "note 9" not in said(found)


def test_a_column_with_few_values(tmp_path: Path) -> None:
    """4 rows have one: neither they nor the 96 others are counted."""
    found = column(describe(tmp_path, {"a": [1.5] * 4 + [None] * 96}, None), "a")
    assert Few(10, all_but=True) == found.missing
    assert (None, ()) == (found.distinct, found.groups)
    assert (Aside(("missing", "values of few rows"), 100),) == found.aside


def test_candidates_have_no_values(tmp_path: Path) -> None:
    columns = {"gender": ["x", "y"] * 20, "group": ["male", "female"] * 20, "b": [1, 2] * 20}
    found = describe(tmp_path, columns, None)
    assert ("counts", "its name") == (
        column(found, "gender").shown, column(found, "gender").candidate,
    )  # fmt: skip
    assert ("counts", ()) == (column(found, "group").shown, column(found, "group").groups)
    assert [("1", 20, ()), ("2", 20, ())] == shown(column(found, "b"))


def test_mail_addresses_are_not_named(tmp_path: Path) -> None:
    columns = {"officer": ["ann@example.org", "bob@example.org"] * 30}
    found = column(describe(tmp_path, columns, None), "officer")
    assert ("counts", ()) == (found.shown, found.groups)


def test_names_of_persons_are_not_named(tmp_path: Path) -> None:
    columns = {"last_name": ["Smith", "Jones"] * 30, "nameplate": ["a", "b"] * 30}
    found = describe(tmp_path, columns, None)
    assert ["counts", "categories"] == [c.shown for c in found.columns]


def test_an_enumeration_does_not_list_its_values(tmp_path: Path) -> None:
    """In DuckDB the type of a column holds every value that it may have."""
    path = tmp_path / "t.duckdb"
    with duckdb.connect(path) as connection:
        kinds = "ENUM ('Ann Rare', 'b')"
        connection.execute(f"CREATE TABLE t (v {kinds}, few {kinds}, s STRUCT(e {kinds}))")
        connection.execute("INSERT INTO t SELECT 'b', 'b', {'e': 'b'} FROM range(40)")
        connection.execute("INSERT INTO t VALUES ('Ann Rare', NULL, NULL)")
    found = describe_table(Source("duckdb", "table", str(path), "t"), None, K)
    assert ["ENUM", "ENUM", "STRUCT"] == [c.type for c in found.columns]
    assert [("b", 41, ("values of few rows",))] == shown(column(found, "v"))
    few = describe_table(Source("duckdb", "table", str(path), "t"), None, 100)
    assert "Ann Rare" not in said(found) + said(few)


def test_one_way_to_part_a_column(tmp_path: Path) -> None:
    config = replace(
        CONFIG,
        protected=(
            Protected(Banded("age", "age", bands=(25.0,))),
            Protected(Banded("retired", "age", bands=(65.0,))),
        ),
    )
    found = describe(tmp_path, rows(), config)
    assert [("under 25", 12, ()), ("25 or more", 88, ())] == shown(column(found, "age"))
    assert "Only the first is shown" in found.notes[0]
    assert ["groups", "counts"] == [p["shown"] for p in as_json(found)["protected"]]


def test_odd_numbers_and_dates(tmp_path: Path) -> None:
    nan, inf = float("nan"), float("inf")
    day = pa.array([-30_000_000] * 15 + [0] * 15 + [None] * 15, pa.int32()).cast(pa.date32())
    columns = {"x": [nan] * 12 + [inf] * 6 + [-inf] * 5 + [1.5] * 22, "d": day}
    config = TableConfig(name="odd", features=(Feature("x", "number"),), limits=LIMITS)
    found = describe(tmp_path, columns, config)
    assert {("missing",): 0, ("not a number",): 12, ("infinite",): 11} == {
        a.cells: a.rows for a in column(found, "x").aside
    }
    assert {("missing",): 15, ("dates out of the calendar",): 15} == {
        a.cells: a.rows for a in column(found, "d").aside
    }
    assert [("any date", 15, ())] == shown(column(found, "d")) or column(found, "d").first


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    config = replace(CONFIG, features=(Feature("chanel", "category"),))
    with pytest.raises(BadInput, match="Did you mean `channel`"):
        describe(tmp_path, rows(), config)


# ---------------------------------------------------------------------- nothing of a single row
def said(found: DatasetDescription) -> str:
    """Everything that is ever written about it."""
    return "\n".join([json.dumps(as_json(found)), description_page(found), *lines(found)])


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(10, 60), st.integers(0, 2**31), st.booleans())
def test_a_table_of_unique_persons_gives_no_value_away(
    tmp_path: Path, size: int, seed: int, configured: bool
) -> None:
    """Each cell is recognisable: no name, no number, no time of any row is written anywhere."""
    marks = [f"{101_010 + (seed % 797) * 1003}{i * 79 + 11:04d}7" for i in range(size)]
    start = datetime(1950, 1, 1)
    columns: dict[str, Any] = {
        "person": [f"P{m}" for m in marks],
        "story": [f"story of P{m} in full" for m in marks],
        "income": [float(f"7{m}.{m}") for m in marks],
        "account": [int(f"9{m}") for m in marks],
        "height": [1.0 + float(f"0.{m}") for m in marks],
        "born": [(start + timedelta(days=i * 311 % 20_000, seconds=i)).isoformat()
                 for i in range(size)],
    }  # fmt: skip
    features = (
        Feature("income", "number"), Feature("account", "number"), Feature("height", "number"),
        Feature("person", "category"), Feature("story", "category"),
    )  # fmt: skip
    config = TableConfig(name="persons", time=TimeColumn("born"), features=features, limits=LIMITS)
    source = write(tmp_path / "persons.parquet", columns, times="born")
    text = said(describe_table(source, config if configured else None, K))
    leaked = [m for m in marks if m in text]
    assert [] == leaked
    assert [] == [b for b in columns["born"] if b[:10] in text]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, K - 1), st.floats(1.5, 1e6), st.integers(1, 300))
def test_what_the_most_extreme_rows_hold_changes_nothing(
    tmp_path: Path, count: int, factor: float, years: int
) -> None:
    """Fewer than k rows at either end may lie anywhere beyond: the same bytes."""
    size = 120
    amounts = [float(i * i) for i in range(size)]
    days = [datetime(2000, 1, 1) + timedelta(days=i) for i in range(size)]
    late = [d.replace(year=d.year + years) if i >= size - count else d for i, d in enumerate(days)]
    high = [v * factor if i >= size - count else v for i, v in enumerate(amounts)]
    config = TableConfig(
        name="extremes", features=(Feature("amount", "number"),), time=TimeColumn("at"),
        limits=LIMITS,
    )  # fmt: skip
    texts = [
        said(describe(tmp_path, {"amount": a, "at": [d.isoformat() for d in t]}, config))
        for a, t in ((amounts, days), (high, late))
    ]
    assert texts[0] == texts[1]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["a", "b", "c", "d", None]), min_size=10, max_size=80),
    st.integers(3, 12),
)
def test_no_count_below_k_is_shown_or_follows(
    tmp_path: Path, values: list[str | None], k: int
) -> None:
    """The counts of a column are a partition of all rows into groups of k or more."""
    columns = {"v": pa.array(values, pa.string())}
    config = TableConfig(name="v", features=(Feature("v", "category"),), limits=LIMITS)
    found = column(describe(tmp_path, columns, config, k), "v")
    counts = [g.rows for g in found.groups] + [a.rows for a in found.aside if a.rows]
    assert all(n >= k for n in counts)
    assert not found.groups or sum(counts) == len(values)
    for g in found.groups:
        assert values.count(g.label) >= k


HOSTILE = [
    "we`ird \"name'", "); DROP TABLE decisions; --", "<script>alert(1)</script>", "{{ 7 * 7 }}",
    "=1+1", "\u202egnitirw", "select", "naïve 名前", "a\x1b[31mred", "x" * 400, "\\input{x}",
]  # fmt: skip


def test_hostile_names_and_values(tmp_path: Path) -> None:
    columns: dict[str, Any] = {name: HOSTILE * 10 for name in HOSTILE}
    columns["n`\"'u"] = [float(i) for i in range(110)]
    features = (*(Feature(n, "category") for n in HOSTILE), Feature("n`\"'u", "number"))
    config = TableConfig(name="<b>hostile</b>", features=features, limits=LIMITS)
    found = describe(tmp_path, columns, config)
    assert [*HOSTILE, "n`\"'u"] == [c.name for c in found.columns]
    for name in HOSTILE:
        assert sorted(HOSTILE) == sorted(g.label for g in column(found, name).groups)
    page, terminal = description_page(found), "\n".join(lines(found))
    assert "<script>" not in page
    for text in (page, terminal):
        assert "\u202e" not in text
        assert "\x1b[31m" not in text
        assert "U+202E" in text


# ---------------------------------------------------------------------- statements
@pytest.mark.parametrize("dialect", ["duckdb", "spark", "postgres"])
def test_golden_statements(dialect: str, update_golden: bool) -> None:
    layout = fit(
        CONFIG,
        {
            "id": "BIGINT", "at": "TIMESTAMP", "sex": "VARCHAR", "age": "BIGINT",
            "channel": "VARCHAR", "decision": "VARCHAR", "paid": "BIGINT", "amount": "DOUBLE",
            "we`ird \"name'": "STRUCT(a INTEGER)",
        },
        "small",
    )  # fmt: skip
    by = roles_of(layout)["age"].by
    assert by is not None
    families = list(layout.families.items())
    found = [
        *(description_sql.spread(name, family, K) for name, family in families[-2:]),
        description_sql.values("channel", "text", K, 50),
        description_sql.values("paid", "number", K, 50),
        description_sql.levels(layout.group(by)),
        description_sql.cells("amount", (-10.0, 0.0, 0.5, 10.0)),
        description_sql.buckets("at", "month"),
        description_sql.different(families, ""),
    ]
    text = "\n".join(f"-- {s.name}\n{s.text(dialect)};\n" for s in found)
    path = Path(__file__).parent / f"sql/description.{dialect}.sql"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_no_statement_asks_for_a_value_of_few_rows() -> None:
    text = description_sql.values("channel", "text", K, 50).text("duckdb")
    assert "HAVING" in text and f"COUNT(*) >= {K}" in text


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        describe_table(Source("duckdb", "parquet", str(tmp_path / "no")), None, K)
