"""What the evidence in hand shows: counts by kind, and what a SOC 2 report proves and does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from dutybound.assess.gaps import Gaps
from dutybound.assess.opening import Opened
from dutybound.assess.soc2 import Soc2Credit, boundary_of, credit
from dutybound.controls.states import State
from dutybound.packs.policy import read_policy
from dutybound.packs.reports import Soc2Report
from dutybound.terms.control import Catalogue
from dutybound.terms.evidence import Handling, Rung


def evidence_json(found: Gaps) -> dict[str, Any]:
    """Counts of the evidence that counts, of what does not, and of controls by state."""
    states = Counter(str(found.report.controls[c].state) for c in found.report.asked_for)
    return {
        "controls_by_state": {str(s): states[s] for s in State if states[s]},
        "counted": dict(sorted(Counter(str(c.claim.kind) for c in found.checked).items())),
        "refused": [
            {"evidence": r.claim_id, "code": r.code, "reason": r.reason}
            for r in found.refused
            if r.control is None
        ],
    }


def soc2_credits(
    opened: Opened, catalogue: Catalogue, system: str, on: date, today: date
) -> tuple[Soc2Credit, ...]:
    """What the SOC 2 reports of a folder prove on a day, also those whose period is over."""
    reports = [
        report
        for item in opened.items
        if isinstance(report := item.claim.detail.get("soc2"), Soc2Report)
        and item.claim.handling is Handling.ORDINARY
        and item.claim.system in (None, system)
        and item.claim.made_on <= today
    ]
    return tuple(
        credit(
            report,
            catalogue,
            on,
            read_policy(),
            system=system,
            others={r.id: r for r in reports if r is not report},
        )
        for report in reports
    )


def soc2_json(found: Gaps, reports: Sequence[Soc2Credit]) -> dict[str, Any]:
    """What the SOC 2 reports prove for the controls that duties ask for, and what not.

    on_the_day: the rung on the launch day. in_period: the rung on the days that the report speaks
    of, which no longer counts when the period is over.
    """
    asked, book = found.report.asked_for, found.catalogue.controls
    system = found.assessment.profile.id
    untested = [c for c in asked if book[c].soc2.evidence == "none"]
    return {
        "reports": [_report(r, system) for r in reports],
        "proves": [row for r in reports for row in _proves(r, asked, found)],
        "does_not": [row for r in reports for row in _losses(r, asked, system)],
        "not_tested_by_soc2": [
            {"control": c, "title": book[c].title, "why": book[c].soc2.note} for c in untested
        ],
        "controls_asked_for": len(asked),
    }


def _report(found: Soc2Credit, system: str) -> dict[str, Any]:
    report, period = found.report, found.report.period
    end = period.to if period else report.as_at
    return {
        "evidence": report.id,
        "of": report.report_of.organisation,
        "relation": report.report_of.relation,
        "auditor": report.auditor,
        "type": report.type,
        "from": str(period.from_) if period else None,
        "to": str(end) if end else None,
        "opinion": report.opinion.kind,
        "boundary": report.boundary.system,
        "ai_feature": str(report.boundary.ai_feature),
        "names_the_system": boundary_of(report, system, found.as_of) is None,
        "exceptions": len(report.exceptions),
        "on_the_day": found.time.code if found.time else "in_period",
    }


def _proves(found: Soc2Credit, asked: Sequence[str], gaps: Gaps) -> Iterator[dict[str, Any]]:
    for name in asked:
        credit_ = found.controls.get(name)
        if credit_ is None or credit_.in_period is Rung.UNASSESSED:
            continue
        yield {
            "control": name,
            "title": gaps.catalogue.controls[name].title,
            "evidence": found.report.id,
            "extent": credit_.extent,
            "on_the_day": credit_.rung.word,
            "in_period": credit_.in_period.word,
            "criteria": list(credit_.elements),
        }


def _losses(found: Soc2Credit, asked: Sequence[str], system: str) -> Iterator[dict[str, Any]]:
    """Each loss once, that of the whole report first."""
    seen: dict[tuple[str, str], list[str]] = {}
    boundary = boundary_of(found.report, system, found.as_of)
    for whole in (found.time, boundary):
        if whole is not None:
            seen[whole.code, whole.reason] = []
    for name in asked:
        credit_ = found.controls.get(name)
        for element in credit_.elements if credit_ else ():
            for loss in found.criteria[element].losses:
                seen.setdefault((loss.code, loss.reason), []).append(name)
    for (code, reason), controls in seen.items():
        yield {
            "evidence": found.report.id,
            "code": code,
            "reason": reason,
            "controls": list(dict.fromkeys(controls)),
        }
