"""Lists that documents show: documents of a dossier, conflicts of law, reports in the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dutybound.assess.conflicts import conflicts_of
from dutybound.packs.conflicts import read_conflicts
from dutybound.packs.reports import Complement, Soc2Report
from dutybound.terms.evidence import Checked, Handling

if TYPE_CHECKING:
    from dutybound.assess.documents import Dossier


def document_rows(dossier: Dossier) -> list[dict[str, Any]]:
    """Every document that the system needs, whichever were asked for."""
    language = dossier.asked.language
    return [
        {
            "id": w.id,
            "title": dossier.catalogue.word(language, f"{w.entry.id}.title"),
            "family": w.entry.family,
            "purpose": w.entry.purpose,
            "answers": [f"{a.instrument} {a.pinpoint}" for a in w.entry.answers],
            "natures": sorted({a.nature.replace("_", " ") for a in w.entry.answers}),
            "party": w.party or "the system",
            "approver": w.entry.approver.replace("-", " "),
            "readers": list(w.entry.readers),
            "file": w.id,
        }
        for w in dossier.needed
    ]


def conflict_rows(dossier: Dossier) -> list[dict[str, Any]]:
    """The conflicts between regimes that show for the system."""
    result = dossier.found.assessment
    markets = {a.market for a in result.content.acts.values()}
    found = conflicts_of(result, read_conflicts(result.content.rules), markets)
    return [{**c, "file": c["id"]} for c in found]


def soc2_rows(checked: Iterable[Checked]) -> Iterator[dict[str, Any]]:
    """The SOC 2 reports among evidence that counts, with what they leave to others."""
    for piece in checked:
        report = piece.claim.detail.get("soc2")
        if isinstance(report, Soc2Report) and piece.claim.handling is Handling.ORDINARY:
            yield _soc2(report)


def _soc2(report: Soc2Report) -> dict[str, Any]:
    period, letter = report.period, report.bridge_letter
    return {
        "file": report.id,
        "of": report.report_of.organisation,
        "relation": report.report_of.relation,
        "service": report.report_of.service,
        "auditor": report.auditor,
        "type": report.type,
        "period": f"{period.from_} to {period.to}" if period else f"as at {report.as_at}",
        "opinion": report.opinion.kind,
        "boundary": report.boundary.system,
        "ai_feature": str(report.boundary.ai_feature),
        "bridge_letter": f"to {letter.to}, signed by {letter.signed_by}" if letter else None,
        "exceptions": [
            {"control": e.control, "what": e.what, "severity": e.severity, "response": e.response}
            for e in report.exceptions
        ],
        "user_controls": [_complement(c) for c in report.user_controls],
        "subservice": [
            {
                "organisation": s.organisation,
                "provides": s.provides,
                "method": s.method.replace("_", " "),
                "relies": s.relies,
                "own_report": s.own_report,
            }
            for s in report.subservice
        ],
        "subservice_controls": [_complement(c) for c in report.subservice_controls],
    }


def _complement(control: Complement) -> dict[str, Any]:
    return {
        "id": control.id,
        "criteria": list(control.criteria),
        "text": control.text,
        "organisation": control.organisation,
        "owner": control.owner or "nobody named",
    }
