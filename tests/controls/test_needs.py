"""A control is met by all the evidence that it asks for, and by nothing less."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.controls.states import ControlState, State, as_if_checked, control_states
from dutybound.terms.control import EvidenceNeed
from dutybound.terms.evidence import EvidenceKind, Rung
from tests.controls import make

K = EvidenceKind
NOTICE: Final = (
    EvidenceNeed(K.APPROVAL, "texts", None, Rung.DOCUMENTED),
    EvidenceNeed(K.TEST_RESULT, "test", None, Rung.TESTED),
    EvidenceNeed(K.RECORD, "log", None, Rung.OBSERVED),
)
ROUTE: Final = (
    EvidenceNeed(K.DOCUMENT, "own record", None, Rung.DOCUMENTED, "route"),
    EvidenceNeed(K.CERTIFICATE, "certificate", None, Rung.DOCUMENTED, "route"),
    EvidenceNeed(K.RECORD, "log", None, Rung.OBSERVED),
)
WORD: Final = (
    EvidenceNeed(K.ATTESTATION, "word", None, Rung.ASSERTED),
    EvidenceNeed(K.EXTERNAL_REPORT, "report", None, Rung.INDEPENDENTLY_VERIFIED),
)
BOOK: Final = make.catalogue(
    make.control("N", Rung.OBSERVED, needs=NOTICE),
    make.control("R", Rung.DOCUMENTED, needs=ROUTE),
    make.control("W", Rung.INDEPENDENTLY_VERIFIED, needs=WORD),
)
TEXTS: Final = make.piece("a", {"N": Rung.DOCUMENTED}, kind=K.APPROVAL)
TEST: Final = make.piece("t", {"N": Rung.TESTED}, kind=K.TEST_RESULT)
LOG: Final = make.piece("r", {"N": Rung.OBSERVED})
LOW_LOG: Final = make.piece("r", {"N": Rung.DOCUMENTED})
NONE, SAID = Rung.UNASSESSED, Rung.ASSERTED
DOC, SEEN, TESTED = Rung.DOCUMENTED, Rung.OBSERVED, Rung.TESTED


def state(control: str, *evidence: Any) -> ControlState:
    return control_states(BOOK, list(evidence))[control]


def seen(found: ControlState) -> tuple[State, Rung, Rung, list[str]]:
    return found.state, found.reached, found.part, [what for _, what in found.missing]


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ([], (State.UNASSESSED, NONE, NONE, ["texts", "test", "log"])),
        ([TEST], (State.PARTIAL, SAID, TESTED, ["texts", "log"])),
        ([LOG], (State.PARTIAL, SAID, SEEN, ["texts", "test"])),
        ([TEXTS], (State.PARTIAL, DOC, NONE, ["test", "log"])),
        ([TEXTS, TEST], (State.PARTIAL, DOC, TESTED, ["log"])),
        ([TEXTS, LOG], (State.PARTIAL, SEEN, NONE, ["test"])),
        ([TEST, LOG], (State.PARTIAL, SAID, TESTED, ["texts"])),
        ([TEXTS, TEST, LOW_LOG], (State.PARTIAL, DOC, TESTED, ["log"])),
        ([TEXTS, TEST, LOG], (State.MET, TESTED, NONE, [])),
    ],
)
def test_a_control_that_asks_for_three_kinds(
    evidence: list[Any], expected: tuple[State, Rung, Rung, list[str]]
) -> None:
    """One signed test of reasons says nothing on the texts of notices, or on their days."""
    assert expected == seen(state("N", *evidence))


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([], (State.UNASSESSED, NONE, NONE, ["own record, or certificate", "log"])),
        ([K.DOCUMENT], (State.PARTIAL, DOC, NONE, ["log"])),
        ([K.CERTIFICATE], (State.PARTIAL, DOC, NONE, ["log"])),
        ([K.DOCUMENT, K.RECORD], (State.MET, SEEN, NONE, [])),
        ([K.CERTIFICATE, K.RECORD], (State.MET, SEEN, NONE, [])),
        ([K.RECORD], (State.PARTIAL, SAID, SEEN, ["own record, or certificate"])),
    ],
)
def test_of_alternatives_one_is_enough(
    kinds: list[EvidenceKind], expected: tuple[State, Rung, Rung, list[str]]
) -> None:
    rungs = {K.RECORD: SEEN}
    evidence = [make.piece(k, {"R": rungs.get(k, DOC)}, kind=k) for k in kinds]
    assert expected == seen(state("R", *evidence))


def test_a_required_rung_alone_is_not_enough_and_neither_are_the_needs() -> None:
    """W requires more than an attestation; a report without it lacks the attestation."""
    high = make.piece("e", {"W": Rung.INDEPENDENTLY_VERIFIED}, kind=K.EXTERNAL_REPORT)
    word = make.piece("w", {"W": SAID}, kind=K.ATTESTATION)
    assert (State.PARTIAL, ["word"]) == (state("W", high).state, seen(state("W", high))[3])
    assert (State.PARTIAL, ["report"]) == (state("W", word).state, seen(state("W", word))[3])
    assert State.MET is state("W", high, word).state


def test_an_examination_stands_for_each_need_up_to_its_rung() -> None:
    """A SOC 2 report observes: it stands for texts and log, and not for the test."""
    found = make.Piece(make.claim("s", K.EXTERNAL_REPORT), {"N": SEEN}, examined=frozenset("N"))
    assert (State.PARTIAL, SEEN, NONE, ["test"]) == seen(state("N", found))
    assert (State.MET, TESTED, NONE, []) == seen(state("N", found, TEST))
    plain = make.piece("s", {"N": SEEN}, kind=K.EXTERNAL_REPORT)
    assert (State.PARTIAL, SAID, SEEN, ["texts", "test", "log"]) == seen(state("N", plain))


def test_the_preview_counts_as_the_examination_does() -> None:
    found = as_if_checked(BOOK, "s", K.EXTERNAL_REPORT, {"N": SEEN}, {"R": DOC}, ["W"])
    assert (State.PARTIAL, SEEN, NONE, ["test"]) == seen(found["N"])
    assert (State.PARTIAL, NONE, DOC) == seen(found["R"])[:3]
    assert State.OPEN is found["W"].state


# ---------------------------------------------------------------- laws
needs = st.builds(
    EvidenceNeed,
    st.sampled_from([K.DOCUMENT, K.RECORD, K.TEST_RESULT, K.ATTESTATION]),
    st.sampled_from(["x", "y", "z"]),
    st.none(),
    st.sampled_from(list(Rung)[1:]),
    st.sampled_from([None, None, "g", "h"]),
)
controls = st.builds(
    lambda required, asked: make.control("C", required, needs=tuple(asked)),
    st.sampled_from(list(Rung)[1:]),
    st.lists(needs, max_size=5),
)
pieces = st.builds(
    lambda name, rung, part, kind, examined: make.Piece(
        make.claim(name, kind),
        {"C": rung} if rung else {},
        {"C": part} if part else {},
        examined=frozenset("C") if examined else frozenset(),
    ),
    st.sampled_from(["p", "q", "r"]),
    st.sampled_from(list(Rung)),
    st.sampled_from([Rung.UNASSESSED, *Rung]),
    st.sampled_from([K.DOCUMENT, K.RECORD, K.TEST_RESULT, K.ATTESTATION, K.CERTIFICATE]),
    st.booleans(),
)
ORDER: Final = (State.UNASSESSED, State.OPEN, State.PARTIAL, State.MET)


def is_there(asked: tuple[EvidenceNeed, ...], known: list[make.Piece]) -> dict[Any, bool]:
    """Each need, or group of alternatives, and whether some piece shows it: the rule in words."""
    found: dict[Any, bool] = {}
    for i, need in enumerate(asked):
        shown = any(
            p.reaches.get("C", NONE) >= need.rung and (p.claim.kind is need.kind or p.examined)
            for p in known
        )
        name = need.any_of or i
        found[name] = found.get(name, False) or shown
    return found


@given(controls, st.lists(pieces, max_size=5), pieces)
def test_more_evidence_never_lowers_anything(asked: Any, known: list[Any], more: Any) -> None:
    book = make.catalogue(asked)
    before = control_states(book, known)["C"]
    after = control_states(book, [*known, more])["C"]
    assert ORDER.index(before.state) <= ORDER.index(after.state)
    assert before.reached <= after.reached
    assert before.highest <= after.highest
    assert len(after.missing) <= len(before.missing)


@given(controls, st.lists(pieces, max_size=6))
def test_met_is_the_required_rung_and_nothing_missing(asked: Any, known: list[Any]) -> None:
    found = control_states(make.catalogue(asked), known)["C"]
    there = is_there(asked.needs, known)
    highest = max((p.reaches.get("C", NONE) for p in known), default=NONE)
    assert (all(there.values()) and highest >= asked.required) is (found.state is State.MET)
    assert sum(not yes for yes in there.values()) == len(found.missing)


@given(controls, st.lists(pieces, max_size=6))
def test_no_need_is_missing_up_to_the_rung_of_the_whole(asked: Any, known: list[Any]) -> None:
    found = control_states(make.catalogue(asked), known)["C"]
    there = is_there(asked.needs, known)
    for i, need in enumerate(asked.needs):
        if SAID < found.reached and need.rung <= found.reached:
            assert there[need.any_of or i]
    shown = max((p.reaches.get("C", NONE) for p in known), default=NONE)
    assert found.reached <= shown
    assert (found.reached > NONE) is (shown > NONE)
    assert shown <= found.highest
