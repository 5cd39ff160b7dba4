"""What `model.yaml` says of a model: where it lies, its features, and what was chosen. Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from dutybound.terms.table import ChosenThreshold, Label

Method: TypeAlias = Literal["auto", "points", "paths", "replacement", "screened"]
Change: TypeAlias = Literal["none", "up", "down", "any"]
Form: TypeAlias = Literal["onnx", "callable", "logistic"]


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: the score is 1 / (1 + exp(-(intercept + sum of weight times value)))."""

    intercept: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model lies. One of the three.

    onnx: path of a file, pinned by `sha256` if it is given. callable: `module:function`, whose
    code is run; `trees` names the fitted trees beside it, whose raw output is in `unit`. logistic:
    written out.
    """

    onnx: str | None = None
    sha256: str | None = None
    callable: str | None = None
    trees: str | None = None
    unit: str = "log-odds"
    logistic: Logistic | None = None

    @property
    def form(self) -> Form:
        if self.onnx is not None:
            return "onnx"
        return "logistic" if self.callable is None else "callable"

    @property
    def runs_code(self) -> bool:
        return self.callable is not None


@dataclass(frozen=True, slots=True)
class Notice:
    """Words for a notice. They may say "too high", so the side counts."""

    high: str = ""
    low: str = ""

    def __str__(self) -> str:
        if self.high == self.low:
            return self.high
        named = {"above": self.high, "below": self.low}
        return "; ".join(f"{k}: {v}" for k, v in named.items() if v)


@dataclass(frozen=True, slots=True)
class ModelFeature:
    """A column that the model reads.

    name: as people know it. codes: the number of each text, for a column of texts. values: the
    numbers of a category. change: how a person can change it. protected: no reason may name it.
    high, low of `notice`: words of the organisation for a notice where the value lies above the
    reference, and where it lies below it or is missing.
    """

    column: str
    name: str
    low: float | None = None
    high: float | None = None
    values: tuple[float, ...] = ()
    codes: Mapping[str, float] = field(default_factory=dict)
    change: Change = "none"
    protected: bool = False
    notice: Notice = Notice()

    def words(self, value: float, reference: float) -> str:
        """The words for a value that is a reason; empty if there are none."""
        return self.notice.high if value > reference else self.notice.low


@dataclass(frozen=True, slots=True)
class Rule:
    """A decision is adverse if its score lies at or `above` the threshold, or `below` it."""

    threshold: float
    adverse: Literal["above", "below"]


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """places: reasons of a decision at most. least: a smaller push is no reason."""

    method: Method = "auto"
    places: int = 4
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many rows each part draws, all under one seed. repeats: of SHAP by permutation."""

    seed: int = 20_240_601
    importance: int = 300
    agreement: int = 300
    background: int = 50
    repeats: int = 5
    cohorts: int = 20_000
    counterfactuals: int = 20
    stability: int = 1_000
    robustness: int = 1_000
    screening: int = 6_000


@dataclass(frozen=True, slots=True)
class Disturbing:
    """size: of a disturbance, in spreads. margin: what lies near the threshold, in the score."""

    size: float = 0.1
    margin: float = 0.05
    draws: int = 20


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """`model.yaml`. columns of the table beside the features: `row_id` and the label's."""

    name: str
    model: ModelSource
    decision: Rule
    features: tuple[ModelFeature, ...]
    row_id: str | None = None
    label: Label | None = None
    refits: tuple[ModelSource, ...] = ()
    reasons: ReasonChoice = ReasonChoice()
    sampling: Sampling = Sampling()
    disturbing: Disturbing = Disturbing()
    thresholds: tuple[ChosenThreshold, ...] = ()

    @property
    def protected(self) -> tuple[str, ...]:
        """Names of the features that no reason may name."""
        return tuple(f.name for f in self.features if f.protected)

    @property
    def runs_code(self) -> bool:
        return any(m.runs_code for m in (self.model, *self.refits))
