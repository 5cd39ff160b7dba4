"""The closed shapes of act and rule files. Any key that is not here is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from dutybound.terms.law import GRADES, KINDS, NATURES, READING_STATUSES, STATUSES, THINGS


def _one_of(values: Sequence[str]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in values:
            raise ValueError(f"is one of {', '.join(values)}, not `{value}`")
        return value

    return AfterValidator(check)


def _day(value: object) -> object:
    return str(value) if isinstance(value, int | float) else value


Kind = Annotated[str, _one_of(KINDS)]
Nature = Annotated[str, _one_of(NATURES)]
Status = Annotated[str, _one_of(STATUSES)]
Grade = Annotated[str, _one_of(GRADES)]
ThingName = Annotated[str, _one_of(THINGS)]
Enforcement = Literal["active", "stayed", "limited", "not_applicable", "unknown"]
Day = Annotated[date, BeforeValidator(_day)]
Text = Annotated[str, Field(min_length=1)]
DayOrName = Annotated[str, BeforeValidator(_day), Field(min_length=1)]


class Closed(BaseModel):
    """A mapping with known keys only."""

    model_config = ConfigDict(extra="forbid", strict=False)


class VersionModel(Closed):
    id: Text
    published: Day
    in_force: Day
    cite: Text


class DateValue(Closed):
    version: Text
    date: Day


class DateLine(Closed):
    when: Any
    date: DayOrName


class DateModel(Closed):
    cite: Text
    grade: Grade | None = None
    note: str | None = None
    values: list[DateValue] = Field(default_factory=list)
    choose: list[DateLine] = Field(default_factory=list)


class Cap(Closed):
    amount: float | None = None
    currency: str | None = None
    percent: float | None = None
    of: str | None = None
    per: str | None = None


class SizeRule(Closed):
    when: Any
    take: Literal["higher", "lower"]
    cite: Text


class PenaltyModel(Closed):
    cite: Text
    text: Text
    caps: list[Cap] = Field(default_factory=list)
    take: Literal["higher", "lower"] | None = None
    size: list[SizeRule] = Field(default_factory=list)
    national: bool = False
    note: str | None = None
    grade: Grade | None = None
    imposed_by: str | None = None


class ActFile(Closed):
    """`act.yaml`."""

    act: Text
    title: Text
    market: Literal["eu", "us", "uk", "own"]
    territory: Text
    nature: Nature
    legal_status: Status
    enforcement_status: Enforcement = "active"
    enforcement_note: str | None = None
    issuer: Text
    enforcer: str | None = None
    cite: Text
    source: dict[str, str] = Field(default_factory=dict)
    grade: Grade
    checked_on: Day
    legal_review: Text
    effect: str | None = None
    replaced_by: str | None = None
    note: str | None = None
    over: list[ThingName] = Field(default_factory=lambda: ["party", "use", "place"])
    scope: Any = "always"
    reach: Literal["place", "established"] = "place"
    versions: list[VersionModel] = Field(min_length=1)
    until: Day | None = None
    until_reason: Literal["repealed", "rescinded", "withdrawn", "superseded", "expired"] | None = (
        None
    )
    dates: dict[str, DateModel] = Field(default_factory=dict)
    penalties: dict[str, PenaltyModel] = Field(default_factory=dict)
    not_covered: list[str] = Field(default_factory=list)


class ExceptionModel(Closed):
    id: Text
    pinpoint: Text
    when: Any
    grade: Grade | None = None
    note: str | None = None


class Deadline(Closed):
    amount: float
    unit: Literal[
        "minutes", "hours", "days", "business_days", "working_days", "weeks", "months", "years"
    ]
    bound: Literal["at_most", "at_least", "every", "before"]
    anchor: Text
    calendar: str | None = None
    for_: str | None = Field(default=None, alias="for")
    grade: Grade | None = None
    note: str | None = None
    pinpoint: str | None = None


class RuleTextModel(Closed):
    """The keys that may change from version to version."""

    title: str | None = None
    grade: Grade | None = None
    pinpoint: str | None = None
    formal: DayOrName | None = None
    effective: DayOrName | None = None
    until: DayOrName | None = None
    when: Any = None
    except_: list[ExceptionModel] | None = Field(default=None, alias="except")
    must: str | None = None
    should: str | None = None
    may: str | None = None
    trigger: str | None = None
    technical: list[str] | None = None
    organisational: list[str] | None = None
    deadlines: list[Deadline] | None = None
    penalty: str | list[str] | None = None
    controls: list[str] | None = None
    documents: list[str] | None = None
    measures: list[str] | None = None
    note: str | None = None
    ends_when: str | None = None
    defer: DayOrName | None = None
    enforcement_note: str | None = None
    enforcer: str | None = None


class AmendedModel(RuleTextModel):
    by: Text


class RuleModel(RuleTextModel):
    """One rule."""

    id: Text
    title: Text
    kind: Kind
    since: str | None = None
    deleted_by: str | None = None
    amended: list[AmendedModel] = Field(default_factory=list)
    over: list[ThingName] | None = None
    owed_by: str | None = None
    scope: Literal["act", "none"] = "act"
    reason: str | None = None
    show: Literal["classification", "role"] | None = None
    targets: list[str] = Field(default_factory=list)
    saves: list[str] = Field(default_factory=list)
    shield: bool = False
    extent: list[str] = Field(default_factory=list)
    until_reason: Literal["repealed", "rescinded", "withdrawn", "superseded", "expired"] | None = (
        None
    )
    supersedes: list[str] = Field(default_factory=list)
    legal_status: Status | None = None
    enforcement_status: Enforcement | None = None
    disputes: list[str] = Field(default_factory=list)


class ReadingModel(Closed):
    id: Text
    says: Text
    status: Annotated[str, _one_of(READING_STATUSES)]
    cite: str | None = None
    when: Any


class DisputeModel(Closed):
    id: Text
    question: Text
    note: str | None = None
    readings: list[ReadingModel] = Field(min_length=1)


class RuleFile(Closed):
    """Any other YAML file of an act."""

    rules: list[RuleModel] = Field(default_factory=list)
    disputes: list[DisputeModel] = Field(default_factory=list)


class CaseModel(Closed):
    name: Text
    as_of: Day
    known_on: Day | None = None
    expect: str | dict[str, str]
    set: dict[str, Any] = Field(default_factory=dict)
    unset: list[str] = Field(default_factory=list)
    add_data: list[dict[str, Any]] = Field(default_factory=list)
    add_parties: list[dict[str, Any]] = Field(default_factory=list)
    reason: str | None = None
    effective_from: Day | None = None
    formal_from: Day | None = None
    draft: str | None = None
    verify: bool | None = None
    penalty: Literal["higher", "lower"] | None = None
    note: str | None = None


class CaseTable(Closed):
    cases_for: str | list[str]
    given: dict[str, Any] = Field(default_factory=dict)
    cases: list[CaseModel] = Field(min_length=1)


class CaseFile(Closed):
    """A file in `cases/`: one table, or several with a common base."""

    cases_for: str | list[str] | None = None
    given: dict[str, Any] = Field(default_factory=dict)
    cases: list[CaseModel] = Field(default_factory=list)
    tables: list[CaseTable] = Field(default_factory=list)
