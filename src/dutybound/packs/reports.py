"""The closed shapes of `soc2-report.yaml` and `iso-certificate.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from dutybound.packs.reading import Where
from dutybound.packs.shapes import (
    Closed,
    ControlId,
    Day,
    Digest,
    FileName,
    Name,
    Parties,
    Text,
    VersionText,
    like,
)

SOC2: Final = "soc2-report/1"
ISO: Final = "iso-certificate/1"
Category = Literal["security", "availability", "confidentiality", "processing_integrity", "privacy"]
Place = Literal["inside", "outside", "unclear"]
CriterionId = Annotated[str, like(r"(CC|A|C|PI|P)[0-9]\.[0-9]", "is a criterion such as CC6.1")]
_TYPES: Final = {1: "I", 2: "II", "1": "I", "2": "II"}


def _type(value: Any) -> Any:
    return _TYPES.get(value, value) if isinstance(value, int | str) else value


class Recorded(Closed):
    """Who wrote the summary, from which the credit is computed; that person signs it."""

    by: Name
    organisation: Name
    on: Day


class ReportFile(Closed):
    """The report itself, which stays where it is."""

    name: FileName
    sha256: Digest


class ReportOf(Closed):
    """Whose report it is."""

    organisation: Name
    relation: Literal["own", "vendor"]
    service: Text | None = None


class Period(Closed):
    from_: Day = Field(alias="from")
    to: Day


class Opinion(Closed):
    """about: the criteria that a qualified opinion leaves out."""

    kind: Literal["unqualified", "qualified", "adverse", "disclaimer"]
    about: tuple[CriterionId, ...] = ()
    reason: Text | None = None


class AuditedControl(Closed):
    """A control of the service organisation, as the auditor reports it."""

    id: Text
    text: Text | None = None
    test: Text | None = None
    result: Literal["no_exception", "exception", "no_occurrence", "not_tested"] | None = None


class Criterion(Closed):
    id: CriterionId
    controls: tuple[AuditedControl, ...] = ()


class AuditException(Closed):
    """An exception that the auditor noted."""

    criteria: tuple[CriterionId, ...] = Field(min_length=1)
    control: Text | None = None
    what: Text
    severity: Literal["low", "medium", "high"]
    response: Text | None = None


class Boundary(Closed):
    """What the system description takes in. systems: ids of the AI systems inside."""

    system: Text
    ai_feature: Place
    inside_since: Day | None = None
    systems: tuple[Name, ...] = ()


class Subservice(Closed):
    """An organisation that the service rests on."""

    organisation: Text
    provides: Text
    method: Literal["carve_out", "inclusive"]
    relies: Literal["whole", "part"] = "part"
    criteria: tuple[CriterionId, ...] = ()
    own_report: Name | None = None


class Complement(Closed):
    """A control that somebody else has to run. owner: who sees to it here."""

    id: Text
    criteria: tuple[CriterionId, ...] = Field(min_length=1)
    text: Text | None = None
    organisation: Text | None = None
    owner: Text | None = None


class BridgeLetter(Closed):
    """Management's word about the time after the period."""

    dated: Day
    to: Day
    signed_by: Text
    material_changes: bool


class Soc2Report(Closed):
    """`soc2-report.yaml`."""

    dutybound: Literal["soc2-report/1"]
    id: Name
    recorded: Recorded
    report_of: ReportOf
    parties: Parties | None = None
    auditor: Text | None = None
    type: Annotated[Literal["I", "II"], BeforeValidator(_type)]
    criteria_version: VersionText | None = None
    period: Period | None = None
    as_at: Day | None = None
    issued_on: Day
    opinion: Opinion
    categories: tuple[Category, ...] = Field(min_length=1)
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    exceptions: tuple[AuditException, ...] = ()
    boundary: Boundary
    subservice: tuple[Subservice, ...] = ()
    user_controls: tuple[Complement, ...] = ()
    subservice_controls: tuple[Complement, ...] = ()
    bridge_letter: BridgeLetter | None = None
    report_file: ReportFile | None = None
    note: Text | None = None


class Accreditation(Closed):
    """Who accredited the certification body for this standard."""

    by: Text
    number: Text | None = None


class IsoScope(Closed):
    text: Text
    ai_system: Place
    systems: tuple[Name, ...] = ()


class Applicability(Closed):
    """The statement of applicability. excluded: element ids that it leaves out."""

    version: VersionText
    dated: Day
    excluded: tuple[Text, ...] = ()


class Surveillance(Closed):
    due: Day
    done_on: Day | None = None
    result: Literal["passed", "failed"] | None = None


class Nonconformity(Closed):
    id: Text
    severity: Literal["minor", "major"]
    elements: tuple[Text, ...] = ()
    what: Text
    raised_on: Day
    closed_on: Day | None = None


class Audited(Closed):
    """What the auditor looked at, by the audit report: only this lifts above `documented`."""

    element: Text
    sampled: Text
    finding: Literal["conforms", "nonconformity"]
    on: Day


