"""Which conflicts between regimes show for a system: rules of at least two sides are live."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from dutybound.assess.assess import Assessment
from dutybound.packs.conflicts import Conflict, Side
from dutybound.terms.finding import Outcome, Verdict

LIVE: Final = (Outcome.APPLIES, Outcome.NOT_YET, Outcome.CONTESTED, Outcome.UNDETERMINED)
_RANK: Final = {o: i for i, o in enumerate(LIVE)}


def conflicts_of(
    result: Assessment, conflicts: Sequence[Conflict], markets: Collection[str]
) -> list[dict[str, Any]]:
    """The conflicts that show, as JSON values."""
    live = _live(result, markets)
    found = []
    for conflict in conflicts:
        sides = [s for side in conflict.sides if (s := _side(result, side, live))["rules"]]
        needed = {side.name for side in conflict.sides if side.needed}
        names = {side["name"] for side in sides}
        if len(sides) >= 2 and (not needed or needed & names):
            found.append(
                {
                    "id": conflict.id,
                    "title": conflict.title,
                    "question": conflict.question,
                    "sides": sides,
                    "differs": conflict.differs,
                    "design": conflict.design,
                    "beware": conflict.beware,
                }
            )
    return found


def _live(result: Assessment, markets: Collection[str]) -> dict[str, Verdict]:
    """Rule id to the verdict that is most sure to bind, and binds first."""
    rules, acts = result.content.rules, result.content.acts
    found: dict[str, Verdict] = {}
    for verdict in result.verdicts:
        rule = rules.get(verdict.rule)
        if rule is None or verdict.outcome not in LIVE or verdict.no_duty_either_way:
            continue
        best = found.get(rule.id)
        if acts[rule.act].market in markets and (best is None or _order(verdict) < _order(best)):
            found[rule.id] = verdict
    return found


def _order(verdict: Verdict) -> tuple[int, str]:
    return _RANK[verdict.outcome], str(verdict.start or "")


def _side(result: Assessment, side: Side, live: dict[str, Verdict]) -> dict[str, Any]:
    rows = []
    for rule_id in side.rules:
        verdict = live.get(rule_id)
        if verdict is None:
            continue
        rule = result.content.rules[rule_id]
        text = rule.texts[verdict.text] if verdict.text >= 0 else rule.texts[-1]
        rows.append(
            {
                "id": rule_id,
                "market": result.content.acts[rule.act].market,
                "nature": rule.nature,
                "kind": rule.kind,
                "pinpoint": text.pinpoint,
                "title": rule.title,
                "outcome": str(verdict.outcome),
                "from": verdict.start.isoformat() if verdict.start else None,
                "clocks": [_clock(d) for d in text.detail.get("deadlines", ())],
            }
        )
    return {"name": side.name, "asks": side.asks, "rules": rows}


def _clock(deadline: dict[str, Any]) -> dict[str, Any]:
    return {key: deadline[key] for key in ("amount", "unit", "bound", "anchor")}
