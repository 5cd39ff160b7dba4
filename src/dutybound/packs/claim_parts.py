"""The parts of a claim that belong to one kind of evidence each. Closed."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from dutybound.packs.shapes import Closed, Day, Digest, Moment, Name, Text, VersionText, like
from dutybound.terms.evidence import EvidenceKind

Label = Annotated[str, Field(min_length=1, max_length=300)]
Values = dict[Label, float | int | str | bool]
Count = Annotated[int, Field(ge=0)]
Purl = Annotated[
    str,
    like(
        r"pkg:[A-Za-z][A-Za-z0-9.+-]*/[^\s@?#]+@[^\s@?#]+(\?[^\s#]*)?",
        "is a package URL with a version such as pkg:generic/name@1.0",
    ),
]


class Resource(Closed):
    """Something by its digest. In a claim file the digest of a file beside it may be left out."""

    name: Label
    sha256: Digest | None = None
    uri: Text | None = None


class ContentOf(Closed):
    """The content of dutybound that was judged by."""

    version: VersionText
    sha256: Digest


class PolicyOf(Closed):
    """A policy that a decision went by."""

    name: Label
    version: VersionText | None = None
    sha256: Digest


class Basis(Closed):
    """What a decision or a result rests on: versions, digests and days."""

    content: ContentOf | None = None
    policies: tuple[PolicyOf, ...] = ()
    profile_sha256: Digest | None = None
    as_of: Day | None = None
    known_on: Day | None = None
    tool: Text | None = None


class TestRun(Closed):
    """What a test result rests on. configuration: plan and data, by digest."""

    __test__ = False

    method: Text | None = None
    result: Literal["pass", "fail", "inconclusive"] | None = None
    measured: dict[str, float | int | str | bool] = Field(default_factory=dict)
    tool: Text | None = None
    data: Text | None = None
    configuration: tuple[Resource, ...] = ()
    passed: tuple[Label, ...] = ()
    warned: tuple[Label, ...] = ()
    failed: tuple[Label, ...] = ()
    url: Text | None = None


class ApprovalOf(Closed):
    """What was approved, and whose work it is. of: the id of a claim, or a plain name.

    arguments: those of the action that was approved, so that nothing else is.
    """

    of: Text
    work_author: Name
    decision: Literal["approved", "approved_with_conditions", "refused"]
    conditions: tuple[Text, ...] = ()
    arguments: Values = Field(default_factory=dict)


class RefusalOf(Closed):
    """What was refused, and why."""

    of: Text
    reason: Text
    work_author: Name | None = None
    arguments: Values = Field(default_factory=dict)


class OverrideOf(Closed):
    """A person decided otherwise than the system or a rule. of: the decision, by its id."""

    of: Text
    computed: Text
    decided: Text
    reason: Text
    arguments: Values = Field(default_factory=dict)


class ReviewOf(Closed):
    """What a person made of a decision that they reviewed. of: the decision, by its id."""

    of: Text
    outcome: Literal["upheld", "changed", "returned", "escalated"]
    reason: Text
    arguments: Values = Field(default_factory=dict)


class WaiverOf(Closed):
    """A gap that is borne until `valid_until`. of: the duty or control. owner: who bears it."""

    of: Text
    reason: Text
    owner: Name
    compensating: tuple[Text, ...] = ()


class IncidentOf(Closed):
    """What went wrong. aware_at: when it was known; statutory clocks run from there."""

    aware_at: Moment
    occurred_at: Moment | None = None
    severity: Literal["low", "medium", "high", "critical"]
    state: Literal["open", "contained", "closed"]
    affected: Text | None = None
    actions: tuple[Text, ...] = ()
    reported_to: tuple[Text, ...] = ()


class StopOf(Closed):
    """The stop switch. scope: what was stopped, or let run again."""

    scope: Text
    action: Literal["stopped", "resumed"]
    at: Moment
    reason: Text
    arguments: Values = Field(default_factory=dict)


class BatchFile(Closed):
    name: Label
    sha256: Digest
    rows: Count


class BatchOf(Closed):
    """The manifest of a batch of decision records.

    merkle_root: RFC 6962 root of the row hashes. previous: sha256 of the envelope of the manifest
    before. gaps: records that are known to be missing since then.
    """

    files: tuple[BatchFile, ...] = Field(min_length=1)
    rows: Count
    first_id: Label
    last_id: Label
    merkle_root: Digest
    previous: Digest | None = None
    gaps: Count


class ReleaseOf(Closed):
    purl: Purl
    package_id: Label | None = None


class AttributeOf(Closed):
    """An attribute, with the evidence for it."""

    attribute: Label
    conditions: Values = Field(default_factory=dict)
    target: Resource | None = None
    evidence: Resource | None = None


class ComputedOf(Closed):
    """What a command of dutybound computed. format: the `schema` of its JSON."""

    command: Label
    format: Label
    verdict: Values = Field(default_factory=dict)


class KeyChangeOf(Closed):
    """The key of a log changes. Keys are note verifier keys."""

    origin: Label
    old_key: Label
    new_key: Label
    tree_size: Count
    because: Literal["rotated", "compromised"]


class ErasureOf(Closed):
    """What was erased, by digest; the entries of the log stay."""

    erased: tuple[Digest, ...] = Field(min_length=1)
    what: Literal["file", "envelope", "key"]
    reason: Text


PARTS: Final = {
    EvidenceKind.TEST_RESULT: "test",
    EvidenceKind.APPROVAL: "approval",
    EvidenceKind.REFUSAL: "refusal",
    EvidenceKind.OVERRIDE: "override",
    EvidenceKind.REVIEW_OUTCOME: "review_outcome",
    EvidenceKind.WAIVER: "waiver",
    EvidenceKind.INCIDENT: "incident",
    EvidenceKind.STOP: "stop",
    EvidenceKind.RECORD_BATCH: "record_batch",
    EvidenceKind.RELEASE: "release",
    EvidenceKind.ATTRIBUTE: "attributes",
    EvidenceKind.COMPUTED_RESULT: "computed_result",
    EvidenceKind.LOG_KEY_CHANGE: "log_key_change",
    EvidenceKind.ERASURE: "erasure",
}
""" Kind of evidence to the part of a claim that belongs to it alone."""
OPTIONAL_PARTS: Final = frozenset({"test"})
