"""`assess`: what a system is in law, which duties bind whom, from which day, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from dutybound.assess.proof import Proof, Prover
from dutybound.rules.explain import every_step, facts_used, unknown_facts, value_of
from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.rules.truth import FALSE
from dutybound.terms.finding import Outcome, Step, Verdict
from dutybound.terms.law import Act, Content, Rule, RuleText
from dutybound.terms.system import Event, Position, Profile

SCHEMA: Final = "dutybound/assessment/1"
STALE_DAYS: Final = 90
OPEN: Final = (Outcome.UNDETERMINED, Outcome.CONTESTED)
LIVE: Final = (Outcome.APPLIES, Outcome.NOT_YET, *OPEN)


@dataclass(frozen=True)
class Assessment:
    """The verdicts on one profile, with their proofs made when asked for."""

    profile: Profile
    content: Content
    run: Run
    as_of: date
    known_on: date
    today: date

    @cached_property
    def prover(self) -> Prover:
        """Proves the verdicts."""
        return Prover(self.run)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts."""
        return self.run.verdicts

    @cached_property
    def _proofs(self) -> dict[Verdict, Proof]:
        return {}

    def proof(self, verdict: Verdict) -> Proof:
        """The proof of a verdict."""
        found = self._proofs.get(verdict)
        if found is None:
            self._proofs[verdict] = found = self.prover.prove(verdict)
        return found

    @property
    def stale(self) -> bool:
        """Whether the content is too old for the day on which it is asked."""
        return (self.today - self.content.checked_on).days > STALE_DAYS

    @property
    def projected(self) -> bool:
        """Whether the day judged lies after the day up to which sources were checked."""
        return self.as_of > self.content.checked_on

    # ------------------------------------------------------------------ what views show
    def is_finding(self, verdict: Verdict) -> bool:
        """Whether a verdict is a finding (and not a role or class)."""
        rule = self.content.rules.get(verdict.rule)
        return rule is None or rule.kind != "term"

    @cached_property
    def findings(self) -> tuple[dict[str, Any], ...]:
        """All findings as JSON values, most binding first within an instrument."""
        return tuple(self.finding(v) for v in self.verdicts if self.is_finding(v))

    @cached_property
    def classifications(self) -> tuple[dict[str, Any], ...]:
        """Roles and classes that hold, will hold, or are open."""
        shown = (v for v in self.verdicts if not self.is_finding(v))
        return tuple(self._class(v) for v in shown if v.outcome in LIVE)

    def _class(self, verdict: Verdict) -> dict[str, Any]:
        rule = self.content.rules[verdict.rule]
        proof = self.proof(verdict)
        because = [s.says for s in _terms_that_hold(proof.step) if s.says in self.content.rules]
        return {
            "id": rule.id,
            "show": rule.show,
            "title": rule.title,
            "party": verdict.scope.party,
            "scope": verdict.scope.as_dict(),
            "outcome": str(verdict.outcome),
            "applies_from": _iso(verdict.start),
            "because": [b for b in dict.fromkeys(because) if b != rule.id],
            "needs": self._needs(verdict, proof),
            "draft_guidance": str(verdict.draft) if verdict.draft else None,
            "disputes": self._disputes(verdict, rule, proof),
        }

    def finding(self, verdict: Verdict) -> dict[str, Any]:
        """One finding as JSON values."""
        rule = self.content.rules.get(verdict.rule)
        if rule is None:
            return self._outside(verdict)
        act = self.content.acts[rule.act]
        text = self._text(rule, verdict)
        proof = self.proof(verdict)
        detail = text.detail if text else {}
        grade = text.grade if text else act.grade
        return {
            "key": key_of(verdict),
            "id": rule.id,
            "kind": rule.kind,
            "nature": rule.nature,
            "market": act.market,
            "instrument": act.id,
            "pinpoint": text.pinpoint if text else "",
            "title": detail.get("title", rule.title),
            "owed_by": rule.owed_by.rpartition(".")[2] if rule.owed_by else None,
            "party": verdict.scope.party,
            "scope": verdict.scope.as_dict(),
            "extent": "part" if rule.extent else "whole",
            "outcome": str(verdict.outcome),
            "formal_from": _iso(verdict.formal),
            "effective_from": _iso(verdict.start),
            "effective_latest": _iso(verdict.start_latest)
            if verdict.start_latest != verdict.start
            else None,
            "until": _iso(verdict.end),
            "legal_status": rule.legal_status,
            "enforcement_status": rule.enforcement_status,
            "grade": grade,
            "verify": self._verify(verdict, grade, proof),
            "legal_review": act.legal_review,
            "reason": proof.reason if verdict.outcome is not Outcome.APPLIES else None,
            "deciding": self._deciding(proof),
            "because": self._because(verdict, proof),
            "exceptions": self._exceptions(proof),
            "relief": self._reliefs(rule, verdict),
            "transitions": self._transitions(rule, verdict),
            "disputes": self._disputes(verdict, rule, proof),
            "draft_guidance": str(verdict.draft) if verdict.draft else None,
            "no_duty_either_way": verdict.no_duty_either_way,
            "only_day_open": verdict.only_day_open,
            "relevant": verdict.relevant,
            "needs": self._needs(verdict, proof),
            "must": detail.get("must"),
            "should": detail.get("should"),
            "may": detail.get("may"),
            "trigger": detail.get("trigger"),
            "technical": detail.get("technical", []),
            "organisational": detail.get("organisational", []),
            "deadlines": detail.get("deadlines", []),
            "penalty": self._penalties(act, detail, verdict),
            "controls": detail.get("controls", []),
            "documents": detail.get("documents", []),
            "measures": detail.get("measures", []),
            "note": detail.get("note"),
            "enforcement_note": detail.get("enforcement_note")
            or act.detail.get("enforcement_note"),
        }

    def _outside(self, verdict: Verdict) -> dict[str, Any]:
        act = self.content.acts[verdict.rule]
        return {
            "key": key_of(verdict),
            "id": act.id,
            "kind": "instrument",
            "nature": act.nature,
            "market": act.market,
            "instrument": act.id,
            "pinpoint": "",
            "title": act.title,
            "party": verdict.scope.party,
            "scope": verdict.scope.as_dict(),
            "outcome": str(verdict.outcome),
            "legal_status": act.legal_status,
            "enforcement_status": act.enforcement_status,
            "grade": act.grade,
            "verify": False,
            "reason": self.prover.outside(verdict),
        }

    # ------------------------------------------------------------------ parts of a finding
    @staticmethod
    def _text(rule: Rule, verdict: Verdict) -> RuleText | None:
        return rule.texts[verdict.text] if verdict.text >= 0 else rule.texts[-1]

    def _verify(self, verdict: Verdict, grade: str, proof: Proof) -> bool:
        if verdict.outcome not in LIVE:
            return False
        return grade == "C" or any(s.grade == "C" for s in every_step(proof.step))

    def _deciding(self, proof: Proof) -> list[dict[str, Any]]:
        return [
            {k: v for k, v in (("says", s.says), ("cite", s.cite)) if v}
            for s in proof.deciding
            if s.says not in ("all of", "any of", "not")
        ]

    def _because(self, verdict: Verdict, proof: Proof) -> list[dict[str, Any]]:
        step = proof.deciding[-1] if proof.deciding else proof.step
        found: dict[str, dict[str, Any]] = {}
        for leaf in facts_used(step):
            if leaf.fact is None or leaf.stated in (None, []):
                continue
            path, position = self.where(leaf.fact, verdict)
            found[path] = {
                "fact": path,
                "value": leaf.stated,
                "file": position.file if position else None,
                "line": position.line if position else None,
            }
        return list(found.values())

    def where(self, fact: str, verdict: Verdict) -> tuple[str, Position | None]:
        """The full path of a fact for a verdict, and where it was stated."""
        thing, _, name = fact.partition(".")
        ids = {
            "use": ("uses", verdict.scope.use),
            "party": ("parties", verdict.scope.party),
            "data": ("data", verdict.scope.data),
            "model": ("models", verdict.scope.model),
        }
        positions = self.profile.positions
        if thing not in ids:
            return fact, positions.get(fact)
        group, owner = ids[thing]
        if thing == "use" and owner and verdict.scope.place:
            local = f"uses.{owner}.places.{verdict.scope.place}.{name}"
            if local in positions:
                return local, positions[local]
        if owner:
            path = f"{group}.{owner}.{name}"
            return path, positions.get(path)
        matches = [p for p in positions if p.startswith(group + ".") and p.endswith("." + name)]
        return (matches[0], positions[matches[0]]) if matches else (fact, None)

    @staticmethod
    def _exceptions(proof: Proof) -> list[dict[str, Any]]:
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
        binding = self.prover.binding(verdict)
        if binding is None:
            return None
        ctx = binding.at(max(self.as_of, verdict.start or self.as_of))
        return self.run.program.term(rule.id, positive)(ctx)

    def _reliefs(self, rule: Rule, verdict: Verdict) -> list[dict[str, Any]]:
        if verdict.outcome not in LIVE:
            return []
        found = []
        for relief in self.run.program.touching(rule, "relief"):
            if set(relief.over) - set(rule.over):
                continue
            value = self._value(relief, verdict)
            if value not in (None, FALSE):
                text = relief.texts[-1]
                found.append(
                    {
                        "id": relief.id,
                        "pinpoint": text.pinpoint,
                        "holds": _holds(value),
                        "says": text.detail.get("may") or text.detail.get("note"),
                    }
                )
        return found

    def _transitions(self, rule: Rule, verdict: Verdict) -> list[dict[str, Any]]:
        if verdict.outcome not in (*LIVE, Outcome.EXCEPTED):
            return []
        found = []
        for transition in self.run.program.touching(rule, "transition"):
            value = self._value(transition, verdict, positive=not transition.shield)
            if value not in (None, FALSE):
                text = transition.texts[-1]
                found.append(
                    {
                        "id": transition.id,
                        "pinpoint": text.pinpoint,
                        "effect": "shield" if transition.shield else "defer",
                        "holds": _holds(value),
                        "ends_when": text.detail.get("ends_when"),
                    }
                )
        return found

    def _disputes(self, verdict: Verdict, rule: Rule, proof: Proof) -> list[dict[str, Any]]:
        differs = verdict.draft is not None and verdict.draft is not verdict.outcome
        binding = self.prover.binding(verdict)
        if binding is None or (verdict.outcome not in LIVE and not differs):
            return []
        ids = dict.fromkeys(
            s.says
            for s in every_step(proof.step)
            if s.says in self.content.disputes and (differs or s.value != "no")
        )
        ids.update(dict.fromkeys(rule.disputes))
        explainer = self.prover.explainer
        ctx = binding.at(max(self.as_of, verdict.start or self.as_of))
        found = []
        for dispute_id in ids:
            dispute = self.content.disputes[dispute_id]
            values = dict(explainer.readings(dispute_id, ctx))
            found.append(
                {
                    "id": dispute_id,
                    "question": dispute.question,
                    "readings": [
                        {
                            "id": r.id,
                            "says": r.says,
                            "status": r.status,
                            "cite": r.cite,
                            "holds": values[r.id],
                        }
                        for r in dispute.readings
                    ],
                }
            )
        return found

    def _needs(self, verdict: Verdict, proof: Proof) -> list[str]:
        if verdict.outcome is not Outcome.UNDETERMINED:
            return []
        if verdict.only_day_open:
            return self._day_needs(verdict)
        return list(dict.fromkeys(unknown_facts(proof.step)))

    def _day_needs(self, verdict: Verdict) -> list[str]:
        """The facts on which the first day depends."""
        rule, binding = self.content.rules[verdict.rule], self.prover.binding(verdict)
        if binding is None:
            return []
        ctx = binding.at(max(self.as_of, verdict.start or self.as_of))
        act, text = self.content.acts[rule.act], rule.texts[verdict.text]
        named = act.dates.get(text.effective or text.formal or "")
        explainer = self.prover.explainer
        steps = (
            [explainer.condition(act.id, c, ctx, "A", True) for c, _ in named.choose]
            if named
            else []
        )
        steps += [
            explainer.condition(t.act, t.texts[-1].when, ctx, "A", True)
            for t in self.run.program.touching(rule, "transition")
            if not t.shield
        ]
        return list(dict.fromkeys(f for s in steps for f in unknown_facts(s)))

    def _penalties(
        self, act: Act, detail: dict[str, Any], verdict: Verdict
    ) -> dict[str, Any] | list[dict[str, Any]]:
        names = detail.get("penalty")
        if names is None or verdict.outcome not in LIVE:
            return {}
        if isinstance(names, str):
            return self._penalty(act, names, verdict)
        return [self._penalty(act, name, verdict) for name in names]

    def _penalty(self, act: Act, name: str, verdict: Verdict) -> dict[str, Any]:
        tier = dict(act.penalties[name])
        sizes = tier.pop("size", [])
        binding = self.prover.binding(verdict)
        if binding is not None:
            ctx = binding.at(self.as_of)
            for size in sizes:
                value = self.run.program.compiler(act.id).test(size["when"])(ctx)
                if value != FALSE:
                    tier["size_rule"] = {
                        "take": size["take"],
                        "cite": size["cite"],
                        "holds": _holds(value),
                    }
                    break
        return {"tier": name, **tier}

    # ------------------------------------------------------------------ questions and limits
    @cached_property
    def questions(self) -> tuple[dict[str, Any], ...]:
        """The unknown facts, those that would settle most findings first."""
        counts: Counter[str] = Counter()
        for verdict in self.verdicts:
            if verdict.outcome is Outcome.UNDETERMINED and not verdict.no_duty_either_way:
                counts.update(self._needs(verdict, self.proof(verdict)))
        rows = []
        for fact, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            known = self.content.facts.get(fact)
            who = known.detail.get("who") if known else None
            ask = known.ask if known else self._ask(fact)
            rows.append({"fact": fact, "ask": ask, "who": who, "settles": count})
        return tuple(rows)

    def _ask(self, fact: str) -> str:
        event = self.content.events.get(fact.removeprefix("events."))
        if event is not None:
            return f"Has this happened, will it, and when? {event}"
        return f"State {fact}."

    @cached_property
    def not_covered(self) -> tuple[str, ...]:
        """What the content leaves out, for the acts in view."""
        acts = {
            self.content.rules[v.rule].act for v in self.verdicts if v.rule in self.content.rules
        }
        seen: dict[str, None] = {}
        for act_id in sorted(acts):
            seen.update(dict.fromkeys(self.content.acts[act_id].detail.get("not_covered", [])))
        return tuple(seen)

    def as_json(self) -> dict[str, Any]:
        """The assessment as JSON values, by the published schema."""
        return {
            "schema": SCHEMA,
            "system": self.profile.id,
            "name": self.profile.name,
            "profile": self.profile.file,
            "profile_sha256": self.profile.sha256,
            "as_of": self.as_of.isoformat(),
            "known_on": self.known_on.isoformat(),
            "content": {
                "version": self.content.version,
                "sha256": self.content.sha256,
                "checked_on": self.content.checked_on.isoformat(),
                "stale": self.stale,
                "projected": self.projected,
            },
            "classifications": list(self.classifications),
            "findings": list(self.findings),
            "questions": list(self.questions),
            "not_covered": list(self.not_covered),
        }


