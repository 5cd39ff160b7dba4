"""Gaps by the elements of a framework, from the controls that have valid evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from collections.abc import Mapping as Table
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dutybound.controls.coverage import (
    ElementCoverage,
    Mapped,
    element_coverage,
    mapped,
    touched_by,
)
from dutybound.controls.states import ControlState, State
from dutybound.terms.control import Catalogue, Coverage, Element, Framework


class ElementState(StrEnum):
    """How an element stands: its coverage, with `none` told apart from what nobody looked at."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    UNASSESSED = "unassessed"
    UNKNOWN = "unknown coverage"


_STATES: Final = {c: ElementState(str(c)) for c in Coverage}


@dataclass(frozen=True, slots=True)
class ElementGap:
    """One element. held, lacking: mapped controls that valid evidence meets, and the others."""

    element: Element
    state: ElementState
    held: tuple[str, ...]
    lacking: tuple[str, ...]
    via: str | None


@dataclass(frozen=True, slots=True)
class FrameworkGaps:
    """All elements of a framework that can be assessed, in their order.

    valid: (mapped controls that valid evidence meets, mapped controls).
    """

    framework: Framework
    elements: tuple[ElementGap, ...]
    valid: tuple[int, int]

    def counts(self) -> Counter[ElementState]:
        """Number of elements by state."""
        return Counter(e.state for e in self.elements)

    def parts(self) -> tuple[tuple[Element, Counter[ElementState]], ...]:
        """The same count for what stands below each element at the top, where there is any."""
        tree = self.framework.elements
        counts: dict[str, Counter[ElementState]] = {}
        for found in self.elements:
            top = found.element
            while top.parent is not None:
                top = tree[top.parent]
            if top is not found.element:
                counts.setdefault(top.id, Counter())[found.state] += 1
        return tuple((tree[name], counts[name]) for name in tree if name in counts)


@dataclass(frozen=True, slots=True)
class Ready:
    """A framework made ready for the gaps of many systems. It depends on the content alone.

    sources: the controls that are mapped to it. bare: each element as it stands if no control
    about it is held, by whether anybody looked at one that it lacks: (no, yes).
    """

    mapped: Mapped
    sources: frozenset[str]
    bare: tuple[tuple[ElementGap, ElementGap], ...]


def made_ready(catalogue: Catalogue, framework: str) -> Ready:
    """What the gaps of a framework need of the content."""
    lines = mapped(catalogue, framework)
    nothing: frozenset[str] = frozenset()
    found = [element_coverage(line, nothing, {}) for line in lines.lines]
    bare = tuple((_gap(e, nothing), _gap(e, {x.source for x in e.open})) for e in found)
    sources = frozenset(line.source for line in catalogue.crosswalks.get(framework, ()))
    return Ready(lines, sources, bare)


def framework_gaps(
    catalogue: Catalogue,
    framework: str,
    states: Table[str, ControlState],
    ready: Ready | None = None,
) -> FrameworkGaps:
    """The gaps of a framework; only controls that are met count, and parts are never added up.

    ready: what `made_ready` gives, if one framework is asked about for many systems.
    """
    ready = made_ready(catalogue, framework) if ready is None else ready
    held = frozenset([c for c, s in states.items() if s.state is State.MET])
    looked_at = frozenset([c for c, s in states.items() if s.state is not State.UNASSESSED])
    touched = touched_by(ready.mapped, held)
    elements = []
    for line, (untouched, looked) in zip(ready.mapped.lines, ready.bare, strict=True):
        if not held.isdisjoint(line.about):
            gap = _gap(element_coverage(line, held, touched), looked_at)
        elif looked_at.isdisjoint(untouched.lacking):
            gap = untouched
        else:
            gap = looked
        elements.append(gap)
    valid = (len(ready.sources & held), len(ready.sources))
    return FrameworkGaps(ready.mapped.framework, tuple(elements), valid)


def _gap(found: ElementCoverage, looked_at: Collection[str]) -> ElementGap:
    lacking = tuple([line.source for line in found.open])
    state = _STATES[found.coverage]
    if state is ElementState.NONE and not any(c in looked_at for c in lacking):
        state = ElementState.UNASSESSED
    held = tuple([line.source for line in found.held])
    return ElementGap(found.element, state, held, lacking, found.via)
