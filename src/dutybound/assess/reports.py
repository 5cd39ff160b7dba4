"""What reports prove, as JSON values."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any, Final

from dutybound.assess import iso, soc2
from dutybound.assess.credit import ControlCredit, ElementCredit, Loss
from dutybound.assess.soc2_questions import questions
from dutybound.packs.policy import Policy
from dutybound.packs.reports import IsoCertificate, Soc2Report
from dutybound.terms.control import Catalogue

SOC2_SCHEMA: Final = "dutybound/evidence-soc2/1"
ISO_SCHEMA: Final = "dutybound/evidence-iso/1"
SOC2_LIMITS: Final = (
    "A SOC 2 report is an auditor's opinion on chosen criteria. It is no conformity assessment and "
    "no law asks for it.",
    "The credit rests on the summary as its recorder wrote it; the report itself was not read.",
)
ISO_LIMITS: Final = (
    "A certificate says that a management system was audited. It gives no presumption of "
    "conformity with law.",
    "The credit rests on the summary as its recorder wrote it; the register of the certification "
    "body was not asked.",
)


def soc2_value(
    report: Soc2Report,
    catalogue: Catalogue,
    as_of: date,
    policy: Policy,
    system: str | None,
    others: dict[str, Soc2Report],
) -> dict[str, Any]:
    """What a SOC 2 report proves on a day, with the questions that it raises."""
    found = soc2.credit(report, catalogue, as_of, policy, system=system, others=others)
    raised = questions(report, soc2.known_criteria(catalogue), as_of, policy, system=system)
    period = report.period
    return {
        "schema": SOC2_SCHEMA,
        "report": report.id,
        "report_of": report.report_of.organisation,
        "relation": report.report_of.relation,
        "auditor": report.auditor,
        "type": report.type,
        "from": str(period.from_ if period else report.as_at),
        "to": str(period.to if period else report.as_at),
        "opinion": report.opinion.kind,
        "system": system,
        "as_of": str(as_of),
        "time": _loss(found.time),
        "boundary": _loss(soc2.boundary_of(report, system, as_of)),
        "criteria": [_element(c) for c in found.criteria.values()],
        "controls": [_control(c, catalogue) for c in found.controls.values()],
        "summary": _summary(found.controls),
        "questions": [
            {"code": q.code, "to": q.to, "ask": q.ask, "criteria": list(q.criteria)} for q in raised
        ],
        "limits": list(SOC2_LIMITS),
    }


def iso_value(
    certificate: IsoCertificate,
    catalogue: Catalogue,
    as_of: date,
    policy: Policy,
    system: str | None,
) -> dict[str, Any]:
    """What a certificate proves on a day."""
    found = iso.credit(certificate, catalogue, as_of, policy, system=system)
    return {
        "schema": ISO_SCHEMA,
        "certificate": certificate.id,
        "certificate_of": certificate.certificate_of.organisation,
        "relation": certificate.certificate_of.relation,
        "standard": certificate.standard,
        "edition": certificate.edition,
        "body": certificate.body,
        "accredited_by": certificate.accreditation.by if certificate.accreditation else None,
        "from": str(certificate.valid_from),
        "to": str(certificate.valid_until),
        "system": system,
        "as_of": str(as_of),
        "time": _loss(found.time),
        "elements": [_element(c) for c in found.elements.values()],
        "controls": [_control(c, catalogue) for c in found.controls.values()],
        "summary": _summary(found.controls),
        "limits": list(ISO_LIMITS),
    }


def _loss(loss: Loss | None) -> dict[str, str] | None:
    return None if loss is None else {"code": loss.code, "reason": loss.reason}


def _element(credit: ElementCredit) -> dict[str, Any]:
    return {
        "id": credit.id,
        "rung": credit.rung.word,
        "in_period": credit.in_period.word,
        "code": credit.code,
        "reasons": [loss.reason for loss in credit.losses],
    }


def _control(credit: ControlCredit, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "id": credit.control,
        "title": catalogue.controls[credit.control].title,
        "extent": credit.extent,
        "rung": credit.rung.word,
        "in_period": credit.in_period.word,
        "elements": {name: rung.word for name, rung in credit.elements.items()},
        "reason": credit.reason,
    }


def _summary(controls: dict[str, ControlCredit]) -> dict[str, int]:
    extents = Counter(c.extent for c in controls.values())
    not_tested = sum(not c.elements for c in controls.values())
    return {
        "controls": len(controls),
        "full": extents["full"],
        "partial": extents["partial"],
        "none": extents["none"],
        "never_tested": not_tested,
    }
