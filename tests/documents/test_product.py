"""Documents on the product: Annexes IV, V, VIII, XI and XII, Arts 6(3), 9, 13, 17, 50 and 72."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dutybound.assess.documents import Dossier, Files
from dutybound.assess.documents_issue import Issuing, issue
from dutybound.documents.build import Built
from dutybound.documents.shown import CLOSE_MARK, OPEN_MARK
from dutybound.errors import BadInput
from dutybound.packs.documents_compile import default_documents
from tests.documents.family import EXAMPLES, PROFILES, bare, changed, documents, example, opened
from tests.evidence.kit import key_of, trust_in

BOOK = default_documents()
OURS = tuple(sorted(e.id for e in BOOK.documents.values() if e.family == "product"))
CLAIMS = re.compile(
    r"\b(has been|have been|was tested|were tested|complies|compliant|ensures?|guarantees?)\b", re.I
)
LETTERS = "abcdefgh"
# Counted in the annexes and articles of Regulation (EU) 2024/1689 as amended by (EU) 2026/1744.
POINTS = {
    "technical-documentation": [
        *(f"1({x})" for x in LETTERS),
        *(f"2({x})" for x in LETTERS),
        *"3456789",
    ],
    "technical-documentation-short": list("123456789"),
    "instructions-for-use": [
        "13(3)(a)",
        *(f"13(3)(b)({x})" for x in ("i", "ii", "iii", "iv", "v", "vi", "vii")),
        *(f"13(3)({x})" for x in "cdef"),
    ],
    "declaration-of-conformity": list("12345678"),
    "registration-record": [
        *(f"A{i}" for i in range(1, 14)),
        *(f"B{i}" for i in range(1, 10)),
        *(f"C{i}" for i in range(1, 6)),
    ],
    "qms-manual": [*(f"17(1)({x})" for x in "abcdefghijklm"), "17(2)", "17(3)", "17(4)"],
    "risk-management-file": [
        "9(1)",
        *(f"9(2)({x})" for x in "abcd"),
        "9(3)",
        "9(4)",
        "9(5)",
        *(f"9(5)({x})" for x in "abc"),
        *(f"9({i})" for i in range(6, 11)),
    ],
    "post-market-monitoring-plan": ["72(1)", "72(2)", "72(3)", "72(4)"],
    "not-high-risk-assessment": [
        "6(3) first subparagraph",
        *(f"6(3)({x})" for x in "abcd"),
        "6(3) third subparagraph",
        "6(4)",
    ],
    "transparency-notices": [
        "50(1)",
        "50(2)",
        "50(3)",
        "50(4) first subparagraph",
        "50(4) second subparagraph",
        "50(5)",
        "50(6)",
        "50(7)",
    ],
    "gpai-documentation": [
        *(f"XI 1.1({x})" for x in "abcdef"),
        *(f"XI 1.2({x})" for x in "abcde"),
        "XI 2.1",
        "XI 2.2",
        "XI 2.3",
        *(f"XII 1({x})" for x in LETTERS),
        *(f"XII 2({x})" for x in "abc"),
        "53(1)(c)",
    ],
    "training-content-summary": [
        *(f"1.{i}" for i in (1, 2, 3)),
        *(f"2.{i}" for i in range(1, 7)),
        *(f"3.{i}" for i in (1, 2, 3)),
    ],
}
RECORDS = "records/product.yaml"


def one(files: Files, document: str) -> Built:
    return documents(files, document)[0]


def body(built: Built) -> str:
    """The Markdown without its escapes."""
    return built.body.replace("\\", "")


def section(built: Built, name: str) -> str:
    text = next(s.text for s in built.sections if s.id == name)
    return re.sub(f"{OPEN_MARK}\\d+{CLOSE_MARK}", "", text).replace("\\", "")


def asked(built: Built) -> set[str]:
    return {q.key for q in built.questions}


# ---------------------------------------------------------------------- all of them
def test_the_family_is_whole() -> None:
    assert sorted(POINTS) == list(OURS)


@pytest.mark.parametrize("name", [*PROFILES, "bare"])
@pytest.mark.parametrize("document", OURS)
def test_each_document_builds_for_each_profile(document: str, name: str, tmp_path: Path) -> None:
    files = bare(tmp_path) if name == "bare" else example(name)
    for built in documents(files, document):
        assert [s.id for s in BOOK.documents[document].sections] == [s.id for s in built.sections]


@pytest.mark.parametrize("document", OURS)
def test_with_nothing_known_the_document_asks(document: str, tmp_path: Path) -> None:
    assert one(bare(tmp_path), document).questions


@pytest.mark.parametrize("document", OURS)
def test_the_points_are_those_of_the_source(document: str) -> None:
    assert POINTS[document] == list(BOOK.documents[document].points)


@pytest.mark.parametrize("document", OURS)
def test_the_order_is_that_of_the_source(document: str) -> None:
    """Each section begins with no earlier point than the one before it."""
    if document in ("instructions-for-use", "technical-documentation", "declaration-of-conformity"):
        points = POINTS[document]
        firsts = [points.index(s.points[0]) for s in BOOK.documents[document].sections if s.points]
        assert sorted(firsts) == firsts


@pytest.mark.parametrize("document", OURS)
def test_fixed_text_claims_nothing(document: str) -> None:
    entry = BOOK.documents[document]
    fixed = [re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", s.text or "", flags=re.S) for s in entry.sections]
    assert [] == [m.group() for text in fixed for m in CLAIMS.finditer(text)]
    assert [] == [m for text in fixed for m in re.findall(r"\b20\d\d-\d\d", text)]


def test_not_asked_are_the_two_fields_that_the_amendment_deleted() -> None:
    assert {"B7", "B9"} == set(BOOK.documents["registration-record"].not_asked or {})


# ---------------------------------------------------------------------- what records say
@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("credit-scoring", "risk-management-file"),
        ("credit-scoring", "post-market-monitoring-plan"),
        ("support-chatbot", "training-content-summary"),
    ],
)
def test_a_document_of_an_example_has_no_open_question(name: str, document: str) -> None:
    assert set() == asked(one(example(name), document))


def test_a_changed_record_changes_each_document_that_shows_it(tmp_path: Path) -> None:
    edit = {RECORDS: {"Wrong file taken for the applicant": "Twins taken for each other"}}
    files = changed(tmp_path, "credit-scoring", edit)
    for document in ("technical-documentation", "risk-management-file", "instructions-for-use"):
        text = body(one(files, document))
        assert "Twins taken for each other" in text
        assert "Wrong file taken" not in text


def test_no_document_names_a_folder_of_the_machine() -> None:
    text = body(one(example("credit-scoring"), "instructions-for-use"))
    assert "| organisation.yaml:" in text
    assert str(EXAMPLES) not in text


def test_a_record_that_goes_leaves_its_question(tmp_path: Path) -> None:
    line = "  oversight.stop:"
    text = (EXAMPLES / "credit-scoring" / RECORDS).read_text()
    whole = next(x for x in text.splitlines(keepends=True) if x.startswith(line))
    built = one(changed(tmp_path, "credit-scoring", {RECORDS: {whole: ""}}), "instructions-for-use")
    assert "oversight.stop" in asked(built)
    assert "How can a person stop the system" in section(built, "oversight")


def test_evidence_of_tests_shows_and_goes_with_the_folder() -> None:
    whole = section(one(example("credit-scoring"), "technical-documentation"), "validation")
    assert "Independent validation of version 2.3.0" in whole
    assert "validation-2.3.0.csv, sha256" in whole
    bare_of_it = one(example("credit-scoring", leave_out=("evidence",)), "technical-documentation")
    assert "sha256" not in section(bare_of_it, "validation")


def test_a_duty_that_is_shielded_says_so_and_from_when() -> None:
    """Annex III from 2 December 2027; Art. 111(2) for what is in service before."""
    text = section(one(example("credit-scoring"), "technical-documentation"), "basis")
    row = next(x for x in text.splitlines() if "Write the technical documentation" in x)
    assert "will bind from 2027-12-02" in row
    assert "Art. 111(2), ends with: A significant change in the design" in row


def test_a_class_says_why_it_holds() -> None:
    text = section(one(example("credit-scoring"), "technical-documentation"), "basis")
    row = next(x for x in text.splitlines() if x.startswith("| High-risk as a use listed"))
    assert "will hold from 2027-12-02" in row
    assert "Annex III point 5(b)" in row


# ---------------------------------------------------------------------- conditions of the law
def test_a_bank_is_not_offered_the_short_form() -> None:
    built = one(example("credit-scoring"), "technical-documentation-short")
    assert "was not found for Meridian Bank SE" in section(built, "basis")


def test_a_small_vendor_is_offered_the_short_form() -> None:
    text = section(one(example("cv-screening"), "technical-documentation-short"), "basis")
    assert "Simplified form of the technical documentation" in text
    assert "was not found for" not in text


def test_relief_of_a_bank_is_named_in_the_quality_manual() -> None:
    text = section(one(example("credit-scoring"), "qms-manual"), "scope")
    assert "(Art. 17(4)): Take the quality system as fulfilled" in text


def test_the_plan_has_the_clocks_of_serious_incidents() -> None:
    text = section(one(example("credit-scoring"), "post-market-monitoring-plan"), "feedback")
    assert ["at most 2 days", "at most 10 days", "at most 15 days"] == re.findall(
        r"at most \d+ days", text
    )


DECLARED = """
  conformity.declaration_number: {value: "LS-2027-01"}
  conformity.declared: {value: DECLARED}
  conformity.data_protection_declared: {value: true}
  conformity.procedure: {value: Internal control}
  conformity.result: {value: No finding is open}
  conformity.completed_on: {value: 2026-11-20}
  conformity.signed_at: {value: Frankfurt am Main}
  conformity.signed_on: {value: 2026-11-24}
  conformity.signatory: {value: Anne Moreau}
  conformity.signatory_function: {value: "Member of the board, for the bank"}
