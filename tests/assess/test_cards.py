"""Cards of both formats: in, out, and back without loss; read by the validators of others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from huggingface_hub import ModelCard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutybound.assess.card_export import Material, export, read_extra, read_report
from dutybound.assess.card_import import (
    HUGGING_FACE,
    Imported,
    facts_text,
    import_card,
    records_text,
)
from dutybound.errors import BadInput
from dutybound.packs.cards import default_card_map
from dutybound.packs.compile import default_content
from dutybound.packs.documents_compile import default_documents
from dutybound.packs.records import Records, read_records
from dutybound.terms.card import CardMap

CARD = """\
---
# a comment that stays
license: apache-2.0
language: [en, "no"]
tags: [credit, 'scorecard']
pipeline_tag: tabular-classification
co2_eq_emissions: {emissions: 1.0e-05}
model-index:
- name: loan-score
  results:
  - task: {type: tabular-classification}
    dataset: {type: acme/loans, name: Loans}
    metrics:
    - {type: auc, value: 0.81, name: AUC, verified: false}
x-own: {keep: [1, 2.5, null, true]}
---

# Loan score

## Direct Use

To estimate how likely an applicant repays.

## Out-of-Scope Use

- Hiring
- Insurance

## Bias, Risks, and Limitations

[More Information Needed]

## Citation

