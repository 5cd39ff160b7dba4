"""The shape of a claim, and what the shape alone cannot say. Who signs it claims it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal
from urllib.parse import unquote

from pydantic import Field

from dutybound.packs.claim_parts import (
    OPTIONAL_PARTS,
    PARTS,
    ApprovalOf,
    AttributeOf,
    Basis,
    BatchOf,
    ComputedOf,
    ErasureOf,
    IncidentOf,
    KeyChangeOf,
    OverrideOf,
    RefusalOf,
    ReleaseOf,
    Resource,
    ReviewOf,
    StopOf,
    TestRun,
    WaiverOf,
)
from dutybound.packs.reading import Where
from dutybound.packs.reports import IsoCertificate, Soc2Report, wrong_in_iso, wrong_in_soc2
from dutybound.packs.shapes import (
    Closed,
    ControlId,
    Day,
    Digest,
    FileName,
    Moment,
    Name,
    Parties,
    RungWord,
    Text,
    VersionText,
)
from dutybound.terms.evidence import RECORDS, EvidenceKind, Handling

CLAIM: Final = "claim/1"
UNTIL: Final = {
    EvidenceKind.ATTESTATION: "An attestation needs `valid_until`: nobody's word counts for ever.",
    EvidenceKind.WAIVER: "A waiver needs `valid_until`, the last day on which it holds.",
}
FREE: Final = RECORDS | {EvidenceKind.RELEASE}
Problems = Iterator[tuple[Where, str]]


class ClaimBody(Closed):
    """What a claim says; the same in YAML and in a signed statement."""

    id: Name
    kind: EvidenceKind
    what: Text
    controls: tuple[ControlId, ...] = ()
    system: Name | None = None
    version: VersionText | None = None
    parties: Parties | None = None
    author: Name
    issuer: Name
    made_on: Day
    valid_from: Day | None = None
    valid_until: Day | None = None
    rung: RungWord | None = None
    handling: Handling = Handling.ORDINARY
    basis: Basis | None = None
    test: TestRun | None = None
    approval: ApprovalOf | None = None
    refusal: RefusalOf | None = None
    override: OverrideOf | None = None
    review_outcome: ReviewOf | None = None
    waiver: WaiverOf | None = None
    incident: IncidentOf | None = None
    stop: StopOf | None = None
    record_batch: BatchOf | None = None
    release: ReleaseOf | None = None
    attributes: Annotated[tuple[AttributeOf, ...], Field(min_length=1)] | None = None
    computed_result: ComputedOf | None = None
    log_key_change: KeyChangeOf | None = None
    erasure: ErasureOf | None = None
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


def wrong_in_claim_file(found: ClaimFile) -> Problems:
    """As `wrong_in_claim`, and what may be read but is no longer written."""
    if found.approval is not None and found.approval.decision == "refused":
        yield ("approval", "decision"), "A refusal is a kind of its own: `kind: refusal`."
    yield from wrong_in_claim(found)


def wrong_in_predicate(found: Predicate) -> Problems:
    """As `wrong_in_claim`, for what was signed."""
    report = found.soc2 or found.iso
    if found.soc2 is not None:
        yield from ((("soc2", *w), m) for w, m in wrong_in_soc2(found.soc2))
    if found.iso is not None:
        yield from ((("iso", *w), m) for w, m in wrong_in_iso(found.iso))
    if found.soc2 is not None and found.kind is not EvidenceKind.EXTERNAL_REPORT:
        yield ("soc2",), "A SOC 2 summary belongs to an external_report."
    if report is not None and found.parties is not None:
        yield ("parties",), "Whom a report is about stands in the report."
    if found.iso is not None and found.kind is not EvidenceKind.CERTIFICATE:
        yield ("iso",), "An ISO certificate belongs to a certificate."
    for where, resource in _resources(found):
        if resource.sha256 is None:
            yield where, f"`{resource.name}` has no digest."
    yield from wrong_in_claim(found, needs_controls=report is None)


def wrong_in_claim(found: ClaimBody, *, needs_controls: bool = True) -> Problems:
    """What the shape alone cannot say, each with its path."""
    yield from _rungs(found, needs_controls)
    if found.version is not None and found.system is None:
        yield ("version",), "A version needs the `system` that it is a version of."
    if found.kind in UNTIL and found.valid_until is None:
        yield ("kind",), UNTIL[found.kind]
    first = found.valid_from or found.made_on
    if found.valid_until is not None and found.valid_until < first:
        yield ("valid_until",), "It ends before it begins."
    yield from _parts(found)


def _rungs(found: ClaimBody, needs_controls: bool) -> Problems:
    for i, name in enumerate(found.controls):
        if name in found.controls[:i]:
            yield ("controls", i), f"The control `{name}` stands twice."
    if not found.kind.raises:
        if found.rung is not None:
            yield ("rung",), f"A {_word(found.kind)} raises no rung; leave `rung` out."
        return
    if needs_controls and not found.controls and found.kind not in FREE:
        yield ("controls",), "Name at least one control; see `dutybound controls list`."
    if found.rung is None and (found.controls or found.kind not in FREE):
        yield ("kind",), "The key `rung` is missing."


def _parts(found: ClaimBody) -> Problems:
    for kind, part in PARTS.items():
        there = getattr(found, part) is not None
        if there and kind is not found.kind:
            yield (part,), f"`{part}` belongs to a {_word(kind)}, not to a {_word(found.kind)}."
        if not there and kind is found.kind and part not in OPTIONAL_PARTS:
            yield ("kind",), f"A claim of this kind needs `{part}`; see the page on evidence."
    if found.test is not None:
        yield from _test(found.test)
    if found.release is not None and found.version is not None:
        stated = unquote(found.release.purl.partition("?")[0].rpartition("@")[2])
        if stated != found.version:
            yield ("release", "purl"), f"It names version {stated}, not {found.version}."
    if found.record_batch is not None:
        yield from _batch(found.record_batch)
    incident = found.incident
    occurred = None if incident is None else incident.occurred_at
    if incident is not None and occurred is not None and incident.aware_at < occurred:
        yield ("incident", "aware_at"), "It was known before it occurred."


def _word(kind: EvidenceKind) -> str:
    return str(kind).replace("_", " ")


def _test(test: TestRun) -> Problems:
    if test.failed and test.result == "pass":
        yield ("test", "result"), "A run in which tests failed is no pass."
    seen: set[str] = set()
    for part in ("passed", "warned", "failed"):
        for i, name in enumerate(getattr(test, part)):
            if name in seen:
                yield ("test", part, i), f"The test `{name}` stands twice."
            seen.add(name)


def _batch(batch: BatchOf) -> Problems:
    if sum(f.rows for f in batch.files) != batch.rows:
        yield ("record_batch", "rows"), "This is not the sum of the rows of its files."
    names = [f.name for f in batch.files]
    if len(set(names)) != len(names):
        yield ("record_batch", "files"), "A file stands twice."


def _resources(found: ClaimBody) -> Iterable[tuple[Where, Resource]]:
    if found.test is not None:
        for i, one in enumerate(found.test.configuration):
            yield ("test", "configuration", i), one
    for i, attribute in enumerate(found.attributes or ()):
        if attribute.target is not None:
            yield ("attributes", i, "target"), attribute.target
        if attribute.evidence is not None:
            yield ("attributes", i, "evidence"), attribute.evidence
