"""Current and target profile of a framework: where each outcome stands, and where it should.

An outcome stands at a rung if a control that equals or contains it stands there as a whole. What
only touches it, or holds for a part of a control, is shown as a part and never added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dutybound.controls.algebra import WHOLE
from dutybound.controls.coverage import FrameworkCoverage, framework_coverage, mapped
from dutybound.controls.states import ControlState
from dutybound.terms.control import Catalogue, Coverage, Element, Framework, Mapping
from dutybound.terms.evidence import Rung


class Standing(StrEnum):
    """How an outcome stands to its target. The words are printed as they are."""

    AT_TARGET = "at target"
    BELOW = "below target"
    PARTIAL = "partial"
    UNASSESSED = "unassessed"
    UNKNOWN = "unknown coverage"
    LEFT_OUT = "left out"


NO_GAP: Final = (Standing.AT_TARGET, Standing.LEFT_OUT)
ORDER: Final = (Standing.UNASSESSED, Standing.PARTIAL, Standing.BELOW, Standing.AT_TARGET)


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """One subcategory. current: the rung of the whole; None if no mapping says anything of it.

    part: the highest rung that something shows for a part of it. target: None if it is left out,
    then why says why. by: controls that give `current`. lacking: controls of which one would have
    to rise to the target; empty if no control covers the outcome whole.
    """

    element: Element
    standing: Standing
    current: Rung | None
    part: Rung
    target: Rung | None
    by: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    why: str | None = None

    @property
    def is_gap(self) -> bool:
        """Whether the target is not reached."""
        return self.standing not in NO_GAP


@dataclass(frozen=True, slots=True)
class FrameworkProfile:
    """All outcomes of a framework for one system, in the order of the framework."""

    framework: Framework
    lines: tuple[ProfileLine, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A rung for elements; the nearest counts. left_out: element to the reason."""

    rungs: Table[str, Rung]
    left_out: Table[str, str]

    def of(self, framework: Framework, name: str) -> tuple[Rung | None, str | None]:
        """(the rung aimed at, None) or (None, why none is)."""
        for here in (name, *above(framework, name)):
            if here in self.left_out:
                return None, self.left_out[here]
            if here in self.rungs:
                return self.rungs[here], None
        return None, "The target names no rung for it."


def above(framework: Framework, name: str) -> list[str]:
    """The elements above one, nearest first."""
    found: list[str] = []
    parent = framework.elements[name].parent
    while parent is not None:
        found.append(parent)
        parent = framework.elements[parent].parent
    return found


def profile_of(
    catalogue: Catalogue, framework: str, states: Table[str, ControlState], target: Target
) -> FrameworkProfile:
    """The current profile of a system beside the target."""
    known = catalogue.frameworks[framework]
    whole = _coverages(catalogue, framework, {c: s.reached for c, s in states.items()})
    any_part = _coverages(catalogue, framework, {c: s.highest for c, s in states.items()})
    elements = [e.element for e in whole[Rung.ASSERTED].elements]
    found = (_line(known, e, i, whole, any_part, target) for i, e in enumerate(elements))
    return FrameworkProfile(known, tuple(found))


def _coverages(
    catalogue: Catalogue, framework: str, rungs: Table[str, Rung]
) -> dict[Rung, FrameworkCoverage]:
    """For each rung, what the controls cover that stand at or above it."""
    found: dict[Rung, FrameworkCoverage] = {}
    ready = mapped(catalogue, framework)
    by_held: dict[frozenset[str], FrameworkCoverage] = {}
    for rung in list(Rung)[1:]:
        held = frozenset(c for c, r in rungs.items() if r >= rung)
        if held not in by_held:
            by_held[held] = framework_coverage(catalogue, framework, held, ready)
        found[rung] = by_held[held]
    return found


def _line(
    framework: Framework,
    element: Element,
    place: int,
    whole: Table[Rung, FrameworkCoverage],
    any_part: Table[Rung, FrameworkCoverage],
    target: Target,
) -> ProfileLine:
    aim, why = target.of(framework, element.id)
    current = Rung.UNASSESSED
    part = Rung.UNASSESSED
    for rung, coverage in whole.items():
        if coverage.elements[place].coverage is Coverage.FULL:
            current = rung
    for rung, coverage in any_part.items():
        if coverage.elements[place].coverage in (Coverage.FULL, Coverage.PARTIAL):
            part = rung
    known = whole[Rung.ASSERTED].elements[place].coverage is not Coverage.UNKNOWN
    at = whole[max(current, Rung.ASSERTED)].elements[place]
    wanted = whole[max(aim or current, Rung.ASSERTED)].elements[place]
    return ProfileLine(
        element,
        _standing(current, part, aim, known=known),
        current if known else None,
        part,
        aim,
        _whole(at.held) if current else (),
        _whole(wanted.open),
        why,
    )


def _whole(lines: Iterable[Mapping]) -> tuple[str, ...]:
    return tuple(line.source for line in lines if line.relationship in WHOLE)


def _standing(current: Rung, part: Rung, aim: Rung | None, *, known: bool) -> Standing:
    if aim is None:
        return Standing.LEFT_OUT
    if not known:
        return Standing.UNKNOWN
    if current >= max(aim, Rung.ASSERTED):
        return Standing.AT_TARGET
    if current:
        return Standing.BELOW
    return Standing.PARTIAL if part else Standing.UNASSESSED


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """One outcome over several systems: the organisation stands where its weakest system stands.

    at_target: how many of the systems are there.
    """

    element: Element
    standing: Standing
    current: Rung | None
    target: Rung | None
    at_target: int
    systems: int

    @property
    def is_gap(self) -> bool:
        """Whether the target is not reached."""
        return self.standing not in NO_GAP


def together(profiles: Sequence[FrameworkProfile]) -> tuple[OrganisationLine, ...]:
    """The outcomes of the organisation. Raises ValueError if there is no system."""
    if not profiles:
        raise ValueError("no system")
    return tuple(_together(same) for same in zip(*(p.lines for p in profiles), strict=True))


def _together(same: Sequence[ProfileLine]) -> OrganisationLine:
    rungs = [o.current for o in same]
    stated = [r for r in rungs if r is not None]
    return OrganisationLine(
        same[0].element,
        min((o.standing for o in same), key=_rank),
        min(stated) if len(stated) == len(rungs) else None,
        same[0].target,
        sum(o.standing is Standing.AT_TARGET for o in same),
        len(same),
    )


def _rank(standing: Standing) -> int:
    return ORDER.index(standing) if standing in ORDER else -1


def counts(found: Iterable[ProfileLine | OrganisationLine]) -> Counter[Standing]:
    """Number of outcomes by standing."""
    return Counter(o.standing for o in found)
