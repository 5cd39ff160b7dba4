"""Reads claims, SOC 2 summaries, ISO certificates and trust files: closed, with positions."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, Field

from dutybound.errors import BadInput, Problem
from dutybound.packs.claim_parts import PARTS
from dutybound.packs.claims import (
    ClaimFile,
    Predicate,
    wrong_in_claim_file,
    wrong_in_predicate,
)
from dutybound.packs.reading import Document, Where, decode, parse_yaml, read_bytes
from dutybound.packs.reports import IsoCertificate, Soc2Report, wrong_in_iso, wrong_in_soc2
from dutybound.packs.shapes import (
    Closed,
    Day,
    Digest,
    Name,
    Text,
    like,
    rung_of,
)
from dutybound.packs.validation import validate
from dutybound.terms.evidence import Claim, Rung
from dutybound.terms.trust import (
    Organisation,
    Relation,
    Revocation,
    Trust,
    TrustedAuthority,
    TrustedKey,
    TrustedLog,
    TrustedWitness,
)

TRUST: Final = "trust/1"
_LOG_KEY, _WITNESS_KEY = 1, 4  # types of note keys: Ed25519, and a cosignature with a time
Origin = Annotated[str, like(r"[^\s+]{1,200}", "is the name of a log: no space, no plus sign")]
Model = TypeVar("Model", bound=BaseModel)


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


class LogModel(Closed):
    origin: Origin
    key: Text
    valid_from: Day
    valid_until: Day | None = None
    revoked_on: Day | None = None


class WitnessModel(Closed):
    name: Text
    organisation: Text
    key: Text


class WitnessesModel(Closed):
    need: Annotated[int, Field(ge=1, strict=True)]
    keys: tuple[WitnessModel, ...] = Field(min_length=1)


class AuthorityModel(Closed):
    name: Text
    certificate: Text


class TrustFile(Closed):
    """`trust.yaml`."""

    dutybound: Literal["trust/1"]
    organisations: tuple[OrganisationModel, ...] = Field(min_length=1)
    keys: tuple[KeyModel, ...] = ()
    logs: tuple[LogModel, ...] = ()
    witnesses: WitnessesModel | None = None
    timestamp_authorities: tuple[AuthorityModel, ...] = ()
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
    return shaped(ClaimFile, document, wrong_in_claim_file)


def read_soc2(document: Document) -> Soc2Report:
    """A SOC 2 summary."""
    return shaped(Soc2Report, document, wrong_in_soc2)


def read_iso(document: Document) -> IsoCertificate:
    """An ISO certificate."""
    return shaped(IsoCertificate, document, wrong_in_iso)


def read_predicate(value: dict[str, Any], shown: str) -> Predicate:
    """The predicate of a signed statement, as closed as the YAML."""
    return shaped(Predicate, Document(shown, value), wrong_in_predicate)


def claim_of(found: Predicate, subject: dict[str, str]) -> Claim:
    """A predicate as a claim: still only what somebody says."""
    keys = {*PARTS.values(), "basis", "note"}
    detail: dict[str, Any] = found.model_dump(mode="json", include=keys, exclude_none=True)
    if found.soc2 is not None:
        detail["soc2"] = found.soc2
    if found.iso is not None:
        detail["iso"] = found.iso
    report = found.soc2 or found.iso
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
        rung=Rung.UNASSESSED if found.rung is None else rung_of(found.rung),
        handling=found.handling,
        subject=subject,
        detail=detail,
        parties=found.parties if report is None else report.parties,
    )


def read_trust(path: Path, shown: str | None = None) -> Trust:
    """A trust file. Raises BadInput with every problem."""
    name = str(path) if shown is None else shown
    document = parse_yaml(decode(read_bytes(path, name), name), name)
    model = shaped(TrustFile, document, _wrong_in_trust)
    organisations = {o.id: Organisation(o.id, o.name, o.relation) for o in model.organisations}
    seen = model.witnesses
    return Trust(
        name,
        organisations,
        {k.fingerprint: _key(k) for k in model.keys},
        logs=tuple(TrustedLog(**dict(one)) for one in model.logs),
        witnesses=tuple(TrustedWitness(**dict(one)) for one in seen.keys) if seen else (),
        quorum=seen.need if seen else 0,
        authorities=tuple(
            TrustedAuthority(one.name, base64.b64decode(one.certificate))
            for one in model.timestamp_authorities
        ),
    )


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
    yield from _wrong_in_log_parts(model)


def _wrong_in_log_parts(model: TrustFile) -> Iterator[tuple[Where, str]]:
    """What is wrong in logs, witnesses and authorities."""
    for i, log in enumerate(model.logs):
        yield from _wrong_note_key(log.key, _LOG_KEY, ("logs", i, "key"))
        if log.key in [other.key for other in model.logs[:i]]:
            yield ("logs", i, "key"), "This key stands twice."
    if model.witnesses is not None:
        witnesses = model.witnesses.keys
        if model.witnesses.need > len(witnesses):
            yield ("witnesses", "need"), f"There are only {len(witnesses)} witnesses."
        for i, witness in enumerate(witnesses):
            where: Where = ("witnesses", "keys", i, "key")
            yield from _wrong_note_key(witness.key, _WITNESS_KEY, where)
            same = (other.key.split("+", 2)[-1] for other in witnesses[:i])
            if witness.key.split("+", 2)[-1] in same:
                yield where, "This key stands twice."
    for i, authority in enumerate(model.timestamp_authorities):
        from cryptography.x509 import load_der_x509_certificate

        try:
            der = base64.b64decode(authority.certificate, validate=True)
            load_der_x509_certificate(der)
        except ValueError:
            yield (
                ("timestamp_authorities", i, "certificate"),
                "This is not base64 of a certificate in DER.",
            )


def _wrong_note_key(text: str, kind: int, where: Where) -> Iterator[tuple[Where, str]]:
    """A note verifier key is name+id+base64(type, key); the id is made from name and key."""
    name, _, rest = text.partition("+")
    found, _, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != 33 or raw[0] != kind or base64.b64encode(raw).decode() != encoded:
        what = "of a log" if kind == _LOG_KEY else "of a witness"
        yield where, f"This is not the note verifier key {what} (type {kind})."
    elif not name or sha256(name.encode() + b"\n" + raw).hexdigest()[:8] != found:
        yield where, "The id in the middle does not fit name and key."


def _wrong_key(key: KeyModel, where: Where) -> Iterator[tuple[Where, str]]:
    try:
        der = base64.b64decode(key.public_key, validate=True)
    except (ValueError, binascii.Error):
        yield (*where, "public_key"), "This is not base64 of a public key in DER."
        return
    if sha256(der).hexdigest() != key.fingerprint:
        yield (*where, "fingerprint"), "This is not the sha256 of `public_key`."
