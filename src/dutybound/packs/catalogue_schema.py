"""The closed shapes of control, framework and crosswalk files. Any key not here is refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from dutybound.packs.schema import Closed, Nature, Text
from dutybound.terms.control import ControlObject, Rationale, Relationship
from dutybound.terms.evidence import EvidenceKind, Rung

RUNGS = {rung.word: rung for rung in Rung}
Scope = Literal["all", "high-risk", "limited-risk", "gpai"]
Role = Literal["provider", "deployer", "importer", "distributor", "authorised-representative"]


def _rung(value: object) -> object:
    if isinstance(value, str) and value in RUNGS:
        return RUNGS[value]
    raise ValueError(f"is one of {', '.join(RUNGS)}, not `{value}`")


def _plain_id(value: object) -> object:
    return str(value) if isinstance(value, int | float) else value


def _one_line(value: str) -> str:
    if value != value.strip() or "\n" in value:
        raise ValueError("is one line without blanks at its ends")
    return value


RungName = Annotated[Rung, BeforeValidator(_rung)]
Line = Annotated[Text, AfterValidator(_one_line)]
ElementId = Annotated[str, BeforeValidator(_plain_id), Field(pattern=r"^[A-Za-z0-9][\w.()&-]*$")]
ControlId = Annotated[str, Field(pattern=r"^[A-Z]{2,4}-[A-Z]{3}-[0-9]{2}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
RuleStem = Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][A-Za-z0-9]+)*$")]


def _raising(kind: EvidenceKind) -> EvidenceKind:
    if not kind.raises or kind.counts_as is not kind:
        raise ValueError(f"is not met by a {kind}: ask for a kind that raises a rung of its own")
    return kind


class NeedModel(Closed):
    """One piece of evidence that a control asks for. Those that share `any_of` are alternatives."""

    kind: Annotated[EvidenceKind, AfterValidator(_raising)]
    what: Line
    freshness_days: Annotated[int, Field(ge=1)] | None = None
    rung: RungName
    any_of: Slug | None = None


class Soc2Model(Closed):
    """What a SOC 2 Type II report can show."""

    evidence: Literal["full", "partial", "none"]
    note: Line


class ControlModel(Closed):
    """One control."""

    id: ControlId
    title: Line
    objective: Line
    focus: Line
    applies_to: Annotated[list[Role], Field(min_length=1)]
    scope: Scope = "all"
    object: ControlObject
    owner: Slug
    effort: Literal["S", "M", "L"]
    required: RungName
    answers: list[RuleStem] = []
    technical: Annotated[list[Line], Field(min_length=1)]
    organisational: Annotated[list[Line], Field(min_length=1)]
    needs: Annotated[list[NeedModel], Field(min_length=1)]
    documents: list[Slug] = []
    measures: list[Slug] = []
    soc2: Soc2Model
    security: dict[Slug, list[Line]] = {}
    after: list[ControlId] = []


class DomainFile(Closed):
    """A file of `controls/`: one domain."""

    domain: Annotated[str, Field(pattern=r"^[A-Z]{2,4}-[A-Z]{3}$")]
    title: Line
    controls: Annotated[list[ControlModel], Field(min_length=1)]


class UnansweredModel(Closed):
    """Rules that no control answers, and why."""

    rules: RuleStem
    why: Line


class UnansweredFile(Closed):
    """`controls/unanswered.yaml`."""

    unanswered: list[UnansweredModel]


class ElementDetail(Closed):
    """More about an element. rules: stems of rule ids; points: ids in related publications."""

    rules: list[RuleStem] = []
    label: Line | None = None
    oscal_id: Line | None = None
    playbook: Line | None = None
    category: Line | None = None
    subcategory: Line | None = None
    risks: list[Slug] = []
    section: Line | None = None
    added_by: Line | None = None


class ElementModel(Closed):
    """A clause, criterion, subcategory or pinpoint."""

    id: ElementId
    title: Line
    summary: str = ""
    level: Slug
    parent: ElementId | None = None
    assessable: bool = True
    detail: ElementDetail = ElementDetail()


class MappingModel(Closed):
    """One line of a crosswalk."""

    source: ControlId
    target: Line
    relationship: Relationship
    strength: Annotated[int, Field(ge=1, le=10)] | None = None
    matching_rationale: Annotated[Rationale, Field(alias="matching-rationale")]
    why: Line


class FrameworkFile(Closed):
    """`framework.yaml`. mappings: only in a framework of a user's own, in the same file.

    short, column: its name and its place when frameworks stand side by side.
    """

    framework: Slug
    title: Line
    version: Annotated[str, BeforeValidator(_plain_id)]
    nature: Nature
    effect: Line
    source: Line
    short: Line | None = None
    column: Annotated[int, Field(ge=1, le=4)] | None = None
    elements: Annotated[list[ElementModel], Field(min_length=1)]
    mappings: list[MappingModel] = []


class CrosswalkFile(Closed):
    """A file of `crosswalks/`."""

    crosswalk: Annotated[str, Field(pattern=r"^controls--[a-z0-9-]+$")]
    framework: Slug
    method: Line
    reviewed: Line
    mappings: list[MappingModel]
