"""Reads `model.yaml`: a model, its features and what was chosen. Closed, with positions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, StrictBool

from dutybound.errors import BadInput, Problem, did_you_mean
from dutybound.packs.measure_config import Column, Number, Value
from dutybound.packs.reading import Document, Where, parse_yaml, read_yaml
from dutybound.packs.shapes import Closed, Digest, Name, Text, like
from dutybound.packs.validation import validate
from dutybound.terms import model_file as terms
from dutybound.terms.table import ChosenThreshold, Label

Path_ = Annotated[
    str, like(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*", "is `package.module:name`, a name in a module")
]
Rows = Annotated[int, Field(ge=1, le=1_000_000)]
FORMS: Final = ("onnx", "callable", "logistic")


class LogisticShape(Closed):
    """A logistic model written out. weights: by column."""

    intercept: Number = 0.0
    weights: dict[Column, Number] = Field(min_length=1, max_length=5000)


class ModelShape(Closed):
    """One of onnx, callable, logistic."""

    onnx: Text | None = None
    sha256: Digest | None = None
    callable: Path_ | None = None
    trees: Path_ | None = None
    unit: Literal["log-odds", "score"] | None = None
    logistic: LogisticShape | None = None


class DecisionShape(Closed):
    """A decision is adverse at or `above` the threshold, or `below` it."""

    threshold: float = Field(ge=0, le=1)
    adverse: Literal["above", "below"]


class NoticeShape(Closed):
    """Words where the value lies above the reference, and where it lies below."""

    high: Text | None = None
    low: Text | None = None


class ModelFeatureShape(Closed):
    column: Column
    name: Text | None = None
    low: Number | None = None
    high: Number | None = None
    values: tuple[Number, ...] = Field(default=(), max_length=500)
    codes: dict[Text, Number] = Field(default_factory=dict, max_length=500)
    change: Literal["none", "up", "down", "any"] = "none"
    protected: StrictBool = False
    notice: Text | NoticeShape | None = None


class LabelShape(Closed):
    """The outcome. positive: the values that the score is the chance of."""

    column: Column
    positive: tuple[Value, ...] = Field(min_length=1, max_length=500)
    negative: tuple[Value, ...] = ()


class ReasonShape(Closed):
    method: terms.Method = "auto"
    places: int = Field(default=4, ge=1, le=20)
    least: float = Field(default=0.0, ge=0, allow_inf_nan=False)


class SamplingShape(Closed):
    seed: int = Field(default=20_240_601, ge=0, le=2**53)
    importance: Rows = 300
    agreement: Rows = 300
    background: Rows = 50
    repeats: int = Field(default=5, ge=2, le=1000)
    cohorts: Rows = 20_000
    counterfactuals: Rows = 20
    stability: Rows = 1_000
    robustness: Rows = 1_000
    screening: int = Field(default=6_000, ge=300, le=1_000_000)


class DisturbingShape(Closed):
    size: float = Field(default=0.1, gt=0, le=10)
    margin: float = Field(default=0.05, gt=0, le=1)
    draws: int = Field(default=20, ge=1, le=10_000)


class ChosenShape(Closed):
    measure: Name
    at_most: Number | None = None
    at_least: Number | None = None
    over: tuple[Text, ...] = ()
    why: Text


class ModelFile(Closed):
    """`model.yaml`."""

    dutybound: Literal["model/1"]
    name: Text
    model: ModelShape
    decision: DecisionShape
    features: tuple[ModelFeatureShape, ...] = Field(min_length=1, max_length=5000)
    row_id: Column | None = None
    label: LabelShape | None = None
    refits: tuple[ModelShape, ...] = Field(default=(), max_length=50)
    reasons: ReasonShape = Field(default_factory=ReasonShape)
    sampling: SamplingShape = Field(default_factory=SamplingShape)
    disturbing: DisturbingShape = Field(default_factory=DisturbingShape)
    thresholds: tuple[ChosenShape, ...] = ()


def read_model_config(path: Path, shown: str | None = None) -> terms.ModelConfig:
    """A configuration; the paths in it are from its folder. Raises BadInput."""
    return _config(read_yaml(path, shown), path.parent)


def parse_model_config(text: str, shown: str) -> terms.ModelConfig:
    """A configuration from text; paths in it stay as they are."""
    return _config(parse_yaml(text, shown), None)


def _config(document: Document, folder: Path | None) -> terms.ModelConfig:
    problems: list[Problem] = []
    file = validate(ModelFile, document, problems)
    if file is None:
        raise BadInput(sorted(set(problems)))
    problems = [document.problem(where, message) for where, message in _wrong(file)]
    if problems:
        raise BadInput(sorted(set(problems)))
    return _plain(file, folder)


# ---------------------------------------------------------------------- contradictions
def _wrong(file: ModelFile) -> Iterator[tuple[Where, str]]:
    yield from _wrong_model(file.model, ("model",), file)
    for i, refit in enumerate(file.refits):
        yield from _wrong_model(refit, ("refits", i), file)
    yield from _wrong_features(file)
    for i, chosen in enumerate(file.thresholds):
        if (chosen.at_most is None) == (chosen.at_least is None):
            yield ("thresholds", i), "A threshold has one of `at_most`, `at_least`."


def _wrong_model(model: ModelShape, where: Where, file: ModelFile) -> Iterator[tuple[Where, str]]:
    given = [f for f in FORMS if getattr(model, f) is not None]
    if len(given) != 1:
        yield where, f"A model has one of {', '.join(FORMS)}; this one has {len(given)}."
        return
    if model.sha256 is not None and model.onnx is None:
        yield (*where, "sha256"), "`sha256` pins an ONNX file and belongs to `onnx`."
    if model.trees is not None and model.callable is None:
        yield (*where, "trees"), "`trees` stands beside `callable`."
    if model.unit is not None and model.trees is None:
        yield (*where, "unit"), "`unit` is that of the raw output of `trees`."
    if model.logistic is not None:
        yield from _wrong_weights(model.logistic, (*where, "logistic", "weights"), file)


def _wrong_weights(
    model: LogisticShape, where: Where, file: ModelFile
) -> Iterator[tuple[Where, str]]:
    columns = [f.column for f in file.features]
    for column in model.weights:
        if column not in columns:
            hint = did_you_mean(column, columns)
            yield (*where, column), f"`{column}` is not among `features`.{hint}"
    for column in columns:
        if column not in model.weights:
            yield where, f"The feature `{column}` has no weight. Give 0 if it has none."


def _wrong_features(file: ModelFile) -> Iterator[tuple[Where, str]]:
    names = [f.name or f.column for f in file.features]
    for i, feature in enumerate(file.features):
        where: Where = ("features", i)
        if feature.column in [f.column for f in file.features[:i]]:
            yield (*where, "column"), f"`{feature.column}` stands twice in `features`."
        elif names[i] in names[:i]:
            yield (*where, "name"), f"The name `{names[i]}` is taken."
        yield from _wrong_range(feature, where)
        if feature.protected and feature.change != "none":
            yield (*where, "change"), "A protected feature is not one to change: leave it out."
        if file.label is not None and feature.column == file.label.column:
            yield (*where, "column"), f"`{feature.column}` is the label, and no feature."
    if all(f.protected for f in file.features):
        yield ("features",), "Every feature is protected, so no reason could be given."


def _wrong_range(feature: ModelFeatureShape, where: Where) -> Iterator[tuple[Where, str]]:
    if feature.values and feature.codes:
        yield (*where, "values"), "`codes` gives the values: leave `values` out."
    category = bool(feature.values or feature.codes)
    if category and (feature.low is not None or feature.high is not None):
        yield where, "A category has no `low` and `high`."
    if feature.low is not None and feature.high is not None and feature.low > feature.high:
        yield (*where, "high"), "`high` is not below `low`."
    if feature.change != "none" and not category and None in (feature.low, feature.high):
        yield (*where, "change"), "A number that may change needs `low` and `high`."


# ---------------------------------------------------------------------- to frozen values
def _plain(file: ModelFile, folder: Path | None) -> terms.ModelConfig:
    label = file.label
    return terms.ModelConfig(
        name=file.name,
        model=_model(file.model, folder),
        decision=terms.Rule(file.decision.threshold, file.decision.adverse),
        features=tuple(_feature(f) for f in file.features),
        row_id=file.row_id,
        label=None
        if label is None
        else Label(label.column, positive=label.positive, negative=label.negative),
        refits=tuple(_model(m, folder) for m in file.refits),
        reasons=terms.ReasonChoice(**file.reasons.model_dump()),
        sampling=terms.Sampling(**file.sampling.model_dump()),
        disturbing=terms.Disturbing(**file.disturbing.model_dump()),
        thresholds=tuple(ChosenThreshold(**t.model_dump()) for t in file.thresholds),
    )


def _model(shape: ModelShape, folder: Path | None) -> terms.ModelSource:
    place = shape.onnx
    if place is not None and folder is not None:
        place = str(folder / place)
    logistic = shape.logistic
    return terms.ModelSource(
        onnx=place,
        sha256=shape.sha256,
        callable=shape.callable,
        trees=shape.trees,
        unit=shape.unit or "log-odds",
        logistic=None
        if logistic is None
        else terms.Logistic(logistic.intercept, dict(logistic.weights)),
    )


def _notice(shape: str | NoticeShape | None) -> terms.Notice:
    if isinstance(shape, NoticeShape):
        return terms.Notice(shape.high or "", shape.low or "")
    return terms.Notice(shape or "", shape or "")


def _feature(shape: ModelFeatureShape) -> terms.ModelFeature:
    values = shape.values or tuple(dict.fromkeys(shape.codes.values()))
    return terms.ModelFeature(
        column=shape.column,
        name=shape.name or shape.column,
        low=shape.low,
        high=shape.high,
        values=tuple(sorted(values)),
        codes=dict(shape.codes),
        change=shape.change,
        protected=shape.protected,
        notice=_notice(shape.notice),
    )
