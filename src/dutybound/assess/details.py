"""The parts of a finding that need its proof: facts, exceptions, reliefs, disputes, penalties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from dutybound.assess.proof import Proof, Prover
from dutybound.rules.context import Context
from dutybound.rules.explain import every_step, facts_used, unknown_facts
from dutybound.rules.program import Program
from dutybound.rules.truth import CONTESTED, FALSE, NAMES, UNKNOWN
from dutybound.terms.finding import Outcome, Step, Verdict
from dutybound.terms.law import Act, Content, Rule
from dutybound.terms.system import Facts, Position, Profile, Thing, Use

LIVE: Final = (Outcome.APPLIES, Outcome.NOT_YET, Outcome.UNDETERMINED, Outcome.CONTESTED)


class Details:
    """Answers for the verdicts of one run."""

    def __init__(self, prover: Prover, profile: Profile, content: Content, as_of: date) -> None:
        self._prover = prover
        self._program: Program = prover.program
        self._profile = profile
        self._content = content
        self._as_of = as_of

    def verify(self, verdict: Verdict, grade: str) -> bool:
        """Whether the finding rests on a single or conflicting source."""
        if verdict.outcome not in LIVE:
            return False
        if grade == "C" or not self._program.behind(verdict.rule).weak:
            return grade == "C"
        return any(s.grade == "C" for s in every_step(self._prover.proof(verdict).step))

    def deciding(self, proof: Proof) -> list[dict[str, Any]]:
        """The steps that made a "no"."""
        return [
            {k: v for k, v in (("says", s.says), ("cite", s.cite)) if v}
            for s in proof.deciding
            if s.says not in ("all of", "any of", "not")
        ]

    def because(self, verdict: Verdict, proof: Proof) -> list[dict[str, Any]]:
        """The facts on which a finding rests, with where they were stated."""
        parts = [s for s in proof.step.steps if s.reason in ("owed_by", "when")]
        steps = [proof.deciding[-1]] if proof.deciding else parts or [proof.step]
        found: dict[str, dict[str, Any]] = {}
        for leaf in (leaf for step in steps for leaf in facts_used(step)):
            if leaf.fact is None or leaf.stated in (None, []):
                continue
            path, position = self.where(leaf, verdict)
            found[path] = {
                "fact": path,
                "value": leaf.stated,
                "file": position.file if position else None,
                "line": position.line if position else None,
            }
        return list(found.values())

    def where(self, step: Step, verdict: Verdict) -> tuple[str, Position | None]:
        """The full path of the fact of a step, and where it was stated."""
        fact = step.fact or ""
        thing, _, name = fact.partition(".")
        scope, positions = verdict.scope, self._profile.positions
        ids = {
            "use": ("uses", scope.use),
            "party": ("parties", scope.party),
            "data": ("data", scope.data),
            "model": ("models", scope.model),
        }
        if thing not in ids:
            return fact, positions.get(fact)
        group, owner = ids[thing]
        other = self._read(group, step.about)
        if thing == "use" and owner and scope.place and other in (None, owner):
            local = f"uses.{owner}.places.{scope.place}.{name}"
            if local in positions:
                return local, positions[local]
        owner = other or owner
        if owner is None:
            return fact, None
        path = f"{group}.{owner}.{name}"
        return path, positions.get(path)

    def _read(self, group: str, facts: Facts | None) -> str | None:
        """The thing of the profile whose facts a step read: in `some` it is not that in scope."""
        things: tuple[Thing | Use, ...] = getattr(self._profile, group)
        return next((t.id for t in things if t.facts is facts), None)

    @staticmethod
    def exceptions(proof: Proof) -> list[dict[str, Any]]:
        """The exceptions of a rule, and whether they hold."""
        return [
            {
                "id": s.says.removeprefix("exception ").removesuffix(" does not hold"),
                "pinpoint": s.cite,
                "holds": {"no": "yes", "yes": "no"}.get(s.value, s.value),
            }
            for s in proof.step.steps
            if s.reason == "exception"
        ]

    def _value(self, rule: Rule, verdict: Verdict, *, positive: bool = True) -> int | None:
        binding = self._prover.binding(verdict)
        if binding is None:
            return None
        ctx = binding.at(max(self._as_of, verdict.start or self._as_of))
        return self._program.term(rule.id, positive)(ctx)

    def reliefs(self, rule: Rule, verdict: Verdict) -> list[dict[str, Any]]:
        """The reliefs that may change how a duty is met."""
        if verdict.outcome not in LIVE:
            return []
        found = []
        for relief in self._program.touching(rule, "relief"):
            if set(relief.over) - set(rule.over):
                continue
            value = self._value(relief, verdict)
            if value not in (None, FALSE):
                text = relief.texts[-1]
                found.append(
                    {
                        "id": relief.id,
                        "pinpoint": text.pinpoint,
                        "holds": _word(value),
                        "says": text.detail.get("may") or text.detail.get("note"),
                    }
                )
        return found

    def transitions(self, rule: Rule, verdict: Verdict) -> list[dict[str, Any]]:
        """The transitions that may shield or defer."""
        if verdict.outcome not in (*LIVE, Outcome.EXCEPTED):
            return []
        found = []
        for transition in self._program.touching(rule, "transition"):
            value = self._value(transition, verdict, positive=not transition.shield)
            if value not in (None, FALSE):
                text = transition.texts[-1]
                found.append(
                    {
                        "id": transition.id,
                        "pinpoint": text.pinpoint,
                        "effect": "shield" if transition.shield else "defer",
                        "holds": _word(value),
                        "ends_when": text.detail.get("ends_when"),
                    }
                )
        return found

    def disputes(self, verdict: Verdict, rule: Rule) -> list[dict[str, Any]]:
        """The disputes that matter on these facts, by reading."""
        differs = verdict.draft is not None and verdict.draft is not verdict.outcome
        binding = self._prover.binding(verdict)
        if binding is None or (verdict.outcome not in LIVE and not differs):
            return []
        ctx = binding.at(max(self._as_of, verdict.start or self._as_of))
        ids = dict.fromkeys(self._open_disputes(rule, ctx))
        ids.update(dict.fromkeys(rule.disputes))
        explainer = self._prover.explainer
        return [{"id": d, "holds": dict(explainer.readings(d, ctx))} for d in ids]

    def _open_disputes(self, rule: Rule, ctx: Context) -> Iterator[str]:
        """Disputes behind a rule that these facts do not settle, or that a draft would settle."""
        program = self._program
        drafted = ctx.but(draft=True)
        for dispute_id in program.behind(rule.id).disputes:
            answer = program.reading(dispute_id, True)
            value = answer(ctx)
            if value in (UNKNOWN, CONTESTED) or answer(drafted) != value:
                yield dispute_id

    def needs(self, verdict: Verdict) -> list[str]:
        """The facts that would settle an undetermined finding."""
        if verdict.outcome is not Outcome.UNDETERMINED:
            return []
        if verdict.only_day_open:
            return self._day_needs(verdict)
        return list(dict.fromkeys(unknown_facts(self._prover.proof(verdict).step)))

    def _day_needs(self, verdict: Verdict) -> list[str]:
        """The facts on which the first day depends."""
        rule, binding = self._content.rules[verdict.rule], self._prover.binding(verdict)
        if binding is None:
            return []
        ctx = binding.at(max(self._as_of, verdict.start or self._as_of))
        act, text = self._content.acts[rule.act], rule.texts[verdict.text]
        named = act.dates.get(text.effective or text.formal or "")
        explainer = self._prover.explainer
        steps = (
            [explainer.condition(act.id, c, ctx, "A", True) for c, _ in named.choose]
            if named
            else []
        )
        steps += [
            explainer.condition(t.act, t.texts[-1].when, ctx, "A", True)
            for t in self._program.touching(rule, "transition")
            if not t.shield
        ]
        return list(dict.fromkeys(f for s in steps for f in unknown_facts(s)))

    def penalties(
        self, act: Act, detail: dict[str, Any], verdict: Verdict
    ) -> dict[str, Any] | list[dict[str, Any]]:
        """The penalty tiers, with the size rule that counts."""
        names = detail.get("penalty")
        if names is None or verdict.outcome not in LIVE:
            return {}
        if isinstance(names, str):
            return self._penalty(act, names, verdict)
        return [self._penalty(act, name, verdict) for name in names]

    def _penalty(self, act: Act, name: str, verdict: Verdict) -> dict[str, Any]:
        tier = dict(act.penalties[name])
        sizes = tier.pop("size", [])
        binding = self._prover.binding(verdict)
        if binding is not None:
            ctx = binding.at(self._as_of)
            for size in sizes:
                value = self._program.compiler(act.id).test(size["when"])(ctx)
                if value != FALSE:
                    tier["size_rule"] = {
                        "take": size["take"],
                        "cite": size["cite"],
                        "holds": _word(value),
                    }
                    break
        return {"tier": name, **tier}


def _word(value: int | None) -> str:
    return NAMES[value or 0]
