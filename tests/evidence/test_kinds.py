"""Every kind of evidence: its type, its schema, what other tools read, what it reaches."""

from __future__ import annotations

import base64
import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from dutybound.assess.opening import open_folder
from dutybound.assess.schema import schema
from dutybound.errors import BadInput
from dutybound.interchange.predicates import OLD_KINDS, named_information, type_of
from dutybound.packs.compile import default_content
from dutybound.packs.evidence import read_trust
from dutybound.terms.evidence import EvidenceKind as Kind
from tests.evidence.kinds import claim_of_kind
from tests.evidence.kit import FILE, checked, claim_in, envelope, predicate, profile, signed

TYPES = {
    Kind.TEST_RESULT: "https://in-toto.io/attestation/test-result/v0.1",
    Kind.APPROVAL: "https://in-toto.io/attestation/svr/v0.2",
    Kind.DOCUMENT: "https://in-toto.io/attestation/reference/v0.1",
    Kind.ATTRIBUTE: "https://in-toto.io/attestation/scai/v0.3",
    Kind.RELEASE: "https://in-toto.io/attestation/release/v0.1",
    Kind.ATTESTATION: "urn:dutybound:predicate:attestation:1",
    Kind.EXTERNAL_REPORT: "urn:dutybound:predicate:external-report:1",
    Kind.CERTIFICATE: "urn:dutybound:predicate:certificate:1",
    Kind.RECORD: "urn:dutybound:predicate:record:1",
    Kind.OVERRIDE: "urn:dutybound:predicate:override:1",
    Kind.REVIEW_OUTCOME: "urn:dutybound:predicate:review-outcome:1",
    Kind.RECORD_BATCH: "urn:dutybound:predicate:record-batch:1",
    Kind.WAIVER: "urn:dutybound:predicate:waiver:1",
    Kind.REFUSAL: "urn:dutybound:predicate:refusal:1",
    Kind.INCIDENT: "urn:dutybound:predicate:incident:1",
    Kind.STOP: "urn:dutybound:predicate:stop:1",
    Kind.COMPUTED_RESULT: "urn:dutybound:predicate:computed-result:1",
    Kind.LOG_KEY_CHANGE: "urn:dutybound:predicate:log-key-change:1",
    Kind.ERASURE: "urn:dutybound:predicate:erasure:1",
}
every_kind = pytest.mark.parametrize("kind", list(Kind))


def statement_of(raw: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(envelope(raw)["payload"]))
    return found


@every_kind
def test_type(kind: Kind) -> None:
    assert TYPES[kind] == type_of(kind)
    assert TYPES[kind] == statement_of(signed(claim_of_kind(kind)))["predicateType"]


@every_kind
def test_what_is_signed_fits_the_published_schema(kind: Kind) -> None:
    shape = schema(f"predicate-{str(kind).replace('_', '-')}", default_content)
    assert f"predicateType: {TYPES[kind]}" == shape["$comment"]
    statement = statement_of(signed(claim_of_kind(kind)))
    jsonschema_rs.validate(shape, statement["predicate"])
    claim_in(statement)["colour"] = "blue"
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(shape, statement["predicate"])


@every_kind
def test_it_counts_or_stands_on_record(kind: Kind) -> None:
    found = checked(signed(claim_of_kind(kind)))
    assert [kind] == [c.claim.kind for c in found.checked]
    assert [] == found.codes


@every_kind
def test_every_field_that_matters_is_signed(kind: Kind) -> None:
    value = claim_of_kind(kind)
    claim = claim_in(statement_of(signed(value)))
    assert value.items() <= claim.items()
    assert "2026-11-03T09:00:00Z" == claim["signed_at"]


def test_a_test_result_as_in_toto_has_it() -> None:
    found = statement_of(signed(claim_of_kind(Kind.TEST_RESULT)))["predicate"]
    assert "PASSED" == found["result"]
    assert [
        {"name": "plan.yaml", "digest": {"sha256": "cd" * 32}},
        {
            "name": "sample.parquet",
            "digest": {"sha256": "ef" * 32},
            "uri": "s3://bank/sample.parquet",
        },
    ] == found["configuration"]
    assert ["impact ratio, sex", "impact ratio, age"] == found["passedTests"]
    assert "failedTests" not in found


@pytest.mark.parametrize(
    ("test", "result"),
    [
        ({"result": "fail", "failed": ["a"], "passed": ["b"]}, "FAILED"),
        ({"result": "inconclusive"}, "WARNED"),
        ({"method": "m"}, "WARNED"),
        ({"result": "pass", "warned": ["a"]}, "WARNED"),
        ({"result": "pass"}, "PASSED"),
    ],
)
def test_results(test: dict[str, Any], result: str) -> None:
    found = statement_of(signed(predicate(test=test)))["predicate"]
    assert result == found["result"]


def test_an_approval_as_in_toto_has_it() -> None:
    found = statement_of(signed(claim_of_kind(Kind.APPROVAL)))["predicate"]
    assert {
        "id": "urn:dutybound:person:acme:alice",
        "policies": [{"name": "governance.yaml", "digest": {"sha256": "ef" * 32}}],
    } == found["verifier"]
    assert "2026-11-03T09:00:00Z" == found["timeCreated"]
    assert ["DUTYBOUND_APPROVED"] == found["properties"]
    assert {"limit": 5000, "currency": "EUR"} == found["dutybound"]["approval"]["arguments"]


