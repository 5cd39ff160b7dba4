"""`explain-model`: reasons, importance, cohorts, counterfactuals, stability and robustness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from dutybound.assess.model_lines import (
    AGREEMENT,
    CHANGE,
    FIDELITY,
    STABILITY,
    ModelLine,
    check_thresholds,
    judged_lines,
    judged_of,
)
from dutybound.assess.model_loading import Loaded, load_models
from dutybound.assess.model_reasons import Given, give_reasons
from dutybound.measure.intervals import rate
from dutybound.measure.reasons import Stability, stability
from dutybound.models.contributions import Contributions, replacement
from dutybound.models.counterfactuals import Counterfactual, NoneFound, counterfactual
from dutybound.models.model import Array, DecisionRule, Progress, SamplePlan, Scorer
from dutybound.models.overview import Cohort, Importance, Piece, cohorts, dependence, importance
from dutybound.models.reference import reference_row, spreads
from dutybound.models.robustness import (
    Disturbed,
    NearThreshold,
    bench,
    missing_values,
    near_threshold,
    noise,
    out_of_range,
    perturbation,
    worst_of,
)
from dutybound.models.rows_file import Rows, read_rows
from dutybound.terms.measure import Measured, Undefined
from dutybound.terms.model_file import ModelConfig
from dutybound.terms.table import ChosenThreshold

Report: TypeAlias = Callable[[str, int, int], None]
MOST_PIECES: Final = 50  # features whose dependence is given
LIMITS: Final = (
    "These are facts about the model. They do not say what causes what in the world, nor that a "
    "reason or a change may be put to a person in these words.",
    "Contributions are against one reference row; another reference gives other contributions.",
    "Features that hold the same information share or hide each other's part.",
    "Intervals take rows as independent, and are about rows like those of this table.",
    "Disturbances are searched by chance: a purposeful adversary can find more.",
    "Two methods that agree on reasons can both be wrong.",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One adverse decision of the sample. at: its place in the reasons."""

    at: int
    change: Counterfactual | NoneFound


@dataclass(frozen=True, slots=True)
class Overview:
    """importance, pieces (by feature): of SHAP values on a sample. rows: of that sample.
    value_error: by feature, mean standard error of a value; None if values are exact. of: what
    the values are and how they were drawn."""

    importance: tuple[Importance, ...]
    pieces: dict[str, tuple[Piece, ...]]
    rows: int
    value_error: dict[str, float] | None
    of: Contributions


@dataclass(frozen=True, slots=True)
class Explained:
    """All that a run found. reference, spread: shape (d,). given: None without adverse decisions;
    so are `cases`. stable: Undefined without refits. unused: thresholds that met no value."""

    config: ModelConfig
    table: str
    scorer: Scorer
    rows: int
    labelled: int | None
    reference: Array
    spread: Array
    adverse: Measured
    given: Given | None
    overview: Overview
    cohorts: tuple[Cohort, ...] | Undefined
    cases: tuple[Case, ...]
    changeable: Measured
    stable: Stability | Undefined
    disturbed: tuple[Disturbed, ...]
    near: NearThreshold
    lines: tuple[ModelLine, ...]
    unused: tuple[ChosenThreshold, ...]
    ids: Any | None = None
    limits: tuple[str, ...] = LIMITS

    @property
    def judged(self) -> tuple[ModelLine, ...]:
        """The lines that a threshold was chosen for, worst first."""
        return tuple(judged_of(self.lines))

    @property
    def withheld(self) -> int:
        """Decisions in which a feature that may not be named stood among the reasons."""
        return 0 if self.given is None else int(self.given.table.withheld.sum())


def explain_model(
    config: ModelConfig, table: Path, *, allow_code: bool, report: Report
) -> Explained:
    """Explain a model on the rows of a table. Raises BadInput, ModelError.

    report: called with a stage, the work done and the whole. Every draw is under the seed of the
    configuration, so the same input gives the same result.
    """
    check_thresholds(config.thresholds)
    loaded, refits = load_models(config, allow_code=allow_code)
    rows = read_rows(table, config.features, config.row_id, config.label, _of(report, "rows read"))
    return _Run(config, loaded, refits, rows, report).whole(table.name)


def _of(report: Report, stage: str) -> Progress:
    return lambda done, whole: report(stage, done, whole)


