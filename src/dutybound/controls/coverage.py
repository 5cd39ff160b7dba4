"""How much of a framework the controls cover, given how high each of them stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass
from functools import cached_property

from dutybound.controls.algebra import NONE, PART, WHOLE
from dutybound.terms.control import Catalogue, Coverage, Element, Framework, Mapping

ORDER = (Coverage.FULL, Coverage.PARTIAL, Coverage.NONE, Coverage.UNKNOWN)


@dataclass(frozen=True, slots=True)
class ElementCoverage:
    """Coverage of one element.

    held, open: mapped controls that are met by valid evidence, and those that are not.
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


@dataclass(frozen=True, slots=True)
class Line:
    """An element with what speaks of it.

    said: its own lines that are a relationship. wholes: (element above, the lines that contain it),
    nearest first. about: the sources of all lines that can say something about it, those of what
    stands below it included. contain, touch: the sources of its own lines that equal or contain it,
    and of those that cover a part.
    """

    element: Element
    said: tuple[Mapping, ...]
    wholes: tuple[tuple[str, tuple[Mapping, ...]], ...]
    about: frozenset[str]
    contain: frozenset[str]
    touch: frozenset[str]

    def covered(self, held: frozenset[str]) -> Coverage:
        """What its own lines say: `algebra.coverage`, with the lines sorted beforehand."""
        if not self.said:
            return Coverage.UNKNOWN
        if not held.isdisjoint(self.contain):
            return Coverage.FULL
        return Coverage.NONE if held.isdisjoint(self.touch) else Coverage.PARTIAL


@dataclass(frozen=True)
class Mapped:
    """A framework with the lines that touch it, worked out once for many questions.

    touching: (element, sources of its lines, elements above it), for elements below another.
    """

    framework: Framework
    lines: tuple[Line, ...]
    touching: tuple[tuple[str, frozenset[str], tuple[str, ...]], ...]


def mapped(catalogue: Catalogue, framework: str) -> Mapped:
    """The lines of a framework by element."""
    known = catalogue.frameworks[framework]
    said: dict[str, list[Mapping]] = {}
    for line in catalogue.crosswalks.get(framework, ()):
        if line.relationship is not NONE:
            said.setdefault(line.target, []).append(line)
    above = {name: tuple(_above(known.elements, name)) for name in (*known.elements, *said)}
    wholes = {t: tuple(x for x in found if x.relationship in WHOLE) for t, found in said.items()}
    touching = tuple(
        (target, frozenset(x.source for x in found), above[target])
        for target, found in said.items()
        if above[target]
    )
    below: dict[str, set[str]] = {}
    for _, sources, parents in touching:
        for parent in parents:
            below.setdefault(parent, set()).update(sources)
    lines = []
    for element in known.elements.values():
        if element.assessable:
            own = tuple(said.get(element.id, ()))
            ups = tuple((up, wholes[up]) for up in above[element.id] if wholes.get(up))
            speak = (*own, *(line for _, whole in ups for line in whole))
            about = {line.source for line in speak} | below.get(element.id, set())
            contain = frozenset(line.source for line in own if line.relationship in WHOLE)
            touch = frozenset(line.source for line in own if line.relationship in PART)
            lines.append(Line(element, own, ups, frozenset(about), contain, touch))
    return Mapped(known, tuple(lines), touching)


def framework_coverage(
    catalogue: Catalogue, framework: str, held: Collection[str], ready: Mapped | None = None
) -> FrameworkCoverage:
    """Coverage of a framework by controls that are held.

    A control that contains an element contains what stands below it; a control that touches
    something below an element touches the element. Nothing else is passed up or down. ready: what
    `mapped` gives, if one framework is asked about many times.
    """
    ready = mapped(catalogue, framework) if ready is None else ready
    standing = frozenset(held)
    touched = touched_by(ready, standing)
    found = tuple(element_coverage(line, standing, touched) for line in ready.lines)
    return FrameworkCoverage(ready.framework, found)


def element_coverage(here: Line, held: frozenset[str], touched: Table[str, str]) -> ElementCoverage:
    """Coverage of one element. touched: what `touched_by` gives for the same held controls."""
    element, name = here.element, here.element.id
    has = tuple([line for line in here.said if line.source in held])
    lacks = tuple([line for line in here.said if line.source not in held])
    found = here.covered(held)
    if found is Coverage.FULL:
        return ElementCoverage(element, found, has, lacks)
    for parent, whole in here.wholes:
        held_there = tuple([line for line in whole if line.source in held])
        if held_there:
            return ElementCoverage(element, Coverage.FULL, has or held_there, lacks, parent)
        if found is Coverage.UNKNOWN:
            found, lacks = Coverage.NONE, whole
    if found is not Coverage.PARTIAL and name in touched:
        return ElementCoverage(element, Coverage.PARTIAL, has, lacks, touched[name])
    return ElementCoverage(element, found, has, lacks)


def touched_by(ready: Mapped, held: frozenset[str]) -> dict[str, str]:
    """Elements below which a held control touches something, with the place."""
    found: dict[str, str] = {}
    for target, sources, above in ready.touching:
        if not held.isdisjoint(sources):
            for parent in above:
                found.setdefault(parent, target)
    return found


def _above(elements: Table[str, Element], name: str) -> Iterator[str]:
    """The elements above one, nearest first."""
    parent = elements[name].parent if name in elements else None
    while parent is not None:
        yield parent
        parent = elements[parent].parent
