"""What a small table gives, counted by hand; awkward values, names and windows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutybound.errors import BadInput
from dutybound.measure.effective import Weighed
from dutybound.terms.table import (
    MISSING,
    OTHER,
    Banded,
    Decision,
    Feature,
    Label,
    Limits,
    Protected,
    Score,
    Source,
    TableConfig,
    Window,
)
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.profile import Profiles
from dutybound.warehouse.profile_file import profile_bytes
from dutybound.warehouse.scan import profile_table
from tests.warehouse.kit import APRIL, CONFIG, INF, MARCH, NAN, ROWS, alone, count, write


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Profiles:
    return count(tmp_path_factory.mktemp("small"))


def values(cells: Cells, dim: str = "value") -> dict[str, int]:
    counted = zip(cells.levels[dim], cells.over(dim).tolist(), strict=True)
    return {level: n for level, n in counted if n}


def test_rows_and_times(small: Profiles) -> None:
    assert small.reference is not None
    assert (4, 5, 1) == (small.reference.rows, small.current.rows, small.outside)
    assert "2026-03-01T00:00:00" == small.reference.first
    assert "2026-03-31T23:59:59" == small.reference.last
    assert ("2026-04-01T00:00:00", "2026-04-30T23:59:59") == (
        small.current.first,
        small.current.last,
    )


def test_missing_nan_and_infinities_are_apart(small: Profiles) -> None:
    assert small.reference is not None
    march, april = small.reference.numbers["income"], small.current.numbers["income"]
    assert (3, 1, 0, 0, 0) == (
        march.finite, march.missing, march.nan, march.plus_infinite, march.minus_infinite,
    )  # fmt: skip
    assert (2, 0, 1, 1, 1) == (
        april.finite, april.missing, april.nan, april.plus_infinite, april.minus_infinite,
    )  # fmt: skip
    assert (1.0, 3.0, 2.0, 3.0) == (march.low, march.high, april.low, april.high)
    assert (4, 5) == (march.rows, april.rows)


def test_categories_keep_missing_and_new_ones(small: Profiles) -> None:
    assert small.reference is not None
    march, april = small.reference.categories["channel"], small.current.categories["channel"]
    assert {"web": 2, "shop": 1, MISSING: 1} == values(march)
    assert {"web": 1, "app": 2, "shop": 1, MISSING: 1} == values(april)


def test_groups_by_hand(small: Profiles) -> None:
    """April: f 20, m 30, f 64, missing 65, x without age."""
    cells = small.current.by("sex", "age")
    assert ("women", "men", OTHER, MISSING) == cells.levels["sex"]
    assert ("under 25", "25 to 65", "65 or more", OTHER, MISSING) == cells.levels["age"]
    got = cells.over("sex", "age")
    assert [1, 1, 0, 0, 0] == got[0].tolist()
    assert [0, 1, 0, 0, 0] == got[1].tolist()
    assert [0, 0, 0, 0, 1] == got[2].tolist()
    assert [0, 0, 1, 0, 0] == got[3].tolist()


def test_confusion_by_hand(small: Profiles) -> None:
    """Women of April: repaid and approved twice. Men: not repaid, denied."""
    got = small.current.by("sex").over("sex", "label", "decision")
    positive, negative = 1, 0
    assert [0, 2, 0] == got[0][positive].tolist()
    assert [1, 0, 0] == got[1][negative].tolist()
    assert [0, 0, 1] == got[2][positive].tolist()
    assert 5 == got.sum()


def test_sums_of_scores_by_hand(small: Profiles) -> None:
    """March: 0, 1/2, 1, 1/4; the square of the sum's terms: 0, 1/4, 1, 1/16. April has one
    score missing and one out of range: 1/2, 1/2, 3/4."""
    assert small.reference is not None
    march, april = small.reference.by("sex"), small.current.by("sex")
    unit = 2.0**-32
    assert (4, 1.75, 1.3125) == (
        int(march.sums["scored"].sum()),
        march.sums["score"].sum() * unit,
        march.sums["score_squared"].sum() * unit,
    )
    assert (3, 1.75) == (int(april.sums["scored"].sum()), april.sums["score"].sum() * unit)


def test_score_bins_by_hand(small: Profiles) -> None:
    assert small.reference is not None
    assert small.reference.scores is not None and small.current.scores is not None
    march = values(small.reference.scores, "bin")
    assert {"0": 1, "2500": 1, "5000": 1, "9999": 1} == march
    assert {"5000": 2, "7500": 1, OTHER: 1, MISSING: 1} == values(small.current.scores, "bin")
    coarse = small.current.group_scores["sex, age"]
    assert {"100": 2, "150": 1, OTHER: 1, MISSING: 1} == values(coarse, "bin")


def test_time_buckets(small: Profiles) -> None:
    assert small.current.buckets is not None
    expected = {"2026-04-01": 2, "2026-04-02": 2, "2026-04-30": 1}
    assert expected == values(small.current.buckets, "bucket")


@pytest.mark.parametrize("bucket", ["week", "month"])
def test_longer_buckets(tmp_path: Path, bucket: Any) -> None:
    """Wednesday 1 April 2026 lies in the week of Monday 30 March."""
    assert CONFIG.time is not None
    config = replace(CONFIG, time=replace(CONFIG.time, bucket=bucket))
    found = count(tmp_path, config=config).current.buckets
    assert found is not None
    expected = {"week": {"2026-03-30": 4, "2026-04-27": 1}, "month": {"2026-04-01": 5}}
    assert expected[bucket] == values(found, "bucket")


def test_hostile_names_and_values(tmp_path: Path) -> None:
    """Quotes, keywords, other scripts and what dutybound itself uses as names."""
    names = ['a"b', "select", "c0", "decisions", "x'; DROP TABLE t; --", "größe 🙂", "`tick`"]
    data: dict[str, Any] = {name: [1.0, 2.0, 2.0, 2.0] for name in names}
    data['sex "'] = ["it's", 'say "no"', "(missing)", "it's"]
    data["y\\"] = ["\\'", "b", None, "b"]
    config = TableConfig(
        name="hostile",
        features=tuple(Feature(n, "number") for n in names),
        decision=Decision("y\\", ("\\'",)),
        protected=(Protected(Banded("sex", 'sex "')),),
    )
    found = alone(tmp_path, data, config)
    for name in names:
        column = found.numbers[name]
        assert column.values is not None
        assert ([1.0, 2.0], [1, 3]) == (column.values.tolist(), column.counts.tolist())
    assert {"it's": 2, 'say "no"': 1, "'(missing)'": 1} == values(found.categories['sex "'])
    assert [2, 1, 1] == found.by("sex").over("decision").tolist()


def test_types_that_look_alike(tmp_path: Path) -> None:
    """Booleans, decimals, small integers and dictionary codes."""
    data = {
        "flag": pa.array([True, False, None]),
        "price": pa.array(["0.10", "0.20", "0.10"]).cast(pa.decimal128(9, 2)),
        "code": pa.array([1, 2, 2], pa.int8()),
        "word": pa.array(["a", "b", "a"]).dictionary_encode(),
    }
    config = TableConfig(
        name="types",
        features=(
            Feature("flag", "category"), Feature("price", "number"),
            Feature("code", "category"), Feature("word", "category"),
        ),
        label=Label("flag", positive=(True,)),
    )  # fmt: skip
    found = alone(tmp_path, data, config)
    assert {"true": 1, "false": 1, MISSING: 1} == values(found.categories["flag"])
    assert {"1": 1, "2": 2} == values(found.categories["code"])
    assert {"a": 2, "b": 1} == values(found.categories["word"])
    assert (0.1, 0.2) == (found.numbers["price"].low, found.numbers["price"].high)
    assert [1, 1, 0, 1] == found.by().over("label").tolist()


def test_categories_beyond_the_cap_are_other(tmp_path: Path) -> None:
    """11 values, cap 10: the ten most frequent stay, the rarest goes to other."""
    words = [f"w{i:02d}" for i in range(11) for _ in range(20 - i)] + [None]
    config = TableConfig("cap", (Feature("word", "category"),), limits=Limits(categories=10))
    profile = alone(tmp_path, {"word": words}, config)
    found = profile.categories["word"]
    assert "`word` has more values than are counted by name" in " ".join(profile.notes)
    assert (10, 1) == (found.over("value")[-2], found.over("value")[-1])
    assert ["w00", "w09"] == [found.levels["value"][0], found.levels["value"][-3]]
    assert len(words) == found.rows


def test_weights_are_summed(tmp_path: Path) -> None:
    data = {**ROWS, "w": [0.5, 0.25, 2.0, 1.0, 1, 1, 1, 1, 1.5, 9]}
    found = count(tmp_path, data, replace(CONFIG, weights="w"))
    assert found.reference is not None
    # The largest weight of the windows is 2: 2^2 > 2, so it has 25 bits of a unit of 2^-23.
    assert 2.0**-23 == found.reference.weight_unit
    table = found.reference.by("sex").weighed("sex").sum()
    # 0.5 + 0.25 + 2 + 1, and 0.25 + 0.0625 + 4 + 1.
    assert [4, 3.75, 5.3125] == numbers(table)
    income = found.reference.numbers["income"]
    seen, without = income.weighed().sum(), income.without().sum()
    assert [3, 1.75, 1.3125] == numbers(seen)
    assert [1, 2.0, 4.0] == numbers(without)


def numbers(cell: Weighed) -> list[float]:
    return [float(x) for x in (cell.rows, cell.weight, cell.square)]


def test_weighted_sums_of_scores(tmp_path: Path) -> None:
    """Scores of March 0, 0.5, 1 and 0.25 with weights 0.5, 0.25, 2 and 1, and their squares."""
    data = {**ROWS, "w": [0.5, 0.25, 2.0, 1.0, 1, 1, 1, 1, 1.5, 9]}
    found = count(tmp_path, data, replace(CONFIG, weights="w")).reference
    assert found is not None
    cells = found.by("sex")
    sums = {
        n: float(cells.real("sex", of=n, square=n.endswith("by_square")).sum()) for n in cells.sums
    }
    unit = 2.0**32
    assert {
        "scored": 4 * 2.0**-23,  # rows, which have no unit
        "scored_weight": 3.75,
        "scored_by_square": 5.3125,
        "score": (0.125 + 2 + 0.25) * unit,
        "score_by_square": (0.0625 * 0.5 + 4 + 0.25) * unit,
        "score_squared": (0.0625 + 2 + 0.0625) * unit,
        "score_squared_by_square": (0.015625 + 4 + 0.0625) * unit,
    } == {k: v for k, v in sums.items() if k.startswith("score")}


def test_the_weight_of_values_beyond_the_cap(tmp_path: Path) -> None:
    data = {"word": ["a", "a", "a", "b", "b", "c", "d"], "w": [1.0, 2, 3, 4, 5, 6, 7]}
    config = TableConfig(
        "words", features=(Feature("word", "category"),), weights="w",
        limits=replace(CONFIG.limits, categories=1),
    )  # fmt: skip
    cells = alone(tmp_path, data, config).categories["word"]
    table = cells.weighed("value")
    assert ("a", "b", "(other)") == cells.levels["value"]
    assert ([6, 9, 13], [14, 41, 85]) == (table.weight.tolist(), table.square.tolist())


def test_rows_of_weight_zero_are_left_out(tmp_path: Path) -> None:
    data = {**ROWS, "w": [1.0, 0, 1, 0, 1, 1, 0, 1, 1, 0]}
    mine = count(tmp_path, data, replace(CONFIG, weights="w"))
    kept = [i for i, w in enumerate(data["w"]) if w]
    other = count(tmp_path, {k: [v[i] for i in kept] for k, v in ROWS.items()})
    assert (1, 0) == (mine.outside, other.outside)  # the row of May lies in no window
    assert mine.reference is not None and other.reference is not None
    assert (2, 1) == (mine.reference.weightless, mine.current.weightless)
    for a, b in ((mine.reference, other.reference), (mine.current, other.current)):
        assert (a.rows, a.first, a.last) == (b.rows, b.first, b.last)
        assert a.by("sex").counts.tolist() == b.by("sex").counts.tolist()
        assert (a.numbers["income"].low, a.numbers["income"].high) == (
            b.numbers["income"].low, b.numbers["income"].high,
        )  # fmt: skip


def test_regression_sums_by_hand(tmp_path: Path) -> None:
    """Errors 1, -1, 2; the last row has no label."""
    data = {"y": [1.0, 2.0, 3.0, None], "p": [2.0, 1.0, 5.0, 9.0]}
    config = TableConfig("reg", label=Label("y", "number"), prediction="p")
    found = alone(tmp_path, data, config)
    assert found.errors is not None
    scale = found.numbers["y"].bins.scale
    unit = scale * 2.0**-20
    sums = {name: int(v.sum()) for name, v in found.errors.sums.items()}
    assert (3, 0) == (sums["scored"], sums["clipped"])
    assert (2.0, 4.0) == (sums["error"] * unit, sums["error_absolute"] * unit)
    assert 6.0 == sums["error_squared"] * unit * scale


def test_many_values_leave_the_exact_form(tmp_path: Path) -> None:
    """Few values in the reference, more than 5,000 in the current window: counted by bin."""
    data = {
        "x": [float(i % 3) for i in range(60)] + [i / 7 for i in range(12_000)],
        "w": ["a"] * 60 + ["b"] * 12_000,
    }
    config = TableConfig(
        "many",
        (Feature("x", "number"),),
        reference=Window(column="w", values=("a",)),
        current=Window(column="w", values=("b",)),
    )
    found = count(tmp_path, data, config)
    assert found.reference is not None
    assert (None, 12_000) == (
        found.current.numbers["x"].values,
        found.current.numbers["x"].finite,
    )
    assert (
        20
        == found.reference.numbers["x"].counts[
            found.current.numbers["x"].bins.number(pa.array([1.0]).to_numpy())[0]
        ]
    )


def test_factors_are_crossed_with_groups(tmp_path: Path) -> None:
    config = replace(CONFIG, legitimate=(Banded("channel", "channel"),))
    found = count(tmp_path, config=config).current.factors["channel"]
    assert ("channel", "sex", "age", "label", "decision") == found.dims
    assert {"app": 2, "shop": 1, "web": 1, MISSING: 1} == values(found, "channel")


def test_intersections_that_were_asked_for(tmp_path: Path) -> None:
    third = Protected(Banded("channel", "channel"))
    config = replace(CONFIG, protected=(*CONFIG.protected, third), intersections=(("sex", "age"),))
    assert ["sex, age", "channel"] == list(count(tmp_path, config=config).current.groups)


# ---------------------------------------------------------------------- what is refused
def refused(tmp_path: Path, config: TableConfig, data: Any = None) -> str:
    with pytest.raises(BadInput) as error:
        count(tmp_path, data or ROWS, config)
    return str(error.value)


def test_a_missing_column(tmp_path: Path) -> None:
    config = replace(CONFIG, score=Score("scores"))
    message = refused(tmp_path, config)
    assert "no column `scores` (score). Did you mean `score`?" in message


def test_a_wrong_type(tmp_path: Path) -> None:
    config = replace(CONFIG, features=(Feature("channel", "number"),))
    assert "`channel` (feature, number) has the type VARCHAR" in refused(tmp_path, config)


def test_times_as_text(tmp_path: Path) -> None:
    data = {**ROWS, "other": ROWS["at"]}
    assert CONFIG.time is not None
    config = replace(CONFIG, time=replace(CONFIG.time, column="other"))
    assert "`other` (time) has the type VARCHAR; it needs to be time" in refused(
        tmp_path, config, data
    )


def test_an_empty_window(tmp_path: Path) -> None:
    config = replace(CONFIG, reference=Window("2020-01-01T00:00:00", "2020-02-01T00:00:00"))
    assert "The reference window holds no row" in refused(tmp_path, config)


def test_doubled_rows_if_asked(tmp_path: Path) -> None:
    data = {**ROWS, "id": [1, 1, 2, 2, 3, 4, 5, 6, 7, 8]}
    assert "2 values of `id` stand in more than one row" in refused(
        tmp_path, replace(CONFIG, unique_ids=True), data
    )
    assert ("Whether rows stand twice was not checked.",) == count(tmp_path, data).current.notes


def test_too_many_values_to_be_groups(tmp_path: Path) -> None:
    data = {"who": [f"p{i}" for i in range(300)]}
    config = TableConfig("groups", protected=(Protected(Banded("who", "who")),))
    with pytest.raises(BadInput, match="more than 200 values"):
        alone(tmp_path, data, config)


def test_no_table(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        profile_table(Source("duckdb", "parquet", str(tmp_path / "none.parquet")), CONFIG)


def test_a_file_that_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"no table")
    with pytest.raises(BadInput, match="cannot be read"):
        profile_table(Source("duckdb", "parquet", str(tmp_path / "bad.parquet")), CONFIG)


def test_all_missing_and_all_infinite(tmp_path: Path) -> None:
    data = {"a": pa.array([None, None], pa.float64()), "b": [NAN, -INF]}
    config = TableConfig("none", (Feature("a", "number"), Feature("b", "number")))
    found = alone(tmp_path, data, config).numbers
    assert (0, 2, None) == (found["a"].finite, found["a"].missing, found["a"].low)
    assert (0, 1, 1) == (found["b"].finite, found["b"].nan, found["b"].minus_infinite)


def test_windows_by_zone(tmp_path: Path) -> None:
    """One column has one zone: 23:30 at UTC-1 on 31 March is 00:30 UTC on 1 April."""
    zoned = pa.array(["2026-03-31T22:00:00", "2026-04-01T00:30:00"]).cast(pa.timestamp("us"))
    data = {"at": zoned.cast(pa.timestamp("us", "Etc/GMT+1")), "x": [1.0, 2.0]}
    config = TableConfig(
        "zone", (Feature("x", "number"),), time=CONFIG.time, reference=MARCH, current=APRIL
    )
    pq.write_table(pa.table(data), tmp_path / "zone.parquet")
    found = profile_table(Source("duckdb", "parquet", str(tmp_path / "zone.parquet")), config)
    assert found.reference is not None
    assert (1, 1) == (found.reference.rows, found.current.rows)


def test_a_table_of_a_duckdb_file(tmp_path: Path, small: Profiles) -> None:
    """A name with a quote in a schema; the file is not written to."""
    source = write(tmp_path / "table.parquet", ROWS)
    place = tmp_path / "it's.db"
    with duckdb.connect(str(place)) as connection:
        connection.execute("CREATE SCHEMA log")
        connection.execute(
            f'CREATE TABLE log."a""b" AS SELECT * FROM read_parquet(\'{source.place}\')'
        )
    before = place.read_bytes()
    found = profile_table(Source("duckdb", "table", str(place), 'log.a"b'), CONFIG)
    assert profile_bytes(small.current) == profile_bytes(found.current)
    assert before == place.read_bytes()
