"""How controls stand by the evidence, for each party of a system.

Evidence about one party's practice says nothing on another's, so a control may be met for one and
unassessed for the next. The lowest of the parties stands for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from dutybound.terms.control import Catalogue, Control, EvidenceNeed
from dutybound.terms.evidence import Checked, EvidenceKind, Refused, Rung, Whom

# The report does not test it, or it is about another party: nobody looked.
NO_LOOK: Final = ("not_in_scope", "other_party")


class State(StrEnum):
    """How a control or a duty stands. The words are printed as they are."""

    MET = "met"
    PARTIAL = "partial"
    OPEN = "open"
    UNASSESSED = "unassessed"
    SHIELDED = "shielded"
    NO_CONTROL = "no control"


@dataclass(frozen=True, slots=True)
class ControlState:
    """One control: what it reached, what it needs, what is missing.

    It is met if it reached the rung that it requires and nothing that it asks for is missing.

    reached: the rung for the whole control: everything that it asks for up to this rung is there.
    part: the highest rung that holds for a part of it only. missing: (kind, what) of evidence that
    is not there, or not at the rung that its kind can reach. refused: evidence that did not count,
    or counted for less, and why.
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
        return self.reached if self.reached >= self.part else self.part


@dataclass(frozen=True, slots=True)
class States:
    """Every control for a system, and for each of its parties where they differ.

    lowest: over all parties. by_party: party to its controls; empty if all stand alike.
    """

    lowest: dict[str, ControlState]
    by_party: dict[str, dict[str, ControlState]] = field(default_factory=dict)

    def of(self, party: str | None) -> dict[str, ControlState]:
        """The controls for a party; for one that nobody knows, the lowest of all."""
        return self.lowest if party is None else self.by_party.get(party, self.lowest)

    def among(self, control: str, parties: Iterable[str | None]) -> ControlState:
        """One control for some parties together: the lowest of them."""
        if not self.by_party:
            return self.lowest[control]
        found = [self.of(p)[control] for p in parties]
        return lowest_of(found) if found else self.lowest[control]


_HEIGHT: Final = {State.UNASSESSED: 0, State.OPEN: 1, State.PARTIAL: 2, State.MET: 3}


def lowest_of(same: Sequence[ControlState]) -> ControlState:
    """One control as it stands for several parties together. What one party lacks, is missing.

    evidence, refused: what counts, or does not, for any of them.
    """
    first = same[0]
    if all(s is first for s in same):
        return first
    reached = min(s.reached for s in same)
    part = min(s.highest for s in same)
    return ControlState(
        first.control,
        min((s.state for s in same), key=_HEIGHT.__getitem__),
        reached,
        first.required,
        part if part > reached else Rung.UNASSESSED,
        tuple(dict.fromkeys(e for s in same for e in s.evidence)),
        tuple(dict.fromkeys(m for s in same for m in s.missing)),
        tuple(dict.fromkeys(r for s in same for r in s.refused)),
    )


@dataclass(slots=True)
class _Reach:
    """What evidence says of a control. examined: by somebody outside who looked at all of it."""

    rung: Rung = Rung.UNASSESSED
    part: Rung = Rung.UNASSESSED
    examined: Rung = Rung.UNASSESSED
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
    """Every control of the catalogue with what the evidence reaches, whoever it is about.

    For a system with one party, or none. bare: what `without_evidence` gives, if many systems are
    asked about.
    """
    bare = without_evidence(catalogue) if bare is None else bare
    return _states(catalogue, checked, refused, bare)


def states_by_party(
    catalogue: Catalogue,
    checked: Sequence[Checked],
    refused: Sequence[Refused],
    parties: Sequence[str],
    bare: Mapping[str, ControlState] | None = None,
) -> States:
    """Every control for each party of a system.

    With several parties, evidence counts for those that it is said to be about and for no other;
    if nothing is said, for none. bare: as for `control_states`.
    """
    bare = without_evidence(catalogue) if bare is None else bare
    if len(parties) < 2:
        return States(_states(catalogue, checked, refused, bare))
    found = {p: _states(catalogue, checked, refused, bare, p) for p in parties}
    first = found[parties[0]]
    differ = False
    for own in found.values():
        for name, state in own.items():
            if state == first[name]:
                own[name] = first[name]  # one object, so that `lowest_of` has nothing to do
            else:
                differ = True
    if not differ:
        return States(first)
    lowest = {c: lowest_of([own[c] for own in found.values()]) for c in first}
    return States(lowest, found)


def for_some(
    own: dict[str, ControlState],
    others: dict[str, ControlState],
    parties: Sequence[str],
    whom: Collection[str],
) -> States:
    """`own` for the parties in `whom`, and `others` for the rest of the parties."""
    if all(p in whom for p in parties):
        return States(own)
    found = {p: own if p in whom else others for p in parties}
    return States({c: lowest_of([x[c] for x in found.values()]) for c in own}, found)


