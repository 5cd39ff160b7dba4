"""`law lint`: it finds the failing case, each missing case and each flaw, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from dutybound.assess.lint import Report, lint, selection
from dutybound.errors import BadInput
from dutybound.packs.cases import read_cases
from dutybound.packs.content import read_content

TODAY = date(2026, 11, 23)
PLACES = "places: {eu: European Union, us: United States}\n"
FACTS = """\
facts:
  use.talks: {type: yes_no, ask: Does it talk?, who: engineer, why: Notices.}
  use.obvious: {type: yes_no, ask: Is it obvious?, who: engineer, why: Notices.}
  party.makes: {type: yes_no, ask: Do you make it?, who: counsel, why: Role.}
events: {put_into_service: First use.}
"""
ACT = """\
act: demo
title: Demo Act
market: eu
territory: eu
nature: binding_law
legal_status: in_force
issuer: Parliament
cite: Law 1
grade: A
checked_on: 2026-11-23
legal_review: none
versions: [{id: made, published: 2024-07-12, in_force: 2024-08-01, cite: OJ 1}]
dates: {d-one: {cite: Art. 9, values: [{version: made, date: 2026-08-02}]}}
"""
RULES = """\
rules:
  - {id: demo.maker, title: Maker, kind: term, pinpoint: Art. 1, when: party.makes}
  - id: demo.art-2.notice
    title: Give notice
    kind: duty
    owed_by: maker
    pinpoint: Art. 2
    formal: d-one
    when: use.talks
    except: [{id: obvious, pinpoint: Art. 2(2), when: use.obvious}]
    must: Tell people that it is a machine.
"""
CASES = """\
cases_for: demo.art-2.notice
given: {party: {makes: true}, use: {talks: true, obvious: false}, place: eu}
cases:
  - {name: day before, as_of: 2026-08-01, expect: not_yet_applicable}
  - {name: first day, as_of: 2026-08-02, expect: applies}
  - {name: silent, as_of: 2026-08-02, set: {use.talks: false}, expect: does_not_apply}
  - {name: user only, as_of: 2026-08-02, set: {party.makes: false}, expect: does_not_apply}
  - {name: obvious, as_of: 2026-08-02, set: {use.obvious: true}, expect: excepted}
  - {name: unstated, as_of: 2026-08-02, unset: [use.talks], expect: undetermined}
  - {name: role unstated, as_of: 2026-08-02, unset: [party.makes], expect: undetermined}
"""
Check = Callable[..., Report]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Lints a small content. Each argument: (old, new) in one of its files."""

    def run(
        cases: tuple[str, str] = ("", ""),
        rules: tuple[str, str] = ("", ""),
        act: tuple[str, str] = ("", ""),
        today: date = TODAY,
    ) -> Report:
        home = tmp_path / "law" / "eu" / "demo-folder"
        (home / "cases").mkdir(parents=True)
        (tmp_path / "places.yaml").write_text(PLACES)
        (tmp_path / "facts.yaml").write_text(FACTS)
        for name, text, (old, new) in (
            ("act.yaml", ACT, act),
            ("art-2.yaml", RULES, rules),
            ("cases/art-2.yaml", CASES, cases),
        ):
            assert old in text
            (home / name).write_text(text.replace(old, new, 1) if old else text)
        content = read_content(tmp_path)
        return lint(content, read_cases(tmp_path, content), today=today)

    return run


def lines(report: Report) -> list[str]:
    """Everything in a report but its summary."""
    return [str(n) for n in (*report.failures, *report.flaws, *report.gaps, *report.stale)]


def test_complete_content_has_nothing_to_say(check: Check) -> None:
    report = check()
    assert [] == lines(report)
    assert "2 rules, 7 cases, 0 failures, 0 gaps" == report.summary
    assert not report.failed(strict=True)


@pytest.mark.parametrize(
    ("line", "gaps"),
    [
        ("day before", ["no case for the day before it applies"]),
        ("first day", ["no case in which it applies", "no case for its first day"]),
        ("obvious", ["no case for the exception `obvious`"]),
    ],
)
def test_each_missing_case_is_named(check: Check, line: str, gaps: list[str]) -> None:
    whole = next(c for c in CASES.splitlines(True) if f"name: {line}," in c)
    report = check(cases=(whole, ""))
    assert [f"demo.art-2.notice: {gap}" for gap in gaps] == lines(report)
    assert not report.failed(strict=False)
    assert report.failed(strict=True)


def test_a_term_is_covered_by_the_rules_that_use_it(check: Check) -> None:
    """Without the two cases about the role the term was never false nor open."""
    start = CASES.index("  - {name: user only")
    end = CASES.index("  - {name: obvious")
    report = check(cases=(CASES[start:end], ""))
    assert ["demo.maker: no case in which it does not apply"] == lines(report)


def test_a_failing_case_is_named_with_its_place(check: Check) -> None:
    report = check(cases=("set: {use.talks: false}, expect: does_not_apply", "expect: excepted"))
    assert [
        "law/eu/demo-folder/cases/art-2.yaml:6: silent: demo.art-2.notice: "
        "expected excepted, found applies"
    ] == [str(f) for f in report.failures]
    assert report.failed(strict=False)


