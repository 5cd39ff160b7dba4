"""Why and why not: the proof of a verdict as a tree of steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from dutybound.rules.bind import Binding
from dutybound.rules.compiled import TextProgram
from dutybound.rules.conditions import related
from dutybound.rules.context import Context, Test
from dutybound.rules.program import Program
from dutybound.rules.run import extent_value
from dutybound.rules.truth import (
    CONTESTED,
    FALSE,
    NAMES,
    NEGATION,
    TRUE,
    UNKNOWN,
    at_least,
    conjunction,
    disjunction,
)
from dutybound.terms.finding import Outcome, Step, Verdict
from dutybound.terms.law import Condition, Dispute, Rule, RuleText
from dutybound.terms.system import NotOneOf, SetFact

VALUE: Final = {name: i for i, name in enumerate(NAMES)}
SIGN: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "="}


def value_of(step: Step) -> int:
    """The truth value of a step."""
    return VALUE[step.value]


class Explainer:
    """Builds the steps behind conditions, in the same order and with the same values."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._terms: dict[tuple[int, str, bool], Step] = {}
        self._tests: dict[tuple[int, str, str, bool], Test] = {}
        self._seen: list[Context] = []

    # ------------------------------------------------------------------ rules
    def rule(self, verdict: Verdict, binding: Binding, text: TextProgram, ctx: Context) -> Step:
        """The proof of a verdict: place, scope, addressee, exclusions, conditions, exceptions."""
        rule = self._program.content.rules[verdict.rule]
        steps = [self._place(rule, binding, ctx)]
        act = self._program.content.acts[rule.act]
        if rule.gated and act.scope[0] != "always":
            steps.append(self._named("scope", self.condition(rule.act, act.scope, ctx, "A", True)))
        if rule.owed_by is not None:
            steps.append(self._named("owed_by", self._term(rule.owed_by, ctx, True)))
        for other in self._program.touching(rule, "exclusion"):
            inner = self._term(other.id, ctx, False)
            steps.append(self._negated(f"not excluded by {other.id}", inner, "exclusion"))
        steps.append(self._named("when", self._when(rule, text.text, ctx, True)))
        steps.extend(self._exceptions(rule, text.text, ctx))
        for other in self._program.touching(rule, "transition"):
            if other.shield:
                inner = self._term(other.id, ctx, False)
                steps.append(self._negated(f"not shielded by {other.id}", inner, "shield"))
        counted = [
            s for s in steps if s.reason != "shield" or verdict.outcome is not Outcome.NOT_YET
        ]
        value = conjunction(value_of(s) for s in counted)
        return Step(NAMES[value], rule.id, steps=tuple(steps))

    def why_not(self, rule: Rule, binding: Binding, text: TextProgram, ctx: Context) -> Step | None:
        """The first part of the general rule that is false, without the other parts."""
        place = self._place(rule, binding, ctx)
        if value_of(place) == FALSE:
            return place
        act = self._program.content.acts[rule.act]
        if rule.gated and self._program.scope(act.id)(ctx) == FALSE:
            return self._named("scope", self.condition(act.id, act.scope, ctx, "A", True))
        if rule.owed_by is not None and self._program.term(rule.owed_by, True)(ctx) == FALSE:
            return self._named("owed_by", self._term(rule.owed_by, ctx, True))
        for other in self._program.touching(rule, "exclusion"):
            if self._program.term(other.id, False)(ctx) == TRUE:
                inner = self._term(other.id, ctx, False)
                return self._negated(f"not excluded by {other.id}", inner, "exclusion")
        when = self._named("when", self._when(rule, text.text, ctx, True))
        return when if value_of(when) == FALSE else None

    def _place(self, rule: Rule, binding: Binding, ctx: Context) -> Step:
        area = ", ".join(rule.extent) or self._program.territory(rule.act)
        value = min(binding.certain, extent_value(rule, ctx.places))
        if ctx.places:
            says = f"in {area}: {', '.join(ctx.places)}"
            return Step(NAMES[value], says, fact="places", reason="place")
        seat = ctx.party.get("established_in")
        return Step(
            NAMES[value],
            f"established in {area}",
            fact="party.established_in",
            stated=seat,
            reason="place",
        )

    @staticmethod
    def _named(part: str, step: Step) -> Step:
        return Step(step.value, part, reason=part, steps=(step,))

    @staticmethod
    def _negated(says: str, inner: Step, part: str) -> Step:
        return Step(NAMES[NEGATION[value_of(inner)]], says, reason=part, steps=(inner,))

    def _when(self, rule: Rule, text: RuleText, ctx: Context, positive: bool) -> Step:
        return self.condition(rule.act, text.when, ctx, text.grade, positive)

    def _exceptions(
        self, rule: Rule, text: RuleText, ctx: Context, positive: bool = False
    ) -> Iterator[Step]:
        for e in text.exceptions:
            inner = self.condition(rule.act, e.when, ctx, e.grade, positive)
            step = self._negated(f"exception {e.id} does not hold", inner, "exception")
            yield replace(step, cite=e.pinpoint)

    # ------------------------------------------------------------------ conditions
    def condition(
        self, act_id: str, c: Condition, ctx: Context, grade: str, positive: bool
    ) -> Step:
        """The steps behind a condition."""
        match c[0]:
            case "mark":
                inner = self.condition(act_id, c[2], ctx, c[1].get("grade", grade), positive)
                return _marked(inner, c[1])
            case "not":
                inner = self.condition(act_id, c[1], ctx, grade, not positive)
                return Step(NAMES[NEGATION[value_of(inner)]], "not", steps=(inner,))
            case "all" | "any" | "atleast":
                return self._several(act_id, c, ctx, grade, positive)
            case "some" | "every":
                return self._quantified(act_id, c, ctx, grade, positive)
            case "term":
                return _soft(self._term(c[1], ctx, positive), grade, positive)
            case "reading":
                return self._reading(c[1], ctx, positive)
            case _:
                return self._leaf(act_id, c, ctx, grade, positive)

    def _several(self, act_id: str, c: Condition, ctx: Context, grade: str, positive: bool) -> Step:
        members = c[2] if c[0] == "atleast" else c[1]
        steps = tuple(self.condition(act_id, m, ctx, grade, positive) for m in members)
        values = [value_of(s) for s in steps]
        if c[0] == "all":
            return Step(NAMES[conjunction(values)], "all of", steps=steps)
        if c[0] == "any":
            return Step(NAMES[disjunction(values)], "any of", steps=steps)
        return Step(NAMES[at_least(c[1], values)], f"at least {c[1]} of", steps=steps)

    def _quantified(
        self, act_id: str, c: Condition, ctx: Context, grade: str, positive: bool
    ) -> Step:
        things = related(ctx, c[1])
        steps = tuple(
            self.condition(act_id, c[2], ctx.looking_at(c[1], facts), grade, positive)
            for facts in things
        )
        combine = disjunction if c[0] == "some" else conjunction
        value = combine(value_of(s) for s in steps) if things else UNKNOWN
        fact = None if things else f"{c[1]} (none stated)"
        return Step(NAMES[value], f"{c[0]} {c[1]}", fact=fact, steps=steps)

    def _term(self, rule_id: str, ctx: Context, positive: bool) -> Step:
        key = (id(ctx), rule_id, positive)
        found = self._terms.get(key)
        if found is None:
            self._seen.append(ctx)  # keeps the context, so that its id stays its own
            self._terms[key] = found = self._term_step(rule_id, ctx, positive)
        return found

    def _term_step(self, rule_id: str, ctx: Context, positive: bool) -> Step:
        rule = self._program.content.rules[rule_id]
        value = self._program.term(rule_id, positive)(ctx)
        text = self._text_on(rule, ctx)
        steps: tuple[Step, ...] = ()
        if text is not None:
            when = self.condition(rule.act, text.when, ctx, text.grade, positive)
            steps = (when, *self._exceptions(rule, text, ctx, not positive))
        pinpoint = text.pinpoint if text else None
        return Step(NAMES[value], rule.id, steps=steps, cite=pinpoint, reason=rule.reason)

    def _text_on(self, rule: Rule, ctx: Context) -> RuleText | None:
        for text, end in self._program.text_ends(rule):
            if ctx.day < end:
                return text
        return None

    def _reading(self, dispute_id: str, ctx: Context, positive: bool) -> Step:
        dispute = self._program.content.disputes[dispute_id]
        value = self._program.reading(dispute_id, positive)(ctx)
        return Step(NAMES[value], dispute.id, steps=tuple(self._readings(dispute, ctx, positive)))

    def _readings(self, dispute: Dispute, ctx: Context, positive: bool) -> Iterator[Step]:
        act_id = self._program.act_of_dispute(dispute.id)
        drafts = any(r.status == "draft_guidance" for r in dispute.readings)
        for r in dispute.readings:
            if drafts and (r.status == "draft_guidance") != ctx.draft:
                continue
            step = self.condition(act_id, r.when, ctx, "A", positive)
            yield Step(step.value, f"{dispute.id}#{r.id}", cite=r.cite or None, steps=(step,))

    def readings(self, dispute_id: str, ctx: Context) -> list[tuple[str, str]]:
        """(reading id, value) for every reading of a dispute, drafts included."""
        dispute = self._program.content.disputes[dispute_id]
        act_id = self._program.act_of_dispute(dispute_id)
        return [
            (r.id, self.condition(act_id, r.when, ctx, "A", True).value) for r in dispute.readings
        ]

    # ------------------------------------------------------------------ leaves
    def _leaf(self, act_id: str, c: Condition, ctx: Context, grade: str, positive: bool) -> Step:
        key = (id(c), act_id, grade, positive)
        test = self._tests.get(key)
        if test is None:
            compiler = self._program.compiler(act_id)
            self._tests[key] = test = compiler.test(c, grade=grade, positive=positive)
        says, fact, stated = _said(c, ctx)
        shown = grade if grade in ("C", "unverified") else None
        about = getattr(ctx, fact.partition(".")[0], None) if fact else None
        return Step(NAMES[test(ctx)], says, fact, stated, grade=shown, about=about)


