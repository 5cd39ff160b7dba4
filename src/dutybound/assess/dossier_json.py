"""A launch dossier as JSON values, by the published schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from dutybound.assess.catalogue import content_json
from dutybound.assess.dossier import Dossier, grouped, missing_for, owners_of
from dutybound.assess.dossier_people import (
    decision_field,
    dissent,
    exception,
    may_decide,
    sign_off,
)
from dutybound.assess.evidence_shown import evidence_json, soc2_json
from dutybound.assess.launch import Launch
from dutybound.assess.options import Option
from dutybound.assess.whatif import NOTE
from dutybound.controls.gaps import PROHIBITION
from dutybound.controls.launch import PAST_ITS_DAY, MarketView, Recommendation, Weighed, Why
from dutybound.terms.finding import Outcome, Verdict
from dutybound.terms.law import MUST_NATURES

SCHEMA: Final = "dutybound/launch/1"
DUE: Final = (
    Why.PROHIBITED,
    Why.PROHIBITION_OPEN,
    *PAST_ITS_DAY,
    Why.PARTLY_SHOWN,
    Why.MAY_BIND,
)
LATER: Final = (Why.DUE_LATER, Why.MAY_COME, Why.PROHIBITED_LATER, Why.PROHIBITION_OPEN_LATER)
LIMITS: Final = (
    "A recommendation is computed from stated facts, encoded law and checked evidence. It is not a "
    "decision, and no legal advice.",
    "A duty counts as met when every control that answers it has all the evidence that it asks "
    "for, valid on the day. That does not show that the law is kept.",
    "What an option costs in money and in business is not known here; bands count work on "
    "controls.",
)


def as_json(dossier: Dossier) -> dict[str, Any]:
    """The dossier as JSON values."""
    launch, result = dossier.launch, dossier.launch.result
    asked, report = launch.asked, launch.gaps.report
    valid, wanted = report.valid
    return {
        "schema": SCHEMA,
        "system": result.profile.id,
        "name": result.profile.name,
        "version": result.profile.detail.get("version"),
        "owner": result.profile.detail.get("owner"),
        "profile_sha256": result.profile.sha256,
        "launch_on": asked.on.isoformat(),
        "until": report.until.isoformat(),
        "known_on": result.known_on.isoformat(),
        "made_on": asked.today.isoformat(),
        "content": {
            **content_json(result.content),
            "checked_on": result.content.checked_on.isoformat(),
            "stale": result.stale,
            "projected": result.projected,
        },
        "governance": dossier.governance.file.organisation if dossier.governance else None,
        "decision_requested": _requested(dossier),
        "markets": [_market(dossier, view) for view in launch.views],
        "evidence": {
            "controls_with_valid_evidence": valid,
            "controls_asked_for": wanted,
            **evidence_json(launch.gaps),
        },
        "soc2": soc2_json(launch.gaps, dossier.soc2),
        "conflicts": dossier.conflicts,
        "options": [_option(dossier, o) for o in (dossier.paper.request, *dossier.paper.options)],
        "options_without_effect": list(dossier.paper.without_effect),
        "options_impossible": list(dossier.paper.impossible),
        "options_note": NOTE,
        "dissent": dissent(dossier),
        "exceptions": [exception(e) for e in dossier.exceptions],
        "sign_off": list(sign_off(dossier)),
        "questions": list(result.questions[:10]),
        "notes": list(dossier.notes),
        "limits": [*LIMITS, *_time_limits(dossier)],
        "not_covered": list(result.not_covered),
    }


def _requested(dossier: Dossier) -> dict[str, Any]:
    launch = dossier.launch
    profile = launch.result.profile
    return {
        "what": "launch",
        "system": profile.id,
        "version": profile.detail.get("version"),
        "markets": list(launch.asked.markets),
        "on": launch.asked.on.isoformat(),
        "uses": [u.id for u in profile.uses],
    }


def _time_limits(dossier: Dossier) -> Iterator[str]:
    result = dossier.launch.result
    if result.projected:
        yield (
            f"The launch day lies after {result.content.checked_on}, the day up to which sources "
            "were checked. Law may change before it."
        )
    if result.stale:
        yield "The content is old for the day on which it is asked."


# ---------------------------------------------------------------------- market
def _market(dossier: Dossier, view: MarketView) -> dict[str, Any]:
    launch = dossier.launch
    asked = {c for w in view.weighed for c in w.state.controls}
    lacking = {c for w in view.weighed for c in w.state.lacking}
    return {
        "market": view.market,
        "recommendation": view.recommendation.word,
        "use_stated": view.stated,
        "controls_with_valid_evidence": len(asked - lacking),
        "controls_asked_for": len(asked),
        "counts": {str(why): len(grouped(view.of(why))) for why in Why if view.of(why)},
        "decision": decision_field(dossier, view),
        "blockers": [_blocker(dossier, g) for g in grouped(view.at(Recommendation.BLOCKED))],
        "open": [_open(launch, g) for g in grouped(view.of(Why.MAY_BIND, Why.PROHIBITION_OPEN))],
        "conditions": dossier.conditions(view.market),
        "binds_at_launch": [_duty(g) for g in grouped(view.of(*DUE, Why.MET)) if _due(g, launch)],
        "within_horizon": [_duty(g) for g in grouped(view.of(*LATER))],
        "contested": [
            _open(launch, g)
            for g in grouped([w for w in view.weighed if w.state.duty.outcome == "contested"])
        ],
        "shielded": [_shielded(g) for g in grouped(view.of(Why.SHIELDED))],
        "superseded": list(_superseded(launch, view.market)),
        "floor": list(dossier.paper.floor.get(view.market, ())),
    }


def _due(group: Sequence[Weighed], launch: Launch) -> bool:
    return any(w.state.duty.bites_on <= launch.asked.on for w in group)


def _duty(group: Sequence[Weighed]) -> dict[str, Any]:
    """The heaviest of a group speaks for it."""
    worst = max(group, key=lambda w: w.weight)
    duty, state = worst.state.duty, worst.state
    return {
        "id": duty.rule,
        "title": duty.title,
        "pinpoint": duty.pinpoint,
        "instrument": duty.instrument,
        "kind": duty.kind,
        "party": duty.party,
        "owed_by": duty.owed_by,
        "outcome": duty.outcome,
        "since": min(w.state.duty.bites_on for w in group).isoformat(),
        "why": str(worst.why),
        "state": str(state.state),
        "bindings": len(group),
        "may_be_shielded_by": [
            {"pinpoint": pinpoint, "ends_when": ends} for pinpoint, ends in duty.may_shield
        ],
        "controls": list(state.controls),
    }


def _blocker(dossier: Dossier, group: Sequence[Weighed]) -> dict[str, Any]:
    missing, owners = list(missing_for(dossier, group)), owners_of(dossier, group)
    if group[0].state.duty.kind == PROHIBITION:
        missing, owners = [], []  # no evidence lifts a ban: the owner of the system has to act
    owner = str(dossier.launch.result.profile.detail.get("owner") or "owner of the system")
    owners = owners or [{"role": owner, "people": dossier.people(owner)}]
    return {**_duty(group), "missing": missing, "owners": owners}


def _open(launch: Launch, group: Sequence[Weighed]) -> dict[str, Any]:
    findings = [launch.finding(w) for w in group]
    needs = dict.fromkeys(n for f in findings for n in f.get("needs", ()))
    disputes = dict.fromkeys(d["id"] for f in findings for d in f.get("disputes", ()))
    known = launch.result.content.disputes
    return {
        **_duty(group),
        "needs": list(needs),
        "verify": any(f.get("verify") for f in findings),
        "disputes": [{"id": d, "question": known[d].question} for d in disputes],
    }


def _shielded(group: Sequence[Weighed]) -> dict[str, Any]:
    shields = dict.fromkeys(s for w in group for s in w.state.duty.shields)
    rows = [{"pinpoint": pinpoint, "ends_when": ends} for pinpoint, ends in shields]
    return {**_duty(group), "shielded_by": rows}


def _superseded(launch: Launch, market: str) -> Iterator[dict[str, Any]]:
    """Binding law that bound systems like this and is gone by the launch day."""
    content, seen = launch.result.content, set()
    for verdict in launch.result.verdicts:
        rule = content.rules.get(verdict.rule)
        if rule is None or not _is_gone(verdict) or rule.id in seen:
            continue
        binding = rule.nature in MUST_NATURES and rule.kind in ("duty", "prohibition", "right")
        if binding and content.acts[rule.act].market == market:
            seen.add(rule.id)
            yield {
                "id": rule.id,
                "title": rule.title,
                "pinpoint": rule.texts[-1].pinpoint,
                "until": verdict.end.isoformat() if verdict.end else None,
                "reason": rule.until_reason or content.acts[rule.act].until_reason,
            }


def _is_gone(verdict: Verdict) -> bool:
    return verdict.outcome is Outcome.NO_LONGER and verdict.relevant


# ---------------------------------------------------------------------- options
def _option(dossier: Dossier, option: Option) -> dict[str, Any]:
    """One option; the first in the list is the request itself."""
    launch, candidate = dossier.launch, option.candidate
    asked = launch.asked.markets
    views = [option.launch.view(m) for m in candidate.markets]
    return {
        "id": candidate.id,
        "title": candidate.title,
        "markets": list(candidate.markets),
        "changes": list(candidate.changes),
        "proof": candidate.proof or None,
        "recommendations": {
            m: (r.word if (r := option.recommendation(m)) is not None else None) for m in asked
        },
        "duties": {
            "saved": list(option.saved),
            "kept": list(option.kept),
            "added": list(option.added),
            "saved_in_part": list(option.in_part),
            "become_open": list(option.unknown),
        },
        "cost": {
            "band": option.cost,
            "controls": len(option.work.controls),
            "by_effort": option.work.bands,
            "lead_days": option.work.days,
        },
        "time": {
            "ready": option.ready.isoformat(),
            "longest_chain_days": option.work.longest,
            "in_time": option.in_time,
        },
        "residual": {
            "blockers": sum(len(grouped(v.at(Recommendation.BLOCKED))) for v in views),
            "open": sum(len(grouped(v.at(Recommendation.UNDETERMINED))) for v in views),
            "conditions": sum(len(grouped(v.at(Recommendation.CONDITIONAL))) for v in views),
            "duties_of_markets_not_entered": _left_behind(option, asked),
        },
        "dissent": [o for o in dissent(dossier) if o["option"] == candidate.id],
        "decider": _deciders(dossier, option),
    }


def _left_behind(option: Option, asked: Sequence[str]) -> int:
    """Duties that bind a group all the same in markets that the option does not enter."""
    out = [m for m in asked if m not in option.candidate.markets]
    return sum(len(grouped(option.launch.view(m).of(*DUE, *LATER, Why.MET))) for m in out)


def _deciders(dossier: Dossier, option: Option) -> list[dict[str, Any]]:
    views = [option.launch.view(m) for m in option.candidate.markets]
    if not views or dossier.governance is None:
        return []
    rows = [{x["role"]: x for x in may_decide(dossier, v)} for v in views]
    shared = [r for r in rows[0] if all(r in others for others in rows[1:])]
    return [{"role": r, "people": rows[0][r]["people"]} for r in shared]
