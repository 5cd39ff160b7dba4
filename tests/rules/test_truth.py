"""The laws of the logic. Expected values are Kleene's tables, worked by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.rules.truth import (
    CONTESTED,
    FALSE,
    NAMES,
    TRUE,
    UNKNOWN,
    at_least,
    conjunction,
    disjunction,
    negate,
)

VALUES = st.sampled_from([FALSE, UNKNOWN, CONTESTED, TRUE])
SEVERAL = st.lists(VALUES, max_size=6)
Combine = Callable[[Sequence[int]], int]


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (FALSE, FALSE, FALSE, FALSE),
        (FALSE, UNKNOWN, FALSE, UNKNOWN),
        (FALSE, CONTESTED, FALSE, CONTESTED),
        (FALSE, TRUE, FALSE, TRUE),
        (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
        (UNKNOWN, CONTESTED, UNKNOWN, UNKNOWN),
        (UNKNOWN, TRUE, UNKNOWN, TRUE),
        (CONTESTED, CONTESTED, CONTESTED, CONTESTED),
        (CONTESTED, TRUE, CONTESTED, TRUE),
        (TRUE, TRUE, TRUE, TRUE),
    ],
)
def test_tables(a: int, b: int, both: int, either: int) -> None:
    assert both == conjunction([a, b]) == conjunction([b, a])
    assert either == disjunction([a, b]) == disjunction([b, a])


def test_nothing_at_all() -> None:
    """All of nothing holds, any of nothing does not."""
    assert TRUE == conjunction([])
    assert FALSE == disjunction([])


def test_names_are_in_the_order_of_the_values() -> None:
    assert ("no", "unknown", "contested", "yes") == NAMES


@given(VALUES)
def test_double_negation(a: int) -> None:
    assert a == negate(negate(a))


@given(SEVERAL)
def test_de_morgan(values: list[int]) -> None:
    assert negate(conjunction(values)) == disjunction([negate(v) for v in values])
    assert negate(disjunction(values)) == conjunction([negate(v) for v in values])


@pytest.mark.parametrize("combine", [conjunction, disjunction])
@given(a=SEVERAL, b=SEVERAL)
def test_associative_and_commutative(combine: Combine, a: list[int], b: list[int]) -> None:
    assert combine([*a, *b]) == combine([*b, *a]) == combine([combine(a), combine(b)])


@pytest.mark.parametrize("combine", [conjunction, disjunction])
@given(a=VALUES)
def test_idempotent(combine: Combine, a: int) -> None:
    assert a == combine([a, a])


@given(SEVERAL)
def test_at_least_one_is_any_and_at_least_all_is_all(values: list[int]) -> None:
    assert disjunction(values) == at_least(1, values)
    if values:
        assert conjunction(values) == at_least(len(values), values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([TRUE, TRUE, FALSE], TRUE),
        ([TRUE, UNKNOWN, FALSE], UNKNOWN),
        ([TRUE, FALSE, FALSE], FALSE),
        ([TRUE, CONTESTED, FALSE], CONTESTED),
        ([TRUE, CONTESTED, UNKNOWN], UNKNOWN),
    ],
)
def test_at_least_two(values: list[int], expected: int) -> None:
    assert expected == at_least(2, values)


@st.composite
def partly_answered(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Values, and the same values with some unknown ones answered."""
    before = draw(st.lists(VALUES, min_size=1, max_size=6))
    after = [draw(VALUES) if v == UNKNOWN else v for v in before]
    return before, after


def _two(values: Sequence[int]) -> int:
    return at_least(2, values)


@pytest.mark.parametrize("combine", [conjunction, disjunction, _two])
@given(pair=partly_answered())
def test_an_answer_never_changes_what_was_settled(
    combine: Combine, pair: tuple[list[int], list[int]]
) -> None:
    before, after = pair
    settled = combine(before)
    if settled != UNKNOWN:
        assert settled == combine(after)
