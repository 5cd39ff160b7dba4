"""From `model.yaml` to a model that scores, with what its explanations can use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dutybound.errors import BadInput
from dutybound.models.load import load_callable, load_object
from dutybound.models.logistic import LogisticModel
from dutybound.models.model import Array, Feature, ModelError, Scorer
from dutybound.models.onnx_model import load_onnx
from dutybound.terms.model_file import ModelConfig, ModelFeature, ModelSource

ALLOW = "--allow-code"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model. weights: of a logistic one. trees, unit: fitted trees and what they give."""

    scorer: Scorer
    weights: Array | None = None
    trees: object | None = None
    unit: str = "score"


def load_models(config: ModelConfig, *, allow_code: bool) -> tuple[Loaded, tuple[Scorer, ...]]:
    """The model and its refits. Raises BadInput if code would run that was not allowed."""
    if config.runs_code and not allow_code:
        named = next(m for m in (config.model, *config.refits) if m.runs_code)
        raise BadInput.one(
            str(named.callable),
            f"This model is a function, and loading it runs its code. If you trust it, give "
            f"{ALLOW}. An ONNX file or a logistic model that is written out runs no code.",
        )
    features = tuple(_feature(f) for f in config.features)
    refits = (_load(m, config, features).scorer for m in config.refits)
    return _load(config.model, config, features), tuple(refits)


def _load(source: ModelSource, config: ModelConfig, features: tuple[Feature, ...]) -> Loaded:
    if source.onnx is not None:
        return Loaded(_onnx(source, features))
    if source.logistic is not None:
        columns = [f.column for f in config.features]
        weights = np.array([source.logistic.weights[c] for c in columns])
        model = LogisticModel(source.logistic.intercept, weights)
        return Loaded(Scorer(model, features, config.name), weights=weights)
    path = source.callable or ""
    trees = None if source.trees is None else load_object(source.trees)
    return Loaded(Scorer(load_callable(path), features, path), trees=trees, unit=source.unit)


def _onnx(source: ModelSource, features: tuple[Feature, ...]) -> Scorer:
    place = Path(source.onnx or "")
    found = load_onnx(place, features)
    if source.sha256 not in (None, found.sha256):
        raise ModelError(
            f"{place.name}: has the sha256 {found.sha256}, not the one that is pinned. "
            "Is it another version?"
        )
    return found


def _feature(f: ModelFeature) -> Feature:
    only = f.change if f.change in ("up", "down") else None
    return Feature(f.name, f.low, f.high, f.values, f.change != "none", only)
