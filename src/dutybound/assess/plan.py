"""`plan`: ordered actions with due days, owners and the duties that they close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dutybound.assess.gaps import Gaps
from dutybound.controls.gaps import Duty, State
from dutybound.controls.plan import PARTS, Action, make_plan, moved
from dutybound.errors import BadInput, did_you_mean
from dutybound.packs.plan_policy import PlanPolicy

SCHEMA: Final = "dutybound/plan/1"
_PEOPLE: Final = {True: 1.0, None: 0.5, False: 0.2}


@dataclass(frozen=True)
class Plan:
    """The plan by the weights asked for, and how it differs from the house order."""

    gaps: Gaps
    actions: tuple[Action, ...]
    weights: dict[str, float]
    changed: dict[str, float]
    moves: dict[str, int]
    policy: PlanPolicy


def plan(found: Gaps, policy: PlanPolicy, changed: Mapping[str, float] | None = None) -> Plan:
    """The plan for a gap report. changed: weights to use in place of the house ones."""
    house = policy.weights.model_dump()
    changes = dict(changed or {})
    for name, value in changes.items():
        if name not in PARTS:
            hint = did_you_mean(name, PARTS)
            raise BadInput.one("--weight", f"`{name}` is none of {', '.join(PARTS)}.{hint}")
        if not 0 <= value <= 100:
            raise BadInput.one("--weight", f"`{name}={value}`: a weight lies between 0 and 100.")
    lead = policy.lead_days.model_dump()
    people = _people(found)
    report, catalogue = found.report, found.catalogue
    usual = make_plan(report, catalogue, house, lead, people)
    weights = {**house, **changes}
    actions = make_plan(report, catalogue, weights, lead, people) if changes else usual
    return Plan(found, actions, weights, changes, moved(usual, actions), policy)


def _people(found: Gaps) -> float:
    """How far the system decides on people, by what its uses state."""
    stated = [u.facts.get("makes_decisions_on_persons") for u in found.assessment.profile.uses]
    return max((_PEOPLE[value] for value in stated), default=_PEOPLE[None])


def as_json(found: Plan) -> dict[str, Any]:
    """The plan as JSON values."""
    result, report = found.gaps.assessment, found.gaps.report
    return {
        "schema": SCHEMA,
        "system": result.profile.id,
        "name": result.profile.name,
        "as_of": report.as_of.isoformat(),
        "until": report.until.isoformat(),
        "weights": found.weights,
        "changed_weights": found.changed,
        "lead_days": found.policy.lead_days.model_dump(),
        "actions": [_action(a, i, found.moves) for i, a in enumerate(found.actions, 1)],
        "shielded": [
            _duty(d.duty) | {"ends_when": [e for _, e in d.duty.shields]}
            for d in report.duties
            if d.state is State.SHIELDED
        ],
        "without_control": [_duty(d.duty) for d in report.duties if d.state is State.NO_CONTROL],
    }


def _action(action: Action, place: int, moves: Mapping[str, int]) -> dict[str, Any]:
    return {
        "place": place,
        "control": action.control,
        "title": action.title,
        "owner": action.owner,
        "effort": action.effort,
        "from": action.from_rung.word,
        "reaches": action.reaches.word,
        "due": action.due.isoformat(),
        "begin": action.begin.isoformat(),
        "overdue": action.overdue,
        "after": list(action.after),
        "evidence": [{"kind": k, "what": w} for k, w in action.evidence],
        "closes": [_duty(d) for duties in action.closes.values() for d in duties],
        "score": action.score,
        "parts": action.parts,
        "moved_up": moves.get(action.control, 0),
    }


def _duty(duty: Duty) -> dict[str, Any]:
    return {
        "key": duty.key,
        "id": duty.rule,
        "title": duty.title,
        "pinpoint": duty.pinpoint,
        "market": duty.market,
        "party": duty.party,
        "bites_on": duty.bites_on.isoformat(),
        "certain": duty.certain,
    }
