"""Design changes to try, derived from the facts that live findings read.

Nothing here knows the law: yes/no facts are flipped, members of sets dropped, choices exchanged,
whole groups of yes/no facts tried in every way, places and markets left and entered. What an
organisation or a system is, and what is a judgement, is no design, so it is left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from dutybound.assess.edits import Edit
from dutybound.rules.program import Program
from dutybound.terms.law import Condition, Content, FactType, Rule
from dutybound.terms.system import Profile, SetFact, Use

Read = tuple[str, str]
GROUP_SIZE: Final = 4
CHOICES: Final = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A change to try.

    family: of candidates of one family only the best is shown. facts: what it changes. places: the
    places that it leaves or enters; only the law of these is touched.
    """

    family: str
    edits: tuple[Edit, ...]
    facts: frozenset[Read] = frozenset()
    places: tuple[str, ...] = ()


def reads_of(program: Program, rule: Rule) -> frozenset[Read]:
    """(thing, fact) pairs that a rule looks at: conditions, dates, exclusions, transitions."""
    act = program.content.acts[rule.act]
    conditions: list[Condition] = [act.scope] if rule.gated else []
    if rule.owed_by:
        conditions.append(("term", rule.owed_by))
    for text in rule.texts:
        conditions += [text.when, *(e.when for e in text.exceptions)]
        for name in (text.formal, text.effective):
            named = act.dates.get(name or "")
            conditions += [c for c, _ in named.choose] if named else []
    for kind in ("exclusion", "transition"):
        conditions += [("term", r.id) for r in program.touching(rule, kind)]
    return frozenset().union(*(program.reads(c) for c in conditions))


def candidates(
    content: Content, program: Program, profile: Profile, live: Collection[str]
) -> Iterator[Candidate]:
    """Every change worth trying. live: the ids of the rules that are live."""
    read = frozenset().union(*(reads_of(program, content.rules[r]) for r in live))
    yield from _markets(content, profile)
    yield from _facts(content, "system", "system", profile.system, frozenset(_all_reads(content)))
    by_use = [list(_of_use(content, use, read)) for use in profile.uses]
    for found in by_use:
        yield from found
    yield from _together(profile, by_use)
    for kind, plural, group in (
        ("data", "data", profile.data),
        ("model", "models", profile.models),
    ):
        for thing in group:
            yield from _facts(content, kind, f"{plural}.{thing.id}", thing.facts, read)


def _of_use(content: Content, use: Use, read: Collection[Read]) -> Iterator[Candidate]:
    yield from _places(use)
    facts = dict(use.facts)
    for more in use.overrides.values():
        facts.update(more)
    yield from _facts(content, "use", f"uses.{use.id}", facts, read)
    yield from _groups(content, f"uses.{use.id}", facts, read)


def _together(profile: Profile, by_use: Sequence[Sequence[Candidate]]) -> Iterator[Candidate]:
    """The same change in every use for which it can be made, if that is more than one."""
    same: dict[str, list[Candidate]] = {}
    for use, found in zip(profile.uses, by_use, strict=True):
        for candidate in found:
            change = _family(candidate.edits).replace(f"uses.{use.id}.", "")
            same.setdefault(change, []).append(candidate)
    for change, group in same.items():
        if len(group) > 1:
            edits = tuple(e for c in group for e in c.edits)
            yield Candidate(f"uses: {change}", edits, group[0].facts, group[0].places)


def _all_reads(content: Content) -> Iterator[Read]:
    return ((f.thing, f.name) for f in content.facts.values())


# ---------------------------------------------------------------------- places
def _markets(content: Content, profile: Profile) -> Iterator[Candidate]:
    """Leave a market, or enter it with every use."""
    markets = {a.market for a in content.acts.values()} & set(content.places)
    for market in sorted(markets):
        leave = [
            Edit(f"uses.{u.id}.places", "-=", inside)
            for u in profile.uses
            if (inside := [p for p in u.places if _inside(p, market)])
        ]
        enter = [Edit(f"uses.{u.id}.places", "+=", [market]) for u in profile.uses]
        edits = tuple(leave or enter)
        if edits:
            yield Candidate(_family(edits), edits, places=(market,))


def _inside(place: str, area: str) -> bool:
    return place == area or place.startswith(area + "-")


def _places(use: Use) -> Iterator[Candidate]:
    if len(use.places) > 1:
        for place in use.places:
            edit = Edit(f"uses.{use.id}.places", "-=", [place])
            yield Candidate(_family((edit,)), (edit,), places=(place,))


def _family(edits: tuple[Edit, ...]) -> str:
    return "; ".join(map(str, edits))


# ---------------------------------------------------------------------- facts
def _facts(
    content: Content, kind: str, path: str, facts: dict[str, object], read: Collection[Read]
) -> Iterator[Candidate]:
    for name, value in sorted(facts.items()):
        fact = content.facts.get(f"{kind}.{name}")
        if fact is None or fact.judgement or (kind, name) not in read:
            continue
        for edit in _edits(fact, f"{path}.{name}", value):
            family = str(edit) if fact.type == "set" else edit.path
            yield Candidate(family, (edit,), frozenset({(kind, name)}))


def _edits(fact: FactType, path: str, value: object) -> Iterator[Edit]:
    if fact.type == "yes_no":
        yield Edit(path, "=", not value)
    elif fact.type == "choice" and fact.thing == "use" and len(fact.values) <= CHOICES:
        yield from (Edit(path, "=", other) for other in fact.values if other != value)
    elif isinstance(value, SetFact):
        members = sorted(value.yes - fact.exclusive)
        if len(members) > 1:
            yield from (Edit(path, "-=", [member]) for member in members)
        elif members and fact.exclusive:
            yield Edit(path, "=", sorted(fact.exclusive)[:1])


def _groups(
    content: Content, path: str, facts: dict[str, object], read: Collection[Read]
) -> Iterator[Candidate]:
    """Small groups of yes/no facts of a use, tried in every way."""
    groups: dict[str, list[str]] = {}
    for fact in content.facts.values():
        head, _, _ = fact.name.rpartition(".")
        known = fact.type == "yes_no" and not fact.judgement and ("use", fact.name) in read
        if fact.thing == "use" and head and known:
            groups.setdefault(head, []).append(fact.name)
    for head, names in sorted(groups.items()):
        stated = any(name in facts for name in names)
        if not stated or not 1 < len(names) <= GROUP_SIZE:
            continue
        for values in product((True, False), repeat=len(names)):
            edits = tuple(
                Edit(f"{path}.{name}", "=", value)
                for name, value in zip(names, values, strict=True)
                if facts.get(name) is not value
            )
            if len(edits) > 1:
                changed = frozenset(("use", name) for name in names)
                yield Candidate(f"{path}.{head}", edits, changed)
