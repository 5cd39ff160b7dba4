"""Fairness over protected attributes and their intersections, from a profile's cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from dutybound.assess.measure_comparison import minimum_share
from dutybound.assess.measure_lines import LEVEL, Chosen, LeftOut, Line
from dutybound.assess.measure_scores import score_moments
from dutybound.measure.checks import Array
from dutybound.measure.effective import Moments, Weighed, kish_scale, rate_counts, rate_scale
from dutybound.measure.fairness import equalised_odds
from dutybound.measure.groups import HIGHEST, By, Comparison, GroupResult, Policy, compare, pairs
from dutybound.measure.intervals import group_rates
from dutybound.measure.missing import Bounds, missing_bounds
from dutybound.measure.multiplicity import bonferroni_level
from dutybound.measure.rates import Confusion, Rate, confusion
from dutybound.measure.scores import score_gap, score_sums, standardised_mean_difference
from dutybound.measure.verdict import judge
from dutybound.measure.weighted import theil_of
from dutybound.terms.measure import Estimate, Judgement, Measured, Threshold, Undefined, Verdict
from dutybound.terms.table import MISSING, OTHER, Protected
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.profile import Profile

PART: Final = "fairness"
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
CELLS: Final = {"tp": (1, 1), "fp": (0, 1), "fn": (1, 0), "tn": (0, 0)}  # label, decision
SET_AGAINST: Final = {
    Rate.TRUE_POSITIVE: ("tp", "fn"),
    Rate.PRECISION: ("tp", "fp"),
    Rate.FALSE_DISCOVERY: ("fp", "tp"),
    Rate.FALSE_OMISSION: ("fn", "tn"),
    Rate.FALSE_POSITIVE: ("fp", "tn"),
    Rate.FALSE_NEGATIVE: ("fn", "tp"),
}


@dataclass(frozen=True)
class Grouped:
    """Rows by the joint groups of some attributes; groups with an unknown attribute are apart.

    labels: names of the groups. table: shape (g, 4, 3), rows by label and decision. unknown: the
    same of rows whose group is not known, added up. scored: rows with a score, shape (g,). moments:
    of their scores, moved to [0, 1]. reference: a group that is fixed, or `highest`.
    """

    attributes: tuple[str, ...]
    labels: tuple[str, ...]
    table: Weighed
    unknown: Weighed
    scored: Array | None
    moments: Moments | None
    reference: str

    @property
    def over(self) -> str:
        """The attributes as they are named in reports and in `over` of a threshold."""
        return ", ".join(self.attributes)

    def parts(self, kind: Rate) -> tuple[Weighed, Weighed]:
        """Rows that a rate counts by group, and those that it sets them against."""
        if kind is Rate.SELECTION:
            decided = self.table.sum(axis=1)
            return decided[:, 1], decided[:, 0]
        if kind is Rate.ERROR:
            return self.cell("fp") + self.cell("fn"), self.cell("tp") + self.cell("tn")
        yes, no = SET_AGAINST[kind]
        return self.cell(yes), self.cell(no)

    def counts(self, kind: Rate) -> tuple[Array, Array]:
        """Numerator and denominator of a rate by group, in effective rows."""
        return rate_counts(*self.parts(kind))

    def cell(self, name: str) -> Weighed:
        """`tp`, `fp`, `fn` or `tn` by group."""
        label, decision = CELLS[name]
        return self.table[:, label, decision]

    def confusion(self) -> Confusion:
        """Labelled and decided rows by group, each label at its own effective size."""
        cells = {name: self.cell(name) for name in CELLS}
        positives = rate_scale(cells["tp"], cells["fn"])
        negatives = rate_scale(cells["fp"], cells["tn"])
        tp, fn = (cells[x].weight * positives for x in ("tp", "fn"))
        fp, tn = (cells[x].weight * negatives for x in ("fp", "tn"))
        return confusion(tp, fp, fn, tn, self.labels)

    def lacking(self, kind: Rate) -> int:
        """Rows of unknown group, and rows without the decision or label that a rate needs."""
        t = self.table.rows
        usable = t[:, :, :2] if kind is Rate.SELECTION else t[:, :2, :2]
        return int(self.unknown.rows.sum() + t.sum() - usable.sum())


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
    table = joint.weighed("group", "label", "decision")
    scored, moments = None, None
    if "scored" in joint.sums:
        scored = joint.over("group", of="scored")[known].astype(np.float64)
        moments = score_moments(joint, "group")[known]
    labels = tuple(", ".join(g) for g, k in zip(groups, known, strict=True) if k)
    fixed = [p.reference for p in attributes]
    reference = ", ".join(map(str, fixed)) if all(fixed) else HIGHEST
    unknown = table[~known].sum(axis=0)
    return Grouped(names, labels, table[known], unknown, scored, moments, reference)


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
        yes, no = one.parts(kind)
        both = yes + no
        policy = Policy(
            by, one.reference, threshold, minimum_share=share, comparisons=family,
            joint=chosen.level, sizes=tuple(both.weight.tolist()),
        )  # fmt: skip
        found = _compare(above, below, one, policy)
        if isinstance(found, Undefined):
            lines.append(chosen.line(PART, measure, one.over, found))
            continue
        open_ = _left_out(found, both.weight) if threshold else None
        lack = one.lacking(kind)
        out.append(
            LeftOut(measure, one.over, found.reference, family, found.each_level, open_, lack)
        )
        for g, rows in zip(found.groups, both.rows, strict=True):
            lines.append(_line(measure, one.over, g, found, threshold, float(rows)))


def _left_out(found: Comparison, weight: Array) -> float:
    """Share of the weight that is in groups without a verdict for lack of data."""
    open_ = (Verdict.NOT_ENOUGH_DATA, Verdict.UNDEFINED)
    pairs = zip(found.groups, weight.tolist(), strict=True)
    return float(sum(w for g, w in pairs if g.judgement.verdict in open_)) / float(weight.sum())


def _pairs(one: Grouped, kind: Rate) -> int:
    return pairs(int((one.counts(kind)[1] > 0).sum()), one.reference)


def _compare(above: Array, below: Array, one: Grouped, policy: Policy) -> Comparison | Undefined:
    if len(one.labels) < 2:
        return Undefined("fewer than two groups hold a row with a known attribute")
    if one.reference != HIGHEST and one.reference not in one.labels:
        return Undefined(f"the reference group `{one.reference}` holds no row")
    return compare(above, below, one.labels, policy)


def _line(
    measure: str, over: str, g: GroupResult, found: Comparison, threshold: Threshold | None,
    rows: float,
) -> Line:  # fmt: skip
    return Line(
        PART, measure, over, g.against, g.judgement, g.group, threshold, found.reference, g.rate,
        rows, g.joint, g.needed,
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
    tp, fp, fn, tn = (one.cell(name) for name in CELLS)
    index = theil_of(tp, fp, fn, tn, one.labels)
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
        yes, no = one.parts(kind)
        above, below = one.counts(kind)
        rows = (yes + no).rows.tolist()
        plain, wide = (group_rates(above, below, level) for level in (LEVEL, each))
        for name, n, own, at in zip(one.labels, rows, plain, wide, strict=True):
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
    yes, no = one.parts(Rate.SELECTION)
    rows = (yes + no).rows
    found = empirical_bayes(above, below, one.labels)
    if isinstance(found, Undefined):
        yield chosen.line(PART, SHRUNK, one.over, found)
        return
    for i, (name, value) in enumerate(found.items()):
        why = Judgement(Verdict.NOT_JUDGED, "for reading: it hides a group that is truly worse")
        yield Line(PART, SHRUNK, one.over, value, why, name, rows=float(rows[i]))


def _bounds(one: Grouped, chosen: Chosen) -> Iterator[Line]:
    """The lowest impact ratio that is possible, whoever the rows of unknown group are."""
    unknown = one.unknown.sum(axis=0)
    rows = float(unknown.rows[0] + unknown.rows[1])
    if len(one.attributes) > 1 or rows == 0 or len(one.labels) < 2:
        return
    selected, refused = one.parts(Rate.SELECTION)
    # One scale for all: the bounds hold no chance, so only the shares have to be right.
    scale = kish_scale((selected + refused).sum())
    above, below = selected.weight * scale, (selected.weight + refused.weight) * scale
    decided = unknown.weight * scale
    total = float(decided[0] + decided[1])
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
            against=one.labels[at], rows=rows,
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
    if one.moments is None or one.scored is None or score is None or len(one.labels) < 2:
        return
    scale = one.moments.scale()
    n, total, squares = one.moments.weight * scale
    width = score.high - score.low
    sums = score_sums(
        n,
        total * width + score.low * n,
        squares * width**2 + 2 * score.low * width * total + score.low**2 * n,
        one.labels,
    )
    fixed = one.reference in one.labels
    largest = one.labels[int(np.argmax(one.moments.weight[0]))]
    reference = one.reference if fixed else largest
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
                name, threshold, reference, rows=float(one.scored[i]), judged_on=joint,
            )  # fmt: skip
