"""`law lint --mutate`: which flips are made, which are noticed, and what may survive."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given

from dutybound.assess.lint import Selection
from dutybound.assess.mutants import (
    changes,
    mutants_of_act,
    mutants_of_dispute,
    mutants_of_rule,
    named_apart,
)
from dutybound.assess.mutate import Mutation, MutationReport, read_accepted
from dutybound.errors import ContentError
from dutybound.packs.cases import read_cases
from dutybound.packs.content import read_content
from dutybound.terms.law import Condition, NamedDate
from tests.assess import test_lint as small_law
from tests.rules.test_explain import conditions
from tests.small import OFF, ON, OPEN, act, dispute, exception, named, rule, text


def words(condition: Condition) -> list[str]:
    return [what for what, _ in changes(condition)]


# ---------------------------------------------------------------------- which flips
def test_logic() -> None:
    condition = ("all", (ON, ("not", ("any", (OFF, OPEN)))))
    assert [
        ("any", condition[1]),
        ("all", (("not", ON), condition[1][1])),
        ("all", (ON, ("not", ("all", (OFF, OPEN))))),
        ("all", (ON, ("not", ("any", (("not", OFF), OPEN))))),
        ("all", (ON, ("not", ("any", (OFF, ("not", OPEN)))))),
    ] == [changed for _, changed in changes(condition)]


def test_a_single_member_has_no_any_or_all() -> None:
    assert ["negate use.on"] == words(("all", (ON,)))


def test_marks_and_quantifiers_stay() -> None:
    marked = ("mark", {"grade": "C"}, ("some", "data", ON))
    assert [("mark", {"grade": "C"}, ("some", "data", ("not", ON)))] == [
        changed for _, changed in changes(marked)
    ]


def test_at_least() -> None:
    """One of three: two is the only other count beside three flips of the members."""
    condition = ("atleast", 1, (ON, OFF, OPEN))
    assert "at_least 1 -> 2" == words(condition)[0]
    assert 4 == len(words(condition))


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (("gte", 250), [("gt", 250), ("gte", 249)]),
        (("gt", 250), [("gte", 250), ("gt", 251)]),
        (("lt", 250), [("lte", 250), ("lt", 249)]),
        (("lte", 250), [("lt", 250), ("lte", 251)]),
        (("eq", 250), [("eq", 249), ("eq", 251)]),
        (("gte", 0), [("gt", 0)]),
        (("gt", 0.5), [("gte", 0.5)]),
        (("gte", 1e25), [("gt", 1e25)]),
    ],
)
def test_thresholds(check: tuple[str, float], expected: list[tuple[str, float]]) -> None:
    """One step over the border and one step beside it; none that changes nothing."""
    condition = ("num", "party", "staff", (check,))
    changed = [c for _, c in changes(condition)]
    assert ("not", condition) == changed[0]
    assert [("num", "party", "staff", (e,)) for e in expected] == changed[1:]


def test_dates_in_conditions() -> None:
    """A day moves both ways; the name of a date does not, its value is flipped by itself."""
    before = ("event", "used", "2026-03-01", "d-one", False)
    assert [
        ("not", before),
        ("event", "used", "2026-02-28", "d-one", False),
        ("event", "used", "2026-03-02", "d-one", False),
    ] == [c for _, c in changes(before)]


@given(conditions)
def test_every_flip_differs(condition: Condition) -> None:
    for what, changed in changes(condition):
        assert what
        assert condition != changed


def test_a_rule() -> None:
    made = rule("x", text(ON, formal="2026-08-02", effective="d", exceptions=(exception(OFF),)))
    assert [
        "when: negate use.on",
        "except e: drop it",
        "except e: negate it",
        "formal 2026-08-02: one day earlier",
        "formal 2026-08-02: one day later",
    ] == [m.what for m in mutants_of_rule(made)]


def test_an_amended_rule_says_which_text() -> None:
    made = rule("x", text(ON), text(OFF, version="amended"))
    assert ["[made] when: negate use.on", "[amended] when: negate use.off"] == [
        m.what for m in mutants_of_rule(made)
    ]


def test_what_is_not_law_is_left_alone() -> None:
    assert [] == list(mutants_of_rule(rule("x", legal_status="vetoed")))
    assert [] == list(mutants_of_act(act(legal_status="bill", until=date(2026, 1, 1))))


def test_an_act() -> None:
    choose = NamedDate("e", "Art. 9", choose=((ON, "d"), (OFF, "2027-01-01")))
    size = {"take": "higher", "size": [{"when": OFF, "take": "lower", "cite": "Art. 8"}]}
    made = act(
        scope=ON,
        until=date(2030, 1, 1),
        dates={"d": named("d", made=date(2026, 8, 2)), "e": choose},
        penalties={"P1": size},
    )
    assert [
        "scope: negate use.on",
        "until 2030-01-01: one day earlier",
        "until 2030-01-01: one day later",
        "date d: 2026-08-02 (made): one day earlier",
        "date d: 2026-08-02 (made): one day later",
        "date e: d: negate use.on",
        "date e: 2027-01-01: negate use.off",
        "date e: 2027-01-01: one day earlier",
        "date e: 2027-01-01: one day later",
        "penalty P1: size Art. 8: negate use.off",
    ] == [m.what for m in mutants_of_act(made)]


def test_a_dispute() -> None:
    made = dispute("u", ("text", ON), ("draft_guidance", OFF))
    assert ["reading r0: negate use.on", "reading r1: negate use.off"] == [
        m.what for m in mutants_of_dispute(made)
    ]


def test_flips_that_read_alike_get_a_number() -> None:
    made = rule("x", text(("any", (("all", (ON, OFF)), ("all", (ON, OPEN))))))
    found = [m.what for m in named_apart(mutants_of_rule(made))]
    assert "when: negate use.on (#2)" in found
    assert len(found) == len(set(found))


# ---------------------------------------------------------------------- which are noticed
@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small law of the lint tests, whose cases notice every flip."""
    home = tmp_path / "law" / "eu" / "demo"
    (home / "cases").mkdir(parents=True)
    (tmp_path / "places.yaml").write_text(small_law.PLACES)
    (tmp_path / "facts.yaml").write_text(small_law.FACTS)
    (home / "act.yaml").write_text(small_law.ACT)
    (home / "art-2.yaml").write_text(small_law.RULES)
    (home / "cases" / "art-2.yaml").write_text(small_law.CASES)
    return tmp_path


