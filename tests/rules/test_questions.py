"""Which question comes next. Worked by hand on a law of a few rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dutybound.rules.program import Program
from dutybound.rules.questions import HEAVY, Picker, group_of
from dutybound.terms.law import Condition, Content, FactType
from tests.small import content, profile, rule, text

DAY = date(2026, 11, 25)


def yes(name: str) -> Condition:
    return ("yes", "use", name)


def law(*conditions: Condition, **kinds: str) -> Content:
    """A law with one duty for each condition; `r0=prohibition` makes the first a prohibition."""
    rules = [
        rule(f"r{i}", text(c), kind=kinds.get(f"r{i}", "duty")) for i, c in enumerate(conditions)
    ]
    types = {"many": "set", "choice": "choice"}
    names = ("a", "b", "c", "d", "g.x", "g.y", "many", "choice")
    facts = {
        f"use.{n}": FactType(f"use.{n}", "use", n, types.get(n, "yes_no"), n, {}, frozenset(),
                             False, {})
        for n in names
    }  # fmt: skip
    return replace(content(*rules), facts=facts)


def first(found: Content, asked: tuple[str, ...] = (), **use: object) -> tuple[str, ...]:
    """The names of the facts that are asked first."""
    question = Picker(Program(found, DAY), DAY).next(profile(dict(use)), asked)
    return () if question is None else tuple(p.removeprefix("uses.u.") for p in question.paths)


def test_the_fact_that_settles_most_comes_first() -> None:
    many: Condition = ("has", "use", "many", ["v"])
    choice: Condition = ("is", "use", "choice", ["v"])
    assert ("many",) == first(law(many, many, choice))


def test_a_prohibition_weighs_more() -> None:
    many: Condition = ("has", "use", "many", ["v"])
    choice: Condition = ("is", "use", "choice", ["v"])
    assert ("choice",) == first(law(many, many, choice, r2="prohibition"))
    assert HEAVY > 1


def test_nothing_is_asked_about_what_is_settled() -> None:
    assert () == first(law(("all", [yes("a"), yes("b")])), a=False)
    assert ("b",) == first(law(("all", [yes("a"), yes("b")])), a=True)


def test_what_was_asked_is_not_asked_again() -> None:
    found = law(("all", [yes("a"), yes("b")]))
    assert ("a", "b") == first(found)
    assert ("b",) == first(found, ("uses.u.a",))
    assert () == first(found, ("uses.u.a", "uses.u.b"))


def test_yes_no_facts_are_asked_together_those_of_a_group_first() -> None:
    found = law(yes("g.x"), yes("g.x"), yes("a"), yes("g.y"))
    assert ("g.x", "g.y", "a") == first(found)


def test_sets_and_choices_are_asked_alone() -> None:
    assert ("many",) == first(law(("has", "use", "many", ["v"]), ("has", "use", "many", ["w"])))


def test_events_are_one_question() -> None:
    found = law(("event", "sold", None, None, False))
    question = Picker(Program(found, DAY), DAY).next(replace(profile(), events_complete=False), ())
    assert question is not None
    assert (("events",), (), None) == (question.paths, question.facts, question.about)


def test_groups() -> None:
    assert "uses.a.credit" == group_of("uses.a.credit.essential")
    assert "uses.a.talks" == group_of("uses.a.talks")
    assert "system.generative" == group_of("system.generative")