def assess(
    content: Content,
    profile: Profile,
    *,
    today: date,
    as_of: date | None = None,
    known_on: date | None = None,
    markets: Collection[str] | None = None,
    program: Program | None = None,
) -> Assessment:
    """Assess a profile.

    today: the day on which it is asked; the default for as_of. known_on: texts published up to that
    day count; default the newest in the content. program: the law, if it was made before.
    """
    judged = as_of or today
    known = known_on or max(today, content.checked_on)
    run = Run(program or Program(content, known), profile, judged, markets)
    return Assessment(profile, content, run, judged, known, today)


def key_of(verdict: Verdict) -> str:
    """The identity of a finding: rule, party and scope."""
    parts = [verdict.rule, verdict.scope.party or "-"]
    parts.extend(f"{k}={v}" for k, v in verdict.scope.as_dict().items())
    return "/".join(parts)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _holds(value: int | None) -> str:
    return ("no", "unknown", "contested", "yes")[value or 0]


def _terms_that_hold(step: Step) -> Iterator[Step]:
    pending, seen = [step], {id(step)}
    while pending:
        for inner in pending.pop().steps:
            holds = value_of(inner) != FALSE and inner.reason not in ("exception", "exclusion")
            if holds and id(inner) not in seen:
                seen.add(id(inner))
                yield inner
                pending.append(inner)


def planned_events(profile: Profile) -> tuple[Event, ...]:
    """The events of a profile in order of time."""
    return tuple(sorted(profile.events, key=lambda e: (e.date, e.act)))
