"""`plan`: ordered actions with due days, owners and the duties that they close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dutybound.assess.catalogue import content_json
from dutybound.assess.gaps import Gaps
from dutybound.controls.gaps import Duty, DutyState
from dutybound.controls.plan import PARTS, Action, House, Shares, make_plan, moved
from dutybound.controls.states import State
from dutybound.errors import BadInput, did_you_mean
from dutybound.packs.plan_policy import PlanPolicy
from dutybound.terms.system import Profile

SCHEMA: Final = "dutybound/plan/1"
HEAVIEST: Final = 100


@dataclass(frozen=True)
class Plan:
    """The plan by the weights asked for, and how it differs from the house order.

    file: the policy, if it is not the one of the content.
    """

    gaps: Gaps
    actions: tuple[Action, ...]
    weights: dict[str, float]
    changed: dict[str, float]
    moves: dict[str, int]
    policy: PlanPolicy
    file: str | None = None

    def in_state(self, state: State) -> tuple[DutyState, ...]:
        """The duties of the report that stand in a state."""
        return tuple(d for d in self.gaps.report.duties if d.state is state)


def plan(
    found: Gaps,
    policy: PlanPolicy,
    changed: Mapping[str, float] | None = None,
    file: str | None = None,
) -> Plan:
    """The plan for a gap report. changed: weights in place of those of the policy.

    file: the policy, if it is not the one of the content. Raises BadInput for a wrong weight.
    """
    changes = dict(changed or {})
    for name, value in changes.items():
        if name not in PARTS:
            hint = did_you_mean(name, PARTS)
            raise BadInput.one("--weight", f"`{name}` is none of {', '.join(PARTS)}.{hint}")
        if not 0 <= value <= HEAVIEST:
            text = f"`{name}={value:g}`: a weight lies between 0 and {HEAVIEST}."
            raise BadInput.one("--weight", text)
    house = house_of(policy, found.assessment.profile)
    usual = make_plan(found.report, found.catalogue, house)
    weights = {**house.weights, **changes}
    actions = usual
    if changes:
        other = House(weights, house.lead_days, house.shares)
        actions = make_plan(found.report, found.catalogue, other)
    return Plan(found, actions, weights, changes, moved(usual, actions), policy, file)


def house_of(policy: PlanPolicy, profile: Profile) -> House:
    """The house policy, for the uses of a profile."""
    fact = policy.people.fact
    tiers = sorted(((t.amount, t.share) for t in policy.penalty.tiers), reverse=True)
    shares = Shares(
        prohibition=policy.legal.prohibition,
        sure=policy.legal.sure,
        open=policy.legal.open,
        named=policy.penalty.named,
        turnover=policy.penalty.turnover,
        tiers=tuple(tiers),
        people={u.id: policy.people.of(u.facts.get(fact)) for u in profile.uses},
    )
    return House(policy.weights.model_dump(), policy.lead_days.model_dump(), shares)


def as_json(found: Plan) -> dict[str, Any]:
    """The plan as JSON values."""
    result, report = found.gaps.assessment, found.gaps.report
    return {
        "schema": SCHEMA,
        "system": result.profile.id,
        "name": result.profile.name,
        "profile_sha256": result.profile.sha256,
        "as_of": report.as_of.isoformat(),
        "until": report.until.isoformat(),
        "content": content_json(result.content),
        "policy": found.file,
        "weights": found.weights,
        "changed_weights": found.changed,
        "lead_days": found.policy.lead_days.model_dump(),
        "prohibited": [_duty(d.duty) for d in report.prohibitions],
        "actions": [_action(a, i, found.moves) for i, a in enumerate(found.actions, 1)],
        "shielded": [
            _duty(d.duty) | {"ends_when": [e for _, e in d.duty.shields]}
            for d in found.in_state(State.SHIELDED)
        ],
        "without_control": [_duty(d.duty) for d in found.in_state(State.NO_CONTROL)],
        "not_covered": list(result.not_covered),
    }


def _action(action: Action, place: int, moves: Mapping[str, int]) -> dict[str, Any]:
    return {
        "place": place,
        "control": action.control,
        "title": action.title,
        "owner": action.owner,
        "effort": action.effort,
        "parties": list(action.parties),
        "from": action.stands.word,
        "part": action.part.word if action.part else None,
        "reaches": action.reaches.word,
        "due": action.due.isoformat(),
        "begin": action.begin.isoformat(),
        "earliest": action.earliest.isoformat(),
        "overdue": action.overdue,
        "late": action.late,
        "after": list(action.after),
        "needed_by": list(action.needed_by),
        "evidence": [{"kind": k, "what": w} for k, w in action.evidence],
        "closes": [
            _duty(d) | {"alone": d.key in action.alone}
            for duties in action.closes.values()
            for d in duties
        ],
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
        "instrument": duty.instrument,
        "market": duty.market,
        "party": duty.party,
        "bites_on": duty.bites_on.isoformat(),
        "certain": duty.certain,
    }