def _marked(inner: Step, marks: dict[str, str]) -> Step:
    return replace(
        inner,
        reason=marks.get("reason", inner.reason),
        cite=marks.get("cite", inner.cite),
    )


def _soft(step: Step, grade: str, positive: bool) -> Step:
    weak = FALSE if positive else TRUE
    if grade == "C" and value_of(step) == weak:
        return replace(step, value=NAMES[CONTESTED], grade="C")
    return step


def _said(c: Condition, ctx: Context) -> tuple[str, str | None, Any]:
    match c[0]:
        case "yes":
            return f"{c[1]}.{c[2]}", f"{c[1]}.{c[2]}", getattr(ctx, c[1]).get(c[2])
        case "has" | "only" | "is":
            word = {"has": "has", "only": "has only", "is": "is"}[c[0]]
            fact = f"{c[1]}.{c[2]}"
            return f"{fact} {word} {' or '.join(c[3])}", fact, _plain(getattr(ctx, c[1]).get(c[2]))
        case "num":
            fact = f"{c[1]}.{c[2]}"
            checks = " and ".join(f"{SIGN[op]} {value:,}" for op, value in c[3])
            return f"{fact} {checks}", fact, getattr(ctx, c[1]).get(c[2])
        case "date":
            fact = f"{c[1]}.{c[2]}"
            span = _span(c[3], c[4])
            return f"{fact} {span}", fact, str(getattr(ctx, c[1]).get(c[2]) or "") or None
        case "event":
            days = [str(e.date) for e in ctx.events if e.act == c[1]]
            return f"event {c[1]} {_span(c[2], c[3])}".strip(), f"events.{c[1]}", days or None
        case "within":
            if c[1] == "place":
                return f"place within {c[2]}", "places", list(ctx.places)
            fact = ".".join(c[1])
            return f"{fact} within {c[2]}", fact, getattr(ctx, c[1][0]).get(c[1][1])
        case form:
            return str(form), None, None


