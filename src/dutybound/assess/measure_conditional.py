"""Impact ratios among like with like: conditional on each factor that was called legitimate."""

from __future__ import annotations

from collections.abc import Iterator

from dutybound.assess.measure_fairness import PART, Grouped, grouped, reference_of
from dutybound.assess.measure_lines import LEVEL, Chosen, Line
from dutybound.measure.effective import Weighed
from dutybound.measure.multiplicity import bonferroni_level
from dutybound.measure.strata import conditional
from dutybound.measure.verdict import judge
from dutybound.measure.weighted import strata_scale
from dutybound.terms.measure import Estimate, Measured, Undefined
from dutybound.terms.table import MISSING, OTHER
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.profile import Profile

MEASURE = "conditional-impact-ratio"


def conditional_lines(current: Profile, chosen: Chosen) -> Iterator[Line]:
    """For each factor and each attribute that was counted with it: every group's ratio.

    Strata and groups that are not known are left out. Which factors are legitimate is for the
    organisation to say; a factor that carries the bias explains it away.
    """
    config = chosen.config
    if config.decision is None:
        return
    usable = tuple(p for p in config.protected if p.grounds)
    sets = [s for s in grouped(current, usable) if len(s.attributes) == 1]
    for factor, cells in current.factors.items():
        for one in sets:
            if one.over in cells.dims:
                yield from _given(factor, cells, one, chosen)


def _given(factor: str, cells: Cells, one: Grouped, chosen: Chosen) -> Iterator[Line]:
    over = f"{one.over} given {factor}"
    reference = reference_of(one)
    if isinstance(reference, Undefined):
        yield chosen.line(PART, MEASURE, over, reference)
        return
    strata = [i for i, n in enumerate(cells.levels[factor]) if n not in (MISSING, OTHER)]
    names = tuple(cells.levels[factor][i] for i in strata)
    table = cells.weighed(factor, one.over, "decision")[strata]
    levels = cells.levels[one.over]
    others = [g for g in one.labels if g != reference]
    threshold = chosen.of(MEASURE, over)
    each = bonferroni_level(chosen.level, max(1, len(others) * len(chosen.config.legitimate)))
    for group in others:
        pair = table[:, levels.index(group)], table[:, levels.index(reference)]
        found, wide = (_ratio(*pair, names, level) for level in (LEVEL, each))
        joint = wide.interval if isinstance(wide, Estimate) else None
        rows = float(pair[0].rows[:, :2].sum())
        yield Line(
            PART, MEASURE, over, found, judge(wide, threshold), group, threshold, reference,
            rows=rows, judged_on=joint,
        )  # fmt: skip


def _ratio(mine: Weighed, others: Weighed, names: tuple[str, ...], level: float) -> Measured:
    """mine, others: shape (strata, 3), rows by decision."""
    if not names:
        return Undefined("no row has a known stratum")
    pairs = [(x[:, 1], x[:, 0]) for x in (mine, others)]
    scale = strata_scale(*pairs)
    (a, n), (b, m) = ((yes.weight * scale, (yes.weight + no.weight) * scale) for yes, no in pairs)
    found = conditional(a, n, b, m, names, level)
    ratio = found.ratio
    if isinstance(ratio, Undefined):
        return ratio
    note = f"{found.left_out:.1%} of the rows are in strata that hold one group only"
    return Estimate(ratio.value, ratio.interval, ratio.method, ratio.n, ratio.bound, note)
