"""The launch dossier on a small law: what nobody may sign away, who may sign, and doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutybound.assess.conflicts import conflicts_of
from dutybound.assess.decision import JudgedException, judge_exceptions, wrong_in_decision
from dutybound.assess.launch import Asked, Judging, Launch, is_stated, moved_to, without_event
from dutybound.controls.launch import Recommendation
from dutybound.packs.conflicts import read_conflicts
from dutybound.packs.governance import (
    Exemption,
    Governance,
    parse_governance,
    read_decision,
)
from dutybound.rules.program import Program
from dutybound.terms.law import Rule
from dutybound.terms.system import Event, Profile
from tests.evidence.kit import small_catalogue
from tests.small import ON, OPEN, content, profile, rule, text

TODAY = date(2026, 11, 25)
DAY = date(2027, 3, 1)
LATER = "2027-12-02"
ASKED = Asked(("eu",), DAY, timedelta(days=730), TODAY)
R = Recommendation

NOW = rule("now", text(ON, effective="2025-02-02"))
SOON = rule("soon", text(ON, effective=LATER))
DOUBT = rule("doubt", text(OPEN, effective="2025-02-02"))
BAN = rule("ban", text(ON, effective="2025-02-02"), kind="prohibition")
BAN_IN_DOUBT = rule("ban", text(OPEN, effective="2025-02-02"), kind="prohibition")

GOVERNANCE = """\
dutybound: governance/1
organisation: Acme
people:
  - {id: alice, name: Alice}
  - {id: bob, name: Bob}
  - {id: carol, name: Carol, units: [credit]}
  - {id: dora, name: Dora}
  - {id: eve, name: Eve}
roles:
  - {id: board, title: Board, held_by: [alice, bob, carol], deputies: [dora]}
  - {id: dpo, title: DPO, held_by: [eve]}
  - {id: clerk, title: Clerk, held_by: [dora]}
decisions:
  - {decision: launch, role: board, quorum: 2, veto: [dpo],
     recommendations: [no_blocker_found, conditional, undetermined]}
  - {decision: launch, role: clerk, recommendations: [no_blocker_found]}
  - {decision: exception, role: dpo, max_days: 90}
"""


def system(**facts: Any) -> Profile:
    """The small system, with an owner and a version."""
    made = profile({"on": True, "off": False} | facts)
    return replace(made, detail={"version": "1", "owner": "credit"})


def judged(*rules: Rule, stated: Profile | None = None, asked: Asked = ASKED) -> Launch:
    """The launch of a system under a small law; no evidence."""
    law = content(*rules)
    program = Program(law, TODAY)
    judge = Judging(law, program, small_catalogue(), lambda _: ["DB-SEC-01"], (), (), asked)
    return judge(stated or system())


def governance() -> Governance:
    return parse_governance(GOVERNANCE, "governance.yaml")


# ---------------------------------------------------------------------- recommendation
@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([rule("x", text(("yes", "use", "off")))], R.NO_BLOCKER_FOUND),
        ([SOON], R.CONDITIONAL),
        ([DOUBT], R.UNDETERMINED),
        ([BAN_IN_DOUBT], R.UNDETERMINED),
        ([NOW], R.BLOCKED),
        ([BAN], R.BLOCKED),
        ([SOON, DOUBT], R.UNDETERMINED),
        ([DOUBT, BAN], R.BLOCKED),
    ],
)
def test_recommendation(rules: list[Rule], expected: Recommendation) -> None:
    assert expected is judged(*rules).view("eu").recommendation


def test_guidance_is_no_must() -> None:
    assert (
        R.NO_BLOCKER_FOUND
        is judged(replace(NOW, nature="supervisory_guidance")).view("eu").recommendation
    )


def test_a_market_without_a_stated_use_is_undetermined() -> None:
    asked = replace(ASKED, markets=("eu", "uk"))
    found = judged(NOW, asked=asked)
    assert not is_stated(system(), "uk")
    assert R.UNDETERMINED is found.view("uk").recommendation


FACTS = ("a", "b", "c")
A, B, C = (("yes", "use", f) for f in FACTS)
LAW = (
    rule("one", text(A, effective="2025-02-02")),
    rule("two", text(("all", (B, ("not", C))))),
    rule("three", text(("any", (B, C)), effective=LATER)),
    rule(
        "ban",
        text(("all", (A, C)), effective="2025-02-02"),
        kind="prohibition",
    ),
)
LAW_CONTENT = content(*LAW)
PROGRAM = Program(LAW_CONTENT, TODAY)


def _grade(values: Iterable[bool | None]) -> int:
    """0: no blocker, 1: conditional, 2: stopped."""
    facts = {f: v for f, v in zip(FACTS, values, strict=True) if v is not None}
    judge = Judging(LAW_CONTENT, PROGRAM, small_catalogue(), lambda _: [], (), (), ASKED)
    found = judge(profile(facts)).view("eu").recommendation
    return min(int(found), 2)


@given(st.tuples(*(st.sampled_from([True, False, None]) for _ in FACTS)), st.integers(0, 2))
@settings(max_examples=60)
def test_forgetting_a_fact_never_improves_a_recommendation(
    values: tuple[bool | None, ...], place: int
) -> None:
    forgotten = tuple(None if i == place else v for i, v in enumerate(values))
    assert _grade(forgotten) >= _grade(values)


# ---------------------------------------------------------------------- launch day
def test_planned_events_move_to_the_launch_day_and_others_stay() -> None:
    old, planned = date(2024, 3, 1), date(2027, 1, 1)
    events = (
        Event("put_into_service", old, None, "eu"),
        Event("put_into_service", planned, "p", "eu-de", planned=True),
        Event("put_into_service", planned, "p", "us", planned=True),
    )
    found, notes = moved_to(profile(events=events), ASKED)
    assert [old, DAY, planned] == [e.date for e in found.events]
    assert ("put_into_service (p, eu-de): 2027-01-01 -> 2027-03-01",) == notes
    assert ("uk",) == without_event(found, replace(ASKED, markets=("eu", "us", "uk")))


# ---------------------------------------------------------------------- conflicts
CONFLICTS = """\
dutybound: conflicts/1
conflicts:
  - id: x
    title: X
    question: Which?
    sides:
      - {name: One, asks: this, rules: [law.now]}
      - {name: Two, asks: that, rules: [law.soon, law.doubt]}
      - {name: Three, asks: silence, needed: NEEDED, rules: [law.ban]}
    differs: the clock
    design: the shorter one
