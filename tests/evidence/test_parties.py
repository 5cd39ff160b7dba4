"""For whom evidence counts, through the real intake: decision 0014."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dutybound.assess.intake import check_evidence
from dutybound.assess.opening import Opened, open_all
from dutybound.controls.states import State, States, states_by_party
from dutybound.terms.control import Catalogue, ControlObject
from dutybound.terms.evidence import Rung
from dutybound.terms.system import Profile, Thing
from tests.evidence import kit

PARTIES: Final = ("acme", "sister", "client")
ABOUT: Final = {
    "DB-FAI-01": ControlObject.SYSTEM,
    "DB-DOC-01": ControlObject.SYSTEM,
    "DB-HUM-01": ControlObject.USE,
}  # the others are about the organisation
HEIGHT: Final = {State.UNASSESSED: 0, State.OPEN: 1, State.PARTIAL: 2, State.MET: 3}
FACTS: Final = ("document", "test_result")
KINDS: Final = (*FACTS, "record", "attestation", "approval")


@cache
def book(required: Rung = Rung.ASSERTED) -> Catalogue:
    """The small catalogue: about what each control is, and one rung for all."""
    small = kit.small_catalogue()
    controls = {
        n: replace(c, object=ABOUT.get(n, ControlObject.ORGANISATION), required=required, needs=())
        for n, c in small.controls.items()
    }
    return replace(small, controls=controls)


def system(*parties: str) -> Profile:
    """A system with parties."""
    return replace(kit.profile(), parties=tuple(Thing("party", p, {}) for p in parties))


def opened(*claims: dict[str, Any]) -> Opened:
    """Signed claims, opened."""
    raw = [(f"{i}.dsse.json", kit.signed(kit.predicate(**c))) for i, c in enumerate(claims)]
    return open_all(raw, kit.trust_in())


def states(profile: Profile, *claims: dict[str, Any]) -> tuple[States, list[tuple[str, str]]]:
    """How the controls stand, and (control, reason) of what is about another party."""
    checked, refused = check_evidence(opened(*claims), book(), profile, kit.DAY)
    names = [p.id for p in profile.parties]
    noes = [(r.control or "", r.reason) for r in refused if r.code == "other_party"]
    return states_by_party(book(), checked, refused, names), noes


def claim(kind: str, control: str, **more: Any) -> dict[str, Any]:
    """A claim of a kind by alice of acme, about the version."""
    parts: dict[str, Any] = {
        "approval": {"of": "work", "work_author": "bob", "decision": "approved"}
        if kind == "approval"
        else None,
        "test": {"method": "hold-out", "result": "pass"} if kind == "test_result" else None,
    }
    return {"id": "c", "kind": kind, "controls": [control], "rung": "asserted", **parts, **more}


def met_for(found: States, control: str) -> list[str]:
    """The parties for which a control is met."""
    return [p for p in PARTIES if found.of(p)[control].state is State.MET]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("control", ["DB-FAI-01", "DB-HUM-01", "DB-MON-01"])
def test_what_acme_issues_serves_the_others_only_as_a_fact_on_the_version(
    kind: str, control: str
) -> None:
    found, noes = states(system(*PARTIES), claim(kind, control))
    everyone = kind in FACTS and ABOUT.get(control) is ControlObject.SYSTEM
    assert (list(PARTIES) if everyone else ["acme"]) == met_for(found, control)
    assert ([] if everyone else [control]) == [c for c, _ in noes]
    assert everyone is (found.lowest[control].state is State.MET)


def test_the_others_are_unassessed_and_told_why() -> None:
    """Nobody looked at the sister: `open` would say that somebody did."""
    found, noes = states(system(*PARTIES), claim("record", "DB-MON-01"))
    assert State.UNASSESSED is found.of("sister")["DB-MON-01"].state
    assert ("c: other_party",) == found.of("sister")["DB-MON-01"].refused
    assert () == found.of("acme")["DB-MON-01"].refused
    says = "It is about acme and says nothing on sister, client. If it covers them too, it has to "
    assert [("DB-MON-01", says + "say so with `parties`.")] == noes


@pytest.mark.parametrize("about", [{"version": None}, {"system": None, "version": None}])
def test_a_document_that_names_no_version_is_no_fact_on_one(about: dict[str, Any]) -> None:
    found, _ = states(system(*PARTIES), claim("document", "DB-DOC-01", **about))
    assert ["acme"] == met_for(found, "DB-DOC-01")


@pytest.mark.parametrize(
    ("parties", "expected"),
    [
        ("all", ["acme", "sister", "client"]),
        (["acme", "sister"], ["acme", "sister"]),
        (["sister"], ["sister"]),
        (["sister", "somebody-else"], ["sister"]),
        (["somebody-else"], []),
    ],
)
@pytest.mark.parametrize("control", ["DB-FAI-01", "DB-MON-01"])
def test_a_claim_that_says_whom_it_is_about(
    parties: Any, expected: list[str], control: str
) -> None:
    found, _ = states(system(*PARTIES), claim("document", control, parties=parties))
    assert expected == met_for(found, control)


def test_a_claim_about_somebody_else_is_none_for_the_only_party() -> None:
    checked, refused = check_evidence(
        opened(claim("document", "DB-MON-01", parties=["sister"])), book(), system("acme"), kit.DAY
    )
    assert ([], ["other_party"]) == (checked, [r.code for r in refused])


@pytest.mark.parametrize(
    ("author", "issuer", "control", "expected"),
    [
        ("alice", "acme", "DB-MON-01", ["only"]),  # our own house, under another id
        ("iris", "outside-lab", "DB-MON-01", ["only"]),
        ("vera", "cloudco", "DB-MON-01", []),  # a vendor's policy is not ours
        ("vera", "cloudco", "DB-DOC-01", ["only"]),  # its test of the version is a fact
    ],
)
def test_the_only_party_of_a_system(
    author: str, issuer: str, control: str, expected: list[str]
) -> None:
    one = claim("document", control, author=author, issuer=issuer)
    found, _ = states(system("only"), one)
    met = found.of("only")[control].state is State.MET
    assert expected == (["only"] if met else [])


def test_an_outsider_serves_nobody_of_several_unless_it_says_whom() -> None:
    lab = claim("document", "DB-MON-01", author="iris", issuer="outside-lab")
    found, noes = states(system(*PARTIES), lab)
    assert [] == met_for(found, "DB-MON-01")
    assert noes[0][1].startswith("outside-lab is no party of the system")
    found, _ = states(system(*PARTIES), {**lab, "parties": ["client"]})
    assert ["client"] == met_for(found, "DB-MON-01")


def test_where_nobody_asks_about_a_party_nothing_is_taken_out() -> None:
    for profile in (system(), None):
        about = {} if profile else {"system": None, "version": None}
        one = claim("document", "DB-MON-01", **about)
        checked, refused = check_evidence(opened(one), book(), profile, kit.DAY)
        assert ([None], []) == ([c.whom for c in checked], refused)


def test_a_piece_that_is_refused_is_no_look_at_another_party() -> None:
    """An expired record of acme: open for acme, unassessed for the sister."""
    old = claim("record", "DB-MON-01", made_on="2026-11-02", valid_until="2026-11-03")
    found, _ = states(system(*PARTIES), old)
    assert State.OPEN is found.of("acme")["DB-MON-01"].state
    assert State.UNASSESSED is found.of("sister")["DB-MON-01"].state


# ---------------------------------------------------------------- laws
claims = st.builds(
    claim,
    st.sampled_from(KINDS),
    st.sampled_from(sorted(kit.small_catalogue().controls)),
    parties=st.one_of(
        st.none(), st.just("all"), st.lists(st.sampled_from(PARTIES), min_size=1, unique=True)
    ),
)


def several(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Claims with ids of their own."""
    return [{**c, "id": f"c{i}"} for i, c in enumerate(found)]


