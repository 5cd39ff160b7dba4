"""P-values, on request only: beside the effect size, corrected, and never judged by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from dutybound.assess.measure_drift import curves, shares
from dutybound.assess.measure_fairness import Grouped, grouped
from dutybound.assess.measure_lines import Chosen, Line, PValue
from dutybound.measure.association import ChiSquare, chi_square, chi_square_p, ks_p, two_windows
from dutybound.measure.effective import Weighed
from dutybound.measure.multiplicity import benjamini_hochberg
from dutybound.measure.rates import Rate
from dutybound.terms.measure import Undefined
from dutybound.warehouse.columns import pair_categories
from dutybound.warehouse.profile import SCORE_BINS, Profile

KS, CHI, GROUPS = "Kolmogorov-Smirnov, asymptotic", "chi-square", "chi-square of two rates"
WARNING: Final = (
    "P-values were asked for. With enough rows any difference is significant, and with few none "
    "is: read the effect size and its interval. Corrected values keep the share of false "
    "findings among all tests of a part (Benjamini-Hochberg)."
)


def with_p_values(
    lines: list[Line], current: Profile, reference: Profile | None, chosen: Chosen
) -> list[Line]:
    """The same lines; effect sizes of drift and of differences between groups have a p-value."""
    raw: dict[int, tuple[float, str]] = {}
    if reference is not None:
        raw |= dict(_drift(lines, current, reference, chosen))
    raw |= dict(_groups(lines, current, chosen))
    found = list(lines)
    for part in ("drift", "fairness"):
        at = [i for i in raw if lines[i].part == part]
        if not at:
            continue
        corrected = benjamini_hochberg([raw[i][0] for i in at])
        for i, q in zip(at, corrected, strict=True):
            p, test = raw[i]
            found[i] = replace(lines[i], p=PValue(p, float(q), test, len(at)))
    return found


def _drift(
    lines: list[Line], current: Profile, reference: Profile, chosen: Chosen
) -> Iterator[tuple[int, tuple[float, str]]]:
    for i, x in enumerate(lines):
        if isinstance(x.found, Undefined) or x.part != "drift":
            continue
        if x.measure == "ks-distance":
            n, m = (_rows(p, x.over, chosen) for p in (reference, current))
            yield i, (ks_p(min(1.0, x.found.value), n, m), KS)
        elif x.measure == "total-variation":
            pair = pair_categories(reference.categories[x.over], current.categories[x.over])
            table = chi_square(two_windows(*shares(pair.reference, pair.current)))
            if not isinstance(table, Undefined):
                yield i, (chi_square_p(table), _said(table))


def _said(found: ChiSquare) -> str:
    few = f", {found.small_cells:.0%} of the cells expect under 5 rows" if found.small_cells else ""
    return f"{CHI}{few}"


def _rows(profile: Profile, over: str, chosen: Chosen) -> float:
    """Rows with a value; `score` is the model's, unless a feature has the name."""
    if over in profile.numbers and over in {f.column for f in chosen.config.features}:
        return _size(profile.numbers[over].weighed())
    cells = profile.scores
    return 0.0 if cells is None else _size(cells.weighed("bin")[:SCORE_BINS])


def _size(window: Weighed) -> float:
    return float(curves(window)[0].sum())


def _groups(
    lines: list[Line], current: Profile, chosen: Chosen
) -> Iterator[tuple[int, tuple[float, str]]]:
    usable = tuple(p for p in chosen.config.protected if p.grounds)
    sets = {s.over: s for s in grouped(current, usable)}
    for i, x in enumerate(lines):
        if x.part != "fairness" or x.measure != "statistical-parity" or not x.group:
            continue
        one = sets.get(x.over)
        if one is None or isinstance(x.found, Undefined) or x.group == x.against:
            continue
        table = _two_by_two(one, x.group, x.against)
        found = chi_square(table)
        if not isinstance(found, Undefined):
            yield i, (chi_square_p(found), GROUPS)


def _two_by_two(one: Grouped, group: str, against: str) -> np.ndarray:
    above, below = one.counts(Rate.SELECTION)
    at = [one.labels.index(g) for g in (group, against)]
    return np.column_stack([above[at], (below - above)[at]])
