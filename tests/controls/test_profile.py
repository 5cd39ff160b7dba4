"""Current and target profile: where outcomes stand, and what never counts as standing there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.controls.profile import (
    FrameworkProfile,
    ProfileLine,
    Standing,
    Target,
    counts,
    profile_of,
    together,
)
from dutybound.controls.states import control_states
from dutybound.terms.control import (
    Catalogue,
    Element,
    Framework,
    Mapping,
    Rationale,
    Relationship,
)
from dutybound.terms.evidence import Rung
from tests.controls import make

R = Relationship
WHOLE = (R.EQUAL, R.EQUIVALENT, R.SUPERSET)
NAMES = ("A", "B")
TREE = {"F": None, "F-1": "F", "F-1.1": "F-1", "F-1.2": "F-1"}
AIM = Target({"F": Rung.OBSERVED}, {})


def catalogue(*lines: tuple[str, str, Relationship]) -> Catalogue:
    """A function with one category and two subcategories."""
    framework = Framework(
        "f",
        "F",
        "1",
        "voluntary_framework",
        "",
        "",
        {n: Element(n, n, "", "", above, "." in n) for n, above in TREE.items()},
    )
    made = tuple(Mapping(s, t, r, Rationale.SEMANTIC, "why") for s, t, r in lines)
    controls = {n: make.control(n) for n in NAMES}
    return Catalogue({}, controls, {"f": framework}, {"f": made})


def profile(book: Catalogue, *evidence: Any, aim: Target = AIM) -> FrameworkProfile:
    return profile_of(book, "f", control_states(book, evidence), aim)


def first(book: Catalogue, *evidence: Any, aim: Target = AIM) -> ProfileLine:
    return profile(book, *evidence, aim=aim).lines[0]


@pytest.mark.parametrize(
    ("relationship", "reached", "part", "standing", "current", "shown"),
    [
        (R.SUPERSET, 0, 0, Standing.UNASSESSED, 0, 0),
        (R.SUPERSET, 2, 0, Standing.BELOW, 2, 2),
        (R.SUPERSET, 3, 0, Standing.AT_TARGET, 3, 3),
        (R.SUPERSET, 5, 0, Standing.AT_TARGET, 5, 5),
        (R.SUPERSET, 0, 5, Standing.PARTIAL, 0, 5),
        (R.SUPERSET, 2, 5, Standing.BELOW, 2, 5),
        (R.INTERSECTS, 5, 0, Standing.PARTIAL, 0, 5),
        (R.SUBSET, 5, 5, Standing.PARTIAL, 0, 5),
        (R.NONE, 5, 5, Standing.UNKNOWN, None, 0),
    ],
)
def test_an_outcome_aimed_at_observed(
    relationship: Relationship,
    reached: int,
    part: int,
    standing: Standing,
    current: int | None,
    shown: int,
) -> None:
    evidence = make.piece("p", {"A": Rung(reached)}, {"A": Rung(part)})
    found = first(catalogue(("A", "F-1.1", relationship)), evidence)
    assert (standing, current, shown) == (found.standing, found.current, found.part)
    assert found.is_gap is (standing is not Standing.AT_TARGET)


def test_two_parts_are_no_whole() -> None:
    book = catalogue(("A", "F-1.1", R.INTERSECTS), ("B", "F-1.1", R.SUBSET))
    best = Rung.INDEPENDENTLY_VERIFIED
    found = first(book, make.piece("p", {"A": best, "B": best}))
    assert (Standing.PARTIAL, Rung.UNASSESSED) == (found.standing, found.current)
    assert ((), ()) == (found.by, found.lacking)


def test_it_says_which_control_gives_the_rung_and_which_would_close_the_gap() -> None:
    book = catalogue(
        ("A", "F-1.1", R.SUPERSET), ("B", "F-1.1", R.EQUAL), ("A", "F-1.2", R.INTERSECTS)
    )
    found = first(book, make.piece("p", {"A": Rung.DOCUMENTED, "B": Rung.ASSERTED}))
    assert (("A",), ("A", "B")) == (found.by, found.lacking)
    touching = catalogue(("A", "F-1.1", R.SUPERSET), ("B", "F-1.1", R.INTERSECTS))
    found = first(touching, make.piece("p", {"A": Rung.DOCUMENTED, "B": Rung.DOCUMENTED}))
    assert (("A",), ("A",)) == (found.by, found.lacking)


def test_a_control_that_contains_a_category_gives_what_stands_below() -> None:
    found = profile(catalogue(("A", "F-1", R.SUPERSET)), make.piece("p", {"A": Rung.TESTED}))
    assert [Rung.TESTED, Rung.TESTED] == [x.current for x in found.lines]


def test_the_nearest_line_of_the_target_counts() -> None:
    aim = Target(
        {"F": Rung.TESTED, "F-1": Rung.OBSERVED, "F-1.1": Rung.ASSERTED}, {"F-1.2": "No use."}
    )
    lines = profile(catalogue(), aim=aim).lines
    assert [Rung.ASSERTED, None] == [x.target for x in lines]
    assert (Standing.LEFT_OUT, "No use.", False) == (
        lines[1].standing,
        lines[1].why,
        lines[1].is_gap,
    )
    assert Rung.OBSERVED is first(catalogue(), aim=Target({"F-1": Rung.OBSERVED}, {})).target
    assert first(catalogue(), aim=Target({}, {})).why


def test_the_organisation_stands_where_its_weakest_system_stands() -> None:
    book = catalogue(("A", "F-1.1", R.SUPERSET), ("B", "F-1.2", R.SUPERSET))
    strong = profile(book, make.piece("p", {"A": Rung.TESTED, "B": Rung.OBSERVED}))
    weak = profile(book, make.piece("p", {"A": Rung.OBSERVED, "B": Rung.ASSERTED}))
    found = together([strong, weak])
    assert [Rung.OBSERVED, Rung.ASSERTED] == [x.current for x in found]
    assert [Standing.AT_TARGET, Standing.BELOW] == [x.standing for x in found]
    assert [(2, 2), (1, 2)] == [(x.at_target, x.systems) for x in found]
    assert {Standing.AT_TARGET: 1, Standing.BELOW: 1} == counts(found)


def test_an_organisation_without_a_system_is_refused() -> None:
    with pytest.raises(ValueError, match="no system"):
        together([])


rungs = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(Rung)))
pieces = st.builds(make.piece, st.just("p"), rungs, rungs)
lines = st.lists(
    st.tuples(
        st.sampled_from(NAMES), st.sampled_from(sorted(TREE)), st.sampled_from(list(Relationship))
    ),
    max_size=5,
    unique_by=lambda x: x[:2],
)
aims = st.builds(
    Target,
    st.dictionaries(st.sampled_from(sorted(TREE)), st.sampled_from(list(Rung))),
    st.dictionaries(st.sampled_from(sorted(TREE)), st.just("why")),
)
HEIGHT = {
    s: i
    for i, s in enumerate(
        (Standing.UNASSESSED, Standing.PARTIAL, Standing.BELOW, Standing.AT_TARGET)
    )
}


@given(lines, st.lists(pieces, max_size=3), pieces, aims)
def test_more_evidence_never_lowers_an_outcome(
    mapped: list[Any], known: list[Any], more: Any, aim: Target
) -> None:
    book = catalogue(*mapped)
    before, after = profile(book, *known, aim=aim), profile(book, *known, more, aim=aim)
    for old, new in zip(before.lines, after.lines, strict=True):
        assert (old.current or 0) <= (new.current or 0)
        assert old.part <= new.part
        if old.standing in HEIGHT:
            assert HEIGHT[old.standing] <= HEIGHT[new.standing]
        else:
            assert old.standing is new.standing


@given(lines, st.lists(pieces, max_size=3), aims)
def test_at_target_needs_a_control_that_contains_it_and_stands_there(
    mapped: list[Any], known: list[Any], aim: Target
) -> None:
    book = catalogue(*mapped)
    states = control_states(book, known)
    for line in profile_of(book, "f", states, aim).lines:
        name: str | None = line.element.id
        above = set()
        while name is not None:
            above.add(name)
            name = TREE[name]
        best = max(
            (states[s].reached for s, t, r in mapped if t in above and r in WHOLE),
            default=Rung.UNASSESSED,
        )
        assert (line.current or Rung.UNASSESSED) == best
        if line.standing is Standing.AT_TARGET:
            assert line.target is not None
            assert best >= max(line.target, Rung.ASSERTED)


@given(lines, st.lists(pieces, max_size=3), st.lists(pieces, max_size=3), aims)
def test_the_organisation_is_never_above_a_system(
    mapped: list[Any], one: list[Any], other: list[Any], aim: Target
) -> None:
    book = catalogue(*mapped)
    systems = [profile(book, *one, aim=aim), profile(book, *other, aim=aim)]
    for i, line in enumerate(together(systems)):
        both = [s.lines[i] for s in systems]
        assert all((line.current or 0) <= (x.current or 0) for x in both)
        at = [x.standing is Standing.AT_TARGET for x in both]
        assert (line.standing is Standing.AT_TARGET) is all(at)
        assert line.at_target == sum(at)