"""


def declared(folder: Path, word: str) -> Built:
    start = "  # ---------------------------------------------------------------- after launch\n"
    edit = {RECORDS: {start: DECLARED.replace("DECLARED", word) + start}}
    return one(changed(folder, "credit-scoring", edit), "declaration-of-conformity")


def test_nothing_is_declared_before_somebody_declares_it() -> None:
    built = one(example("credit-scoring"), "declaration-of-conformity")
    assert "is in conformity with Regulation" not in body(built)
    assert "sole responsibility of" not in body(built)
    assert {"conformity.declared", "conformity.completed_on", "conformity.signatory"} < asked(built)


def test_a_declaration_states_what_its_records_say(tmp_path: Path) -> None:
    built = declared(tmp_path, "true")
    assert set() == asked(built)
    assert "sole responsibility of Meridian Bank SE" in section(built, "responsibility")
    assert "is in conformity with Regulation (EU) 2024/1689" in section(built, "conformity")
    assert "Anne Moreau" in section(built, "signature")


def test_a_provider_who_does_not_declare_states_nothing(tmp_path: Path) -> None:
    text = body(declared(tmp_path, "false"))
    assert "is in conformity with Regulation" not in text
    assert 2 == text.count("The provider does not make this statement")


def refused(dossier: Dossier, folder: Path, by: str) -> str:
    asked = Issuing("declaration-of-conformity.bank-eu", by, datetime(2026, 11, 25, tzinfo=UTC))
    with pytest.raises(BadInput) as error:
        issue(dossier, folder / "out", folder / "record", asked, key_of("alice"), trust_in())
    return str(error.value)


def test_a_declaration_is_not_issued_before_the_assessment(tmp_path: Path) -> None:
    found = opened(example("credit-scoring"), ("declaration-of-conformity",))
    says = refused(found, tmp_path, "a.moreau")
    why = (
        "A declaration of conformity is signed by a named person, after the conformity assessment."
    )
    assert f"{why} Not on record: On which day was the conformity assessment completed?" in says
    assert f"{why} Not on record: Who signs the declaration?" in says


def test_a_declaration_is_issued_by_the_one_who_signs_it(tmp_path: Path) -> None:
    declared(tmp_path, "true")
    folder = tmp_path / "credit-scoring"
    files = Files(
        folder / "system.yaml", records=folder / "records", governance=folder / "governance.yaml"
    )
    found = opened(files, ("declaration-of-conformity",))
    says = refused(found, tmp_path, "j.okafor")
    assert "It is signed by Anne Moreau, as the records say, not by James Okafor." in says
    assert "Not on record" not in says


def test_before_issue_asks_for_the_assessment_and_a_signatory() -> None:
    rule = BOOK.documents["declaration-of-conformity"].before_issue
    assert rule is not None
    assert {"conformity.procedure", "conformity.completed_on", "conformity.result"} < set(
        rule.fields
    )
    assert "conformity.signatory" == rule.signatory


# ---------------------------------------------------------------------- registration by role
LISTED = """\
dutybound: profile/1
system: {id: files, name: Files, version: "1", artefact: ai_system, techniques: [learned],
  techniques_complete: true, stage: on_market_or_in_use}
