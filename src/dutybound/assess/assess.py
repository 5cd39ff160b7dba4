"""`assess`: what a system is in law, which duties bind whom, from which day, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from dutybound.assess.catalogue import controls_of
from dutybound.assess.details import LIVE, Details
from dutybound.assess.measures import measurable
from dutybound.assess.proof import Proof, Prover
from dutybound.rules.explain import value_of
from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.rules.truth import FALSE
from dutybound.terms.finding import Outcome, Step, Verdict
from dutybound.terms.law import Content, Rule, RuleText
from dutybound.terms.system import Event, Profile

SCHEMA: Final = "dutybound/assessment/1"
STALE_DAYS: Final = 90
OPEN: Final = (Outcome.UNDETERMINED, Outcome.CONTESTED)


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
    def details(self) -> Details:
        """The parts of findings that need a proof."""
        return Details(self.prover, self.profile, self.content, self.as_of)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts."""
        return self.run.verdicts

    def proof(self, verdict: Verdict) -> Proof:
        """The proof of a verdict."""
        return self.prover.proof(verdict)

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

    @cached_property
    def class_lines(self) -> tuple[dict[str, Any], ...]:
        """Roles and classes in short, for the first screen."""
        shown = (v for v in self.verdicts if not self.is_finding(v))
        return tuple(self._class_line(v) for v in shown if v.outcome in LIVE)

    def _class_line(self, verdict: Verdict) -> dict[str, Any]:
        rule = self.content.rules[verdict.rule]
        return {
            "id": rule.id,
            "show": rule.show,
            "title": rule.title,
            "party": verdict.scope.party,
            "scope": verdict.scope.as_dict(),
            "outcome": str(verdict.outcome),
            "applies_from": _iso(verdict.start),
        }

    def _class(self, verdict: Verdict) -> dict[str, Any]:
        rule = self.content.rules[verdict.rule]
        proof = self.proof(verdict)
        because = [s.says for s in _terms_that_hold(proof.step) if s.says in self.content.rules]
        return self._class_line(verdict) | {
            "because": [b for b in dict.fromkeys(because) if b != rule.id],
            "needs": self.details.needs(verdict),
            "draft_guidance": str(verdict.draft) if verdict.draft else None,
            "disputes": self.details.disputes(verdict, rule),
        }

    def finding(self, verdict: Verdict) -> dict[str, Any]:
        """One finding as JSON values."""
        rule = self.content.rules.get(verdict.rule)
        if rule is None:
            return self._outside(verdict)
        text = self._text(rule, verdict)
        proof = self.proof(verdict)
        found = self._heading(rule, verdict, text, proof)
        if verdict.outcome is not Outcome.DOES_NOT_APPLY:
            found |= self._body(rule, verdict, text, proof)
        return found

    @cached_property
    def lines(self) -> tuple[dict[str, Any], ...]:
        """All findings in short, for the first screen: no proof where it needs none."""
        return tuple(self._line(v) for v in self.verdicts if self.is_finding(v))

    def _line(self, verdict: Verdict) -> dict[str, Any]:
        rule = self.content.rules.get(verdict.rule)
        if rule is None:
            return self._outside(verdict)
        text = self._text(rule, verdict)
        return (
            self._basics(rule, verdict, text)
            | self._dates(verdict)
            | {
                "verify": self.details.verify(verdict, text.grade),
                "reason": self._reason(verdict),
                "transitions": self.details.transitions(rule, verdict),
                "needs": self.details.needs(verdict),
            }
        )

    def _reason(self, verdict: Verdict) -> str | None:
        if verdict.outcome in (Outcome.DOES_NOT_APPLY, Outcome.EXCEPTED):
            return self.proof(verdict).reason
        return None if verdict.outcome is Outcome.APPLIES else verdict.reason

    def _basics(self, rule: Rule, verdict: Verdict, text: RuleText) -> dict[str, Any]:
        """What a finding says without a proof."""
        act = self.content.acts[rule.act]
        return {
            "key": key_of(verdict),
            "id": rule.id,
            "kind": rule.kind,
            "nature": rule.nature,
            "market": act.market,
            "instrument": act.id,
            "pinpoint": text.pinpoint,
            "title": text.detail.get("title", rule.title),
            "owed_by": rule.owed_by.rpartition(".")[2] if rule.owed_by else None,
            "party": verdict.scope.party,
            "scope": verdict.scope.as_dict(),
            "outcome": str(verdict.outcome),
            "legal_status": rule.legal_status,
            "enforcement_status": rule.enforcement_status,
            "grade": text.grade,
        }

    @staticmethod
    def _dates(verdict: Verdict) -> dict[str, Any]:
        moved = verdict.start_latest != verdict.start
        return {
            "formal_from": _iso(verdict.formal),
            "effective_from": _iso(verdict.start),
            "effective_latest": _iso(verdict.start_latest) if moved else None,
            "until": _iso(verdict.end),
            "no_duty_either_way": verdict.no_duty_either_way,
            "only_day_open": verdict.only_day_open,
            "relevant": verdict.relevant,
        }

    def _heading(
        self, rule: Rule, verdict: Verdict, text: RuleText, proof: Proof
    ) -> dict[str, Any]:
        """What every finding carries."""
        return self._basics(rule, verdict, text) | {
            "verify": self.details.verify(verdict, text.grade),
            "legal_review": self.content.acts[rule.act].legal_review,
            "reason": proof.reason if verdict.outcome is not Outcome.APPLIES else None,
            "deciding": self.details.deciding(proof),
            "because": self.details.because(verdict, proof),
            "draft_guidance": str(verdict.draft) if verdict.draft else None,
        }

    def _body(self, rule: Rule, verdict: Verdict, text: RuleText, proof: Proof) -> dict[str, Any]:
        """What a finding carries unless the rule plainly does not apply."""
        act, detail = self.content.acts[rule.act], text.detail
        note = detail.get("enforcement_note") or act.detail.get("enforcement_note")
        return self._dates(verdict) | {
            "extent": "part" if rule.extent else "whole",
            "exceptions": self.details.exceptions(proof),
            "relief": self.details.reliefs(rule, verdict),
            "transitions": self.details.transitions(rule, verdict),
            "disputes": self.details.disputes(verdict, rule),
            "needs": self.details.needs(verdict),
            "must": detail.get("must"),
            "should": detail.get("should"),
            "may": detail.get("may"),
            "trigger": detail.get("trigger"),
            "technical": detail.get("technical", []),
            "organisational": detail.get("organisational", []),
            "deadlines": detail.get("deadlines", []),
            "penalty": self.details.penalties(act, detail, verdict),
            "controls": controls_of(rule.id, detail),
            "documents": detail.get("documents", []),
            "measures": detail.get("measures", []),
            "measurable": measurable(rule, detail),
            "note": detail.get("note"),
            "enforcement_note": note,
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
    def _text(rule: Rule, verdict: Verdict) -> RuleText:
        return rule.texts[verdict.text] if verdict.text >= 0 else rule.texts[-1]

    @cached_property
    def questions(self) -> tuple[dict[str, Any], ...]:
        """The unknown facts, those that would settle most findings first."""
        counts: Counter[str] = Counter()
        for verdict in self.verdicts:
            if verdict.outcome is Outcome.UNDETERMINED and not verdict.no_duty_either_way:
                counts.update(self.details.needs(verdict))
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
    def disputes(self) -> dict[str, Any]:
        """The disputes that findings name, with what each reading says."""
        named = (d["id"] for f in self.findings for d in f.get("disputes", ()))
        found = {}
        for dispute_id in sorted(set(named)):
            dispute = self.content.disputes[dispute_id]
            readings = [
                {"id": r.id, "says": r.says, "status": r.status, "cite": r.cite}
                for r in dispute.readings
            ]
            found[dispute_id] = {"question": dispute.question, "readings": readings}
        return found

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
            "disputes": self.disputes,
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
