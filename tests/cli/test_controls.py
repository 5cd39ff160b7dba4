"""`controls` and `framework`: what is printed, the JSON against its schema, and refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result

from dutybound.cli.main import cli
from dutybound.errors import BadInput

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "src/dutybound/packs/schemas"
OWN = str(ROOT / "examples/own-framework/model-risk-policy.csv")


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words), catch_exceptions=False)


def as_json(*words: str) -> dict[str, Any]:
    done = run(*words, "--json")
    assert 0 == done.exit_code
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "words",
    [
        ("controls", "list"),
        ("controls", "list", "--domain", "DB-SEC"),
        ("controls", "show", "DB-FAI-03"),
        ("controls", "show", "db-dat-06"),
        ("framework", "list"),
        ("framework", "list", "--framework", OWN),
        ("framework", "show", "nist-ai-rmf"),
        ("framework", "show", "eu-ai-act", "art-5"),
        ("framework", "coverage", "soc2"),
        ("framework", "coverage", "model-risk-policy", "--framework", OWN),
        ("framework", "pairs", "nist-ai-rmf", "iso-42001"),
    ],
)
def test_json_follows_its_schema(words: tuple[str, ...]) -> None:
    found = as_json(*words)
    name = found["schema"].split("/")[1]
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    assert schema["title"] == found["schema"]
    jsonschema_rs.validate(schema, found)


def test_one_control_shows_four_frameworks_and_three_markets() -> None:
    text = run("controls", "show", "DB-EXP-02").output
    for word in ("EU AI Act", "NIST AI RMF", "ISO/IEC 42001", "SOC 2"):
        assert word in text
    for word in ("= art-86.1 (10)", "Technical", "Organisational", "EU (", "US (", "UK ("):
        assert word in text
    assert "SOC 2 Type II report: none." in text


def test_json_of_a_control_gives_reasons_and_duties() -> None:
    found = as_json("controls", "show", "DB-DAT-06")
    act = next(f for f in found["frameworks"] if f["id"] == "eu-ai-act")
    line = next(m for m in act["mappings"] if m["element"] == "art-4a.1")
    assert ("superset-of", 8) == (line["relationship"], line["strength"])
    assert "art-4a" in " ".join(d["id"] for d in (*found["duties"], *found["guidance"]))
    assert {"binding_law"} == {d["nature"] for d in found["duties"]}


def test_coverage_says_what_it_is_not() -> None:
    text = " ".join(run("framework", "coverage", "iso-42001").output.split())
    assert "gives no presumption of conformity" in text
    assert "It says nothing about your organisation." in text
    assert "%" not in text
    assert "percent" not in text


def test_coverage_without_trusted_evidence_is_none(tmp_path: Path) -> None:
    found = as_json("framework", "coverage", "soc2", "--evidence", str(tmp_path))
    assert "evidence" == found["basis"]
    assert {"full": 0, "partial": 0, "none": 61, "unknown coverage": 0} == found["counts"]
    assert 0 == found["controls"]["with_valid_evidence"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("controls", "show", "DB-FAI-33"), "There is no such control. Did you mean `DB-FAI-03`?"),
        (("controls", "list", "--domain", "DB-FAX"), "There is no such domain. Did you mean"),
        (("framework", "show", "iso-42002"), "Did you mean `iso-42001`?"),
        (("framework", "show", "soc2", "CC9.9"), "soc2 has no such element."),
        (("framework", "pairs", "soc2", "soc3"), "Did you mean `soc2`?"),
    ],
)
def test_an_unknown_name_is_refused_with_a_hint(words: tuple[str, ...], says: str) -> None:
    with pytest.raises(BadInput) as caught:
        run(*words)
    assert says in str(caught.value)


def test_explain_names_the_controls() -> None:
    found = as_json(
        "explain",
        str(ROOT / "examples/credit-scoring/system.yaml"),
        "eu-ai-act.art-86.1.explanation",
    )
    assert ["DB-EXP-02"] == found["proofs"][0]["controls"]


def test_findings_name_the_controls() -> None:
    found = as_json("assess", str(ROOT / "examples/credit-scoring/system.yaml"))
    live = [f for f in found["findings"] if f["outcome"] in ("applies", "not_yet_applicable")]
    duties = [f for f in live if f["kind"] == "duty" and f["nature"] == "binding_law"]
    assert duties
    assert [] == [f["id"] for f in duties if not f["controls"]]
