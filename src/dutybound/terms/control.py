"""Controls, frameworks and the relationships between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dutybound.terms.evidence import EvidenceKind, Rung


class Relationship(StrEnum):
    """How one element relates to another, read from source to target (NIST IR 8477, OSCAL 1.2)."""

    EQUAL = "equal-to"
    EQUIVALENT = "equivalent-to"
    SUPERSET = "superset-of"
    SUBSET = "subset-of"
    INTERSECTS = "intersects-with"
    NONE = "no-relationship"


class ControlObject(StrEnum):
    """What a control is about: the object of the assessment, as ISO/IEC 17000 calls it.

    system: the version itself, the same for all who use it. use: what one party does with it.
    organisation: how a party works.
    """

    SYSTEM = "system"
    USE = "use"
    ORGANISATION = "organisation"


class Rationale(StrEnum):
    """On what a relationship rests."""

    SYNTACTIC = "syntactic"
    SEMANTIC = "semantic"
    FUNCTIONAL = "functional"


class Coverage(StrEnum):
    """How much of an element is covered. `unknown` is not `none`."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    UNKNOWN = "unknown coverage"


@dataclass(frozen=True, slots=True)
class Mapping:
    """One line of a crosswalk. strength: 1 to 10, a judgement; None if it follows by rule."""

    source: str
    target: str
    relationship: Relationship
    rationale: Rationale
    why: str
    strength: int | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """A clause, criterion, subcategory or pinpoint of a framework."""

    id: str
    title: str
    summary: str
    level: str
    parent: str | None
    assessable: bool
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework with its elements, in their own order. nature: as in `terms.law`.

    short: its name in a column. column: where `controls show` puts it side by side; None: below.
    """

    id: str
    title: str
    version: str
    nature: str
    effect: str
    source: str
    elements: dict[str, Element]
    short: str = ""
    column: int | None = None


@dataclass(frozen=True, slots=True)
class EvidenceNeed:
    """Evidence that a control asks for; it asks for all of its needs.

    freshness_days: how old it may be; None for no limit. any_of: needs of a control that share this
    name are alternatives, of which one is enough; None: it is asked for by itself.
    """

    kind: EvidenceKind
    what: str
    freshness_days: int | None
    rung: Rung
    any_of: str | None = None


@dataclass(frozen=True, slots=True)
class Soc2Note:
    """What a SOC 2 Type II report can show for a control: full, partial or none."""

    evidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Control:
    """A unified control. answers: prefixes of rule ids, cut at dots.

    required: the rung that a duty needs from it. sides: technical and organisational measures.
    security: ids of OWASP and ATLAS entries, by list. after: controls that it waits for.
    scope: all, high-risk, limited-risk or gpai. focus: what it brings about, in a few words.
    object: what evidence for it has to be about.
    """

    id: str
    domain: str
    title: str
    objective: str
    applies_to: tuple[str, ...]
    owner: str
    effort: str
    required: Rung
    answers: tuple[str, ...]
    technical: tuple[str, ...]
    organisational: tuple[str, ...]
    needs: tuple[EvidenceNeed, ...]
    documents: tuple[str, ...]
    measures: tuple[str, ...]
    soc2: Soc2Note
    security: dict[str, tuple[str, ...]]
    after: tuple[str, ...] = ()
    scope: str = "all"
    focus: str = ""
    object: ControlObject = ControlObject.ORGANISATION

    @property
    def rung_when_met(self) -> Rung:
        """The rung at which it stands at least when all that it asks for is there."""
        lowest: dict[str | int, Rung] = {}
        for place, need in enumerate(self.needs):
            name = place if need.any_of is None else need.any_of
            lowest[name] = min(lowest.get(name, need.rung), need.rung)
        return max([self.required, *lowest.values()])


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All controls and frameworks, and the crosswalks from controls to each framework."""

    domains: dict[str, str]
    controls: dict[str, Control]
    frameworks: dict[str, Framework]
    crosswalks: dict[str, tuple[Mapping, ...]]
