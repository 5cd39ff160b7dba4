"""Conditions as functions.

`Compiler.test` turns a condition into a function from a context to a truth value. Grade C is a
matter of the leaf: where a leaf of grade C would by itself bring about a "no" (or let an exception
hold), its value becomes contested. `positive` says whether "true" speaks for the rule (inside `not`
and in exceptions it speaks against it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final, Protocol

from dutybound.rules.context import Context, Test
from dutybound.rules.places import any_within, within
from dutybound.rules.truth import (
    CONTESTED,
    FALSE,
    NEGATION,
    TRUE,
    UNKNOWN,
    at_least,
    conjunction,
    disjunction,
)
from dutybound.terms.law import Condition
from dutybound.terms.system import Event, Facts, NotOneOf, SetFact

COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
}
RELATED: Final = {"data": "datas", "model": "models", "party": "parties", "use": "uses"}


class Law(Protocol):
    """What a compiler needs to know of the law."""

    def term(self, rule_id: str, positive: bool) -> Test: ...
    def reading(self, dispute_id: str, positive: bool) -> Test: ...
    def fixed_date(self, act_id: str, name: str) -> date | None: ...
    def territory(self, act_id: str) -> str: ...


class Compiler:
    """Turns the conditions of one act into functions."""

    def __init__(self, law: Law, act_id: str) -> None:
        self._law = law
        self._act = act_id

    def test(self, condition: Condition, *, grade: str = "A", positive: bool = True) -> Test:
        """The function for a condition. grade: of the rule or exception that holds it."""
        return self._dispatch(condition, grade, positive)

    def _dispatch(self, c: Condition, grade: str, positive: bool) -> Test:
        match c[0]:
            case "mark":
                return self._dispatch(c[2], c[1].get("grade", grade), positive)
            case "not":
                return _not(self._dispatch(c[1], grade, not positive))
            case "all":
                return _all([self._dispatch(m, grade, positive) for m in c[1]])
            case "any":
                return _any([self._dispatch(m, grade, positive) for m in c[1]])
            case "atleast":
                return _at_least(c[1], [self._dispatch(m, grade, positive) for m in c[2]])
            case "some" | "every":
                inner = self._dispatch(c[2], grade, positive)
                return _quantified(c[0], c[1], inner)
            case "reading":
                return self._law.reading(c[1], positive)
            case "term":
                return _soften(self._law.term(c[1], positive), grade, positive)
            case _:
                return _soften(self._leaf(c), grade, positive)

    def _leaf(self, c: Condition) -> Test:
        match c[0]:
            case "always":
                return _always
            case "yes":
                return _yes(c[1], c[2])
            case "has":
                return _has_any(c[1], c[2], c[3])
            case "only":
                return _only(c[1], c[2], frozenset(c[3]))
            case "is":
                return _is(c[1], c[2], frozenset(c[3]))
            case "num":
                return _number(c[1], c[2], [(COMPARE[op], value) for op, value in c[3]])
            case "date":
                return _date(c[1], c[2], self._day(c[3]), self._day(c[4]))
            case "event":
                return self._event(c)
            case "within":
                place = c[1] == "place"
                return _within_place(c[2]) if place else _within_fact(c[1][0], c[1][1], c[2])
            case form:
                raise AssertionError(f"no such form of condition: {form}")

    def _day(self, text: str | None) -> date | None:
        return None if text is None else self._law.fixed_date(self._act, text)

    def _event(self, c: Condition) -> Test:
        _, act, before, start, own = c
        first, last = self._day(start), self._day(before)
        return _event(act, first, last, own, self._law.territory(self._act))


def _soften(test: Test, grade: str, positive: bool) -> Test:
    """Make a weakly sourced "no" (or exception) contested."""
    if grade != "C":
        return test
    weak = FALSE if positive else TRUE

    def softened(ctx: Context) -> int:
        value = test(ctx)
        return CONTESTED if value == weak else value

    return softened


def _always(_: Context) -> int:
    return TRUE


def _not(test: Test) -> Test:
    return lambda ctx: NEGATION[test(ctx)]


def _all(tests: list[Test]) -> Test:
    def every_test(ctx: Context) -> int:
        worst = TRUE
        for test in tests:
            value = test(ctx)
            if value == FALSE:
                return FALSE
            worst = min(worst, value)
        return worst

    return every_test


def _any(tests: list[Test]) -> Test:
    def any_test(ctx: Context) -> int:
        best = FALSE
        for test in tests:
            value = test(ctx)
            if value == TRUE:
                return TRUE
            if value == UNKNOWN or best == FALSE:
                best = value
        return best

    return any_test


def _at_least(count: int, tests: list[Test]) -> Test:
    return lambda ctx: at_least(count, [test(ctx) for test in tests])


def _quantified(form: str, thing: str, inner: Test) -> Test:
    name = RELATED[thing]

    def values(ctx: Context) -> Iterable[int]:
        return (inner(ctx.looking_at(thing, facts)) for facts in getattr(ctx, name))

    def some(ctx: Context) -> int:
        return disjunction(values(ctx)) if getattr(ctx, name) else UNKNOWN

    def every(ctx: Context) -> int:
        return conjunction(values(ctx)) if getattr(ctx, name) else UNKNOWN

    return some if form == "some" else every


def _yes(thing: str, fact: str) -> Test:
    def yes(ctx: Context) -> int:
        value = getattr(ctx, thing).get(fact)
        return UNKNOWN if value is None else TRUE if value else FALSE

    return yes


def member(stated: SetFact | None, value: str) -> int:
    """Whether a set fact holds a value."""
    if stated is None:
        return UNKNOWN
    if value in stated.yes:
        return TRUE
    return FALSE if stated.closed or value in stated.no else UNKNOWN


def _has_any(thing: str, fact: str, values: tuple[str, ...]) -> Test:
    wanted = frozenset(values)

    def has_any(ctx: Context) -> int:
        stated: SetFact | None = getattr(ctx, thing).get(fact)
        if stated is None:
            return UNKNOWN
        if not wanted.isdisjoint(stated.yes):
            return TRUE
        return FALSE if stated.closed or wanted <= stated.no else UNKNOWN

    return has_any


def _only(thing: str, fact: str, values: frozenset[str]) -> Test:
    def only(ctx: Context) -> int:
        stated: SetFact | None = getattr(ctx, thing).get(fact)
        if stated is None:
            return UNKNOWN
        if not stated.yes <= values:
            return FALSE
        return TRUE if stated.closed else UNKNOWN

    return only


def _is(thing: str, fact: str, values: frozenset[str]) -> Test:
    def is_value(ctx: Context) -> int:
        stated = getattr(ctx, thing).get(fact)
        if stated is None:
            return UNKNOWN
        if isinstance(stated, NotOneOf):
            return FALSE if values <= stated.values else UNKNOWN
        return TRUE if stated in values else FALSE

    return is_value


def _number(
    thing: str, fact: str, checks: list[tuple[Callable[[float, float], bool], float]]
) -> Test:
    def number(ctx: Context) -> int:
        stated = getattr(ctx, thing).get(fact)
        if stated is None:
            return UNKNOWN
        return TRUE if all(check(stated, value) for check, value in checks) else FALSE

    return number


def _date(thing: str, fact: str, before: date | None, start: date | None) -> Test:
    def date_test(ctx: Context) -> int:
        stated = getattr(ctx, thing).get(fact)
        return UNKNOWN if stated is None else _in_span(stated, before, start)

    return date_test


def _in_span(day: date, before: date | None, start: date | None) -> int:
    inside = (before is None or day < before) and (start is None or day >= start)
    return TRUE if inside else FALSE


def _event(act: str, first: date | None, last: date | None, own: bool, territory: str) -> Test:
    def event(ctx: Context) -> int:
        values = [
            _event_value(e, ctx, first, last, own, territory) for e in ctx.events if e.act == act
        ]
        if not values and not ctx.events_complete:
            return UNKNOWN
        return disjunction(values)

    return event


def _event_value(
    event: Event, ctx: Context, first: date | None, last: date | None, own: bool, territory: str
) -> int:
    here = TRUE if event.place is None else within(event.place, territory)
    mine = TRUE
    if own:
        mine = UNKNOWN if event.party is None else TRUE if event.party == ctx.scope.party else FALSE
    if first is not None and event.date > ctx.day:
        return FALSE  # planned, and not yet happened on the day that is judged
    return conjunction((here, mine, _in_span(event.date, last, first)))


def _within_place(area: str) -> Test:
    return lambda ctx: any_within(ctx.places, area)


def _within_fact(thing: str, fact: str, area: str) -> Test:
    def within_fact(ctx: Context) -> int:
        stated = getattr(ctx, thing).get(fact)
        return UNKNOWN if stated is None else within(stated, area)

    return within_fact


def related(ctx: Context, thing: str) -> tuple[Facts, ...]:
    """The things that `some` and `every` look at."""
    things: tuple[Facts, ...] = getattr(ctx, RELATED[thing])
    return things


def children(c: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside a condition."""
    match c[0]:
        case "all" | "any":
            return tuple(c[1])
        case "atleast" | "some" | "every" | "mark":
            inner = c[2]
            return tuple(inner) if c[0] == "atleast" else (inner,)
        case "not":
            return (c[1],)
        case _:
            return ()


def leaves(c: Condition) -> Iterable[Condition]:
    """Every condition in it that has no condition inside."""
    inside = children(c)
    if not inside:
        yield c
    for m in inside:
        yield from leaves(m)


def facts_read(c: Condition) -> set[tuple[str, str]]:
    """(thing, fact) pairs that the leaves of a condition read directly."""
    found: set[tuple[str, str]] = set()
    for leaf in leaves(c):
        match leaf[0]:
            case "yes" | "has" | "only" | "is" | "num" | "date":
                found.add((leaf[1], leaf[2]))
            case "within" if leaf[1] != "place":
                found.add(tuple(leaf[1]))
    return found


def freeze(value: Any) -> Any:
    """Lists to tuples, all the way down; mappings stay."""
    if isinstance(value, list | tuple):
        return tuple(freeze(v) for v in value)
    return value
