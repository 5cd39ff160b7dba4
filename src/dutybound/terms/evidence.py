"""Evidence: what it is, how high it reaches, and the type that says it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any, Final, TypeAlias


class Rung(IntEnum):
    """The ladder of fulfilment. Nothing climbs without evidence valid on the day asked about."""

    UNASSESSED = 0
    ASSERTED = 1
    DOCUMENTED = 2
    OBSERVED = 3
    TESTED = 4
    INDEPENDENTLY_VERIFIED = 5

    @property
    def word(self) -> str:
        """The rung as it is printed."""
        return self.name.lower()


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    DOCUMENT = "document"
    ATTESTATION = "attestation"
    TEST_RESULT = "test_result"
    EXTERNAL_REPORT = "external_report"
    APPROVAL = "approval"
    RECORD = "record"
    CERTIFICATE = "certificate"
    RELEASE = "release"
    ATTRIBUTE = "attribute"
    OVERRIDE = "override"
    REVIEW_OUTCOME = "review_outcome"
    RECORD_BATCH = "record_batch"
    WAIVER = "waiver"
    REFUSAL = "refusal"
    INCIDENT = "incident"
    STOP = "stop"
    COMPUTED_RESULT = "computed_result"
    LOG_KEY_CHANGE = "log_key_change"
    ERASURE = "erasure"

    @property
    def counts_as(self) -> EvidenceKind:
        """The kind whose limits hold for it: what people did and systems wrote is a record."""
        return EvidenceKind.RECORD if self in RECORDS else self

    @property
    def raises(self) -> bool:
        """Whether it can raise a rung at all."""
        return self not in NEVER_RAISES


RECORDS: Final = frozenset(
    {EvidenceKind.OVERRIDE, EvidenceKind.REVIEW_OUTCOME, EvidenceKind.RECORD_BATCH}
)
NEVER_RAISES: Final = frozenset(
    {
        EvidenceKind.WAIVER,
        EvidenceKind.REFUSAL,
        EvidenceKind.INCIDENT,
        EvidenceKind.STOP,
        EvidenceKind.COMPUTED_RESULT,
        EvidenceKind.LOG_KEY_CHANGE,
        EvidenceKind.ERASURE,
    }
)


# Kinds that can say something on the version of a system itself, which serves whoever uses it. The
# others say what an organisation did, decided or promised.
ABOUT_SYSTEMS: Final = frozenset(
    {
        EvidenceKind.TEST_RESULT,
        EvidenceKind.DOCUMENT,
        EvidenceKind.EXTERNAL_REPORT,
        EvidenceKind.CERTIFICATE,
        EvidenceKind.RELEASE,
        EvidenceKind.ATTRIBUTE,
    }
)
ALL_PARTIES: Final = ("all",)
Whom: TypeAlias = Mapping[str, frozenset[str]]


class Handling(StrEnum):
    """Who may see it. Self-tests and counsel's work never leave by default."""

    ORDINARY = "ordinary"
    SELF_TEST = "self_test"
    COUNSEL = "counsel"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a statement says, before anyone checked it.

    rung: the highest rung that it claims; unassessed for kinds that never raise one. controls:
    control ids. system, version: what it is about, None for the whole organisation. subject: name
    to sha256 of what it speaks of. author: the person who made it. issuer: the organisation behind
    it. covers: for external reports, control id to the rung it may reach there.
    parties: whom it says it is about, or `ALL_PARTIES`; None if it does not say.
    """

    id: str
    kind: EvidenceKind
    what: str
    controls: tuple[str, ...]
    system: str | None
    version: str | None
    author: str
    issuer: str
    made_on: date
    valid_from: date
    valid_until: date | None
    rung: Rung
    handling: Handling = Handling.ORDINARY
    subject: dict[str, str] = field(default_factory=dict)
    covers: dict[str, Rung] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)
    parties: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """Evidence that was checked: signature, system, version, dates, author, rung.

    Only `assess/intake.py` may construct it (a test holds this). reaches: control id to rung, for
    the whole control; empty for what stands on record only, such as a waiver. partial: control id
    to the rung that holds for a part of the control only; a part never stands for the whole. whom:
    control id to the parties of the system for which it counts; what is not named counts for none.
    None: nobody asked about a system with parties. examined: controls of `reaches` that an outside
    examination shows with all that they ask for, up to its rung.
    """

    claim: Claim
    reaches: dict[str, Rung]
    signer: str
    signed_at: datetime | None
    on: date
    partial: dict[str, Rung] = field(default_factory=dict)
    whom: Whom | None = None
    examined: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Refused:
    """Evidence that does not count, or counts for less, with the reason.

    control: None if the whole piece is refused. about: the controls that such a piece names, where
    its signer is known and it is about the system asked about. handling: the mark of the piece.
    whom: control id to the parties for which it would have counted; None: for all of them.
    """

    claim_id: str
    file: str
    control: str | None
    code: str
    reason: str
    about: tuple[str, ...] = ()
    handling: Handling = Handling.ORDINARY
    whom: Whom | None = None