None yet.
"""
MODEL: dict[str, Any] = {
    "type": "machine-learning-model",
    "bom-ref": "m",
    "name": "loan-score",
    "version": "2.3.0",
    "licenses": [{"license": {"id": "MIT"}}],
    "modelCard": {
        "modelParameters": {
            "approach": {"type": "supervised"},
            "task": "classification",
            "datasets": [{"type": "dataset", "name": "Loans", "classification": "internal"}],
            "inputs": [{"format": "application form"}],
            "outputs": [{"format": "score from 0 to 1"}],
        },
        "quantitativeAnalysis": {
            "performanceMetrics": [
                {"type": "auc", "value": "0.81", "slice": "all",
                 "confidenceInterval": {"lowerBound": "0.80", "upperBound": "0.82"}}
            ]
        },
        "considerations": {
            "users": ["Loan officers"],
            "useCases": ["Credit decisions", "Limits"],
            "technicalLimitations": ["Thin files"],
            "ethicalConsiderations": [{"name": "Bias by age", "mitigationStrategy": "Review"}],
            "fairnessAssessments": [{"groupAtRisk": "People over 65", "harms": "refusal"}],
        },
        "properties": [{"name": "acme:owner", "value": "retail"}],
    },
}  # fmt: skip
BOM: dict[str, Any] = {
    "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    "version": 3,
    "metadata": {"timestamp": "2026-01-02T03:04:05Z"},
    "components": [MODEL, {"type": "library", "name": "numpy", "version": "2.0"}],
}


@pytest.fixture(scope="module")
def mapping() -> CardMap:
    return default_card_map(default_documents().fields, default_content().facts)


def taken(path: Path, text: str, mapping: CardMap) -> Imported:
    path.write_text(text, encoding="utf-8")
    return import_card(path, mapping, default_documents().fields)


def material(
    mapping: CardMap, records: Records | None = None, base: Mapping[str, Any] | None = None,
    report: Mapping[str, Any] | None = None,
) -> Material:  # fmt: skip
    return Material(
        "Loan approval score", "2.3.0", None, records or Records(), mapping,
        default_documents().fields, report, base,
    )  # fmt: skip


def recorded(found: Imported, folder: Path, changes: Mapping[str, str] | None = None) -> Records:
    """The records of an import, as they are read from their file, with some answers changed."""
    text = records_text(found, "loan-score", "Alice", date(2026, 11, 20))
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "records.yaml"
    path.write_text(text, encoding="utf-8")
    return read_records(path, default_documents().fields, {}, "loan-score")


def through_json(found: Imported) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(json.dumps(found.extra()))["extra"]
    return value


# ---------------------------------------------------------------------- Hugging Face
def test_what_a_card_says(tmp_path: Path, mapping: CardMap) -> None:
    found = taken(tmp_path / "README.md", CARD, mapping)
    assert [
        ("purpose.intended", "To estimate how likely an applicant repays.", "section Direct Use"),
        ("purpose.excluded", ["Hiring", "Insurance"], "section Out-of-Scope Use"),
        (
            "performance.results",
            [{"metric": "AUC", "result": "0.81", "data": "Loans"}],
            "metadata model-index",
        ),
    ] == [(a.field, a.value, a.place) for a in found.answers]
    assert [("model.licence", "free_open", "apache-2.0")] == [
        (f.fact, f.value, f.says) for f in found.facts
    ]
    assert {"metadata tags", "metadata x-own", "section Citation"} <= set(found.kept)
    assert "section Bias, Risks, and Limitations" not in found.kept  # it says nothing


@pytest.mark.parametrize(
    "licence", ["license: other", "license: acme-1", "license: [mit]", "title: x"]
)
def test_a_licence_that_is_not_known_leaves_the_fact_open(
    licence: str, tmp_path: Path, mapping: CardMap
) -> None:
    found = taken(tmp_path / "README.md", f"---\n{licence}\n---\n# x\n", mapping)
    assert () == found.facts


def test_nothing_changed_gives_the_same_file(tmp_path: Path, mapping: CardMap) -> None:
    found = taken(tmp_path / "README.md", CARD, mapping)
    whole = material(mapping, recorded(found, tmp_path), through_json(found))
    assert CARD == export(whole, "hf")
    assert CARD == export(material(mapping, None, through_json(found)), "hf")


def test_a_changed_answer_changes_its_section_only(tmp_path: Path, mapping: CardMap) -> None:
    found = taken(tmp_path / "README.md", CARD, mapping)
    records = recorded(found, tmp_path, {"repays.": "repays on time."})
    text = export(material(mapping, records, through_json(found)), "hf")
    assert CARD.replace("repays.", "repays on time.") == text
    again = taken(tmp_path / "again.md", text, mapping)
    assert "To estimate how likely an applicant repays on time." == again.answers[0].value


def test_a_new_answer_fills_the_open_section(tmp_path: Path, mapping: CardMap) -> None:
    found = taken(tmp_path / "README.md", CARD, mapping)
    more = '\n  performance.limitations: {value: ["Thin files", "New trades"]}\n'
    records = recorded(
        found, tmp_path, {"\n  performance.results:": f"{more}  performance.results:"}
    )
    text = export(material(mapping, records, through_json(found)), "hf")
    assert CARD.replace("[More Information Needed]", "- Thin files\n- New trades") == text


def test_changed_figures(tmp_path: Path, mapping: CardMap) -> None:
    found = taken(tmp_path / "README.md", CARD, mapping)
    records = recorded(found, tmp_path, {'"0.81"': '"0.83"'})
    text = export(material(mapping, records, through_json(found)), "hf")
    again = taken(tmp_path / "again.md", text, mapping)
    assert "0.83" == again.answers[-1].value[0]["result"]
    old, new = found.card["metadata"], again.card["metadata"]
    assert {k: v for k, v in old.items() if k != "model-index"} == {
        k: v for k, v in new.items() if k != "model-index"
    }


REPORT: dict[str, Any] = {
    "schema": "dutybound/measure-report/1",
    "name": "Loans of June",
    "windows": {"current": {"last": "2026-06-30T10:00:00"}},
    "lines": [],
}


def measure_line(part: str, measure: str, over: str, value: float | None, **more: Any) -> Any:
    span = {"low": 0.7, "high": 0.9}
    return {
        "part": part, "measure": measure, "over": over, "group": None, "against": None,
        "value": value, "interval": span, "threshold": None, **more,
    }  # fmt: skip


def report() -> dict[str, Any]:
    lines = [
        measure_line("performance", "auc", "all rows", 0.8),
        measure_line("performance", "gini", "all rows", None),
        measure_line("fairness", "impact-ratio", "sex", 0.75, group="women", against="men"),
        measure_line("fairness", "impact-ratio", "sex", 1.0, group="men", against="men"),
        measure_line("fairness", "impact-ratio", "sex, age", 0.5, group="women, old", against="x"),
        measure_line("segments", "auc", "sex", 0.8, group="women"),
    ]
    return {**REPORT, "lines": lines}


def test_a_new_card_with_figures(tmp_path: Path, mapping: CardMap) -> None:
    """Read by the library of the Hub."""
    found = taken(tmp_path / "README.md", CARD, mapping)
    text = export(material(mapping, recorded(found, tmp_path), report=report()), "hf")
    (tmp_path / "new.md").write_text(text)
    card = ModelCard.load(tmp_path / "new.md")
    assert "Loan approval score" == card.data.model_name
    assert [("auc", 0.81), ("auc", 0.8)] == [
        (r.metric_type, r.metric_value) for r in card.data.eval_results or ()
    ]
    assert "| auc | 0.8 | 0.7 to 0.9 | Loans of June, until 2026-06-30 |" in text
    assert (
        "| impact-ratio | 0.75 | 0.7 to 0.9 | Loans of June, until 2026-06-30, sex: women |" in text
    )
    assert 2 == text.count("| 0.7 to 0.9 |")
    assert "## Direct Use\n\nTo estimate" in text


def test_the_hub_reads_what_it_read_before(tmp_path: Path, mapping: CardMap) -> None:
    found = taken(tmp_path / "README.md", CARD, mapping)
    records = recorded(found, tmp_path)
    text = export(material(mapping, records, through_json(found), report()), "hf")
    (tmp_path / "new.md").write_text(text)
    old, new = (ModelCard.load(tmp_path / name).data for name in ("README.md", "new.md"))
    assert ["en", "no"] == new.language
    before, after = old.to_dict(), new.to_dict()
    before.pop("model-index"), after.pop("model-index")
    assert before == after
    assert [0.81, 0.8] == [r.metric_value for r in new.eval_results or ()]


# ---------------------------------------------------------------------- CycloneDX
def strict(text: str) -> str | None:
    """What the validator of CycloneDX says against it."""
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    return None if error is None else str(error)


def test_the_bill_of_the_test_is_valid() -> None:
    assert strict(json.dumps(BOM)) is None
    assert strict(json.dumps({**BOM, "x-own": 1})) is not None


def test_what_a_bill_says(tmp_path: Path, mapping: CardMap) -> None:
    found = taken(tmp_path / "m.cdx.json", json.dumps(BOM), mapping)
    assert {
        "purpose.intended": "- Credit decisions\n- Limits",
        "purpose.deployers": "Loan officers",
        "performance.limitations": ["Thin files"],
        "risk.register": [{"risk": "Bias by age", "measure": "Review"}],
        "data.sets": [{"set": "Loans", "use": "dataset"}],
        "data.input": [{"format": "application form"}],
        "design.output": "score from 0 to 1",
        "performance.results": [
            {"metric": "auc", "result": "0.81", "uncertainty": "0.80 to 0.82", "data": "all"}
        ],
    } == {a.field: a.value for a in found.answers}
    assert [("model.licence", "free_open"), ("system.techniques", "learned")] == [
        (f.fact, f.value) for f in found.facts
    ]
    assert "modelCard.considerations.fairnessAssessments" in found.kept


def test_a_bill_without_loss(tmp_path: Path, mapping: CardMap) -> None:
    found = taken(tmp_path / "m.cdx.json", json.dumps(BOM), mapping)
    text = export(material(mapping, recorded(found, tmp_path), through_json(found)), "cyclonedx")
    assert BOM == json.loads(text)
    assert strict(text) is None


def test_a_changed_bill(tmp_path: Path, mapping: CardMap) -> None:
    found = taken(tmp_path / "m.cdx.json", json.dumps(BOM), mapping)
    records = recorded(found, tmp_path, {"Loan officers": "Loan officers of the bank"})
    base = through_json(found)
    text = export(material(mapping, records, base, report()), "cyclonedx")
    assert strict(text) is None
    value = json.loads(text)
    card = value["components"][0]["modelCard"]
    assert ["Loan officers of the bank"] == card["considerations"].pop("users")
    metrics = card["quantitativeAnalysis"].pop("performanceMetrics")
    assert ["0.81", "0.8", "0.75"] == [m["value"] for m in metrics]
    expected = json.loads(json.dumps(BOM))
    expected["components"][0]["modelCard"]["considerations"].pop("users")
    expected["components"][0]["modelCard"]["quantitativeAnalysis"].pop("performanceMetrics")
    assert expected == value


def test_a_new_bill_is_valid_and_the_same_each_time(tmp_path: Path, mapping: CardMap) -> None:
    found = taken(tmp_path / "README.md", CARD, mapping)
    made = [
        export(material(mapping, recorded(found, tmp_path), report=report()), "cyclonedx")
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert strict(made[0]) is None
    component = json.loads(made[0])["metadata"]["component"]
    assert ("Loan approval score", "2.3.0") == (component["name"], component["version"])
    assert strict(export(material(mapping), "cyclonedx")) is None


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PLAIN, PLAIN, st.sampled_from(["users", "datasets", "performanceMetrics", "x-own"]))
def test_whatever_a_bill_holds_comes_back(
    tmp_path: Path, mapping: CardMap, one: Any, two: Any, place: str
) -> None:
    """Also where a part is of another shape than expected."""
    card = {
        "considerations": {place: one, "useCases": [two]},
        "modelParameters": {place: [two, one], "own": one},
        "quantitativeAnalysis": {place: [two, {"type": "a", "value": "1", "own": one}]},
    }
    bom = {**BOM, "components": [{**MODEL, "modelCard": card, "own": two}]}
    found = taken(tmp_path / "m.cdx.json", json.dumps(bom), mapping)
    records = recorded(found, tmp_path)
    text = export(material(mapping, records, through_json(found)), "cyclonedx")
    assert bom == json.loads(text)


# ---------------------------------------------------------------------- files
def test_records_say_who_and_from_where(tmp_path: Path, mapping: CardMap) -> None:
    found = taken(tmp_path / "README.md", CARD, mapping)
    record = recorded(found, tmp_path).get("purpose.intended")
    assert record is not None
    assert ("Alice", "2026-11-20", "README.md, section Direct Use") == (
        record.by, record.on, record.source,
    )  # fmt: skip


def test_facts_as_a_piece_of_a_profile(tmp_path: Path, mapping: CardMap) -> None:
    found = taken(tmp_path / "m.cdx.json", json.dumps(BOM), mapping)
    assert (
        "system:\n"
        "  techniques: [learned]  # modelCard.modelParameters.approach.type: supervised\n"
        "models:\n  - id: scorecard\n"
        "    licence: free_open  # licenses: MIT\n"
    ) == facts_text(found, "scorecard").partition("state.\n")[2]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("---\n- a\n---\n", "not a mapping"),
        ("---\na: 1\na: 2\n---\n", "a second time"),
        ("---\na: &x 1\n---\n", "Anchors"),
        ("---\na: [\n---\n", "not valid YAML"),
        ('{"bomFormat": "x"}', "not a CycloneDX bill"),
    ],
)
def test_bad_cards(text: str, says: str, tmp_path: Path, mapping: CardMap) -> None:
    with pytest.raises(BadInput, match=says):
        taken(tmp_path / "card", text, mapping)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"schema": "x"}, "no extra part"),
        ({"schema": "dutybound/card-extra/1", "format": "cyclonedx", "extra": {}}, "not `hugging"),
        ({"schema": "dutybound/card-extra/1", "format": "hugging-face", "extra": {}}, "missing"),
        ([], "not a JSON object"),
    ],
)
def test_bad_extra_parts(value: Any, says: str, tmp_path: Path) -> None:
    path = tmp_path / "extra.json"
    path.write_text(json.dumps(value))
    with pytest.raises(BadInput, match=says):
        read_extra(path, HUGGING_FACE)


def test_bad_reports(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    for value, says in (({"schema": "x"}, "not the JSON"), ({**REPORT, "lines": 0}, "")):
        path.write_text(json.dumps(value))
        if says:
            with pytest.raises(BadInput, match=says):
                read_report(path)
    path.write_text('{"schema": "dutybound/measure-report/1"}')
    with pytest.raises(BadInput, match="not whole"):
        read_report(path)
