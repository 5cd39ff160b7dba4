"""Gaps: which duties have controls with valid evidence, and which have not.

A duty is met when every control that answers it is: all evidence that it asks for is there, and it
stands at the rung that it requires. Evidence that shows a part of a control never makes it met.
What nobody looked at is `unassessed`, not open and never met. A duty that a transition shields is
listed as shielded, with what would end the shield. Evidence never makes a prohibition met: what it
says has to be so. A duty stands by the
controls of the party that owes it; where no party is named, by the lowest of all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeAlias

from dutybound.controls.states import ControlState, State, States
from dutybound.terms.evidence import Rung

PROHIBITION: Final = "prohibition"
NO_GAP: Final = (State.MET, State.SHIELDED)
# controls, their state together, those that are not met, the least that anything shows for one
_Answer: TypeAlias = tuple[tuple[str, ...], State, tuple[str, ...], Rung]


@dataclass(frozen=True, slots=True)
class Penalty:
    """The highest caps that the content names. amount: in the currency of the law; 0: none named.

    percent: of a turnover or a worth; 0: none named.
    """

    amount: float = 0.0
    percent: float = 0.0


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty as the gap analysis sees it.

    use: the use that it is about, if it is about one. bites_on: the first day on which it binds,
    the earliest where the day is open or contested. certain: whether it is sure to bind. shields:
    pinpoints of transitions that shield it, with what would end them. may_shield: the same for
    transitions of which it is not settled whether they do. penalty: None if none is named.
    controls: controls that the rule itself names, besides those that answer it.
    """

    key: str
    rule: str
    title: str
    pinpoint: str
    instrument: str
    market: str
    party: str | None
    owed_by: str | None
    kind: str
    outcome: str
    bites_on: date
    certain: bool = True
    shields: tuple[tuple[str, str | None], ...] = ()
    may_shield: tuple[tuple[str, str | None], ...] = ()
    penalty: Penalty | None = None
    use: str | None = None
    controls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DutyState:
    """One duty with the controls that answer it, as they stand for the party that owes it.

    met: how many of them are. lacking: those that are not. least: the highest rung that anything
    shows for each of them, even if only for a part; of these the lowest.
    """

    duty: Duty
    state: State
    controls: tuple[str, ...]
    met: int
    lacking: tuple[str, ...] = ()
    least: Rung = Rung.UNASSESSED


@dataclass(frozen=True, slots=True)
class GapReport:
    """All duties and controls of one system on one day.

    controls: each for the parties that need it together, so the lowest of them; what nobody needs,
    for all parties. states: the same for each party.
    """

    as_of: date
    until: date
    duties: tuple[DutyState, ...]
    controls: dict[str, ControlState]
    states: States

    def counts(self) -> Counter[State]:
        """Number of duties by state."""
        return Counter(d.state for d in self.duties)

    @property
    def asked_for(self) -> tuple[str, ...]:
        """The controls that some duty asks for, by id."""
        return tuple(sorted({c for d in self.duties for c in d.controls}))

    @property
    def valid(self) -> tuple[int, int]:
        """(controls with all evidence that they ask for, controls that some duty asks for)."""
        asked = self.asked_for
        return sum(self.controls[c].state is State.MET for c in asked), len(asked)

    @property
    def gaps(self) -> tuple[DutyState, ...]:
        """The duties that are neither met nor shielded."""
        return tuple(d for d in self.duties if d.state not in NO_GAP)

    @property
    def prohibitions(self) -> tuple[DutyState, ...]:
        """The prohibitions that apply, will apply, or are not ruled out."""
        return tuple(d for d in self.duties if d.duty.kind == PROHIBITION)

    def needed_by(self, control: str) -> tuple[str, ...]:
        """The parties that owe a duty which the control answers, by id."""
        found = {d.duty.party for d in self.duties if control in d.controls}
        return tuple(sorted(p for p in found if p is not None))

    def lacking_for(self, control: str) -> tuple[str, ...]:
        """Those of them for which it is not met."""
        found = {d.duty.party for d in self.duties if control in d.lacking}
        return tuple(sorted(p for p in found if p is not None))

    @property
    def met_controls(self) -> frozenset[str]:
        """The controls of the whole catalogue that are met."""
        return frozenset(c for c, s in self.controls.items() if s.state is State.MET)


def find_gaps(
    duties: Sequence[Duty],
    answering: Callable[[str], Sequence[str]],
    states: States,
    as_of: date,
    horizon: timedelta,
) -> GapReport:
    """The gap report for the duties that bind, or will within the horizon.

    answering: rule id to the ids of the controls that answer it.
    """
    until = as_of + horizon
    several = bool(states.by_party)
    named: dict[tuple[str, tuple[str, ...], str | None], _Answer] = {}
    found = []
    for duty in duties:
        if duty.bites_on > until:
            continue
        party = duty.party if several else None
        asked = duty.rule, duty.controls, party
        answer = named.get(asked)
        if answer is None:
            controls = tuple(dict.fromkeys((*duty.controls, *answering(duty.rule))))
            answer = named[asked] = _answer(controls, states.of(party))
        found.append(_duty(duty, answer))
    found.sort(key=lambda d: (d.duty.bites_on, d.duty.market, d.duty.rule, d.duty.key))
    controls_of_all = dict(states.lowest)
    if several:
        controls_of_all.update(_together(found, states))
    return GapReport(as_of, until, tuple(found), controls_of_all, states)


def _together(found: Sequence[DutyState], states: States) -> Iterator[tuple[str, ControlState]]:
    """Each control that a duty asks for, for the parties that owe these duties together."""
    parties: dict[str, set[str | None]] = {}
    for state in found:
        for control in state.controls:
            parties.setdefault(control, set()).add(state.duty.party)
    for control, own in parties.items():
        in_order: list[str | None] = [p for p in states.by_party if p in own]
        strangers: list[str | None] = [None] if len(in_order) < len(own) else []
        yield control, states.among(control, [*in_order, *strangers])


def _answer(named: Sequence[str], states: dict[str, ControlState]) -> _Answer:
    """How the controls stand that a rule names: the same for each of its duties for a party."""
    controls = tuple([c for c in named if c in states])
    own = [states[c] for c in controls]
    lacking = tuple([s.control for s in own if s.state is not State.MET])
    least = min([s.highest for s in own], default=Rung.UNASSESSED)
    whole = len(own) == len(named)
    state = State.MET if own and whole and not lacking else _of_unmet([s.state for s in own])
    return controls, state, lacking, least


def _duty(duty: Duty, answer: _Answer) -> DutyState:
    controls, state, lacking, least = answer
    if duty.kind == PROHIBITION:
        state = _of_prohibition(state, duty.certain)
    elif duty.shields and state is not State.MET:
        state = State.SHIELDED
    return DutyState(duty, state, controls, len(controls) - len(lacking), lacking, least)


def _of_unmet(own: Sequence[State]) -> State:
    """The state of a duty by its controls, if one of them is not met or not known."""
    if not own:
        return State.NO_CONTROL
    if State.MET in own or State.PARTIAL in own:
        return State.PARTIAL
    return State.OPEN if State.OPEN in own else State.UNASSESSED


def _of_prohibition(state: State, certain: bool) -> State:
    """Evidence never meets a prohibition; one that is sure is open, whatever the controls say."""
    if certain:
        return State.OPEN
    return State.PARTIAL if state is State.MET else state
