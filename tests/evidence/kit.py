"""A small catalogue, two persons with keys, and a claim that holds: what the tests start from."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

from dutybound.assess.intake import check_evidence
from dutybound.assess.keys import public_half
from dutybound.assess.opening import open_all
from dutybound.assess.signing import sign_predicate
from dutybound.interchange.dsse import PrivateKey, new_key, public_der, sign, write_envelope
from dutybound.interchange.strict_json import canonical
from dutybound.terms.control import (
    Catalogue,
    Control,
    EvidenceNeed,
    Mapping,
    Rationale,
    Relationship,
    Soc2Note,
)
from dutybound.terms.evidence import Checked, EvidenceKind, Refused, Rung
from dutybound.terms.system import Profile
from dutybound.terms.trust import Organisation, Relation, Trust, TrustedKey

DAY: Final = date(2026, 11, 23)
FILE: Final = {"report.pdf": "ab" * 32}
PEOPLE: Final = {
    "alice": "acme",
    "bob": "acme",
    "vera": "cloudco",
    "iris": "outside-lab",
    "mallory": "acme",
}
ORGANISATIONS: Final = {
    "acme": Organisation("acme", "Acme", Relation.OWN),
    "cloudco": Organisation("cloudco", "Cloud", Relation.VENDOR),
    "outside-lab": Organisation("outside-lab", "Laboratory", Relation.INDEPENDENT),
}


def control(name: str, soc2: str = "none", *needs: EvidenceNeed) -> Control:
    """A control of which only the evidence matters."""
    return Control(
        id=name,
        domain=name.rpartition("-")[0],
        title=f"Control {name}",
        objective="",
        applies_to=(),
        owner="",
        effort="",
        required=Rung.TESTED,
        answers=(),
        technical=(),
        organisational=(),
        needs=needs,
        documents=(),
        measures=(),
        soc2=Soc2Note(soc2, f"Note on {name}."),
        security={},
    )


def mapping(source: str, target: str, relationship: Relationship) -> Mapping:
    """A line of a crosswalk."""
    return Mapping(source, target, relationship, Rationale.SEMANTIC, "why")


@cache
def small_catalogue() -> Catalogue:
    """Controls: full, partial and no SOC 2 evidence; one that asks for fresh tests."""
    fresh = EvidenceNeed(EvidenceKind.TEST_RESULT, "tests", 90, Rung.TESTED)
    paper = EvidenceNeed(EvidenceKind.TEST_RESULT, "a test on paper", None, Rung.DOCUMENTED)
    controls = (
        control("DB-SEC-01", "full"),
        control("DB-SEC-02", "full"),
        control("DB-MON-01", "partial"),
        control("DB-PRI-01", "partial"),
        control("DB-HUM-01", "none"),
        control("DB-FAI-01", "none", fresh),
        control("DB-DOC-01", "none", paper),
    )
    lines = {
        "soc2": [
            ("DB-SEC-01", "CC6.1"),
            ("DB-SEC-01", "CC6.2"),
            ("DB-SEC-02", "soc2.CC6.4"),
            ("DB-MON-01", "CC7.2"),
            ("DB-MON-01", "CC7.3"),
            ("DB-PRI-01", "P4.1"),
            ("DB-HUM-01", "CC1.4"),
        ],
        "iso-42001": [("DB-DOC-01", "A.6.2.7"), ("DB-MON-01", "iso-42001.A.6.2.6")],
    }
    kinds = {"A.6.2.7": Relationship.EQUIVALENT}
    crosswalks = {
        name: tuple(mapping(s, t, kinds.get(t, Relationship.INTERSECTS)) for s, t in pairs)
        for name, pairs in lines.items()
    }
    return Catalogue({}, {c.id: c for c in controls}, {}, crosswalks)


@cache
def key_of(person: str) -> PrivateKey:
    """The key of a person; the same in all tests of a run."""
    return new_key()


def trusted(person: str, **more: Any) -> TrustedKey:
    """The entry of a person in the trust file."""
    key = key_of(person)
    return TrustedKey(
        **{
            "fingerprint": public_half(key).fingerprint,
            "public": public_der(key),
            "person": person,
            "organisation": PEOPLE[person],
            "role": "tester",
            "valid_from": date(2026, 1, 1),
            "valid_until": date(2027, 12, 31),
            **more,
        }
    )


def trust_in(*keys: TrustedKey) -> Trust:
    """A trust file with these keys; with all but mallory's if none is named."""
    chosen = keys or tuple(trusted(p) for p in PEOPLE if p != "mallory")
    return Trust("trust.yaml", ORGANISATIONS, {k.fingerprint: k for k in chosen})


