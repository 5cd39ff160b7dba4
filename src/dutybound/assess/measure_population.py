"""Whether the rows have the mix of a population that the configuration names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from dutybound.assess.measure_fairness import PART, Grouped, grouped
from dutybound.assess.measure_lines import LEVEL, Chosen, Line
from dutybound.measure.effective import share_scale
from dutybound.measure.multiplicity import bonferroni_level
from dutybound.measure.population import Mix, representativeness
from dutybound.measure.verdict import judge
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined
from dutybound.terms.table import Population, Protected
from dutybound.warehouse.profile import Profile

WHOLE: Final = "representativeness"
GAP: Final = "representation-gap"


def population_lines(current: Profile, reference: Profile | None, chosen: Chosen) -> Iterator[Line]:
    """For each population: the distance of the mixes, then the gap of each group."""
    asked = chosen.config.population
    if not asked:
        return
    usable = tuple(p for p in chosen.config.protected if p.grounds)
    now = grouped(current, usable)
    then = [] if reference is None else grouped(reference, usable)
    gaps = sum(len(one.shares) for one in asked)
    for one in asked:
        over = _order(one, usable)
        mix = _mix(one, now, len(asked), chosen.level)
        before = None if reference is None else _mix(one, then, 1, LEVEL)[0]
        yield from _lines(over, mix, before, chosen, gaps, one, now)


def _order(one: Population, usable: tuple[Protected, ...]) -> str:
    """The attributes as reports name them: in the order of the configuration."""
    return ", ".join(p.by.name for p in usable if p.by.name in one.over) or ", ".join(one.over)


def _of(one: Population, sets: list[Grouped]) -> Grouped | None:
    return next((s for s in sets if set(s.attributes) == set(one.over)), None)


def _mix(
    one: Population, sets: list[Grouped], family: int, level: float
) -> tuple[Mix | Undefined, Mix | Undefined]:
    """At 95 %, and at the level that verdicts need."""
    mine = _of(one, sets)
    if mine is None:
        none = Undefined(f"rows were not counted by {', '.join(one.over)} together")
        return none, none
    counted = mine.table.sum(axis=(1, 2))
    effective = counted.weight * share_scale(counted)
    rows = dict(zip(mine.labels, effective.tolist(), strict=True))
    shares = {_named(group, one, mine): share for group, share in one.shares.items()}
    unknown = [g for g in rows if g not in shares]
    if unknown:
        none = Undefined(f"the population says nothing of the group `{unknown[0]}`")
        return none, none
    counts = [rows.get(g, 0.0) for g in shares]
    make = partial(
        representativeness, counts, list(shares.values()), list(shares), persons=one.persons
    )
    return make(level=LEVEL), make(level=bonferroni_level(level, max(1, family)))


def _named(group: str, one: Population, mine: Grouped) -> str:
    """A joint group in the order of the counts: `over` may name the attributes in another one."""
    parts = group.split(", ")
    if len(parts) != len(one.over):
        return group
    return ", ".join(parts[one.over.index(a)] for a in mine.attributes)


def _lines(
    over: str,
    mix: tuple[Mix | Undefined, Mix | Undefined],
    before: Mix | Undefined | None,
    chosen: Chosen,
    gaps: int,
    one: Population,
    now: list[Grouped],
) -> Iterator[Line]:
    plain, wide = mix
    against = f"{one.source}, {one.as_of}"
    if isinstance(plain, Undefined) or isinstance(wide, Undefined):
        none = plain if isinstance(plain, Undefined) else Undefined("there is no row")
        yield chosen.line(PART, WHOLE, over, none)
        return
    threshold = chosen.of(WHOLE, over)
    yield Line(
        PART, WHOLE, over, plain.distance, judge(wide.distance, threshold), threshold=threshold,
        against=against, judged_on=_interval(wide.distance),
        before=None if before is None else _distance(before),
    )  # fmt: skip
    each = _mix(one, now, gaps, chosen.level)[1]
    threshold = chosen.of(GAP, over)
    for group, gap in plain.gaps.items():
        joint = gap if isinstance(each, Undefined) else each.gaps[group]
        rows = _rows(one, now, group) if isinstance(gap, Estimate) else None
        yield Line(
            PART, GAP, over, gap, judge(joint, threshold), group, threshold, against, rows=rows,
            judged_on=_interval(joint),
        )  # fmt: skip


def _rows(one: Population, sets: list[Grouped], group: str) -> float:
    mine = _of(one, sets)
    if mine is None or group not in mine.labels:
        return 0.0
    return float(mine.table.rows[mine.labels.index(group)].sum())


def _interval(found: Measured) -> Interval | None:
    return found.interval if isinstance(found, Estimate) else None


def _distance(mix: Mix | Undefined) -> Measured:
    return mix if isinstance(mix, Undefined) else mix.distance
