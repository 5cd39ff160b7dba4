"""What happens to scores and decisions when inputs are disturbed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from dutybound.measure.disturbance import decision_change_rate
from dutybound.measure.intervals import rate
from dutybound.measure.reasons import mean_of
from dutybound.models.model import (
    SLACK,
    Array,
    DecisionRule,
    Flags,
    ModelError,
    Progress,
    SamplePlan,
    Scorer,
    quiet,
)
from dutybound.models.reference import spreads
from dutybound.terms.measure import Measured, Undefined

SIZE: Final = 0.1  # of a feature's spread


@dataclass(frozen=True, slots=True)
class Disturbed:
    """What one disturbance did.

    test: its name. feature: the one disturbed, or None for all. how: size, seed and draws.
    changed: share of rows with another decision. moved: mean of the absolute move of the score.
    worst: largest move that was seen. refused: share of rows for which the model gave no score in
    [0, 1]; those are left out of the others.
    """

    test: str
    feature: str | None
    how: str
    changed: Measured
    moved: Measured
    worst: float
    refused: Measured


@dataclass(frozen=True, slots=True)
class Bench:
    """What the tests of robustness share. rows: shape (n, d), a sample that `plan` drew.
    spread: shape (d,), over all rows. level: of the intervals."""

    scorer: Scorer
    rule: DecisionRule
    rows: Array
    spread: Array
    scores: Array
    plan: SamplePlan
    level: float = 0.95

    def judge(self, test: str, feature: str | None, how: str, ways: list[Array]) -> Disturbed:
        """Compare scores with those before. ways: one or more of shape (n,), `nan` where the model
        gave none. A decision counts as changed if any way changes it; the farthest score counts.
        """
        after = np.stack(ways)
        inside = np.isfinite(after) & (after >= -SLACK) & (after <= 1 + SLACK)
        known = np.logical_and.reduce(inside)
        before, now = self.scores[known], after[:, known]
        moves = np.abs(now - before).max(axis=0)
        decisions = self.rule.is_adverse(before), self.rule.is_adverse(now)
        return Disturbed(
            test,
            feature,
            f"{how}; {len(self.rows)} rows, {self.plan.how}, seed {self.plan.seed}",
            decision_change_rate(*decisions, self.level),
            mean_of(moves, self.level, (0.0, 1.0)),
            float(moves.max(initial=0.0)),
            rate(float((~known).sum()), float(known.size), self.level),
        )

    def try_scores(self, x: Array) -> Array:
        """Scores of rows that the model may refuse, `nan` where it does.

        A model that refuses the whole is asked row by row. One that refuses the first 200 rows is
        taken to refuse the rest.
        """
        try:
            return self.scorer.raw(x)
        except ModelError:
            found = np.full(len(x), np.nan)
        for i in range(len(x)):
            if i == 200 and np.isnan(found).all():
                break
            try:
                found[i] = self.scorer.raw(x[i : i + 1])[0]
            except ModelError:
                continue
        return found


def bench(
    scorer: Scorer,
    x: Array,
    rule: DecisionRule,
    plan: SamplePlan | None = None,
    level: float = 0.95,
) -> Bench:
    """Draw the sample that the tests run on. x: shape (n, d). Raises ModelError."""
    rows = scorer.rows(x)
    chosen = plan or SamplePlan()
    drawn = rows[chosen.draw(len(rows))]
    return Bench(scorer, rule, drawn, spreads(scorer, rows), scorer.score(drawn), chosen, level)


def perturbation(b: Bench, size: float = SIZE, progress: Progress = quiet) -> tuple[Disturbed, ...]:
    """One feature at a time by `size` spreads up, then down; categories to each other value.

    A decision counts as changed if one of them changes it. Progress counts features.
    """
    found = []
    for j, feature in enumerate(b.scorer.features):
        if feature.values:
            ways = [np.where(b.rows[:, j] == v, b.rows[:, j], v) for v in feature.values]
            how = "each other value of the category"
        else:
            ways = [b.rows[:, j] + s * size * b.spread[j] for s in (1.0, -1.0)]
            how = f"{size:g} spreads up and down"
        after = [b.scorer.score(_column(b.rows, j, values)) for values in ways]
        found.append(b.judge("perturbation", feature.name, how, after))
        progress(j + 1, len(b.scorer.features))
    return tuple(found)


def missing_values(b: Bench, progress: Progress = quiet) -> tuple[Disturbed, ...]:
    """One feature at a time is missing (`nan`) in every row. Progress counts features."""
    found = []
    for j, feature in enumerate(b.scorer.features):
        after = b.try_scores(_column(b.rows, j, np.full(len(b.rows), np.nan)))
        found.append(b.judge("missing-values", feature.name, "missing in every row", [after]))
        progress(j + 1, len(b.scorer.features))
    return tuple(found)


def out_of_range(b: Bench, times: float = 1.0, progress: Progress = quiet) -> tuple[Disturbed, ...]:
    """One feature at a time lies above, then below its range by `times` the range.

    The range is the feature's own, or that of the sample. Of a category: a code that it does not
    have. A row counts as refused if either is. A model that scores such rows as if nothing were
    wrong has refused none: that is for the reader to judge.
    """
    found = []
    for j, feature in enumerate(b.scorer.features):
        known = feature.values or tuple(b.rows[:, j][~np.isnan(b.rows[:, j])])
        low = min(known, default=0.0) if feature.low is None else feature.low
        high = max(known, default=0.0) if feature.high is None else feature.high
        reach = max(high - low, 1.0) * times
        ends = (high + reach, low - reach)
        after = [b.try_scores(_column(b.rows, j, np.full(len(b.rows), e))) for e in ends]
        how = f"{ends[0]:g} and {ends[1]:g}"
        found.append(b.judge("out-of-range", feature.name, how, after))
        progress(j + 1, len(b.scorer.features))
    return tuple(found)


def noise(b: Bench, size: float = SIZE) -> Disturbed:
    """Gaussian noise on all numeric features at once, `size` spreads, one draw for each row."""
    rng = np.random.default_rng([b.plan.seed, 2])
    after = b.scorer.score(b.rows + rng.standard_normal(b.rows.shape) * b.spread * size)
    return b.judge("gaussian-noise", None, f"{size:g} spreads, one draw for each row", [after])


def worst_of(
    b: Bench, draws: int = 50, size: float = SIZE, progress: Progress = quiet
) -> Disturbed:
    """The worst of several seeded draws from the box of `size` spreads around each row.

    Half of the draws lie inside the box, half on its corners. A decision counts as changed if any
    draw changes it, and the farthest score counts. Progress counts draws. Limits: a search by
    chance finds at most what a purposeful adversary finds; more draws find more.
    """
    if draws < 1:
        raise ModelError("`draws` is at least 1.")
    rng = np.random.default_rng([b.plan.seed, 3])
    after = []
    for i in range(draws):
        step = rng.uniform(-1.0, 1.0, b.rows.shape)
        if i % 2:
            step = np.sign(step)
        after.append(b.scorer.score(b.rows + step * b.spread * size))
        progress(i + 1, draws)
    how = f"worst of {draws} draws within {size:g} spreads"
    return b.judge("worst-of-draws", None, how, after)


@dataclass(frozen=True, slots=True)
class NearThreshold:
    """margin: in the unit of the score. share: of rows that near. near, far: share of those rows
    whose decision some draw of the noise changed; `far` are all others."""

    margin: float
    how: str
    share: Measured
    near: Measured
    far: Measured


def near_threshold(
    b: Bench, margin: float = 0.05, draws: int = 20, size: float = SIZE
) -> NearThreshold:
    """How stable decisions near the threshold are under seeded Gaussian noise."""
    if draws < 1 or not 0 < margin <= 1:
        raise ModelError("`draws` is at least 1, and `margin` above 0 and at most 1.")
    rng = np.random.default_rng([b.plan.seed, 4])
    before = b.rule.is_adverse(b.scores)
    changed = np.zeros(len(b.rows), dtype=np.bool_)
    for _ in range(draws):
        step = rng.standard_normal(b.rows.shape) * b.spread * size
        changed |= b.rule.is_adverse(b.scorer.score(b.rows + step)) != before
    near = np.abs(b.scores - b.rule.threshold) <= margin
    how = f"{draws} draws of Gaussian noise of {size:g} spreads, seed {b.plan.seed}"

    def share(rows: Flags) -> Measured:
        if not rows.size:
            return Undefined("no row lies there")
        return rate(float(rows.sum()), float(rows.size), b.level)

    return NearThreshold(margin, how, share(near), share(changed[near]), share(changed[~near]))


def _column(rows: Array, j: int, values: Array) -> Array:
    found = rows.copy()
    found[:, j] = values
    return found
