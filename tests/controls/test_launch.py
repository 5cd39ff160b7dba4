"""What a duty weighs on the launch day, and what follows for a market."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.controls.gaps import Duty, DutyState
from dutybound.controls.launch import (
    Recommendation,
    Why,
    cannot_be_accepted,
    view_of_market,
    weigh,
    work_left,
)
from dutybound.controls.states import State
from dutybound.terms.control import Control
from dutybound.terms.evidence import Rung
from tests.controls import make
from tests.evidence import kit

ON = date(2027, 3, 1)
BEFORE, AFTER = date(2026, 1, 1), date(2027, 12, 2)
R = Recommendation


def duty(
    state: State, bites_on: date = BEFORE, *, kind: str = "duty", certain: bool = True
) -> DutyState:
    """A duty in a state."""
    what = Duty(
        key=f"k/{kind}/{state}/{bites_on}/{certain}",
        rule="act.art-1.x",
        title="Do it",
        pinpoint="Art. 1",
        instrument="act",
        market="eu",
        party="p",
        owed_by="provider",
        kind=kind,
        outcome="applies",
        bites_on=bites_on,
        certain=certain,
    )
    return DutyState(what, state, ("DB-GOV-01",), 0, least=Rung.DOCUMENTED)


duties = st.builds(
    duty,
    st.sampled_from(list(State)),
    st.sampled_from([BEFORE, AFTER]),
    kind=st.sampled_from(["duty", "right", "prohibition"]),
    certain=st.booleans(),
)


@pytest.mark.parametrize(
    ("state", "weight", "why"),
    [
        (duty(State.MET), R.NO_BLOCKER_FOUND, Why.MET),
        (duty(State.UNASSESSED), R.BLOCKED, Why.OVERDUE),
        (duty(State.OPEN), R.BLOCKED, Why.OVERDUE),
        (duty(State.PARTIAL), R.CONDITIONAL, Why.PARTLY_SHOWN),
        (duty(State.SHIELDED), R.CONDITIONAL, Why.SHIELDED),
        (duty(State.NO_CONTROL), R.BLOCKED, Why.OVERDUE),
        (duty(State.UNASSESSED, AFTER), R.CONDITIONAL, Why.DUE_LATER),
        (duty(State.UNASSESSED, certain=False), R.UNDETERMINED, Why.MAY_BIND),
        (duty(State.UNASSESSED, kind="prohibition"), R.BLOCKED, Why.PROHIBITED),
        (duty(State.MET, kind="prohibition"), R.BLOCKED, Why.PROHIBITED),
        (
            duty(State.UNASSESSED, kind="prohibition", certain=False),
            R.UNDETERMINED,
            Why.PROHIBITION_OPEN,
        ),
    ],
)
def test_what_a_duty_weighs(state: DutyState, weight: Recommendation, why: Why) -> None:
    found = weigh(state, ON)
    assert (weight, why) == (found.weight, found.why)


# (kind, sure, due on the day, state) to the weight. Worked out by hand, see decision 0010.
_NOT_SHOWN = (State.OPEN, State.UNASSESSED, State.NO_CONTROL)
TABLE = {
    # A prohibition: no state of its controls matters.
    **{("prohibition", True, True, s): R.BLOCKED for s in State},
    **{("prohibition", False, True, s): R.UNDETERMINED for s in State},
    **{("prohibition", True, False, s): R.CONDITIONAL for s in State},
    **{("prohibition", False, False, s): R.CONDITIONAL for s in State},
    # A duty that is met, and one that is shielded.
    **{("duty", c, d, State.MET): R.NO_BLOCKER_FOUND for c in (True, False) for d in (True, False)},
    **{("duty", c, d, State.SHIELDED): R.CONDITIONAL for c in (True, False) for d in (True, False)},
    # It binds on the day.
    **{("duty", True, True, s): R.BLOCKED for s in _NOT_SHOWN},
    ("duty", True, True, State.PARTIAL): R.CONDITIONAL,
    # It may bind on the day.
    **{("duty", False, True, s): R.UNDETERMINED for s in (*_NOT_SHOWN, State.PARTIAL)},
    # It begins, or may begin, within the horizon.
    **{("duty", True, False, s): R.CONDITIONAL for s in (*_NOT_SHOWN, State.PARTIAL)},
    **{("duty", False, False, s): R.CONDITIONAL for s in (*_NOT_SHOWN, State.PARTIAL)},
}


def test_the_table_is_whole() -> None:
    assert 2 * 2 * 2 * len(State) == len(TABLE)


@pytest.mark.parametrize(("key", "weight"), TABLE.items(), ids=str)
def test_table(key: tuple[str, bool, bool, State], weight: Recommendation) -> None:
    kind, sure, due, state = key
    one = duty(state, ON if due else date(2027, 3, 2), kind=kind, certain=sure)
    assert weight is weigh(one, ON).weight


def test_what_no_person_may_accept() -> None:
    refused = {
        key[:3] + (str(key[3]),)
        for key in TABLE
        if cannot_be_accepted(
            weigh(duty(key[3], BEFORE if key[2] else AFTER, kind=key[0], certain=key[1]), ON)
        )
    }
    bans = {(k, c, d, str(s)) for k, c, d, s in TABLE if k == "prohibition"}
    shown = (State.MET, State.SHIELDED)
    due = {("duty", True, True, str(s)) for s in State if s not in shown}
    assert bans | due == refused


def test_a_market_that_is_not_stated_is_not_free() -> None:
    assert view_of_market("eu", [], ON, stated=False).recommendation is R.UNDETERMINED
    assert view_of_market("eu", [], ON, stated=True).recommendation is R.NO_BLOCKER_FOUND


@given(st.lists(duties, max_size=6), duties)
def test_one_more_duty_never_improves_a_recommendation(
    known: list[DutyState], more: DutyState
) -> None:
    before = view_of_market("eu", known, ON, stated=True).recommendation
    assert view_of_market("eu", [*known, more], ON, stated=True).recommendation >= before


@given(st.lists(duties, max_size=6))
def test_what_is_open_on_the_day_excludes_no_blocker_found(known: list[DutyState]) -> None:
    open_ban = duty(State.UNASSESSED, kind="prohibition", certain=False)
    unassessed = duty(State.UNASSESSED)
    for extra in (open_ban, unassessed):
        found = view_of_market("eu", [*known, extra], ON, stated=True)
        assert found.recommendation.stops


@given(st.lists(duties, max_size=6), duties)
def test_doubt_never_opens_a_market(known: list[DutyState], one: DutyState) -> None:
    """A duty of which it becomes unknown whether it binds: no better, and stopped stays stopped."""
    doubted = replace(one, duty=replace(one.duty, certain=False))
    before = view_of_market("eu", [*known, one], ON, stated=True).recommendation
    after = view_of_market("eu", [*known, doubted], ON, stated=True).recommendation
    assert after >= before or (before.stops and after.stops)


@given(st.lists(duties, max_size=6), duties)
def test_less_evidence_never_improves(known: list[DutyState], one: DutyState) -> None:
    less = DutyState(one.duty, State.UNASSESSED, one.controls, 0)
    before = view_of_market("eu", [*known, one], ON, stated=True).recommendation
    assert view_of_market("eu", [*known, less], ON, stated=True).recommendation >= before


def test_own_policies_count_in_every_market() -> None:
    own = DutyState(replace(duty(State.OPEN).duty, market="own"), State.OPEN, (), 0)
    assert view_of_market("uk", [own], ON, stated=True).recommendation is R.NO_BLOCKER_FOUND
    found = view_of_market("uk", [own], ON, stated=True, own=("own",))
    assert found.recommendation is R.BLOCKED


def test_work_adds_up_and_follows_the_longest_chain() -> None:
    """a (S, 30 days) waits for b (M, 90), b for c (L, 180); c is met: 120 days in a row."""
    controls = {
        "a": _control("a", "S", ("b",)),
        "b": _control("b", "M", ("c", "a")),
        "c": _control("c", "L", ()),
    }
    owed = DutyState(duty(State.OPEN).duty, State.OPEN, ("a", "b", "c"), 1, ("a", "b"))
    later = DutyState(duty(State.OPEN, AFTER).duty, State.OPEN, ("c",), 0, ("c",))
    view = view_of_market("eu", [owed, later], ON, stated=True)
    found = work_left([view], controls, {"S": 30, "M": 90, "L": 180})
    assert (("a", "b"), {"S": 1, "M": 1, "L": 0}) == (found.controls, found.bands)
    assert (120, 120) == (found.days, found.longest)


def _control(name: str, effort: str, after: tuple[str, ...]) -> Control:
    return replace(kit.control(name), effort=effort, after=after)


@pytest.mark.parametrize(
    ("rungs", "expected"),
    [
        ((Rung.DOCUMENTED, Rung.TESTED), (R.CONDITIONAL, Why.PARTLY_SHOWN)),
        ((Rung.ASSERTED, Rung.TESTED), (R.BLOCKED, Why.PART_MISSING)),
        ((Rung.UNASSESSED, Rung.TESTED), (R.BLOCKED, Why.PART_MISSING)),
        ((Rung.TESTED, Rung.UNASSESSED), (R.BLOCKED, Why.PART_MISSING)),
    ],
)
def test_a_word_for_one_control_does_not_unblock_a_duty(
    rungs: tuple[Rung, ...], expected: tuple[Recommendation, Why]
) -> None:
    """Whether it is shown of the whole control or of a part of it."""
    book = make.catalogue(*(make.control(n, Rung.INDEPENDENTLY_VERIFIED) for n in "ab"))
    shown = dict(zip("ab", rungs, strict=True))
    for evidence in (make.piece("p", shown), make.piece("p", {}, shown)):
        report = make.report(book, [make.duty("r", BEFORE)], {"r": ("a", "b")}, [evidence])
        found = weigh(report.duties[0], ON)
        assert expected == (found.weight, found.why)
