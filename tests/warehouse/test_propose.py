"""A proposal gives plain roles, and never a role to a protected attribute."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dutybound.packs.measure_config import parse_measure_config
from dutybound.packs.writing import to_yaml
from dutybound.warehouse.propose import propose
from tests.warehouse.kit import write

ROWS: dict[str, Any] = {
    "case_id": list(range(40)),
    "at": [f"2026-03-{1 + i // 2:02d}T08:00:00" for i in range(40)],
    "income": [1000.5 + i for i in range(40)],
    "channel": ["web", "shop"] * 20,
    "free text": [f"note {i}" for i in range(40)],
    "constant": [1.0] * 40,
    "applicant_gender": ["x", "y"] * 20,
    "group": ["male", "female"] * 20,
    "dateOfBirth": ["1990", "1980"] * 20,
    "score": [i / 40 for i in range(40)],
    "approved": ["no", "yes"] * 20,
    "repaid": [0, 1] * 20,
    "model_version": ["1"] * 40,
}


@pytest.fixture(scope="module")
def proposal(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    source = write(tmp_path_factory.mktemp("propose") / "t.parquet", ROWS)
    found = propose(source, "t.parquet")
    return found.document, "\n".join(found.notes)


def test_roles(proposal: tuple[dict[str, Any], str]) -> None:
    document, _ = proposal
    assert ("case_id", {"column": "at"}) == (document["row_id"], document["time"])
    assert {"column": "score", "low": 0.0, "high": 1.0} == document["score"]
    assert {"column": "approved", "favourable": ["yes"]} == document["decision"]
    assert {"column": "repaid", "positive": [1]} == document["label"]
    assert "model_version" == document["model_version"]
    assert [("income", "number"), ("channel", "category")] == [
        (f["column"], f["kind"]) for f in document["features"]
    ]


def test_protected_attributes_are_candidates_only(proposal: tuple[dict[str, Any], str]) -> None:
    document, _ = proposal
    assert [
        ("applicant_gender", "its name"), ("group", "its values"), ("dateOfBirth", "its name"),
    ] == [(c["column"], c["why"]) for c in document["candidates"]]  # fmt: skip
    assert "protected" not in document


def test_windows_are_halves(proposal: tuple[dict[str, Any], str]) -> None:
    """1 to 20 March: ten days each."""
    windows = proposal[0]["windows"]
    assert {"from": "2026-03-01", "until": "2026-03-11"} == windows["reference"]
    assert {"from": "2026-03-11", "until": "2026-03-21"} == windows["current"]


def test_notes_say_what_was_left_out(proposal: tuple[dict[str, Any], str]) -> None:
    notes = proposal[1]
    assert "`free text` was left out: it has too many values." in notes
    assert "`constant` was left out: the first rows hold one value." in notes
    assert "`approved`: ['yes'] was taken for the good outcome" in notes


def test_the_proposal_is_a_valid_file(proposal: tuple[dict[str, Any], str]) -> None:
    found = parse_measure_config(to_yaml(proposal[0]), "measures.yaml")
    assert ("applicant_gender", "group", "dateOfBirth") == found.candidates


def test_a_table_without_anything_known(tmp_path: Path) -> None:
    found = propose(write(tmp_path / "t.parquet", {"a": [1.5, 2.5]}), "t.parquet")
    assert ["dutybound", "name", "source", "features"] == list(found.document)
    assert ["No column looks like a protected attribute. Say so if one is."] == found.notes


def test_times_of_one_day_or_none(tmp_path: Path) -> None:
    data: dict[str, Any] = {"at": ["2026-03-01T00:00:00", "2026-03-01T10:00:00"]}
    found = propose(write(tmp_path / "t.parquet", data), "t.parquet")
    assert "All times are of one day; no windows were proposed." in found.notes
    none = write(tmp_path / "n.parquet", {"at": [None, None]})
    assert "no windows were proposed" in " ".join(propose(none, "n.parquet").notes)
