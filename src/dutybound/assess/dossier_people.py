"""What people signed, may sign and have to sign: decision, dissent, exceptions, sign-off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dutybound.assess.decision import JudgedException
from dutybound.assess.dossier import Dossier
from dutybound.controls.launch import MarketView
from dutybound.packs.governance import DecisionLine, Objection


def decision_field(dossier: Dossier, view: MarketView) -> dict[str, Any]:
    """The decision field: empty unless a named person signed one."""
    found = _line(dossier, view.market)
    return {
        "decision": found.decision if found else None,
        "by": _name(dossier, found.by) if found else None,
        "role": found.role if found else None,
        "on": found.on.isoformat() if found else None,
        "reason": found.reason if found else None,
        "signatures": [
            {"by": _name(dossier, s.by), "role": s.role, "on": s.on.isoformat()}
            for s in (found.signatures if found else ())
        ],
        "conditions": list(found.conditions) if found else [],
        "positions": [{"rule": p.rule, "view": p.view} for p in (found.positions if found else ())],
        "accepts": list(found.accepts) if found else [],
        "may_decide": may_decide(dossier, view),
    }


def _line(dossier: Dossier, market: str) -> DecisionLine | None:
    lines = dossier.decision.decisions if dossier.decision else ()
    return next((x for x in lines if x.market == market), None)


def _name(dossier: Dossier, person: str) -> str:
    known = dossier.governance.people if dossier.governance else {}
    return known[person].name if person in known else person


def may_decide(dossier: Dossier, view: MarketView) -> list[dict[str, Any]]:
    """Who may decide to launch on this recommendation, by governance."""
    table = dossier.governance
    lines = table.lines("launch", view.market) if table else []
    return [
        {
            "role": x.role,
            "people": dossier.people(x.role),
            "quorum": x.quorum,
            "deputies": x.deputies,
            "veto": list(x.veto),
            "separate_from_owner": x.separate,
        }
        for x in lines
        if view.recommendation.word in x.recommendations
    ]


def dissent(dossier: Dossier) -> list[dict[str, Any]]:
    """Vetoes and dissent that people signed."""
    lines = dossier.decision.decisions if dossier.decision else ()
    return [
        {"market": x.market, "kind": kind, **_objection(dossier, o)}
        for x in lines
        for kind, several in (("veto", x.vetoes), ("dissent", x.dissent))
        for o in several
    ]


def _objection(dossier: Dossier, objection: Objection) -> dict[str, Any]:
    return {
        "by": _name(dossier, objection.by),
        "role": objection.role,
        "on": objection.on.isoformat(),
        "reason": objection.reason,
        "option": objection.option,
    }


def exception(judged: JudgedException) -> dict[str, Any]:
    """An exception with how it stands."""
    entry = judged.entry
    return {
        "id": entry.id,
        "market": entry.market,
        "rule": entry.rule,
        "party": entry.party,
        "standing": str(judged.standing),
        "why_not": judged.reason,
        "owner": entry.owner,
        "granted_by": entry.granted_by,
        "role": entry.role,
        "granted_on": entry.granted_on.isoformat(),
        "expires": entry.expires.isoformat(),
        "reason": entry.reason,
        "compensating": list(entry.compensating),
    }


def sign_off(dossier: Dossier) -> Iterator[dict[str, Any]]:
    """Who has to sign what: by governance first, then the owners of controls."""
    launch, table = dossier.launch, dossier.governance
    for sign in table.file.sign_off if table else ():
        markets = [m for m in sign.markets if m in launch.asked.markets]
        if markets:
            yield {
                "role": sign.role,
                "title": table.roles[sign.role].title if table else sign.role,
                "people": dossier.people(sign.role),
                "of": sign.of,
                "markets": markets,
                "controls": [],
                "signed_by": _signed(dossier, sign.id, sign.role),
            }
    by_owner: dict[str, dict[str, None]] = {}
    markets_of: dict[str, dict[str, None]] = {}
    for view in launch.views:
        for weighed in view.weighed:
            for name in weighed.state.controls:
                owner = launch.gaps.catalogue.controls[name].owner
                by_owner.setdefault(owner, {})[name] = None
                markets_of.setdefault(owner, {})[view.market] = None
    for owner in sorted(by_owner):
        yield {
            "role": owner,
            "title": owner.replace("-", " "),
            "people": dossier.people(owner),
            "of": "Evidence for the controls that this role owns",
            "markets": list(markets_of[owner]),
            "controls": sorted(by_owner[owner]),
            "signed_by": None,
        }


def _signed(dossier: Dossier, of: str, role: str) -> str | None:
    """Whose checked approval of this sign-off is in the evidence, if the person holds the role."""
    for piece in dossier.launch.gaps.checked:
        approval = piece.claim.detail.get("approval", {})
        given = approval.get("decision") in ("approved", "approved_with_conditions")
        table = dossier.governance
        named = given and approval.get("of") == of
        if table and named and table.acts_as(piece.signer, role, deputies=True):
            return _name(dossier, piece.signer)
    return None
