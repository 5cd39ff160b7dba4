"""Reads claims, SOC 2 summaries, ISO certificates and trust files: closed, with positions."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, Field

from dutybound.errors import BadInput, Problem
from dutybound.packs.acts import validate
from dutybound.packs.reading import Document, Where, decode, parse_yaml, read_bytes
from dutybound.packs.reports import IsoCertificate, Soc2Report, wrong_in_iso, wrong_in_soc2
from dutybound.packs.shapes import (
    Closed,
    ControlId,
    Day,
    Digest,
    FileName,
    Moment,
    Name,
    RungWord,
    Text,
    VersionText,
    rung_of,
)
from dutybound.terms.evidence import Claim, EvidenceKind, Handling, Rung
from dutybound.terms.trust import Organisation, Relation, Revocation, Trust, TrustedKey

CLAIM: Final = "claim/1"
TRUST: Final = "trust/1"
Model = TypeVar("Model", bound=BaseModel)


class TestRun(Closed):
    """What a test result rests on."""

    __test__ = False

    method: Text | None = None
    result: Literal["pass", "fail", "inconclusive"] | None = None
    measured: dict[str, float | int | str | bool] = Field(default_factory=dict)
    tool: Text | None = None
    data: Text | None = None


class ApprovalOf(Closed):
    """What was approved, and whose work it is. of: the id of a claim, or a plain name."""

    of: Text
    work_author: Name
    decision: Literal["approved", "approved_with_conditions", "refused"]
    conditions: tuple[Text, ...] = ()


class ClaimBody(Closed):
    """What a claim says; the same in YAML and in a signed statement."""

    id: Name
    kind: EvidenceKind
    what: Text
    controls: tuple[ControlId, ...] = ()
    system: Name | None = None
    version: VersionText | None = None
    author: Name
    issuer: Name
    made_on: Day
    valid_from: Day | None = None
    valid_until: Day | None = None
    rung: RungWord
    handling: Handling = Handling.ORDINARY
    test: TestRun | None = None
    approval: ApprovalOf | None = None
    note: Text | None = None


class ClaimFile(ClaimBody):
    """A YAML file that `evidence sign` signs. files: beside it, digested when it is signed."""

    dutybound: Literal["claim/1"]
    files: tuple[FileName, ...] = ()
    subject: dict[str, Digest] = Field(default_factory=dict)


class Predicate(ClaimBody):
    """The predicate of a signed statement."""

    signed_at: Moment
    soc2: Soc2Report | None = None
    iso: IsoCertificate | None = None


class OrganisationModel(Closed):
    id: Name
    name: Text
    relation: Relation


class KeyModel(Closed):
    fingerprint: Digest
    public_key: Text
    person: Name
    organisation: Name
    role: Text
    valid_from: Day
    valid_until: Day | None = None
    revoked_on: Day | None = None
    revoked_because: Revocation | None = None


class TrustFile(Closed):
    """`trust.yaml`."""

    dutybound: Literal["trust/1"]
    organisations: tuple[OrganisationModel, ...] = Field(min_length=1)
    keys: tuple[KeyModel, ...] = ()
    note: Text | None = None


# ---------------------------------------------------------------------- reading
def kind_of_file(path: Path, shown: str | None = None) -> tuple[Document, str]:
    """A YAML file and what its key `dutybound` says that it is ("" if it says nothing)."""
    name = str(path) if shown is None else shown
    document = parse_yaml(decode(read_bytes(path, name), name), name)
    root = document.value
    stated = root.get("dutybound") if isinstance(root, dict) else None
    return document, stated if isinstance(stated, str) else ""


def shaped(model: type[Model], document: Document, more: Any = None) -> Model:
    """A document in a closed shape. Raises BadInput with every problem.

    more: finds what the shape alone cannot say; gives pairs of path and message.
    """
    problems: list[Problem] = []
    found = validate(model, document, problems)
    if found is not None and more is not None:
        problems.extend(document.problem(where, message) for where, message in more(found))
    if found is None or problems:
        raise BadInput(sorted(set(problems)))
    return found


def read_claim(document: Document) -> ClaimFile:
    """A claim file."""
    return shaped(ClaimFile, document, wrong_in_claim)


def read_soc2(document: Document) -> Soc2Report:
    """A SOC 2 summary."""
    return shaped(Soc2Report, document, wrong_in_soc2)


def read_iso(document: Document) -> IsoCertificate:
    """An ISO certificate."""
    return shaped(IsoCertificate, document, wrong_in_iso)


def read_predicate(value: dict[str, Any], shown: str) -> Predicate:
    """The predicate of a signed statement, as closed as the YAML."""
    return shaped(Predicate, Document(shown, value), _wrong_in_predicate)


def _wrong_in_predicate(found: Predicate) -> Iterator[tuple[Where, str]]:
    report = found.soc2 or found.iso
    if found.soc2 is not None:
        yield from ((("soc2", *w), m) for w, m in wrong_in_soc2(found.soc2))
    if found.iso is not None:
        yield from ((("iso", *w), m) for w, m in wrong_in_iso(found.iso))
    if found.soc2 is not None and found.kind is not EvidenceKind.EXTERNAL_REPORT:
        yield ("soc2",), "A SOC 2 summary belongs to an external_report."
    if found.iso is not None and found.kind is not EvidenceKind.CERTIFICATE:
        yield ("iso",), "An ISO certificate belongs to a certificate."
    yield from wrong_in_claim(found, needs_controls=report is None)


def wrong_in_claim(found: ClaimBody, *, needs_controls: bool = True) -> Iterator[tuple[Where, str]]:
    """What the shape alone cannot say, each with its path."""
    if needs_controls and not found.controls:
        yield ("controls",), "Name at least one control; see `dutybound controls list`."
    for i, name in enumerate(found.controls):
        if name in found.controls[:i]:
            yield ("controls", i), f"The control `{name}` stands twice."
    if found.version is not None and found.system is None:
        yield ("version",), "A version needs the `system` that it is a version of."
    if found.kind is EvidenceKind.ATTESTATION and found.valid_until is None:
        yield ("kind",), "An attestation needs `valid_until`: nobody's word counts for ever."
    first = found.valid_from or found.made_on
    if found.valid_until is not None and found.valid_until < first:
        yield ("valid_until",), "It ends before it begins."
    if found.test is not None and found.kind is not EvidenceKind.TEST_RESULT:
        yield ("test",), f"`test` belongs to a test_result, not to a {found.kind}."
    if found.approval is not None and found.kind is not EvidenceKind.APPROVAL:
        yield ("approval",), f"`approval` belongs to an approval, not to a {found.kind}."
    if found.approval is None and found.kind is EvidenceKind.APPROVAL:
        yield ("kind",), "An approval needs `approval`: of what, whose work, which decision."


def claim_of(found: Predicate, subject: dict[str, str]) -> Claim:
    """A predicate as a claim: still only what somebody says."""
    keys = ("test", "approval", "note")
    plain = found.model_dump(mode="json", include=set(keys), exclude_none=True)
    detail: dict[str, Any] = {k: plain[k] for k in keys if k in plain}
    if found.soc2 is not None:
        detail["soc2"] = found.soc2
    if found.iso is not None:
        detail["iso"] = found.iso
    return Claim(
        id=found.id,
        kind=found.kind,
        what=found.what,
        controls=found.controls,
        system=found.system,
        version=found.version,
        author=found.author,
        issuer=found.issuer,
        made_on=found.made_on,
        valid_from=found.valid_from or found.made_on,
        valid_until=found.valid_until,
        rung=Rung(rung_of(found.rung)),
        handling=found.handling,
        subject=subject,
        detail=detail,
    )


def read_trust(path: Path, shown: str | None = None) -> Trust:
    """A trust file. Raises BadInput with every problem."""
    name = str(path) if shown is None else shown
    document = parse_yaml(decode(read_bytes(path, name), name), name)
    model = shaped(TrustFile, document, _wrong_in_trust)
    organisations = {o.id: Organisation(o.id, o.name, o.relation) for o in model.organisations}
    return Trust(name, organisations, {k.fingerprint: _key(k) for k in model.keys})


def _key(model: KeyModel) -> TrustedKey:
    return TrustedKey(
        fingerprint=model.fingerprint,
        public=base64.b64decode(model.public_key),
        person=model.person,
        organisation=model.organisation,
        role=model.role,
        valid_from=model.valid_from,
        valid_until=model.valid_until,
        revoked_on=model.revoked_on,
        revoked_because=model.revoked_because or Revocation.COMPROMISED,
    )


def _wrong_in_trust(model: TrustFile) -> Iterator[tuple[Where, str]]:
    names = [o.id for o in model.organisations]
    for i, name in enumerate(names):
        if name in names[:i]:
            yield ("organisations", i, "id"), f"The organisation `{name}` stands twice."
    prints = [k.fingerprint for k in model.keys]
    for i, key in enumerate(model.keys):
        where: Where = ("keys", i)
        if key.organisation not in names:
            yield (*where, "organisation"), f"`{key.organisation}` is not among `organisations`."
        if key.fingerprint in prints[:i]:
            yield (*where, "fingerprint"), "This key stands twice."
        if key.revoked_because is not None and key.revoked_on is None:
            yield (*where, "revoked_because"), "Since when? Give `revoked_on`."
        yield from _wrong_key(key, where)


def _wrong_key(key: KeyModel, where: Where) -> Iterator[tuple[Where, str]]:
    try:
        der = base64.b64decode(key.public_key, validate=True)
    except (ValueError, binascii.Error):
        yield (*where, "public_key"), "This is not base64 of a public key in DER."
        return
    if sha256(der).hexdigest() != key.fingerprint:
        yield (*where, "fingerprint"), "This is not the sha256 of `public_key`."
