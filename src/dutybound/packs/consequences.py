"""What stated facts say beyond their words, by the constraints of the vocabulary.

A constraint `all: [A, B]` says that A and B cannot hold together. So where A holds and B is a plain
unknown fact, B is false. Nothing else is derived, and a stated fact is never changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeAlias

from dutybound.rules.conditions import Compiler, facts_read
from dutybound.rules.context import Context, Test
from dutybound.rules.truth import TRUE, UNKNOWN
from dutybound.terms.law import Condition, Constraint
from dutybound.terms.system import Facts, NotOneOf, SetFact

ROUNDS = 4


_Rule: TypeAlias = tuple[str, frozenset[tuple[str, str]], list[tuple[Condition, Test]]]


class NoLaw:
    """Constraints name no terms, disputes or dates of acts."""

    def term(self, rule_id: str, positive: bool) -> Test:
        raise LookupError(rule_id)

    def reading(self, dispute_id: str, positive: bool) -> Test:
        raise LookupError(dispute_id)

    def fixed_date(self, act_id: str, name: str) -> date | None:
        return date.fromisoformat(name)

    def territory(self, act_id: str) -> str:
        return ""


class Consequences:
    """The constraints, ready to run on the facts of a system, a party and a use."""

    def __init__(self, constraints: Iterable[Constraint]) -> None:
        compiler = Compiler(NoLaw(), "")
        self._rules: list[_Rule] = []
        self._deriving: list[_Rule] = []
        self._by_things: dict[tuple[str, frozenset[str]], list[_Rule]] = {}
        for constraint in constraints:
            members = constraint.when[1] if constraint.when[0] == "all" else [constraint.when]
            tests = [(member, compiler.test(member)) for member in members]
            read = facts_read(constraint.when)
            rule = (constraint.says, frozenset(read), tests)
            self._rules.append(rule)
            if constraint.derives:
                self._deriving.append(rule)

    def violated(self, facts: dict[str, Facts]) -> list[str]:
        """What each broken constraint says."""
        ctx, stated = _context(facts), _stated(facts)
        return [
            says
            for says, read, tests in self._rules
            if not read.isdisjoint(stated) and all(t(ctx) == TRUE for _, t in tests)
        ]

    def derive(self, facts: dict[str, Facts], thing: str) -> dict[str, str]:
        """Add to `facts[thing]` what follows; returns fact name to the constraint it rests on."""
        derived: dict[str, str] = {}
        ctx = _context(facts)
        rules = self._about(thing, frozenset(facts))
        for _ in range(ROUNDS):
            before, stated = len(derived), _stated(facts)
            for says, read, tests in rules:
                if not read.isdisjoint(stated):
                    name = _only_open(tests, ctx, thing, facts[thing])
                    if name is not None:
                        derived[name] = says
            if len(derived) == before:
                break
        return derived

    def _about(self, thing: str, known: frozenset[str]) -> list[_Rule]:
        """The constraints on a thing that look at nothing but the things at hand."""
        found = self._by_things.get((thing, known))
        if found is None:
            found = [r for r in self._deriving if _fits({t for t, _ in r[1]}, thing, known)]
            self._by_things[thing, known] = found
        return found


def _fits(things: set[str], thing: str, known: frozenset[str]) -> bool:
    return thing in things and things <= known


def _stated(facts: dict[str, Facts]) -> set[tuple[str, str]]:
    return {(thing, name) for thing, inside in facts.items() for name in inside}


def _context(facts: dict[str, Facts]) -> Context:
    return Context.stating(facts, date.min)


def _only_open(
    tests: list[tuple[Condition, Test]], ctx: Context, thing: str, facts: Facts
) -> str | None:
    """Falsify the one member that is unknown while all others hold; returns the fact's name."""
    unknown = None
    for member, test in tests:
        value = test(ctx)
        if value == TRUE:
            continue
        if value != UNKNOWN or unknown is not None:
            return None
        unknown = member
    return None if unknown is None else _falsify(unknown, thing, facts)


def _falsify(member: Condition, thing: str, facts: Facts) -> str | None:
    value: Any = False
    if member[0] == "not":
        member, value = member[1], True
    if member[0] == "only" and member[1] == thing and value is True:
        stated = facts.get(member[2]) or SetFact(frozenset())
        facts[member[2]] = SetFact(stated.yes, stated.no, closed=True)
        return str(member[2])
    if member[0] == "yes" and member[1] == thing:
        facts[member[2]] = value
        return str(member[2])
    if member[0] == "is" and member[1] == thing and value is False:
        known = facts.get(member[2])
        ruled_out = known.values if isinstance(known, NotOneOf) else frozenset()
        facts[member[2]] = NotOneOf(ruled_out | set(member[3]))
        return str(member[2])
    if member[0] == "has" and member[1] == thing and value is False:
        stated = facts.get(member[2]) or SetFact(frozenset())
        facts[member[2]] = SetFact(stated.yes, stated.no | set(member[3]), stated.closed)
        return str(member[2])
    return None
