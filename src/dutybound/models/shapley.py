"""SHAP values through the library shap: trees and linear models exactly, any model by sampling."""

from __future__ import annotations

import warnings
from typing import Any, Final

import numpy as np

from dutybound.models.contributions import Contributions
from dutybound.models.model import Array, ModelError, Progress, SamplePlan, Scorer, quiet

TREE: Final = "tree-shap-path-dependent"
TREE_BACKGROUND: Final = "tree-shap-interventional"
PATH: Final = "tree-path-attribution"
PERMUTATION: Final = "permutation-shap"
CHUNK: Final = 2_000  # rows between two reports of progress


def _shap() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its plots and notebooks, which are not used
            import shap
    except ImportError as error:
        raise ModelError(
            "SHAP values need the library shap. Install it with: pip install 'dutybound[explain]'"
        ) from error
    return shap


def tree_shap(
    trees: object,
    x: Array,
    *,
    unit: str,
    background: Array | None = None,
    progress: Progress = quiet,
) -> Contributions:
    """SHAP values of a tree model, for its raw output.

    trees: a model that shap knows (scikit-learn, XGBoost, LightGBM, CatBoost). x: shape (n, d).
    unit: of its raw output: `log-odds` for boosted classifiers, `score` for forests and single
    trees. background: rows that stand for "feature unknown"; without it the paths of the trees
    do. A row's values and its base add up to the raw output. Of two classes the second counts.
    Progress counts rows. Source: Lundberg and others 2020, Nature Machine Intelligence 2.
    Raises ModelError.
    """
    kind = "tree_path_dependent" if background is None else "interventional"
    options = {"data": background, "feature_perturbation": kind}
    found, base = _by_trees(trees, x, options, False, progress)
    method = TREE if background is None else TREE_BACKGROUND
    note = "" if background is None else f"{len(background)} background rows"
    return Contributions(found, method, unit, base, note=note)


def path_attribution(
    trees: object, x: Array, *, unit: str, progress: Progress = quiet
) -> Contributions:
    """What each split on a row's path through the trees adds, given to the feature it asks for.

    As `tree_shap` without background, and many times faster; equal to it for trees of one split.
    A row's values and its base add up to the raw output. Features near the root get too little.
    Source: Saabas 2014 (treeinterpreter); `approx_contribs` of XGBoost. Raises ModelError.
    """
    options = {"feature_perturbation": "tree_path_dependent"}
    found, base = _by_trees(trees, x, options, True, progress)
    return Contributions(found, PATH, unit, base)


def _by_trees(
    trees: object, x: Array, options: dict[str, Any], approximate: bool, progress: Progress
) -> tuple[Array, Array]:
    """Values of shape (n, d) and the base of each row."""
    shap = _shap()
    try:
        explainer = shap.TreeExplainer(trees, **options)
        parts = []
        for start in range(0, len(x), CHUNK):
            values = explainer.shap_values(
                x[start : start + CHUNK], approximate=approximate, check_additivity=False
            )
            parts.append(_second(np.asarray(values, dtype=np.float64)))
            progress(min(start + CHUNK, len(x)), len(x))
    except (NotImplementedError, TypeError, ValueError) as error:
        raise ModelError(f"shap cannot explain this model as trees: {error}") from error
    base = float(np.atleast_1d(np.asarray(explainer.expected_value, dtype=np.float64))[-1])
    found = np.concatenate(parts) if parts else np.zeros(x.shape)
    return found, np.full(len(x), base)


def _second(values: Array) -> Array:
    """Of one array for each class, shape (n, d, c), the last."""
    return values[:, :, -1] if values.ndim == 3 else values


def permutation_shap(
    scorer: Scorer,
    x: Array,
    background: Array,
    plan: SamplePlan,
    *,
    repeats: int = 5,
    progress: Progress = quiet,
) -> Contributions:
    """SHAP values of any model by walks through permutations of its features.

    x: shape (n, d). background: rows for "feature unknown", of which `plan` draws some. repeats:
    independent runs of one walk there and back each, at least 2; `error` is the standard error of
    their mean. Values and base add up to the score exactly. Unit: score. Progress counts repeats.
    Source: Mitchell and others 2022, Journal of Machine Learning Research 23. Raises ModelError.
    Cost: repeats x n x 2d x background rows scorings.
    """
    shap = _shap()
    if repeats < 2:
        raise ModelError("`repeats` is at least 2: one run has no sampling error.")
    rows, behind = scorer.rows(x), scorer.rows(background)
    drawn = behind[plan.draw(len(behind))]
    masker = shap.maskers.Independent(drawn, max_samples=len(drawn))
    runs = []
    for i in range(repeats):
        explainer = shap.explainers.Permutation(scorer.score, masker, seed=plan.seed + i)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its progress bar
            got = explainer(rows, max_evals=2 * rows.shape[1] + 1, silent=True)
        runs.append(np.asarray(got.values, dtype=np.float64))
        progress(i + 1, repeats)
    stack = np.stack(runs)
    base = np.full(len(rows), float(scorer.score(drawn).mean()))
    note = f"{repeats} repeats, {len(drawn)} background rows, {plan.how}, seed {plan.seed}"
    error = stack.std(axis=0, ddof=1) / np.sqrt(repeats)
    return Contributions(stack.mean(axis=0), PERMUTATION, "score", base, error, note)
