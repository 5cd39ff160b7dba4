"""From a profile to bindings: which party, use, place, data set and model a rule is judged for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from dutybound.rules.context import Context
from dutybound.rules.places import within
from dutybound.rules.program import Program
from dutybound.rules.truth import FALSE, TRUE, UNKNOWN
from dutybound.terms.finding import Scope
from dutybound.terms.system import NO_FACTS, Facts, Profile, Thing, Use

Key: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """Places that are judged together. `certain`: whether they surely lie in the territory."""

    name: str
    codes: tuple[str, ...]
    facts: Facts
    certain: int = TRUE


class Binding:
    """One binding. Gives its context on a day, one for each era and way of reading."""

    __slots__ = ("_base", "_cache", "_event_days", "_program", "certain", "scope")

    def __init__(self, program: Program, base: Context, certain: int) -> None:
        self._program = program
        self._base = base
        self._cache: dict[tuple[int, int, bool], Context] = {}
        self._event_days = sorted(e.date for e in base.events)
        self.scope = base.scope
        self.certain = certain

    def later(self, day: date) -> tuple[date, ...]:
        """The days of events after a day, in order."""
        return tuple(dict.fromkeys(self._event_days[bisect_right(self._event_days, day) :]))

    def at(self, day: date, draft: bool = False) -> Context:
        """The context on a day."""
        key = (self._program.era(day), bisect_right(self._event_days, day), draft)
        found = self._cache.get(key)
        if found is None:
            self._cache[key] = found = self._base.but(day=day, draft=draft)
        return found


class Bindings:
    """All bindings of one profile, made when they are first asked for."""

    def __init__(self, program: Program, profile: Profile) -> None:
        self._program = program
        self._profile = profile
        self._groups: dict[Key, tuple[PlaceGroup, ...]] = {}
        self._bindings: dict[Key, Binding] = {}
        self._lists: dict[Key, tuple[Binding, ...]] = {}
        self._all_parties = tuple(p.facts for p in profile.parties)
        self._all_uses = tuple(u.facts for u in profile.uses)

    def of(
        self, over: tuple[str, ...], territory: str, reach: str = "place"
    ) -> tuple[Binding, ...]:
        """The bindings of a rule that ranges over `over` in a territory.

        reach: `established` adds parties that are established in the territory and use the system
        elsewhere only; for them no place lies in the territory.
        """
        key = (over, territory, reach)
        found = self._lists.get(key)
        if found is None:
            self._lists[key] = found = tuple(self._make(over, territory, reach))
        return found

    def _make(self, over: tuple[str, ...], territory: str, reach: str) -> Iterator[Binding]:
        parties: tuple[Thing | None, ...] = self._profile.parties if "party" in over else (None,)
        uses: tuple[Use | None, ...] = self._profile.uses if "use" in over else (None,)
        for party in parties:
            for use in uses:
                if not _takes_part(party, use):
                    continue
                for model in self._models(over, use):
                    for group in self._places(party, use, model, territory, reach):
                        for data in self._data(over, use):
                            yield self._binding(over, party, use, model, data, group)

    def _models(self, over: tuple[str, ...], use: Use | None) -> tuple[Thing | None, ...]:
        if "model" not in over:
            return (None,)
        return _chosen(self._profile.models, use.models if use else None)

    def _data(self, over: tuple[str, ...], use: Use | None) -> tuple[Thing | None, ...]:
        if "data" not in over:
            return (None,)
        return _chosen(self._profile.data, use.data if use else None)

    # ------------------------------------------------------------------ places
    def _places(
        self, party: Thing | None, use: Use | None, model: Thing | None, territory: str, reach: str
    ) -> tuple[PlaceGroup, ...]:
        key = (party and party.id, use and use.id, model and model.id, territory, reach)
        found = self._groups.get(key)
        if found is None:
            codes = self._codes(use, model)
            if party is not None and party.places is not None:
                codes = overlap(codes, party.places)
            facts = use.facts if use else NO_FACTS
            overrides = use.overrides if use else {}
            found = _grouped(self._parts(codes), facts, overrides, territory)
            if not found and reach == "established" and party is not None:
                found = _seat(party, facts, territory)
            self._groups[key] = found
        return found

    def _parts(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """The codes, with all parts of those that stand for all their parts."""
        content = self._program.content
        wide = [c for c in codes if c in content.whole]
        if not wide:
            return codes
        more = (p for w in wide for p in content.places if p.startswith(w + "-"))
        return tuple(dict.fromkeys((*codes, *more)))

    def _codes(self, use: Use | None, model: Thing | None) -> tuple[str, ...]:
        if use is not None:
            return use.places
        if model is not None and model.places is not None:
            return model.places
        seen = dict.fromkeys(code for u in self._profile.uses for code in u.places)
        for m in self._profile.models:
            seen.update(dict.fromkeys(m.places or ()))
        return tuple(seen)

    # ------------------------------------------------------------------ contexts
    def _binding(
        self,
        over: tuple[str, ...],
        party: Thing | None,
        use: Use | None,
        model: Thing | None,
        data: Thing | None,
        group: PlaceGroup,
    ) -> Binding:
        in_place = "place" in over
        scope = Scope(
            party.id if party else None,
            use.id if use else None,
            group.name if in_place else None,
            data.id if data else None,
            model.id if model else None,
        )
        key = (scope, group.codes, in_place)
        found = self._bindings.get(key)
        if found is None:
            context = Context(
                scope=scope,
                day=date.min,
                system=self._profile.system,
                party=party.facts if party else NO_FACTS,
                use=group.facts if use else NO_FACTS,
                data=data.facts if data else NO_FACTS,
                model=model.facts if model else NO_FACTS,
                places=group.codes,
                datas=tuple(
                    d.facts for d in _chosen(self._profile.data, use.data if use else None) if d
                ),
                models=tuple(
                    m.facts for m in _chosen(self._profile.models, use.models if use else None) if m
                ),
                parties=self._all_parties,
                uses=self._all_uses,
                events=self._profile.events,
                events_complete=self._profile.events_complete,
            )
            self._bindings[key] = found = Binding(self._program, context, group.certain)
        return found


def _takes_part(party: Thing | None, use: Use | None) -> bool:
    return party is None or use is None or use.parties is None or party.id in use.parties


def _chosen(things: tuple[Thing, ...], ids: tuple[str, ...] | None) -> tuple[Thing | None, ...]:
    return things if ids is None else tuple(t for t in things if t.id in ids)


def overlap(codes: tuple[str, ...], limits: tuple[str, ...]) -> tuple[str, ...]:
    """The places that lie in both lists, named by the narrower code."""
    found: dict[str, None] = {}
    for code in codes:
        if any(within(code, limit) == TRUE for limit in limits):
            found[code] = None
        else:
            found.update(dict.fromkeys(m for m in limits if within(m, code) == TRUE))
    return tuple(found)


def _grouped(
    codes: tuple[str, ...], facts: Facts, overrides: dict[str, Facts], territory: str
) -> tuple[PlaceGroup, ...]:
    inside = [c for c in codes if within(c, territory) == TRUE]
    if not inside:
        wider = tuple(c for c in codes if within(c, territory) == UNKNOWN)
        if not wider:
            return ()
        merged = _merged(facts, overrides, wider[0])
        return (PlaceGroup(territory, wider, merged, UNKNOWN),)
    groups = []
    plain = [c for c in inside if not _applying(overrides, c)]
    if plain:
        groups.append(PlaceGroup(territory, tuple(plain), facts))
    for code in inside:
        if code not in plain:
            groups.append(PlaceGroup(code, (code,), _merged(facts, overrides, code)))
    return tuple(groups)


def _seat(party: Thing, facts: Facts, territory: str) -> tuple[PlaceGroup, ...]:
    """A party that is established in the territory and has no place of use there."""
    seat = party.facts.get("established_in")
    certain = UNKNOWN if seat is None else within(seat, territory)
    return () if certain == FALSE else (PlaceGroup(territory, (), facts, certain),)


def _applying(overrides: dict[str, Facts], code: str) -> list[Facts]:
    """The overrides for a place, the widest area first."""
    keys = sorted((k for k in overrides if within(code, k) == TRUE), key=len)
    return [overrides[k] for k in keys if overrides[k]]


def _merged(facts: Facts, overrides: dict[str, Facts], code: str) -> Facts:
    merged = dict(facts)
    for more in _applying(overrides, code):
        merged.update(more)
    return merged