def test_a_document_as_in_toto_has_it() -> None:
    found = statement_of(signed(claim_of_kind(Kind.DOCUMENT)))["predicate"]
    assert [
        {
            "name": "report.pdf",
            "downloadLocation": named_information("ab" * 32),
            "digest": {"sha256": "ab" * 32},
            "mediaType": "application/pdf",
        }
    ] == found["references"]


def test_named_information_as_the_rfc_has_it() -> None:
    """The example of RFC 6920, section 8.1: the digest of "Hello World!"."""
    digest = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"
    expected = "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"
    assert expected == named_information(digest)


class TestWaiver:
    def waiver(self, until: str = "2026-12-31") -> bytes:
        return signed(claim_of_kind(Kind.WAIVER, valid_until=until), subject={})

    def test_it_stands_until_its_day_and_raises_nothing(self) -> None:
        found = checked(self.waiver(), as_of=date(2026, 12, 31))
        assert ([{}], []) == ([c.reaches for c in found.checked], found.codes)

    def test_the_day_after_it_is_nothing_and_is_listed(self) -> None:
        found = checked(self.waiver(), as_of=date(2027, 1, 1))
        assert ([], ["expired"]) == (found.checked, found.codes)
        assert () == found.refused[0].about

    def test_it_needs_an_end(self) -> None:
        with pytest.raises(BadInput, match="valid_until"):
            signed(claim_of_kind(Kind.WAIVER, valid_until=None))


@pytest.mark.parametrize("kind", [Kind.OVERRIDE, Kind.REVIEW_OUTCOME])
def test_what_people_did_is_observed_only_with_its_file(kind: Kind) -> None:
    value = claim_of_kind(kind)
    assert {"DB-HUM-01": "observed"} == checked(signed(value)).reaches
    found = checked(signed(value, subject={}))
    assert ({}, ["capped"]) == (found.reaches, found.codes)


def test_a_record_batch_speaks_of_exactly_its_files() -> None:
    with pytest.raises(BadInput, match="files of the batch"):
        signed(claim_of_kind(Kind.RECORD_BATCH), subject={**FILE, "more.parquet": "ef" * 32})


def test_records_without_a_control_stand_on_record() -> None:
    for kind in (Kind.OVERRIDE, Kind.REVIEW_OUTCOME, Kind.RECORD_BATCH, Kind.RELEASE):
        found = checked(signed(claim_of_kind(kind, controls=None, rung=None)))
        assert ([{}], []) == ([c.reaches for c in found.checked], found.codes)


def test_old_decisions_do_not_count_for_a_new_version() -> None:
    for kind in (Kind.OVERRIDE, Kind.REVIEW_OUTCOME, Kind.RECORD_BATCH, Kind.RELEASE):
        found = checked(signed(claim_of_kind(kind)), about=profile(version="2.0.2"))
        assert ["wrong_version"] == found.codes


@pytest.mark.parametrize(
    ("kind", "more", "says"),
    [
        (Kind.WAIVER, {"rung": "asserted"}, "raises no rung"),
        (Kind.OVERRIDE, {"rung": None}, "`rung` is missing"),
        (Kind.OVERRIDE, {"override": None}, "needs `override`"),
        (Kind.DOCUMENT, {"waiver": {"of": "x", "reason": "y", "owner": "z"}}, "belongs to"),
        (Kind.RELEASE, {"version": "2.0.2"}, "names version 2.0.1"),
        (Kind.RELEASE, {"release": {"purl": "pkg:generic/loan-score"}}, "package URL"),
        (Kind.TEST_RESULT, {"test": {"result": "pass", "failed": ["a"]}}, "no pass"),
        (Kind.TEST_RESULT, {"test": {"passed": ["a"], "warned": ["a"]}}, "twice"),
        (Kind.TEST_RESULT, {"test": {"configuration": [{"name": "p"}]}}, "no digest"),
        (Kind.ATTRIBUTE, {"attributes": []}, "attributes"),
        (
            Kind.INCIDENT,
            {
                "incident": {
                    "aware_at": "2026-11-01T00:00:00Z",
                    "occurred_at": "2026-11-01T00:00:01Z",
                    "severity": "low",
                    "state": "open",
                }
            },
            "before it occurred",
        ),
    ],
)
def test_claims_that_are_refused(kind: Kind, more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput) as caught:
        signed(claim_of_kind(kind, **more))
    assert says in str(caught.value)


def test_envelopes_from_before_these_types_still_open() -> None:
    """Real envelopes of all seven kinds that there were, and the keys that signed them."""
    folder = Path(__file__).parent / "old_form"
    opened = open_folder(folder, read_trust(folder / "trust.yaml"))
    assert () == opened.refused
    assert {str(k) for k in OLD_KINDS} - {"external_report", "certificate"} == {
        str(i.claim.kind) for i in opened.items if not i.claim.detail.keys() & {"soc2", "iso"}
    }
    assert {"external_report", "certificate"} == {
        str(i.claim.kind) for i in opened.items if i.claim.detail.keys() & {"soc2", "iso"}
    }
