"""`dutybound law lint`: exit codes, lines, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dutybound.cli.law_lint import command
from dutybound.errors import BadInput, ContentError

FACTS = """\
facts:
  use.talks: {type: yes_no, ask: Does it talk?, who: engineer, why: Notices.}
  party.acts:
    type: set
    ask: What does it do?
    who: counsel
    why: Roles.
    values: {uses: Uses it., distributes: Sells it.}
events: {put_into_service: First use.}
"""
OWN = """\
act: own-policy
title: Own policy
market: own
territory: eu
nature: internal_policy
legal_status: in_force
issuer: Board
cite: Policy 1
grade: A
checked_on: 2026-11-23
legal_review: none
versions: [{id: made, published: 2026-01-01, in_force: 2026-01-01, cite: Minutes 1}]
"""
RULES = """\
rules:
  - id: own-policy.user
    title: User
    kind: term
    pinpoint: "1"
    when: {has: party.acts, value: uses}
  - id: own-policy.2.ask
    title: Ask the committee
    kind: duty
    owed_by: user
    pinpoint: "2"
    when: use.talks
    must: Ask the committee before launch.
"""
CASES = """\
cases_for: own-policy.2.ask
given: {party: {acts: [uses]}, use: {talks: true}, place: eu, closed: true}
cases:
  - {name: chat, as_of: 2026-11-23, expect: applies}
  - {name: silent, as_of: 2026-11-23, set: {use.talks: false}, expect: does_not_apply}
  - {name: seller, as_of: 2026-11-23, set: {party.acts: [distributes]}, expect: does_not_apply}
  - {name: unstated, as_of: 2026-11-23, unset: [use.talks], expect: undetermined}
  - {name: role unstated, as_of: 2026-11-23, unset: [party.acts], expect: undetermined}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An act of one's own beside content without acts; its cases show all of it."""
    base, own = tmp_path / "base", tmp_path / "own"
    base.mkdir()
    (base / "places.yaml").write_text("places: {eu: European Union}\n")
    (base / "facts.yaml").write_text(FACTS)
    monkeypatch.setattr("dutybound.packs.compile.content_folder", lambda: base)
    home = own / "law" / "own" / "policy"
    (home / "cases").mkdir(parents=True)
    (home / "act.yaml").write_text(OWN)
    (home / "rules.yaml").write_text(RULES)
    (home / "cases" / "rules.yaml").write_text(CASES)
    return own


def run(folder: Path, *more: str) -> Result:
    args = ["--content", str(folder), "--act", "own-policy", *more]
    return CliRunner().invoke(command, args, standalone_mode=False)


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / "law" / "own" / "policy" / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def test_sound_content(folder: Path) -> None:
    result = run(folder, "--strict")
    assert (0, "2 rules, 5 cases, 0 failures, 0 gaps\n") == (result.return_value, result.stdout)


def test_a_gap_is_a_warning_unless_strict(folder: Path) -> None:
    change(folder, "cases/rules.yaml", "does_not_apply", "does_not_apply, note: x")
    line = next(c for c in CASES.splitlines(keepends=True) if "name: unstated" in c)
    change(folder, "cases/rules.yaml", line, "")
    line = next(c for c in CASES.splitlines(keepends=True) if "role unstated" in c)
    change(folder, "cases/rules.yaml", line, "")
    result = run(folder)
    assert 0 == result.return_value
    assert "own-policy.2.ask: no case with a missing fact (undetermined)" in result.stdout
    assert 1 == run(folder, "--strict").return_value


def test_a_failure_is_exit_1_and_in_json(folder: Path) -> None:
    change(folder, "cases/rules.yaml", "expect: applies", "expect: excepted")
    result = run(folder, "--json")
    found = json.loads(result.stdout)
    assert 1 == result.return_value
    assert ("dutybound/lint/1", 2, 5) == (found["schema"], found["rules"], found["cases"])
    assert [("own-policy.2.ask", "chat", 4)] == [
        (f["rule"], f["case"], f["line"]) for f in found["failures"]
    ]


def test_bad_content_is_refused(folder: Path) -> None:
    change(folder, "rules.yaml", "use.talks", "use.tolks")
    result = run(folder)
    assert isinstance(result.exception, ContentError)
    assert "Did you mean `use.talks`?" in str(result.exception)


def test_an_unknown_act_is_refused(folder: Path) -> None:
    result = run(folder, "--act", "own-polcy")
    assert isinstance(result.exception, BadInput)
    assert "There is no act `own-polcy`. Did you mean `own-policy`?" in str(result.exception)


def test_a_broken_case_file_of_another_act_is_passed_over(folder: Path) -> None:
    """Work on one act is not held up by another; without --act every file counts."""
    other = folder / "law" / "own" / "other"
    (other / "cases").mkdir(parents=True)
    (other / "act.yaml").write_text(OWN.replace("own-policy", "own-other"))
    (other / "cases" / "x.yaml").write_text("cases_for: [\n")
    result = run(folder)
    assert (0, "2 rules, 5 cases, 0 failures, 0 gaps\n") == (result.return_value, result.stdout)
    assert "passed over: law/own/other/cases/x.yaml:" in result.stderr
    everything = CliRunner().invoke(command, ["--content", str(folder)], standalone_mode=False)
    assert isinstance(everything.exception, ContentError)


def test_mutate(folder: Path) -> None:
    result = run(folder, "--mutate", "--jobs", "1")
    assert (0, "3 mutants, 3 noticed, 0 survive, 0 accepted\n") == (
        result.return_value,
        result.stdout,
    )


def test_mutate_names_what_survives(folder: Path) -> None:
    """With every case about the role gone, the role may be turned round unseen."""
    for name in ("chat", "seller", "role unstated", "silent"):
        line = next(c for c in CASES.splitlines(keepends=True) if f"name: {name}," in c)
        change(folder, "cases/rules.yaml", line, "")
    result = run(folder, "--mutate", "--jobs", "1", "--json")
    found = json.loads(result.stdout)
    assert 1 == result.return_value
    assert ["when: negate use.talks"] == [s["mutant"] for s in found["survivors"]]
