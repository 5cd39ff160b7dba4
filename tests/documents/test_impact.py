"""Documents on impact: they render from any profile, show records only, and keep natures apart."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dutybound.assess.documents import Asked, Dossier, Files, open_dossier
from dutybound.documents.build import Built
from dutybound.packs.compile import default_content
from dutybound.packs.documents_compile import default_documents

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
TODAY = date(2026, 11, 25)
FAMILY = (
    "adverse-action-notice", "ai-impact-assessment", "datasheet", "dpia", "explanation-letters",
    "fria", "model-card", "model-risk-file", "system-card", "uk-atrs",
)  # fmt: skip
PROFILES = sorted(p.parent.name for p in EXAMPLES.glob("*/system.yaml"))

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


def dossier(profile: Path, *names: str, **files: Any) -> Dossier:
    asked = Asked(TODAY, only=names or FAMILY)
    return open_dossier(default_content(), Files(profile, **files), asked)


def example(name: str, *names: str, **more: Any) -> Dossier:
    folder = EXAMPLES / name

    def found(part: str) -> Path | None:
        path = folder / part
        return path if path.exists() else None

    files: dict[str, Any] = {
        "records": found("records"),
        "authored": found("authored"),
        "evidence": found("evidence"),
        "governance": found("governance.yaml"),
        "decision": found("decision.yaml"),
    } | more
    return dossier(folder / "system.yaml", *names, **files)


def built(found: Dossier, stem: str) -> Built:
    return next(found.build(w) for w in found.wanted if w.id == stem)


@pytest.mark.parametrize("name", PROFILES)
def test_every_document_renders_for_every_example(name: str) -> None:
    found = example(name)
    assert {w.entry.id for w in found.wanted} == set(FAMILY)
    for wanted in found.wanted:
        assert found.build(wanted).body.startswith("::: {.note}")


def test_every_document_renders_when_nothing_is_known(tmp_path: Path) -> None:
    path = tmp_path / "system.yaml"
    path.write_text(UNKNOWN)
    found = dossier(path)
    assert {w.entry.id for w in found.wanted} == set(FAMILY)
    for wanted in found.wanted:
        assert found.build(wanted).questions


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
    found = example("credit-scoring", "model-risk-file")
    body = built(found, "model-risk-file.bank-us").body
    rows = [line for line in body.splitlines() if "| supervisory guidance |" in line]
    assert len(rows) >= 3
    assert [] == [r for r in rows if "| binds |" in r]
    assert [] == [r for r in rows if re.search(r"\bmust\b", r)]


# ---------------------------------------------------------------------- letters
def test_places_to_fill_are_seen_and_are_no_questions() -> None:
    found = example("credit-scoring", "adverse-action-notice")
    letter = built(found, "adverse-action-notice.bank-us")
    places = re.findall(r"\*\*\\\[To fill for each decision: (.*?)\\\]\*\*", letter.body)
    assert "first principal reason of this decision, as a plain sentence" in places
    assert len(places) >= 15
    assert [] == [q for q in letter.questions if "principal reason" in q.ask]


def test_each_letter_stands_only_where_a_finding_asks_for_it() -> None:
    found = example("credit-scoring", "explanation-letters")
    none = "No finding asks"

    def text(party: str, section: str) -> str:
        letter = built(found, f"explanation-letters.{party}")
        return next(s.text for s in letter.sections if s.id == section)

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
    assert asked == {(p, s): none not in text(p, s) for p, s in asked}


def test_the_notice_names_the_agency_from_the_facts() -> None:
    """15 billion dollars of assets: the CFPB, not the OCC."""
    found = example("credit-scoring", "adverse-action-notice")
    letter = built(found, "adverse-action-notice.bank-us")
    agency = next(s.text for s in letter.sections if s.id == "agency")
    assert "The CFPB supervises banks and credit unions above 10 billion dollars" in agency
    assert "prudential regulator supervises" not in agency
