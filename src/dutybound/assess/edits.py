"""Changes to the facts of a profile, made on values and not in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from dutybound.errors import BadInput, Problem, did_you_mean
from dutybound.packs.facts import as_date
from dutybound.packs.profile import ProfileReader
from dutybound.packs.reading import Document, parse_yaml
from dutybound.rules.places import ANYWHERE
from dutybound.terms.law import FactType
from dutybound.terms.system import Event, Facts, Profile, SetFact, Thing, Use

GROUPS: Final = {"parties": "party", "uses": "use", "data": "data", "models": "model"}
_EDIT: Final = re.compile(r"([^=+]+?)\s*(\+=|-=|=)\s*(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: `=` sets a fact, `+=` and `-=` add to or take from a set or the places."""

    path: str
    how: str
    value: Any

    def __str__(self) -> str:
        listed = isinstance(self.value, list)
        shown = ", ".join(map(str, self.value)) if listed else _word(self.value)
        return f"{self.path} {self.how} {shown}"


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def parse_edit(text: str) -> Edit:
    """An edit from `FACT=VALUE`, `FACT+=VALUE` or `FACT-=VALUE`; the value is YAML."""
    found = _EDIT.match(text)
    if found is None:
        raise BadInput.one("--set", f"`{text}` is not FACT=VALUE, FACT+=VALUE or FACT-=VALUE.")
    path, how, value = found.groups()
    path = path.strip()
    if path.endswith("-"):
        path, how = path[:-1], "-="
    return Edit(path.strip(), how, parse_yaml(value, "--set").value)


class PlainReader(ProfileReader):
    """Reads profiles without adding what follows from the facts."""

    def settle(self, profile: Profile) -> list[Problem]:
        """Leave the facts as they are stated."""
        return []


