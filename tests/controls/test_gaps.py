"""Tries to make the gaps lie: evidence lifts, never lowers; a part is never the whole."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dutybound.controls.coverage import framework_coverage
from dutybound.controls.elements import ElementState, framework_gaps, made_ready
from dutybound.controls.gaps import Duty, DutyState
from dutybound.controls.states import State, control_states
from dutybound.terms.control import (
    Catalogue,
    Element,
    EvidenceNeed,
    Framework,
    Mapping,
    Rationale,
    Relationship,
)
from dutybound.terms.evidence import EvidenceKind, Rung
from tests.controls import make
from tests.evidence import kit

R = Relationship
NAMES = ("A", "B", "C")
BOOK = make.catalogue(
    make.control("A", Rung.DOCUMENTED), make.control("B"), make.control("C", Rung.TESTED)
)
ANSWERS = {"one": ("A",), "two": ("A", "B"), "three": ("A", "B", "C"), "ban": ("A",)}
HEIGHT = {s: i for i, s in enumerate((State.UNASSESSED, State.OPEN, State.PARTIAL, State.MET))}

rungs = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(Rung)), max_size=3)
pieces = st.builds(
    make.piece,
    st.sampled_from(["p", "q", "r"]),
    rungs,
    rungs,
    st.sampled_from(list(EvidenceKind)),
)
refusals = st.builds(
    make.refused, st.none() | st.sampled_from(NAMES), st.sampled_from((*NAMES, "other"))
)
shields = st.sampled_from([(), (("Art. 9", "A change."),)])
duties = st.builds(
    make.duty,
    st.sampled_from(sorted(ANSWERS)),
    st.integers(-400, 1000).map(lambda n: make.DAY + timedelta(days=n)),
    kind=st.sampled_from(["duty", "prohibition"]),
    certain=st.booleans(),
    shields=shields,
    may_shield=shields,
)


def one(duty: Duty, *evidence: Any, refused: tuple[str, ...] = ()) -> DutyState:
    """The state of one duty."""
    no = [make.refused(name) for name in refused]
    return make.report(BOOK, [duty], ANSWERS, list(evidence), no).duties[0]


# ---------------------------------------------------------------- controls
@pytest.mark.parametrize(
    ("reached", "part", "no", "state"),
    [
        (None, None, False, State.UNASSESSED),
        (None, None, True, State.OPEN),
        (Rung.ASSERTED, None, False, State.PARTIAL),
        (None, Rung.INDEPENDENTLY_VERIFIED, False, State.PARTIAL),
        (Rung.DOCUMENTED, None, False, State.PARTIAL),
        (Rung.OBSERVED, None, False, State.MET),
        (Rung.TESTED, None, True, State.MET),
    ],
)
def test_a_control_that_needs_observed(
    reached: Rung | None, part: Rung | None, no: bool, state: State
) -> None:
    evidence = make.piece("p", {"B": reached} if reached else {}, {"B": part} if part else {})
    found = control_states(BOOK, [evidence], [make.refused("B")] if no else [])["B"]
    assert state is found.state
    assert (reached or Rung.UNASSESSED, part or Rung.UNASSESSED) == (found.reached, found.part)


def test_a_whole_piece_that_is_refused_counts_as_a_look_at_what_it_names() -> None:
    found = control_states(BOOK, [], [make.refused(None, "A", "B")])
    assert [State.OPEN, State.OPEN, State.UNASSESSED] == [found[c].state for c in NAMES]
    assert ("old: expired",) == found["A"].refused


def test_what_a_report_does_not_test_is_no_look() -> None:
    found = control_states(BOOK, [], [make.refused("A", code="not_in_scope")])["A"]
    assert (State.UNASSESSED, ("old: not_in_scope",)) == (found.state, found.refused)


def test_a_control_that_requires_nothing_is_still_unassessed_without_evidence() -> None:
    book = make.catalogue(make.control("Z", Rung.UNASSESSED))
    assert State.UNASSESSED is control_states(book, [])["Z"].state


def test_missing_is_what_no_evidence_of_the_kind_shows_at_its_rung() -> None:
    record = EvidenceNeed(EvidenceKind.RECORD, "log", None, Rung.OBSERVED)
    paper = EvidenceNeed(EvidenceKind.DOCUMENT, "procedure", None, Rung.DOCUMENTED)
    book = make.catalogue(make.control("B", needs=(record, paper)))

    def missing(*evidence: Any) -> list[str]:
        return [what for _, what in control_states(book, list(evidence))["B"].missing]

    low = make.piece("p", {"B": Rung.DOCUMENTED})
    assert ["log", "procedure"] == missing()
    assert ["log", "procedure"] == missing(low)
    assert ["log", "procedure"] == missing(make.piece("p", {}, {"B": Rung.OBSERVED}))
    assert ["procedure"] == missing(low, make.piece("q", {"B": Rung.OBSERVED}))
    doc = make.piece("d", {"B": Rung.DOCUMENTED}, kind=EvidenceKind.DOCUMENT)
    assert ["log"] == missing(doc)


@given(st.lists(pieces, max_size=4), st.lists(refusals, max_size=3), pieces)
def test_more_evidence_never_lowers_a_control(known: list[Any], no: list[Any], more: Any) -> None:
    before = control_states(BOOK, known, no)
    after = control_states(BOOK, [*known, more], no)
    for name in NAMES:
        assert HEIGHT[before[name].state] <= HEIGHT[after[name].state]
        assert before[name].reached <= after[name].reached
        assert set(after[name].missing) <= set(before[name].missing)


@given(st.lists(pieces, max_size=4), st.lists(refusals, max_size=4))
def test_evidence_that_does_not_count_lifts_no_rung(known: list[Any], no: list[Any]) -> None:
    alone = control_states(BOOK, known)
    beside = control_states(BOOK, known, no)
    for name in NAMES:
        assert alone[name].reached is beside[name].reached
        assert (alone[name].state is State.MET) is (beside[name].state is State.MET)


@given(st.lists(pieces, max_size=6))
def test_parts_never_add_up_to_the_whole(known: list[make.Piece]) -> None:
    parts = [make.piece(p.claim.id, {}, {**p.reaches, **p.partial}) for p in known]
    assert not any(s.state is State.MET for s in control_states(BOOK, parts).values())


@pytest.mark.parametrize(("days", "state"), [(0, State.MET), (1, State.OPEN), (400, State.OPEN)])
def test_expired_evidence_never_counts(days: int, state: State) -> None:
    """A test of 2 November, and a control that accepts 90 days; through the real intake."""
    last = date(2027, 1, 31)
    as_of = last + timedelta(days=days)
    came = kit.checked(kit.signed(), as_of=as_of)
    found = control_states(kit.small_catalogue(), came.checked, came.refused)
    assert state is found["DB-FAI-01"].state


# ---------------------------------------------------------------- duties
MET_A = make.piece("p", {"A": Rung.DOCUMENTED})
MET_AB = make.piece("p", {"A": Rung.DOCUMENTED, "B": Rung.OBSERVED})


@pytest.mark.parametrize(
    ("evidence", "no", "state", "met"),
    [
        ([], (), State.UNASSESSED, 0),
        ([], ("B",), State.OPEN, 0),
        ([MET_A], (), State.PARTIAL, 1),
        ([MET_A], ("B",), State.PARTIAL, 1),
        ([MET_AB], (), State.MET, 2),
    ],
)
def test_a_duty_with_two_controls(
    evidence: list[Any], no: tuple[str, ...], state: State, met: int
) -> None:
    found = one(make.duty("two"), *evidence, refused=no)
    assert (state, met) == (found.state, found.met)


def test_a_duty_without_a_control_is_no_gap_that_was_closed() -> None:
    found = make.report(BOOK, [make.duty("nobody")], ANSWERS)
    assert State.NO_CONTROL is found.duties[0].state
    assert found.gaps == found.duties


def test_a_control_that_a_rule_names_counts_and_one_that_nobody_knows_is_never_met() -> None:
    assert ("A",) == one(make.duty("nobody", controls=("A",))).controls
    assert State.MET is one(make.duty("nobody", controls=("A",)), MET_A).state
    found = one(make.duty("one", controls=("OWN-1",)), MET_A)
    assert (State.PARTIAL, ("A",)) == (found.state, found.controls)


def test_a_shield_is_no_gap_and_not_met_and_one_that_may_hold_changes_nothing() -> None:
    shield = (("Art. 9", "A change of design."),)
    assert State.SHIELDED is one(make.duty("one", shields=shield)).state
    assert State.MET is one(make.duty("one", shields=shield), MET_A).state
    assert State.UNASSESSED is one(make.duty("one", may_shield=shield)).state


def test_evidence_never_meets_a_prohibition() -> None:
    ban = make.duty("ban", kind="prohibition")
    assert State.OPEN is one(ban).state
    assert State.OPEN is one(ban, MET_A).state
    unsure = make.duty("ban", kind="prohibition", certain=False)
    assert State.UNASSESSED is one(unsure).state
    assert State.PARTIAL is one(unsure, MET_A).state


def test_the_horizon_is_a_last_day() -> None:
    days = [make.duty(f"d{n}", make.DAY + timedelta(days=n)) for n in (-9, 0, 10, 11)]
    found = make.report(BOOK, days, {}, horizon=timedelta(days=10))
    assert ["d-9", "d0", "d10"] == [d.duty.rule for d in found.duties]


def test_numbers_count_each_control_once() -> None:
    found = make.report(BOOK, [make.duty("one"), make.duty("three")], ANSWERS, [MET_AB])
    assert (2, 3) == found.valid
    assert {"A", "B"} == found.met_controls
    assert {State.MET: 1, State.PARTIAL: 1} == found.counts()


@given(st.lists(duties, max_size=5), st.lists(pieces, max_size=4), pieces)
def test_more_evidence_never_opens_a_gap(asked: list[Duty], known: list[Any], more: Any) -> None:
    before = make.report(BOOK, asked, ANSWERS, known)
    after = make.report(BOOK, asked, ANSWERS, [*known, more])
    assert len(before.duties) == len(after.duties)
    for old, new in zip(before.duties, after.duties, strict=True):
        assert old.met <= new.met
        if old.state in HEIGHT:
            assert HEIGHT[old.state] <= HEIGHT[new.state]
        else:
            assert new.state in (old.state, State.MET)
    assert set(after.gaps) <= {d for d in after.duties if d.duty in {g.duty for g in before.gaps}}


@given(st.lists(duties, min_size=1, max_size=5), st.lists(pieces, max_size=5))
def test_met_means_every_control_at_its_rung_and_shielded_means_a_shield_that_holds(
    asked: list[Duty], known: list[Any]
) -> None:
    found = make.report(BOOK, asked, ANSWERS, known)
    for state in found.duties:
        if state.state is State.MET:
            assert state.controls
            assert all(
                found.controls[c].reached >= BOOK.controls[c].required for c in state.controls
            )
            assert state.duty.kind != "prohibition"
        if state.state is State.SHIELDED:
            assert state.duty.shields


# ---------------------------------------------------------------- frameworks
FLAT: list[tuple[str, str | None, bool]] = [
    ("T", None, False),
    ("X", "T", True),
    ("Y", "T", True),
]


def book(
    *lines: tuple[str, str, Relationship],
    elements: list[tuple[str, str | None, bool]] = FLAT,
) -> Catalogue:
    """The controls of BOOK mapped to elements; by default two, below a top."""
    framework = Framework(
        "f",
        "F",
        "1",
        "voluntary_framework",
        "",
        "",
        {n: Element(n, n, "", "", above, yes) for n, above, yes in elements},
    )
    made = tuple(Mapping(s, t, r, Rationale.SEMANTIC, "why") for s, t, r in lines)
    return Catalogue({}, BOOK.controls, {"f": framework}, {"f": made})


@pytest.mark.parametrize(
    ("relationship", "evidence", "no", "state"),
    [
        (R.SUPERSET, [], (), ElementState.UNASSESSED),
        (R.SUPERSET, [], ("A",), ElementState.NONE),
        (R.SUPERSET, [make.piece("p", {"A": Rung.ASSERTED})], (), ElementState.NONE),
        (R.SUPERSET, [MET_A], (), ElementState.FULL),
        (R.INTERSECTS, [MET_A], (), ElementState.PARTIAL),
        (R.SUBSET, [MET_A], (), ElementState.PARTIAL),
    ],
)
def test_an_element(
    relationship: Relationship, evidence: list[Any], no: tuple[str, ...], state: ElementState
) -> None:
    whole = book(("A", "X", relationship))
    states = control_states(whole, evidence, [make.refused(n) for n in no])
    found = framework_gaps(whole, "f", states)
    assert state is found.elements[0].state
    assert ElementState.UNKNOWN is found.elements[1].state
    assert (len([e for e in evidence if e is MET_A]), 1) == found.valid
    assert {"T": {state: 1, ElementState.UNKNOWN: 1}} == {e.id: c for e, c in found.parts()}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES), st.sampled_from(["X", "Y"]), st.sampled_from(list(Relationship))
        ),
        max_size=5,
    ),
    st.lists(pieces, max_size=5),
)
def test_an_element_is_full_only_through_one_control_that_contains_it(
    lines: list[tuple[str, str, Relationship]], known: list[Any]
) -> None:
    assume(len({(s, t) for s, t, _ in lines}) == len(lines))
    whole = book(*lines)
    states = control_states(whole, known)
    contains = (R.EQUAL, R.EQUIVALENT, R.SUPERSET)
    for element in framework_gaps(whole, "f", states).elements:
        name = element.element.id
        own = [(s, r) for s, t, r in lines if t == name and r is not R.NONE]
        assert (element.state is ElementState.UNKNOWN) is (not own)
        full = any(r in contains and states[s].state is State.MET for s, r in own)
        assert (element.state is ElementState.FULL) is full


TREE: list[tuple[str, str | None, bool]] = [
    ("T", None, False),
    ("U", "T", True),
    ("X", "U", True),
    ("Y", "U", True),
    ("Z", "T", True),
]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.sampled_from([name for name, _, _ in TREE]),
            st.sampled_from(list(Relationship)),
        ),
        max_size=6,
    ),
    st.lists(pieces, max_size=5),
)
def test_what_is_made_ready_says_the_same_as_the_coverage(
    lines: list[tuple[str, str, Relationship]], known: list[Any]
) -> None:
    """The short way for elements of which nothing is held, and the long way."""
    assume(len({(s, t) for s, t, _ in lines}) == len(lines))
    whole = book(*lines, elements=TREE)
    states = control_states(whole, known)
    held = frozenset(c for c, s in states.items() if s.state is State.MET)
    looked_at = {c for c, s in states.items() if s.state is not State.UNASSESSED}
    found = framework_gaps(whole, "f", states, made_ready(whole, "f")).elements
    for long, short in zip(framework_coverage(whole, "f", held).elements, found, strict=True):
        lacking = tuple(x.source for x in long.open)
        word = str(long.coverage)
        if word == "none" and looked_at.isdisjoint(lacking):
            word = "unassessed"
        assert (word, lacking, long.via) == (str(short.state), short.lacking, short.via)
        assert tuple(x.source for x in long.held) == short.held
