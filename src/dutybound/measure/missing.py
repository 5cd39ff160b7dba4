"""Rows whose protected attribute is not known: how many, and what they could change at most."""

from __future__ import annotations

from dataclasses import dataclass

from dutybound.measure.checks import check_parts
from dutybound.measure.intervals import rate
from dutybound.terms.measure import Measured, Undefined


@dataclass(frozen=True, slots=True)
class Bounds:
    """share: of rows without the attribute. ratio, difference: lowest and highest value that the
    comparison can have, whoever the missing persons are; no chance is in them."""

    share: Measured
    ratio: tuple[float, float] | Undefined
    difference: tuple[float, float]


def missing_bounds(
    group: tuple[float, float],
    reference: tuple[float, float],
    missing: tuple[float, float],
    others: float = 0.0,
) -> Bounds | Undefined:
    """Worst-case bounds of a comparison under missing attributes.

    group, reference, missing: (selected, total) rows. others: rows of further groups.
    Lowest: every missing person who was refused belongs to the group and every one who was
    selected to the reference; highest: the other way round. Both can be true, so the bounds
    are sharp. Undefined if the group or the reference cannot have a rate. Source: the method of
    Manski 1990 for missing data. Limits: wide, and honest; nothing is imputed.
    """
    k, n = check_parts(
        [group[0], reference[0], missing[0]], [group[1], reference[1], missing[1]],
        ("selected", "total"),
    )  # fmt: skip
    (a, b, s), (na, nb, total) = k.tolist(), n.tolist()
    refused = total - s
    if na == 0 or nb == 0:
        return Undefined("the group or the reference holds no row with a known attribute")
    worst, best = a / (na + refused), (a + s) / (na + s)
    top, bottom = (b + s) / (nb + s), b / (nb + refused)
    ratio: tuple[float, float] | Undefined = Undefined("the reference's rate may be 0")
    if bottom > 0:
        ratio = (worst / top, best / bottom)
    return Bounds(rate(total, na + nb + total + others), ratio, (worst - top, best - bottom))
