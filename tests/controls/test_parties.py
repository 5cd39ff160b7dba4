"""Controls, duties and plans of a system with several parties: each stands for itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from dutybound.controls.gaps import Duty, GapReport, find_gaps
from dutybound.controls.launch import Recommendation, view_of_market
from dutybound.controls.plan import House, Shares, make_plan
from dutybound.controls.states import State, lowest_of, states_by_party
from dutybound.terms.evidence import Rung
from tests.controls import make

PARTIES: Final = ("p", "q")
BOOK: Final = make.catalogue(
    make.control("A", Rung.DOCUMENTED),
    make.control("B", Rung.OBSERVED, after=("A",)),
)
HOUSE: Final = House(
    {"legal": 1.0, "date": 1.0, "penalty": 1.0, "people": 1.0, "duties": 1.0},
    {"S": 30, "M": 90, "L": 180},
    Shares(1.0, 1.0, 0.5, 0.0, 0.0, ()),
)
ANSWERS: Final = {"a": ("A",), "b": ("B",)}


def piece(name: str, reaches: dict[str, Rung], *parties: str) -> Any:
    """Evidence that counts for some parties."""
    found = make.piece(name, reaches)
    whom = {c: frozenset(parties) for c in reaches}
    return make.Piece(found.claim, reaches, {}, whom)


def owed(rule: str, party: str | None, bites_on: date = make.DAY) -> Duty:
    """A duty of a party."""
    return make.duty(rule, bites_on, party=party, key=f"{rule}/{party}")


def report(duties: list[Duty], *evidence: Any) -> GapReport:
    """The gaps of a system with the parties p and q."""
    states = states_by_party(BOOK, list(evidence), [], PARTIES)
    horizon = timedelta(days=700)
    return find_gaps(duties, lambda rule: ANSWERS[rule], states, make.DAY, horizon)


FOR_P: Final = piece("e", {"A": Rung.DOCUMENTED}, "p")


def test_a_duty_stands_by_its_own_party_and_the_control_by_the_lowest() -> None:
    found = report([owed("a", "p"), owed("a", "q")], FOR_P)
    assert {"p": State.MET, "q": State.UNASSESSED} == {d.duty.party: d.state for d in found.duties}
    assert (State.UNASSESSED, ("e",)) == (found.controls["A"].state, found.controls["A"].evidence)
    assert (("p", "q"), ("q",)) == (found.needed_by("A"), found.lacking_for("A"))
    assert (0, 1) == found.valid


def test_a_party_that_does_not_need_a_control_does_not_hold_it_down() -> None:
    found = report([owed("a", "p"), owed("b", "q")], FOR_P)
    assert State.MET is found.controls["A"].state
    assert (1, 2) == found.valid


def test_a_duty_of_nobody_in_particular_stands_by_the_lowest() -> None:
    for party in (None, "stranger"):
        found = report([owed("a", party)], FOR_P)
        assert State.UNASSESSED is found.duties[0].state
        assert State.UNASSESSED is found.controls["A"].state


def test_evidence_that_says_nothing_of_parties_counts_for_none_of_several() -> None:
    unsaid = make.piece("e", {"A": Rung.TESTED})
    found = report([owed("a", "p"), owed("a", "q")], unsaid)
    assert [State.UNASSESSED] * 2 == [d.state for d in found.duties]


def test_a_plan_has_an_action_for_those_who_lack_it_and_closes_their_duties() -> None:
    found = report([owed("a", "p"), owed("a", "q")], FOR_P)
    (action,) = make_plan(found, BOOK, HOUSE)
    assert ("A", ("q",)) == (action.control, action.parties)
    assert ["a/q"] == [d.key for d in action.closes["eu"]]
    assert (Rung.UNASSESSED, frozenset({"a/q"})) == (action.stands, action.alone)


def test_an_action_waits_for_what_its_own_party_lacks() -> None:
    """B waits for A. p has A, so p's B waits for nothing; q's waits for q's A."""
    of_p = make_plan(report([owed("b", "p")], FOR_P), BOOK, HOUSE)
    assert [("B", (), ("p",))] == [(a.control, a.after, a.parties) for a in of_p]
    of_q = make_plan(report([owed("b", "q")], FOR_P), BOOK, HOUSE)
    assert [("A", (), ("q",)), ("B", ("A",), ("q",))] == [
        (a.control, a.after, a.parties) for a in of_q
    ]


def test_another_party_does_not_unblock_a_market() -> None:
    """A part shown for p is a condition for p, and nothing for q."""
    low = piece("e", {"B": Rung.DOCUMENTED}, "p")
    for party, expected in (("p", Recommendation.CONDITIONAL), ("q", Recommendation.BLOCKED)):
        found = report([owed("b", party, make.DAY - timedelta(days=9))], low)
        view = view_of_market("eu", found.duties, make.DAY, stated=True)
        assert expected is view.recommendation


pieces = st.lists(
    st.builds(
        piece,
        st.sampled_from(["e", "f"]),
        st.dictionaries(st.sampled_from("AB"), st.sampled_from(list(Rung)[1:]), min_size=1),
        *[st.sampled_from([*PARTIES, "x"])] * 2,
    ),
    max_size=4,
)


@given(pieces)
def test_the_lowest_is_met_if_it_is_for_all_and_reaches_no_more_than_any(known: list[Any]) -> None:
    found = states_by_party(BOOK, known, [], PARTIES)
    for name, lowest in found.lowest.items():
        own = [found.of(p)[name] for p in PARTIES]
        assert all(s.state is State.MET for s in own) is (lowest.state is State.MET)
        assert min(s.reached for s in own) == lowest.reached
        assert min(s.highest for s in own) == lowest.highest
        assert lowest == lowest_of(own)


@given(pieces)
def test_met_duties_of_a_party_rest_on_evidence_for_it(known: list[Any]) -> None:
    found = report([owed(r, p) for r in "ab" for p in PARTIES], *known)
    for state in found.duties:
        if state.state is State.MET:
            party = state.duty.party
            for control in state.controls:
                rungs = [e.reaches[control] for e in known if party in e.whom.get(control, ())]
                assert max(rungs) >= BOOK.controls[control].required
