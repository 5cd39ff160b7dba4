"""Cells: pivots and sums by hand; adding is commutative and loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.terms.table import MISSING, OTHER
from dutybound.warehouse.cells import CellError, Cells, add_cells, tidy

LEVELS = {"sex": ("men", "women"), "label": ("0", "1")}
TABLE = tidy(
    ["sex", "label"],
    LEVELS,
    [[1, 0], [0, 1], [1, 0], [1, 1]],
    [5, 7, 1, 2],
    {"score": [50, 70, 10, 20]},
)


def test_equal_cells_are_added_and_put_in_order() -> None:
    assert [[0, 1], [1, 0], [1, 1]] == TABLE.codes.tolist()
    assert [7, 6, 2] == TABLE.counts.tolist()
    assert [70, 60, 20] == TABLE.sums["score"].tolist()


def test_over() -> None:
    assert [[0, 7], [6, 2]] == TABLE.over("sex", "label").tolist()
    assert [6, 9] == TABLE.over("label").tolist()
    assert [70, 80] == TABLE.over("sex", of="score").tolist()
    assert 15 == TABLE.rows


def test_only() -> None:
    assert [[0, 0], [6, 2]] == TABLE.only("sex", "women").over("sex", "label").tolist()


def test_joined() -> None:
    names, rows, cells = TABLE.joined(["sex", "label"])
    assert [("men", "1"), ("women", "0"), ("women", "1")] == names
    assert [7, 6, 2] == rows.tolist()
    assert ("men / 1", "women / 0", "women / 1") == cells.levels["group"]


def test_an_unknown_dimension_is_refused() -> None:
    with pytest.raises(CellError, match="no dimension `age`; there are sex, label"):
        TABLE.over("age")


def test_levels_that_differ_are_joined_in_order() -> None:
    a = tidy(["value"], {"value": ("b", MISSING)}, [[0], [1]], [1, 2])
    b = tidy(["value"], {"value": ("a", OTHER)}, [[0], [1]], [3, 4])
    found = add_cells([a, b])
    assert ("a", "b", OTHER, MISSING) == found.levels["value"]
    assert [3, 1, 4, 2] == found.over("value").tolist()


def test_other_dimensions_are_not_added() -> None:
    other = tidy(["sex"], {"sex": ("men",)}, [[0]], [1], {"score": [1]})
    with pytest.raises(CellError, match="other dimensions"):
        add_cells([TABLE, other])


def test_sums_beyond_63_bits_are_refused() -> None:
    with pytest.raises(CellError, match="63 bits"):
        tidy(["a"], {"a": ("x",)}, [[0], [0]], [1, 1], {"s": [2**62, 2**62]})


NAMES = st.sampled_from(["a", "b", "c", OTHER, MISSING])


@st.composite
def tables(draw: st.DrawFn) -> Cells:
    levels = tuple(draw(st.lists(NAMES, min_size=1, unique=True)))
    codes = draw(st.lists(st.integers(0, len(levels) - 1), max_size=6))
    counts = [draw(st.integers(0, 1000)) for _ in codes]
    return tidy(["value"], {"value": levels}, [[c] for c in codes], counts, {"s": counts})


@given(tables(), tables(), tables())
def test_adding_does_not_depend_on_order(a: Cells, b: Cells, c: Cells) -> None:
    def shown(cells: Cells) -> dict[str, int]:
        return dict(zip(cells.levels["value"], cells.over("value").tolist(), strict=True))

    one, two = add_cells([a, b, c]), add_cells([c, a, b])
    assert shown(one) == shown(two)
    assert a.rows + b.rows + c.rows == one.rows == int(one.sums["s"].sum())
