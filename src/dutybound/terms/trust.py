"""Whose signature counts: keys, the persons who hold them, and their organisations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Relation(StrEnum):
    """How an organisation stands to the one that keeps the evidence."""

    OWN = "own"
    VENDOR = "vendor"
    CLIENT = "client"
    INDEPENDENT = "independent"


class Revocation(StrEnum):
    """Why a key no longer counts. After `compromised` no signature of it counts at all."""

    RETIRED = "retired"
    COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation whose people may sign or issue evidence."""

    id: str
    name: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key and the person who holds it. fingerprint: sha256 of `public`, as hex."""

    fingerprint: str
    public: bytes
    person: str
    organisation: str
    role: str
    valid_from: date
    valid_until: date | None
    revoked_on: date | None = None
    revoked_because: Revocation = Revocation.COMPROMISED


@dataclass(frozen=True, slots=True)
class TrustedLog:
    """A log whose checkpoints count. key: a note verifier key, name+id+base64."""

    origin: str
    key: str
    valid_from: date
    valid_until: date | None = None
    revoked_on: date | None = None


@dataclass(frozen=True, slots=True)
class TrustedWitness:
    """Somebody who looks on at logs. key: a note verifier key of a cosigner."""

    name: str
    organisation: str
    key: str


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """Who stamps times (RFC 3161). certificate: DER, the signer's own or its issuer's."""

    name: str
    certificate: bytes


@dataclass(frozen=True, slots=True)
class Trust:
    """What `trust.yaml` says. keys: by fingerprint. quorum: how many witnesses must have signed."""

    file: str
    organisations: dict[str, Organisation] = field(default_factory=dict)
    keys: dict[str, TrustedKey] = field(default_factory=dict)
    logs: tuple[TrustedLog, ...] = ()
    witnesses: tuple[TrustedWitness, ...] = ()
    quorum: int = 0
    authorities: tuple[TrustedAuthority, ...] = ()

    def independent(self, organisation: str) -> bool:
        """Whether an organisation is a trusted one outside."""
        found = self.organisations.get(organisation)
        return found is not None and found.relation is Relation.INDEPENDENT
