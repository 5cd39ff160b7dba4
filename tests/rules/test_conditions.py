"""Every form of condition, with each of its values. Expected values follow the language page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dutybound.rules.conditions import (
    Compiler,
    children,
    facts_read,
    freeze,
    leaves,
)
from dutybound.rules.context import Context, Test
from dutybound.rules.truth import CONTESTED, FALSE, TRUE, UNKNOWN
from dutybound.terms.finding import Scope
from dutybound.terms.law import Condition
from dutybound.terms.system import Event, SetFact

DAY = date(2026, 8, 2)


class FakeLaw:
    """One term and one dispute with a fixed value, one named date, the territory `eu`."""

    def __init__(self, value: int = TRUE) -> None:
        self.value = value

    def term(self, rule_id: str, positive: bool) -> Test:
        return lambda _: self.value

    def reading(self, dispute_id: str, positive: bool) -> Test:
        return lambda _: self.value

    def fixed_date(self, act_id: str, name: str) -> date | None:
        return DAY if name == "d-one" else date.fromisoformat(name)

    def territory(self, act_id: str) -> str:
        return "eu"


def value(condition: Condition, /, **facts: Any) -> int:
    """The value of a condition.

    facts: `use_x` is the fact x of the use; `grade` and `positive` as the compiler takes them;
    `term` is the value of every term and dispute; anything else is a part of the context.
    """
    law = FakeLaw(facts.pop("term", TRUE))
    how = {k: facts.pop(k) for k in ("grade", "positive") if k in facts}
    use = {k.removeprefix("use_"): v for k, v in facts.items() if k.startswith("use_")}
    rest = {k: v for k, v in facts.items() if not k.startswith("use_")}
    ctx = Context(scope=Scope(party="p"), day=DAY, use=use, **rest)
    return Compiler(law, "act").test(condition, **how)(ctx)


def has(*values: str) -> Condition:
    return ("has", "use", "tags", values)


YES = ("yes", "use", "on")
NO = ("not", YES)


@pytest.mark.parametrize(("stated", "expected"), [(True, TRUE), (False, FALSE), (None, UNKNOWN)])
def test_yes_no(stated: bool | None, expected: int) -> None:
    facts = {} if stated is None else {"use_on": stated}
    assert expected == value(YES, **facts)


def test_always() -> None:
    assert TRUE == value(("always",))


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (None, UNKNOWN),
        (SetFact(frozenset({"a"})), TRUE),
        (SetFact(frozenset({"c"})), UNKNOWN),
        (SetFact(frozenset({"c"}), closed=True), FALSE),
        (SetFact(frozenset(), frozenset({"a"})), UNKNOWN),
        (SetFact(frozenset(), frozenset({"a", "b"})), FALSE),
    ],
)
def test_has_any(stated: SetFact | None, expected: int) -> None:
    """An open set leaves what is not listed unknown."""
    assert expected == value(has("a", "b"), **({"use_tags": stated} if stated else {}))


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (None, UNKNOWN),
        (SetFact(frozenset({"a"})), UNKNOWN),
        (SetFact(frozenset({"a"}), closed=True), TRUE),
        (SetFact(frozenset({"a", "c"})), FALSE),
        (SetFact(frozenset({"a", "c"}), closed=True), FALSE),
    ],
)
def test_only(stated: SetFact | None, expected: int) -> None:
    condition = ("only", "use", "tags", ("a", "b"))
    assert expected == value(condition, **({"use_tags": stated} if stated else {}))


@pytest.mark.parametrize(("stated", "expected"), [("a", TRUE), ("c", FALSE), (None, UNKNOWN)])
def test_is(stated: str | None, expected: int) -> None:
    facts = {} if stated is None else {"use_kind": stated}
    assert expected == value(("is", "use", "kind", ("a", "b")), **facts)


@pytest.mark.parametrize(
    ("op", "outcomes"),
    [
        ("gt", (FALSE, FALSE, TRUE)),
        ("gte", (FALSE, TRUE, TRUE)),
        ("lt", (TRUE, FALSE, FALSE)),
        ("lte", (TRUE, TRUE, FALSE)),
        ("eq", (FALSE, TRUE, FALSE)),
    ],
)
def test_number(op: str, outcomes: tuple[int, int, int]) -> None:
    """249, 250 and 251 against 250."""
    condition = ("num", "use", "staff", ((op, 250),))
    assert outcomes == tuple(value(condition, use_staff=n) for n in (249, 250, 251))
    assert UNKNOWN == value(condition)


def test_two_comparisons_mean_both() -> None:
    condition = ("num", "use", "staff", (("gte", 10), ("lt", 20)))
    assert [FALSE, TRUE, FALSE] == [value(condition, use_staff=n) for n in (9, 10, 20)]


def test_date_before_and_from() -> None:
    """`before` leaves the day out, `from` takes it in; a named date counts as its value."""
    before, start = ("date", "use", "made", "d-one", None), ("date", "use", "made", None, "d-one")
    eve = date(2026, 8, 1)
    assert [TRUE, FALSE] == [value(before, use_made=d) for d in (eve, DAY)]
    assert [FALSE, TRUE] == [value(start, use_made=d) for d in (eve, DAY)]
    assert UNKNOWN == value(before)


def _event(**changes: Any) -> Event:
    return Event(**{"act": "put_into_service", "date": DAY, "party": "p", "place": "eu", **changes})


def test_event_without_any() -> None:
    """No event is unknown, unless the list is complete."""
    condition = ("event", "put_into_service", None, None, False)
    assert UNKNOWN == value(condition)
    assert FALSE == value(condition, events_complete=True)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (_event(), TRUE),
        (_event(date=date(2026, 8, 1)), FALSE),
        (_event(place="eu-de"), TRUE),
        (_event(place="us"), FALSE),
        (_event(place=None), TRUE),
        (_event(party="other"), FALSE),
        (_event(party=None), UNKNOWN),
    ],
)
def test_event_of_the_party_in_the_territory(event: Event, expected: int) -> None:
    condition = ("event", "put_into_service", None, "d-one", True)
    assert expected == value(condition, events=(event,), events_complete=True)


def test_event_of_another_kind() -> None:
    condition = ("event", "put_into_service", None, None, False)
    assert FALSE == value(condition, events=(_event(act="decision"),), events_complete=True)


@pytest.mark.parametrize(
    ("places", "expected"),
    [(("us-ca",), TRUE), (("us-ca-x", "us-ny"), TRUE), (("us-ny",), FALSE), (("us",), UNKNOWN)],
)
def test_within_place(places: tuple[str, ...], expected: int) -> None:
    assert expected == value(("within", "place", "us-ca"), places=places)


@pytest.mark.parametrize(
    ("seat", "expected"),
    [("eu-de", TRUE), ("us", FALSE), (None, UNKNOWN)],
)
def test_within_a_fact(seat: str | None, expected: int) -> None:
    party = {} if seat is None else {"established_in": seat}
    assert expected == value(("within", ("party", "established_in"), "eu"), party=party)


@pytest.mark.parametrize(
    ("values", "some", "every"),
    [
        ((), UNKNOWN, UNKNOWN),
        ((True, False), TRUE, FALSE),
        ((True, True), TRUE, TRUE),
        ((False, False), FALSE, FALSE),
        ((True, None), TRUE, UNKNOWN),
        ((False, None), UNKNOWN, FALSE),
    ],
)
def test_some_and_every(values: tuple[bool | None, ...], some: int, every: int) -> None:
    """Over no things both are unknown: nobody said that there are none."""
    datas = tuple({} if v is None else {"on": v} for v in values)
    inner = ("yes", "data", "on")
    assert some == value(("some", "data", inner), datas=datas)
    assert every == value(("every", "data", inner), datas=datas)


def test_all_any_not_at_least() -> None:
    a, b = YES, ("yes", "use", "off")
    facts = {"use_on": True, "use_off": False}
    assert FALSE == value(("all", (a, b)), **facts)
    assert TRUE == value(("any", (a, b)), **facts)
    assert FALSE == value(("not", a), **facts)
    assert FALSE == value(("atleast", 2, (a, b)), **facts)
    assert TRUE == value(("atleast", 1, (a, b)), **facts)
    assert UNKNOWN == value(("all", (a, ("yes", "use", "open"))), **facts)
    assert UNKNOWN == value(("any", (b, ("yes", "use", "open"))), **facts)


@pytest.mark.parametrize("known", [FALSE, UNKNOWN, CONTESTED, TRUE])
def test_term_and_reading(known: int) -> None:
    assert known == value(("term", "act.x"), term=known)
    assert known == value(("reading", "act.u1"), term=known)


def test_unknown_form_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="no such form"):
        value(("sometimes",))


# ---------------------------------------------------------------------- grades
@pytest.mark.parametrize(
    ("on", "positive", "expected"),
    [
        (False, True, CONTESTED),
        (True, True, TRUE),
        (True, False, CONTESTED),
        (False, False, FALSE),
    ],
)
def test_grade_c_never_says_no_alone(on: bool, positive: bool, expected: int) -> None:
    """In a general rule a weak "no" is contested; in an exception a weak "yes" is."""
    assert expected == value(YES, grade="C", positive=positive, use_on=on)


@pytest.mark.parametrize("grade", ["A", "B", "unverified"])
def test_other_grades_leave_a_no_alone(grade: str) -> None:
    assert FALSE == value(YES, grade=grade, use_on=False)


def test_unknown_stays_unknown_in_grade_c() -> None:
    assert UNKNOWN == value(YES, grade="C")


def test_not_turns_the_weak_side() -> None:
    """Inside `not` it is the "yes" that would bring about a "no"."""
    assert CONTESTED == value(NO, grade="C", use_on=True)
    assert TRUE == value(NO, grade="C", use_on=False)


def test_a_mark_gives_its_own_grade() -> None:
    certain = ("mark", {"grade": "B"}, YES)
    weak = ("mark", {"grade": "C"}, YES)
    assert FALSE == value(certain, grade="C", use_on=False)
    assert CONTESTED == value(weak, grade="A", use_on=False)


def test_a_certain_no_beats_a_weak_one() -> None:
    both = ("all", (YES, ("mark", {"grade": "B"}, ("yes", "use", "off"))))
    assert FALSE == value(both, grade="C", use_on=False, use_off=False)
    assert CONTESTED == value(both, grade="C", use_on=False, use_off=True)


# ---------------------------------------------------------------------- reading conditions
def test_children_and_leaves() -> None:
    marked = ("mark", {"reason": "no_trigger"}, YES)
    condition = ("all", (marked, ("any", (NO, ("atleast", 1, (has("a"), ("some", "data", YES)))))))
    assert 2 == len(children(condition))
    assert [YES, YES, has("a"), YES] == list(leaves(condition))


def test_facts_read() -> None:
    condition = ("any", (YES, ("within", ("party", "seat"), "eu"), ("within", "place", "eu")))
    assert {("use", "on"), ("party", "seat")} == facts_read(condition)


def test_freeze() -> None:
    assert ("a", ("b", ({"c": [1]},))) == freeze(["a", ["b", [{"c": [1]}]]])
