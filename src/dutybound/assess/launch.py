"""`launch`: what the law, the evidence and the people say on a launch, market by market.

The tool computes a recommendation. It never decides: a decision is read from a file that a named
person signed, and checked (`assess.decision`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from dutybound.assess.assess import Assessment, assess, key_of
from dutybound.assess.gaps import Gaps, gaps
from dutybound.controls.launch import MarketView, Weighed, view_of_market
from dutybound.rules.places import any_within
from dutybound.rules.program import Program
from dutybound.rules.truth import FALSE
from dutybound.terms.control import Catalogue
from dutybound.terms.evidence import Checked, Refused
from dutybound.terms.law import Content
from dutybound.terms.system import Event, Profile

OWN = "own"
Judge = Callable[[Profile], "Launch"]


@dataclass(frozen=True)
class Asked:
    """The business request: launch in some markets on a day, and how far to look ahead."""

    markets: tuple[str, ...]
    on: date
    horizon: timedelta
    today: date


@dataclass(frozen=True)
class Launch:
    """The request with everything that was computed on it."""

    asked: Asked
    gaps: Gaps
    views: tuple[MarketView, ...]

    @property
    def result(self) -> Assessment:
        """The assessment of the launch day."""
        return self.gaps.assessment

    def view(self, market: str) -> MarketView:
        """One market."""
        return next(v for v in self.views if v.market == market)

    @cached_property
    def _verdicts(self) -> dict[str, Any]:
        return {key_of(v): v for v in self.result.verdicts}

    def finding(self, weighed: Weighed) -> dict[str, Any]:
        """The finding behind a duty."""
        return self.result.finding(self._verdicts[weighed.state.duty.key])


@dataclass(frozen=True)
class Judging:
    """What is needed to judge one profile after another on the same request."""

    content: Content
    program: Program
    catalogue: Catalogue
    answering: Callable[[str], Sequence[str]]
    checked: Sequence[Checked]
    refused: Sequence[Refused]
    asked: Asked

    def __call__(self, profile: Profile) -> Launch:
        """Judge a profile."""
        asked = self.asked
        result = assess(
            self.content,
            profile,
            today=asked.today,
            as_of=asked.on,
            known_on=self.program.known_on,
            markets=(*asked.markets, OWN),
            program=self.program,
        )
        found = gaps(
            result, self.catalogue, self.answering, self.checked, self.refused, asked.horizon
        )
        views = tuple(
            view_of_market(
                market,
                found.report.duties,
                asked.on,
                stated=is_stated(profile, market),
                own=(OWN,),
            )
            for market in asked.markets
        )
        return Launch(asked, found, views)


def is_stated(profile: Profile, market: str) -> bool:
    """Whether a profile says that the system is, or may be, used in a market."""
    return any(any_within(use.places, market) != FALSE for use in profile.uses)


def moved_to(profile: Profile, asked: Asked) -> tuple[Profile, tuple[str, ...]]:
    """The profile with its planned events in the markets set to the launch day, and what moved.

    A transition that shields systems launched before a day must be judged on the day that is asked
    about, not on the day that the profile once planned.
    """
    notes: list[str] = []
    events: list[Event] = []
    for event in profile.events:
        inside = event.place is None or any(
            any_within([event.place], market) != FALSE for market in asked.markets
        )
        if event.planned and inside and event.date != asked.on:
            where = f" ({event.party or 'all'}, {event.place or 'everywhere'})"
            notes.append(f"{event.act}{where}: {event.date} -> {asked.on}")
            events.append(replace(event, date=asked.on))
        else:
            events.append(event)
    return replace(profile, events=tuple(events)), tuple(notes)


def without_event(profile: Profile, asked: Asked) -> tuple[str, ...]:
    """The markets for which the profile states no event that puts the system there."""
    places = [e.place for e in profile.events]
    if None in places:
        return ()
    known = [p for p in places if p is not None]
    return tuple(m for m in asked.markets if any_within(known, m) == FALSE)
