"""How much of a framework the controls cover, given how high each of them stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass
from functools import cached_property

from dutybound.controls.algebra import NONE, WHOLE, coverage
from dutybound.terms.control import Catalogue, Control, Coverage, Element, Framework, Mapping
from dutybound.terms.evidence import Rung

ORDER = (Coverage.FULL, Coverage.PARTIAL, Coverage.NONE, Coverage.UNKNOWN)


@dataclass(frozen=True, slots=True)
class ElementCoverage:
    """Coverage of one element.

    held, open: mapped controls that have valid evidence at their rung, and those that do not.
    via: the element above or below through which it follows; None if its own lines say it.
    """

    element: Element
    coverage: Coverage
    held: tuple[Mapping, ...]
    open: tuple[Mapping, ...]
    via: str | None = None


@dataclass(frozen=True)
class FrameworkCoverage:
    """Coverage of all elements of a framework that can be assessed, in their order."""

    framework: Framework
    elements: tuple[ElementCoverage, ...]

    @cached_property
    def counts(self) -> dict[Coverage, int]:
        """How many elements stand at each coverage."""
        found = Counter(e.coverage for e in self.elements)
        return {c: found[c] for c in ORDER}

    def below(self, parent: str) -> dict[Coverage, int]:
        """The same count for what stands below one element."""
        elements = self.framework.elements
        found = Counter(
            e.coverage for e in self.elements if parent in _above(elements, e.element.id)
        )
        return {c: found[c] for c in ORDER}


def held_controls(controls: Table[str, Control], rungs: Table[str, Rung]) -> frozenset[str]:
    """The controls that stand at or above the rung that they require."""
    return frozenset(
        name
        for name, control in controls.items()
        if rungs.get(name, Rung.UNASSESSED) >= max(control.required, Rung.ASSERTED)
    )


def framework_coverage(
    catalogue: Catalogue, framework: str, held: Collection[str]
) -> FrameworkCoverage:
    """Coverage of a framework by controls that are held.

    A control that contains an element contains what stands below it; a control that touches
    something below an element touches the element. Nothing else is passed up or down.
    """
    known = catalogue.frameworks[framework]
    lines: dict[str, list[Mapping]] = {}
    for line in catalogue.crosswalks.get(framework, ()):
        lines.setdefault(line.target, []).append(line)
    touched = _touched(known.elements, lines, held)
    found = tuple(
        _element(element, known.elements, lines, held, touched)
        for element in known.elements.values()
        if element.assessable
    )
    return FrameworkCoverage(known, found)


def _element(
    element: Element,
    elements: Table[str, Element],
    lines: Table[str, list[Mapping]],
    held: Collection[str],
    touched: Table[str, str],
) -> ElementCoverage:
    own = lines.get(element.id, [])
    said = [line for line in own if line.relationship is not NONE]
    has = tuple(line for line in said if line.source in held)
    lacks = tuple(line for line in said if line.source not in held)
    here = coverage(own, held)
    if here is Coverage.FULL:
        return ElementCoverage(element, here, has, lacks)
    for parent in _above(elements, element.id):
        whole = [x for x in lines.get(parent, ()) if x.relationship in WHOLE]
        if any(line.source in held for line in whole):
            held_there = tuple(line for line in whole if line.source in held)
            return ElementCoverage(element, Coverage.FULL, has or held_there, lacks, parent)
        if whole and here is Coverage.UNKNOWN:
            here, lacks = Coverage.NONE, tuple(whole)
    if here is not Coverage.PARTIAL and element.id in touched:
        return ElementCoverage(element, Coverage.PARTIAL, has, lacks, touched[element.id])
    return ElementCoverage(element, here, has, lacks)


def _touched(
    elements: Table[str, Element], lines: Table[str, list[Mapping]], held: Collection[str]
) -> dict[str, str]:
    """Elements below which a held control touches something, with the place."""
    found: dict[str, str] = {}
    for target, here in lines.items():
        if any(line.source in held and line.relationship is not NONE for line in here):
            for parent in _above(elements, target):
                found.setdefault(parent, target)
    return found


def _above(elements: Table[str, Element], name: str) -> Iterator[str]:
    """The elements above one, nearest first."""
    parent = elements[name].parent if name in elements else None
    while parent is not None:
        yield parent
        parent = elements[parent].parent
