"""Documents on how an organisation governs its AI."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from dutybound.packs.documents_compile import default_documents
from tests.documents.family import (
    DAY,
    EXAMPLES,
    PROFILES,
    bare,
    changed,
    documents,
    example,
    opened,
)
from tests.golden.test_text import compare

BOOK = default_documents()
OURS = tuple(sorted(e.id for e in BOOK.documents.values() if e.family == "governance"))
CLAIMS = re.compile(
    r"\b(has been|have been|was tested|were tested|complies|compliant|ensures?|guarantees?)\b", re.I
)
# ISO/IEC 42001:2023: the clauses that can be assessed, and the controls on roles and concerns.
CLAUSES = [
    "4.1", "4.2", "4.3", "4.4", "5.1", "5.2", "5.3", "6.1.1", "6.1.2", "6.1.3", "6.1.4", "6.2",
    "6.3", "7.1", "7.2", "7.3", "7.4", "7.5.1", "7.5.2", "7.5.3", "8.1", "8.2", "8.3", "8.4",
    "9.1", "9.2.1", "9.2.2", "9.3.1", "9.3.2", "9.3.3", "10.1", "10.2", "A.3.2", "A.3.3",
]  # fmt: skip
# ISO/IEC 42001:2023, Annex A: 38 controls in nine areas.
ANNEX_A = {
    "A.2": (2, 3, 4), "A.3": (2, 3), "A.4": (2, 3, 4, 5, 6), "A.5": (2, 3, 4, 5),
    "A.6.1": (2, 3), "A.6.2": (2, 3, 4, 5, 6, 7, 8), "A.7": (2, 3, 4, 5, 6),
    "A.8": (2, 3, 4, 5), "A.9": (2, 3, 4), "A.10": (2, 3, 4),
}  # fmt: skip
# NIST AI 100-1: six, five, four and four categories.
RMF = {"GOVERN": 6, "MAP": 5, "MEASURE": 4, "MANAGE": 4}
POINTS = {
    "governance-charter": CLAUSES,
    "ai-policy": [
        "5.2", "A.2.2", "A.2.3", "A.2.4", "A.9.2", "A.9.3", "A.9.4",
        *[f"GOVERN 1.{i}" for i in range(1, 8)],
    ],
    # Regulation (EU) 2024/1689, Art. 14(1) to (5) and Art. 26(2).
    "oversight-procedure": [
        "14(1)", "14(2)", "14(3)(a)", "14(3)(b)",
        *[f"14(4)({x})" for x in "abcde"], "14(5)", "26(2)",
    ],
    "incident-response-plan": [
        *[f"73({i})" for i in range(1, 12)],
        "26(5)", "17(1)(i)", "A.8.4", "MANAGE 4.1", "MANAGE 4.3",
    ],
    "statement-of-applicability": [
        "6.1.3", *[f"{area}.{i}" for area, numbers in ANNEX_A.items() for i in numbers],
    ],
    "nist-rmf-profile": [f"{name} {i + 1}" for name, n in RMF.items() for i in range(n)],
}  # fmt: skip


def body(document: str, name: str = "credit-scoring") -> str:
    found = documents(example(name), document)
    return "\n".join(d.body for d in found).replace("\\", "")


def section(text: str, name: str) -> str:
    """One section of a body, by its id."""
    found = re.search(rf"^## [^\n]*\{{#{name}\}}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert found, name
    return found.group(1)


@pytest.mark.parametrize("name", [*PROFILES, "bare"])
@pytest.mark.parametrize("document", OURS)
def test_each_document_builds_for_each_profile(document: str, name: str, tmp_path: Path) -> None:
    files = bare(tmp_path) if name == "bare" else example(name)
    for built in documents(files, document):
        assert built.body.startswith("::: {.note}")
        assert [s.id for s in BOOK.documents[document].sections] == [s.id for s in built.sections]


@pytest.mark.parametrize("document", OURS)
def test_with_nothing_known_the_bare_document_asks(document: str, tmp_path: Path) -> None:
    built = documents(bare(tmp_path), document)[0]
    assert built.questions


@pytest.mark.parametrize("document", OURS)
def test_fixed_text_claims_nothing(document: str) -> None:
    entry = BOOK.documents[document]
    fixed = [re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", s.text or "", flags=re.S) for s in entry.sections]
    assert [] == [m.group() for text in fixed for m in CLAIMS.finditer(text)]
    assert [] == [m for text in fixed for m in re.findall(r"\b20\d\d-\d\d", text)]


@pytest.mark.parametrize("document", POINTS)
def test_the_points_are_those_of_the_source(document: str) -> None:
    assert POINTS[document] == list(BOOK.documents[document].points)


# ---------------------------------------------------------------------- roles, rights, activities
def test_the_matrix_has_a_letter_for_each_role_that_takes_part() -> None:
    text = section(body("raci-matrix"), "matrix")
    row = next(x for x in text.splitlines() if x.startswith("| Validate each version"))
    assert ["Validate each version independently", "", "I", "C", "", "", "", "A/R"] == [
        c.strip() for c in row.split("|")[1:9]
    ]


def test_each_row_of_the_matrix_has_one_who_answers() -> None:
    text = section(body("raci-matrix"), "matrix")
    rows = [x for x in text.splitlines() if x.startswith("| ")][1:]
    assert 20 == len(rows)
    assert [1] * 20 == [len(re.findall(r"\| A(?:/R)? (?=\||\[)", row)) for row in rows]


def test_a_change_of_an_activity_changes_the_matrix(tmp_path: Path) -> None:
    edit = {"governance.yaml": {"what: Retire the score and keep its records": "what: Bury it"}}
    found = documents(changed(tmp_path, "credit-scoring", edit), "raci-matrix")[0].body
    assert "Bury it" in found
    assert "Retire the score" not in found


def test_without_activities_the_matrix_is_a_question(tmp_path: Path) -> None:
    text = (EXAMPLES / "credit-scoring" / "governance.yaml").read_text()
    start, end = text.index("activities:"), text.index("sign_off:")
    edit = {"governance.yaml": {text[start:end]: ""}}
    built = documents(changed(tmp_path, "credit-scoring", edit), "raci-matrix")[0]
    assert ["governance.yaml, activities"] == [q.key for q in built.questions]


def test_the_rights_are_those_of_the_table() -> None:
    """Of an exception: 180 days, one signature, deputies may, the DPO may object."""
    rows = section(body("decision-rights"), "decisions").splitlines()
    row = next(x for x in rows if x.startswith("| exception"))
    cells = [c.strip() for c in row.split("|")[1:8]]
    assert [
        "exception",
        "Chief compliance officer",
        "eu; us; uk",
        "at most 180 days",
        "1",
        "yes",
        "Data protection officer",
    ] == cells


# ---------------------------------------------------------------------- statements from records
RECORDS = "records/governance.yaml"


@pytest.mark.parametrize(
    ("document", "part", "said", "field"),
    [
        ("governance-charter", "principles", "Whoever builds a system does not approve it", None),
        ("ai-policy", "using", "Officers may decide otherwise and say why", "policy.using"),
        (
            "oversight-procedure",
            "training",
            "Nine of twelve test cases right",
            "oversight.pass_rule",
        ),
        (
            "oversight-procedure",
            "training",
            "Bureau file of somebody else",
            "oversight.seeded_cases",
        ),
        ("literacy-plan", "others", "Twelve agents of a call centre", "literacy.others"),
        ("incident-response-plan", "kept", "Read-only copy at the second site", "incident.kept"),
        ("vendor-plan", "clauses", "Asked for 2 hours from 2027 on", "vendor.clauses"),
        ("auditors-index", "scope", "records from January to November 2026", "review.scope"),
    ],
)
def test_a_statement_comes_from_its_record_and_goes_with_it(
    document: str, part: str, said: str, field: str | None, tmp_path: Path
) -> None:
    """The record is shown; another one is shown instead; without it, its question is."""
    assert said in section(body(document), part)
    other = changed(tmp_path / "other", "credit-scoring", {RECORDS: {said: "Something else"}})
    text = documents(other, document)[0].body
    assert said not in text
    assert "Something else" in text
    if field is not None:
        assert field in without(field, tmp_path / "gone", document)


def without(field: str, folder: Path, document: str) -> list[str]:
    """The open questions of a document when one record is taken out."""
    text = (EXAMPLES / "credit-scoring" / RECORDS).read_text()
    found = re.search(rf"^  {re.escape(field)}:.*?(?=^  \S|\Z)", text, re.M | re.S)
    assert found, field
    files = changed(folder, "credit-scoring", {RECORDS: {found.group(): ""}})
    return [q.key for q in documents(files, document)[0].questions]


@pytest.mark.parametrize(
    "document",
    [
        "decision-rights",
        "governance-charter",
        "ai-policy",
        "raci-matrix",
        "literacy-plan",
        "nist-rmf-profile",
        "launch-paper",
    ],
)
def test_these_are_complete_in_the_example(document: str) -> None:
    assert [] == [q.key for q in documents(example("credit-scoring"), document)[0].questions]


def test_what_was_left_open_on_purpose_is_asked() -> None:
    keys = {
        document: {q.key for q in documents(example("credit-scoring"), document)[0].questions}
        for document in ("oversight-procedure", "vendor-plan", "auditors-index")
    }
    assert "oversight.indicators" in keys["oversight-procedure"]
    assert {"vendor.subcontractors", "vendor.exit"} <= keys["vendor-plan"]
    assert {"review.log", "review.witnesses"} <= keys["auditors-index"]


# ---------------------------------------------------------------------- statement of applicability
def test_each_control_of_annex_a_says_whether_it_applies_and_why() -> None:
    """Two stay open, one is left out with a reason, and 35 apply."""
    text = body("statement-of-applicability")
    rows = {r.split("|")[1].strip(): r for r in text.splitlines() if r.startswith("| A.")}
    assert POINTS["statement-of-applicability"][1:] == list(rows)
    said = [r.split("|")[3].strip() for r in rows.values()]
    assert (35, 1, 2) == (said.count("yes"), said.count("no"), sum("Open" in s for s in said))
    assert "The score is not supplied to customers" in rows["A.10.4"]


def test_a_control_without_an_answer_is_a_question_about_it() -> None:
    found = documents(example("credit-scoring"), "statement-of-applicability")[0].questions
    assert [("soa.controls", "A.5.5"), ("soa.controls", "A.8.5")] == [
        (q.key, q.about) for q in found
    ]


def test_a_control_that_is_left_out_without_a_reason_is_a_question(tmp_path: Path) -> None:
    why = "The score is not supplied to customers; applicants are covered under A.5 and A.8"
    files = changed(tmp_path, "credit-scoring", {RECORDS: {f", reason: {why}": ""}})
    found = documents(files, "statement-of-applicability")[0].questions
    assert ("soa.controls", "A.10.4") in [(q.key, q.about) for q in found]


# ---------------------------------------------------------------------- time limits
def test_the_shortest_time_limit_stands_first_for_each_company() -> None:
    """DORA: 4 hours from classification. US banks: 36 hours. UK GDPR: 72 hours."""
    text = section(body("incident-response-plan"), "clocks")
    first = {}
    for part in text.split("\n### ")[1:4]:
        rows = [r for r in part.splitlines() if r.startswith("| at most")]
        first[part.splitlines()[0]] = rows[0].split("|")[1].strip()
    assert {
        "Meridian Bank SE": "at most 4 hours",
        "Meridian Bank N.A.": "at most 36 hours",
        "Meridian Bank SE, London Branch": "at most 72 hours",
    } == first


def test_the_clock_of_the_gdpr_runs_for_the_bank_in_the_eu() -> None:
    """Art. 33(1): 72 hours from awareness."""
    text = section(body("incident-response-plan"), "clocks")
    own = text.split("### Meridian Bank SE\n")[1].split("\n### ")[0]
    (row,) = [r for r in own.splitlines() if "Art. 33(1)" in r]
    assert "at most 72 hours" in row
    assert "awareness of the breach" in row


def test_limits_of_art_73_are_two_ten_and_fifteen_days_and_bind_later() -> None:
    text = section(body("incident-response-plan"), "clocks")
    rows = [r for r in text.splitlines() if "Artificial Intelligence Act, Art. 73 |" in r]
    assert ["at most 2 days", "at most 10 days", "at most 15 days"] == [
        r.split("|")[1].strip() for r in rows
    ]
    assert all("will bind from 2027-12-02" in r for r in rows)


def test_a_draft_stands_for_each_report_that_a_company_owes() -> None:
    text = section(body("incident-response-plan"), "notices")
    heads = [r for r in text.splitlines() if r.startswith("### ")]
    assert "### Meridian Bank N.A.: Bank tells its regulator within 36 hours" in heads
    assert "### Meridian Bank SE: Report major ICT incidents" in heads
    assert "### Meridian Bank SE, London Branch: Report personal data breaches" in heads


# ---------------------------------------------------------------------- natures
def test_guidance_stands_apart_and_never_binds() -> None:
    text = body("vendor-plan")
    assert "| voluntary framework |" not in section(text, "duties")
    rows = [r for r in section(text, "guidance").splitlines() if r.startswith("| ")][1:]
    assert rows
    assert all("binding law" not in r and "binds" not in r for r in rows)


def test_the_change_of_art_4_is_said_as_the_finding_says_it() -> None:
    text = section(body("literacy-plan"), "duty")
    assert "Take measures that help staff" in text
    assert "softened, not repealed" in text


# ---------------------------------------------------------------------- launch paper, index
def test_the_launch_paper_has_the_recommendation_of_each_market() -> None:
    text = body("launch-paper")
    rows = section(text, "recommendation").splitlines()
    assert 3 == sum("| blocked |" in r for r in rows)
    assert "no go: Anne Moreau" in "".join(rows)
    assert "veto of Sunita Iyer" in section(text, "dissent")
    assert "exception ex-colorado-letter: refused" in section(text, "dissent")


def test_the_launch_paper_fits_on_two_pages() -> None:
    from pypdf import PdfReader

    from dutybound.assess.documents_write import page_of, render_words
    from dutybound.documents.render import render

    dossier = opened(example("credit-scoring"), ("launch-paper",))
    built = dossier.build(dossier.wanted[0])
    pages, words = [page_of(dossier, built)], render_words(dossier)
    made = next(iter(render(pages, ["pdf"], day=DAY, words=words)))
    assert 2 == len(PdfReader(io.BytesIO(made.data)).pages)


def test_the_index_lists_every_document_of_the_dossier() -> None:
    """Not only those that were asked for."""
    rows = section(body("auditors-index"), "documents")
    titles = {BOOK.documents[d].title for d in OURS}
    assert titles == {t for t in titles if f"| {t} |" in rows}


def test_the_literacy_plan_reads_as_it_did(update_golden: bool) -> None:
    found = documents(example("credit-scoring"), "literacy-plan")[0].body
    compare("document-literacy-plan", found, update_golden)
