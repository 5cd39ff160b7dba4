"""`gaps`: what is missing for the duties that bind or will bind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from dutybound.assess.assess import Assessment
from dutybound.assess.catalogue import content_json
from dutybound.assess.whom import parties_of
from dutybound.controls.elements import ElementState, FrameworkGaps, framework_gaps
from dutybound.controls.gaps import Duty, DutyState, GapReport, Penalty, find_gaps
from dutybound.controls.states import ControlState, State, states_by_party
from dutybound.errors import BadInput, did_you_mean
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


@dataclass(frozen=True)
class Gaps:
    """A gap report with what it rests on. chosen: frameworks to show; None for all."""

    assessment: Assessment
    catalogue: Catalogue
    report: GapReport
    checked: tuple[Checked, ...]
    refused: tuple[Refused, ...]
    chosen: tuple[str, ...] | None = None

    @cached_property
    def frameworks(self) -> tuple[FrameworkGaps, ...]:
        """The gaps of each framework."""
        names = tuple(self.catalogue.frameworks) if self.chosen is None else self.chosen
        return tuple(framework_gaps(self.catalogue, n, self.report.controls) for n in names)


def gaps(
    result: Assessment,
    catalogue: Catalogue,
    answering: Callable[[str], Sequence[str]],
    checked: Sequence[Checked],
    refused: Sequence[Refused],
    horizon: timedelta,
    frameworks: Sequence[str] | None = None,
) -> Gaps:
    """The gaps of an assessed system with the evidence that was checked for it.

    frameworks: ids of those to look at; None for all. Raises BadInput for one that is not known.
    """
    for name in frameworks or ():
        if name not in catalogue.frameworks:
            hint = did_you_mean(name, catalogue.frameworks)
            known = ", ".join(catalogue.frameworks)
            raise BadInput.one(name, f"There is no such framework.{hint} Known: {known}.")
    chosen = None if frameworks is None else tuple(frameworks)
    states = states_by_party(catalogue, checked, refused, parties_of(result.profile))
    report = find_gaps(duties_of(result), answering, states, result.as_of, horizon)
    return Gaps(result, catalogue, report, tuple(checked), tuple(refused), chosen)


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
        shields=_shields(finding, sure=True),
        may_shield=_shields(finding, sure=False),
        penalty=_penalty(finding["penalty"]),
        use=finding["scope"].get("use"),
        controls=tuple(finding["controls"]),
    )


def _shields(finding: dict[str, Any], *, sure: bool) -> tuple[tuple[str, str | None], ...]:
    """Transitions that shield. sure: those that hold, and only they take a gap out; else others."""
    return tuple(
        (t["pinpoint"], t["ends_when"])
        for t in finding["transitions"]
        if t["effect"] == "shield" and (t["holds"] == "yes") is sure
    )


def _penalty(named: dict[str, Any] | list[dict[str, Any]]) -> Penalty | None:
    """The highest caps of the penalties that the content names; None if it names none."""
    several = [p for p in (named if isinstance(named, list) else [named]) if p]
    if not several:
        return None
    caps = [cap for p in several for cap in p.get("caps") or ()]
    return Penalty(
        amount=max((cap.get("amount") or 0.0 for cap in caps), default=0.0),
        percent=max((cap.get("percent") or 0.0 for cap in caps), default=0.0),
    )


def as_json(found: Gaps) -> dict[str, Any]:
    """The report as JSON values."""
    report, result = found.report, found.assessment
    valid, asked = report.valid
    counts = report.counts()
    measured = {f["key"]: f.get("measurable") for f in result.findings}
    return {
        "schema": SCHEMA,
        "system": result.profile.id,
        "name": result.profile.name,
        "profile_sha256": result.profile.sha256,
        "as_of": report.as_of.isoformat(),
        "until": report.until.isoformat(),
        "content": content_json(result.content),
        "controls_with_valid_evidence": valid,
        "controls_asked_for": asked,
        "counts": {str(s): counts[s] for s in State},
        "duties": [_duty_json(d, measured.get(d.duty.key)) for d in report.duties],
        "controls": controls_json(found),
        "frameworks": frameworks_json(found),
        "refused": [
            {"evidence": r.claim_id, "control": r.control, "code": r.code, "reason": r.reason}
            for r in found.refused
        ],
        "prohibited": _ids(d.duty for d in report.prohibitions if d.duty.certain),
        "undetermined_prohibitions": _ids(
            d.duty for d in report.prohibitions if not d.duty.certain
        ),
        "questions": list(result.questions[:20]),
        "not_covered": list(result.not_covered),
    }


def controls_json(found: Gaps) -> list[dict[str, Any]]:
    """The controls that some duty asks for, with where they stand."""
    return [_control_json(found.catalogue, found.report, c) for c in asked_for(found.report)]


def frameworks_json(found: Gaps) -> list[dict[str, Any]]:
    """The gaps of each framework."""
    return [_framework_json(f) for f in found.frameworks]


def _ids(duties: Iterable[Duty]) -> list[str]:
    return list(dict.fromkeys(d.rule for d in duties))


def asked_for(report: GapReport) -> tuple[str, ...]:
    """The controls that some duty in the report asks for, by id."""
    return report.asked_for


def _duty_json(state: DutyState, measurable: dict[str, Any] | None) -> dict[str, Any]:
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
        "kind": duty.kind,
        "outcome": duty.outcome,
        "bites_on": duty.bites_on.isoformat(),
        "certain": duty.certain,
        "state": str(state.state),
        "controls": list(state.controls),
        "controls_met": state.met,
        "controls_lacking": list(state.lacking),
        "shielded_by": _transitions(duty.shields),
        "may_be_shielded_by": _transitions(duty.may_shield),
        "measurable": measurable,
    }


def _transitions(found: Iterable[tuple[str, str | None]]) -> list[dict[str, Any]]:
    return [{"pinpoint": p, "ends_when": e} for p, e in found]


def _control_json(catalogue: Catalogue, report: GapReport, name: str) -> dict[str, Any]:
    state, control = report.controls[name], catalogue.controls[name]
    return {
        "id": control.id,
        "title": control.title,
        "domain": control.domain,
        "object": str(control.object),
        "owner": control.owner,
        "effort": control.effort,
        "state": str(state.state),
        "reached": state.reached.word,
        "part": state.part.word if state.part else None,
        "required": state.required.word,
        "evidence": list(state.evidence),
        "missing": [{"kind": k, "what": w} for k, w in state.missing],
        "refused": list(state.refused),
        "measures": list(control.measures),
        "lacking_for": list(report.lacking_for(name)),
        "parties": [
            {"party": party, **standing_json(report.states.of(party)[name])}
            for party in report.needed_by(name)
        ],
    }


def standing_json(state: ControlState) -> dict[str, Any]:
    """How a control stands for one party."""
    return {
        "state": str(state.state),
        "reached": state.reached.word,
        "part": state.part.word if state.part else None,
        "evidence": list(state.evidence),
    }


def lacking_some(report: GapReport, control: str) -> tuple[str, ...]:
    """The parties for which a control is not met, if it is for others that need it."""
    lacking = report.lacking_for(control)
    return lacking if len(lacking) < len(report.needed_by(control)) else ()


def _framework_json(found: FrameworkGaps) -> dict[str, Any]:
    framework, (valid, mapped) = found.framework, found.valid
    return {
        **{k: getattr(framework, k) for k in ("id", "title", "version", "nature", "effect")},
        "controls": {"with_valid_evidence": valid, "of": mapped},
        "counts": _by_state(found.counts()),
        "parts": [
            {"id": top.id, "title": top.title, "counts": _by_state(counts)}
            for top, counts in found.parts()
        ],
        "elements": [
            {
                "id": e.element.id,
                "title": e.element.title,
                "state": str(e.state),
                "held": list(e.held),
                "lacking": list(e.lacking),
                "via": e.via,
            }
            for e in found.elements
        ],
    }


def _by_state(counts: Counter[ElementState]) -> dict[str, int]:
    return {str(s): counts[s] for s in ElementState}


def has_gap(found: Gaps) -> bool:
    """Whether any duty that is sure to bind is neither met nor shielded."""
    return any(d.duty.certain for d in found.report.gaps)


def state_of(found: Gaps, control: str) -> State:
    """The state of one control."""
    return found.report.controls[control].state
