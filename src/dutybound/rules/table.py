"""The bindings of many profiles as columns, grouped by what their conditions look at."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

from dutybound.rules.bind import overlap
from dutybound.rules.context import Context
from dutybound.rules.vector import mask_of
from dutybound.terms.finding import Scope
from dutybound.terms.system import NO_FACTS, Facts, Profile, Thing, Use

Feature: TypeAlias = tuple[str, str]
RELATED: Final = ("datas", "models", "parties", "uses")


@dataclass(frozen=True, slots=True)
class Column:
    """One binding of one profile, places not yet narrowed to a territory."""

    profile: int
    party: Thing | None
    use: Use | None
    data: Thing | None
    model: Thing | None
    places: tuple[str, ...]


class Table:
    """Columns that range over the same things, with the values they state."""

    def __init__(self, things: tuple[str, ...], whole: dict[str, tuple[str, ...]]) -> None:
        self.things = things
        self.columns: list[Column] = []
        self._whole = whole
        self._profiles: list[Profile] = []
        self._groups: dict[Feature, dict[Hashable, list[int]]] = {}
        self._masks: dict[Feature, list[tuple[Any, int]]] = {}
        self._objects: dict[Feature, dict[Hashable, Any]] = {}

    @property
    def full(self) -> int:
        """A mask with every column."""
        return (1 << len(self.columns)) - 1

    # ------------------------------------------------------------------ filling
    def add(self, number: int, profile: Profile) -> None:
        """Add the columns of a profile."""
        self._profiles.append(profile)
        for column in self._columns(number, profile):
            i = len(self.columns)
            self.columns.append(column)
            self._file("system", profile.system, i)
            for kind, thing in (
                ("party", column.party),
                ("use", column.use),
                ("data", column.data),
                ("model", column.model),
            ):
                if thing is not None:
                    self._file(kind, thing.facts, i)
            self._put(("place", ""), column.places, i)

    def _file(self, thing: str, facts: Facts, i: int) -> None:
        groups = self._groups
        for name, value in facts.items():
            key = (thing, name)
            group = groups.get(key)
            if group is None:
                groups[key] = group = {}
            members = group.get(value)
            if members is None:
                group[value] = members = []
            members.append(i)

    def _put(self, feature: Feature, value: Hashable, i: int) -> None:
        self._groups.setdefault(feature, {}).setdefault(value, []).append(i)

    def _columns(self, number: int, profile: Profile) -> Iterator[Column]:
        parties: Sequence[Thing | None] = profile.parties if "party" in self.things else (None,)
        uses: Sequence[Use | None] = profile.uses if "use" in self.things else (None,)
        for party in parties:
            for use in uses:
                if party and use and use.parties is not None and party.id not in use.parties:
                    continue
                for model in self._chosen("model", profile.models, use.models if use else None):
                    places = self._places(profile, party, use, model)
                    for data in self._chosen("data", profile.data, use.data if use else None):
                        yield Column(number, party, use, data, model, places)

    def _chosen(
        self, thing: str, things: tuple[Thing, ...], ids: tuple[str, ...] | None
    ) -> Sequence[Thing | None]:
        if thing not in self.things:
            return (None,)
        return things if ids is None else tuple(t for t in things if t.id in ids)

    def _places(
        self, profile: Profile, party: Thing | None, use: Use | None, model: Thing | None
    ) -> tuple[str, ...]:
        if use is not None:
            codes = use.places
        elif model is not None and model.places is not None:
            codes = model.places
        else:
            codes = all_places(profile)
        if party is not None and party.places is not None:
            codes = overlap(codes, party.places)
        more = [p for c in codes if c in self._whole for p in self._whole[c]]
        return tuple(sorted({*codes, *more}))

    # ------------------------------------------------------------------ reading
    def values(self, feature: Feature) -> list[tuple[Any, int]]:
        """The distinct values of a feature, each with the mask of its columns."""
        found = self._masks.get(feature)
        if found is None:
            if feature[0] in (*RELATED, "events", "own-events"):
                self._relate(feature)
            group = self._groups.get(feature, {})
            size = len(self.columns)
            objects = self._objects.get(feature, {})
            found = [(objects.get(v, v), mask_of(indices, size)) for v, indices in group.items()]
            self._masks[feature] = found
        return found

    def _relate(self, feature: Feature) -> None:
        """File what columns are related to; what reads alike stands under one value."""
        names = feature[1].split(",") if feature[1] else []
        seen = self._objects.setdefault(feature, {})
        for i, column in enumerate(self.columns):
            profile = self._profile(column)
            if feature[0] in RELATED:
                related = related_facts(profile, column.use, feature[0])
                key: Hashable = tuple(tuple([f.get(n) for n in names]) for f in related)
                if key not in seen:
                    seen[key] = tuple(
                        {n: f[n] for n in names if f.get(n) is not None} for f in related
                    )
            else:
                own = column.party.id if column.party and feature[0] == "own-events" else None
                key = (profile.events, profile.events_complete, own)
            self._put(feature, key, i)

    def _profile(self, column: Column) -> Profile:
        return self._profiles[column.profile - self._first]

    @property
    def _first(self) -> int:
        return self.columns[0].profile if self.columns else 0

    def context(self, column: Column, day: date) -> Context:
        """The context of one column, for conditions that look at several things at once."""
        profile = self._profile(column)
        return Context(
            scope=Scope(party=column.party.id if column.party else None),
            day=day,
            system=profile.system,
            party=column.party.facts if column.party else NO_FACTS,
            use=column.use.facts if column.use else NO_FACTS,
            data=column.data.facts if column.data else NO_FACTS,
            model=column.model.facts if column.model else NO_FACTS,
            places=column.places,
            datas=related_facts(profile, column.use, "datas"),
            models=related_facts(profile, column.use, "models"),
            parties=related_facts(profile, column.use, "parties"),
            uses=related_facts(profile, column.use, "uses"),
            events=profile.events,
            events_complete=profile.events_complete,
        )


def all_places(profile: Profile) -> tuple[str, ...]:
    """The places of all uses and models."""
    seen = dict.fromkeys(code for u in profile.uses for code in u.places)
    for m in profile.models:
        seen.update(dict.fromkeys(m.places or ()))
    return tuple(seen)


def related_facts(profile: Profile, use: Use | None, name: str) -> tuple[Facts, ...]:
    """The facts of the things that `some` and `every` look at."""
    if name == "parties":
        return tuple(p.facts for p in profile.parties)
    if name == "uses":
        return tuple(u.facts for u in profile.uses)
    things = profile.data if name == "datas" else profile.models
    ids = None if use is None else use.data if name == "datas" else use.models
    return tuple(t.facts for t in things if ids is None or t.id in ids)
