"""Duties that read alike: the same rule on the same day in the same state, for several scopes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dutybound.controls.gaps import DutyState
from dutybound.terms.evidence import Refused


@dataclass(frozen=True, slots=True)
class Alike:
    """Duties that differ only in party, use or place. state: one of them."""

    state: DutyState
    parties: tuple[str, ...]
    count: int


def refused_alike(refused: Iterable[Refused]) -> list[tuple[Refused, list[str]]]:
    """Evidence that does not count for the same reason, once, with the controls concerned."""
    groups: dict[tuple[str, str, str, str], tuple[Refused, list[str]]] = {}
    for no in refused:
        key = (no.claim_id, no.file, no.code, no.reason)
        _, controls = groups.setdefault(key, (no, []))
        if no.control is not None:
            controls.append(no.control)
    return list(groups.values())


def alike(duties: Iterable[DutyState]) -> tuple[Alike, ...]:
    """Groups of duties that read alike, in the order of the first of each."""
    groups: dict[tuple[object, ...], list[DutyState]] = {}
    for found in duties:
        duty = found.duty
        key = (
            duty.rule,
            duty.bites_on,
            duty.certain,
            duty.outcome,
            duty.pinpoint,
            duty.shields,
            duty.may_shield,
            found.state,
            found.controls,
            found.lacking,
        )
        groups.setdefault(key, []).append(found)
    return tuple(
        Alike(
            same[0],
            tuple(sorted({d.duty.party for d in same if d.duty.party})),
            len(same),
        )
        for same in groups.values()
    )
