"""Tries to make the algebra lie: sets stand for requirements, and every conclusion must hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.controls.algebra import (
    PART,
    SAME,
    WHOLE,
    chain,
    compose,
    coverage,
    implied_pairs,
    inverse,
    invert,
)
from dutybound.controls.coverage import framework_coverage, mapped
from dutybound.terms.control import (
    Catalogue,
    Coverage,
    Element,
    Framework,
    Mapping,
    Rationale,
    Relationship,
)

R = Relationship
Set = frozenset[int]
sets = st.frozensets(st.integers(0, 5), min_size=1, max_size=6)


def relation(a: Set, b: Set) -> Relationship:
    """What two sets are to each other."""
    if a == b:
        return R.EQUAL
    if a > b:
        return R.SUPERSET
    if a < b:
        return R.SUBSET
    return R.INTERSECTS if a & b else R.NONE


def holds(claim: Relationship, a: Set, b: Set) -> bool:
    """Whether a claim is true of two sets."""
    true = relation(a, b)
    return claim in SAME if true in SAME else claim is true


def line(
    source: str, target: str, r: Relationship, basis: Rationale = Rationale.SEMANTIC
) -> Mapping:
    return Mapping(source, target, r, basis, "stated for the test", None if r is R.NONE else 5)


# ---------------------------------------------------------------- relationships
@given(sets, sets)
def test_inverse_is_true_of_the_sets(a: Set, b: Set) -> None:
    assert holds(inverse(relation(a, b)), b, a)


@pytest.mark.parametrize("r", list(Relationship))
def test_inverse_twice_is_the_same(r: Relationship) -> None:
    assert r is inverse(inverse(r))


@given(sets, sets, sets)
def test_a_chain_is_true_of_the_sets(a: Set, b: Set, c: Set) -> None:
    follows = compose(relation(a, b), relation(b, c))
    assert follows is None or holds(follows, a, c)


@pytest.mark.parametrize("first", sorted(PART))
@pytest.mark.parametrize("second", sorted(PART | {R.SUPERSET, R.NONE}))
def test_partial_never_chains(first: Relationship, second: Relationship) -> None:
    expected = R.SUBSET if first is second is R.SUBSET else None
    assert expected is compose(first, second)


@pytest.mark.parametrize("first", list(Relationship))
@pytest.mark.parametrize("second", list(Relationship))
def test_only_a_whole_first_link_can_end_whole(first: Relationship, second: Relationship) -> None:
    if compose(first, second) in WHOLE:
        assert {first, second} <= WHOLE


@pytest.mark.parametrize("r", list(Relationship))
def test_equality_is_neutral(r: Relationship) -> None:
    assert compose(R.EQUAL, r) is r
    assert compose(r, R.EQUAL) is r


def test_same_words_and_same_meaning_is_same_meaning() -> None:
    assert R.EQUIVALENT is compose(R.EQUAL, R.EQUIVALENT)
    assert R.EQUIVALENT is compose(R.EQUIVALENT, R.EQUAL)


def test_lines_on_different_grounds_are_not_chained() -> None:
    first = line("a", "b", R.SUPERSET, Rationale.SYNTACTIC)
    assert chain(first, line("b", "c", R.SUPERSET, Rationale.FUNCTIONAL)) is None
    assert chain(first, line("x", "c", R.SUPERSET, Rationale.SYNTACTIC)) is None
    found = chain(first, line("b", "c", R.SUPERSET, Rationale.SYNTACTIC))
    assert found is not None
    assert (R.SUPERSET, None) == (found.relationship, found.strength)


# ---------------------------------------------------------------- coverage of one element
controls = st.dictionaries(st.sampled_from("pqrst"), sets, min_size=1)


@given(controls, sets, st.data())
def test_coverage_never_claims_more_than_the_sets(
    world: dict[str, Set], element: Set, data: st.DataObject
) -> None:
    said = data.draw(st.sets(st.sampled_from(sorted(world))))
    held = data.draw(st.sets(st.sampled_from(sorted(world))))
    lines = [line(name, "e", relation(world[name], element)) for name in sorted(said)]
    union: Set = frozenset().union(*(world[name] for name in held))
    found = coverage(lines, held)
    if found is Coverage.FULL:
        assert element <= union
    if found is Coverage.PARTIAL:
        assert element & union
    if found is Coverage.NONE:
        touching = {x.source for x in lines if x.relationship is not R.NONE}
        assert touching and not touching & held
    if not any(x.relationship is not R.NONE for x in lines):
        assert found is Coverage.UNKNOWN


@given(st.lists(st.sampled_from(sorted(PART)), min_size=1, max_size=12))
def test_parts_are_never_added_up(relations: list[Relationship]) -> None:
    lines = [line(f"c{i}", "e", r) for i, r in enumerate(relations)]
    assert Coverage.PARTIAL is coverage(lines, {x.source for x in lines})


def test_a_missing_line_is_not_no_relationship() -> None:
    assert Coverage.UNKNOWN is coverage([], {"p"})
    assert Coverage.UNKNOWN is coverage([line("p", "e", R.NONE)], {"p", "q"})
    assert Coverage.NONE is coverage([line("p", "e", R.SUPERSET)], {"q"})


# ---------------------------------------------------------------- pairs of elements
@given(controls, st.lists(sets, min_size=1, max_size=3), st.lists(sets, min_size=1, max_size=3))
def test_a_concluded_pair_is_true_of_the_sets(
    world: dict[str, Set], left: list[Set], right: list[Set]
) -> None:
    def lines(side: str, elements: list[Set]) -> list[Mapping]:
        return [
            line(name, f"{side}{i}", relation(own, e))
            for name, own in world.items()
            for i, e in enumerate(elements)
        ]

    for pair in implied_pairs(lines("l", left), lines("r", right)):
        if pair.relationship is not None:
            a, b = left[int(pair.left[1:])], right[int(pair.right[1:])]
            assert holds(pair.relationship, a, b)


def test_a_shared_wide_control_proves_nothing() -> None:
    """A control that contains both elements says nothing of one about the other."""
    left, right = line("c", "a", R.SUPERSET), line("c", "b", R.SUPERSET)
    (pair,) = implied_pairs([left], [right])
    assert (None, ("c",), 5) == (pair.relationship, pair.through, pair.strength)


def test_an_equal_control_carries_over() -> None:
    (pair,) = implied_pairs([line("c", "a", R.EQUIVALENT)], [line("c", "b", R.SUPERSET)])
    assert R.SUPERSET is pair.relationship


def test_claims_that_clash_conclude_nothing() -> None:
    left = [line("c", "a", R.EQUAL), line("d", "a", R.EQUAL)]
    right = [line("c", "b", R.SUPERSET), line("d", "b", R.SUBSET)]
    (pair,) = implied_pairs(left, right)
    assert pair.relationship is None


def test_invert_keeps_the_reason() -> None:
    found = invert(line("c", "a", R.SUBSET))
    assert ("a", "c", R.SUPERSET) == (found.source, found.target, found.relationship)


# ---------------------------------------------------------------- a framework with levels
def element(name: str, parent: str | None, *, assessable: bool = True) -> Element:
    return Element(name, name, "", "level", parent, assessable)


def catalogue(elements: list[Element], lines: list[Mapping]) -> Catalogue:
    tree = {e.id: e for e in elements}
    framework = Framework("f", "F", "1", "voluntary_framework", "none", "test", tree)
    return Catalogue({}, {}, {"f": framework}, {"f": tuple(lines)})


TREE = [
    element("top", None), element("a", "top"), element("a1", "a"), element("a2", "a"),
    element("b", "top"),
]  # fmt: skip
_RANK = {Coverage.UNKNOWN: 0, Coverage.NONE: 0, Coverage.PARTIAL: 1, Coverage.FULL: 2}


@st.composite
def nested(draw: st.DrawFn) -> dict[str, Set]:
    """Sets for the tree, each within the one above."""
    found: dict[str, Set] = {"top": draw(sets)}
    for e in TREE[1:]:
        above = sorted(found[e.parent or "top"])
        found[e.id] = draw(st.frozensets(st.sampled_from(above), min_size=1))
    return found


@given(controls, nested(), st.data())
def test_levels_never_claim_more_than_the_sets(
    world: dict[str, Set], elements: dict[str, Set], data: st.DataObject
) -> None:
    pairs = [(c, e) for c in sorted(world) for e in elements]
    said = data.draw(st.sets(st.sampled_from(pairs)))
    held = data.draw(st.sets(st.sampled_from(sorted(world))))
    lines = [line(c, e, relation(world[c], elements[e])) for c, e in sorted(said)]
    book = catalogue(TREE, lines)
    union: Set = frozenset().union(*(world[c] for c in held))
    found = framework_coverage(book, "f", held)
    for e in found.elements:
        mine = elements[e.element.id]
        if e.coverage is Coverage.FULL:
            assert mine <= union
        if e.coverage is Coverage.PARTIAL:
            assert mine & union
    more = framework_coverage(book, "f", set(world))
    for less, most in zip(found.elements, more.elements, strict=True):
        assert _RANK[less.coverage] <= _RANK[most.coverage]
    assert sum(found.counts.values()) == len(TREE)


def test_what_stands_below_a_contained_element_is_contained() -> None:
    found = framework_coverage(catalogue(TREE, [line("c", "a", R.SUPERSET)]), "f", {"c"})
    by_id = {e.element.id: (e.coverage, e.via) for e in found.elements}
    assert {
        "top": (Coverage.PARTIAL, "a"),
        "a": (Coverage.FULL, None),
        "a1": (Coverage.FULL, "a"),
        "a2": (Coverage.FULL, "a"),
        "b": (Coverage.UNKNOWN, None),
    } == by_id


def test_all_parts_covered_is_not_the_whole() -> None:
    lines = [line("c", name, R.SUPERSET) for name in ("a1", "a2")]
    found = framework_coverage(catalogue(TREE, lines), "f", {"c"})
    by_id = {e.element.id: e.coverage for e in found.elements}
    assert Coverage.PARTIAL is by_id["a"]


def test_touching_the_element_above_says_nothing_below() -> None:
    found = framework_coverage(catalogue(TREE, [line("c", "a", R.INTERSECTS)]), "f", {"c"})
    by_id = {e.element.id: e.coverage for e in found.elements}
    assert (Coverage.PARTIAL, Coverage.UNKNOWN) == (by_id["a"], by_id["a1"])


def test_nothing_held_is_none_where_a_control_is_mapped() -> None:
    found = framework_coverage(catalogue(TREE, [line("c", "a", R.SUPERSET)]), "f", set())
    by_id = {e.element.id: e.coverage for e in found.elements}
    assert (Coverage.NONE, Coverage.NONE) == (by_id["a"], by_id["a1"])
    assert Coverage.UNKNOWN is by_id["b"]


@given(controls, st.data())
def test_lines_sorted_beforehand_say_what_the_algebra_says(
    world: dict[str, Set], data: st.DataObject
) -> None:
    """Elements without a tree above them: `Line.covered` and `coverage` agree."""
    said = data.draw(
        st.dictionaries(
            st.tuples(st.sampled_from(sorted(world)), st.sampled_from(["x", "y"])),
            st.sampled_from(list(R)),
        )
    )
    held = data.draw(st.frozensets(st.sampled_from(sorted(world))))
    lines = [line(c, e, r) for (c, e), r in said.items()]
    book = catalogue([Element(e, e, "", "", None, True) for e in ("x", "y")], lines)
    for found in mapped(book, "f").lines:
        own = [x for x in lines if x.target == found.element.id]
        assert coverage(own, held) is found.covered(held)
