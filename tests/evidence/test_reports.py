"""SOC 2 summaries and certificates on their way through intake: computed, never claimed."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from dutybound.assess.reports import iso_value, soc2_value
from dutybound.assess.signing import from_iso, from_soc2
from dutybound.errors import BadInput
from dutybound.packs.evidence import read_iso, read_soc2
from dutybound.packs.policy import read_policy
from dutybound.packs.reading import Document, read_yaml
from tests.evidence.kit import DAY, checked, signed, small_catalogue
from tests.evidence.test_iso import certificate

CASES = Path(__file__).parents[1] / "cases" / "soc2"
AT = datetime(2026, 11, 12, tzinfo=UTC)
IN_PERIOD = date(2026, 9, 30)


def report(base: str = "report", **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {**deepcopy(read_yaml(CASES / f"{base}.yaml").value), **more}
    return found


def summary(value: dict[str, Any]) -> dict[str, Any]:
    return from_soc2(read_soc2(Document("soc2.yaml", value)))[0]


def sealed(value: dict[str, Any], **more: Any) -> bytes:
    return signed({**summary(value), **more}, at=AT, subject={"soc2.pdf": "aa" * 32})


def test_in_the_period_it_is_observed() -> None:
    found = checked(sealed(report()), as_of=IN_PERIOD, today=DAY)
    assert {"DB-SEC-01": "observed", "DB-SEC-02": "observed"} == found.reaches
    assert {"DB-MON-01": "observed"} == found.partial
    assert [("not_in_scope", "DB-PRI-01")] == [(r.code, r.control) for r in found.refused]


def test_after_it_nothing_counts_and_it_says_why() -> None:
    found = checked(sealed(report()))
    assert [] == found.checked
    assert [("gap", None)] == [(r.code, r.control) for r in found.refused]


def test_outside_the_boundary_nothing_counts() -> None:
    value = report(boundary={"system": "x", "ai_feature": "outside"})
    found = checked(sealed(value), as_of=IN_PERIOD, today=DAY)
    assert [] == found.checked
    assert ["feature_outside"] == found.codes


def test_a_vendors_report_carries_what_is_carved_out() -> None:
    cloud = {"organisation": "Cloud", "provides": "hosting", "method": "carve_out"}
    lines = [{**cloud, "relies": "whole", "criteria": ["CC6.4"], "own_report": "cloud-2026"}]
    own = sealed(report(subservice=lines))
    vendor = sealed(report("vendor"))
    without = checked(own, as_of=IN_PERIOD, today=DAY)
    assert "DB-SEC-02" not in without.reaches
    both = checked(own, vendor, as_of=IN_PERIOD, today=DAY)
    assert "observed" == both.reaches["DB-SEC-02"]


def test_claiming_more_does_not_help() -> None:
    found = checked(
        sealed(report(), controls=["DB-HUM-01"], rung="independently_verified"),
        as_of=IN_PERIOD,
        today=DAY,
    )
    assert {"DB-SEC-01": "observed", "DB-SEC-02": "observed"} == found.reaches


def test_claiming_less_is_taken_at_its_word() -> None:
    found = checked(sealed(report(), rung="documented"), as_of=IN_PERIOD, today=DAY)
    assert {"documented"} == {*found.reaches.values(), *found.partial.values()}


@pytest.mark.parametrize(
    "more",
    [{"author": "bob"}, {"made_on": "2026-11-11"}, {"id": "other"}],
)
def test_the_summary_and_the_statement_agree(more: dict[str, str]) -> None:
    found = checked(sealed(report(), **more), as_of=IN_PERIOD, today=DAY)
    assert ["author_mismatch"] == found.codes


def test_nobody_else_signs_the_summary() -> None:
    value = summary(report())
    raw = signed(value, by="bob", at=AT)
    assert ["author_mismatch"] == checked(raw, as_of=IN_PERIOD, today=DAY).codes


def test_a_summary_from_the_future() -> None:
    assert ["future_dated"] == checked(sealed(report()), as_of=IN_PERIOD).codes


def test_a_summary_hides_in_no_other_kind() -> None:
    value = {**summary(report()), "kind": "record"}
    with pytest.raises(BadInput, match="external_report"):
        signed(value, at=AT)


def test_a_certificate() -> None:
    value = from_iso(read_iso(Document("iso.yaml", certificate())))[0]
    found = checked(signed(value, at=AT))
    assert {"DB-DOC-01": "documented"} == found.reaches
    assert {"DB-MON-01": "documented"} == found.partial
    assert {"certificate_only"} == set(found.codes)


def test_a_certificate_that_ended() -> None:
    value = from_iso(read_iso(Document("iso.yaml", certificate(valid_until="2026-11-22"))))[0]
    found = checked(signed(value, at=AT))
    assert [] == found.checked
    assert ["expired"] == found.codes


def test_counting_for_a_control_that_is_none() -> None:
    line = {"control": "DB-XXX-01", "elements": ["A.5.1"], "extent": "full", "why": "so"}
    value = from_iso(read_iso(Document("i.yaml", certificate(counts_for=[line]))))[0]
    assert "unknown_control" in checked(signed(value, at=AT)).codes


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"type": "III"}, "type"),
        ({"type": "I"}, "as_at"),
        ({"period": None}, "period"),
        ({"issued_on": "2026-09-29"}, "before the time"),
        ({"period": {"from": "2026-10-01", "to": "2026-09-30"}}, "before it begins"),
        ({"criteria": [{"id": "CC6.1"}, {"id": "CC6.1"}]}, "twice"),
        ({"criteria": [{"id": "A1.1"}]}, "availability"),
        ({"criteria": [{"id": "CC61"}]}, "CC6.1"),
        ({"exceptions": [{"criteria": ["A1.1"], "what": "x", "severity": "low"}]}, "in scope"),
        (
            {
                "exceptions": [
                    {"criteria": ["CC6.1"], "control": "ZZ", "what": "x", "severity": "low"}
                ]
            },
            "No control `ZZ`",
        ),
        ({"opinion": {"kind": "unqualified", "about": ["CC6.1"]}}, "leaves nothing out"),
        ({"recorded": {"by": "alice", "organisation": "acme", "on": "2026-11-01"}}, "older"),
        (
            {
                "bridge_letter": {
                    "dated": "2026-09-01", "to": "2026-12-01", "signed_by": "x",
                    "material_changes": False,
                }
            },
            "before the period ends",
        ),
        ({"auditors": "x"}, "Did you mean `auditor`"),
    ],
)  # fmt: skip
def test_summaries_that_are_refused(more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_soc2(Document("soc2.yaml", report(**more)))


def test_values_for_machines() -> None:
    found = soc2_value(
        read_soc2(Document("s", report())),
        small_catalogue(),
        DAY,
        read_policy(),
        "loan-score",
        {},
    )
    assert "gap" == found["time"]["code"]
    assert {"controls": 7, "full": 0, "partial": 0, "none": 7, "never_tested": 3} == found[
        "summary"
    ]
    assert "observed" == next(c for c in found["controls"] if c["id"] == "DB-SEC-01")["in_period"]
    iso = iso_value(
        read_iso(Document("i", certificate())), small_catalogue(), DAY, read_policy(), None
    )
    assert ["DB-DOC-01", "DB-MON-01"] == [c["id"] for c in iso["controls"]]
