"""`explain`: the proof of one rule for a system."""

from __future__ import annotations

from typing import Any, Final

from dutybound.assess.assess import Assessment, key_of
from dutybound.assess.catalogue import controls_of
from dutybound.assess.measures import measurable
from dutybound.errors import BadInput, did_you_mean
from dutybound.rules.truth import FALSE
from dutybound.terms.finding import Outcome, Step, Verdict

SCHEMA: Final = "dutybound/explanation/1"


def explain(result: Assessment, rule_id: str) -> dict[str, Any]:
    """The proofs of a rule, one for each binding, as JSON values."""
    verdicts = _verdicts(result, rule_id)
    return {
        "schema": SCHEMA,
        "system": result.profile.id,
        "as_of": result.as_of.isoformat(),
        "proofs": [_proof(result, v) for v in verdicts],
    }


def _verdicts(result: Assessment, rule_id: str) -> list[Verdict]:
    content = result.content
    if rule_id not in content.rules:
        hint = did_you_mean(rule_id, [*content.rules, *content.acts])
        under = [r for r in content.rules if r.startswith(rule_id + ".")]
        if under:
            hint = f" It holds {', '.join(under[:12])}."
        raise BadInput.one(rule_id, f"There is no such rule.{hint} See `dutybound law list`.")
    run, rule = result.run, content.rules[rule_id]
    program = run.program.rule(rule_id)
    found = []
    for binding in run.bindings.of(rule.over, program.act.territory, program.act.reach):
        gate = run.gate(rule, binding)
        if gate == FALSE and rule.gated:
            index = program.texts[-1].index if program.texts else -1
            found.append(
                Verdict(rule_id, binding.scope, Outcome.DOES_NOT_APPLY, index, reason="scope")
            )
        else:
            found.append(run.judge(program, binding, gate))
    if not found:
        raise BadInput.one(
            rule_id,
            f"The system touches no place in {program.act.territory}, so the rule does not apply "
            "(wrong_place). Add the place to a use to see how it would stand.",
        )
    return found


def _proof(result: Assessment, verdict: Verdict) -> dict[str, Any]:
    rule = result.content.rules[verdict.rule]
    act = result.content.acts[rule.act]
    text = rule.texts[verdict.text]
    proof = result.prover.prove(verdict, whole=True)
    detail = text.detail
    return {
        "key": key_of(verdict),
        "id": rule.id,
        "title": rule.title,
        "instrument": act.id,
        "instrument_title": act.title,
        "pinpoint": text.pinpoint,
        "about": {k: v for k, v in (("party", verdict.scope.party),) if v}
        | verdict.scope.as_dict(),
        "outcome": str(verdict.outcome),
        "reason": proof.reason,
        "formal_from": verdict.formal.isoformat() if verdict.formal else None,
        "effective_from": verdict.start.isoformat() if verdict.start else None,
        "draft_guidance": str(verdict.draft) if verdict.draft else None,
        "no_duty_either_way": verdict.no_duty_either_way,
        "proof": _step(result, verdict, proof.step, set()),
        "says": detail.get("must") or detail.get("should") or detail.get("may"),
        "technical": detail.get("technical", []),
        "organisational": detail.get("organisational", []),
        "controls": controls_of(rule.id, detail),
        "measurable": measurable(rule, detail),
    }


def _step(result: Assessment, verdict: Verdict, step: Step, seen: set[str]) -> dict[str, Any]:
    """A step as JSON values. A term that was shown before is named, not shown again."""
    found: dict[str, Any] = {"value": step.value, "says": step.says}
    if step.fact is not None:
        path, position = result.details.where(step, verdict)
        found["fact"] = path
        if step.stated not in (None, []):
            found["stated"] = step.stated
        if position is not None:
            found |= {"file": position.file, "line": position.line}
    for key in ("reason", "cite", "grade"):
        value = getattr(step, key)
        if value:
            found[key] = value
    if step.steps and step.says in seen:
        found["shown_above"] = True
    elif step.steps:
        if step.says in result.content.rules or step.says in result.content.disputes:
            seen.add(step.says)
        apart = step.says.startswith(("some ", "every "))  # the same term, of another thing
        found["steps"] = [_step(result, verdict, s, set() if apart else seen) for s in step.steps]
    return found
