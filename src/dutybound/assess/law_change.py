"""Which rules changed between two views of the law, and through which other rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Final, TypeAlias

from dutybound.rules.compiled import NEVER
from dutybound.rules.conditions import leaves
from dutybound.rules.program import Program
from dutybound.terms.law import Act, Condition, Content, Rule, RuleText

AXES: Final = ("known", "in_force")
Days: TypeAlias = tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Face:
    """What a rule says in one view. parts: the newest text, piece by piece."""

    versions: tuple[str, ...]
    ends: date
    pinpoint: str
    formal: Days
    effective: Days
    until: Days
    other_dates: tuple[tuple[str, date | None], ...]
    texts: tuple[RuleText, ...]

    @property
    def dates(self) -> tuple[Any, ...]:
        """Every date that counts for the rule."""
        return (self.formal, self.effective, self.until, self.other_dates)


class View:
    """The law as it stands on a day: by what was published, or by what is in force."""

    def __init__(self, content: Content, axis: str, day: date) -> None:
        self.content = content if axis == "known" else _by_force(content)
        self.day = day
        self.program = Program(self.content, day)

    def face(self, rule: Rule) -> Face | None:
        """What a rule says here; None if it has no text."""
        act = self.content.acts[rule.act]
        texts = self.program.text_ends(rule)
        if not texts:
            return None
        newest, end = texts[-1]
        return Face(
            versions=tuple(t.version for t, _ in texts),
            ends=end,
            pinpoint=newest.pinpoint,
            formal=self._days(act, newest.formal),
            effective=self._days(act, newest.effective or newest.formal),
            until=self._days(act, newest.until),
            other_dates=tuple(self._other_dates(act, rule, newest)),
            texts=tuple(t for t, _ in texts),
        )

    def _days(self, act: Act, name: str | None) -> Days:
        if name is None:
            return ()
        named = act.dates.get(name)
        names = [target for _, target in named.choose] if named and named.choose else [name]
        days = (self.program.fixed_date(act.id, n) for n in names)
        return tuple(d for d in days if d is not None)

    def _other_dates(
        self, act: Act, rule: Rule, text: RuleText
    ) -> Iterator[tuple[str, date | None]]:
        """Named dates inside conditions, and the day to which a transition defers."""
        names = {text.defer} if text.defer else set()
        for condition in (text.when, *(e.when for e in text.exceptions)):
            for leaf in leaves(condition):
                spans = {"date": leaf[3:5], "event": leaf[2:4]}.get(leaf[0], ())
                names.update(n for n in spans if n)
        for name in sorted(n for n in names if n in act.dates):
            yield name, self.program.fixed_date(rule.act, name)


def _by_force(content: Content) -> Content:
    """The content in which a version becomes known on the day on which it comes into force."""
    acts = {
        a.id: replace(
            a,
            versions=tuple(replace(v, published=max(v.published, v.in_force)) for v in a.versions),
        )
        for a in content.acts.values()
    }
    return replace(content, acts=acts)


@dataclass(frozen=True, slots=True)
class Change:
    """How a rule changed.

    kinds: `inserted`, `deleted`, `text`, `dates`, or `through` when only rules changed on which it
    rests. parts: the pieces of the text that differ. through: the changed rules on which it rests.
    """

    rule: Rule
    before: Face | None
    after: Face | None
    kinds: tuple[str, ...]
    parts: tuple[str, ...]
    through: tuple[str, ...]


class Changes:
    """The changes from one view to another."""

    def __init__(self, before: View, after: View) -> None:
        self._before = before
        self._after = after
        self._content = after.content
        self._roots: dict[str, frozenset[str]] = {}

    @cached_property
    def _own(self) -> dict[str, Change]:
        """The rules whose own text or dates changed."""
        found = {}
        for rule in self._content.rules.values():
            change = _compare(rule, self._before.face(rule), self._after.face(rule))
            if change is not None:
                found[rule.id] = change
        return found

    def all(self) -> list[Change]:
        """Every rule that changed, by itself or through others."""
        found = []
        for rule in self._content.rules.values():
            own = self._own.get(rule.id)
            through = tuple(sorted(self._behind(rule.id) - {rule.id}))
            if own is not None:
                found.append(replace(own, through=through))
            elif through and self._after.face(rule) is not None:
                face = self._after.face(rule)
                before = self._before.face(rule)
                found.append(Change(rule, before, face, ("through",), (), through))
        return found

    def _behind(self, rule_id: str) -> frozenset[str]:
        """The changed rules among those on which a rule rests, itself included."""
        known = self._roots.get(rule_id)
        if known is None:
            self._roots[rule_id] = frozenset()
            rule = self._content.rules[rule_id]
            known = frozenset().union(*(self._behind(r) for r in set(self._rests_on(rule))))
            if rule_id in self._own:
                known |= {rule_id}
            self._roots[rule_id] = known
        return known

    def _rests_on(self, rule: Rule) -> Iterator[str]:
        act = self._content.acts[rule.act]
        if rule.owed_by:
            yield rule.owed_by
        for kind in ("exclusion", "transition"):
            yield from (r.id for r in self._after.program.touching(rule, kind))
        conditions = [act.scope] if rule.gated and rule.kind != "term" else []
        for text in rule.texts:
            conditions += [text.when, *(e.when for e in text.exceptions)]
            for name in (text.formal, text.effective, text.until):
                named = act.dates.get(name or "")
                conditions += [c for c, _ in named.choose] if named else []
        for condition in conditions:
            yield from self._terms(condition)

    def _terms(self, condition: Condition) -> Iterator[str]:
        for leaf in leaves(condition):
            if leaf[0] == "term":
                yield leaf[1]
            elif leaf[0] == "reading":
                for reading in self._content.disputes[leaf[1]].readings:
                    yield from self._terms(reading.when)


def _compare(rule: Rule, before: Face | None, after: Face | None) -> Change | None:
    if before is None and after is None:
        return None
    if before is None or after is None:
        return Change(rule, before, after, ("inserted" if after else "deleted",), (), ())
    parts = _parts(before.texts[-1], after.texts[-1])
    kinds = []
    if before.ends != after.ends and after.ends != NEVER:
        kinds.append("deleted")
    if parts:
        kinds.append("text")
    if before.dates != after.dates:
        kinds.append("dates")
    return Change(rule, before, after, tuple(kinds), parts, ()) if kinds else None


def _parts(before: RuleText, after: RuleText) -> tuple[str, ...]:
    """The pieces of two texts that differ."""
    names = ("pinpoint", "grade", "when", "exceptions")
    parts = [n for n in names if getattr(before, n) != getattr(after, n)]
    keys = dict.fromkeys([*before.detail, *after.detail])
    parts += [k for k in keys if before.detail.get(k) != after.detail.get(k)]
    return tuple(parts)
