"""The recommendation on a launch: what each duty weighs on the day, and what follows for a market.

Each duty weighs nothing, is a condition, an open point or a blocker. The heaviest decides for the
market. Evidence never lifts a prohibition. What is unknown never counts as good: a duty that may
bind weighs at least as much as no duty, and one that nobody looked at as much as an open one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import Final

from dutybound.controls.gaps import PROHIBITION, DutyState
from dutybound.controls.states import State
from dutybound.terms.control import Control
from dutybound.terms.evidence import Rung


class Recommendation(IntEnum):
    """What the tool recommends for a market, from good to bad. The words are printed as they are.

    `undetermined` and `blocked` both mean: not on this day, as things stand.
    """

    NO_BLOCKER_FOUND = 0
    CONDITIONAL = 1
    UNDETERMINED = 2
    BLOCKED = 3

    @property
    def word(self) -> str:
        """The recommendation as it is printed."""
        return self.name.lower()

    @property
    def stops(self) -> bool:
        """Whether the market cannot be launched as things stand."""
        return self >= Recommendation.UNDETERMINED


class Why(StrEnum):
    """Why a duty weighs what it weighs."""

    MET = "met"
    PROHIBITED = "prohibited practice"
    PROHIBITED_LATER = "prohibited practice from a later day"
    PROHIBITION_OPEN = "not ruled out that the practice is prohibited"
    PROHIBITION_OPEN_LATER = "not ruled out that the practice becomes prohibited"
    OVERDUE = "binds on the day, and nothing shows that it is met"
    PART_MISSING = "binds on the day, and for a part of it there is nothing, or only a word"
    PARTLY_SHOWN = "binds on the day, and less is shown than it needs"
    MAY_BIND = "not settled whether it binds on the day"
    DUE_LATER = "begins within the horizon"
    MAY_COME = "may begin within the horizon"
    SHIELDED = "shielded by a transition, as long as that holds"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A duty with what it weighs on the launch day, and why."""

    state: DutyState
    weight: Recommendation
    why: Why


@dataclass(frozen=True, slots=True)
class MarketView:
    """One market on the launch day.

    stated: whether the system is stated to be used there. recommendation: the heaviest of all.
    """

    market: str
    stated: bool
    recommendation: Recommendation
    weighed: tuple[Weighed, ...]

    def of(self, *whys: Why) -> tuple[Weighed, ...]:
        """The duties that weigh for one of some reasons."""
        return tuple(w for w in self.weighed if w.why in whys)

    def at(self, weight: Recommendation) -> tuple[Weighed, ...]:
        """The duties of one weight."""
        return tuple(w for w in self.weighed if w.weight is weight)


_FREE: Final = Recommendation.NO_BLOCKER_FOUND
_CONDITION: Final = Recommendation.CONDITIONAL
_OPEN: Final = Recommendation.UNDETERMINED
_BLOCKER: Final = Recommendation.BLOCKED
_LEAST: Final = Rung.DOCUMENTED
PAST_ITS_DAY: Final = (Why.OVERDUE, Why.PART_MISSING)

# (sure, due on the day) to what a prohibition weighs. Its controls do not matter.
_PROHIBITION: Final = {
    (True, True): (_BLOCKER, Why.PROHIBITED),
    (False, True): (_OPEN, Why.PROHIBITION_OPEN),
    (True, False): (_CONDITION, Why.PROHIBITED_LATER),
    (False, False): (_CONDITION, Why.PROHIBITION_OPEN_LATER),
}
# (sure, due on the day) to what a duty weighs that is neither met nor shielded.
_DUTY: Final = {
    (True, True): (_BLOCKER, Why.OVERDUE),
    (False, True): (_OPEN, Why.MAY_BIND),
    (True, False): (_CONDITION, Why.DUE_LATER),
    (False, False): (_CONDITION, Why.MAY_COME),
}


def weigh(state: DutyState, on: date) -> Weighed:
    """What a duty weighs on the launch day.

    A duty that binds is no blocker only if there is more than somebody's word for each of its
    controls, at least for a part of it, and for the party that owes the duty.
    """
    duty = state.duty
    key = (duty.certain, duty.bites_on <= on)
    if duty.kind == PROHIBITION:
        weight, why = _PROHIBITION[key]
    elif state.state is State.MET:
        weight, why = _FREE, Why.MET
    elif state.state is State.SHIELDED:
        weight, why = _CONDITION, Why.SHIELDED
    elif state.state is State.PARTIAL and key == (True, True):
        enough = state.least >= _LEAST
        weight = _CONDITION if enough else _BLOCKER
        why = Why.PARTLY_SHOWN if enough else Why.PART_MISSING
    else:
        weight, why = _DUTY[key]
    return Weighed(state, weight, why)


def view_of_market(
    market: str,
    duties: Iterable[DutyState],
    on: date,
    *,
    stated: bool,
    own: Sequence[str] = (),
) -> MarketView:
    """The market on the launch day.

    duties: of all markets; those of the market and of `own` (policies and contracts that hold
    everywhere) count. stated: whether the profile says that the system is used in the market; if it
    does not, nobody can say what binds there.
    """
    wanted = {market, *own}
    weighed = tuple(weigh(d, on) for d in duties if d.duty.market in wanted)
    heaviest = max((w.weight for w in weighed), default=_FREE)
    recommendation = heaviest if stated else max(heaviest, _OPEN)
    return MarketView(market, stated, recommendation, weighed)


def cannot_be_accepted(weighed: Weighed) -> bool:
    """Whether no person may accept the duty away: a prohibition, or a duty that is past its day.

    A duty that is past its day and partly shown is no blocker, but is owed all the same: it can be
    closed, not waived.
    """
    always = (Why.PROHIBITED, Why.PROHIBITED_LATER, Why.PROHIBITION_OPEN)
    later = (Why.PROHIBITION_OPEN_LATER, *PAST_ITS_DAY, Why.PARTLY_SHOWN)
    return weighed.why in (*always, *later)


@dataclass(frozen=True, slots=True)
class Work:
    """The work that is left before the launch day.

    controls: those that have to be brought to their rung. days: their lead times added up, a
    measure of effort. longest: days on the longest chain of controls that wait for each other, if
    all else is done at the same time.
    """

    controls: tuple[str, ...]
    bands: dict[str, int]
    days: int
    longest: int


def work_left(
    views: Iterable[MarketView],
    controls: Mapping[str, Control],
    lead_days: Mapping[str, int],
) -> Work:
    """The work on the controls of duties that bind, or may bind, on the launch day."""
    whys = (*PAST_ITS_DAY, Why.PARTLY_SHOWN, Why.MAY_BIND)
    states = (w.state for view in views for w in view.of(*whys))
    left = tuple(sorted({c for s in states for c in s.lacking}))
    bands: dict[str, int] = {band: 0 for band in lead_days}
    for name in left:
        bands[controls[name].effort] += 1
    longest: dict[str, int] = {}

    def chain(name: str, path: frozenset[str]) -> int:
        if name not in longest:
            later = (a for a in controls[name].after if a in left and a not in path)
            before = max((chain(a, path | {name}) for a in later), default=0)
            longest[name] = before + lead_days[controls[name].effort]
        return longest[name]

    return Work(
        left,
        bands,
        sum(lead_days[band] * count for band, count in bands.items()),
        max((chain(name, frozenset()) for name in left), default=0),
    )
