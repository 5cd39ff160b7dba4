"""Bad input, case by case: a clear error, or a value that is stated to be none. Never a number.

Each case takes a sound table and spoils it. `said` is what the error says; `holds` is what each
named line says: a value, or words of the reason why there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.compute import assume_timezone

from dutybound.assess.measure import Report, measure_profiles
from dutybound.assess.measure_ci import junit_text, sarif_text
from dutybound.assess.measure_html import measure_page
from dutybound.assess.measure_json import as_json
from dutybound.assess.measure_table import profile_table_of
from dutybound.errors import BadInput
from dutybound.terms.measure import Estimate
from dutybound.terms.table import (
    Banded,
    Decision,
    Feature,
    Ground,
    Label,
    Protected,
    Score,
    TableConfig,
    TimeColumn,
    Window,
)

NAN, INF = float("nan"), float("inf")
GROUND = (Ground("us", "self-test", "alice", "2026-01-02"),)
SEX = Protected(Banded("sex", "sex", {"women": ("f",), "men": ("m",)}), GROUND)
THREE = Banded("sex", "sex", {"women": ("f",), "men": ("m",), "x": ("x",)})
MARCH = Window("2026-03-01T00:00:00", "2026-04-01T00:00:00")
APRIL = Window("2026-04-01T00:00:00", "2026-05-01T00:00:00")
BASE = TableConfig(
    "bad", row_id="id", time=TimeColumn("at"), score=Score("score"),
    decision=Decision("decision", ("yes",)), label=Label("paid", positive=(1,)),
    features=(Feature("income", "number"), Feature("channel", "category")),
    protected=(SEX,), reference=MARCH, current=APRIL,
)  # fmt: skip
N = 400  # rows, half of them of April


def sound() -> dict[str, Any]:
    """March, then April; every second row a woman; half selected; a third with label 0."""
    days = [f"2026-0{3 + i // 200}-{1 + i % 28:02d}T12:00:00" for i in range(N)]
    return {
        "id": list(range(N)),
        "at": pa.array(days).cast(pa.timestamp("us")),
        "score": [(i % 100) / 100 for i in range(N)],
        "decision": ["yes" if i % 4 < 2 else "no" for i in range(N)],
        "paid": [int(i % 3 > 0) for i in range(N)],
        "income": [float(i % 50) for i in range(N)],
        "channel": ["web" if i % 5 else "shop" for i in range(N)],
        "sex": ["f" if i % 2 else "m" for i in range(N)],
    }


def all_of(value: Any, kind: pa.DataType) -> pa.Array:
    return pa.array([value] * N, kind)


# 23:00 of 31 March in New York is 03:00 of 1 April in UTC, so these rows are of April.
NEW_YORK = pa.array(["2026-03-15T12:00:00", "2026-03-31T23:00:00"] * (N // 2))
NEW_YORK = assume_timezone(NEW_YORK.cast(pa.timestamp("us")), "America/New_York")


@dataclass(frozen=True)
class Case:
    """columns, config: what is another than in the sound table. leave_out: columns to drop."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    said: str | None = None
    holds: Mapping[tuple[str, str, str], float | str] = field(default_factory=dict)
    leave_out: tuple[str, ...] = ()


def number(name: str) -> dict[str, Any]:
    return {"features": (Feature(name, "number"),)}


def category(name: str) -> dict[str, Any]:
    return {"features": (Feature(name, "category"),)}


DRIFT = ("ks-distance", "wasserstein", "drift-psi", "jensen-shannon", "hellinger",
         "standardised-mean-shift", "range-break")  # fmt: skip
LABELLED = ("accuracy", "balanced-accuracy", "precision", "recall", "f-score", "auc", "gini",
            "ks-separation", "log-loss", "brier", "calibration",
            "calibration-in-the-large")  # fmt: skip
