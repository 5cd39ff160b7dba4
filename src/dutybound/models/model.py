"""What a model is here: a callable from rows of numbers to scores, with named features."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from dutybound.errors import DutyboundError, did_you_mean

Array: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
# Called with the work done and the whole, in units that the caller of it names.
Progress: TypeAlias = Callable[[int, int], None]
BATCH: Final = 65_536  # rows that a model sees at once
SLACK: Final = 1e-6  # single precision may put a probability this far outside [0, 1]


class ModelError(DutyboundError):
    """A model cannot be loaded, or does not do what a model does here."""


class Model(Protocol):
    """Scores rows. x: shape (n, d), floats, `nan` where missing. Returns shape (n,) in [0, 1]."""

    def __call__(self, x: Array, /) -> npt.ArrayLike: ...


def quiet(_done: int, _whole: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of a model.

    name: as people know it. low, high: the range of sensible values, in the unit of the feature;
    None if nobody said. values: the codes of a category, if it is one. changeable: a person can
    change it, so that a counterfactual may. only: `up` or `down` if it changes one way (age).
    """

    name: str
    low: float | None = None
    high: float | None = None
    values: tuple[float, ...] = ()
    changeable: bool = False
    only: str | None = None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and not self.low <= self.high:
            raise ModelError(f"Feature `{self.name}` has a low end above its high end.")
        if self.only not in (None, "up", "down"):
            raise ModelError(f"Feature `{self.name}`: `only` is `up` or `down`.")


@dataclass(frozen=True, slots=True)
class Scorer:
    """A model with its features. name: for reports. sha256: of the file it came from, if any."""

    model: Model
    features: tuple[Feature, ...]
    name: str = "model"
    sha256: str | None = None

    def __post_init__(self) -> None:
        names = self.names
        if not names or len(set(names)) != len(names):
            raise ModelError("A model needs at least one feature, each with a name of its own.")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f.name for f in self.features)

    def position(self, name: str) -> int:
        """Column of a feature. Raises ModelError."""
        if name not in self.names:
            guess = did_you_mean(name, self.names)
            raise ModelError(f"The model has no feature `{name}`.{guess}")
        return self.names.index(name)

    def rows(self, x: npt.ArrayLike) -> Array:
        """Rows as floats, shape (n, d). Missing values are `nan`. Raises ModelError."""
        try:
            found = np.asarray(x, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ModelError("The rows hold values that are not numbers. Code them first.") from (
                error
            )
        if found.ndim != 2 or found.shape[1] != len(self.features):
            wanted = f"(n, {len(self.features)})"
            raise ModelError(f"The rows have shape {found.shape}; the model takes {wanted}.")
        if np.isinf(found).any():
            raise ModelError("The rows hold an infinite value. Missing values are `nan`.")
        return found

    def score(self, x: Array) -> Array:
        """Scores in [0, 1], shape (n,). x: as `rows` gives it.

        Raises ModelError if the model refuses the rows, or gives another number of scores, or one
        that is missing or outside [0, 1].
        """
        found = self.raw(x)
        if not np.isfinite(found).all():
            raise ModelError(f"`{self.name}` gave a score that is missing or infinite.")
        if found.size and (found.min() < -SLACK or found.max() > 1 + SLACK):
            raise ModelError(
                f"`{self.name}` gave scores from {found.min():.4g} to {found.max():.4g}. "
                "A score lies in [0, 1]: give the probability of a class, not a margin or a class."
            )
        return np.clip(found, 0.0, 1.0)

    def raw(self, x: Array) -> Array:
        """What the model gives, in batches, whatever its values. Raises ModelError."""
        parts = [self._batch(x[i : i + BATCH]) for i in range(0, len(x), BATCH)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _batch(self, x: Array) -> Array:
        try:
            found = np.asarray(self.model(x), dtype=np.float64)
        except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
            raise ModelError(f"`{self.name}` failed on {len(x)} rows: {error}") from error
        if found.shape == (len(x), 1):
            found = found[:, 0]
        if found.shape != (len(x),):
            raise ModelError(
                f"`{self.name}` gave scores of shape {found.shape} for {len(x)} rows. "
                "Return one score for each row, such as the second column of class probabilities."
            )
        return found


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """When a score is adverse to the person: at or `above` the threshold, or `below` it."""

    threshold: float
    adverse: str = "above"

    def __post_init__(self) -> None:
        if self.adverse not in ("above", "below") or not 0 <= self.threshold <= 1:
            raise ModelError("A threshold lies in [0, 1], and `adverse` is `above` or `below`.")

    @property
    def sign(self) -> float:
        """1 if a higher score is worse for the person, else -1."""
        return 1.0 if self.adverse == "above" else -1.0

    def is_adverse(self, scores: Array) -> Flags:
        high: Flags = scores >= self.threshold
        return high if self.adverse == "above" else ~high


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """How rows are drawn, so that anybody can draw them again.

    rows: how many at most. seed: a whole number >= 0. How: numpy's PCG64 under the seed, without
    replacement, in the order of the table.
    """

    rows: int = 1_000
    seed: int = 20_240_601
    how: str = field(default="simple random, without replacement, numpy PCG64", init=False)

    def draw(self, n: int) -> npt.NDArray[np.int64]:
        """Positions of the drawn rows of n, rising. All of them if n is not larger."""
        if self.rows < 1 or self.seed < 0:
            raise ModelError("A sample needs at least one row and a seed of 0 or more.")
        if n <= self.rows:
            return np.arange(n)
        found = np.random.default_rng(self.seed).choice(n, self.rows, replace=False)
        return np.sort(found)