@settings(max_examples=60, deadline=None)
@given(st.lists(claims, min_size=1, max_size=4), st.data())
def test_taking_a_party_out_of_a_claim_never_raises_a_state(
    known: list[dict[str, Any]], data: st.DataObject
) -> None:
    first = known[0]["parties"]
    named = list(PARTIES) if first in (None, "all") else first
    before = several([{**known[0], "parties": "all" if first is None else first}, *known[1:]])
    fewer = data.draw(st.lists(st.sampled_from(named), min_size=1, unique=True))
    after = several([{**known[0], "parties": fewer}, *known[1:]])
    more, _ = states(system(*PARTIES), *before)
    less, _ = states(system(*PARTIES), *after)
    for party in (*PARTIES, None):
        for name, state in less.of(party).items():
            assert HEIGHT[state.state] <= HEIGHT[more.of(party)[name].state]
            assert state.reached <= more.of(party)[name].reached


@settings(max_examples=60, deadline=None)
@given(st.lists(claims, max_size=4))
def test_what_acme_says_of_itself_never_meets_a_control_of_the_sister(
    known: list[dict[str, Any]],
) -> None:
    own = several([{**c, "parties": None} for c in known])
    found, _ = states(system(*PARTIES), *own)
    for name, state in found.of("sister").items():
        if ABOUT.get(name) is not ControlObject.SYSTEM:
            assert (State.UNASSESSED, Rung.UNASSESSED, ()) == (
                state.state,
                state.highest,
                state.evidence,
            )


@settings(max_examples=40, deadline=None)
@given(st.lists(claims, max_size=3), claims)
def test_more_evidence_never_lowers_a_party_and_the_lowest_is_the_lowest(
    known: list[dict[str, Any]], one: dict[str, Any]
) -> None:
    assume(all(c["kind"] != "approval" for c in (*known, one)))  # nobody approves their own work
    all_of_them = several([*known, one])
    before, _ = states(system(*PARTIES), *all_of_them[:-1])
    after, _ = states(system(*PARTIES), *all_of_them)
    for name in book().controls:
        own = [HEIGHT[after.of(p)[name].state] for p in PARTIES]
        assert min(own) == HEIGHT[after.lowest[name].state]
        for party in PARTIES:
            assert HEIGHT[before.of(party)[name].state] <= HEIGHT[after.of(party)[name].state]