def without(folder: Path, name: str) -> None:
    """Leave out one case."""
    path = folder / "law" / "eu" / "demo" / "cases" / "art-2.yaml"
    lines = path.read_text().splitlines(keepends=True)
    kept = [line for line in lines if f"name: {name}," not in line]
    assert len(lines) == len(kept) + 1
    path.write_text("".join(kept))


def mutated(folder: Path, jobs: int = 1) -> MutationReport:
    content = read_content(folder)
    mutation = Mutation(content, read_cases(folder, content), Selection(), [folder])
    return mutation.run(mutation.mutants, read_accepted([folder]), jobs=jobs)


def test_good_cases_notice_every_flip(folder: Path) -> None:
    report = mutated(folder)
    assert ["7 mutants, 7 noticed, 0 survive, 0 accepted"] == list(report.lines())
    assert not report.failed


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_missing_case_lets_a_flip_survive(folder: Path, jobs: int) -> None:
    """Without the day before nobody sees that the date moved to an earlier day."""
    without(folder, "day before")
    report = mutated(folder, jobs)
    assert report.failed
    assert [
        "law/eu/demo/act.yaml:13 demo: mutant survives: date d-one: 2026-08-02 (made): "
        "one day earlier",
        "7 mutants, 6 noticed, 1 survive, 0 accepted",
    ] == list(report.lines())


def test_a_survivor_names_the_line_of_its_rule(folder: Path) -> None:
    """With obvious cases gone and no other exception case, dropping it goes unseen."""
    without(folder, "obvious")
    assert [
        "law/eu/demo/art-2.yaml:3 demo.art-2.notice: mutant survives: except obvious: drop it"
    ] == [str(s) for s in mutated(folder).survivors]


def test_a_case_that_fails_anyway_notices_nothing(folder: Path) -> None:
    path = folder / "law" / "eu" / "demo" / "cases" / "art-2.yaml"
    wrong = path.read_text().replace("expect: not_yet_applicable", "expect: applies")
    path.write_text(wrong)
    content = read_content(folder)
    mutation = Mutation(content, read_cases(folder, content), Selection(), [folder])
    assert 1 == len(mutation.failures)
    assert 1 == len(mutation.run(mutation.mutants, jobs=1).survivors)


def test_a_sample_is_the_same_for_the_same_seed(folder: Path) -> None:
    content = read_content(folder)
    mutation = Mutation(content, read_cases(folder, content), Selection(), [folder])
    assert mutation.sample(3, 1) == mutation.sample(3, 1)
    assert 3 == len(mutation.sample(3, 1))
    assert mutation.mutants == mutation.sample(99, 1)


def test_a_selection_flips_only_its_own(folder: Path) -> None:
    content = read_content(folder)
    chosen = replace(Selection(), files=("art-2",))
    mutation = Mutation(content, read_cases(folder, content), chosen, [folder])
    assert {"demo.maker", "demo.art-2.notice"} == {m.owner for m in mutation.mutants}


# ---------------------------------------------------------------------- accepted
ENTRY = "accepted:\n  - {rule: demo, mutant: 'date d-one: 2026-08-02 (made): one day earlier', "


def test_an_accepted_flip_may_survive(folder: Path) -> None:
    without(folder, "day before")
    (folder / "mutants-accepted.yaml").write_text(ENTRY + "why: For this test.}\n")
    report = mutated(folder)
    assert ["7 mutants, 6 noticed, 0 survive, 1 accepted"] == list(report.lines())
    assert ["For this test."] == [s["why"] for s in report.as_json()["accepted"]]
    assert not report.failed


def test_an_entry_that_a_case_notices_is_stale(folder: Path) -> None:
    (folder / "mutants-accepted.yaml").write_text(ENTRY + "why: For this test.}\n")
    report = mutated(folder)
    assert report.failed
    assert [
        "mutants-accepted.yaml:2:5: demo: `date d-one: 2026-08-02 (made): one day earlier` "
        "is accepted, but a case notices it now: remove the entry."
    ] == [str(p) for p in report.stale]


def test_an_entry_without_a_flip_is_stale(folder: Path) -> None:
    entry = "accepted: [{rule: demo.gone, mutant: 'when: x', why: Old.}]\n"
    (folder / "mutants-accepted.yaml").write_text(entry)
    assert "there is no such mutant: remove the entry" in str(mutated(folder).stale[0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n", "1:1: Needs the key `accepted`, a list, and no other."),
        ("accepted: [{rule: x, mutant: y}]\n", "1:12: An entry has rule, mutant, why, as text."),
        ("accepted: [{rule: x, mutant: y, why: ' '}]\n", "An entry has rule, mutant, why"),
        (ENTRY + "why: A.}\n" + ENTRY.partition("\n")[2] + "why: B.}\n", "3:5: `date d-one"),
    ],
)
def test_the_list_needs_a_reason_for_each(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "mutants-accepted.yaml").write_text(text)
    with pytest.raises(ContentError) as caught:
        read_accepted([tmp_path])
    assert message in str(caught.value)