parties:
  - {id: maker, name: Maker GmbH, acts: [develops, supplies_under_own_name], acts_complete: true,
     kind: [company], kind_complete: true, established_in: eu-de, places: [eu]}
  - {id: office, name: Office, acts: [uses], acts_complete: true, kind: [public_authority],
     kind_complete: true, established_in: eu-de, places: [eu]}
uses:
  - id: grants
    places: [eu]
    purposes: [decide_public_benefits]
    purposes_complete: true
    persons: [benefit_claimants]
    persons_complete: true
    benefit: {essential: true}
    task_kinds: [TASK]
    task_kinds_complete: true
    evaluates_personal_aspects: false
    significant_risk: {value: false, basis: it sorts, author: counsel}
    makes_decisions_on_persons: false
"""


def registered(folder: Path, task: str, purpose: str = "decide_public_benefits") -> dict[str, str]:
    """What each party registers, by party: the letters of the sections with entries."""
    path = folder / "system.yaml"
    path.write_text(LISTED.replace("TASK", task).replace("decide_public_benefits", purpose))
    found = {}
    for built in documents(Files(path), "registration-record"):
        letters = re.findall(r"^### ([ABC])1 ", body(built), re.M)
        found[str(built.wanted.party)] = "".join(letters)
    return found


def test_a_provider_and_a_public_deployer_register_a_system_that_is_high_risk(
    tmp_path: Path,
) -> None:
    assert {"maker": "A", "office": "C"} == registered(tmp_path, "evaluates")


def test_a_provider_registers_a_listed_system_that_is_exempt(tmp_path: Path) -> None:
    assert {"maker": "B"} == registered(tmp_path, "narrow_procedural", "examine_asylum_visa")


def test_section_b_no_longer_asks_for_grounds_and_member_states(tmp_path: Path) -> None:
    registered(tmp_path, "narrow_procedural", "examine_asylum_visa")
    built = one(Files(tmp_path / "system.yaml"), "registration-record")
    heads = re.findall(r"^### (B\d) ", body(built), re.M)
    assert ["B1", "B2", "B3", "B4", "B5", "B6", "B8"] == heads
    assert "conformity.member_states" not in asked(built)


def test_the_assessment_of_an_exempt_system_names_its_condition(tmp_path: Path) -> None:
    registered(tmp_path, "narrow_procedural", "examine_asylum_visa")
    built = one(Files(tmp_path / "system.yaml"), "not-high-risk-assessment")
    assert "Exempt as a narrow procedural task" in section(built, "narrow-task")
    assert "Not found on the facts" in section(built, "preparatory")
    assert {"exempt.task", "exempt.harm", "exempt.assessed_on"} < asked(built)


def test_the_secure_section_leaves_points_out(tmp_path: Path) -> None:
    """Art. 49(4): Section A without 6, 8, 9 and what comes after 10."""
    path = tmp_path / "system.yaml"
    text = LISTED.replace("TASK", "evaluates").replace(
        "decide_public_benefits", "assess_migration_risk"
    )
    path.write_text(
        text.replace("[benefit_claimants]", "[migrants]").replace(
            "benefit: {essential: true}", "border: {individual: true}"
        )
    )
    built = one(Files(path), "registration-record")
    heads = re.findall(r"^### (A\d+) ", body(built), re.M)
    assert ["A1", "A2", "A3", "A4", "A5", "A7", "A10"] == heads


# ---------------------------------------------------------------------- notices and models
def test_a_notice_is_written_for_the_use_that_owes_it() -> None:
    built = one(example("support-chatbot"), "transparency-notices")
    text = section(built, "interaction")
    assert "### answer-customers" in text
    assert "an AI system of Fennimore Home AB" in text
    assert "You are dealing with Fenni, an AI system of" in text
    assert "notice.marking" in asked(built)
    assert "No rule that asks" in section(built, "deep-fake")


def test_where_no_notice_is_owed_none_is_asked_for() -> None:
    built = one(example("credit-scoring"), "transparency-notices")
    assert set() == asked(built)


def test_systemic_parts_are_asked_only_of_such_models() -> None:
    built = one(example("support-chatbot"), "gpai-documentation")
    assert "Not asked: no rule for models with systemic risk" in section(built, "evaluation")
    assert "gpai.evaluations" not in asked(built)
    assert {"gpai.energy"} == asked(built)


def test_systemic_parts_are_asked_of_a_designated_model(tmp_path: Path) -> None:
    edit = {"system.yaml": {"designated_systemic: false": "designated_systemic: true"}}
    built = one(changed(tmp_path, "support-chatbot", edit), "gpai-documentation")
    assert {"gpai.evaluations", "gpai.adversarial_tests", "gpai.components"} < asked(built)


def test_the_summary_cites_the_template_as_guidance() -> None:
    text = section(one(example("support-chatbot"), "training-content-summary"), "basis")
    row = next(x for x in text.splitlines() if x.startswith("| Write the summary on the template"))
    assert "supervisory guidance" in row
