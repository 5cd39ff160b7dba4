"""Verdicts on many profiles at once.

The same law, read a third way: `conditions` gives one value, `explain` gives the steps, this gives
a vector. Leaves are judged once for each distinct value by the very functions of `conditions`; only
the logic between them runs on vectors. Profiles whose facts differ by place are left to
`rules.run`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dutybound.rules.compiled import DateChoice, RuleProgram, TextProgram
from dutybound.rules.context import Context
from dutybound.rules.places import any_within, within
from dutybound.rules.program import Program
from dutybound.rules.table import Column, Feature, Table
from dutybound.rules.truth import FALSE, TRUE, UNKNOWN
from dutybound.rules.vector import Vector, at_least, conjunction, constant, disjunction
from dutybound.terms.finding import Outcome, Scope
from dutybound.terms.law import NOT_LAW, THINGS, Condition, Rule
from dutybound.terms.system import Facts, Profile

PLURAL: Final = {"data": "datas", "model": "models", "party": "parties", "use": "uses"}


@dataclass(frozen=True, slots=True)
class Found:
    """An outcome of a rule: the columns that have it, and from when."""

    rule: Rule
    table: Table
    outcome: Outcome
    mask: int
    start: date | None


@dataclass(frozen=True, slots=True)
class _Cell:
    """Columns that share the earliest and the latest day of a text."""

    mask: int
    low: date
    high: date


class Batch:
    """Judges profiles together, on one day.

    markets: only acts of these; None for all. rules: only these ids; None for all.
    """

    def __init__(
        self,
        program: Program,
        profiles: Sequence[Profile],
        as_of: date,
        markets: Collection[str] | None = None,
        rules: Collection[str] | None = None,
    ) -> None:
        self._program = program
        self._as_of = as_of
        self._markets = markets
        self._only = rules
        self._profiles = profiles
        content = program.content
        self._whole = {
            w: tuple(p for p in content.places if p.startswith(w + "-")) for w in content.whole
        }
        self._tables: dict[tuple[str, ...], Table] = {}
        self._evaluators: dict[tuple[tuple[str, ...], int], _Evaluator] = {}

    def table(self, over: tuple[str, ...]) -> Table:
        """The columns for rules that range over these things."""
        things = tuple(t for t in THINGS if t in over and t != "place")
        found = self._tables.get(things)
        if found is None:
            found = Table(things, self._whole)
            for number, profile in enumerate(self._profiles):
                found.add(number, profile)
            self._tables[things] = found
        return found

    def _evaluator(self, table: Table, day: date) -> _Evaluator:
        key = (table.things, self._program.era(day))
        found = self._evaluators.get(key)
        if found is None:
            self._evaluators[key] = found = _Evaluator(self._program, table, day)
        return found

    def found(self) -> Iterator[Found]:
        """Every outcome that is not "does not apply" (nor of a text that never bound here)."""
        for act in self._program.content.acts.values():
            if self._markets is not None and act.market not in self._markets:
                continue
            for rule in self._program.rules_of(act.id):
                wanted = self._only is None or rule.id in self._only
                if wanted and rule.legal_status not in NOT_LAW:
                    yield from self._rule(self._program.rule(rule.id))

    # ------------------------------------------------------------------ one rule
    def _rule(self, program: RuleProgram) -> Iterator[Found]:
        table = self.table(program.rule.over)
        if not program.texts or not table.columns:
            return
        gate = self._gate(program, table)
        left = table.full & ~gate.false
        if not left:
            return
        had_current = 0
        past: list[tuple[TextProgram, _Cell]] = []
        for text in program.texts:
            for cell in self._cells(program, text, table):
                end = min(text.end, text.until)
                if not cell.mask or cell.low >= end:
                    continue
                if end <= self._as_of:
                    past.append((text, cell))
                    continue
                had_current |= cell.mask
                for found in self._on_span(program, text, table, gate, cell, left & cell.mask):
                    left &= ~found.mask
                    yield found
        for text, cell in reversed(past):
            mask = cell.mask & ~had_current & ~gate.false
            had_current |= mask
            general = self._evaluator(table, cell.low).text(program, text)
            yield from _some(
                program.rule, table, Outcome.NO_LONGER, mask & ~general.false, cell.low
            )

    def _gate(self, program: RuleProgram, table: Table) -> Vector:
        evaluator = self._evaluator(table, self._as_of)
        parts = [evaluator.territory(program.act.territory, program.act.reach)]
        if program.rule.gated:
            parts.append(evaluator.condition(program.act.id, program.act.scope, "A", True))
        if program.rule.extent:
            parts.append(evaluator.extent(program.rule.extent))
        return conjunction(parts, table.full)

    def _cells(self, program: RuleProgram, text: TextProgram, table: Table) -> list[_Cell]:
        evaluator = self._evaluator(table, max(self._as_of, text.start))
        end = min(text.end, text.until)
        cells = []
        for mask, low, high in self._effective(program, text, table, evaluator):
            start, latest = max(low, text.start), max(high, text.start)
            cells.append(_Cell(mask, start, min(latest, end)))
        return cells

    def _effective(
        self, program: RuleProgram, text: TextProgram, table: Table, evaluator: _Evaluator
    ) -> list[tuple[int, date, date]]:
        if text.effective is None:
            cells = [(table.full, text.start, text.start)]
        elif len(text.effective.lines) == 1:
            day = text.effective.lines[0][1]
            cells = [(table.full, day, day)]
        else:
            cells = _choices(text.effective, program, text, evaluator, table.full)
        for defer in program.defers:
            value = evaluator.term(defer.id, True)
            split = []
            for mask, low, high in cells:
                surely, not_at_all = mask & value.true, mask & value.false
                split.append((surely, max(low, defer.day), max(high, defer.day)))
                split.append((not_at_all, low, high))
                split.append((mask & ~(surely | not_at_all), low, max(high, defer.day)))
            cells = [c for c in split if c[0]]
        return cells

    def _on_span(
        self,
        program: RuleProgram,
        text: TextProgram,
        table: Table,
        gate: Vector,
        cell: _Cell,
        mask: int,
    ) -> Iterator[Found]:
        full = table.full
        evaluator = self._evaluator(table, max(self._as_of, cell.low))
        general = conjunction([gate, evaluator.text(program, text)], full)
        mask &= ~general.false
        if not mask:
            return
        begun = cell.low <= self._as_of
        against = [evaluator.exceptions(program, text)]
        if begun:
            against.append(evaluator.shield(program))
        spoken = disjunction(against, full)
        either, unsure = spoken.true, spoken.unknown(full)
        sure = mask & general.true
        rest = mask & ~general.true
        unknown = rest & (general.unknown(full) | unsure)
        rule, start = program.rule, cell.low
        yield from _some(rule, table, Outcome.UNDETERMINED, unknown, start)
        yield from _some(rule, table, Outcome.CONTESTED, rest & ~unknown, start)
        yield from _some(rule, table, Outcome.EXCEPTED, sure & either, start)
        yield from _some(rule, table, Outcome.UNDETERMINED, sure & unsure, start)
        yield from _some(rule, table, Outcome.CONTESTED, sure & spoken.contested, start)
        yield from _some(rule, table, self._by_date(cell), sure & spoken.false, start)

    def _by_date(self, cell: _Cell) -> Outcome:
        if self._as_of < cell.low:
            return Outcome.NOT_YET
        return Outcome.APPLIES if self._as_of >= cell.high else Outcome.UNDETERMINED


def _some(rule: Rule, table: Table, outcome: Outcome, mask: int, start: date) -> Iterator[Found]:
    if mask:
        yield Found(rule, table, outcome, mask, start)


def _choices(
    choice: DateChoice, program: RuleProgram, text: TextProgram, evaluator: _Evaluator, full: int
) -> list[tuple[int, date, date]]:
    """Columns by which lines of a date hold, each with its earliest and latest day."""
    lines = evaluator.lines(program, text)
    cells: list[tuple[int, list[int]]] = [(full, [])]
    for vector in lines:
        split = []
        for mask, values in cells:
            other = mask & ~(vector.true | vector.false)
            split.append((mask & vector.true, [*values, TRUE]))
            split.append((mask & vector.false, [*values, FALSE]))
            split.append((other, [*values, UNKNOWN]))
        cells = [c for c in split if c[0]]
    days = [day for _, day in choice.lines]
    return [(mask, *_earliest_and_latest(values, days)) for mask, values in cells]


def _earliest_and_latest(values: list[int], days: list[date]) -> tuple[date, date]:
    fixed = DateChoice(
        tuple((_constant(value), day) for value, day in zip(values, days, strict=True))
    )
    return fixed.on(Context(scope=Scope(), day=date.min))


def _constant(value: int) -> Callable[[Context], int]:
    return lambda _: value


class _Evaluator:
    """Evaluates conditions on all columns of a table, for the texts of one era."""

    def __init__(self, program: Program, table: Table, day: date) -> None:
        self._program = program
        self._table = table
        self._day = day
        self._full = table.full
        self._memo: dict[tuple[Any, ...], Vector] = {}
        self._views: dict[Feature, list[tuple[Context, int]]] = {}

    def _once(self, key: tuple[Any, ...], make: Callable[[], Vector]) -> Vector:
        found = self._memo.get(key)
        if found is None:
            self._memo[key] = found = make()
        return found

    # ------------------------------------------------------------------ rules
    def text(self, program: RuleProgram, text: TextProgram) -> Vector:
        """The general rule: addressee, exclusions, conditions."""
        rule = program.rule
        excluding = tuple(r.id for r in self._program.touching(rule, "exclusion"))
        key = ("text", id(text.text.when), rule.owed_by, text.text.grade, excluding)
        return self._once(key, lambda: self._text(rule, text))

    def _text(self, rule: Rule, text: TextProgram) -> Vector:
        parts = []
        if rule.owed_by is not None:
            parts.append(self.term(rule.owed_by, True))
        for other in self._program.touching(rule, "exclusion"):
            parts.append(self.term(other.id, False).negated())
        parts.append(self.condition(rule.act, text.text.when, text.text.grade, True))
        return conjunction(parts, self._full)

    def exceptions(self, program: RuleProgram, text: TextProgram) -> Vector:
        """Whether any exception of a text holds."""
        act = program.rule.act
        return disjunction(
            [self.condition(act, e.when, e.grade, False) for e in text.text.exceptions], self._full
        )

    def shield(self, program: RuleProgram) -> Vector:
        """Whether any shield holds."""
        shields = (t for t in self._program.touching(program.rule, "transition") if t.shield)
        return disjunction([self.term(t.id, False) for t in shields], self._full)

    def lines(self, program: RuleProgram, text: TextProgram) -> list[Vector]:
        """The conditions of a date that depends on facts."""
        act = program.act
        named = act.dates[str(text.text.effective or text.text.formal)]
        return [self.condition(act.id, condition, "A", True) for condition, _ in named.choose]

    # ------------------------------------------------------------------ places
    def territory(self, area: str, reach: str) -> Vector:
        """Whether columns lie in a territory, or are reached by their seat."""
        return self._once(("territory", area, reach), lambda: self._territory(area, reach))

    def _territory(self, area: str, reach: str) -> Vector:
        value = self._by_value(("place", ""), lambda codes: any_within(codes, area))
        if reach != "established" or "party" not in self._table.things:
            return value
        seat = self._by_value(("party", "established_in"), lambda seat: within(seat, area))
        return Vector(value.true | (value.false & seat.true), value.false & seat.false)

    def extent(self, areas: tuple[str, ...]) -> Vector:
        """Whether columns lie where a rule binds."""
        return self._by_value(
            ("place", ""), lambda codes: max(any_within(codes, area) for area in areas)
        )

    def _by_value(self, feature: Feature, judge: Callable[[Any], int]) -> Vector:
        masks = [0, 0, 0, 0]
        for value, mask in self._table.values(feature):
            masks[judge(value)] |= mask
        return Vector(masks[3], masks[0], masks[2])

    # ------------------------------------------------------------------ conditions
    def condition(self, act: str, c: Condition, grade: str, positive: bool) -> Vector:
        """The value of a condition in every column."""
        match c[0]:
            case "mark":
                return self.condition(act, c[2], c[1].get("grade", grade), positive)
            case "not":
                return self.condition(act, c[1], grade, not positive).negated()
            case "all":
                return conjunction(
                    [self.condition(act, m, grade, positive) for m in c[1]], self._full
                )
            case "any":
                return disjunction(
                    [self.condition(act, m, grade, positive) for m in c[1]], self._full
                )
            case "atleast":
                members = [self.condition(act, m, grade, positive) for m in c[2]]
                return at_least(c[1], members, self._full)
            case "reading":
                return self.reading(c[1], positive)
            case "term":
                value = self.term(c[1], positive)
                return value.softened(positive) if grade == "C" else value
            case _:
                key = (id(c), act, grade, positive)
                return self._once(key, lambda: self._leaf(act, c, grade, positive))

    def term(self, rule_id: str, positive: bool) -> Vector:
        """The value of a term in every column."""
        return self._once(("term", rule_id, positive), lambda: self._term(rule_id, positive))

    def _term(self, rule_id: str, positive: bool) -> Vector:
        rule = self._program.content.rules[rule_id]
        for text, end in self._program.text_ends(rule):
            if self._day < end:
                when = self.condition(rule.act, text.when, text.grade, positive)
                if not text.exceptions:
                    return when
                excepts = [
                    self.condition(rule.act, e.when, e.grade, not positive) for e in text.exceptions
                ]
                against = disjunction(excepts, self._full).negated()
                return conjunction([when, against], self._full)
        return constant(FALSE, self._full)

    def reading(self, dispute_id: str, positive: bool) -> Vector:
        """The answer to a dispute, drafts left out."""
        return self._once(("?", dispute_id, positive), lambda: self._reading(dispute_id, positive))

    def _reading(self, dispute_id: str, positive: bool) -> Vector:
        act = self._program.act_of_dispute(dispute_id)
        dispute = self._program.content.disputes[dispute_id]
        values = [
            self.condition(act, r.when, "A", positive)
            for r in dispute.readings
            if r.status != "draft_guidance"
        ]
        if len(values) == 1:
            return values[0]
        true, false, contested, any_true, any_false = self._full, self._full, 0, 0, 0
        for v in values:
            true &= v.true
            false &= v.false
            contested |= v.contested
            any_true |= v.true
            any_false |= v.false
        return Vector(true, false, contested | (any_true & any_false))

    # ------------------------------------------------------------------ leaves
    def _leaf(self, act: str, c: Condition, grade: str, positive: bool) -> Vector:
        test = self._program.compiler(act).test(c, grade=grade, positive=positive)
        feature = _feature_of(self._program, c)
        if feature is None:
            return self._one_by_one(test)
        masks = [0, 0, 0, 0]
        for ctx, mask in self._contexts(feature):
            masks[test(ctx)] |= mask
        return Vector(masks[3], masks[0], masks[2])

    def _contexts(self, feature: Feature) -> list[tuple[Context, int]]:
        """A context for each distinct value, and one for the columns that state none."""
        found = self._views.get(feature)
        if found is None:
            values = self._table.values(feature)
            found = [(self._context(feature, value), mask) for value, mask in values]
            stated = 0
            for _, mask in values:
                stated |= mask
            if self._full & ~stated:
                found.append((self._context(feature, None), self._full & ~stated))
            self._views[feature] = found
        return found

    def _one_by_one(self, test: Callable[[Context], int]) -> Vector:
        masks = [0, 0, 0, 0]
        columns: Sequence[Column] = self._table.columns
        for i, column in enumerate(columns):
            masks[test(self._table.context(column, self._day))] |= 1 << i
        return Vector(masks[3], masks[0], masks[2])

    def _context(self, feature: Feature, value: Any) -> Context:
        kind, name = feature
        if kind == "place":
            return Context(scope=Scope(), day=self._day, places=value or ())
        if kind in ("events", "own-events"):
            events, complete, own = value or ((), False, None)
            return Context(
                scope=Scope(party=own), day=self._day, events=events, events_complete=complete
            )
        if kind in PLURAL.values():
            return self._related(kind, value or ())
        return Context.stating({kind: {} if value is None else {name: value}}, self._day)

    def _related(self, kind: str, things: tuple[Facts, ...]) -> Context:
        context = Context(scope=Scope(), day=self._day)
        setattr(context, kind, things)
        return context


def _feature_of(program: Program, c: Condition) -> Feature | None:
    """What a leaf looks at; None if it looks at several things."""
    match c[0]:
        case "always":
            return ("system", "")
        case "yes" | "has" | "only" | "is" | "num" | "date":
            return (c[1], c[2])
        case "within":
            return ("place", "") if c[1] == "place" else (c[1][0], c[1][1])
        case "event":
            return ("own-events", "") if c[4] else ("events", "")
        case "some" | "every":
            read = program.reads(c[2])
            if any(thing != c[1] for thing, _ in read):
                return None
            return (PLURAL[c[1]], ",".join(sorted(name for _, name in read)))
        case form:
            raise AssertionError(f"no such form of condition: {form}")


def can_batch(profile: Profile, as_of: date) -> bool:
    """Whether a profile may be judged with others.

    Its facts must not differ by place, and no event may lie after the day that is judged.
    """
    same = not any(more for use in profile.uses for more in use.overrides.values())
    return same and all(e.date <= as_of for e in profile.events)
