"""What a condition looks at: the things of one binding, on one day, under one way of reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeAlias

from dutybound.terms.finding import Scope
from dutybound.terms.system import NO_FACTS, Event, Facts


class Context:
    """One binding of party, use, place, data and model.

    datas, models, parties, uses: the related things that `some` and `every` look at.
    day: the day whose texts count. draft: whether draft guidance is read as if it were final.
    """

    __slots__ = (
        "data",
        "datas",
        "day",
        "draft",
        "events",
        "events_complete",
        "memo",
        "model",
        "models",
        "parties",
        "party",
        "places",
        "scope",
        "system",
        "use",
        "uses",
    )

    def __init__(
        self,
        *,
        scope: Scope,
        day: date,
        system: Facts = NO_FACTS,
        party: Facts = NO_FACTS,
        use: Facts = NO_FACTS,
        data: Facts = NO_FACTS,
        model: Facts = NO_FACTS,
        places: tuple[str, ...] = (),
        datas: tuple[Facts, ...] = (),
        models: tuple[Facts, ...] = (),
        parties: tuple[Facts, ...] = (),
        uses: tuple[Facts, ...] = (),
        events: tuple[Event, ...] = (),
        events_complete: bool = False,
        draft: bool = False,
    ) -> None:
        self.scope = scope
        self.day = day
        self.system = system
        self.party = party
        self.use = use
        self.data = data
        self.model = model
        self.places = places
        self.datas = datas
        self.models = models
        self.parties = parties
        self.uses = uses
        self.events = events
        self.events_complete = events_complete
        self.draft = draft
        self.memo: dict[int, int] = {}

    @classmethod
    def stating(cls, facts: Mapping[str, Facts], day: date) -> Context:
        """A context in which only these facts are known, by thing."""
        context = cls(scope=Scope(), day=day)
        for thing, inside in facts.items():
            setattr(context, thing, inside)
        return context

    def but(self, *, day: date | None = None, draft: bool | None = None) -> Context:
        """The same binding on another day or under another way of reading."""
        twin = self._copy()
        twin.day = self.day if day is None else day
        twin.draft = self.draft if draft is None else draft
        return twin

    def looking_at(self, thing: str, facts: Facts) -> Context:
        """The same binding with one thing exchanged, for `some` and `every`."""
        twin = self._copy()
        setattr(twin, thing, facts)
        return twin

    def _copy(self) -> Context:
        twin = Context.__new__(Context)
        for name in Context.__slots__:
            setattr(twin, name, getattr(self, name))
        twin.memo = {}
        return twin


Test: TypeAlias = Callable[[Context], int]
