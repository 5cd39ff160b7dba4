"""Documents on how an organisation governs its AI."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dutybound.packs.documents_compile import default_documents
from tests.documents.family import EXAMPLES, PROFILES, bare, changed, documents, example

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
