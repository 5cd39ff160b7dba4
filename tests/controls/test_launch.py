"""What a duty weighs on the launch day, and what follows for a market."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.controls.gaps import Duty, DutyState, State
from dutybound.controls.launch import Recommendation, Why, view_of_market, weigh

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
    return DutyState(what, state, ("DB-GOV-01",), 0)


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
