"""Many profiles judged together come out as each of them judged alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benchmarks.synthetic import profile as synthetic
from dutybound.assess.portfolio import Row, _count_verdicts, judge
from dutybound.packs.compile import default_content
from dutybound.packs.profile import ProfileReader
from dutybound.packs.reading import parse_yaml
from dutybound.rules.batch import can_batch
from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.terms.system import Profile

CONTENT = default_content()
PROGRAM = Program(CONTENT, date(2026, 11, 25))
COUNT = 40
DAYS = [date(2025, 3, 1), date(2026, 9, 1), date(2026, 11, 25), date(2027, 12, 2), date(2029, 1, 1)]


def profiles() -> list[Profile]:
    """Generated profiles of a known seed."""
    reader = ProfileReader(CONTENT)
    texts = (synthetic(number, seed=7) for number in range(COUNT))
    found = [reader.build(parse_yaml(t, f"{i}.yaml"), Path(), "") for i, t in enumerate(texts)]
    assert all(can_batch(p, DAYS[0]) for p in found)
    return found


def alone(profile: Profile, day: date) -> dict[str, Any]:
    """The row of one profile, from its single verdicts."""
    row = Row(profile.file, profile.id, profile.name, profile.sha256)
    _count_verdicts(PROGRAM, row, Run(PROGRAM, profile, day).verdicts)
    return row.as_json()


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_together_as_alone(day: date) -> None:
    made = profiles()
    together = [row.as_json() for row in judge(PROGRAM, made, day, None)]
    assert [alone(p, day) for p in made] == together
    assert any(row["counts"] for row in together)
