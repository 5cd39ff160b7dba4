"""Gaps: which duties have controls with valid evidence, and which have not.

A duty is met when every control that answers it stands at the rung that the control requires.
Evidence that shows a part of a control never makes it met. What nobody looked at is `unassessed`,
not open and never met. A duty that a transition shields is listed as shielded, with what would end
the shield. Evidence never makes a prohibition met: what it says has to be so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from dutybound.terms.control import Catalogue, Control, EvidenceNeed
from dutybound.terms.evidence import Checked, EvidenceKind, Refused, Rung


class State(StrEnum):
    """How a control or a duty stands. The words are printed as they are."""

    MET = "met"
    PARTIAL = "partial"
    OPEN = "open"
    UNASSESSED = "unassessed"
    SHIELDED = "shielded"
    NO_CONTROL = "no control"


PROHIBITION: Final = "prohibition"
NO_GAP: Final = (State.MET, State.SHIELDED)
_Answer: TypeAlias = tuple[tuple[str, ...], State, int]  # controls, state, how many are met
NO_LOOK: Final = ("not_in_scope",)  # the report does not test it: nobody looked


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
class ControlState:
    """One control: what it reached, what it needs, what is missing.

    reached: the rung for the whole control. part: the rung that holds for a part of it only.
    missing: (kind, what) of evidence that is not there, or not at the rung that its kind can reach.
    refused: evidence that did not count, or counted for less, and why.
    """

    control: str
    state: State
    reached: Rung
    required: Rung
    part: Rung
    evidence: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]
    refused: tuple[str, ...]

    @property
    def highest(self) -> Rung:
        """The highest rung that anything shows, even if only for a part."""
        return max(self.reached, self.part)


@dataclass(frozen=True, slots=True)
class DutyState:
    """One duty with the controls that answer it, and how many of them are met."""

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
    def asked_for(self) -> tuple[str, ...]:
        """The controls that some duty asks for, by id."""
        return tuple(sorted({c for d in self.duties for c in d.controls}))

    @property
    def valid(self) -> tuple[int, int]:
        """(controls with valid evidence at their rung, controls that some duty asks for)."""
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

    @property
    def met_controls(self) -> frozenset[str]:
        """The controls of the whole catalogue that stand at the rung that they require."""
        return frozenset(c for c, s in self.controls.items() if s.state is State.MET)


@dataclass(slots=True)
class _Reach:
    rung: Rung = Rung.UNASSESSED
    part: Rung = Rung.UNASSESSED
    evidence: list[str] = field(default_factory=list)
    kinds: dict[EvidenceKind, Rung] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    looked_at: bool = False


def without_evidence(catalogue: Catalogue) -> dict[str, ControlState]:
    """Every control as it stands if nobody looked at it: the same for each system."""
    return {c.id: _control(c, _Reach()) for c in catalogue.controls.values()}


def control_states(
    catalogue: Catalogue,
    checked: Iterable[Checked],
    refused: Iterable[Refused] = (),
    bare: Mapping[str, ControlState] | None = None,
) -> dict[str, ControlState]:
    """Every control of the catalogue with what the evidence reaches.

    bare: what `without_evidence` gives, if many systems are asked about.
    """
    reach: dict[str, _Reach] = {}
    for piece in checked:
        claim = piece.claim
        for control, rung in piece.reaches.items():
            found = reach.setdefault(control, _Reach())
            found.rung = max(found.rung, rung)
            found.evidence.append(claim.id)
            kind = claim.kind.counts_as
            found.kinds[kind] = max(found.kinds.get(kind, rung), rung)
        for control, rung in piece.partial.items():
            found = reach.setdefault(control, _Reach())
            found.part = max(found.part, rung)
            found.evidence.append(claim.id)
    for no in refused:
        for control in no.about if no.control is None else (no.control,):
            found = reach.setdefault(control, _Reach())
            found.refused.append(f"{no.claim_id}: {no.code}")
            found.looked_at |= no.code not in NO_LOOK
    states = dict(without_evidence(catalogue) if bare is None else bare)
    for name, found in reach.items():
        if name in states:
            states[name] = _control(catalogue.controls[name], found)
    return states


def as_if_checked(
    catalogue: Catalogue,
    name: str,
    kind: EvidenceKind,
    whole: Mapping[str, Rung],
    part: Mapping[str, Rung],
    looked_at: Iterable[str] = (),
) -> dict[str, ControlState]:
    """Every control as it would stand if this alone were checked evidence: for previews only.

    whole, part: control to the rung that holds for all of it, or for a part. looked_at: controls
    that it tests without a result that counts.
    """
    reach = {c: _Reach(part=rung, evidence=[name]) for c, rung in part.items()}
    for control, rung in whole.items():
        reach[control] = _Reach(rung=rung, evidence=[name], kinds={kind: rung})
    for control in looked_at:
        reach.setdefault(control, _Reach()).looked_at = True
    return {c.id: _control(c, reach.get(c.id, _Reach())) for c in catalogue.controls.values()}


def _control(control: Control, reach: _Reach) -> ControlState:
    if reach.rung >= max(control.required, Rung.ASSERTED):
        state = State.MET
    elif reach.rung or reach.part:
        state = State.PARTIAL
    else:
        state = State.OPEN if reach.looked_at else State.UNASSESSED
    return ControlState(
        control.id,
        state,
        reach.rung,
        control.required,
        reach.part,
        tuple(dict.fromkeys(reach.evidence)),
        tuple([(n.kind.value, n.what) for n in control.needs if not _there(n, reach)]),
        tuple(dict.fromkeys(reach.refused)),
    )


def _there(need: EvidenceNeed, reach: _Reach) -> bool:
    """Whether evidence of this kind stands for the whole control, as high as its kind can."""
    there = reach.kinds.get(need.kind, Rung.UNASSESSED)
    return there is not Rung.UNASSESSED and there >= need.rung


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
    named: dict[tuple[str, tuple[str, ...]], _Answer] = {}
    found = []
    for duty in duties:
        if duty.bites_on > until:
            continue
        asked = duty.rule, duty.controls
        answer = named.get(asked)
        if answer is None:
            controls = tuple(dict.fromkeys((*duty.controls, *answering(duty.rule))))
            answer = named[asked] = _answer(controls, states)
        found.append(_duty(duty, answer))
    found.sort(key=lambda d: (d.duty.bites_on, d.duty.market, d.duty.rule, d.duty.key))
    return GapReport(as_of, until, tuple(found), dict(states))


def _answer(named: Sequence[str], states: Mapping[str, ControlState]) -> _Answer:
    """How the controls stand that a rule names: the same for each duty on that rule."""
    controls = tuple(c for c in named if c in states)
    own = [states[c].state for c in controls]
    return controls, _of_controls(own, whole=len(own) == len(named)), own.count(State.MET)


def _duty(duty: Duty, answer: _Answer) -> DutyState:
    controls, state, met = answer
    if duty.kind == PROHIBITION:
        state = _of_prohibition(state, duty.certain)
    elif duty.shields and state is not State.MET:
        state = State.SHIELDED
    return DutyState(duty, state, controls, met)


def _of_controls(own: Sequence[State], *, whole: bool) -> State:
    """The state of a duty by its controls. whole: every control that it names is known."""
    if not own:
        return State.NO_CONTROL
    if whole and all(s is State.MET for s in own):
        return State.MET
    if State.MET in own or State.PARTIAL in own:
        return State.PARTIAL
    return State.OPEN if State.OPEN in own else State.UNASSESSED


def _of_prohibition(state: State, certain: bool) -> State:
    """Evidence never meets a prohibition; one that is sure is open, whatever the controls say."""
    if certain:
        return State.OPEN
    return State.PARTIAL if state is State.MET else state