class CountsFor(Closed):
    """A control that the certificate speaks to, in the organisation's own judgement."""

    control: ControlId
    elements: tuple[Text, ...] = Field(min_length=1)
    extent: Literal["full", "partial"]
    why: Text


class IsoCertificate(Closed):
    """`iso-certificate.yaml`."""

    dutybound: Literal["iso-certificate/1"]
    id: Name
    recorded: Recorded
    certificate_of: ReportOf
    parties: Parties | None = None
    standard: Literal["iso-42001", "iso-27001"]
    edition: VersionText
    number: Text
    body: Text
    accreditation: Accreditation | None = None
    status: Literal["active", "suspended", "withdrawn"] = "active"
    status_since: Day | None = None
    scope: IsoScope
    statement_of_applicability: Applicability | None = None
    issued_on: Day
    valid_from: Day
    valid_until: Day
    surveillance: tuple[Surveillance, ...] = ()
    nonconformities: tuple[Nonconformity, ...] = ()
    audited: tuple[Audited, ...] = ()
    counts_for: tuple[CountsFor, ...] = ()
    report_file: ReportFile | None = None
    note: Text | None = None


def wrong_in_soc2(report: Soc2Report) -> Iterator[tuple[Where, str]]:
    """What the shape alone cannot say, each with its path."""
    yield from _times(report)
    scope = [c.id for c in report.criteria]
    for i, name in enumerate(scope):
        if name in scope[:i]:
            yield ("criteria", i, "id"), f"The criterion `{name}` stands twice."
    yield from _categories(report)
    listed = {c.id for one in report.criteria for c in one.controls}
    for i, exception in enumerate(report.exceptions):
        for name in exception.criteria:
            if name not in scope:
                where: Where = ("exceptions", i, "criteria")
                yield where, f"`{name}` is not among the criteria in scope."
        if exception.control is not None and listed and exception.control not in listed:
            yield ("exceptions", i, "control"), f"No control `{exception.control}` in `criteria`."
    if report.opinion.kind == "unqualified" and report.opinion.about:
        yield ("opinion", "about"), "An unqualified opinion leaves nothing out."


def _times(report: Soc2Report) -> Iterator[tuple[Where, str]]:
    if report.type == "II" and report.period is None:
        yield ("type",), "A Type II report needs its `period` (from, to)."
    if report.type == "I" and report.as_at is None:
        yield ("type",), "A Type I report needs `as_at`, the day it speaks of."
    if report.type == "I" and report.period is not None:
        yield ("period",), "A Type I report speaks of one day (`as_at`), not of a period."
    if report.type == "II" and report.as_at is not None:
        yield ("as_at",), "A Type II report speaks of a `period`, not of one day."
    period = report.period
    if period is not None and period.from_ > period.to:
        yield ("period",), "The period ends before it begins."
    end = period.to if period else report.as_at
    if end is not None and report.issued_on < end:
        yield ("issued_on",), f"The report is issued before the time it speaks of ends ({end})."
    if report.recorded.on < report.issued_on:
        yield ("recorded", "on"), "The summary is older than the report itself."
    letter = report.bridge_letter
    if letter is not None and end is not None and letter.dated < end:
        yield ("bridge_letter", "dated"), f"The letter is dated before the period ends ({end})."


PREFIXES: Final = {
    "CC": "security",
    "A": "availability",
    "C": "confidentiality",
    "PI": "processing_integrity",
    "P": "privacy",
}


def category_of(criterion: str) -> str:
    """The category that a criterion belongs to."""
    return PREFIXES[criterion.rstrip("0123456789.")]


def _categories(report: Soc2Report) -> Iterator[tuple[Where, str]]:
    for i, criterion in enumerate(report.criteria):
        category = category_of(criterion.id)
        if category not in report.categories:
            yield (
                ("criteria", i, "id"),
                f"`{criterion.id}` belongs to {category}, which is not in `categories`.",
            )


def wrong_in_iso(certificate: IsoCertificate) -> Iterator[tuple[Where, str]]:
    """What the shape alone cannot say, each with its path."""
    if certificate.valid_from > certificate.valid_until:
        yield ("valid_until",), "The certificate ends before it begins."
    if certificate.status != "active" and certificate.status_since is None:
        yield ("status",), f"Since when is it {certificate.status}? Give `status_since`."
    if certificate.recorded.on < certificate.issued_on:
        yield ("recorded", "on"), "The summary is older than the certificate."
    for i, visit in enumerate(certificate.surveillance):
        if (visit.done_on is None) != (visit.result is None):
            yield ("surveillance", i), "A visit that was done has `done_on` and `result`, both."
    for i, found in enumerate(certificate.nonconformities):
        if found.closed_on is not None and found.closed_on < found.raised_on:
            yield ("nonconformities", i, "closed_on"), "It is closed before it was raised."
