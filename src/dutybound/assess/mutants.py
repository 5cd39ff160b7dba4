"""Every small change to the law that a case should notice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

from dutybound.assess.dependence import Node, rule_node
from dutybound.rules.conditions import children
from dutybound.terms.law import (
    NOT_LAW,
    Act,
    Condition,
    Content,
    Dispute,
    NamedDate,
    Rule,
    RuleText,
)

Part: TypeAlias = Rule | Dispute | Act
Change: TypeAlias = tuple[str, Part]

DAY: Final = timedelta(days=1)
SHIFTS: Final = (("one day earlier", -DAY), ("one day later", DAY))
SHOWN: Final = 4
BORDERS: Final[dict[str, tuple[str, tuple[int, ...]]]] = {
    "gte": ("gt", (-1,)),
    "gt": ("gte", (1,)),
    "lte": ("lt", (1,)),
    "lt": ("lte", (-1,)),
    "eq": ("eq", (-1, 1)),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change. node: what is changed. owner: the rule, act or dispute it stands in."""

    node: Node
    owner: str
    what: str
    part: Part

    @property
    def name(self) -> tuple[str, str]:
        """What the list of accepted mutants calls it."""
        return self.owner, self.what

    def applied(self, content: Content) -> Content:
        """The content with the change."""
        part = self.part
        if isinstance(part, Rule):
            return replace(content, rules={**content.rules, part.id: part})
        if isinstance(part, Dispute):
            return replace(content, disputes={**content.disputes, part.id: part})
        return replace(content, acts={**content.acts, part.id: part})


def mutants_of_rule(rule: Rule) -> Iterator[Mutant]:
    """Every change to a rule. A text that is not law has none: it decides nothing."""
    if rule.legal_status in NOT_LAW:
        return
    for i, text in enumerate(rule.texts):
        prefix = f"[{text.version}] " if len(rule.texts) > 1 else ""
        for what, changed in _texts(text):
            texts = (*rule.texts[:i], changed, *rule.texts[i + 1 :])
            yield Mutant(rule_node(rule.id), rule.id, prefix + what, replace(rule, texts=texts))


def mutants_of_dispute(dispute: Dispute) -> Iterator[Mutant]:
    """Every change to the readings of a dispute."""
    for i, reading in enumerate(dispute.readings):
        for what, when in changes(reading.when):
            changed = (
                *dispute.readings[:i], replace(reading, when=when), *dispute.readings[i + 1 :]
            )  # fmt: skip
            yield Mutant(
                ("dispute", dispute.id),
                dispute.id,
                f"reading {reading.id}: {what}",
                replace(dispute, readings=changed),
            )


def mutants_of_act(act: Act) -> Iterator[Mutant]:
    """Every change to an act's scope, named dates, last day and rules on the size of fines."""
    if act.legal_status in NOT_LAW:
        return
    for what, scope in changes(act.scope):
        yield Mutant(("scope", act.id), act.id, f"scope: {what}", replace(act, scope=scope))
    if act.until is not None:
        for what, step in SHIFTS:
            until = replace(act, until=act.until + step)
            yield Mutant(("until", act.id), act.id, f"until {act.until}: {what}", until)
    for name, named in act.dates.items():
        for what, changed in _named_dates(named):
            dates = {**act.dates, name: changed}
            yield Mutant(
                ("date", act.id, name), act.id, f"date {name}: {what}", replace(act, dates=dates)
            )
    for name, penalty in act.penalties.items():
        for what, tier in _penalties(penalty):
            penalties = {**act.penalties, name: tier}
            yield Mutant(
                ("penalty", act.id, name),
                act.id,
                f"penalty {name}: {what}",
                replace(act, penalties=penalties),
            )


