"""`controls`: the unified controls, and one of them with everything that hangs on it."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from dutybound.assess.catalogue import answered, content_json, lines_of
from dutybound.errors import BadInput, did_you_mean
from dutybound.terms.control import Catalogue, Control, Framework, Mapping
from dutybound.terms.law import Content, Rule

LIST_SCHEMA: Final = "dutybound/controls/1"
SHOW_SCHEMA: Final = "dutybound/control/1"
DUTIES: Final = ("duty", "prohibition", "right")
BINDING: Final = "binding_law"


def control_list(
    catalogue: Catalogue, content: Content, *, domain: str | None = None, text: str | None = None
) -> dict[str, Any]:
    """The controls of a domain, or all, as JSON values. text: only those that mention it."""
    if domain is not None and domain not in catalogue.domains:
        hint = did_you_mean(domain, catalogue.domains)
        raise BadInput.one(domain, f"There is no such domain.{hint}")
    chosen = [
        c
        for c in catalogue.controls.values()
        if domain in (None, c.domain) and (text is None or text.lower() in _words(c))
    ]
    rules = answered(catalogue, content)
    return {
        "schema": LIST_SCHEMA,
        "content": content_json(content),
        "domains": catalogue.domains,
        "controls": [_short(c, rules[c.id], content, catalogue) for c in chosen],
    }


def _words(c: Control) -> str:
    sides = (*c.technical, *c.organisational)
    return " ".join((c.id, c.title, c.objective, c.focus, *sides)).lower()


def _short(c: Control, rules: list[Rule], content: Content, catalogue: Catalogue) -> dict[str, Any]:
    markets = (content.acts[r.act].market for r in rules if _is_duty(r))
    return {
        "id": c.id,
        "domain": c.domain,
        "title": c.title,
        "owner": c.owner,
        "effort": c.effort,
        "required": c.required.word,
        "scope": c.scope,
        "object": str(c.object),
        "applies_to": list(c.applies_to),
        "duties": dict(sorted(Counter(markets).items())),
        "mappings": {f: len(lines) for f, lines in lines_of(c.id, catalogue).items()},
        "soc2": c.soc2.evidence,
    }


def _is_duty(rule: Rule) -> bool:
    return rule.nature == BINDING and rule.kind in DUTIES


def _is_guidance(rule: Rule) -> bool:
    return rule.kind != "term" and (rule.nature != BINDING or rule.kind == "permission")


def control_show(catalogue: Catalogue, content: Content, control_id: str) -> dict[str, Any]:
    """One control as JSON values."""
    control = catalogue.controls.get(control_id)
    if control is None:
        hint = did_you_mean(control_id, catalogue.controls)
        text = f"There is no such control.{hint} See `dutybound controls list`."
        raise BadInput.one(control_id, text)
    rules = answered(catalogue, content)[control.id]
    duties = [r for r in rules if _is_duty(r)]
    return {
        "schema": SHOW_SCHEMA,
        "content": content_json(content),
        "id": control.id,
        "domain": control.domain,
        "domain_title": catalogue.domains[control.domain],
        **{k: getattr(control, k) for k in ("title", "objective", "focus", "scope", "owner")},
        "object": str(control.object),
        "applies_to": list(control.applies_to),
        "effort": control.effort,
        "required": control.required.word,
        "after": [{"id": a, "title": catalogue.controls[a].title} for a in control.after],
        "technical": list(control.technical),
        "organisational": list(control.organisational),
        "frameworks": [
            _framework(catalogue.frameworks[f], lines)
            for f, lines in lines_of(control.id, catalogue).items()
        ],
        "duties": [_rule(r, content) for r in duties],
        "guidance": [_rule(r, content) for r in rules if _is_guidance(r)],
        "needs": [
            {
                "kind": str(n.kind),
                "what": n.what,
                "freshness_days": n.freshness_days,
                "rung": n.rung.word,
                "any_of": n.any_of,
            }
            for n in control.needs
        ],
        "documents": list(control.documents),
        "measures": list(control.measures),
        "soc2": {"evidence": control.soc2.evidence, "note": control.soc2.note},
        "security": {k: list(v) for k, v in control.security.items()},
    }


def _framework(framework: Framework, lines: list[Mapping]) -> dict[str, Any]:
    return {
        "id": framework.id,
        "title": framework.title,
        "short": framework.short,
        "column": framework.column,
        "nature": framework.nature,
        "effect": framework.effect,
        "mappings": [line_json(line, framework) for line in lines],
    }


def line_json(line: Mapping, framework: Framework) -> dict[str, Any]:
    """A line of a crosswalk as JSON values."""
    element = framework.elements[line.target]
    return {
        "control": line.source,
        "element": line.target,
        "element_title": element.title,
        "relationship": str(line.relationship),
        "strength": line.strength,
        "matching-rationale": str(line.rationale),
        "why": line.why,
    }


def _rule(rule: Rule, content: Content) -> dict[str, Any]:
    act = content.acts[rule.act]
    return {
        "id": rule.id,
        "market": act.market,
        "instrument": act.id,
        "pinpoint": rule.texts[-1].pinpoint,
        "title": rule.title,
        "kind": rule.kind,
        "nature": rule.nature,
        "legal_status": rule.legal_status,
    }
