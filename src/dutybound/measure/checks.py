"""Checks of what comes in. Every function of this package takes its counts through here."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dutybound.errors import DutyboundError

Array: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Whole: TypeAlias = npt.NDArray[np.int64]
LARGEST = 2.0**53  # beyond it floats skip whole numbers
TOLERANCE = 1e-9


class CountError(DutyboundError):
    """Counts, sums or options cannot be what they are said to be."""


def check_counts(values: npt.ArrayLike, name: str, *, ndim: int = 1) -> Array:
    """Counts as floats: not negative, below 2**53, with `ndim` dimensions.

    Counts of weighted rows are effective counts from `effective`, which need not be whole; sums of
    weights themselves are no counts, and their intervals would be wrong. Raises CountError.
    """
    found = check_numbers(values, name, ndim=ndim)
    if found.size and (found.min() < 0 or found.max() > LARGEST):
        raise CountError(f"`{name}` holds a count below 0 or above 2**53.")
    return found


def check_numbers(values: npt.ArrayLike, name: str, *, ndim: int = 1) -> Array:
    """Finite numbers with `ndim` dimensions. Raises CountError."""
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise CountError(f"`{name}` is not an array of numbers.") from error
    if found.ndim != ndim:
        raise CountError(f"`{name}` has {found.ndim} dimensions; it needs {ndim}.")
    if not np.isfinite(found).all():
        raise CountError(f"`{name}` holds a value that is missing or infinite.")
    return found


def check_pair(a: npt.ArrayLike, b: npt.ArrayLike, names: tuple[str, str]) -> tuple[Array, Array]:
    """Two arrays of counts over the same bins, at least one bin. Raises CountError."""
    first, second = check_counts(a, names[0]), check_counts(b, names[1])
    check_same(first, second, names)
    if first.size == 0:
        raise CountError(f"`{names[0]}` and `{names[1]}` hold no bin.")
    return first, second


def check_parts(
    part: npt.ArrayLike, whole: npt.ArrayLike, names: tuple[str, str]
) -> tuple[Array, Array]:
    """Counts and the totals that hold them: same shape, part <= whole. Raises CountError."""
    k, n = check_pair(part, whole, names)
    if np.any(k > n):
        raise CountError(f"`{names[0]}` is larger than `{names[1]}` somewhere.")
    return k, n


def check_same(a: Array, b: Array, names: tuple[str, str]) -> None:
    """Both have one shape. Raises CountError."""
    if a.shape != b.shape:
        raise CountError(
            f"`{names[0]}` has shape {a.shape} and `{names[1]}` {b.shape}; they need one shape."
        )


def check_level(level: float, name: str = "level") -> float:
    """A chance strictly between 0 and 1. Raises CountError."""
    if not 0 < level < 1:
        raise CountError(f"`{name}` is {level}; it lies between 0 and 1.")
    return level


def check_labels(labels: object, size: int) -> tuple[str, ...]:
    """One different name for each of `size` groups; their numbers if None. Raises CountError."""
    if labels is None:
        return tuple(str(i) for i in range(size))
    if not isinstance(labels, tuple | list):
        raise CountError("`labels` is a tuple of names.")
    found = tuple(str(x) for x in labels)
    if len(found) != size or len(set(found)) != size:
        raise CountError(f"`labels` needs {size} different names, one for each group.")
    return found
