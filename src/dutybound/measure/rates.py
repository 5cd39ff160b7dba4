"""Rates of a confusion table by group: what each is a share of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy.typing as npt

from dutybound.measure.checks import Array, check_counts, check_labels, check_same
from dutybound.terms.measure import Measured


class Rate(StrEnum):
    """Rates of one group. Positive: the outcome that the label calls 1."""

    SELECTION = "selection-rate"
    TRUE_POSITIVE = "true-positive-rate"
    FALSE_POSITIVE = "false-positive-rate"
    TRUE_NEGATIVE = "true-negative-rate"
    FALSE_NEGATIVE = "false-negative-rate"
    PRECISION = "precision"
    FALSE_DISCOVERY = "false-discovery-rate"
    FALSE_OMISSION = "false-omission-rate"
    ACCURACY = "accuracy"
    ERROR = "error-rate"


_PARTS: Final = {
    Rate.SELECTION: (("tp", "fp"), ("tp", "fp", "fn", "tn")),
    Rate.TRUE_POSITIVE: (("tp",), ("tp", "fn")),
    Rate.FALSE_POSITIVE: (("fp",), ("fp", "tn")),
    Rate.TRUE_NEGATIVE: (("tn",), ("fp", "tn")),
    Rate.FALSE_NEGATIVE: (("fn",), ("tp", "fn")),
    Rate.PRECISION: (("tp",), ("tp", "fp")),
    Rate.FALSE_DISCOVERY: (("fp",), ("tp", "fp")),
    Rate.FALSE_OMISSION: (("fn",), ("fn", "tn")),
    Rate.ACCURACY: (("tp", "tn"), ("tp", "fp", "fn", "tn")),
    Rate.ERROR: (("fp", "fn"), ("tp", "fp", "fn", "tn")),
}


@dataclass(frozen=True, slots=True)
class Confusion:
    """Labelled rows by group: shape (g,) each. labels: the names of the groups.

    Selected and positive: tp. Selected and negative: fp. Not selected and positive: fn; else tn.
    Make it with `confusion`, which checks.
    """

    tp: Array
    fp: Array
    fn: Array
    tn: Array
    labels: tuple[str, ...]

    def counts(self, rate: Rate) -> tuple[Array, Array]:
        """Numerator and denominator of a rate, shape (g,) each."""
        above, below = _PARTS[rate]
        return self._sum(above), self._sum(below)

    def _sum(self, names: tuple[str, ...]) -> Array:
        total: Array = self.tp * 0
        for name in names:
            total = total + getattr(self, name)
        return total


def confusion(
    tp: npt.ArrayLike,
    fp: npt.ArrayLike,
    fn: npt.ArrayLike,
    tn: npt.ArrayLike,
    labels: tuple[str, ...] | list[str] | None = None,
) -> Confusion:
    """A checked confusion table by group. All of shape (g,), rows. Raises CountError."""
    names = ("tp", "fp", "fn", "tn")
    found = [check_counts(x, name) for x, name in zip((tp, fp, fn, tn), names, strict=True)]
    for name, counts in zip(names[1:], found[1:], strict=True):
        check_same(found[0], counts, ("tp", name))
    a, b, c, d = found
    return Confusion(a, b, c, d, check_labels(labels, a.size))


def rates(table: Confusion, rate: Rate, level: float = 0.95) -> dict[str, Measured]:
    """The rate of each group with Wilson's interval, in [0, 1].

    Undefined for a group without rows in the denominator: a group without positive labels has no
    true positive rate, not one of 0.
    """
    from dutybound.measure.intervals import rate as one

    above, below = table.counts(rate)
    return {
        name: one(float(above[i]), float(below[i]), level) for i, name in enumerate(table.labels)
    }
