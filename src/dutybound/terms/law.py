"""Law as values: acts, versions, rules and their texts.

A condition is kept as a nested sequence; its first member names the form (`all`, `has`, `term`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeAlias

Condition: TypeAlias = Sequence[Any]

THINGS: Final = ("party", "use", "place", "data", "model")
KINDS: Final = (
    "term",
    "prohibition",
    "duty",
    "permission",
    "right",
    "relief",
    "exclusion",
    "transition",
    "penalty",
    "supervision",
    "note",
)
NATURES: Final = (
    "binding_law",
    "supervisory_guidance",
    "voluntary_framework",
    "certifiable_standard",
    "attestation_criteria",
    "internal_policy",
    "contract",
)
MUST_NATURES: Final = ("binding_law", "internal_policy", "contract")
STATUSES: Final = (
    "in_force",
    "partially_effective",
    "enacted_not_effective",
    "in_force_enforcement_stayed",
    "repealed",
    "rescinded",
    "withdrawn",
    "vetoed",
    "bill",
    "proposed",
    "draft",
    "guidance_non_binding",
    "voluntary",
    "litigation_pending",
)
NOT_LAW: Final = frozenset({"vetoed", "bill", "proposed", "draft"})
GRADES: Final = ("A", "B", "C", "unverified")
READING_STATUSES: Final = (
    "text",
    "official_guidance",
    "case_law",
    "commentary",
    "draft_guidance",
)
ALWAYS: Final[Condition] = ("always",)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an act's text."""

    id: str
    published: date
    in_force: date
    cite: str


@dataclass(frozen=True, slots=True)
class NamedDate:
    """A date that an act names. Either `values` (by version) or `choose` (by facts)."""

    name: str
    cite: str
    values: tuple[tuple[str, date], ...] = ()
    choose: tuple[tuple[Condition, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ExceptionText:
    """An exception beside a general rule."""

    id: str
    pinpoint: str
    grade: str
    when: Condition


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a rule says from one version of its act on.

    formal, effective, until: an ISO date or the name of a date of the act.
    detail: what has to be done and everything else that views print.
    """

    version: str
    grade: str
    pinpoint: str
    formal: str | None
    effective: str | None
    until: str | None
    when: Condition
    exceptions: tuple[ExceptionText, ...]
    defer: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with all its texts, oldest first."""

    id: str
    act: str
    kind: str
    title: str
    nature: str
    over: tuple[str, ...]
    owed_by: str | None
    gated: bool
    reason: str | None
    show: str | None
    targets: tuple[str, ...]
    saves: tuple[str, ...]
    shield: bool
    extent: tuple[str, ...]
    until_reason: str | None
    deleted_by: str | None
    legal_status: str
    enforcement_status: str
    disputes: tuple[str, ...]
    texts: tuple[RuleText, ...]
    file: str = field(compare=False, default="")
    line: int = field(compare=False, default=0)


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer to a dispute."""

    id: str
    says: str
    status: str
    cite: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Dispute:
    """A question on which readings differ."""

    id: str
    question: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """An instrument: a law, guidance, a framework, an own policy.

    reach: `place` (the use must touch the territory) or `established` (a party that is established
    in the territory is reached wherever it uses the system).
    """

    id: str
    title: str
    market: str
    territory: str
    nature: str
    legal_status: str
    enforcement_status: str
    grade: str
    cite: str
    checked_on: date
    legal_review: str
    scope: Condition
    reach: str
    versions: tuple[Version, ...]
    until: date | None
    until_reason: str | None
    dates: dict[str, NamedDate]
    penalties: dict[str, dict[str, Any]]
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FactType:
    """A fact that a profile may state."""

    id: str
    thing: str
    name: str
    type: str
    ask: str
    values: dict[str, str]
    exclusive: frozenset[str]
    judgement: bool
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Constraint:
    """Statements that cannot hold together.

    derives: whether an unknown fact follows from the others. Not where the law, and not the
    vocabulary, says which purposes matter: then only what is stated is held against each other.
    """

    says: str
    when: Condition
    derives: bool = True


@dataclass(frozen=True, slots=True)
class Content:
    """All content: facts, places, acts, rules, disputes, with its digest.

    behind, aims: what stands behind each rule, and by kind which exclusions, transitions and
    reliefs target it, where that was worked out before (see `rules.compiled`, `rules.targets`).
    """

    version: str
    sha256: str
    checked_on: date
    facts: dict[str, FactType]
    events: dict[str, str]
    constraints: tuple[Constraint, ...]
    places: dict[str, str]
    whole: tuple[str, ...]
    acts: dict[str, Act]
    rules: dict[str, Rule]
    disputes: dict[str, Dispute]
    behind: dict[str, tuple[tuple[str, ...], bool, bool]] = field(
        default_factory=dict, compare=False
    )
    aims: dict[str, dict[str, list[str]]] = field(default_factory=dict, compare=False)
