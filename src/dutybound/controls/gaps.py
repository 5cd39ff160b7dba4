"""Gaps: which duties have controls with valid evidence, and which have not.

A duty is met when every control that answers it stands at the rung that the control requires.
Evidence that shows a part of a control never makes it met. What nobody looked at is `unassessed`,
not open and never met. A duty that a transition shields is listed as shielded, with what would end
the shield.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from dutybound.terms.control import Catalogue, Control
from dutybound.terms.evidence import Checked, EvidenceKind, Refused, Rung


class State(StrEnum):
    """How a control or a duty stands. The words are printed as they are."""

    MET = "met"
    PARTIAL = "partial"
    OPEN = "open"
    UNASSESSED = "unassessed"
    SHIELDED = "shielded"
    NO_CONTROL = "no control"


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty as the gap analysis sees it.

    bites_on: the first day on which it binds; the earliest where the day is open or contested.
    certain: whether it is sure to bind. shields: pinpoints of transitions that may shield it, with
    what would end them. penalty: 0 (none known) to 3 (highest tier known).
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
    penalty: int = 0


@dataclass(frozen=True, slots=True)
class ControlState:
    """One control: what it reached, what it needs, what is missing.

    reached: the rung for the whole control. part: the rung that holds for a part of it only.
    missing: (kind, what) of evidence that is not there. refused: evidence that did not count, why.
    """

    control: str
    state: State
    reached: Rung
    required: Rung
    part: Rung
    evidence: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutyState:
    """One duty with the controls that answer it."""

    duty: Duty
    state: State
    controls: tuple[str, ...]
    met: int


@dataclass(frozen=True, slots=True)
class GapReport:
    """All duties and controls of one system on one day."""

    as_of: date
    until: date
    duties: tuple[DutyState, ...]
    controls: dict[str, ControlState]

    def counts(self) -> Counter[State]:
        """Number of duties by state."""
        return Counter(d.state for d in self.duties)

    @property
    def valid(self) -> tuple[int, int]:
        """(controls with valid evidence at their rung, controls that some duty asks for)."""
        asked = {c for d in self.duties for c in d.controls}
        return sum(self.controls[c].state is State.MET for c in asked), len(asked)

    @property
    def gaps(self) -> tuple[DutyState, ...]:
        """The duties that are neither met nor shielded."""
        return tuple(d for d in self.duties if d.state not in (State.MET, State.SHIELDED))


@dataclass(slots=True)
class _Reach:
    rung: Rung = Rung.UNASSESSED
    part: Rung = Rung.UNASSESSED
    evidence: list[str] = field(default_factory=list)
    kinds: set[EvidenceKind] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)


def control_states(
    catalogue: Catalogue, checked: Iterable[Checked], refused: Iterable[Refused] = ()
) -> dict[str, ControlState]:
    """Every control of the catalogue with what the evidence reaches."""
    reach: dict[str, _Reach] = {}
    for piece in checked:
        for control, rung in piece.reaches.items():
            found = reach.setdefault(control, _Reach())
            found.rung = max(found.rung, rung)
            found.evidence.append(piece.claim.id)
            found.kinds.add(piece.claim.kind)
        for control, rung in piece.partial.items():
            found = reach.setdefault(control, _Reach())
            found.part = max(found.part, rung)
            found.evidence.append(piece.claim.id)
    for no in refused:
        if no.control is not None:
            reach.setdefault(no.control, _Reach()).refused.append(f"{no.claim_id}: {no.code}")
    nothing = _Reach()
    return {c.id: _control(c, reach.get(c.id, nothing)) for c in catalogue.controls.values()}


def _control(control: Control, reach: _Reach) -> ControlState:
    if reach.rung >= control.required:
        state = State.MET
    elif reach.rung or reach.part:
        state = State.PARTIAL
    else:
        state = State.OPEN if reach.refused else State.UNASSESSED
    missing = ()
    if state is not State.MET:
        missing = tuple((str(n.kind), n.what) for n in control.needs if n.kind not in reach.kinds)
    return ControlState(
        control.id,
        state,
        reach.rung,
        control.required,
        reach.part,
        tuple(dict.fromkeys(reach.evidence)),
        missing,
        tuple(dict.fromkeys(reach.refused)),
    )


def find_gaps(
    duties: Sequence[Duty],
    answering: Callable[[str], Sequence[str]],
    states: Mapping[str, ControlState],
    as_of: date,
    horizon: timedelta,
) -> GapReport:
    """The gap report for the duties that bind, or will within the horizon.

    answering: rule id to the ids of the controls that answer it.
    """
    until = as_of + horizon
    found = [_duty(d, answering(d.rule), states) for d in duties if d.bites_on <= until]
    found.sort(key=lambda d: (d.duty.bites_on, d.duty.market, d.duty.rule, d.duty.key))
    return GapReport(as_of, until, tuple(found), dict(states))


def _duty(duty: Duty, controls: Sequence[str], states: Mapping[str, ControlState]) -> DutyState:
    own = [states[c].state for c in controls]
    met = own.count(State.MET)
    if not own:
        state = State.NO_CONTROL
    elif met == len(own):
        state = State.MET
    elif met or State.PARTIAL in own:
        state = State.PARTIAL
    else:
        state = State.OPEN if State.OPEN in own else State.UNASSESSED
    if duty.shields and state is not State.MET:
        state = State.SHIELDED
    return DutyState(duty, state, tuple(controls), met)