def test_a_case_that_cannot_be_read_is_a_failure(check: Check) -> None:
    report = check(cases=("unset: [use.talks]", "set: {use.talk: true}"))
    assert ["the case: Unknown fact `use.talk`. Did you mean `talks`?"] == [
        f"{f.rule}: {f.message}" for f in report.failures
    ]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("reason: wrong_role", "expected reason wrong_role, found condition_not_met"),
        ("verify: true", "expected verify True, found False"),
        ("penalty: lower", "expected the lower cap, found none"),
    ],
)
def test_what_a_case_checks_beside_the_outcome(check: Check, wanted: str, message: str) -> None:
    old = "set: {use.talks: false}, expect: does_not_apply"
    report = check(cases=(old, f"{old}, {wanted}"))
    assert [message] == [f.message for f in report.failures]


@pytest.mark.parametrize(
    ("key", "when", "message"),
    [
        ("effective_from", "2026-08-03", "expected effective_from 2026-08-03, found 2026-08-02"),
        ("formal_from", "2026-08-03", "expected formal_from 2026-08-03, found 2026-08-02"),
    ],
)
def test_the_days_that_a_case_checks(check: Check, key: str, when: str, message: str) -> None:
    old = "as_of: 2026-08-02, expect: applies"
    report = check(cases=(old, f"{old}, {key}: {when}"))
    assert [message] == [f.message for f in report.failures]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("pinpoint: Art. 2\n", 'pinpoint: " "\n', "has an empty pinpoint"),
        ("pinpoint: Art. 2(2)", 'pinpoint: " "', "has an empty pinpoint"),
        ("a machine.", "a machine" + "!" * 400, "`must` has 432 characters, more than 400"),
        ("a machine.", "a machine \N{EM DASH} always.", "an em dash in"),
        ("a machine.", "a machine, see http://example.org.", "a web address in"),
        ("title: Give notice", "title: Give notice \N{EM DASH} now", "an em dash in"),
        ("    must:", "    documents: [Model_Card]\n    must:", "`Model_Card` in `documents`"),
    ],
)
def test_flaws_of_a_rule(check: Check, old: str, new: str, message: str) -> None:
    report = check(rules=(old, new))
    assert 1 == len(report.flaws)
    assert str(report.flaws[0]).startswith(f"demo.art-2.notice: {message}")
    assert ("law/eu/demo-folder/art-2.yaml", 3) == (report.flaws[0].file, report.flaws[0].line)
    assert report.failed(strict=False)
    assert report.summary.endswith(", 1 flaws")


def test_flaws_of_an_act(check: Check) -> None:
    report = check(act=("cite: Law 1", "cite: www.example.org"))
    assert ['demo: a web address in "www.example.org": name the source by its official number'] == (
        lines(report)
    )


@pytest.mark.parametrize(("today", "stale"), [(date(2027, 2, 21), 0), (date(2027, 2, 22), 1)])
def test_an_act_grows_stale_after_ninety_days(check: Check, today: date, stale: int) -> None:
    """90 days after 2026-11-23 is 2027-02-21. Old content is told, it is no failure."""
    report = check(today=today)
    assert stale == len(report.stale)
    assert ["demo: stale: checked on 2026-11-23, 91 days ago"] * stale == lines(report)
    assert not report.failed(strict=True)


def test_what_is_not_law_needs_one_case(check: Check) -> None:
    """A vetoed text has no first day and no exception; a case says that it is not law."""
    vetoed = ("legal_status: in_force", "legal_status: vetoed")
    start, end = CASES.index("  - {name: silent"), CASES.index("  - {name: obvious")
    report = check(act=vetoed, cases=(CASES[start:end], ""))
    assert "demo.art-2.notice: no case that it is not law (does_not_apply)" in lines(report)
    assert 5 == len(report.failures)


def test_what_always_comes_out_the_same_needs_one_case(check: Check) -> None:
    """A note that says that there is no duty is never true; it needs no case in which it is."""
    note = "  - {id: demo.no, title: No, kind: note, pinpoint: Art. 3, when: {not: always}}\n"
    report = check(rules=("rules:\n", "rules:\n" + note))
    assert ["demo.no: no case at all"] == lines(report)


def test_a_selection(check: Check, tmp_path: Path) -> None:
    """An act goes by its id or its folder; a file by a part of its name."""
    check()
    content = read_content(tmp_path)
    paths = ["law/eu/demo-folder/act.yaml", "law/eu/demo-folder/art-2.yaml"]
    for acts, files in (
        (["demo"], []),
        (["demo-folder"], ["art-2"]),
        ([], ["demo-folder/art"]),
        ([], ["act.yaml", "art"]),
    ):
        chosen = selection(content, acts, files, paths)
        assert all(chosen.has(rule) for rule in content.rules.values())
    assert not any(map(selection(content, [], ["act"], paths).has, content.rules.values()))
    with pytest.raises(BadInput, match=r"There is no act `demu`\. Did you mean `demo`\?"):
        selection(content, ["demu"], [], paths)
    with pytest.raises(BadInput, match="No file of the law has `art-3` in its name"):
        selection(content, [], ["art-3"], paths)
