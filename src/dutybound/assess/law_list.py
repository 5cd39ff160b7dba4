"""`law list`: the instruments, or the rules of one instrument."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any, Final

from dutybound.errors import BadInput, did_you_mean
from dutybound.terms.law import Act, Content, Rule

SCHEMA: Final = "dutybound/law-list/1"


def law_list(
    content: Content, markets: Collection[str] | None = None, act_id: str | None = None
) -> dict[str, Any]:
    """The instruments of some markets; with `act_id` the rules of that one. JSON values."""
    if act_id is not None and act_id not in content.acts:
        hint = did_you_mean(act_id, content.acts)
        raise BadInput.one(act_id, f"There is no such instrument.{hint} See `dutybound law list`.")
    acts = [
        a
        for a in content.acts.values()
        if (markets is None or a.market in markets) and act_id in (None, a.id)
    ]
    counts = Counter((r.act, r.kind) for r in content.rules.values())
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "content": {"version": content.version, "sha256": content.sha256},
        "instruments": [_act(act, counts) for act in sorted(acts, key=lambda a: (a.market, a.id))],
    }
    if act_id is not None:
        rules = (r for r in content.rules.values() if r.act == act_id)
        found["rules"] = [_rule(r) for r in sorted(rules, key=lambda r: r.id)]
    return found


def _act(act: Act, counts: Counter[tuple[str, str]]) -> dict[str, Any]:
    return {
        "id": act.id,
        "title": act.title,
        "market": act.market,
        "territory": act.territory,
        "nature": act.nature,
        "legal_status": act.legal_status,
        "enforcement_status": act.enforcement_status,
        "cite": act.cite,
        "grade": act.grade,
        "in_force": act.versions[0].in_force.isoformat(),
        "until": act.until.isoformat() if act.until else None,
        "rules": {kind: n for (owner, kind), n in sorted(counts.items()) if owner == act.id},
    }


def _rule(rule: Rule) -> dict[str, Any]:
    text = rule.texts[-1]
    return {
        "id": rule.id,
        "kind": rule.kind,
        "title": text.detail.get("title", rule.title),
        "pinpoint": text.pinpoint,
        "owed_by": rule.owed_by,
        "grade": text.grade,
        "versions": [t.version for t in rule.texts],
        "deleted_by": rule.deleted_by,
    }