def _span(before: str | None, start: str | None) -> str:
    parts = [f"before {before}" if before else "", f"from {start}" if start else ""]
    return " and ".join(p for p in parts if p)


def _plain(stated: Any) -> Any:
    if isinstance(stated, SetFact):
        return sorted(stated.yes)
    if isinstance(stated, NotOneOf):
        return f"not {', '.join(sorted(stated.values))}"
    return stated


# ---------------------------------------------------------------------- reading a proof
def deciding(step: Step) -> Iterator[Step]:
    """The steps on the way to what made a step false, from the outside in."""
    yield step
    wanted = step.value
    for inner in step.steps:
        if inner.value == wanted and step.says not in ("not",):
            yield from deciding(inner)
            return
    if step.steps:
        yield from deciding(step.steps[0])


def every_step(step: Step) -> Iterator[Step]:
    """Every step of a proof, each once (terms are shared between branches)."""
    pending, seen = [step], {id(step)}
    while pending:
        current = pending.pop()
        yield current
        for inner in reversed(current.steps):
            if id(inner) not in seen:
                seen.add(id(inner))
                pending.append(inner)


def unknown_facts(step: Step) -> Iterator[str]:
    """The facts whose absence leaves a step unknown, each once."""
    pending, seen = [step], {id(step)}
    names: set[str] = set()
    while pending:
        current = pending.pop()
        if value_of(current) != UNKNOWN:
            continue
        if current.fact is not None and current.fact not in names:
            names.add(current.fact)
            yield current.fact
        for inner in reversed(current.steps):
            if id(inner) not in seen:
                seen.add(id(inner))
                pending.append(inner)


def facts_used(step: Step) -> Iterator[Step]:
    """The leaves that carry the value of a step, each once."""
    pending, seen = [step], {id(step)}
    while pending:
        current = pending.pop()
        if current.fact is not None and not current.steps:
            yield current
            continue
        for inner in reversed(current.steps):
            carries = inner.value == current.value or current.says == "not"
            if (carries or current.reason in _PARTS) and id(inner) not in seen:
                seen.add(id(inner))
                pending.append(inner)


_PARTS: Final = ("exclusion", "exception", "shield")
