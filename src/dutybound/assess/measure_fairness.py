"""Fairness over protected attributes and their intersections, from a profile's cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from dutybound.assess.measure_comparison import minimum_share
from dutybound.assess.measure_lines import LEVEL, Chosen, LeftOut, Line
from dutybound.measure.fairness import equalised_odds
from dutybound.measure.groups import HIGHEST, By, Comparison, GroupResult, Policy, compare, pairs
from dutybound.measure.inequality import theil
from dutybound.measure.intervals import group_rates
from dutybound.measure.missing import Bounds, missing_bounds
from dutybound.measure.multiplicity import bonferroni_level
from dutybound.measure.rates import Confusion, Rate, confusion
from dutybound.measure.scores import score_gap, score_sums, standardised_mean_difference
from dutybound.measure.verdict import judge
from dutybound.terms.measure import Estimate, Judgement, Measured, Threshold, Undefined, Verdict
from dutybound.terms.table import MISSING, OTHER, Protected
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.profile import Profile

PART: Final = "fairness"
UNIT: Final = 2.0**32  # of the sums of scores in cells
FIXED: Final = ("version", "label", "decision")
COMPARED: Final = {
    "impact-ratio": (Rate.SELECTION, By.RATIO),
    "statistical-parity": (Rate.SELECTION, By.DIFFERENCE),
    "equal-opportunity": (Rate.TRUE_POSITIVE, By.DIFFERENCE),
    "predictive-parity": (Rate.PRECISION, By.DIFFERENCE),
}
LISTED: Final = {
    "selection-rate": Rate.SELECTION,
    "false-discovery-rate": Rate.FALSE_DISCOVERY,
    "false-omission-rate": Rate.FALSE_OMISSION,
    "error-rate-by-group": Rate.ERROR,
    "false-positive-rate-by-group": Rate.FALSE_POSITIVE,
    "false-negative-rate-by-group": Rate.FALSE_NEGATIVE,
}
SHRUNK: Final = "shrunk-selection-rate"
Whole: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Grouped:
    """Rows by the joint groups of some attributes; groups with an unknown attribute are apart.

    labels: names of the groups. table: shape (g, 4, 3), rows by label and decision. unknown: the
    same of rows whose group is not known, added up. sums: scored rows, scores, squares, (g,) each,
    scores moved to [0, 1]. reference: a group that is fixed, or `highest`.
    """

    attributes: tuple[str, ...]
    labels: tuple[str, ...]
    table: Whole
    unknown: Whole
    sums: tuple[Whole, Whole, Whole] | None
    reference: str

    @property
    def over(self) -> str:
        """The attributes as they are named in reports and in `over` of a threshold."""
        return ", ".join(self.attributes)

    def counts(self, kind: Rate) -> tuple[Whole, Whole]:
        """Numerator and denominator of a rate by group."""
        if kind is Rate.SELECTION:
            decided = self.table.sum(axis=1)
            return decided[:, 1], decided[:, 0] + decided[:, 1]
        above, below = self.confusion().counts(kind)
        return above.astype(np.int64), below.astype(np.int64)

    def confusion(self) -> Confusion:
        """Labelled and decided rows by group."""
        t = self.table
        return confusion(t[:, 1, 1], t[:, 0, 1], t[:, 1, 0], t[:, 0, 0], self.labels)

    def lacking(self, kind: Rate) -> int:
        """Rows of unknown group, and rows without the decision or label that a rate needs."""
        t = self.table
        usable = t[:, :, :2] if kind is Rate.SELECTION else t[:, :2, :2]
        return int(self.unknown.sum() + t.sum() - usable.sum())


def grouped(profile: Profile, protected: tuple[Protected, ...]) -> list[Grouped]:
    """Every attribute alone and every combination that was counted, fewest attributes first."""
    by = {p.by.name: p for p in protected}
    found: dict[frozenset[str], Grouped] = {}
    for cells in profile.groups.values():
        names = [d for d in cells.dims if d not in FIXED and d in by]
        for size in range(1, len(names) + 1):
            for chosen in combinations(names, size):
                if frozenset(chosen) not in found:
                    found[frozenset(chosen)] = _grouped(cells, [by[n] for n in chosen])
    return sorted(found.values(), key=lambda g: len(g.attributes))


def _grouped(cells: Cells, attributes: list[Protected]) -> Grouped:
    names = tuple(p.by.name for p in attributes)
    groups, _, joint = cells.joined(names)
    known = np.array([not {MISSING, OTHER} & set(g) for g in groups], dtype=np.bool_)
    table = joint.over("group", "label", "decision")
    sums = None
    if "scored" in joint.sums:
        n, total, squares = (
            joint.over("group", of=s)[known] for s in ("scored", "score", "score_squared")
        )
        sums = n, total, squares
    labels = tuple(", ".join(g) for g, k in zip(groups, known, strict=True) if k)
    fixed = [p.reference for p in attributes]
    reference = ", ".join(map(str, fixed)) if all(fixed) else HIGHEST
    return Grouped(names, labels, table[known], table[~known].sum(axis=0), sums, reference)


def fairness_lines(current: Profile, chosen: Chosen) -> tuple[list[Line], list[LeftOut]]:
    """Lines for each measure, attribute set and group, and the rows that got no verdict."""
    lines: list[Line] = []
    left_out: list[LeftOut] = []
    config = chosen.config
    usable = tuple(p for p in config.protected if p.grounds)
    for one in config.protected:
        if one not in usable:
            lines.append(_ungrounded(one.by.name, chosen))
    sets = grouped(current, usable)
    groups = sum(len(s.labels) for s in sets)
    if config.decision is not None:
        for measure in COMPARED:
            _compared(measure, sets, chosen, lines, left_out)
        for one_set in sets:
            lines.extend(_whole(one_set, len(sets), chosen))
            lines.extend(_listed(one_set, groups, chosen))
            lines.extend(_bounds(one_set, chosen))
            if config.shrinkage:
                lines.extend(_shrunk(one_set, chosen))
    if config.score is not None:
        for one_set in sets:
            lines.extend(_scores(one_set, groups, chosen))
    return lines, left_out


def _ungrounded(name: str, chosen: Chosen) -> Line:
    none = Undefined(f"no ground in law is recorded for using {name}")
    return chosen.line(PART, "impact-ratio", name, none)


# ---------------------------------------------------------------------- rates against a reference
def _compared(
    measure: str, sets: list[Grouped], chosen: Chosen, lines: list[Line], out: list[LeftOut]
) -> None:
    """One measure over all sets: the sets that have a threshold are corrected as one family."""
    kind, by = COMPARED[measure]
    share = minimum_share(chosen.config)
    judged = [s for s in sets if chosen.of(measure, s.over) is not None] or sets
    family = max(1, sum(_pairs(s, kind) for s in judged))
    for one in sets:
        threshold = chosen.of(measure, one.over)
        above, below = one.counts(kind)
        policy = Policy(
            by, one.reference, threshold, minimum_share=share, comparisons=family,
            joint=chosen.level,
        )  # fmt: skip
        found = _compare(above, below, one, policy)
        if isinstance(found, Undefined):
            lines.append(chosen.line(PART, measure, one.over, found))
            continue
        open_ = found.left_out if threshold else None
        lack = one.lacking(kind)
        out.append(
            LeftOut(measure, one.over, found.reference, family, found.each_level, open_, lack)
        )
        lines.extend(_line(measure, one.over, g, found, threshold) for g in found.groups)


def _pairs(one: Grouped, kind: Rate) -> int:
    return pairs(int((one.counts(kind)[1] > 0).sum()), one.reference)


def _compare(above: Whole, below: Whole, one: Grouped, policy: Policy) -> Comparison | Undefined:
    if len(one.labels) < 2:
        return Undefined("fewer than two groups hold a row with a known attribute")
    if one.reference != HIGHEST and one.reference not in one.labels:
        return Undefined(f"the reference group `{one.reference}` holds no row")
    return compare(above, below, one.labels, policy)


def _line(
    measure: str, over: str, g: GroupResult, found: Comparison, threshold: Threshold | None
) -> Line:
    return Line(
        PART, measure, over, g.against, g.judgement, g.group, threshold, found.reference, g.rate,
        g.n, g.joint, g.needed,
    )  # fmt: skip


# ---------------------------------------------------------------------- one number for a set
def _whole(one: Grouped, sets: int, chosen: Chosen) -> Iterator[Line]:
    """sets: how many sets of attributes are judged alike."""
    table = one.confusion()
    if len(one.labels) < 2 or (one.reference != HIGHEST and one.reference not in one.labels):
        return
    threshold = chosen.of("equalised-odds", one.over)
    odds = equalised_odds(
        table, Policy(By.DIFFERENCE, one.reference, threshold, bonferroni_level(chosen.level, sets))
    )
    note = "a point over groups; it is judged by the intervals of its groups"
    n = float((table.tp + table.fp + table.fn + table.tn).sum())
    gap = odds.gap
    found: Measured = (
        gap
        if isinstance(gap, Undefined)
        else Estimate(gap, None, "the wider of two gaps", n, note=note)
    )
    verdict = Verdict.NOT_JUDGED if threshold is None else odds.verdict
    why = "no threshold was chosen" if threshold is None else "by the intervals of its groups"
    if isinstance(found, Undefined):
        verdict, why = Verdict.UNDEFINED, found.reason
    yield Line(
        PART, "equalised-odds", one.over, found, Judgement(verdict, why), threshold=threshold
    )
    index = theil(table)
    total = index if isinstance(index, Undefined) else index.total
    yield chosen.line(PART, "theil-index", one.over, total)


def _listed(one: Grouped, groups: int, chosen: Chosen) -> Iterator[Line]:
    """Rates that are listed by group; with a threshold each is judged at the corrected level.

    groups: of all sets of attributes together.
    """
    if not one.labels:
        return
    each = bonferroni_level(chosen.level, max(1, groups))
    for measure, kind in LISTED.items():
        threshold = chosen.of(measure, one.over)
        above, below = one.counts(kind)
        plain, wide = (group_rates(above, below, level) for level in (LEVEL, each))
        for name, n, own, at in zip(one.labels, below.tolist(), plain, wide, strict=True):
            joint = at.interval if isinstance(at, Estimate) else None
            yield Line(
                PART, measure, one.over, own, judge(at, threshold), name, threshold,
                rows=float(n), judged_on=joint,
            )  # fmt: skip


def _shrunk(one: Grouped, chosen: Chosen) -> Iterator[Line]:
    """Selection rates drawn towards what the groups have in common; for reading, not judged."""
    from dutybound.measure.shrinkage import empirical_bayes

    if not one.labels:
        return
    above, below = one.counts(Rate.SELECTION)
    found = empirical_bayes(above, below, one.labels)
    if isinstance(found, Undefined):
        yield chosen.line(PART, SHRUNK, one.over, found)
        return
    for i, (name, value) in enumerate(found.items()):
        why = Judgement(Verdict.NOT_JUDGED, "for reading: it hides a group that is truly worse")
        yield Line(PART, SHRUNK, one.over, value, why, name, rows=float(below[i]))


def _bounds(one: Grouped, chosen: Chosen) -> Iterator[Line]:
    """The lowest impact ratio that is possible, whoever the rows of unknown group are."""
    decided = one.unknown.sum(axis=0)
    total = float(decided[0] + decided[1])
    if len(one.attributes) > 1 or total == 0 or len(one.labels) < 2:
        return
    above, below = one.counts(Rate.SELECTION)
    at = _reference_at(one)
    if at is None:
        return
    for i, name in enumerate(one.labels):
        if i == at:
            continue
        others = float(below.sum() - below[i] - below[at])
        group, reference = ((float(above[j]), float(below[j])) for j in (i, at))
        bounds = missing_bounds(group, reference, (float(decided[1]), total), others)
        yield Line(
            PART, "missing-attribute-bounds", one.over, _range(bounds),
            Judgement(Verdict.NOT_JUDGED, "bounds are not judged"), name,
            against=one.labels[at], rows=total,
        )  # fmt: skip


def _range(bounds: Bounds | Undefined) -> Measured:
    if isinstance(bounds, Undefined):
        return bounds
    ratio, share = bounds.ratio, bounds.share
    if isinstance(ratio, Undefined):
        return ratio
    note = f"the impact ratio lies between {ratio[0]:.4g} and {ratio[1]:.4g}, whoever they are"
    n = share.n if isinstance(share, Estimate) else 0.0
    return Estimate(ratio[0], None, "lowest possible impact ratio", n, note=note)


def _reference_at(one: Grouped) -> int | None:
    found = reference_of(one)
    return None if isinstance(found, Undefined) else one.labels.index(found)


def reference_of(one: Grouped) -> str | Undefined:
    """The group that selection is compared with: the fixed one, else the one that data support."""
    if one.reference in one.labels:
        return one.reference
    found = _compare(*one.counts(Rate.SELECTION), one, Policy())
    return found if isinstance(found, Undefined) else found.reference


# ---------------------------------------------------------------------- scores
def _scores(one: Grouped, groups: int, chosen: Chosen) -> Iterator[Line]:
    """Gaps of mean scores to the reference: the fixed one, else the group with most rows."""
    score = chosen.config.score
    if one.sums is None or score is None or len(one.labels) < 2:
        return
    n, total, squares = one.sums
    width = score.high - score.low
    sums = score_sums(
        n,
        total / UNIT * width + score.low * n,
        squares / UNIT * width**2 + 2 * score.low * width * total / UNIT + score.low**2 * n,
        one.labels,
    )
    fixed = one.reference in one.labels
    reference = one.reference if fixed else one.labels[int(np.argmax(n))]
    each = bonferroni_level(chosen.level, max(1, groups))
    measures = (
        ("score-gap", score_gap),
        ("standardised-mean-difference", standardised_mean_difference),
    )
    for measure, compute in measures:
        threshold = chosen.of(measure, one.over)
        for i, name in enumerate(one.labels):
            if name == reference:
                continue
            wide = compute(sums, name, reference, each)
            joint = wide.interval if isinstance(wide, Estimate) else None
            yield Line(
                PART, measure, one.over, compute(sums, name, reference), judge(wide, threshold),
                name, threshold, reference, rows=float(n[i]), judged_on=joint,
            )  # fmt: skip