"""


@pytest.mark.parametrize(
    ("rules", "needed", "sides"),
    [
        ([NOW, SOON], "false", [["One", "Two"]]),
        ([NOW, DOUBT], "false", [["One", "Two"]]),
        ([SOON, DOUBT], "false", []),
        ([NOW], "false", []),
        ([NOW, SOON], "true", []),
        ([NOW, BAN], "true", [["One", "Three"]]),
    ],
)
def test_a_conflict_shows_if_two_sides_are_live(
    rules: list[Rule], needed: str, sides: list[list[str]]
) -> None:
    known = {"law.now", "law.soon", "law.doubt", "law.ban"}
    all_of_them = read_conflicts(known, text=CONFLICTS.replace("NEEDED", needed))
    found = conflicts_of(judged(*rules).result, all_of_them, ("eu",))
    assert sides == [[s["name"] for s in c["sides"]] for c in found]


# ---------------------------------------------------------------------- exceptions
def waiver(**changes: Any) -> Exemption:
    """An exception that holds."""
    plain: dict[str, Any] = {
        "id": "w",
        "market": "eu",
        "rule": "law.soon",
        "owner": "bob",
        "granted_by": "eve",
        "role": "dpo",
        "granted_on": date(2026, 11, 20),
        "expires": date(2027, 2, 1),
        "reason": "why",
        "compensating": ("this",),
    }
    return Exemption(**(plain | changes))


def stands(*rules: Rule, table: Governance | None = None, **changes: Any) -> JudgedException:
    launch = judged(*rules)
    return judge_exceptions([waiver(**changes)], launch, table or governance())[0]


@pytest.mark.parametrize(
    ("law", "changes", "why"),
    [
        (NOW, {"rule": "law.now"}, "cannot be accepted away"),
        (BAN, {"rule": "law.ban"}, "cannot be accepted away: prohibited practice"),
        (BAN_IN_DOUBT, {"rule": "law.ban"}, "cannot be accepted away"),
        (SOON, {"rule": "law.son"}, "Did you mean `law.soon`?"),
        (SOON, {"party": "q"}, "No such duty"),
        (SOON, {"expires": date(2027, 12, 2)}, "past the day on which the duty begins"),
        (SOON, {"granted_on": date(2026, 11, 26)}, "has not come"),
        (SOON, {"owner": "eve"}, "granted it to themselves"),
        (SOON, {"granted_by": "alice"}, "does not hold the role"),
        (SOON, {"role": "board", "granted_by": "alice"}, "may grant no exceptions"),
        (SOON, {"expires": date(2027, 2, 19)}, "may grant 90"),
    ],
)
def test_exceptions_that_do_not_count(law: Rule, changes: dict[str, Any], why: str) -> None:
    found = stands(law, **changes)
    assert "refused" == found.standing
    assert why in str(found.reason)


def test_exceptions_that_count_and_that_ended() -> None:
    assert "expired" == stands(SOON).standing  # it ends a month before the launch
    launch = judged(SOON, asked=replace(ASKED, on=date(2027, 1, 15)))
    assert "in force" == judge_exceptions([waiver()], launch, governance())[0].standing
    nobody = judge_exceptions([waiver()], launch, None)[0]
    assert "No governance.yaml" in str(nobody.reason)
    # An exception lifts nothing.
    assert R.CONDITIONAL is launch.view("eu").recommendation


# ---------------------------------------------------------------------- decision
DECISION = """\
dutybound: decision/1
system: s
version: "1"
launch_on: 2027-03-01
decisions:
  - market: eu
    decision: go_with_conditions
    by: alice
    role: board
    on: 2026-11-25
    reason: we meet it in time
    recommendation: conditional
    signatures: [{by: bob, role: board, on: 2026-11-25}]
    conditions: [eu/law.soon]
