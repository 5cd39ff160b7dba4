"""The scenarios of the fact bases: what applies, what does not, why, and from which day."""

from __future__ import annotations

import pytest

from tests.golden.scenario import Row, failures, rows


def _marked(row: Row) -> object:
    if "gap" not in row.says:
        return pytest.param(row, id=str(row))
    gap = pytest.mark.xfail(reason=f"{row.says['gap']} Solved? Take out `gap`.", strict=True)
    return pytest.param(row, id=str(row), marks=gap)


@pytest.mark.parametrize("row", [_marked(row) for row in rows()])
def test_row(row: Row) -> None:
    assert [] == failures(row)
