"""Checks across files: cycles, things that a rule cannot see, targets that hit nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dutybound.errors import Problem
from dutybound.rules.conditions import children
from dutybound.rules.targets import touches
from dutybound.terms.law import THINGS, Condition, Content, Dispute, Rule

Rules = Mapping[str, Rule]
Disputes = Mapping[str, Dispute]


def conditions_of(rule: Rule) -> Iterator[Condition]:
    """Every condition in a rule's texts."""
    for text in rule.texts:
        yield text.when
        yield from (e.when for e in text.exceptions)


def named(c: Condition) -> Iterator[tuple[str, str]]:
    """("term" or "reading", id) for each name in a condition."""
    if c[0] in ("term", "reading"):
        yield c[0], c[1]
    for inner in children(c):
        yield from named(inner)


def _things(c: Condition, rules: Rules, disputes: Disputes, seen: set[str]) -> set[str]:
    match c[0]:
        case "yes" | "has" | "only" | "is" | "num" | "date":
            return {c[1]}
        case "within":
            return {"place"} if c[1] == "place" else {c[1][0]}
        case "event":
            return {"party"} if c[4] else set()
        case "term":
            return _things_behind(c[1], rules, disputes, seen)
        case "reading":
            readings = disputes[c[1]].readings if c[1] in disputes else ()
            return set().union(*(_things(r.when, rules, disputes, seen) for r in readings), set())
        case "some" | "every":
            return _things(c[2], rules, disputes, seen) - {c[1]}
        case _:
            found: set[str] = set()
            return found.union(*(_things(m, rules, disputes, seen) for m in children(c)))


def _things_behind(rule_id: str, rules: Rules, disputes: Disputes, seen: set[str]) -> set[str]:
    if rule_id in seen or rule_id not in rules:
        return set()
    seen = seen | {rule_id}
    found: set[str] = set()
    return found.union(*(_things(c, rules, disputes, seen) for c in conditions_of(rules[rule_id])))


def over_of_term(rule_id: str, rules: Rules, disputes: Disputes) -> tuple[str, ...]:
    """What a term ranges over: the things whose facts it reads."""
    read = _things_behind(rule_id, rules, disputes, set())
    return tuple(t for t in THINGS if t in read)


def check_content(content: Content) -> list[Problem]:
    """Every problem across the files of the content."""
    return [
        *_cycles(content),
        *_kinds(content),
        *_out_of_sight(content),
        *_targets(content),
        *_places(content),
    ]


def _problem(rule: Rule, message: str) -> Problem:
    return Problem(rule.file, rule.line, 1, f"{rule.id}: {message}")


def _edges(content: Content, rule: Rule) -> Iterator[str]:
    pending = list(conditions_of(rule))
    asked: set[str] = set()
    while pending:
        for form, name in named(pending.pop()):
            if form == "term":
                yield name
            elif name not in asked and name in content.disputes:
                asked.add(name)
                pending.extend(r.when for r in content.disputes[name].readings)


def _cycles(content: Content) -> Iterator[Problem]:
    done: set[str] = set()

    def walk(rule_id: str, path: list[str]) -> Iterator[Problem]:
        if rule_id in path:
            circle = " -> ".join([*path[path.index(rule_id) :], rule_id])
            yield _problem(content.rules[rule_id], f"is defined by itself: {circle}.")
            return
        if rule_id in done or rule_id not in content.rules:
            return
        for name in _edges(content, content.rules[rule_id]):
            yield from walk(name, [*path, rule_id])
        done.add(rule_id)

    for rule_id in content.rules:
        yield from walk(rule_id, [])


def _kinds(content: Content) -> Iterator[Problem]:
    """A condition may name terms, exclusions, transitions and reliefs, not duties."""
    allowed = ("term", "exclusion", "transition", "relief", "permission")
    for rule in content.rules.values():
        for name in set(_edges(content, rule)):
            other = content.rules.get(name)
            if other is not None and other.kind not in allowed:
                yield _problem(rule, f"uses `{name}`, which is a {other.kind}, as a condition.")
        if rule.owed_by and content.rules[rule.owed_by].kind != "term":
            yield _problem(rule, f"is owed by `{rule.owed_by}`, which is no term.")


def _behind(content: Content, rule: Rule) -> Iterator[tuple[str, Condition]]:
    for c in conditions_of(rule):
        yield "its conditions", c
    if rule.owed_by:
        yield f"`{rule.owed_by}`", ("term", rule.owed_by)
    if rule.gated:
        yield "the scope of the act", content.acts[rule.act].scope
    for other in content.rules.values():
        if other.kind in ("exclusion", "transition") and _aims(other, rule):
            yield f"`{other.id}`, which targets it,", ("term", other.id)


def _aims(other: Rule, rule: Rule) -> bool:
    if rule.kind in ("term", "exclusion", "transition") or other.id == rule.id:
        return False
    return touches(rule.id, other.targets) and not touches(rule.id, other.saves)


def _out_of_sight(content: Content) -> Iterator[Problem]:
    for rule in content.rules.values():
        if rule.kind == "term":
            continue
        for what, condition in _behind(content, rule):
            read = _things(condition, content.rules, content.disputes, set())
            hidden = read - set(rule.over) - {"system"}
            if hidden:
                names = ", ".join(sorted(hidden))
                yield _problem(
                    rule,
                    f"{what} looks at {names}, but the rule ranges over "
                    f"{', '.join(rule.over)} only. Add it to `over`, or use `some`.",
                )


def _targets(content: Content) -> Iterator[Problem]:
    for rule in content.rules.values():
        for prefix in (*rule.targets, *rule.saves):
            if not any(touches(r, (prefix,)) for r in content.rules):
                yield _problem(rule, f"the target `{prefix}` is no rule and holds none.")


def _places(content: Content) -> Iterator[Problem]:
    for rule in content.rules.values():
        unknown: Iterable[str] = (p for p in rule.extent if p not in content.places)
        for place in unknown:
            yield _problem(rule, f"unknown place `{place}` in `extent`.")