class Editor:
    """Applies edits to a profile that was read by a PlainReader."""

    def __init__(self, reader: ProfileReader, facts: dict[str, FactType], plain: Profile) -> None:
        self._reader = reader
        self._facts = facts
        self._plain = plain

    def apply(self, edits: Iterable[Edit]) -> Profile:
        """The profile with the edits and all that follows from them. Raises BadInput."""
        changed = _copied(self._plain)
        for edit in edits:
            changed = self._one(changed, edit)
        problems = self._reader.settle(changed)
        if problems:
            raise BadInput(problems)
        return changed

    def _one(self, profile: Profile, edit: Edit) -> Profile:
        group, _, rest = edit.path.partition(".")
        if group == "system":
            facts = self._edited("system", profile.system, rest, edit)
            return replace(profile, system=facts)
        if group == "events":
            return self._event(profile, rest, edit)
        if group not in GROUPS:
            known = ["system", *GROUPS, "events"]
            raise _wrong(edit, f"A path starts with one of {', '.join(known)}.")
        owner, _, name = rest.partition(".")
        things = getattr(profile, group)
        if owner not in {t.id for t in things}:
            hint = did_you_mean(owner, [t.id for t in things])
            raise _wrong(edit, f"There is no `{owner}` in `{group}`.{hint}")
        kind = GROUPS[group]
        new: Any = tuple(self._thing(t, kind, name, edit) if t.id == owner else t for t in things)
        changed: dict[str, Any] = {group: new}
        return replace(profile, **changed)

    def _thing(self, thing: Any, kind: str, name: str, edit: Edit) -> Any:
        if name == "places":
            return replace(thing, places=self._places(thing.places or (), edit))
        if kind == "use" and name.startswith("places."):
            return self._at_place(thing, name.removeprefix("places."), edit)
        facts = self._edited(kind, thing.facts, name, edit)
        if kind != "use":
            return replace(thing, facts=facts)
        overrides = {
            code: {**more, name: facts[name]} if name in more and name in facts else dict(more)
            for code, more in thing.overrides.items()
        }
        return replace(thing, facts=facts, overrides=overrides)

    def _at_place(self, use: Use, rest: str, edit: Edit) -> Use:
        code, _, name = rest.partition(".")
        if code not in use.places:
            hint = did_you_mean(code, use.places)
            raise _wrong(edit, f"The use `{use.id}` has no place `{code}`.{hint}")
        more = self._edited("use", use.overrides.get(code, {}), name, edit)
        return replace(use, overrides={**use.overrides, code: more})

    def _places(self, places: tuple[str, ...], edit: Edit) -> tuple[str, ...]:
        codes = [str(v) for v in (edit.value if isinstance(edit.value, list) else [edit.value])]
        for code in codes:
            if code not in self._reader.places or code == ANYWHERE:
                hint = did_you_mean(code, self._reader.places)
                raise _wrong(edit, f"Unknown place `{code}`.{hint} See content/places.yaml.")
        if edit.how == "+=":
            return tuple(dict.fromkeys((*places, *codes)))
        if edit.how == "-=":
            missing = [c for c in codes if c not in places]
            if missing:
                raise _wrong(edit, f"`{missing[0]}` is not among the places: {', '.join(places)}.")
            return tuple(p for p in places if p not in codes)
        return tuple(codes)

    # ------------------------------------------------------------------ facts
    def _edited(self, kind: str, facts: Facts, name: str, edit: Edit) -> Facts:
        fact = self._facts.get(f"{kind}.{name}")
        if fact is None:
            names = [f.name for f in self._facts.values() if f.thing == kind]
            raise _wrong(edit, f"Unknown fact `{kind}.{name}`.{did_you_mean(name, names)}")
        new = dict(facts)
        before = facts.get(name)
        if edit.value in (None, "unknown"):
            new.pop(name, None)
        elif fact.type == "set":
            new[name] = self._set(fact, before, edit)
        elif edit.how != "=":
            raise _wrong(edit, f"`{fact.id}` is no set; write {edit.path}=VALUE.")
        else:
            new[name] = self._typed(fact, edit.value, edit)
        return new

    def _typed(self, fact: FactType, value: Any, edit: Edit) -> Any:
        document = Document(f"--set {edit.path}", {fact.name: value})
        reader = self._reader.facts_reader(document)
        found = reader.read(fact.thing, {fact.name: value}, (), edit.path)
        if reader.problems:
            raise BadInput(reader.problems)
        return found.get(fact.name)

    def _set(self, fact: FactType, before: SetFact | None, edit: Edit) -> SetFact:
        given: SetFact = self._typed(fact, edit.value, edit)
        old = before or SetFact(frozenset())
        if edit.how == "=":
            return SetFact(given.yes, given.no, given.closed or old.closed)
        if edit.how == "+=":
            yes = (old.yes - fact.exclusive) | given.yes
            return SetFact(yes, old.no - given.yes, old.closed and not given.yes & fact.exclusive)
        if not given.yes <= old.yes:
            missing = min(given.yes - old.yes)
            raise _wrong(edit, f"`{missing}` is not stated in `{edit.path}`.")
        return SetFact(old.yes - given.yes, old.no | given.yes, old.closed)

    def _event(self, profile: Profile, act: str, edit: Edit) -> Profile:
        if act not in self._reader.events:
            raise _wrong(edit, f"Unknown event `{act}`.{did_you_mean(act, self._reader.events)}")
        day = as_date(edit.value)
        if day is None or edit.how != "=":
            raise _wrong(edit, f"Write {edit.path}=YYYY-MM-DD.")
        same = [e for e in profile.events if e.act == act]
        rest = [e for e in profile.events if e.act != act]
        moved = [replace(e, date=day, planned=True) for e in same]
        return replace(profile, events=(*rest, *(moved or [Event(act, day, planned=True)])))


def _wrong(edit: Edit, message: str) -> BadInput:
    return BadInput.one(f"--set {edit.path}", message)


def _copied(profile: Profile) -> Profile:
    """A copy whose facts may be changed."""

    def things(group: tuple[Thing, ...]) -> tuple[Thing, ...]:
        return tuple(replace(t, facts=dict(t.facts)) for t in group)

    uses = tuple(
        replace(u, facts=dict(u.facts), overrides={c: dict(f) for c, f in u.overrides.items()})
        for u in profile.uses
    )
    return replace(
        profile,
        system=dict(profile.system),
        parties=things(profile.parties),
        models=things(profile.models),
        data=things(profile.data),
        uses=uses,
    )