def _of(rungs: dict[str, Rung], whom: Whom | None, party: str | None) -> dict[str, Rung]:
    if party is None:
        return rungs
    return {c: r for c, r in rungs.items() if whom is not None and party in whom.get(c, ())}


def _named(no: Refused, party: str | None) -> Iterable[str]:
    named = no.about if no.control is None else (no.control,)
    if party is None or no.whom is None:
        return named
    return [c for c in named if party in no.whom.get(c, ())]


def _states(
    catalogue: Catalogue,
    checked: Iterable[Checked],
    refused: Iterable[Refused],
    bare: Mapping[str, ControlState],
    party: str | None = None,
) -> dict[str, ControlState]:
    """As `control_states`; with a party, by what counts for it."""
    reach: dict[str, _Reach] = {}
    for piece in checked:
        claim = piece.claim
        for control, rung in _of(piece.reaches, piece.whom, party).items():
            found = reach.setdefault(control, _Reach())
            found.rung = max(found.rung, rung)
            found.evidence.append(claim.id)
            kind = claim.kind.counts_as
            found.kinds[kind] = max(found.kinds.get(kind, rung), rung)
            if control in piece.examined:
                found.examined = max(found.examined, rung)
        for control, rung in _of(piece.partial, piece.whom, party).items():
            found = reach.setdefault(control, _Reach())
            found.part = max(found.part, rung)
            found.evidence.append(claim.id)
    for no in refused:
        for control in _named(no, party):
            found = reach.setdefault(control, _Reach())
            found.refused.append(f"{no.claim_id}: {no.code}")
            found.looked_at |= no.code not in NO_LOOK
    states = dict(bare)
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
    """Every control as it would stand if this examination alone were checked: for previews only.

    whole, part: control to the rung that holds for all that it asks for, or for a part. looked_at:
    controls that it tests without a result that counts.
    """
    reach = {c: _Reach(part=rung, evidence=[name]) for c, rung in part.items()}
    for control, rung in whole.items():
        reach[control] = _Reach(rung, evidence=[name], kinds={kind: rung}, examined=rung)
    for control in looked_at:
        reach.setdefault(control, _Reach()).looked_at = True
    return {c.id: _control(c, reach.get(c.id, _Reach())) for c in catalogue.controls.values()}


def _control(control: Control, reach: _Reach) -> ControlState:
    lacking = _lacking(control.needs, reach)
    reached = _whole(reach.rung, lacking)
    if reach.rung >= max(control.required, Rung.ASSERTED) and not lacking:
        state = State.MET
    elif reach.rung or reach.part:
        state = State.PARTIAL
    else:
        state = State.OPEN if reach.looked_at else State.UNASSESSED
    return ControlState(
        control.id,
        state,
        reached,
        control.required,
        max(reach.part, reach.rung) if reach.rung > reached else reach.part,
        tuple(dict.fromkeys(reach.evidence)),
        tuple([_named_need(own) for own in lacking]),
        tuple(dict.fromkeys(reach.refused)),
    )


def _whole(shown: Rung, lacking: Sequence[Sequence[EvidenceNeed]]) -> Rung:
    """The rung up to which all is there that is asked for.

    shown: the highest that anything shows which speaks of the whole control. Whoever speaks of the
    whole says at least that it is in place: what is shown is asserted, whatever else is missing.
    """
    if not lacking or shown <= Rung.ASSERTED:
        return shown
    first = min(need.rung for own in lacking for need in own)
    return max(Rung.ASSERTED, min(shown, Rung(max(first - 1, 0))))


def _lacking(needs: Iterable[EvidenceNeed], reach: _Reach) -> list[list[EvidenceNeed]]:
    """The needs that are not there, each by itself or with its alternatives."""
    groups: dict[str | int, list[EvidenceNeed]] = {}
    for place, need in enumerate(needs):
        groups.setdefault(place if need.any_of is None else need.any_of, []).append(need)
    return [own for own in groups.values() if not any(_there(n, reach) for n in own)]


def _named_need(own: Sequence[EvidenceNeed]) -> tuple[str, str]:
    """Kind and words of what is missing; alternatives in one line, by the kind of the first."""
    first = own[0]
    return first.kind.value, ", or ".join(n.what for n in own)


def _there(need: EvidenceNeed, reach: _Reach) -> bool:
    """Whether evidence of this kind stands for the whole control, as high as its kind can.

    An examination of the whole control stands for each kind, up to its own rung.
    """
    there = max(reach.kinds.get(need.kind, Rung.UNASSESSED), reach.examined)
    return there is not Rung.UNASSESSED and there >= need.rung
