"""The pytest plugin in a pytest of its own, found by its entry point."""

from __future__ import annotations

from importlib.metadata import entry_points
from xml.etree import ElementTree

import pytest

pytest_plugins = ("pytester",)

TABLE = """
    TABLE = {
        "decision": ["yes"] * 500 + ["no"] * 500,
        "paid": [1] * 450 + [0] * 50 + [0] * 450 + [1] * 50,
    }
"""
CONFIG = """\
dutybound: measures/1
name: loans
decision: {column: decision, favourable: ["yes"]}
label: {column: paid, positive: [1]}
thresholds:
  - {measure: accuracy, at_least: 0.8, why: ours}
"""


@pytest.fixture
def repository(pytester: pytest.Pytester) -> pytest.Pytester:
    """A repository with three tests: a value inside, one outside, one between."""
    (pytester.path / "measures.yaml").write_text(CONFIG)
    pytester.makepyfile(
        test_model=TABLE
        + """
    def test_inside(assert_measure):
        assert_measure(TABLE, config="measures.yaml")

    def test_between(assert_measure):
        assert_measure(TABLE, "accuracy", config="measures.yaml", at_least=0.9)

    def test_outside(assert_measure):
        assert_measure(TABLE, "accuracy", config="measures.yaml", at_least=0.95, why="as accepted")
    """
    )
    return pytester


def test_it_is_an_entry_point() -> None:
    (found,) = (e for e in entry_points(group="pytest11") if e.name == "dutybound")
    assert "dutybound.testing.plugin" == found.value


def test_a_breach_fails_and_its_message_is_the_whole_failure(repository: pytest.Pytester) -> None:
    done = repository.runpytest_subprocess("-p", "no:cacheprovider")
    done.assert_outcomes(passed=2, failed=1)
    said = done.stdout.str()
    assert "accuracy / all rows: outside" in said
    assert "at least 0.95 (internal policy): as accepted" in said
    assert "measure_assert.py" not in said  # no line of dutybound in the traceback
    done.stdout.fnmatch_lines(
        [
            "*= measures =*",
            "test_model.py::test_inside",
            "  accuracy / all rows: inside: 0.9 (95% interval 0.8798 to 0.9171)",
            "test_model.py::test_between",
            "  accuracy / all rows: not enough data: 0.9 (*)",
            "test_model.py::test_outside",
            "  accuracy / all rows: outside: 0.9 (*)",
        ]
    )


@pytest.mark.parametrize("where", ["option", "ini"])
def test_not_enough_data_fails_on_request(repository: pytest.Pytester, where: str) -> None:
    words = ["--dutybound-fail-on=not-enough-data"] if where == "option" else []
    if where == "ini":
        repository.makeini("[pytest]\ndutybound_fail_on = not-enough-data\n")
    repository.runpytest_subprocess(*words).assert_outcomes(passed=1, failed=2)


def test_a_wrong_setting_is_told(repository: pytest.Pytester) -> None:
    repository.makeini("[pytest]\ndutybound_fail_on = never\n")
    done = repository.runpytest_subprocess()
    assert "dutybound_fail_on: `never` is none of" in done.stdout.str()
    assert 0 != done.ret


def test_the_values_go_into_junit_and_come_back_from_other_processes(
    repository: pytest.Pytester,
) -> None:
    done = repository.runpytest_subprocess("-n", "1", "--junitxml=out.xml")
    done.assert_outcomes(passed=2, failed=1)
    assert "accuracy / all rows: inside" in done.stdout.str()
    tree = ElementTree.parse(repository.path / "out.xml")
    values = [p.attrib["value"] for p in tree.iter("property")]
    assert 3 == len(values)


def test_a_repository_that_does_not_use_it_sees_nothing(pytester: pytest.Pytester) -> None:
    """Also one that is strict, turns warnings into errors and has a fixture of the same name."""
    pytester.makeini(
        "[pytest]\naddopts = --strict-markers --strict-config\nfilterwarnings = error\n"
    )
    pytester.makeconftest(
        "import pytest\n@pytest.fixture\ndef assert_measure():\n    return 'mine'\n"
    )
    pytester.makepyfile(
        """
        import sys

        def test_mine(assert_measure):
            assert "mine" == assert_measure

        def test_nothing_heavy_came_along():
            heavy = {"numpy", "scipy", "pyarrow", "duckdb", "pandas", "yaml", "pydantic", "click"}
            assert set() == heavy & set(sys.modules)
            assert [] == [m for m in sys.modules if m.startswith("dutybound.assess")]
        """
    )
    done = pytester.runpytest_subprocess("-p", "no:xdist", "-p", "no:hypothesispytest")
    done.assert_outcomes(passed=2)
    assert "measures" not in done.stdout.str()


def test_it_can_be_switched_off(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_one():\n    pass\n")
    pytester.runpytest_subprocess("-p", "no:dutybound").assert_outcomes(passed=1)
