"""Truth values of many bindings at once, as bits of whole numbers.

A `Vector` holds, for each column, one of the four truth values: bits in `true`, `false` and
`contested`; a column with no bit is unknown. Operations are those of `rules.truth`, on all columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dutybound.rules.truth import CONTESTED, FALSE, TRUE


@dataclass(frozen=True, slots=True)
class Vector:
    """One truth value per column. No bit may stand in two of the three numbers."""

    true: int
    false: int
    contested: int = 0

    def unknown(self, full: int) -> int:
        """The columns that are unknown."""
        return full & ~(self.true | self.false | self.contested)

    def negated(self) -> Vector:
        """True and false exchanged."""
        return Vector(self.false, self.true, self.contested)

    def softened(self, positive: bool) -> Vector:
        """A weakly sourced "no" (or exception) made contested."""
        if positive:
            return Vector(self.true, 0, self.contested | self.false)
        return Vector(0, self.false, self.contested | self.true)


def constant(value: int, full: int) -> Vector:
    """The same value in every column."""
    return Vector(
        full if value == TRUE else 0,
        full if value == FALSE else 0,
        full if value == CONTESTED else 0,
    )


def conjunction(vectors: Sequence[Vector], full: int) -> Vector:
    """ "All of these" in each column."""
    true, false, unknown = full, 0, 0
    for v in vectors:
        true &= v.true
        false |= v.false
        unknown |= v.unknown(full)
    return Vector(true, false, full & ~(true | false | unknown))


def disjunction(vectors: Sequence[Vector], full: int) -> Vector:
    """ "Any of these" in each column."""
    true, false, unknown = 0, full, 0
    for v in vectors:
        true |= v.true
        false &= v.false
        unknown |= v.unknown(full)
    unknown &= ~true
    return Vector(true, false, full & ~(true | false | unknown))


def at_least(count: int, vectors: Sequence[Vector], full: int) -> Vector:
    """ "At least `count` of these" in each column."""
    true = _reaching(count, [v.true for v in vectors], full)
    possible = _reaching(count, [full & ~v.false for v in vectors], full)
    unknown = 0
    for v in vectors:
        unknown |= v.unknown(full)
    rest = possible & ~true
    return Vector(true, full & ~possible, rest & ~unknown)


def _reaching(count: int, masks: Sequence[int], full: int) -> int:
    """Columns in which at least `count` of the masks have their bit."""
    reached = [full] + [0] * count
    for mask in masks:
        for k in range(count, 0, -1):
            reached[k] |= reached[k - 1] & mask
    return reached[count]


def mask_of(indices: Sequence[int], size: int) -> int:
    """A number with the bits of the given columns."""
    if not indices:
        return 0
    raw = bytearray((size >> 3) + 1)
    for i in indices:
        raw[i >> 3] |= 1 << (i & 7)
    return int.from_bytes(raw, "little")


class Counters:
    """One small counter for each column, kept bit by bit (a mask is added in a few operations)."""

    def __init__(self) -> None:
        self._digits: list[int] = []

    def add(self, mask: int, times: int = 1) -> None:
        """Add `times` to the counter of every column in the mask."""
        place = 0
        while times:
            if times & 1:
                self._add_at(mask, place)
            times >>= 1
            place += 1

    def _add_at(self, carry: int, place: int) -> None:
        while len(self._digits) < place:
            self._digits.append(0)
        while carry:
            if place == len(self._digits):
                self._digits.append(0)
            digit = self._digits[place]
            self._digits[place] = digit ^ carry
            carry &= digit
            place += 1

    def values(self, size: int) -> list[int]:
        """The counters of columns 0 to size - 1."""
        found = [0] * size
        for place, digit in enumerate(self._digits):
            if digit:
                weight = 1 << place
                for i in columns_of(digit):
                    found[i] += weight
        return found


def columns_of(mask: int) -> list[int]:
    """The columns whose bit stands in a mask, in order."""
    found = []
    for base, byte in enumerate(mask.to_bytes((mask.bit_length() + 7) >> 3, "little")):
        if byte:
            start = base << 3
            found.extend([start + k for k in _BITS[byte]])
    return found


_BITS = tuple(tuple(k for k in range(8) if byte >> k & 1) for byte in range(256))
