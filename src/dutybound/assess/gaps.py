"""`gaps`: what is missing for the duties that bind or will bind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from dutybound.assess.assess import Assessment
from dutybound.controls.gaps import (
    ControlState,
    Duty,
    DutyState,
    GapReport,
    State,
    control_states,
    find_gaps,
)
from dutybound.terms.control import Catalogue
from dutybound.terms.evidence import Checked, Refused
from dutybound.terms.finding import Outcome
from dutybound.terms.law import MUST_NATURES

SCHEMA: Final = "dutybound/gaps/1"
KINDS: Final = ("duty", "right", "prohibition")
COUNTS: Final = (
    Outcome.APPLIES,
    Outcome.NOT_YET,
    Outcome.CONTESTED,
    Outcome.UNDETERMINED,
)
_TIERS: Final = ((30_000_000, 3), (10_000_000, 2))


@dataclass(frozen=True)
class Gaps:
    """A gap report with what it rests on."""

    assessment: Assessment
    catalogue: Catalogue
    report: GapReport
    checked: tuple[Checked, ...]
    refused: tuple[Refused, ...]


def gaps(
    result: Assessment,
    catalogue: Catalogue,
    answering: Callable[[str], Sequence[str]],
    checked: Sequence[Checked],
    refused: Sequence[Refused],
    horizon: timedelta,
) -> Gaps:
    """The gaps of an assessed system with the evidence that was checked for it."""
    states = control_states(catalogue, checked, refused)
    report = find_gaps(duties_of(result), answering, states, result.as_of, horizon)
    return Gaps(result, catalogue, report, tuple(checked), tuple(refused))


def duties_of(result: Assessment, markets: Collection[str] | None = None) -> list[Duty]:
    """The binding duties that bind, will bind, or may: an open day counts from its earliest.

    Findings on the same rule for the same party stand as one duty for each use and place.
    """
    found = []
    for verdict in result.verdicts:
        rule = result.content.rules.get(verdict.rule)
        if rule is None or rule.kind not in KINDS or rule.nature not in MUST_NATURES:
            continue
        market = result.content.acts[rule.act].market
        if verdict.outcome not in COUNTS or verdict.no_duty_either_way:
            continue
        if markets is None or market in markets:
            found.append(_duty(result, result.finding(verdict), verdict.start or result.as_of))
    return found


def _duty(result: Assessment, finding: dict[str, Any], start: date) -> Duty:
    shields = tuple(
        (t["pinpoint"], t["ends_when"])
        for t in finding["transitions"]
        if t["effect"] == "shield" and t["holds"] == "yes"
    )
    certain = finding["outcome"] in (Outcome.APPLIES, Outcome.NOT_YET) or finding["only_day_open"]
    return Duty(
        key=finding["key"],
        rule=finding["id"],
        title=finding["title"],
        pinpoint=finding["pinpoint"],
        instrument=finding["instrument"],
        market=finding["market"],
        party=finding["party"],
        owed_by=finding["owed_by"],
        kind=finding["kind"],
        outcome=finding["outcome"],
        bites_on=start,
        certain=bool(certain),
        shields=shields,
        penalty=_tier(finding["penalty"]),
    )


def _tier(penalty: dict[str, Any] | list[dict[str, Any]]) -> int:
    """How heavy a penalty is, 0 to 3, by the largest amount that the content names."""
    several = penalty if isinstance(penalty, list) else [penalty]
    caps = [cap.get("amount", 0) for p in several for cap in p.get("caps", ())]
    if not any(several):
        return 0
    largest = max(caps, default=0)
    return next((tier for amount, tier in _TIERS if largest >= amount), 1)


def as_json(found: Gaps) -> dict[str, Any]:
    """The report as JSON values."""
    report, result = found.report, found.assessment
    valid, asked = report.valid
    return {
        "schema": SCHEMA,
        "system": result.profile.id,
        "name": result.profile.name,
        "profile_sha256": result.profile.sha256,
        "as_of": report.as_of.isoformat(),
        "until": report.until.isoformat(),
        "content": {"version": result.content.version, "sha256": result.content.sha256},
        "controls_with_valid_evidence": valid,
        "controls_asked_for": asked,
        "counts": {str(s): n for s, n in sorted(report.counts().items())},
        "duties": [_duty_json(d) for d in report.duties],
        "controls": [_control_json(found.catalogue, report.controls[c]) for c in asked_for(report)],
        "refused": [
            {"evidence": r.claim_id, "control": r.control, "code": r.code, "reason": r.reason}
            for r in found.refused
        ],
        "undetermined_prohibitions": [d.duty.rule for d in report.duties if _open_ban(d)],
        "questions": list(result.questions[:20]),
        "not_covered": list(result.not_covered),
    }


def _open_ban(state: DutyState) -> bool:
    return state.duty.kind == "prohibition" and not state.duty.certain


def asked_for(report: GapReport) -> Iterable[str]:
    """The controls that some duty in the report asks for, by id."""
    return sorted({c for d in report.duties for c in d.controls})


def _duty_json(state: DutyState) -> dict[str, Any]:
    duty = state.duty
    return {
        "key": duty.key,
        "id": duty.rule,
        "title": duty.title,
        "pinpoint": duty.pinpoint,
        "instrument": duty.instrument,
        "market": duty.market,
        "party": duty.party,
        "owed_by": duty.owed_by,
        "outcome": duty.outcome,
        "bites_on": duty.bites_on.isoformat(),
        "certain": duty.certain,
        "state": str(state.state),
        "controls": list(state.controls),
        "controls_met": state.met,
        "shielded_by": [{"pinpoint": p, "ends_when": e} for p, e in duty.shields],
    }


def _control_json(catalogue: Catalogue, state: ControlState) -> dict[str, Any]:
    control = catalogue.controls[state.control]
    return {
        "id": control.id,
        "title": control.title,
        "domain": control.domain,
        "owner": control.owner,
        "effort": control.effort,
        "state": str(state.state),
        "reached": state.reached.word,
        "part": state.part.word if state.part else None,
        "required": state.required.word,
        "evidence": list(state.evidence),
        "missing": [{"kind": k, "what": w} for k, w in state.missing],
        "refused": list(state.refused),
    }


def has_gap(found: Gaps) -> bool:
    """Whether any duty that is sure to bind is neither met nor shielded."""
    return any(d.duty.certain for d in found.report.gaps)


def state_of(found: Gaps, control: str) -> State:
    """The state of one control."""
    return found.report.controls[control].state
