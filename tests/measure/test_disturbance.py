"""Decisions before and after a disturbance, by hand and by law."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dutybound.measure.checks import CountError
from dutybound.measure.disturbance import decision_change_rate
from dutybound.terms.measure import Undefined
from tests.measure.kit import defined, ends

Flags = npt.NDArray[np.bool_]


def test_a_decision_counts_once_however_often_it_changes() -> None:
    """The first changes twice, the second once, the third never: 2 of 3."""
    found = decision_change_rate([True, False, True], [[False, True, True], [False, False, True]])
    assert 2 / 3 == defined(found).value
    assert (0.208, 0.939) == ends(found)  # Wilson for 2 of 3


@given(arrays(np.bool_, (3, 7)), st.integers(0, 2))
def test_more_disturbances_never_change_fewer(after: Flags, kept: int) -> None:
    before = np.zeros(7, dtype=np.bool_)
    few = defined(decision_change_rate(before, after[: kept + 1])).value
    assert few <= defined(decision_change_rate(before, after)).value


@given(arrays(np.bool_, 5))
def test_nothing_changed_is_zero(before: Flags) -> None:
    assert 0.0 == defined(decision_change_rate(before, before[None, :])).value


def test_no_decision_is_undefined() -> None:
    none: list[bool] = []
    empty = np.zeros(0, dtype=np.bool_)
    assert isinstance(decision_change_rate(empty, empty[None, :]), Undefined)
    with pytest.raises(CountError, match="true and false"):
        decision_change_rate(none, [none])


@pytest.mark.parametrize(
    ("before", "after"), [([True], [[True, False]]), ([True], np.zeros((0, 1), dtype=np.bool_))]
)
def test_shapes_fit(before: list[bool], after: npt.ArrayLike) -> None:
    with pytest.raises(CountError, match="they need"):
        decision_change_rate(before, after)


def test_scores_are_no_decisions() -> None:
    with pytest.raises(CountError, match="`after` is no array"):
        decision_change_rate([True], [[0.3]])
