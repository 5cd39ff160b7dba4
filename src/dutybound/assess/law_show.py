"""`law show`: one instrument or one rule, with all its texts."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from dutybound.assess.wording import wording
from dutybound.errors import BadInput, did_you_mean
from dutybound.rules.program import Program
from dutybound.terms.law import Act, Condition, Content, Rule, RuleText

SCHEMA: Final = "dutybound/law/1"


def law_show(content: Content, name: str) -> dict[str, Any]:
    """An instrument or a rule as JSON values. Raises BadInput if there is none of that name."""
    if name in content.acts:
        return {"schema": SCHEMA, "instrument": _act(content, content.acts[name])}
    if name in content.rules:
        return {"schema": SCHEMA, "rule": _rule(content, content.rules[name])}
    under = [r for r in content.rules if r.startswith(name + ".")]
    known = [*content.acts, *content.rules]
    hint = f" It holds {', '.join(under[:12])}." if under else did_you_mean(name, known)
    raise BadInput.one(
        name, f"There is no instrument or rule with this id.{hint} See `dutybound law list`."
    )


def _act(content: Content, act: Act) -> dict[str, Any]:
    kinds = Counter(r.kind for r in content.rules.values() if r.act == act.id)
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
        "checked_on": act.checked_on.isoformat(),
        "legal_review": act.legal_review,
        "until": act.until.isoformat() if act.until else None,
        "until_reason": act.until_reason,
        "scope": _words(act.scope),
        "versions": [
            {
                "id": v.id,
                "published": v.published.isoformat(),
                "in_force": v.in_force.isoformat(),
                "cite": v.cite,
            }
            for v in act.versions
        ],
        "dates": {
            d.name: {
                "cite": d.cite,
                "values": {version: day.isoformat() for version, day in d.values},
                "choose": [{"when": _words(c), "date": target} for c, target in d.choose],
            }
            for d in act.dates.values()
        },
        "penalties": act.penalties,
        "rules": dict(sorted(kinds.items())),
        **{k: v for k, v in act.detail.items() if k not in ("source",)},
    }


def _rule(content: Content, rule: Rule) -> dict[str, Any]:
    act = content.acts[rule.act]
    newest = max(v.published for v in act.versions)
    program = Program(content, newest)
    touching = {
        kind: [r.id for r in program.touching(rule, kind)]
        for kind in ("exclusion", "transition", "relief")
    }
    return {
        "id": rule.id,
        "title": rule.title,
        "kind": rule.kind,
        "instrument": act.id,
        "instrument_title": act.title,
        "market": act.market,
        "nature": rule.nature,
        "over": list(rule.over),
        "owed_by": rule.owed_by,
        "legal_status": rule.legal_status,
        "enforcement_status": rule.enforcement_status,
        "legal_review": act.legal_review,
        "extent": list(rule.extent),
        "targets": list(rule.targets),
        "saves": list(rule.saves),
        "effect": ("shield" if rule.shield else "defer") if rule.kind == "transition" else None,
        "touched_by": {k: v for k, v in touching.items() if v},
        "deleted_by": rule.deleted_by,
        "disputes": [_dispute(content, d) for d in rule.disputes],
        "texts": [_text(content, act, rule, t) for t in rule.texts],
        "file": rule.file or None,
        "line": rule.line or None,
    }


def _text(content: Content, act: Act, rule: Rule, text: RuleText) -> dict[str, Any]:
    version = next(v for v in act.versions if v.id == text.version)
    program = Program(content, version.published)
    following = rule.texts[rule.texts.index(text) + 1 :]
    ends = following[0].version if following else rule.deleted_by
    return {
        "version": version.id,
        "cite": version.cite,
        "published": version.published.isoformat(),
        "in_force": version.in_force.isoformat(),
        "ended_by": ends,
        "pinpoint": text.pinpoint,
        "grade": text.grade,
        "formal": days_of(program, act, text.formal),
        "effective": days_of(program, act, text.effective or text.formal),
        "until": days_of(program, act, text.until),
        "defer": days_of(program, act, text.defer),
        "when": _words(text.when),
        "exceptions": [
            {"id": e.id, "pinpoint": e.pinpoint, "grade": e.grade, "when": _words(e.when)}
            for e in text.exceptions
        ],
        **text.detail,
    }


def days_of(program: Program, act: Act, name: str | None) -> list[dict[str, Any]]:
    """The days that a date of a text may be as known by a program, each with its condition."""
    if name is None:
        return []
    named = act.dates.get(name)
    if named is None or not named.choose:
        day = program.fixed_date(act.id, name)
        return [] if day is None else [{"date": day.isoformat()}]
    found = []
    for condition, target in named.choose:
        day = program.fixed_date(act.id, target)
        if day is not None:
            found.append({"date": day.isoformat(), "when": _words(condition)})
    return found


def _dispute(content: Content, name: str) -> dict[str, Any]:
    dispute = content.disputes[name]
    return {
        "id": name,
        "question": dispute.question,
        "readings": [
            {"id": r.id, "says": r.says, "status": r.status, "cite": r.cite}
            for r in dispute.readings
        ],
    }


def _words(c: Condition) -> list[str]:
    return ["  " * depth + words for depth, words in wording(c)]
