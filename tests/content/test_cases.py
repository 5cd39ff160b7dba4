"""The legal cases beside the law: one test for each act folder that has any."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dutybound.assess.cases import CaseRunner
from dutybound.packs.cases import case_files, read_cases
from dutybound.packs.compile import content_folder, default_content
from dutybound.terms.law import Content

FOLDER = content_folder()
ACTS = sorted({folder.name for folder, _ in case_files(FOLDER)})
Run = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def content() -> Content:
    return default_content()


@pytest.fixture(scope="module")
def run(content: Content) -> Run:
    """Runs the cases of an act folder; gives the failures."""
    runner = CaseRunner(content)

    def cases_of(act: str) -> list[str]:
        cases = read_cases(FOLDER, content, [act])
        assert cases
        return [str(failure) for case in cases for failure in runner.run(case)]

    return cases_of


@pytest.mark.parametrize("act", ACTS)
def test_cases(act: str, run: Run) -> None:
    assert [] == run(act)


def test_every_act_has_cases(content: Content) -> None:
    """An act without cases would pass every test above."""
    expected = {rule_id for case in read_cases(FOLDER, content) for rule_id in case.expect}
    assert set() == set(content.acts) - {content.rules[rule_id].act for rule_id in expected}
