"""Runs the legal cases against the content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dutybound.assess.assess import Assessment
from dutybound.assess.proof import Prover
from dutybound.errors import BadInput
from dutybound.packs.cases import Case, CaseProfiles
from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.rules.truth import FALSE
from dutybound.terms.finding import Outcome, Scope, Verdict
from dutybound.terms.law import Content, Rule
from dutybound.terms.system import Profile

ASKED: Final = "p"
_RANK: Final = (
    Outcome.APPLIES,
    Outcome.CONTESTED,
    Outcome.UNDETERMINED,
    Outcome.NOT_YET,
    Outcome.EXCEPTED,
    Outcome.NO_LONGER,
    Outcome.DOES_NOT_APPLY,
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that does not come out as expected."""

    case: Case
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.case}: {self.rule}: {self.message}"


def unreadable(case: Case, error: BadInput) -> list[Failure]:
    """The failures of a case that gives no profile."""
    said = (p.message.removeprefix(f"{case.name}: ") for p in error.problems)
    return [Failure(case, "the case", message) for message in said]


class CaseRunner:
    """Runs cases; keeps one program for each day of knowledge."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._programs: dict[date, Program] = {}
        self._profiles = CaseProfiles(content)

    def program(self, known_on: date | None) -> Program:
        """The law as known on a day."""
        day = known_on or date.max
        found = self._programs.get(day)
        if found is None:
            self._programs[day] = found = Program(self._content, day)
        return found

    def run(self, case: Case, *, profile: Profile | None = None) -> list[Failure]:
        """The failures of one case."""
        if profile is None:
            try:
                profile = self._profiles.profile(case)
            except BadInput as error:
                return unreadable(case, error)
        run = self.start(case, profile)
        found: list[Failure] = []
        for rule_id, outcome in case.expect.items():
            verdict = verdict_on(run, self._content.rules[rule_id])
            found.extend(
                Failure(case, rule_id, message)
                for message in self._check(case, run, verdict, outcome)
            )
        return found

    def start(self, case: Case, profile: Profile) -> Run:
        """The run of a case, on its day and with the texts known then."""
        return Run(self.program(case.known_on), profile, case.as_of)

    def notices(self, case: Case, run: Run, rule_id: str) -> bool:
        """Whether a rule comes out otherwise than the case expects; without saying why."""
        verdict = verdict_on(run, self._content.rules[rule_id])
        outcome = case.expect[rule_id]
        if verdict.outcome != outcome:
            return True
        return any(True for _ in self._check(case, run, verdict, outcome))

    def profile(self, case: Case) -> Profile:
        """The profile of a case."""
        return self._profiles.profile(case)

    def _check(self, case: Case, run: Run, verdict: Verdict, outcome: str) -> Iterable[str]:
        if verdict.outcome != outcome:
            yield f"expected {outcome}, found {verdict.outcome}" + self._why(run, verdict)
            return
        check = case.check
        if check.effective_from and verdict.start != check.effective_from:
            yield f"expected effective_from {check.effective_from}, found {verdict.start}"
        if check.formal_from and verdict.formal != check.formal_from:
            yield f"expected formal_from {check.formal_from}, found {verdict.formal}"
        if check.draft and (verdict.draft or verdict.outcome) != check.draft:
            yield f"expected {check.draft} under draft guidance, found {verdict.draft}"
        if check.reason:
            reason = Prover(run).prove(verdict).reason
            if reason != check.reason:
                yield f"expected reason {check.reason}, found {reason}"
        if check.verify is not None or check.penalty:
            yield from self._check_finding(case, run, verdict)

    def _check_finding(self, case: Case, run: Run, verdict: Verdict) -> Iterable[str]:
        """What only the finding says: whether its source needs checking, which cap counts."""
        known = run.program.known_on
        result = Assessment(run.profile, self._content, run, run.as_of, known, run.as_of)
        finding = result.finding(verdict)
        check = case.check
        if check.verify is not None and finding["verify"] is not check.verify:
            yield f"expected verify {check.verify}, found {finding['verify']}"
        if check.penalty:
            takes = [_takes(tier) for tier in _tiers(finding.get("penalty", {}))]
            if check.penalty not in takes:
                yield f"expected the {check.penalty} cap, found {', '.join(takes) or 'none'}"

    @staticmethod
    def _why(run: Run, verdict: Verdict) -> str:
        proof = Prover(run).prove(verdict)
        if verdict.outcome is Outcome.UNDETERMINED:
            from dutybound.rules.explain import unknown_facts

            facts = dict.fromkeys(unknown_facts(proof.step))
            return f" (unknown: {', '.join(facts)})"
        if verdict.outcome in (Outcome.DOES_NOT_APPLY, Outcome.EXCEPTED):
            path = " > ".join(s.says for s in proof.deciding)
            return f" ({proof.reason}: {path})"
        return ""


def _tiers(penalty: dict[str, Any] | list[dict[str, Any]]) -> list[dict[str, Any]]:
    tiers = [penalty] if isinstance(penalty, dict) else penalty
    return [tier for tier in tiers if tier]


def _takes(tier: dict[str, Any]) -> str:
    """Which of its caps a tier takes for this party."""
    size = tier.get("size_rule")
    return str(size["take"] if size and size["holds"] == "yes" else tier.get("take"))


def verdict_on(run: Run, rule: Rule) -> Verdict:
    """The most binding verdict on a rule over all its bindings."""
    program = run.program.rule(rule.id)
    verdicts = []
    if program.texts:
        for binding in run.bindings.of(rule.over, program.act.territory, program.act.reach):
            if binding.scope.party not in (None, ASKED):
                continue
            gate = run.gate(rule, binding)
            if gate == FALSE and rule.gated:
                index = program.texts[-1].index
                verdicts.append(
                    Verdict(rule.id, binding.scope, Outcome.DOES_NOT_APPLY, index, reason="scope")
                )
            else:
                verdicts.append(run.judge(program, binding, gate))
    if not verdicts:
        return Verdict(rule.id, Scope(), Outcome.DOES_NOT_APPLY, reason="wrong_place")
    return min(verdicts, key=lambda v: _RANK.index(v.outcome))
