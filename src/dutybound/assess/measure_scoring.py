"""Scoring rates by group, and their ratios, for systems whose result is a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dutybound.assess.measure_comparison import minimum_share
from dutybound.assess.measure_fairness import PART, Grouped, grouped
from dutybound.assess.measure_lines import LEVEL, Chosen, LeftOut, Line
from dutybound.measure.checks import Array
from dutybound.measure.effective import Weighed, kish_scale, rate_scale
from dutybound.measure.fairness import scoring_ratio
from dutybound.measure.groups import HIGHEST, Comparison, GroupResult, Policy, pairs
from dutybound.measure.intervals import group_rates
from dutybound.measure.multiplicity import bonferroni_level
from dutybound.measure.scoring import AboveMedian, above_median
from dutybound.measure.verdict import judge
from dutybound.terms.measure import Estimate, Interval, Judgement, Measured, Undefined, Verdict
from dutybound.terms.table import MISSING, OTHER, Protected
from dutybound.warehouse.profile import GROUP_SCORE_BINS, SCORE_BINS, Profile

RATE: Final = "scoring-rate"
RATIO: Final = "scoring-impact-ratio"


@dataclass(frozen=True)
class Counted:
    """found: in effective rows. weight: scored, in any one unit. rows: scored. Shape (g,) each."""

    found: AboveMedian
    weight: Array
    rows: Array


def scoring_lines(current: Profile, chosen: Chosen) -> tuple[list[Line], list[LeftOut]]:
    """The scoring rate of each group and its ratio, where score bins were counted by group."""
    lines: list[Line] = []
    out: list[LeftOut] = []
    if chosen.config.score is None or current.scores is None:
        return lines, out
    usable = tuple(p for p in chosen.config.protected if p.grounds)
    sets = [(one, _counts(current, one, usable)) for one in grouped(current, usable)]
    groups = sum(len(one.labels) for one, _ in sets)
    made = sum(pairs(len(one.labels), one.reference) for one, _ in sets)
    for one, found in sets:
        if found is None:
            continue
        if isinstance(found, Undefined):
            lines += [chosen.line(PART, m, one.over, found) for m in (RATE, RATIO)]
            continue
        lines.extend(_rates(one, found, groups, chosen))
        _ratios(one, found, max(1, made), chosen, lines, out)
    return lines, out


def _counts(
    profile: Profile, one: Grouped, usable: tuple[Protected, ...]
) -> Counted | Undefined | None:
    names = one.attributes
    cells = next((c for c in profile.group_scores.values() if set(names) <= set(c.dims)), None)
    if cells is None or profile.scores is None:
        return None
    groups, _, joint = cells.joined(names)
    known = np.array([not {MISSING, OTHER} & set(g) for g in groups], dtype=np.bool_)
    table = joint.weighed("group", "bin")[:, :GROUP_SCORE_BINS]
    labels = tuple(", ".join(g) for g, k in zip(groups, known, strict=True) if k)
    if labels != one.labels or not labels:
        return None
    fine = profile.scores.weighed("bin")[:SCORE_BINS]
    scale = kish_scale(fine)
    whole = np.array_equal(fine.weight, fine.rows)
    made = above_median(
        fine.weight * scale, table.weight.sum(axis=0) * scale, table.weight[known] * scale,
        whole=whole,
    )  # fmt: skip
    if isinstance(made, Undefined):
        return made
    return Counted(_effective(made, table[known]), made.total, table.rows[known].sum(axis=1))


def _effective(found: AboveMedian, table: Weighed) -> AboveMedian:
    """Each group at its own effective size. table: its rows by coarse bin, shape (g, c)."""
    part = found.at // (SCORE_BINS // GROUP_SCORE_BINS)
    share = np.divide(
        found.above, found.total, out=np.zeros_like(found.total), where=found.total > 0
    )
    upper, middle = table[:, part + 1 :].sum(axis=1), table[:, part]
    rest = share * table.weight.sum(axis=1) - upper.weight
    taken = np.divide(rest, middle.weight, out=np.zeros_like(rest), where=middle.weight > 0)
    some = Weighed(*(np.clip(taken, 0, 1) * x for x in (middle.rows, middle.weight, middle.square)))
    yes = upper + some
    both = table.sum(axis=1)
    scale = rate_scale(yes, both - yes) * np.divide(
        both.weight, found.total, out=np.ones_like(rest), where=found.total > 0
    )
    return replace(
        found, above=found.above * scale, least=found.least * scale, most=found.most * scale,
        total=found.total * scale,
    )  # fmt: skip


def _widened(found: Measured, rows: tuple[float, float]) -> Measured:
    """A rate with the bound that the bins leave."""
    if isinstance(found, Undefined):
        return found
    return replace(found, bound=(rows[0] / found.n, rows[1] / found.n))


def _rates(one: Grouped, counted: Counted, groups: int, chosen: Chosen) -> Iterator[Line]:
    found = counted.found
    threshold = chosen.of(RATE, one.over)
    each = bonferroni_level(chosen.level, max(1, groups))
    plain, wide = (group_rates(found.above, found.total, level) for level in (LEVEL, each))
    ends = list(zip(found.least.tolist(), found.most.tolist(), strict=True))
    for i, name in enumerate(one.labels):
        own, joint = _widened(plain[i], ends[i]), _widened(wide[i], ends[i])
        yield Line(
            PART, RATE, one.over, own, judge(joint, threshold), name, threshold,
            rows=float(counted.rows[i]),
            judged_on=joint.interval if isinstance(joint, Estimate) else None,
        )  # fmt: skip


def _ratios(
    one: Grouped, counted: Counted, family: int, chosen: Chosen, lines: list[Line],
    out: list[LeftOut],
) -> None:  # fmt: skip
    found = counted.found
    threshold = chosen.of(RATIO, one.over)
    policy = Policy(
        reference=one.reference, threshold=threshold, minimum_share=minimum_share(chosen.config),
        comparisons=family, joint=chosen.level, sizes=tuple(counted.weight.tolist()),
    )  # fmt: skip
    if len(one.labels) < 2 or (one.reference != HIGHEST and one.reference not in one.labels):
        return
    made = scoring_ratio(found.above, found.total, one.labels, policy)
    if isinstance(made, Undefined):
        lines.append(chosen.line(PART, RATIO, one.over, made))
        return
    at = one.labels.index(made.reference)
    judged = [_ratio(one, g, i, at, found, made, chosen) for i, g in enumerate(made.groups)]
    lines.extend(replace(x, rows=float(n)) for x, n in zip(judged, counted.rows, strict=True))
    pairs_ = zip(judged, counted.weight.tolist(), strict=True)
    open_ = sum(w for x, w in pairs_ if x.judgement.verdict in _OPEN)
    share = float(open_ / counted.weight.sum()) if threshold else None
    rows = one.unknown.rows.sum() + one.table.rows.sum()
    lacking = int(rows - counted.rows.sum())
    out.append(LeftOut(RATIO, one.over, made.reference, family, made.each_level, share, lacking))


_OPEN: Final = (Verdict.NOT_ENOUGH_DATA, Verdict.UNDEFINED)


def _ratio(
    one: Grouped, g: GroupResult, i: int, at: int, found: AboveMedian, made: Comparison,
    chosen: Chosen,
) -> Line:  # fmt: skip
    threshold = chosen.of(RATIO, one.over)
    against, judgement = g.against, g.judgement
    if isinstance(against, Estimate) and i != at:
        bound = _bound(found, i, at)
        against = replace(against, bound=bound)
        judgement = _again(against, g.joint, judgement, chosen, one.over)
    rate = _widened(g.rate, (float(found.least[i]), float(found.most[i])))
    return Line(
        PART, RATIO, one.over, against, judgement, g.group, threshold, made.reference, rate,
        g.n, g.joint, g.needed,
    )  # fmt: skip


def _bound(found: AboveMedian, i: int, at: int) -> tuple[float, float] | None:
    """The lowest and highest ratio of the rows behind the bins; None if it has no upper end."""
    if found.least[at] == 0:
        return None
    n, m = found.total[i], found.total[at]
    low = (found.least[i] / n) / (found.most[at] / m)
    return float(low), float((found.most[i] / n) / (found.least[at] / m))


def _again(
    against: Estimate, joint: Interval | None, judgement: Judgement, chosen: Chosen, over: str
) -> Judgement:
    """What the joint interval says once the bins are counted in; the rules on rows stand first."""
    if judgement.verdict not in (Verdict.BREACH, Verdict.NO_BREACH) or joint is None:
        return judgement
    if against.bound is None:
        return Judgement(Verdict.NOT_ENOUGH_DATA, "the bins leave the reference's rate open")
    return judge(replace(against, interval=joint), chosen.of(RATIO, over))
