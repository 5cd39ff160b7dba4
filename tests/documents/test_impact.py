"""Documents on impact: they render from any profile, show records only, and keep natures apart."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dutybound.assess.documents import Files
from dutybound.documents.build import Built
from dutybound.packs.documents_compile import default_documents
from tests.documents.family import PROFILES, changed, documents, example

FAMILY = (
    "adverse-action-notice", "ai-impact-assessment", "datasheet", "dpia", "explanation-letters",
    "fria", "model-card", "model-risk-file", "system-card", "uk-atrs",
)  # fmt: skip
POINTS_OF_SHEET = (
    "motivation", "composition", "collection", "preparation", "uses", "distribution", "maintenance",
)  # fmt: skip

UNKNOWN = """
dutybound: profile/1
system: {id: bare, name: Bare}
parties: [{id: acme, name: Acme}]
models: [{id: m}]
data: [{id: d}]
uses: [{id: u, places: [eu, uk, us-co, us-ca]}]
"""
# What a document asks its author to show, worked by hand from the source: Art. 27(1)(a) to (f) with
# (2) to (4), Art. 35 and 36, 12 CFR 1002.9 and 1002.12, 15 U.S.C. 1681m, SR 26-2, SS1/23.
POINTS = {
    "fria": {f"27(1)({c})" for c in "abcdef"} | {"27(2)", "27(3)", "27(4)"},
    "dpia": {f"35(7)({c})" for c in "abcd"}
    | {"35(1)", "35(2)", "35(3)", "35(8)", "35(9)", "35(11)", "36(1)"},
    "adverse-action-notice": {f"1002.9({c})" for c in ("c", "d", "e", "f", "g")}
    | {"1002.9(a)(1)", "1002.9(a)(2)", "1002.9(a)(3)(i)", "1002.9(a)(3)(ii)"}
    | {"1002.9(b)(1)", "1002.9(b)(2)", "1002.12(b)", "615(a)", "615(b)"},
    "ai-impact-assessment": {f"5.{n}" for n in range(1, 13)}  # clauses of ISO/IEC 42005
    | {f"6.3.{n}" for n in range(1, 6)}
    | {"6.1", "6.2", "6.4", "6.5", "6.6", "6.7", "6.8", "6.9"},
    "model-card": {  # headings of the template of the Hub, in its order
        "Model Details", "Uses", "Bias, Risks, and Limitations", "How to Get Started",
        "Training Details", "Evaluation", "Model Examination", "Environmental Impact",
        "Technical Specifications", "Citation", "Glossary", "More Information",
        "Model Card Authors", "Model Card Contact",
    },
    "datasheet": {
        "motivation", "composition", "collection process", "preprocessing, cleaning, labelling",
        "uses", "distribution", "maintenance",
    },
    "model-risk-file": {f"SS1/23 principle {n}" for n in range(1, 6)}
    | {
        "SR 26-2 scope",
        "SR 26-2 development and use",
        "SR 26-2 validation and monitoring",
        "SR 26-2 governance and controls",
        "SR 26-2 vendor products",
    },
}  # fmt: skip
CLAIMS = re.compile(
    r"\b(ha(s|ve) been|(was|were) tested|complies|compliant|ensures?|conforms|guarantees?)\b"
)


def one(files: Files, stem: str) -> Built:
    """One document, by the stem of its files."""
    found = documents(files, stem.partition(".")[0])
    return next(b for b in found if b.wanted.id == stem)


def text_of(found: Built, section: str) -> str:
    """A section without the marks of its records."""
    text = next(s.text for s in found.sections if s.id == section)
    return re.sub("\ue000\\d+\ue001", "", text)


@pytest.mark.parametrize("name", PROFILES)
def test_every_document_renders_for_every_example(name: str) -> None:
    found = documents(example(name), *FAMILY)
    assert set(FAMILY) == {b.wanted.entry.id for b in found}
    for document in found:
        assert document.body.startswith("::: {.note}")


def test_every_document_renders_when_nothing_is_known(tmp_path: Path) -> None:
    path = tmp_path / "system.yaml"
    path.write_text(UNKNOWN)
    found = documents(Files(path), *FAMILY)
    assert set(FAMILY) == {b.wanted.entry.id for b in found}
    for document in found:
        assert document.questions


@pytest.mark.parametrize("name", sorted(POINTS))
def test_points_are_those_of_the_source(name: str) -> None:
    assert POINTS[name] == set(default_documents().documents[name].points)


def test_no_fixed_text_claims_that_something_was_done() -> None:
    for name in FAMILY:
        for section in default_documents().documents[name].sections:
            fixed = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", section.text or "")
            assert [] == CLAIMS.findall(fixed), f"{name}.{section.id}"


def test_no_template_writes_a_day_of_the_law() -> None:
    for name in FAMILY:
        for section in default_documents().documents[name].sections:
            fixed = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", section.text or "")
            assert [] == re.findall(r"\d{4}-\d{2}-\d{2}|\b20[2-4]\d\b", fixed)


def test_guidance_never_binds() -> None:
    file = one(example("credit-scoring"), "model-risk-file.bank-us")
    rows = [line for line in file.body.splitlines() if "| supervisory guidance |" in line]
    assert len(rows) >= 3
    assert [] == [r for r in rows if "| binds |" in r or re.search(r"\bmust\b", r)]


def test_a_permission_allows_and_does_not_bind() -> None:
    letters = one(example("credit-scoring"), "explanation-letters.branch-uk")
    row = next(x for x in text_of(letters, "uk").splitlines() if "otherwise allowed" in x)
    assert "| allows |" in row


# ---------------------------------------------------------------------- letters
def test_places_to_fill_are_seen_and_are_no_questions() -> None:
    letter = one(example("credit-scoring"), "adverse-action-notice.bank-us")
    places = re.findall(r"\*\*\\\[To fill for each decision: (.*?)\\\]\*\*", letter.body)
    assert "first principal reason of this decision, as a plain sentence" in places
    assert len(places) >= 15
    assert () == letter.questions


def test_each_letter_stands_only_where_a_finding_asks_for_it() -> None:
    asked = {
        ("bank-eu", "ai-act"): True,
        ("bank-eu", "gdpr"): True,
        ("bank-eu", "credit"): True,
        ("bank-eu", "uk"): False,
        ("bank-eu", "colorado"): False,
        ("branch-uk", "uk"): True,
        ("branch-uk", "uk-agency"): True,
        ("branch-uk", "california"): False,
        ("bank-us", "colorado"): True,
        ("bank-us", "california"): True,
        ("bank-us", "gdpr"): False,
    }
    found = {b.wanted.party: b for b in documents(example("credit-scoring"), "explanation-letters")}
    assert asked == {(p, s): "No finding asks" not in text_of(found[p], s) for p, s in asked}


def test_the_notice_names_the_agency_from_the_facts(tmp_path: Path) -> None:
    """15 billion dollars of assets: the CFPB. With 5 billion: the prudential regulator."""
    large = text_of(one(example("credit-scoring"), "adverse-action-notice.bank-us"), "agency")
    assert "The CFPB supervises banks and credit unions above 10 billion dollars" in large
    assert "The prudential regulator supervises" not in large
    edits = {"organisation.yaml": {"15_000_000_000": "5_000_000_000"}}
    files = changed(tmp_path, "credit-scoring", edits)
    small = text_of(one(files, "adverse-action-notice.bank-us"), "agency")
    assert "The prudential regulator supervises" in small
    assert "The CFPB supervises" not in small


# ---------------------------------------------------------------------- statements are records
def test_the_assessments_ask_nothing_twice() -> None:
    """Fields of people, harms, measures and complaints are those of both assessments."""
    entries = default_documents().documents
    shown = {
        name: set(re.findall(r"field\('([a-z_.]+)'", "".join(s.text or "" for s in entry.sections)))
        for name, entry in entries.items()
    }
    shared = {"affected.groups", "impact.harms", "impact.measures", "impact.complaints"}
    for name in ("dpia", "fria", "ai-impact-assessment"):
        assert shared <= shown[name]
    assert [] == sorted(f for f in shown["fria"] if f.startswith("dpia."))


def test_what_is_assessed_comes_from_the_records(tmp_path: Path) -> None:
    whole = one(example("credit-scoring"), "dpia.bank-eu")
    assert () == whole.questions
    assert "A person is refused because of wrong bureau data" in text_of(whole, "risks")
    edits = {"records/impact.yaml": {"wrong bureau data, people": "stale bureau data, people"}}
    other = one(changed(tmp_path, "credit-scoring", edits), "dpia.bank-eu")
    assert "A person is refused because of stale bureau data" in text_of(other, "risks")
    assert "wrong bureau data" not in text_of(other, "risks")


def test_without_records_the_questions_show() -> None:
    bare = one(example("credit-scoring", leave_out=("records",)), "dpia.bank-eu")
    harms = next(q for q in bare.questions if q.key == "impact.harms")
    assert ("risk-manager", "bank-eu") == (harms.who, harms.about)
    assert harms.ask.split(",")[0] in text_of(bare, "risks")


def test_a_high_risk_that_remains_asks_for_the_answer_of_the_authority(tmp_path: Path) -> None:
    edits = {"records/impact.yaml": {"on: 2026-11-12, value: false": "on: 2026-11-12, value: true"}}
    high = one(changed(tmp_path, "credit-scoring", edits), "dpia.bank-eu")
    assert ["dpia.consultation"] == [q.key for q in high.questions]


def test_a_datasheet_holds_each_data_set_in_each_part() -> None:
    sheet = one(example("credit-scoring"), "datasheet")
    for part in POINTS_OF_SHEET:
        found = re.findall(r"^### (\S+)", text_of(sheet, part), re.M)
        sets = set(found) - {"For", "Controls"}  # headings of what is said for all of them
        assert {"applications", "bureau", "small-business-files"} == sets, part


# ---------------------------------------------------------------------- metadata and measures
def test_the_model_card_carries_the_metadata_of_the_hub() -> None:
    front = one(example("credit-scoring"), "model-card").front
    assert "other" == front["license"]
    assert ["en", "de"] == front["language"]
    assert "tabular-classification" == front["pipeline_tag"]
    assert ["bureau", "applications", "small-business-files"] == front["datasets"]
    (index,) = front["model-index"]
    (result,) = index["results"]
    assert {"type": "tabular-classification"} == result["task"]
    assert {"type", "name", "value"} == set(result["metrics"][0])


def test_metadata_that_nobody_stated_is_left_out_and_asked_for() -> None:
    card = one(example("credit-scoring", leave_out=("records",)), "model-card")
    assert "license" not in card.front
    assert "card.license" in {q.key for q in card.questions}


def test_lines_of_measure_reports_show_in_words(tmp_path: Path) -> None:
    report = {
        "schema": "dutybound/measure-report/1", "name": "Quarter 3", "version": "2.3.0",
        "lines": [
            line("fairness", "impact_ratio", 0.9123, "breach", "age", "62 and over"),
            line("performance", "auc", None, "undefined", "all rows", None),
        ],
    }  # fmt: skip
    (tmp_path / "q3.json").write_text(json.dumps(report))
    files = replace(example("credit-scoring"), evidence=tmp_path)
    body = text_of(one(files, "ai-impact-assessment.bank-eu"), "impacts")
    row = next(x for x in body.splitlines() if "impact ratio" in x)
    for word in ("age, 62 and over", "0.9123", "0.9 to 0.925", "outside"):
        assert word in row.replace("\\", "")
    assert "auc" not in body


def line(
    part: str, measure: str, value: float | None, verdict: str, over: str, group: str | None
) -> dict[str, Any]:
    interval = None if value is None else {"low": 0.9, "high": 0.925, "level": 0.95, "method": "w"}
    return {
        "part": part, "measure": measure, "over": over, "group": group, "against": "under 62",
        "value": value, "undefined": None if value else "one class only", "interval": interval,
        "n": 100, "threshold": None, "verdict": verdict,
    }  # fmt: skip