def profile(name: str = "loan-score", version: str | None = "2.0.1") -> Profile:
    """A system of which only the name matters."""
    detail = {} if version is None else {"version": version}
    return Profile(name, name, "system.yaml", "", {}, (), (), (), (), (), False, detail=detail)


def predicate(**more: Any) -> dict[str, Any]:
    """A test result by alice that holds on DAY. None removes a key."""
    found = {
        "id": "test-1",
        "kind": "test_result",
        "what": "a test",
        "controls": ["DB-FAI-01"],
        "system": "loan-score",
        "version": "2.0.1",
        "author": "alice",
        "issuer": "acme",
        "made_on": "2026-11-02",
        "valid_until": "2027-03-31",
        "rung": "tested",
        "test": {"method": "hold-out", "result": "pass"},
        **more,
    }
    return {k: v for k, v in found.items() if v is not None}


def signed(
    value: dict[str, Any] | None = None,
    *,
    by: str | None = None,
    at: datetime = datetime(2026, 11, 3, 9, tzinfo=UTC),
    subject: dict[str, str] | None = None,
) -> bytes:
    """An envelope; by its author unless another signs."""
    body = predicate() if value is None else value
    names = FILE if subject is None else subject
    return write_envelope(
        sign_predicate(body, dict(names), key_of(by or body["author"]), at, "claim.yaml")
    )


def signed_in_the_old_form(
    value: dict[str, Any] | None = None, subject: dict[str, str] | None = None
) -> bytes:
    """An envelope as they were until 2026.11: the claim alone, under a type per kind."""
    body = {**(predicate() if value is None else value), "signed_at": "2026-11-03T09:00:00Z"}
    names = FILE if subject is None else subject
    payload = canonical(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": n, "digest": {"sha256": d}} for n, d in sorted(names.items())],
            "predicateType": f"urn:dutybound:evidence:{body['kind']}:1",
            "predicate": body,
        }
    )
    return write_envelope(sign(payload, key_of(body["author"])))


def claim_in(statement: dict[str, Any]) -> dict[str, Any]:
    """The claim in a statement, whichever predicate carries it."""
    whole: dict[str, Any] = statement["predicate"]
    claim: dict[str, Any] = whole.get("dutybound", whole)
    return claim


@dataclass
class Outcome:
    """What came of a check."""

    checked: list[Checked]
    refused: list[Refused]
    codes: list[str] = field(init=False)
    reaches: dict[str, str] = field(init=False)
    partial: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.codes = [r.code for r in self.refused]
        self.reaches = {k: v.word for c in self.checked for k, v in c.reaches.items()}
        self.partial = {k: v.word for c in self.checked for k, v in c.partial.items()}


def checked(
    *raw: bytes,
    trust: Trust | None = None,
    about: Profile | None = None,
    as_of: date = DAY,
    organisation: bool = False,
    **more: Any,
) -> Outcome:
    """Check envelopes for a system, or for the whole organisation."""
    opened = open_all([(f"{i}.dsse.json", r) for i, r in enumerate(raw)], trust or trust_in())
    system = None if organisation else about or profile()
    more.setdefault("name_marked", True)
    return Outcome(*check_evidence(opened, small_catalogue(), system, as_of, **more))


def envelope(raw: bytes) -> dict[str, Any]:
    """An envelope as JSON values."""
    found: dict[str, Any] = json.loads(raw)
    return found