@dataclass(frozen=True, slots=True)
class _Run:
    config: ModelConfig
    loaded: Loaded
    refits: tuple[Scorer, ...]
    rows: Rows
    report: Report

    @property
    def scorer(self) -> Scorer:
        return self.loaded.scorer

    @property
    def rule(self) -> DecisionRule:
        return DecisionRule(self.config.decision.threshold, self.config.decision.adverse)

    def plan(self, rows: int) -> SamplePlan:
        return SamplePlan(rows, self.config.sampling.seed)

    def whole(self, table: str) -> Explained:
        x = self.rows.x
        reference, spread = reference_row(self.scorer, x), spreads(self.scorer, x)
        self.report("scores", 0, len(x))
        scores = self.scorer.score(self.scorer.rows(x))
        bad = self.rule.is_adverse(scores)
        places = np.flatnonzero(bad)
        given = None
        if places.size:
            given = give_reasons(
                self.config, self.loaded, x, places, scores[places], reference, self.report
            )
        overview = self._overview()
        errors = self._cohorts(scores)
        cases, changeable = self._cases(places, spread)
        stable = self._stable(places, reference)
        disturbed, near = self._disturbed()
        lines, unused = judged_lines(_values(given, stable, disturbed), self.config.thresholds)
        known = self.rows.label
        return Explained(
            self.config, table, self.scorer, len(x),
            None if known is None else int((~np.isnan(known)).sum()),
            reference, spread, rate(float(bad.sum()), float(bad.size)), given, overview, errors,
            cases, changeable, stable, disturbed, near, lines, unused, self.rows.ids,
        )  # fmt: skip

    def _overview(self) -> Overview:
        from dutybound.assess.model_reasons import shap_values

        drawn = self.plan(self.config.sampling.importance).draw(len(self.rows))
        sample = self.rows.x[drawn]
        found = shap_values(
            self.config, self.loaded, sample, self.rows.x, _of(self.report, "importance by SHAP")
        )
        ranked = importance(self.scorer, found)
        pieces = {
            i.feature: dependence(self.scorer, sample, found, i.feature)
            for i in ranked[:MOST_PIECES]
        }
        error = None
        if found.error is not None:
            means = found.error.mean(axis=0)
            error = {name: float(m) for name, m in zip(self.scorer.names, means, strict=True)}
        return Overview(ranked, pieces, len(sample), error, found)

    def _cohorts(self, scores: Array) -> tuple[Cohort, ...] | Undefined:
        label = self.rows.label
        if label is None:
            return Undefined("the configuration names no label")
        known = ~np.isnan(label)
        if known.sum() < 2:
            return Undefined("fewer than two rows have a label")
        self.report("cohorts", 0, 1)
        error = np.abs(label[known] - scores[known])
        plan = self.plan(self.config.sampling.cohorts)
        return cohorts(self.scorer, self.rows.x[known], error, plan)

    def _cases(self, places: Any, spread: Array) -> tuple[tuple[Case, ...], Measured]:
        if not any(f.changeable for f in self.scorer.features):
            return (), Undefined("no feature may change")
        found = []
        drawn = self.plan(self.config.sampling.counterfactuals).draw(len(places))
        for i, at in enumerate(drawn):
            row = self.rows.x[places[at]]
            found.append(Case(int(at), counterfactual(self.scorer, row, self.rule, spread)))
            self.report("counterfactuals", i + 1, len(drawn))
        turned = sum(isinstance(c.change, Counterfactual) for c in found)
        return tuple(found), rate(float(turned), float(len(found)))

    def _stable(self, places: Any, reference: Array) -> Stability | Undefined:
        if not self.refits:
            return Undefined("the configuration names no refits")
        if not places.size:
            return Undefined("there is no adverse decision")
        drawn = places[self.plan(self.config.sampling.stability).draw(len(places))]
        sample, found = self.rows.x[drawn], []
        for i, scorer in enumerate((self.scorer, *self.refits)):
            found.append(self.rule.sign * replacement(scorer, sample, reference).values)
            self.report("stability over refits", i + 1, len(self.refits) + 1)
        return stability(np.stack(found))

    def _disturbed(self) -> tuple[tuple[Disturbed, ...], NearThreshold]:
        chosen = self.config.disturbing
        plan = self.plan(self.config.sampling.robustness)
        b = bench(self.scorer, self.rows.x, self.rule, plan)
        found = (
            *perturbation(b, chosen.size, _of(self.report, "perturbation")),
            *missing_values(b, _of(self.report, "missing values")),
            *out_of_range(b, progress=_of(self.report, "out of range")),
            noise(b, chosen.size),
            worst_of(b, chosen.draws, chosen.size, _of(self.report, "worst of draws")),
        )
        return found, near_threshold(b, chosen.margin, chosen.draws, chosen.size)


def _values(
    given: Given | None, stable: Stability | Undefined, disturbed: tuple[Disturbed, ...]
) -> Iterator[tuple[str, str, Measured]]:
    none = Undefined("there is no adverse decision")
    table = None if given is None else given.table
    deletion = None if table is None else table.deletion
    compared = None if table is None else table.compared
    yield FIDELITY, "adverse decisions", none if deletion is None else deletion.moved
    yield AGREEMENT, "first reason", none if compared is None else compared.found.same_first
    yield AGREEMENT, "shared reasons", none if compared is None else compared.found.overlap
    ranking = stable if isinstance(stable, Undefined) else stable.correlation
    first = stable if isinstance(stable, Undefined) else stable.same_first
    yield STABILITY, "ranking", ranking
    yield STABILITY, "first reason", first
    for d in disturbed:
        over = d.test if d.feature is None else f"{d.test}: {d.feature}"
        yield CHANGE, over, d.changed
