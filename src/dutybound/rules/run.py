"""All verdicts on one profile."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import cached_property

from dutybound.rules.bind import Binding, Bindings
from dutybound.rules.compiled import RuleProgram
from dutybound.rules.evaluate import judge
from dutybound.rules.places import any_within
from dutybound.rules.program import Program
from dutybound.rules.truth import FALSE, TRUE
from dutybound.terms.finding import Outcome, Scope, Verdict
from dutybound.terms.law import Act, Rule
from dutybound.terms.system import Profile


class Run:
    """The verdicts on one profile on one day.

    as_of: the day being judged. markets: only acts of these; None for all.
    """

    def __init__(
        self,
        program: Program,
        profile: Profile,
        as_of: date,
        markets: Collection[str] | None = None,
    ) -> None:
        self.program = program
        self.profile = profile
        self.as_of = as_of
        self._markets = markets
        self.bindings = Bindings(program, profile)
        self.outside: dict[Verdict, Binding] = {}

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One verdict for each rule and binding; one for a whole act that is out of reach."""
        return tuple(v for act in self._acts() for v in self._act(act))

    def _acts(self) -> Iterator[Act]:
        for act in self.program.content.acts.values():
            known = any(v.published <= self.program.known_on for v in act.versions)
            if known and (self._markets is None or act.market in self._markets):
                yield act

    def _act(self, act: Act) -> Iterator[Verdict]:
        outside: dict[Scope, Binding] = {}
        judged = False
        for rule in self.program.rules_of(act.id):
            program = self.program.rule(rule.id)
            if not program.texts:
                continue
            for binding in self.bindings.of(rule.over, act.territory, act.reach):
                judged = True
                gate = self.gate(rule, binding)
                if gate == FALSE and rule.gated:
                    outside.setdefault(_pair(binding.scope), binding)
                else:
                    yield self.judge(program, binding, gate)
        for scope, binding in outside.items():
            verdict = Verdict(act.id, scope, Outcome.DOES_NOT_APPLY, reason="scope")
            self.outside[verdict] = binding
            yield verdict
        if not judged:
            scope = Scope(place=act.territory)
            yield Verdict(act.id, scope, Outcome.DOES_NOT_APPLY, reason=self._missing(act))

    def _missing(self, act: Act) -> str:
        """Why an act found nothing to judge: no place in its territory, or no model or data."""
        rules = self.program.rules_of(act.id)
        if self.bindings.of(("party", "use", "place"), act.territory, act.reach):
            for thing, stated in (("model", self.profile.models), ("data", self.profile.data)):
                if not stated and rules and all(thing in r.over for r in rules):
                    return f"no_{thing}"
        return "wrong_place"

    def gate(self, rule: Rule, binding: Binding) -> int:
        """Whether the act reaches a binding: its territory and its scope."""
        if not rule.gated:
            return binding.certain
        value = self.program.scope(rule.act)(binding.at(self.as_of))
        return FALSE if value == FALSE else min(value, binding.certain)

    def judge(self, program: RuleProgram, binding: Binding, gate: int) -> Verdict:
        """The verdict on one rule for one binding."""
        territory = extent_value(program.rule, binding.at(self.as_of).places)
        return judge(
            program,
            binding.at,
            self.as_of,
            binding.scope,
            gate=gate,
            territory=territory,
            later=binding.later(self.as_of) if program.timed else (),
        )


def extent_value(rule: Rule, codes: tuple[str, ...]) -> int:
    """Whether places lie where the rule binds, if that is less than the whole territory."""
    if not rule.extent:
        return TRUE
    return max(any_within(codes, area) for area in rule.extent)


def _pair(scope: Scope) -> Scope:
    return Scope(scope.party, scope.use, scope.place)
