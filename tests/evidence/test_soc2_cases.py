"""The tables in `tests/cases/soc2`: what a SOC 2 report proves on a day."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from dutybound.assess.soc2 import Soc2Credit, credit, known_criteria
from dutybound.assess.soc2_questions import questions
from dutybound.packs.evidence import read_soc2
from dutybound.packs.policy import read_policy
from dutybound.packs.reading import Document, read_yaml
from dutybound.packs.reports import Soc2Report
from tests.evidence.kit import small_catalogue

FOLDER: Final = Path(__file__).parents[1] / "cases" / "soc2"
BASES: Final = ("report", "vendor")
KEYS: Final = {
    "name", "as_of", "set", "unset", "system", "with", "with_set",
    "expect", "in_period", "codes", "controls", "time", "questions", "not_questions",
}  # fmt: skip


def tables() -> list[Any]:
    found: list[Any] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.stem not in BASES:
            cases = read_yaml(path).value["cases"]
            found.extend(pytest.param(c, id=f"{path.stem}: {c['name']}") for c in cases)
    return found


def put(value: Any, path: str, new: Any) -> None:
    """Set a dotted path; a number is a place in a list."""
    *above, last = path.split(".")
    for key in above:
        value = value[int(key)] if isinstance(value, list) else value[key]
    if isinstance(value, list):
        if int(last) == len(value):
            value.append(new)
        else:
            value[int(last)] = new
    else:
        value[last] = new


def drop(value: Any, path: str) -> None:
    *above, last = path.split(".")
    for key in above:
        value = value[int(key)] if isinstance(value, list) else value[key]
    del value[int(last) if isinstance(value, list) else last]


def report_from(base: str, changes: dict[str, Any], gone: list[str]) -> Soc2Report:
    value = deepcopy(read_yaml(FOLDER / f"{base}.yaml").value)
    for path in gone:
        drop(value, path)
    for path, new in changes.items():
        put(value, path, new)
    return read_soc2(Document(base, value))


def test_there_are_enough_cases() -> None:
    assert 50 < len(tables())


@pytest.mark.parametrize("case", tables())
def test_case(case: dict[str, Any]) -> None:
    assert set(case) <= KEYS
    report = report_from("report", case.get("set", {}), case.get("unset", []))
    others = [report_from(name, case.get("with_set", {}), []) for name in case.get("with", [])]
    day = date.fromisoformat(case["as_of"])
    system = case.get("system", "loan-score")
    found = credit(
        report,
        small_catalogue(),
        day,
        read_policy(),
        system=system,
        others={r.id: r for r in others},
    )
    compare(case, found)
    raised = questions(report, known_criteria(small_catalogue()), day, read_policy(), system=system)
    codes = {q.code for q in raised}
    assert set(case.get("questions", [])) <= codes
    assert not set(case.get("not_questions", [])) & codes


def compare(case: dict[str, Any], found: Soc2Credit) -> None:
    assert case["expect"] == {c: found.criteria[c].rung.word for c in case["expect"]}
    then = case.get("in_period", {})
    assert then == {c: found.criteria[c].in_period.word for c in then}
    codes = case.get("codes", {})
    assert codes == {c: found.criteria[c].code for c in codes}
    controls = case.get("controls", {})
    assert controls == {
        c: f"{found.controls[c].extent} {found.controls[c].rung.word}" for c in controls
    }
    assert case.get("time") == (None if found.time is None else found.time.code)
    for one in found.criteria.values():
        assert one.losses or "observed" == one.rung.word, "every loss has a reason"