"""
CONDITIONS = {"eu": [{"id": "eu/law.soon"}]}


def wrong(tmp_path: Path, launch: Launch, **swaps: str) -> list[str]:
    """What is wrong with a decision. swaps: key to its new line; `more`: lines at the end."""
    lines = []
    for line in DECISION.splitlines():
        key = line.strip().removeprefix("- ").partition(":")[0]
        indent = line[: len(line) - len(line.lstrip(" -"))]
        lines.append(f"{indent}{key}: {swaps[key]}" if key in swaps else line)
    path = tmp_path / "decision.yaml"
    path.write_text("\n".join([*lines, swaps.get("more", "")]) + "\n")
    found, document = read_decision(path, "decision.yaml")
    conditions = CONDITIONS if launch.view("eu").recommendation is R.CONDITIONAL else {"eu": []}
    problems = wrong_in_decision(found, document, launch, governance(), conditions)
    return [str(p) for p in problems]


def test_a_decision_that_holds(tmp_path: Path) -> None:
    assert [] == wrong(tmp_path, judged(SOON))


@pytest.mark.parametrize(
    ("swaps", "where", "what"),
    [
        ({"decision": "go"}, "7:5", "decide `go_with_conditions`"),
        ({"conditions": "[]"}, "14:5", "Name every condition; missing: eu/law.soon"),
        ({"signatures": "[]"}, "13:5", "2 have to sign, 1 did"),
        ({"signatures": "[{by: alice, role: board, on: 2026-11-25}]"}, "13:5", "1 did"),
        ({"by": "carol"}, "8:5", "owns the system"),
        ({"by": "dora"}, "8:5", "deputies may not sign here"),
        ({"by": "alise"}, "8:5", "Did you mean `alice`?"),
        ({"role": "clerk", "by": "dora"}, "9:5", "its limit is lower"),
        ({"role": "dpo", "by": "eve"}, "9:5", "decides on no launch"),
        ({"on": "2026-11-26"}, "10:5", "has not come"),
        ({"recommendation": "no_blocker_found"}, "12:5", "now says `conditional`"),
        ({"market": "uk"}, "6:5", "not among the markets"),
        ({"system": "t"}, "2:1", "the profile on `s`"),
        ({"version": '"2"'}, "3:1", "the profile states 1"),
        ({"launch_on": "2027-03-02"}, "4:1", "asked is 2027-03-01"),
        (
            {"more": "    vetoes: [{by: eve, role: dpo, on: 2026-11-25, reason: no DPIA}]"},
            "7:5",
            "vetoed it: no DPIA",
        ),
        (
            {"more": "    vetoes: [{by: bob, role: board, on: 2026-11-25, reason: no}]"},
            "15:24",
            "has no veto here",
        ),
        ({"more": "    accepts: [law.now]"}, "15:15", "No such duty"),
    ],
)
def test_each_thing_that_is_wrong(
    tmp_path: Path, swaps: dict[str, str], where: str, what: str
) -> None:
    found = [p for p in wrong(tmp_path, judged(SOON), **swaps) if what in p]
    assert found
    assert found[0].startswith(f"decision.yaml:{where}: "), found


@pytest.mark.parametrize(
    ("law", "what"),
    [
        (NOW, "A binding duty that is past its day cannot be accepted away: law.now"),
        (BAN, "A prohibited practice cannot be accepted away: law.ban"),
    ],
)
def test_nobody_signs_away_a_blocker(tmp_path: Path, law: Rule, what: str) -> None:
    words = {"recommendation": "blocked", "conditions": "[]"}
    found = wrong(tmp_path, judged(law), **words, more=f"    accepts: [{law.id}]")
    assert any(what in p for p in found)
    assert any(f"`{law.id}` cannot be accepted away" in p for p in found)
    assert any("its limit is lower" in p for p in found)
    # To say no needs one person with the role, and no more.
    assert [] == wrong(tmp_path, judged(law), **words, decision="no_go", signatures="[]")


def test_an_open_duty_needs_a_position_and_an_open_ban_has_none(tmp_path: Path) -> None:
    words = {"recommendation": "undetermined", "conditions": "[]"}
    found = wrong(tmp_path, judged(DOUBT), **words)
    assert ["Take a position on each open duty: law.doubt."] == [
        p.partition(": ")[2] for p in found
    ]
    taken = "    positions: [{rule: law.doubt, view: it binds and we meet it}]"
    assert [] == wrong(tmp_path, judged(DOUBT), **words, more=taken)
    ban = wrong(tmp_path, judged(BAN_IN_DOUBT), **words, more=taken.replace("doubt,", "ban,"))
    assert any("open whether it is prohibited cannot be accepted away" in p for p in ban)
