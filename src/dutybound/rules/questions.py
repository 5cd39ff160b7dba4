"""Which question to ask next: the one whose answer would settle most of what is open.

Pure: a profile goes in, a question comes out. Whoever asks keeps the answers and builds the next
profile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from dutybound.rules.bind import Binding
from dutybound.rules.context import Context
from dutybound.rules.explain import Explainer, value_of
from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.rules.truth import UNKNOWN
from dutybound.terms.finding import Outcome, Scope, Step, Verdict
from dutybound.terms.law import FactType, Rule
from dutybound.terms.system import Profile

PLURAL: Final = {"party": "parties", "use": "uses", "data": "data", "model": "models"}
EVENTS: Final = "events"
TOGETHER: Final = 10
HEAVY: Final = 5.0
LIGHT: Final = 1.0
NOTHING: Final[frozenset[str]] = frozenset()
Path: TypeAlias = str


@dataclass(frozen=True, slots=True)
class Question:
    """One question: a single fact, several yes/no facts of one thing, or the events.

    paths: where the answers belong, for example `uses.decide-loans.purposes`. facts: in the same
    order; empty for the events. findings: how many open findings look at it. weight: its rank.
    """

    paths: tuple[Path, ...]
    facts: tuple[FactType, ...]
    findings: int
    weight: float

    @property
    def about(self) -> str | None:
        """The id of the thing that it is about; None for the system and its events."""
        parts = self.paths[0].split(".")
        return parts[1] if parts[0] in PLURAL.values() else None


@dataclass(frozen=True, slots=True)
class Open:
    """A finding that is not settled: its weight and the facts that it waits for."""

    rule: str
    scope: Scope
    weight: float
    paths: frozenset[Path]


class Picker:
    """Picks questions for one body of law, day and choice of markets."""

    def __init__(
        self, program: Program, as_of: date, markets: Collection[str] | None = None
    ) -> None:
        self._program = program
        self._as_of = as_of
        self._markets = markets

    def next(self, profile: Profile, asked: Collection[Path]) -> Question | None:
        """The question that settles most; None if no open finding could be settled any more.

        asked: paths that were asked before, whatever the answer was.
        """
        waiting = [(o, o.paths.difference(asked)) for o in self.open(profile)]
        return _best(self._program, [(o, live) for o, live in waiting if live])

    def open(self, profile: Profile) -> list[Open]:
        """Every finding that is not settled, with what it waits for."""
        run = Run(self._program, profile, self._as_of, self._markets)
        verdicts = [
            v
            for v in run.verdicts
            if v.outcome is Outcome.UNDETERMINED and not v.no_duty_either_way
        ]
        return list(_Waiting(self._program, profile, run).all(verdicts))


class _Waiting:
    """Finds the facts that verdicts wait for."""

    def __init__(self, program: Program, profile: Profile, run: Run) -> None:
        self._program = program
        self._run = run
        self._explainer = Explainer(program)
        self._owners = {
            "party": tuple(p.id for p in profile.parties),
            "use": tuple(u.id for u in profile.uses),
            "data": tuple(d.id for d in profile.data),
            "model": tuple(m.id for m in profile.models),
        }
        self._bindings: dict[tuple[tuple[str, ...], str, str], dict[Scope, Binding]] = {}
        self._unknown: dict[int, frozenset[str]] = {}
        self._kept: list[Step] = []

    def all(self, verdicts: Collection[Verdict]) -> Iterator[Open]:
        """What each verdict waits for."""
        for verdict in verdicts:
            rule = self._program.content.rules.get(verdict.rule)
            if rule is None:
                continue
            names = self._names(rule, verdict)
            paths = frozenset(p for n in names for p in self._paths(n, verdict.scope))
            yield Open(rule.id, verdict.scope, _weight(rule), paths)

    def _names(self, rule: Rule, verdict: Verdict) -> frozenset[str]:
        program = self._program.rule(rule.id)
        key = (rule.over, program.act.territory, program.act.reach)
        if key not in self._bindings:
            self._bindings[key] = {b.scope: b for b in self._run.bindings.of(*key)}
        binding = self._bindings[key][verdict.scope]
        text = next(t for t in program.texts if t.index == verdict.text)
        ctx = binding.at(max(self._as_of, verdict.start or text.start))
        found = self._of(self._explainer.rule(verdict, binding, text, ctx))
        if verdict.start_latest != verdict.start:
            found |= self._of_day(rule, text.text.effective or text.text.formal, ctx)
        return found

    @property
    def _as_of(self) -> date:
        return self._run.as_of

    def _of_day(self, rule: Rule, name: str | None, ctx: Context) -> frozenset[str]:
        """The facts on which the day of a rule depends."""
        named = self._program.content.acts[rule.act].dates.get(name or "")
        conditions = [c for c, _ in named.choose] if named else []
        conditions += [("term", d.id) for d in self._program.rule(rule.id).defers]
        steps = (self._explainer.condition(rule.act, c, ctx, "A", True) for c in conditions)
        return NOTHING.union(*(self._of(step) for step in steps))

    def _of(self, step: Step) -> frozenset[str]:
        """The unknown facts behind a step; terms are shared, so each is looked at once."""
        if value_of(step) != UNKNOWN:
            return NOTHING
        known = self._unknown.get(id(step))
        if known is None:
            known = NOTHING.union(*(self._of(s) for s in step.steps))
            if step.fact is not None:
                known |= {step.fact}
            self._unknown[id(step)] = known
            self._kept.append(step)
        return known

    def _paths(self, fact: str, scope: Scope) -> Iterator[Path]:
        thing, _, name = fact.partition(".")
        if thing == EVENTS:
            yield EVENTS
        elif fact not in self._program.content.facts:
            return
        elif thing == "system":
            yield fact
        else:
            owner = getattr(scope, thing)
            for one in self._owners[thing] if owner is None else (owner,):
                yield f"{PLURAL[thing]}.{one}.{name}"


def _weight(rule: Rule) -> float:
    return HEAVY if rule.kind == "prohibition" or rule.show == "classification" else LIGHT


def fact_of(program: Program, path: Path) -> FactType:
    """The fact that a path states."""
    group, _, rest = path.partition(".")
    things = {plural: thing for thing, plural in PLURAL.items()}
    if group in things:
        return program.content.facts[f"{things[group]}.{rest.partition('.')[2]}"]
    return program.content.facts[path]


def _best(program: Program, waiting: list[tuple[Open, frozenset[Path]]]) -> Question | None:
    scores: dict[Path, float] = defaultdict(float)
    behind: dict[Path, set[int]] = defaultdict(set)
    for number, (finding, live) in enumerate(waiting):
        share = finding.weight / len(live)
        for path in live:
            scores[path] += share
            behind[path].add(number)
    best: Question | None = None
    for path in sorted(scores, key=lambda p: (-scores[p], p)):
        question = _question(program, path, scores, behind)
        if best is None or question.weight > best.weight:
            best = question
    return best


def _question(
    program: Program, path: Path, scores: dict[Path, float], behind: dict[Path, set[int]]
) -> Question:
    if path == EVENTS:
        return Question((path,), (), len(behind[path]), scores[path])
    paths = [path]
    fact = fact_of(program, path)
    if fact.type == "yes_no":
        owner = path.removesuffix(fact.name)
        related = [
            p
            for p in scores
            if p != path and p.startswith(owner) and fact_of(program, p).type == "yes_no"
        ]
        related.sort(key=lambda p: (_distance(p, path, behind), -scores[p], p))
        paths += related[: TOGETHER - 1]
    findings = len(set().union(*(behind[p] for p in paths)))
    facts = tuple(fact_of(program, p) for p in paths)
    return Question(tuple(paths), facts, findings, sum(scores[p] for p in paths))


def _distance(other: Path, path: Path, behind: dict[Path, set[int]]) -> int:
    """0: of the same group; 1: behind the same findings; 2: only about the same thing."""
    if group_of(other) == group_of(path):
        return 0
    return 2 if behind[other].isdisjoint(behind[path]) else 1


def group_of(path: Path) -> str:
    """The group in which a fact stands: `uses.a.credit` for `uses.a.credit.essential`.

    A fact that stands in no group is a group of its own.
    """
    head, _, _ = path.rpartition(".")
    return head if head.count(".") > 1 else path
