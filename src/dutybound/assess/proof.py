"""The proof behind a verdict, and the reason code that it comes down to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dutybound.rules.bind import Binding
from dutybound.rules.compiled import TextProgram
from dutybound.rules.context import Context
from dutybound.rules.explain import Explainer, deciding, value_of
from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.rules.truth import FALSE, TRUE
from dutybound.terms.finding import Outcome, Scope, Step, Verdict

DEFAULT_REASONS: Final = {
    "place": "wrong_place",
    "scope": "out_of_scope",
    "owed_by": "wrong_role",
    "exclusion": "excluded",
    "when": "condition_not_met",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """The steps behind a verdict. `reason`: the code of the step that decided."""

    verdict: Verdict
    step: Step
    reason: str | None
    deciding: tuple[Step, ...]


class Prover:
    """Proves the verdicts of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._proofs: dict[Verdict, Proof] = {}
        self._bindings: dict[tuple[tuple[str, ...], str, str], dict[Scope, Binding]] = {}
        self.explainer = Explainer(run.program)

    @property
    def program(self) -> Program:
        """The law that was run."""
        return self._run.program

    def binding(self, verdict: Verdict) -> Binding | None:
        """The binding that a verdict is about."""
        rule = self.program.content.rules.get(verdict.rule)
        if rule is None:
            return None
        act = self.program.content.acts[rule.act]
        key = (rule.over, act.territory, act.reach)
        found = self._bindings.get(key)
        if found is None:
            all_of_them = self._run.bindings.of(*key)
            self._bindings[key] = found = {b.scope: b for b in all_of_them}
        return found.get(verdict.scope)

    def _no(self, verdict: Verdict, binding: Binding, text: TextProgram, ctx: Context) -> Proof:
        """The proof of a "no": only the part that decides."""
        rule = self.program.content.rules[verdict.rule]
        part = self.explainer.why_not(rule, binding, text, ctx)
        if part is None:
            return Proof(verdict, Step("no", verdict.rule), verdict.reason, ())
        step = Step("no", verdict.rule, steps=(part,))
        reason, path = self._reason(verdict, step)
        return Proof(verdict, step, reason, path)

    def proof(self, verdict: Verdict) -> Proof:
        """The proof of a verdict, made once."""
        found = self._proofs.get(verdict)
        if found is None:
            self._proofs[verdict] = found = self.prove(verdict)
        return found

    def prove(self, verdict: Verdict, *, draft: bool = False, whole: bool = False) -> Proof:
        """The proof of a verdict. whole: with the parts of a "no" that did not decide."""
        binding = self.binding(verdict)
        texts = () if binding is None else self.program.rule(verdict.rule).texts
        text = next((t for t in texts if t.index == verdict.text), None)
        if binding is None or text is None:
            return Proof(verdict, Step("no", verdict.rule), verdict.reason, ())
        start = verdict.start or text.start
        ctx = binding.at(max(self._run.as_of, start), draft)
        if verdict.outcome is Outcome.DOES_NOT_APPLY and not whole:
            return self._no(verdict, binding, text, ctx)
        step = self.explainer.rule(verdict, binding, text, ctx)
        reason, path = self._reason(verdict, step)
        return Proof(verdict, step, reason, path)

    def outside(self, verdict: Verdict) -> str:
        """The code that says why a whole act does not reach a binding."""
        binding = self._run.outside.get(verdict)
        if binding is None:
            return str(verdict.reason)
        act = self.program.content.acts[verdict.rule]
        ctx = binding.at(self._run.as_of)
        path = tuple(deciding(self.explainer.condition(act.id, act.scope, ctx, act.grade, True)))
        return self._first_reason(path) or DEFAULT_REASONS["scope"]

    def _reason(self, verdict: Verdict, step: Step) -> tuple[str | None, tuple[Step, ...]]:
        if verdict.outcome is Outcome.DOES_NOT_APPLY:
            return self._why_not(verdict, step)
        if verdict.outcome is Outcome.EXCEPTED:
            for part in step.steps:
                if part.reason in ("exception", "shield") and value_of(part) == FALSE:
                    code = "transition" if part.reason == "shield" else "exception"
                    return self._inner_code(part) or code, (part,)
        return verdict.reason, ()

    def _why_not(self, verdict: Verdict, step: Step) -> tuple[str | None, tuple[Step, ...]]:
        if verdict.reason == "not_law":
            return "not_law", ()
        rule = self.program.content.rules[verdict.rule]
        for part in step.steps:
            if value_of(part) != FALSE or part.reason in ("exception", "shield"):
                continue
            path = tuple(deciding(part))[1:]
            if part.reason == "exclusion":
                excluding = self.program.content.rules[part.steps[0].says]
                return excluding.reason or DEFAULT_REASONS["exclusion"], path
            code = self._inner_code(part)
            if part.reason == "when" and rule.reason and code is None:
                code = rule.reason
            if code is None:
                code = self._first_reason(path)
            return code or DEFAULT_REASONS.get(str(part.reason)), path
        return verdict.reason, ()

    def _inner_code(self, part: Step) -> str | None:
        """A reason that stands in the rule's own condition, not inside a term."""
        for step in tuple(deciding(part))[1:]:
            is_term = step.says in self.program.content.rules
            if step.reason and not (is_term and self._own_reason(step)):
                return step.reason
            if is_term:
                return None
        return None

    def _own_reason(self, step: Step) -> bool:
        rule = self.program.content.rules.get(step.says)
        return rule is not None and rule.reason == step.reason

    @staticmethod
    def _first_reason(path: tuple[Step, ...]) -> str | None:
        codes = [s.reason for s in path if s.reason and s.reason not in DEFAULT_REASONS]
        return codes[-1] if codes else None


def holds(step: Step) -> bool:
    """Whether a step is true."""
    return value_of(step) == TRUE
