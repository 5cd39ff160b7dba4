"""The order of a plan, its days and its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.controls.gaps import Penalty
from dutybound.controls.plan import PARTS, Action, House, Shares, make_plan, moved
from dutybound.terms.evidence import EvidenceKind, Rung
from tests.controls import make

SHARES = Shares(
    prohibition=1.0,
    sure=0.7,
    open=0.4,
    named=0.3,
    turnover=0.6,
    tiers=((30e6, 1.0), (10e6, 0.6)),
    people={"credit": 1.0, "spam": 0.2},
)
LEAD = {"S": 10, "M": 30, "L": 100}
EVEN = dict.fromkeys(PARTS, 1.0)
ANSWERS: dict[str, tuple[str, ...]] = {"x": ("A",), "y": ("B",)}


def day(n: int) -> date:
    """The day, n days after DAY."""
    return make.DAY + timedelta(days=n)


def house(weights: Mapping[str, float] = EVEN) -> House:
    """House policy, with some weights changed."""
    return House({**EVEN, **weights}, LEAD, SHARES)


def only(part: str) -> dict[str, float]:
    """Weights that let one part decide."""
    return {p: float(p == part) for p in PARTS}


def plan(
    controls: list[Any],
    duties: list[Any],
    answers: Mapping[str, tuple[str, ...]],
    checked: list[Any] | None = None,
    weights: Mapping[str, float] = EVEN,
) -> tuple[Action, ...]:
    """A plan over two years."""
    book = make.catalogue(*controls)
    return make_plan(make.report(book, duties, answers, checked), book, house(weights))


def names(actions: tuple[Action, ...]) -> list[str]:
    return [a.control for a in actions]


# ---------------------------------------------------------------- what is planned
def test_only_controls_that_lack_something_for_a_gap() -> None:
    done = make.piece("p", {"A": Rung.OBSERVED, "B": Rung.DOCUMENTED})
    shield = (("Art. 9", None),)
    found = plan(
        [make.control(n) for n in "ABCD"],
        [make.duty("x"), make.duty("y", shields=shield)],
        {"x": ("A", "B"), "y": ("C",)},
        [done],
    )
    assert ["B"] == names(found)
    assert (Rung.DOCUMENTED, Rung.OBSERVED) == (found[0].stands, found[0].reaches)
    assert ("o", "M") == (found[0].owner, found[0].effort)


def test_it_says_what_it_closes_in_each_market_and_what_it_closes_alone() -> None:
    duties = [make.duty("x"), make.duty("y", market="uk"), make.duty("z", market="uk")]
    found = plan(
        [make.control("A"), make.control("B")],
        duties,
        {"x": ("A",), "y": ("A", "B"), "z": ("A",)},
    )
    first = found[0]
    assert "A" == first.control
    closes = {m: [d.rule for d in ds] for m, ds in first.closes.items()}
    assert {"eu": ["x"], "uk": ["y", "z"]} == closes
    assert {"x/p", "z/p"} == first.alone


def test_no_action_closes_a_prohibition_alone() -> None:
    found = plan([make.control("A")], [make.duty("x", kind="prohibition")], {"x": ("A",)})
    assert [frozenset()] == [a.alone for a in found]


def test_a_part_is_no_start_for_the_whole() -> None:
    found = plan(
        [make.control("A")],
        [make.duty("x")],
        {"x": ("A",)},
        [make.piece("p", {}, {"A": Rung.TESTED})],
    )
    assert (Rung.UNASSESSED, Rung.TESTED) == (found[0].stands, found[0].part)


def test_what_an_action_waits_for_is_planned_too_unless_it_is_met() -> None:
    controls = [
        make.control("A", after=("B", "D")),
        make.control("B", after=("C",)),
        make.control("C"),
        make.control("D", after=("E",)),
        make.control("E"),
    ]
    done = make.piece("p", {"D": Rung.OBSERVED}, kind=EvidenceKind.RECORD)
    found = plan(controls, [make.duty("x")], {"x": ("A",)}, [done])
    assert ["C", "B", "A"] == names(found)
    assert [(), ("C",), ("B",)] == [a.after for a in found]
    assert [("B",), ("A",), ()] == [a.needed_by for a in found]
    assert {} == found[0].closes


# ---------------------------------------------------------------- days
def test_days_are_worked_back_through_what_waits() -> None:
    """A is due on day 200 and takes 100; so B is due on day 100, takes 30 and begins on day 70."""
    controls = [make.control("A", after=("B",), effort="L"), make.control("B")]
    found = plan(controls, [make.duty("x", day(200))], {"x": ("A",)})
    b, a = found
    assert (day(100), day(70), day(30)) == (b.due, b.begin, b.earliest)
    assert (day(200), day(100), day(130)) == (a.due, a.begin, a.earliest)
    assert not a.late and not b.late


def test_the_earliest_day_that_a_duty_bites_counts_and_nothing_begins_before_today() -> None:
    duties = [make.duty("x", day(5), certain=False), make.duty("y", day(300))]
    (a,) = plan([make.control("A")], duties, {"x": ("A",), "y": ("A",)})
    assert (day(5), day(0), day(30)) == (a.due, a.begin, a.earliest)
    assert a.late and not a.overdue


@pytest.mark.parametrize(("certain", "overdue"), [(True, True), (False, False)])
def test_overdue_is_a_duty_that_surely_binds(certain: bool, overdue: bool) -> None:
    duties = [make.duty("x", day(-400), certain=certain)]
    (a,) = plan([make.control("A")], duties, {"x": ("A",)})
    assert (overdue, day(0)) == (a.overdue, a.due)


# ---------------------------------------------------------------- weights
@pytest.mark.parametrize(
    ("heavy", "light", "part"),
    [
        ({"certain": True}, {"certain": False}, "legal"),
        ({"kind": "prohibition"}, {}, "legal"),
        ({"bites_on": day(3)}, {"bites_on": day(600)}, "date"),
        ({"penalty": Penalty(35e6)}, {"penalty": Penalty(15e6)}, "penalty"),
        ({"penalty": Penalty(15e6)}, {"penalty": Penalty(5000)}, "penalty"),
        ({"penalty": Penalty(0, 4.0)}, {"penalty": Penalty(5000)}, "penalty"),
        ({"penalty": Penalty()}, {"penalty": None}, "penalty"),
        ({"use": "credit"}, {"use": "spam"}, "people"),
        ({"use": None}, {"use": "spam"}, "people"),
    ],
)
def test_a_part_decides_if_it_alone_has_a_weight(
    heavy: dict[str, Any], light: dict[str, Any], part: str
) -> None:
    duties = [make.duty("x", **light), make.duty("y", **heavy)]
    found = plan([make.control("A"), make.control("B")], duties, ANSWERS, weights=only(part))
    assert ["B", "A"] == names(found)
    assert found[0].parts[part] > found[1].parts[part]


def test_the_action_that_helps_most_duties_comes_first() -> None:
    duties = [make.duty("x"), make.duty("y")]
    answers: dict[str, tuple[str, ...]] = {"x": ("A", "B"), "y": ("B",)}
    found = plan([make.control("A"), make.control("B")], duties, answers, weights=only("duties"))
    assert [("B", 1.0), ("A", 0.5)] == [(a.control, a.score) for a in found]


def test_without_any_weight_there_is_still_a_plan() -> None:
    found = plan(
        [make.control("A")], [make.duty("x")], {"x": ("A",)}, weights=dict.fromkeys(PARTS, 0.0)
    )
    assert [0.0] == [a.score for a in found]


def test_moved_counts_places() -> None:
    controls = [make.control("A"), make.control("B")]
    duties = [make.duty("x", day(1)), make.duty("y", day(500), penalty=Penalty(40e6))]
    by_date = plan(controls, duties, ANSWERS, weights={"date": 9.0})
    by_penalty = plan(controls, duties, ANSWERS, weights={"penalty": 9.0})
    assert ["A", "B"] == names(by_date)
    assert {"B": 1, "A": -1} == moved(by_date, by_penalty)
    assert {} == moved(by_date, by_date)


# ---------------------------------------------------------------- properties
NAMES = "ABCDE"
afters = st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple)
duties = st.lists(
    st.builds(
        make.duty,
        st.sampled_from("vwxyz"),
        st.integers(-300, 700).map(day),
        certain=st.booleans(),
        penalty=st.none() | st.builds(Penalty, st.sampled_from([0.0, 5e3, 2e7, 4e7])),
        use=st.sampled_from([None, "credit", "spam"]),
        market=st.sampled_from(["eu", "us", "uk"]),
    ),
    max_size=6,
)
answers = st.fixed_dictionaries(
    {r: st.lists(st.sampled_from(NAMES), unique=True, max_size=3).map(tuple) for r in "vwxyz"}
)
weights = st.fixed_dictionaries({p: st.floats(0, 100) for p in PARTS})


@given(st.tuples(*(afters for _ in NAMES)), duties, answers, weights)
def test_order_respects_what_waits(
    waits: tuple[tuple[str, ...], ...],
    asked: list[Any],
    by: Mapping[str, tuple[str, ...]],
    weighs: dict[str, float],
) -> None:
    """Controls wait for later letters only: there is no circle."""
    controls = [
        make.control(n, after=tuple(a for a in after if a > n))
        for n, after in zip(NAMES, waits, strict=True)
    ]
    found = plan(controls, asked, by, weights=weighs)
    place = {a.control: i for i, a in enumerate(found)}
    by_name = {a.control: a for a in found}
    assert len(place) == len(found)
    for action in found:
        for earlier in action.after:
            assert place[earlier] < place[action.control]
            assert by_name[earlier].due <= max(action.begin, make.DAY)
            assert by_name[earlier].earliest < action.earliest
        assert make.DAY <= action.begin <= action.due
        assert 0.0 <= action.score <= 1.0


@given(st.tuples(*(afters for _ in NAMES)), duties, answers)
def test_a_circle_of_waits_ends(
    waits: tuple[tuple[str, ...], ...], asked: list[Any], by: Mapping[str, tuple[str, ...]]
) -> None:
    controls = [make.control(n, after=a) for n, a in zip(NAMES, waits, strict=True)]
    found = plan(controls, asked, by)
    assert len(set(names(found))) == len(found)


@given(duties, answers, weights)
def test_a_weight_of_zero_takes_the_effect_of_a_penalty_away(
    asked: list[Any], by: Mapping[str, tuple[str, ...]], weighs: dict[str, float]
) -> None:
    weighs = {**weighs, "penalty": 0.0}
    controls = [make.control(n) for n in NAMES]
    bare = [replace(d, penalty=None) for d in asked]
    with_penalty, without = (
        plan(controls, asked, by, weights=weighs),
        plan(controls, bare, by, weights=weighs),
    )
    assert [(a.control, a.score) for a in with_penalty] == [(a.control, a.score) for a in without]


@given(duties, answers, weights, st.floats(0.1, 10))
def test_only_the_relation_of_weights_counts(
    asked: list[Any], by: Mapping[str, tuple[str, ...]], weighs: dict[str, float], factor: float
) -> None:
    controls = [make.control(n) for n in NAMES]
    one = plan(controls, asked, by, weights=weighs)
    other = plan(controls, asked, by, weights={p: w * factor for p, w in weighs.items()})
    scores = {a.control: a.score for a in other}
    if sum(weighs.values()) > 1e-6:
        assert all(abs(a.score - scores[a.control]) < 0.001 for a in one)


@given(duties, answers, weights)
def test_every_gap_with_a_control_has_an_action_and_no_action_is_idle(
    asked: list[Any], by: Mapping[str, tuple[str, ...]], weighs: dict[str, float]
) -> None:
    book = make.catalogue(*(make.control(n) for n in NAMES))
    report = make.report(book, asked, by)
    found = make_plan(report, book, house(weighs))
    closed = {d.key for a in found for ds in a.closes.values() for d in ds}
    assert {g.duty.key for g in report.gaps if g.controls} == closed
    assert all(a.closes for a in found)