def named_apart(mutants: Iterable[Mutant]) -> list[Mutant]:
    """The mutants; those of one owner that read alike get a number."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for mutant in mutants:
        seen[mutant.name] += 1
        count = seen[mutant.name]
        found.append(mutant if count == 1 else replace(mutant, what=f"{mutant.what} (#{count})"))
    return found


# ---------------------------------------------------------------------- parts
def _texts(text: RuleText) -> Iterator[tuple[str, RuleText]]:
    seen: list[RuleText] = [text]

    def new(changed: RuleText) -> bool:
        if changed in seen:
            return False
        seen.append(changed)
        return True

    for what, changed in _all_texts(text):
        if new(changed):
            yield what, changed


def _all_texts(text: RuleText) -> Iterator[tuple[str, RuleText]]:
    for what, when in changes(text.when):
        yield f"when: {what}", replace(text, when=when)
    for i, e in enumerate(text.exceptions):
        before, after = text.exceptions[:i], text.exceptions[i + 1 :]
        yield f"except {e.id}: drop it", replace(text, exceptions=(*before, *after))
        turned = replace(e, when=("not", e.when))
        yield f"except {e.id}: negate it", replace(text, exceptions=(*before, turned, *after))
        for what, when in changes(e.when):
            if when != turned.when:
                changed = replace(e, when=when)
                exceptions = (*before, changed, *after)
                yield f"except {e.id}: {what}", replace(text, exceptions=exceptions)
    for key in ("formal", "effective", "until", "defer"):
        for what, day in _shifted(getattr(text, key)):
            changed_day: dict[str, Any] = {key: day}
            yield f"{key} {getattr(text, key)}: {what}", replace(text, **changed_day)


def _shifted(day: str | None) -> Iterator[tuple[str, str]]:
    """A date one day earlier and later; nothing for the name of a date, which is changed itself."""
    try:
        fixed = date.fromisoformat(day or "")
    except ValueError:
        return
    for what, step in SHIFTS:
        yield what, (fixed + step).isoformat()


def _named_dates(named: NamedDate) -> Iterator[tuple[str, NamedDate]]:
    for i, (version, day) in enumerate(named.values):
        for what, step in SHIFTS:
            values = (*named.values[:i], (version, day + step), *named.values[i + 1 :])
            yield f"{day} ({version}): {what}", replace(named, values=values)
    for i, (when, target) in enumerate(named.choose):
        before, after = named.choose[:i], named.choose[i + 1 :]
        for what, changed in changes(when):
            yield f"{target}: {what}", replace(named, choose=(*before, (changed, target), *after))
        for what, other in _shifted(target):
            yield f"{target}: {what}", replace(named, choose=(*before, (when, other), *after))


def _penalties(penalty: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    sizes = penalty.get("size", [])
    for i, size in enumerate(sizes):
        for what, when in changes(size["when"]):
            changed = [*sizes[:i], {**size, "when": when}, *sizes[i + 1 :]]
            yield f"size {size['cite']}: {what}", {**penalty, "size": changed}


# ---------------------------------------------------------------------- conditions
def changes(c: Condition) -> Iterator[tuple[str, Condition]]:
    """Every condition that differs from this one by one flip, with words for the flip."""
    match c[0]:
        case "all" | "any":
            other = "any" if c[0] == "all" else "all"
            if len(c[1]) > 1:
                yield f"{c[0]} -> {other} of {_heads(c[1])}", (other, c[1])
            yield from ((what, (c[0], m)) for what, m in _inside(c[1]))
        case "atleast":
            for count in (c[1] - 1, c[1] + 1):
                if 1 <= count <= len(c[2]):
                    yield f"at_least {c[1]} -> {count}", (c[0], count, c[2])
            yield from ((what, (c[0], c[1], m)) for what, m in _inside(c[2]))
        case "not":
            yield from ((what, ("not", inner)) for what, inner in changes(c[1]))
        case "mark" | "some" | "every":
            yield from ((what, (c[0], c[1], inner)) for what, inner in changes(c[2]))
        case _:
            yield f"negate {spoken(c)}", ("not", c)
            yield from _borders(c)


def _inside(members: tuple[Condition, ...]) -> Iterator[tuple[str, tuple[Condition, ...]]]:
    for i, member in enumerate(members):
        for what, changed in changes(member):
            yield what, (*members[:i], changed, *members[i + 1 :])


def _borders(c: Condition) -> Iterator[tuple[str, Condition]]:
    if c[0] == "num":
        for i, (op, value) in enumerate(c[3]):
            for changed in _thresholds(op, value):
                checks = (*c[3][:i], changed, *c[3][i + 1 :])
                what = f"{c[1]}.{c[2]} {op} {value:,} -> {changed[0]} {changed[1]:,}"
                yield what, (*c[:3], checks)
    elif c[0] in ("date", "event"):
        first = 3 if c[0] == "date" else 2
        for i, word in ((first, "before"), (first + 1, "from")):
            for what, day in _shifted(c[i]):
                yield f"{spoken(c)}: {word} {what}", (*c[:i], day, *c[i + 1 :])


def _thresholds(op: str, value: float) -> Iterator[tuple[str, float]]:
    other, steps = BORDERS[op]
    if other != op:
        yield other, value
    if float(value).is_integer():
        yield from ((op, value + step) for step in steps if value + step not in (value, -1))


def spoken(c: Condition) -> str:
    """A leaf in a few words."""
    match c[0]:
        case "term" | "reading":
            return str(c[1])
        case "yes":
            return f"{c[1]}.{c[2]}"
        case "has" | "only" | "is":
            more = f", ... ({len(c[3])})" if len(c[3]) > SHOWN else ""
            return f"{c[1]}.{c[2]} {c[0]} {', '.join(c[3][:SHOWN])}{more}"
        case "num":
            return f"{c[1]}.{c[2]} " + " ".join(f"{op} {value:,}" for op, value in c[3])
        case "date":
            return f"{c[1]}.{c[2]} {_span(c[3], c[4])}"
        case "event":
            own = " by the party" if c[4] else ""
            return f"event {c[1]} {_span(c[2], c[3])}".strip() + own
        case "within":
            where = c[1] if c[1] == "place" else ".".join(c[1])
            return f"{where} within {c[2]}"
        case form:
            return str(form)


def _span(before: str | None, start: str | None) -> str:
    return " ".join(
        part
        for part in (f"before {before}" if before else "", f"from {start}" if start else "")
        if part
    )


def _heads(members: tuple[Condition, ...]) -> str:
    return "; ".join(_head(m) for m in members[:3]) + ("; ..." if len(members) > 3 else "")


def _head(c: Condition) -> str:
    inside = children(c)
    if not inside:
        return spoken(c)
    if c[0] == "mark":
        return _head(inside[0])
    if c[0] == "not":
        return f"not {_head(inside[0])}"
    return f"{c[0]}(...)"