CASES = {
    # ------------------------------------------------------------------ wrong types
    "text where a number belongs": Case(
        {"income": ["12"] * N}, said="`income` (feature, number) has the type VARCHAR"
    ),
    "a score as text": Case({"score": ["0.5"] * N}, said="`score` (score) has the type VARCHAR"),
    "times as text": Case({"at": ["2026-03-01"] * N}, said="`at` (time) has the type VARCHAR"),
    "a list as a feature": Case({"channel": [[1]] * N}, said="`channel` (feature, category)"),
    "a number with bands as text": Case(
        {"age": ["30"] * N},
        {"protected": (Protected(Banded("age", "age", bands=(25.0,)), GROUND),)},
        said="`age` (age) has the type VARCHAR",
    ),
    "favourable values of another type": Case(
        config={"decision": Decision("paid", ("yes",)), "label": None},
        said="`paid` has the type BIGINT, which cannot be `yes` (favourable)",
    ),
    "a flag that is no yes": Case(
        {"good": [i % 2 == 0 for i in range(N)]},
        {"label": Label("good", positive=("yes",))},
        said="`good` has the type BOOLEAN, which cannot be `yes` (positive)",
    ),
    "a flag that is called true": Case(
        {"good": [i % 4 == 0 for i in range(N)]},
        {"label": Label("good", positive=("True",), negative=(0,))},
        holds={("recall", "all rows", ""): 1.0, ("precision", "all rows", ""): 0.5},
    ),
    "a group that its column cannot hold": Case(
        {"sex": [i % 2 for i in range(N)]},
        said="`sex` has the type BIGINT, which cannot be `f` (the group `women`)",
    ),
    "a column that is not there": Case(leave_out=("income",), said="no column `income`"),
    # ------------------------------------------------------------------ all missing
    "a number that is missing in every row": Case(
        {"income": all_of(None, pa.float64())},
        holds={("completeness", "income", ""): 0.0, ("missing-rate", "income", ""): 1.0}
        | {(m, "income", ""): "" for m in DRIFT},
    ),
    "a category that is missing in every row": Case(
        {"channel": all_of(None, pa.string())},
        holds={("completeness", "channel", ""): 0.0,
               ("total-variation", "channel", ""): "neither window holds a value"},
    ),
    "no score at all": Case(
        {"score": all_of(None, pa.float64())},
        holds={(m, "all rows", ""): "" for m in ("auc", "gini", "ks-separation", "brier",
               "log-loss", "calibration")}
        | {("ks-distance", "score", ""): "no row has a score in its range",
           ("scoring-rate", "sex", ""): "no row has a score in its range"},
    ),
    "no label at all": Case(
        {"paid": all_of(None, pa.int64())},
        holds={(m, "all rows", ""): "" for m in LABELLED}
        | {("label-coverage", "all rows", ""): 0.0},
    ),
    "no decision at all": Case(
        {"decision": all_of(None, pa.string())},
        holds={("accuracy", "all rows", ""): "", ("impact-ratio", "sex", ""): ""},
    ),
    "no group is known": Case(
        {"sex": all_of(None, pa.string())},
        holds={("impact-ratio", "sex", ""): "fewer than two groups",
               ("statistical-parity", "sex", ""): "fewer than two groups"},
    ),
    # ------------------------------------------------------------------ one class
    "only positive labels": Case(
        {"paid": [1] * N},
        holds={("auc", "all rows", ""): "both classes", ("gini", "all rows", ""): "both classes",
               ("ks-separation", "all rows", ""): "both classes",
               ("balanced-accuracy", "all rows", ""): "both classes",
               ("false-positive-rate", "all rows", ""): "no row",
               ("false-positive-rate-by-group", "sex", "women"): "no row",
               ("recall", "all rows", ""): 0.5},
    ),
    "only negative labels": Case(
        {"paid": [0] * N},
        holds={("recall", "all rows", ""): "no row",
               ("false-negative-rate", "all rows", ""): "no row",
               ("precision", "all rows", ""): 0.0},
    ),
    "nobody is selected": Case(
        {"decision": ["no"] * N},
        holds={("impact-ratio", "sex", ""): "no one was selected",
               ("precision", "all rows", ""): "no row",
               ("selection-rate", "sex", "women"): 0.0},
    ),
    "one value only": Case(
        {"income": [7.0] * N},
        holds={("ks-distance", "income", ""): 0.0,
               ("standardised-mean-shift", "income", ""): "no spread"},
    ),
    # ------------------------------------------------------------------ NaN and infinities
    "NaN and infinities are no values": Case(
        {"income": [1.0, NAN, INF, -INF] * (N // 4)},
        holds={("completeness", "income", ""): 0.25, ("ks-distance", "income", ""): 0.0},
    ),
    "scores that are NaN or infinite": Case(
        {"score": [0.5, NAN, INF, -INF] * (N // 4)},
        holds={("auc", "all rows", ""): 0.5},
    ),
    "scores out of their range": Case(
        {"score": [55.0] * N}, holds={("auc", "all rows", ""): "", ("brier", "all rows", ""): ""}
    ),
    "outcomes that are NaN or infinite": Case(
        {"y": [1.0, NAN, INF, -INF] * (N // 4), "p": [2.0] * N},
        {"label": Label("y", "number"), "prediction": "p", "decision": None, "score": None,
         "protected": ()},
        holds={("mean-absolute-error", "all rows", ""): 1.0,
               ("label-coverage", "all rows", ""): 0.25,
               ("r-squared", "all rows", ""): "no spread"},
    ),
    # ------------------------------------------------------------------ ids and time
    "ids that stand twice": Case(
        {"id": [i // 2 for i in range(N)]}, {"unique_ids": True},
        said="200 values of `id` stand in more than one row",
    ),
    "a window that ends before it begins is an empty one": Case(
        config={"reference": Window("2026-05-01T00:00:00", "2026-05-02T00:00:00")},
        said="The reference window holds no row",
    ),
    "rows that go backwards in time": Case(
        {k: (v[::-1] if isinstance(v, list) else v.take(list(range(N))[::-1]))
         for k, v in sound().items()},
        holds={("selection-rate", "sex", "women"): 0.5, ("ks-distance", "income", ""): 0.0},
    ),
    "times of another zone are moments": Case(
        {"at": NEW_YORK}, holds={("selection-rate", "sex", "women"): 0.5}
    ),
    "mixed zones stay text and are refused": Case(
        {"at": [f"2026-04-01T12:00:00{'+02:00' if i % 2 else 'Z'}" for i in range(N)]},
        said="`at` (time) has the type VARCHAR",
    ),
    "no time is known": Case({"at": all_of(None, pa.timestamp("us"))}, said="holds no row"),
    # ------------------------------------------------------------------ groups and names
    "a declared group without rows": Case(
        {"sex": ["m"] * N}, holds={("impact-ratio", "sex", ""): "fewer than two groups"}
    ),
    "a reference group without rows": Case(
        {"sex": ["f" if i % 2 else "m" for i in range(N)]},
        {"protected": (replace(SEX, by=THREE, reference="x"),)},
        holds={("impact-ratio", "sex", ""): "`x` holds no row"},
    ),
    "an empty table": Case({k: pa.array(v)[:0] for k, v in sound().items()}, said="holds no row"),
    **{
        f"a column called {name!r}": Case(
            {name: [float(i % 7) for i in range(N)]}, number(name),
            holds={("completeness", name, ""): 1.0},
        )
        for name in ("select", "order by", "c0", "decisions", "window", "a\"b", "a'b", "`", "a.b",
                     "; DROP TABLE decisions; --", "%s", "{x}", " ", "\N{SNOWMAN}", "a\nb", "*")
    },
    **{
        f"a category called {name!r}": Case(
            {name: [["it's", '"', "NULL", "(missing)", ""][i % 5] for i in range(N)]},
            category(name),
            holds={("completeness", name, ""): 1.0, ("total-variation", name, ""): 0.0},
        )
        for name in ("group", "a\"b'c", "case")
    },
}  # fmt: skip


def measured(folder: Path, case: Case) -> Report:
    table = {k: v for k, v in (sound() | dict(case.columns)).items() if k not in case.leave_out}
    path = folder / "bad.parquet"
    pq.write_table(pa.table(table), path)
    config = replace(BASE, **case.config)
    return measure_profiles(config, profile_table_of(config, str(path)))


@pytest.mark.parametrize("name", CASES)
def test_bad_input(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    if case.said is not None:
        with pytest.raises(BadInput) as error:
            measured(tmp_path, case)
        assert case.said in str(error.value)
        return
    report = measured(tmp_path, case)
    for (measure, over, group), expected in case.holds.items():
        (line,) = (
            x for x in report.lines
            if (x.measure, x.over, x.group) == (measure, over, group) and x.part != "segments"
        )  # fmt: skip
        if isinstance(expected, str):
            assert not isinstance(line.found, Estimate), (measure, line.found)
            assert expected in line.found.reason, measure
        else:
            assert isinstance(line.found, Estimate), (measure, line.found)
            assert expected == pytest.approx(line.found.value, abs=1e-9), measure
    plain = as_json(report, {"version": "1", "sha256": "0"})
    assert all((measure_page(report, plain), junit_text(report), sarif_text(report)))


def test_the_sound_table_is_sound(tmp_path: Path) -> None:
    """The cases differ from it in one thing each."""
    report = measured(tmp_path, Case())
    whole = [x for x in report.lines if x.part != "time"]  # a day has few rows
    undefined = {x.measure for x in whole if not isinstance(x.found, Estimate)}
    assert {"drift-psi"} == undefined  # 200 rows a window are too few for it
