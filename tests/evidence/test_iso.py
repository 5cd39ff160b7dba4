"""What an ISO certificate proves on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dutybound.assess.iso import credit
from dutybound.errors import BadInput
from dutybound.packs.evidence import read_iso
from dutybound.packs.policy import read_policy
from dutybound.packs.reading import Document
from tests.evidence.kit import small_catalogue

DAY = date(2026, 11, 23)


def certificate(**more: Any) -> dict[str, Any]:
    """A certificate that holds: accredited, in scope, surveyed in time."""
    return {
        "dutybound": "iso-certificate/1",
        "id": "iso-1",
        "recorded": {"by": "alice", "organisation": "acme", "on": "2026-07-01"},
        "certificate_of": {"organisation": "acme", "relation": "own"},
        "standard": "iso-42001",
        "edition": "2023",
        "number": "AIMS 7",
        "body": "Certus",
        "accreditation": {"by": "INAB"},
        "scope": {"text": "lending", "ai_system": "inside", "systems": ["loan-score"]},
        "statement_of_applicability": {"version": "3.0", "dated": "2026-01-10"},
        "issued_on": "2025-06-14",
        "valid_from": "2025-06-14",
        "valid_until": "2028-06-13",
        "surveillance": [{"due": "2026-06-14", "done_on": "2026-06-10", "result": "passed"}],
        **more,
    }


def reached(more: dict[str, Any], as_of: date = DAY, system: str = "loan-score") -> tuple[str, str]:
    """Extent and rung for the control that is equivalent to an element."""
    found = credit(
        read_iso(Document("iso.yaml", certificate(**more))),
        small_catalogue(),
        as_of,
        read_policy(),
        system=system,
    )
    whole = found.controls["DB-DOC-01"]
    assert all(c.extent != "full" for n, c in found.controls.items() if n != "DB-DOC-01")
    return whole.extent, whole.rung.word


SAMPLED = {"element": "A.6.2.7", "sampled": "four systems", "finding": "conforms"}
FOUND = {"id": "N1", "what": "gap", "raised_on": "2026-06-10"}
CASES: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "a certificate alone": ({}, ("full", "documented")),
    "sampled by the auditor": (
        {"audited": [{**SAMPLED, "on": "2026-06-10"}]},
        ("full", "observed"),
    ),
    "sampled long ago": ({"audited": [{**SAMPLED, "on": "2025-06-01"}]}, ("full", "documented")),
    "sampled with a finding": (
        {"audited": [{**SAMPLED, "finding": "nonconformity", "on": "2026-06-10"}]},
        ("full", "asserted"),
    ),
    "not accredited": ({"accreditation": None}, ("full", "asserted")),
    "no statement of applicability": (
        {"statement_of_applicability": None},
        ("full", "asserted"),
    ),
    "left out of the statement": (
        {
            "statement_of_applicability": {
                "version": "3.0",
                "dated": "2026-01-10",
                "excluded": ["A.6.2.7"],
            }
        },
        ("none", "unassessed"),
    ),
    "the system is outside": (
        {"scope": {"text": "payroll", "ai_system": "outside"}},
        ("none", "unassessed"),
    ),
    "the scope is unclear": (
        {"scope": {"text": "all", "ai_system": "unclear"}},
        ("none", "unassessed"),
    ),
    "another system": (
        {"scope": {"text": "x", "ai_system": "inside", "systems": ["cv-screen"]}},
        ("none", "unassessed"),
    ),
    "suspended": (
        {"status": "suspended", "status_since": "2026-10-01"},
        ("none", "unassessed"),
    ),
    "suspended later": (
        {"status": "suspended", "status_since": "2026-11-24"},
        ("full", "documented"),
    ),
    "surveillance not shown": ({"surveillance": [{"due": "2026-06-14"}]}, ("full", "asserted")),
    "surveillance a little late": (
        {"surveillance": [{"due": "2026-09-14"}]},
        ("full", "documented"),
    ),
    "surveillance failed": (
        {"surveillance": [{"due": "2026-06-14", "done_on": "2026-06-10", "result": "failed"}]},
        ("full", "asserted"),
    ),
    "minor nonconformity open": (
        {"nonconformities": [{**FOUND, "severity": "minor", "elements": ["A.6.2.7"]}]},
        ("full", "asserted"),
    ),
    "minor nonconformity closed": (
        {
            "nonconformities": [
                {**FOUND, "severity": "minor", "elements": ["A.6.2.7"], "closed_on": "2026-09-01"}
            ]
        },
        ("full", "documented"),
    ),
    "major nonconformity open": (
        {"nonconformities": [{**FOUND, "severity": "major", "elements": ["A.6.2.7"]}]},
        ("none", "unassessed"),
    ),
    "major nonconformity, nobody says where": (
        {"nonconformities": [{**FOUND, "severity": "major"}]},
        ("full", "asserted"),
    ),
    "a vendor's": (
        {"certificate_of": {"organisation": "cloudco", "relation": "vendor"}},
        ("partial", "documented"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    more, expected = CASES[name]
    assert expected == reached(more)


@pytest.mark.parametrize(
    ("day", "extent"),
    [
        (date(2025, 6, 13), "none"),
        (date(2025, 6, 14), "full"),
        (date(2028, 6, 13), "full"),
        (date(2028, 6, 14), "none"),
    ],
)
def test_validity(day: date, extent: str) -> None:
    assert extent == reached({}, as_of=day)[0]


def test_declared_in_full_is_no_more_than_a_document() -> None:
    line = {"control": "DB-HUM-01", "elements": ["A.9.9"], "extent": "full", "why": "so"}
    sampled = {**SAMPLED, "element": "A.9.9", "on": "2026-06-10"}
    value = certificate(standard="iso-27001", counts_for=[line], audited=[sampled])
    found = credit(read_iso(Document("iso.yaml", value)), small_catalogue(), DAY, read_policy())
    assert ["DB-HUM-01"] == list(found.controls)
    control = found.controls["DB-HUM-01"]
    assert ("full", "documented") == (control.extent, control.rung.word)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"status": "suspended"}, "Since when"),
        ({"valid_until": "2025-01-01"}, "ends before"),
        ({"surveillance": [{"due": "2026-06-14", "done_on": "2026-06-10"}]}, "both"),
        ({"standard": "iso-9001"}, "standard"),
        ({"colour": "blue"}, "Unknown key"),
    ],
)
def test_what_is_refused(more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_iso(Document("iso.yaml", certificate(**more)))
