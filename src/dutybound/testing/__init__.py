"""Measures of decision tables as assertions in the tests of a model's own repository.

    from dutybound.testing import assert_measure

    def test_the_model():
        assert_measure("scored.parquet", config="measures.yaml")
        assert_measure(frame, "auc", config="measures.yaml", at_least=0.7, why="as accepted")

With pytest the fixture `assert_measure` does the same, takes what the command line says, and adds
the values to the summary. Nothing heavy is imported before a table is measured. It needs the extra
`warehouse`.
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias

from dutybound.errors import DutyboundError

if TYPE_CHECKING:
    from types import ModuleType

    from dutybound.assess.measure import Report
    from dutybound.assess.measure_assert import AssertedTable

__all__ = ["MeasureFailure", "assert_measure", "measure_table"]

Config: TypeAlias = str | PathLike[str] | Mapping[str, Any]


class MeasureFailure(AssertionError):
    """A value lies outside its threshold, or lacks the verdict that was asked for.

    checked: the values that were looked at.
    """

    def __init__(self, message: str, checked: AssertedTable) -> None:
        super().__init__(message)
        self.checked = checked


def measure_table(table: object = None, *, config: Config, reference: object = None) -> Report:
    """Measure a table once, to assert several things of it.

    table: a Parquet file or folder; a pandas or polars DataFrame, a pyarrow table or anything else
    that gives Arrow data; a mapping of column names to values; None for the `source` of the
    configuration. config: the path of a measures.yaml, or its keys as a mapping (`dutybound` and
    `name` may be left out). reference: a table of the same forms that stands for the reference
    window, with the same columns. Raises BadInput, DutyboundError.
    """
    found: Report = _library().measured(table, config, reference)
    return found


def assert_measure(
    table: object = None,
    measure: str | None = None,
    *,
    config: Config | None = None,
    reference: object = None,
    over: str | None = None,
    group: str | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    why: str = "",
    fail_on: str = "breach",
) -> AssertedTable:
    """Fail if a value lies outside a threshold.

    table: as in `measure_table`, or what that returned, and then without `config` and `reference`.
    measure, over, group: look only at lines of this measure id, of what it is over (a feature,
    `all rows`, attributes joined by `, `) and of this group; None: all. at_least, at_most: a
    threshold in place of those in the configuration; it needs `measure`. why: its reason. fail_on:
    `breach`, or `not_enough_data` to fail on values without a verdict too.

    The verdict is that of `dutybound measure`: a breach if the whole interval, corrected for the
    number of comparisons, lies outside. Returns the lines that were looked at. Raises
    MeasureFailure, also if no value met a threshold, since nothing was tested then; BadInput for
    a table, configuration or threshold that cannot be used.
    """
    __tracebackhide__ = True
    library = _library()
    asked = library.Asked(measure, over, group, at_least, at_most, why, fail_on)
    found: AssertedTable = library.check(table, config, reference, asked)
    message = found.failure
    if message is not None:
        raise MeasureFailure(message, found)
    return found


def _library() -> ModuleType:
    """Imported late: it brings numpy, and DuckDB when a table is read."""
    try:
        from dutybound.assess import measure_assert
    except ImportError as error:
        raise DutyboundError(
            f"Measuring a table needs the extra `warehouse` ({error}): "
            "pip install 'dutybound[warehouse]'."
        ) from error
    return measure_assert
