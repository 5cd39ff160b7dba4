"""The pytest plugin: a fixture, one option, and a part of the summary when it was used.

Loaded at the start of every run where dutybound is installed, so it imports nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from dutybound.assess.measure_assert import AssertedTable

CHOICES: Final = ("breach", "not-enough-data")
PROPERTY: Final = "dutybound measure"
INI: Final = "dutybound_fail_on"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--dutybound-fail-on`, also as `dutybound_fail_on` in the file of settings."""
    group = parser.getgroup("dutybound", "measures of decision tables")
    says = "when `assert_measure` fails: breach (default), or not-enough-data for both"
    group.addoption("--dutybound-fail-on", choices=CHOICES, default=None, help=says)
    parser.addini(INI, says, default="breach")


@pytest.fixture
def assert_measure(request: pytest.FixtureRequest) -> Callable[..., AssertedTable]:
    """`dutybound.testing.assert_measure`; names of files are from the root of the tests."""
    root = request.config.rootpath
    fail_on = _fail_on(request.config)

    def check(table: Any = None, measure: str | None = None, **options: Any) -> AssertedTable:
        __tracebackhide__ = True
        from dutybound.testing import MeasureFailure
        from dutybound.testing import assert_measure as check_measure

        options.setdefault("fail_on", fail_on)
        for key in ("config", "reference"):
            if key in options:
                options[key] = _from_root(options[key], root)
        try:
            found = check_measure(_from_root(table, root), measure, **options)
        except MeasureFailure as failure:
            _record(request.node, failure.checked)
            raise
        _record(request.node, found)
        return found

    return check


def _fail_on(config: pytest.Config) -> str:
    found = str(config.getoption("--dutybound-fail-on") or config.getini(INI))
    if found not in CHOICES:
        raise pytest.UsageError(f"{INI}: `{found}` is none of {', '.join(CHOICES)}.")
    return found.replace("-", "_")


def _from_root(value: Any, root: Path) -> Any:
    return root / value if isinstance(value, str | Path) else value


def _record(node: pytest.Item, found: AssertedTable) -> None:
    """Properties of a test go into JUnit files, and come back from other processes."""
    node.user_properties += [(PROPERTY, text) for text in found.summary]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The measures that were asserted, test by test; nothing if none was."""
    lines = [line for report in _reports(terminalreporter) for line in _of(report)]
    if lines:
        terminalreporter.section("measures")
        for line in lines:
            terminalreporter.write_line(line)


def _reports(terminalreporter: Any) -> Iterator[pytest.TestReport]:
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            if getattr(report, "when", None) == "call":
                yield report


def _of(report: pytest.TestReport) -> Iterator[str]:
    mine = [str(text) for name, text in report.user_properties if name == PROPERTY]
    if mine:
        yield report.nodeid
        yield from (f"  {text}" for text in mine)
