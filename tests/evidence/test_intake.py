"""What counts, how high it reaches, and why the rest is refused."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from dutybound.errors import BadInput
from dutybound.terms.evidence import Handling, Rung
from dutybound.terms.trust import Revocation
from tests.evidence.kit import (
    FILE,
    checked,
    predicate,
    profile,
    signed,
    signed_in_the_old_form,
    trust_in,
    trusted,
)

SOURCE = Path(__file__).parents[2] / "src" / "dutybound"


def test_only_intake_makes_checked() -> None:
    makers = []
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = (n.func for n in ast.walk(tree) if isinstance(n, ast.Call))
        names = {f.id if isinstance(f, ast.Name) else getattr(f, "attr", "") for f in called}
        imports = (n.names for n in ast.walk(tree) if isinstance(n, ast.ImportFrom))
        renamed = any(a.name == "Checked" and a.asname for names in imports for a in names)
        if "Checked" in names or renamed:
            makers.append(str(path.relative_to(SOURCE)))
    assert ["assess/intake.py"] == makers


def test_a_test_that_holds_is_tested() -> None:
    found = checked(signed())
    assert {"DB-FAI-01": "tested"} == found.reaches
    assert [] == found.codes
    assert "alice" == found.checked[0].signer
    assert datetime(2026, 11, 3, 9, tzinfo=UTC) == found.checked[0].signed_at


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "another system": ({"system": "cv-screen"}, {}, "wrong_system"),
    "another version": ({"version": "2.0.0"}, {}, "wrong_version"),
    "a test without a version": ({"version": None}, {}, "version_missing"),
    "a test of no system": ({"version": None, "system": None}, {}, "wrong_system"),
    "the profile has no version": ({}, {"about": profile(version=None)}, "wrong_version"),
    "asked for the organisation": ({}, {"organisation": True}, "wrong_system"),
    "made after the day": ({}, {"as_of": date(2026, 11, 1)}, "future_dated"),
    "valid later": ({"valid_from": "2026-12-01"}, {}, "not_yet_valid"),
    "valid no more": ({"valid_until": "2026-11-22"}, {}, "expired"),
    "the test failed": ({"test": {"method": "m", "result": "fail"}}, {}, "test_failed"),
    "the test says nothing": (
        {"test": {"method": "m", "result": "inconclusive"}},
        {},
        "test_failed",
    ),
    "no such control": ({"controls": ["DB-FAI-1"]}, {}, "unknown_control"),
    "too old for the control": (
        {"made_on": "2026-06-01", "controls": ["DB-FAI-01"]},
        {},
        "stale",
    ),
    "counsel's work": ({"handling": "counsel"}, {}, "handling"),
    "a self-test": ({"handling": "self_test"}, {}, "handling"),
    "somebody else's name": ({"author": "bob"}, {"by": "alice"}, "author_mismatch"),
    "another issuer": ({"issuer": "outside-lab"}, {}, "issuer_mismatch"),
    "a key that nobody knows": ({"author": "mallory"}, {}, "unknown_key"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    more, options, code = REFUSED[name]
    by = options.pop("by", None) if "by" in options else None
    found = checked(signed(predicate(**more), by=by or more.get("author")), **options)
    assert [] == found.checked
    assert [code] == found.codes


@pytest.mark.parametrize(
    ("kind", "claims", "reaches"),
    [
        ("attestation", "independently_verified", "asserted"),
        ("document", "tested", "documented"),
        ("record", "tested", "observed"),
        ("record", "asserted", "asserted"),
        ("external_report", "independently_verified", "documented"),
        ("certificate", "observed", "documented"),
    ],
)
def test_no_rung_above_the_kind(kind: str, claims: str, reaches: str) -> None:
    value = predicate(kind=kind, rung=claims, test=None, controls=["DB-HUM-01"])
    found = checked(signed(value))
    assert {"DB-HUM-01": reaches} == found.reaches
    assert (["capped"] if claims != reaches else []) == found.codes


@pytest.mark.parametrize(("kind", "reaches"), [("document", "asserted"), ("record", "documented")])
def test_what_names_no_file_reaches_less(kind: str, reaches: str) -> None:
    value = predicate(kind=kind, rung="observed", test=None, controls=["DB-HUM-01"])
    assert {"DB-HUM-01": reaches} == checked(signed(value, subject={})).reaches


@pytest.mark.parametrize("test", [{"method": "m"}, {"result": "pass"}, {}])
def test_a_test_needs_method_and_result(test: dict[str, str]) -> None:
    found = checked(signed(predicate(test=test)))
    assert {"DB-FAI-01": "documented"} == found.reaches
    assert ["capped"] == found.codes


def test_a_need_of_the_control_caps() -> None:
    found = checked(signed(predicate(controls=["DB-DOC-01"])))
    assert {"DB-DOC-01": "documented"} == found.reaches
    assert [("capped", "DB-DOC-01")] == [(r.code, r.control) for r in found.refused]


def test_one_control_may_fail_and_the_other_count() -> None:
    found = checked(signed(predicate(controls=["DB-HUM-01", "DB-NON-01"])))
    assert {"DB-HUM-01": "tested"} == found.reaches
    assert ["unknown_control"] == found.codes


class TestOutsiders:
    def test_a_trusted_outsider_verifies(self) -> None:
        value = predicate(author="iris", issuer="outside-lab", rung="independently_verified")
        assert {"DB-FAI-01": "independently_verified"} == checked(signed(value)).reaches

    @pytest.mark.parametrize(("person", "issuer"), [("alice", "acme"), ("vera", "cloudco")])
    def test_nobody_else_does(self, person: str, issuer: str) -> None:
        value = predicate(author=person, issuer=issuer, rung="independently_verified")
        assert {"DB-FAI-01": "tested"} == checked(signed(value)).reaches

    def test_without_a_file_not_even_an_outsider(self) -> None:
        value = predicate(author="iris", issuer="outside-lab", rung="independently_verified")
        assert {"DB-FAI-01": "documented"} == checked(signed(value, subject={})).reaches

    def test_a_report_of_an_outsider_signed_here_is_observed(self) -> None:
        value = predicate(
            kind="external_report",
            issuer="outside-lab",
            rung="independently_verified",
            test=None,
            controls=["DB-HUM-01"],
        )
        assert {"DB-HUM-01": "observed"} == checked(signed(value)).reaches


class TestApproval:
    def approval(self, **more: Any) -> dict[str, Any]:
        what = {"of": "release 2", "work_author": "bob", "decision": "approved", **more}
        return predicate(
            id="app", kind="approval", rung="documented", test=None, approval=what,
            controls=["DB-HUM-01"],
        )  # fmt: skip

    def test_another_persons_work(self) -> None:
        assert {"DB-HUM-01": "documented"} == checked(signed(self.approval())).reaches

    @pytest.mark.parametrize("author", ["alice", "Alice", "ALICE"])
    def test_own_work(self, author: str) -> None:
        assert ["self_approved"] == checked(signed(self.approval(work_author=author))).codes

    def test_own_work_under_another_name(self) -> None:
        work = signed(predicate(id="work"))
        found = checked(work, signed(self.approval(of="work")))
        assert ["self_approved"] == found.codes

    def test_own_file_under_another_id(self) -> None:
        work = signed(predicate(id="work"), subject={"model.bin": "cd" * 32})
        found = checked(work, signed(self.approval(), subject={"copy.bin": "cd" * 32}))
        assert ["self_approved"] == found.codes

    def test_the_author_is_who_signed_the_work(self) -> None:
        work = signed(predicate(id="work", author="vera", issuer="cloudco"))
        found = checked(work, signed(self.approval(of="work")))
        assert ["work_author_wrong"] == found.codes

    def test_a_refusal_is_no_approval(self) -> None:
        old = signed_in_the_old_form(self.approval(decision="refused"))
        assert ["approval_refused"] == checked(old).codes
        with pytest.raises(BadInput, match="sign a refusal instead"):
            signed(self.approval(decision="refused"))


class TestKeys:
    def test_revoked_as_compromised_nothing_counts(self) -> None:
        trust = trust_in(trusted("alice", revoked_on=date(2026, 11, 20)))
        assert ["key_revoked"] == checked(signed(), trust=trust).codes

    @pytest.mark.parametrize(
        ("day", "codes"), [(date(2026, 11, 4), []), (date(2026, 11, 3), ["key_revoked"])]
    )
    def test_retired_what_was_signed_before_counts(self, day: date, codes: list[str]) -> None:
        key = trusted("alice", revoked_on=day, revoked_because=Revocation.RETIRED)
        assert codes == checked(signed(), trust=trust_in(key)).codes

    @pytest.mark.parametrize(
        ("first", "last", "codes"),
        [
            (date(2026, 11, 3), date(2026, 11, 3), []),
            (date(2026, 11, 4), None, ["key_not_valid"]),
            (date(2026, 1, 1), date(2026, 11, 2), ["key_not_valid"]),
            (date(2026, 1, 1), None, []),
        ],
    )
    def test_valid_when_it_signed(self, first: date, last: date | None, codes: list[str]) -> None:
        key = trusted("alice", valid_from=first, valid_until=last)
        assert codes == checked(signed(), trust=trust_in(key)).codes


class TestSameId:
    def test_the_later_one_counts(self) -> None:
        later = signed(
            predicate(test={"method": "m", "result": "fail"}),
            at=datetime(2026, 11, 9, tzinfo=UTC),
        )
        for order in ((signed(), later), (later, signed())):
            found = checked(*order)
            assert [] == found.checked
            assert ["superseded", "test_failed"] == sorted(found.codes)

    def test_the_same_twice_counts_once(self) -> None:
        found = checked(signed(), signed())
        assert 1 == len(found.checked)
        assert ["duplicate"] == found.codes

    def test_two_persons_under_one_id(self) -> None:
        found = checked(signed(), signed(predicate(author="bob")))
        assert [] == found.checked
        assert ["id_twice", "id_twice"] == found.codes


def test_handling_is_used_when_it_is_asked_for() -> None:
    value = signed(predicate(handling="counsel"))
    shown = frozenset({Handling.COUNSEL})
    assert 1 == len(checked(value, handling=shown).checked)
    assert ["handling"] == checked(signed(), handling=shown).codes


def test_an_earlier_day_may_be_asked_about_later() -> None:
    """Made on the 2nd, signed on the 3rd: on the 2nd it existed; who asks on the 23rd may know."""
    day, today = date(2026, 11, 2), date(2026, 11, 23)
    assert ["future_dated"] == checked(signed(), as_of=day).codes
    assert [] == checked(signed(), as_of=day, today=today).codes


def test_nothing_from_the_future_counts_for_a_later_day() -> None:
    later = date(2026, 12, 1)
    assert [] == checked(signed(), as_of=later, today=date(2026, 11, 3)).codes
    for today in (date(2026, 11, 2), date(2026, 11, 1)):
        assert ["future_dated"] == checked(signed(), as_of=later, today=today).codes


def test_rungs_are_in_order() -> None:
    assert ["unassessed", "asserted", "documented", "observed", "tested",
            "independently_verified"] == [r.word for r in sorted(Rung)]  # fmt: skip
    assert FILE
