"""Reasons of all adverse decisions by the method that fits, tested, beside SHAP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dutybound.assess.model_loading import Loaded
from dutybound.errors import BadInput
from dutybound.models.contributions import Contributions, linear_points, replacement
from dutybound.models.model import Array, DecisionRule, Progress, SamplePlan
from dutybound.models.reasons import (
    ReasonTable,
    reason_table,
    with_agreement,
    with_deletion_test,
)
from dutybound.models.screening import Choice, Screened, screened_replacement
from dutybound.models.shapley import path_attribution, permutation_shap, tree_shap
from dutybound.terms.model_file import Method, ModelConfig

MANY: Final = 50_000  # adverse decisions from which `auto` screens
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Given:
    """The reasons, and how features were screened if they were."""

    table: ReasonTable
    screened: Screened | None


def give_reasons(
    config: ModelConfig,
    loaded: Loaded,
    x: Array,
    places: Places,
    scores: Array,
    reference: Array,
    report: Callable[[str, int, int], None],
) -> Given:
    """Rank, test and compare. x: all rows. places: of the adverse ones; scores: theirs."""
    cases = x[places]
    rule = DecisionRule(config.decision.threshold, config.decision.adverse)
    method = _method(config, loaded, len(cases))
    screened = None
    if method == "screened":
        screened = screened_replacement(
            loaded.scorer,
            cases,
            reference,
            Choice(rule.sign, config.reasons.places + len(config.protected)),
            SamplePlan(config.sampling.screening, config.sampling.seed),
            scores=scores,
            progress=lambda done, whole: report("reasons", done, whole),
        )
        found = screened.found
    else:
        found = _contributions(method, loaded, cases, reference, report)
    table = reason_table(
        loaded.scorer,
        cases,
        rule,
        found,
        reference,
        rows=places,
        places=config.reasons.places,
        least=config.reasons.least,
        never=config.protected,
        scores=scores,
    )
    report("deletion test", 0, len(cases))
    table = with_deletion_test(table, loaded.scorer, seed=config.sampling.seed)
    plan = SamplePlan(config.sampling.agreement, config.sampling.seed)
    beside = shap_values(
        config,
        loaded,
        cases[plan.draw(len(cases))],
        x,
        lambda done, whole: report("agreement with SHAP", done, whole),
    )
    return Given(with_agreement(table, beside, plan), screened)


def shap_values(
    config: ModelConfig, loaded: Loaded, sample: Array, x: Array, progress: Progress
) -> Contributions:
    """SHAP values of a sample: by trees where they are given, else by permutations."""
    if loaded.trees is not None:
        return tree_shap(loaded.trees, sample, unit=loaded.unit, progress=progress)
    plan = SamplePlan(config.sampling.background, config.sampling.seed)
    return permutation_shap(
        loaded.scorer, sample, x, plan, repeats=config.sampling.repeats, progress=progress
    )


def _method(config: ModelConfig, loaded: Loaded, count: int) -> Method:
    chosen = config.reasons.method
    if chosen == "points" and loaded.weights is None:
        raise BadInput.one("reasons", "`points` needs a model that is written out: `logistic`.")
    if chosen == "paths" and loaded.trees is None:
        raise BadInput.one("reasons", "`paths` needs `trees` beside the model.")
    if chosen != "auto":
        return chosen
    if loaded.weights is not None:
        return "points"
    if loaded.trees is not None:
        return "paths"
    return "screened" if count > MANY else "replacement"


def _contributions(
    method: Method,
    loaded: Loaded,
    cases: Array,
    reference: Array,
    report: Callable[[str, int, int], None],
) -> Contributions:
    def progress(done: int, whole: int) -> None:
        report("reasons", done, whole)

    if method == "points" and loaded.weights is not None:
        return linear_points(loaded.weights, cases, reference)
    if method == "paths" and loaded.trees is not None:
        return path_attribution(loaded.trees, cases, unit=loaded.unit, progress=progress)
    return replacement(loaded.scorer, cases, reference, progress=progress)
