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
class Trust:
    """What `trust.yaml` says. keys: by fingerprint."""

    file: str
    organisations: dict[str, Organisation] = field(default_factory=dict)
    keys: dict[str, TrustedKey] = field(default_factory=dict)

    def independent(self, organisation: str) -> bool:
        """Whether an organisation is a trusted one outside."""
        found = self.organisations.get(organisation)
        return found is not None and found.relation is Relation.INDEPENDENT
