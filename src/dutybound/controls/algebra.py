"""What follows from mappings, and what does not (set theory mappings of NIST IR 8477).

Read each relationship from source to target, as sets of requirements: `superset-of` means that
the source holds all of the target and more. Only what holds for all sets is concluded; where
nothing follows the answer is None or `unknown coverage`, never a guess.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from dutybound.terms.control import Coverage, Mapping, Relationship

EQUAL = Relationship.EQUAL
EQUIVALENT = Relationship.EQUIVALENT
SUPERSET = Relationship.SUPERSET
SUBSET = Relationship.SUBSET
INTERSECTS = Relationship.INTERSECTS
NONE = Relationship.NONE

SAME: Final = frozenset({EQUAL, EQUIVALENT})
WHOLE: Final = SAME | {SUPERSET}
PART: Final = frozenset({SUBSET, INTERSECTS})
_INVERSE: Final = {SUPERSET: SUBSET, SUBSET: SUPERSET}
_CHAINS: Final = frozenset({SUPERSET, SUBSET})


def inverse(relationship: Relationship) -> Relationship:
    """The same line, read from target to source."""
    return _INVERSE.get(relationship, relationship)


def compose(first: Relationship, second: Relationship) -> Relationship | None:
    """What A is to C, if A is `first` to B and B is `second` to C. None: nothing follows.

    Equality is neutral. A superset of a superset is a superset, and so for subsets. Everything
    else gives no conclusion: two partial mappings say nothing about each other.
    """
    if first is EQUIVALENT and second in SAME:
        return EQUIVALENT
    if first in SAME:
        return second
    if second in SAME:
        return first
    return first if first is second and first in _CHAINS else None


def invert(mapping: Mapping) -> Mapping:
    """A line of a crosswalk, read the other way."""
    return Mapping(
        mapping.target,
        mapping.source,
        inverse(mapping.relationship),
        mapping.rationale,
        mapping.why,
        mapping.strength,
    )


def chain(first: Mapping, second: Mapping) -> Mapping | None:
    """The line that follows from two lines that meet; None if nothing follows.

    Lines with different rationales are not chained: a relationship may change with its basis. The
    strength of a line that follows is not known.
    """
    if first.target != second.source or first.rationale is not second.rationale:
        return None
    relationship = compose(first.relationship, second.relationship)
    if relationship is None:
        return None
    return Mapping(
        first.source,
        second.target,
        relationship,
        first.rationale,
        f"Follows through {first.target}: {first.relationship}, then {second.relationship}.",
    )


def coverage(lines: Iterable[Mapping], held: Collection[str]) -> Coverage:
    """How much of one element the held controls cover. lines: all lines that have it as target.

    full: a held control equals or contains it. partial: held controls touch it; however many
    they are, parts are never added up to the whole. none: no control mapped to it is held.
    unknown: no line says anything about it, and a missing line is not the same as no relation.
    """
    said = [line for line in lines if line.relationship is not NONE]
    if not said:
        return Coverage.UNKNOWN
    found = {line.relationship for line in said if line.source in held}
    if found & WHOLE:
        return Coverage.FULL
    return Coverage.PARTIAL if found & PART else Coverage.NONE


@dataclass(frozen=True, slots=True)
class Pair:
    """Two elements of different frameworks that controls join.

    relationship: what follows by set theory, read from left to right; None if nothing does.
    through: the controls that join them. strength: of the best joint, the weaker of its two lines.
    """

    left: str
    right: str
    relationship: Relationship | None
    through: tuple[str, ...]
    strength: int

    @property
    def concluded(self) -> bool:
        """Whether a relationship follows."""
        return self.relationship is not None


def implied_pairs(left: Iterable[Mapping], right: Iterable[Mapping]) -> tuple[Pair, ...]:
    """All pairs of elements that share a control. left, right: lines from controls to elements.

    Most are hints for a reader only: sharing a control that is wider than both proves nothing.
    """
    by_control: dict[str, list[Mapping]] = {}
    for line in right:
        if line.relationship is not NONE:
            by_control.setdefault(line.source, []).append(line)
    joints: dict[tuple[str, str], list[tuple[Mapping, Mapping]]] = {}
    for line in left:
        if line.relationship is NONE:
            continue
        for other in by_control.get(line.source, ()):
            joints.setdefault((line.target, other.target), []).append((line, other))
    return tuple(_pair(a, b, found) for (a, b), found in sorted(joints.items()))


def _pair(a: str, b: str, joints: list[tuple[Mapping, Mapping]]) -> Pair:
    follows = {
        line.relationship
        for first, second in joints
        if (line := chain(invert(first), second)) is not None
    }
    return Pair(
        a,
        b,
        _strongest(follows),
        tuple(sorted({first.source for first, _ in joints})),
        max(min(x.strength or 1, y.strength or 1) for x, y in joints),
    )


def _strongest(follows: Collection[Relationship]) -> Relationship | None:
    """One relationship out of several that all follow; None if there is none or they clash."""
    for choice in (EQUAL, EQUIVALENT):
        if choice in follows:
            return choice if not (set(follows) - SAME) else None
    if len(follows) == 1:
        return next(iter(follows))
    return None
