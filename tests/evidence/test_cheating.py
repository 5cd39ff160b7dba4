"""Property tests that try to cheat: nothing counts that should not, whatever is tried."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dutybound.errors import BadInput
from dutybound.interchange.dsse import Envelope, fingerprint, public_der, sign, write_envelope
from dutybound.interchange.predicates import FOREIGN, type_of
from dutybound.interchange.strict_json import canonical
from dutybound.terms.evidence import EvidenceKind, Rung
from dutybound.terms.trust import Revocation
from tests.evidence.kinds import claim_of_kind
from tests.evidence.kit import (
    FILE,
    PEOPLE,
    checked,
    claim_in,
    envelope,
    key_of,
    predicate,
    profile,
    signed,
    signed_in_the_old_form,
    trust_in,
    trusted,
)

few = settings(max_examples=120, deadline=None)
days = st.dates(date(2026, 10, 1), date(2027, 1, 31))
GOOD: Final = signed()
OLD: Final = signed_in_the_old_form()


def payload_of(raw: bytes) -> bytes:
    return base64.b64decode(envelope(raw)["payload"])


def rewritten(raw: bytes, payload: bytes) -> bytes:
    """The envelope with another payload and the old signature."""
    value = envelope(raw)
    value["payload"] = base64.b64encode(payload).decode()
    return canonical(value)


def resealed(payload: bytes, person: str) -> bytes:
    return write_envelope(sign(payload, key_of(person)))


@few
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_changed_byte_never_changes_what_counts(at: int, flip: int) -> None:
    changed = bytearray(GOOD)
    changed[at] ^= flip
    found = checked(bytes(changed))
    assert [] == found.checked or found.checked[0].claim == checked(GOOD).checked[0].claim
    assert 1 == len(found.checked) + len(found.refused)


@few
@given(st.integers(0, len(payload_of(GOOD)) - 1), st.integers(1, 255))
def test_a_changed_byte_of_the_payload_is_refused(at: int, flip: int) -> None:
    payload = bytearray(payload_of(GOOD))
    payload[at] ^= flip
    assert ["bad_signature"] == checked(rewritten(GOOD, bytes(payload))).codes


@few
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_noise_is_refused(noise: bytes) -> None:
    assert ["malformed"] == checked(noise).codes


@few
@given(
    st.sampled_from(["system", "version", "made_on", "valid_until", "rung", "controls", "author"]),
    st.sampled_from(["cv-screen", "9.9", "2026-11-01", "2029-01-01", "asserted", "bob"]),
)
def test_a_swapped_payload_is_refused(key: str, value: str) -> None:
    statement = json.loads(payload_of(GOOD))
    claim = claim_in(statement)
    assume(claim[key] != value)
    claim[key] = [value] if key == "controls" else value
    assert ["bad_signature"] == checked(rewritten(GOOD, canonical(statement))).codes


@few
@given(st.sampled_from(["test-2", "test-3"]), st.sampled_from(["bob", "alice", "iris"]))
def test_a_signature_cannot_be_used_again(name: str, author: str) -> None:
    other = signed(predicate(id=name, author=author, issuer=PEOPLE[author]))
    stolen = {**envelope(other), "signatures": envelope(GOOD)["signatures"]}
    assert ["bad_signature"] == checked(canonical(stolen)).codes


@few
@given(st.sampled_from(sorted(PEOPLE)), st.sampled_from(sorted(PEOPLE)))
def test_nobody_signs_for_another(author: str, signer: str) -> None:
    raw = signed(predicate(author=author, issuer=PEOPLE[author]), by=signer)
    found = checked(raw)
    assert (author == signer and signer != "mallory") == bool(found.checked)


@few
@given(st.sampled_from(["alice", "bob", "iris", "vera"]))
def test_another_key_under_a_known_name_is_refused(person: str) -> None:
    payload = payload_of(GOOD)
    forged = sign(payload, key_of("mallory"))
    known = fingerprint(public_der(key_of(person)))
    assert ["unknown_key"] == checked(write_envelope(forged)).codes
    renamed = write_envelope(Envelope(payload, known, forged.signature))
    assert ["bad_signature"] == checked(renamed).codes


@few
@given(days, days, days, days, days)
def test_only_what_is_of_the_day_counts(
    made: date, first: date, last: date, sealed: date, as_of: date
) -> None:
    value = predicate(
        made_on=str(made), valid_from=str(first), valid_until=str(last), controls=["DB-HUM-01"]
    )
    try:
        raw = signed(value, at=datetime.combine(sealed, time(9), UTC))
    except BadInput:
        assert last < first or made > sealed
        return
    counts = bool(checked(raw, as_of=as_of).checked)
    assert (made <= sealed <= as_of and first <= as_of <= last) == counts


@few
@given(days, st.integers(0, 200))
def test_freshness(as_of: date, age: int) -> None:
    made = as_of - timedelta(days=age)
    assume(made >= date(2026, 1, 1))
    value = predicate(made_on=str(made), valid_until="2028-01-01")
    raw = signed(value, at=datetime.combine(made, time(9), UTC))
    assert (age <= 90) == bool(checked(raw, as_of=as_of).checked)


names = st.sampled_from(["loan-score", "loan-score-2", "Loan-score", "cv-screen"])
versions = st.sampled_from(["2.0.1", "2.0", "2.0.10", "v2.0.1", "2.0.1-rc1"])


@few
@given(names, versions, names, versions)
def test_only_this_system_and_version(
    system: str, version: str, asked: str, asked_version: str
) -> None:
    raw = signed(predicate(system=system, version=version))
    found = checked(raw, about=profile(asked, asked_version))
    assert ((system, version) == (asked, asked_version)) == bool(found.checked)


HIGHEST: Final = {
    EvidenceKind.ATTESTATION: Rung.ASSERTED,
    EvidenceKind.DOCUMENT: Rung.DOCUMENTED,
    EvidenceKind.APPROVAL: Rung.DOCUMENTED,
    EvidenceKind.RECORD: Rung.OBSERVED,
    EvidenceKind.TEST_RESULT: Rung.TESTED,
    EvidenceKind.EXTERNAL_REPORT: Rung.OBSERVED,
    EvidenceKind.CERTIFICATE: Rung.OBSERVED,
    EvidenceKind.RELEASE: Rung.DOCUMENTED,
    EvidenceKind.ATTRIBUTE: Rung.DOCUMENTED,
    EvidenceKind.OVERRIDE: Rung.OBSERVED,
    EvidenceKind.REVIEW_OUTCOME: Rung.OBSERVED,
    EvidenceKind.RECORD_BATCH: Rung.OBSERVED,
    EvidenceKind.WAIVER: Rung.UNASSESSED,
    EvidenceKind.REFUSAL: Rung.UNASSESSED,
    EvidenceKind.INCIDENT: Rung.UNASSESSED,
    EvidenceKind.STOP: Rung.UNASSESSED,
    EvidenceKind.COMPUTED_RESULT: Rung.UNASSESSED,
    EvidenceKind.LOG_KEY_CHANGE: Rung.UNASSESSED,
    EvidenceKind.ERASURE: Rung.UNASSESSED,
}
OUTSIDERS_KINDS: Final = (
    EvidenceKind.TEST_RESULT,
    EvidenceKind.RECORD,
    EvidenceKind.EXTERNAL_REPORT,
    EvidenceKind.CERTIFICATE,
)
NOTHING_WITHOUT_A_FILE: Final = (EvidenceKind.OVERRIDE, EvidenceKind.REVIEW_OUTCOME)
rungs = st.sampled_from([r for r in Rung if r is not Rung.UNASSESSED])


@few
@given(
    st.sampled_from(list(EvidenceKind)),
    rungs,
    st.sampled_from(["alice", "bob", "vera", "iris"]),
    st.sampled_from(["acme", "cloudco", "outside-lab", "nobody"]),
    st.booleans(),
    st.booleans(),
)
def test_no_rung_above_what_kind_and_issuer_allow(
    kind: EvidenceKind, claims: Rung, author: str, issuer: str, result: bool, files: bool
) -> None:
    approval = {"of": "x", "work_author": "mallory", "decision": "approved"}
    changes: dict[str, Any] = {"rung": claims.word if kind.raises else None}
    if kind is EvidenceKind.TEST_RESULT:
        changes["test"] = {"method": "m", "result": "pass"} if result else {"method": "m"}
    if kind is EvidenceKind.APPROVAL:
        changes["approval"] = approval
    value = claim_of_kind(kind, author=author, issuer=issuer, **changes)
    batch = kind is EvidenceKind.RECORD_BATCH
    found = checked(signed(value, subject=FILE if files or batch else {}))
    reached = max((r for c in found.checked for r in c.reaches.values()), default=Rung.UNASSESSED)
    assert reached <= claims
    outsider = author == "iris" and issuer == "outside-lab" and kind in OUTSIDERS_KINDS and files
    assert reached <= HIGHEST[kind] or outsider
    if kind is EvidenceKind.TEST_RESULT and not result:
        assert reached <= Rung.DOCUMENTED
    if kind in NOTHING_WITHOUT_A_FILE and not files:
        assert reached is Rung.UNASSESSED
    if kind.raises and reached < claims:
        assert found.refused


RAISES_NOTHING: Final = tuple(k for k in EvidenceKind if not k.raises)


@few
@given(st.sampled_from(RAISES_NOTHING), rungs, st.sampled_from(["alice", "bob", "iris"]))
def test_a_rung_cannot_be_slipped_in(kind: EvidenceKind, rung: Rung, author: str) -> None:
    """A waiver, an override and the like, signed by the right person with a rung of its own."""
    raw = signed(claim_of_kind(kind, author=author, issuer=PEOPLE[author]))
    statement = json.loads(payload_of(raw))
    claim_in(statement)["rung"] = rung.word
    found = checked(resealed(canonical(statement), author))
    assert ([], ["malformed"]) == (found.checked, found.codes)


@few
@given(st.sampled_from(list(EvidenceKind)), st.sampled_from(list(EvidenceKind)), st.booleans())
def test_a_claim_under_the_type_of_another_kind_is_refused(
    kind: EvidenceKind, other: EvidenceKind, old: bool
) -> None:
    assume(kind is not other)
    statement = json.loads(payload_of(signed(claim_of_kind(kind))))
    claim = claim_in(statement)
    statement["predicateType"] = f"urn:dutybound:evidence:{other}:1" if old else type_of(other)
    statement["predicate"] = claim if old or other not in FOREIGN else {"dutybound": claim}
    assert ["malformed"] == checked(resealed(canonical(statement), "alice")).codes


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        (EvidenceKind.TEST_RESULT, "result", "FAILED"),
        (EvidenceKind.TEST_RESULT, "result", "WARNED"),
        (EvidenceKind.TEST_RESULT, "configuration", []),
        (EvidenceKind.TEST_RESULT, "failedTests", ["impact ratio, age"]),
        (EvidenceKind.TEST_RESULT, "passedTests", ["impact ratio, sex"]),
        (EvidenceKind.APPROVAL, "properties", ["DUTYBOUND_APPROVED_WITH_CONDITIONS"]),
        (EvidenceKind.APPROVAL, "properties", ["DUTYBOUND_APPROVED", "SLSA_BUILD_LEVEL_3"]),
        (EvidenceKind.APPROVAL, "verifier", {"id": "urn:dutybound:person:acme:bob"}),
        (EvidenceKind.APPROVAL, "timeCreated", "2026-11-03T09:00:01Z"),
        (EvidenceKind.DOCUMENT, "references", []),
        (EvidenceKind.ATTRIBUTE, "attributes", [{"attribute": "SAFE"}]),
        (EvidenceKind.RELEASE, "purl", "pkg:generic/loan-score@2.0.2"),
        (EvidenceKind.RELEASE, "packageId", "7"),
    ],
)
def test_what_other_tools_read_cannot_differ_from_the_claim(
    kind: EvidenceKind, key: str, value: Any
) -> None:
    statement = json.loads(payload_of(signed(claim_of_kind(kind))))
    assert value != statement["predicate"].get(key)
    statement["predicate"][key] = value
    assert ["malformed"] == checked(resealed(canonical(statement), "alice")).codes


@pytest.mark.parametrize("kind", sorted(FOREIGN))
def test_unknown_fields_of_in_toto_are_ignored_but_not_in_our_part(kind: EvidenceKind) -> None:
    statement = json.loads(payload_of(signed(claim_of_kind(kind))))
    statement["predicate"]["https://other.example/field"] = {"a": 1}
    assert 1 == len(checked(resealed(canonical(statement), "alice")).checked)
    claim_in(statement)["field"] = 1
    assert ["malformed"] == checked(resealed(canonical(statement), "alice")).codes


def test_the_old_form_still_counts() -> None:
    """Statements signed until 2026.11 read as before, and reach the same."""
    assert checked(GOOD).reaches == checked(OLD).reaches == {"DB-FAI-01": "tested"}


@few
@given(st.dates(date(2026, 1, 1), date(2027, 6, 1)), st.sampled_from(list(Revocation)))
def test_a_revoked_key(day: date, why: Revocation) -> None:
    trust = trust_in(trusted("alice", revoked_on=day, revoked_because=why))
    counts = bool(checked(GOOD, trust=trust).checked)
    assert (why is Revocation.RETIRED and day > date(2026, 11, 3)) == counts


@few
@given(
    st.sampled_from(["alice", "bob", "Alice", "BOB", "mallory"]),
    st.sampled_from(["alice", "bob"]),
    st.booleans(),
    st.booleans(),
)
def test_nobody_approves_their_own_work(
    named: str, worker: str, by_id: bool, by_file: bool
) -> None:
    work = signed(predicate(id="work", author=worker), subject={"model.bin": "cd" * 32})
    what = {"of": "work" if by_id else "other", "work_author": named, "decision": "approved"}
    value = predicate(
        id="app", kind="approval", rung="documented", test=None, approval=what,
        controls=["DB-DOC-01"],
    )  # fmt: skip
    subject = {"copy.bin": "cd" * 32} if by_file else FILE
    found = checked(work, signed(value, subject=subject))
    counts = any(c.claim.id == "app" for c in found.checked)
    if named.casefold() == "alice" or ((by_id or by_file) and worker == "alice"):
        assert not counts
    if counts:
        assert found.reaches["DB-DOC-01"] == "documented"


KEYS: Final = ("signed_at", "soc2", "covers", "reaches", "checked", "detail")


@pytest.mark.parametrize("form", [GOOD, OLD])
@pytest.mark.parametrize("key", KEYS)
def test_keys_that_would_lift_are_refused(key: str, form: bytes) -> None:
    statement = json.loads(payload_of(form))
    claim_in(statement)[key] = {"DB-FAI-01": "independently_verified"}
    found = checked(resealed(canonical(statement), "alice"))
    assert [] == found.checked
    assert ["malformed"] == found.codes


def changed(**more: Any) -> bytes:
    statement = json.loads(payload_of(GOOD))
    statement.update(more)
    return canonical(statement)


@pytest.mark.parametrize(
    "payload",
    [
        changed(_type="https://in-toto.io/Statement/v0.1"),
        changed(predicateType="urn:dutybound:evidence:attestation:1"),
        changed(predicateType="urn:dutybound:evidence:test_result:2"),
        changed(predicateType="urn:dutybound:evidence:test_result:1"),
        changed(predicateType="urn:dutybound:predicate:test-result:1"),
        changed(predicateType=3),
        changed(predicate={"result": "PASSED", "configuration": []}),
        changed(subject=[]),
        changed(subject=[{"name": "claim:test-1", "digest": {"sha256": "00" * 32}}]),
        changed(subject=[{"name": "a", "digest": {"md5": "00"}}]),
        changed(subject=[{"name": n, "digest": {"sha256": "00" * 32}} for n in "ba"]),
        changed(extra=1),
        json.dumps(json.loads(payload_of(GOOD)), indent=1).encode(),
        payload_of(GOOD).replace(b'{"_type"', b'{"_type":"x","_type"', 1),
        payload_of(GOOD).replace(b'"id":"test-1"', b'"id":"test-2","id":"test-1"', 1),
    ],
)
def test_statements_in_another_shape_are_refused(payload: bytes) -> None:
    """Signed by the right person: what is refused is the spelling."""
    assert ["malformed"] == checked(resealed(payload, "alice")).codes
