"""`governance.yaml`, decisions and exceptions: closed shapes, with line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutybound.errors import BadInput
from dutybound.packs.governance import (
    parse_governance,
    read_decision,
    read_exceptions,
    read_governance,
)

EXAMPLE = Path(__file__).parents[2] / "examples" / "credit-scoring" / "governance.yaml"
TEXT = """\
dutybound: governance/1
organisation: Acme
people:
  - {id: alice, name: Alice, units: [credit]}
  - {id: bob, name: Bob}
roles:
  - {id: board, title: Board, held_by: [alice], deputies: [bob]}
  - {id: dpo, title: DPO, held_by: [bob], controls: [privacy-officer]}
decisions:
  - {decision: launch, role: board, quorum: 1, veto: [dpo]}
activities:
  - {id: launch, what: Decide on a launch, roles: {board: A, dpo: R}}
  - {id: policy, what: Keep the policy, roles: {board: A/R, dpo: C}}
"""


def refused(old: str, new: str) -> list[str]:
    assert old in TEXT
    with pytest.raises(BadInput) as caught:
        parse_governance(TEXT.replace(old, new), "g.yaml")
    return [str(p) for p in caught.value.problems]


def test_look_ups() -> None:
    found = parse_governance(TEXT, "g.yaml")
    assert "holder" == found.acts_as("alice", "board", deputies=False)
    assert "deputy" == found.acts_as("bob", "board", deputies=True)
    assert found.acts_as("bob", "board", deputies=False) is None
    assert found.acts_as("alice", "nobody", deputies=True) is None
    assert ("Bob",) == found.who("privacy-officer")
    assert () == found.who("people-lead")
    assert found.owns("alice", "score", "credit")
    assert found.owns("alice", "score", "alice")
    assert found.owns("alice", "score", "board")
    assert not found.owns("bob", "score", "credit")


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("held_by: [alice]", "held_by: [alise]", "7:41", "Did you mean `alice`?"),
        ("role: board", "role: bord", "10:24", "Did you mean `board`?"),
        ("veto: [dpo]", "veto: [dbo]", "10:55", "Did you mean `dpo`?"),
        ("quorum: 1", "quorum: 2", "10:37", "only 1 may sign"),
        ("quorum: 1", "max_days: 9", "10:37", "belongs to lines on exceptions"),
        ("quorum: 1", "recommendations: [blocked]", "10:37", "leave `blocked` out"),
        ("quorum: 1", "quorums: 1", "10:37", "Unknown key `quorums`"),
        ("id: bob", "id: alice", "5:6", "stands twice"),
        ("decision: launch", "decision: lunch", "10:6", "launch"),
        ("board: A, dpo: R", "board: A, dpo: A", "12:44", "`board` and `dpo` would be accountable"),
        ("board: A, dpo: R", "board: C, dpo: R", "12:44", "nobody would be accountable"),
        ("board: A/R, dpo: C", "board: A/R, dpo: A", "13:41", "`board` and `dpo` would be"),
        ("board: A, dpo: R", "board: A, dpo: I", "12:44", "nobody does the work"),
        ("board: A, dpo: R", "board: A, dbo: R", "12:62", "Did you mean `dpo`?"),
        ("board: A, dpo: R", "board: A, dpo: X", "12:62", "'R', 'A', 'A/R', 'C' or 'I'"),
        ("id: policy", "id: launch", "13:6", "`launch` stands twice in `activities`"),
    ],
)
def test_each_mistake_is_shown_where_it_stands(old: str, new: str, where: str, what: str) -> None:
    problems = [p for p in refused(old, new) if what in p]
    assert problems
    assert any(p.startswith(f"g.yaml:{where}") for p in problems), problems


def test_the_parts_of_an_activity() -> None:
    """Of `board: A/R, dpo: C`, the board answers for the work and does it."""
    found = parse_governance(TEXT, "g.yaml").file.activities[1]
    assert [("board",), ("board",), ("dpo",), ()] == [found.having(x) for x in "ARCI"]


def test_the_example_is_sound() -> None:
    found = read_governance(EXAMPLE)
    assert ["ai-governance-lead", "executive-sponsor"] == [
        x.role for x in found.lines("launch", "uk")
    ]


def test_an_exception_ends_after_it_begins_and_has_something_in_its_place(tmp_path: Path) -> None:
    body = """\
dutybound: exceptions/1
exceptions:
  - {id: x, market: eu, rule: r, owner: alice, granted_by: bob, role: board,
     granted_on: 2026-11-02, expires: 2026-11-02, reason: why, compensating: [this]}
"""
    path = tmp_path / "e.yaml"
    path.write_text(body)
    with pytest.raises(BadInput, match="4:30: It ends on or before the day"):
        read_exceptions(path)
    path.write_text(body.replace("expires: 2026-11-02", "expires: 2027-01-01"))
    assert ["x"] == [e.id for e in read_exceptions(path)]
    path.write_text(body.replace("[this]", "[]"))
    with pytest.raises(BadInput, match="compensating"):
        read_exceptions(path)


def test_a_market_is_decided_once(tmp_path: Path) -> None:
    text = (EXAMPLE.parent / "decision.yaml").read_text(encoding="utf-8")
    path = tmp_path / "d.yaml"
    path.write_text(text.replace("market: uk", "market: eu"))
    with pytest.raises(BadInput, match="There are two decisions on `eu`"):
        read_decision(path)
