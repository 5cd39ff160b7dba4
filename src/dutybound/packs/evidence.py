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
    rung_of,
)
from dutybound.terms.evidence import Claim, Rung
from dutybound.terms.trust import Organisation, Relation, Revocation, Trust, TrustedKey

TRUST: Final = "trust/1"
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
