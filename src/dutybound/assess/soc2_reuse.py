"""What a SOC 2 report already proves for frameworks and duties, and what is left to do.

A preview from the summary alone, as if it were signed: no signature is checked, and nothing else
that lies in the evidence folder counts. `gaps` and `plan` count what is signed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from dutybound.assess import soc2
from dutybound.assess.assess import Assessment
from dutybound.assess.catalogue import answering
from dutybound.assess.gaps import Gaps, duties_of
from dutybound.assess.plan import Plan, plan
from dutybound.assess.soc2 import Soc2Credit
from dutybound.assess.whom import parties_of, report_counts_for
from dutybound.controls.elements import ElementGap, ElementState, FrameworkGaps, framework_gaps
from dutybound.controls.gaps import find_gaps
from dutybound.controls.states import ControlState, as_if_checked, for_some, without_evidence
from dutybound.packs.plan_policy import PlanPolicy
from dutybound.packs.policy import Policy
from dutybound.packs.reports import Soc2Report
from dutybound.terms.control import Catalogue
from dutybound.terms.evidence import EvidenceKind, Rung

REPORTED: Final = "attestation_criteria"  # what reports like this one are about already


class Proof(StrEnum):
    """What the report proves for an element of a framework. The words are printed as they are."""

    FULL = "full"
    PARTIAL = "partial"
    BELOW = "below its rung"
    PART = "a part"
    NOTHING = "nothing"
    UNKNOWN = "unknown coverage"


@dataclass(frozen=True)
class Shown:
    """How controls and elements stand on one day by the report alone."""

    states: dict[str, ControlState]
    frameworks: tuple[FrameworkGaps, ...]

    def proof(self, found: ElementGap) -> Proof:
        """What it proves for one element; parts are never added up.

        below: a control about it is shown whole, but lower than it needs. part: only a part is.
        """
        if found.state in _AS_IS:
            return _AS_IS[found.state]
        if any(self.states[c].reached for c in found.lacking):
            return Proof.BELOW
        part = any(self.states[c].part for c in found.lacking)
        return Proof.PART if part else Proof.NOTHING

    def counts(self, found: FrameworkGaps) -> dict[Proof, int]:
        """Number of elements by what is proved."""
        counted = Counter(self.proof(e) for e in found.elements)
        return {p: counted[p] for p in Proof}


_AS_IS: Final = {
    ElementState.FULL: Proof.FULL,
    ElementState.PARTIAL: Proof.PARTIAL,
    ElementState.UNKNOWN: Proof.UNKNOWN,
}


@dataclass(frozen=True)
class Reuse:
    """What the report proves, on the day asked about and on a day of its time.

    period_day: the last day of its time that is not after the day asked about. gaps, plan: for the
    system on the day; None if no system is named.
    """

    as_of: date
    on_day: Shown
    period_day: date
    in_period: Shown
    gaps: Gaps | None
    plan: Plan | None


@dataclass(frozen=True)
class Asked:
    """The system that the report is looked at for, and how far ahead its duties are taken."""

    result: Assessment
    horizon: timedelta
    house: PlanPolicy


def reuse(
    report: Soc2Report,
    catalogue: Catalogue,
    as_of: date,
    policy: Policy,
    *,
    system: str | None,
    others: soc2.Others = soc2.NO_OTHERS,
    asked: Asked | None = None,
) -> Reuse:
    """What the report proves for the frameworks and, with a system, for its duties."""
    end = report.period.to if report.period else report.as_at or report.issued_on
    days = as_of, min(end, as_of)
    on_day, in_period = (
        _shown(soc2.credit(report, catalogue, day, policy, system=system, others=others), catalogue)
        for day in days
    )
    gaps = None if asked is None else _gaps(asked, catalogue, report, on_day.states)
    made = None if asked is None or gaps is None else plan(gaps, asked.house)
    return Reuse(as_of, on_day, days[1], in_period, gaps, made)


def _shown(credit: Soc2Credit, catalogue: Catalogue) -> Shown:
    states = states_of(credit, catalogue)
    known = frameworks_of(catalogue)
    return Shown(states, tuple(framework_gaps(catalogue, n, states) for n in known))


def frameworks_of(catalogue: Catalogue) -> tuple[str, ...]:
    """The frameworks that a report may prove something for: all but the criteria of reports."""
    return tuple(n for n, f in catalogue.frameworks.items() if f.nature != REPORTED)


def states_of(credit: Soc2Credit, catalogue: Catalogue) -> dict[str, ControlState]:
    """Every control by this report alone. A criterion out of scope is no look at it."""
    whole: dict[str, Rung] = {}
    part: dict[str, Rung] = {}
    looked_at = []
    for name, control in credit.controls.items():
        if control.extent != "none":
            (whole if control.extent == "full" else part)[name] = control.rung
        elif any(credit.criteria[c].code != "not_in_scope" for c in control.elements):
            looked_at.append(name)
    kind = EvidenceKind.EXTERNAL_REPORT
    return as_if_checked(catalogue, credit.report.id, kind, whole, part, looked_at)


def _gaps(
    asked: Asked, catalogue: Catalogue, soc2_report: Soc2Report, own: dict[str, ControlState]
) -> Gaps:
    """The gaps of the system. The report counts for the parties that it is about."""
    result = asked.result
    parties = parties_of(result.profile)
    whom = report_counts_for(soc2_report, parties)
    states = for_some(own, without_evidence(catalogue), parties, whom)
    report = find_gaps(duties_of(result), answering, states, result.as_of, asked.horizon)
    return Gaps(result, catalogue, report, (), (), frameworks_of(catalogue))


def frameworks_json(found: Reuse) -> list[dict[str, Any]]:
    """The elements of each framework with what the report proves for them."""
    now, then = found.on_day, found.in_period
    return [
        {
            "id": a.framework.id,
            "title": a.framework.title,
            "nature": a.framework.nature,
            "effect": a.framework.effect,
            "counts": {str(p): n for p, n in now.counts(a).items()},
            "counts_in_period": {str(p): n for p, n in then.counts(b).items()},
            "elements": [
                {
                    "id": x.element.id,
                    "title": x.element.title,
                    "proves": str(now.proof(x)),
                    "in_period": str(then.proof(y)),
                    "controls": [_control(c, found) for c in (*x.held, *x.lacking)],
                }
                for x, y in zip(a.elements, b.elements, strict=True)
            ],
        }
        for a, b in zip(now.frameworks, then.frameworks, strict=True)
    ]


def _control(name: str, found: Reuse) -> dict[str, Any]:
    now, then = found.on_day.states[name], found.in_period.states[name]
    return {
        "id": name,
        "reached": now.reached.word,
        "part": now.part.word if now.part else None,
        "reached_in_period": then.reached.word,
        "part_in_period": then.part.word if then.part else None,
        "required": now.required.word,
    }
