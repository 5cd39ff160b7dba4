"""The catalogue's reader refuses what hangs in the air, and says where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dutybound.errors import ContentError
from dutybound.packs.catalogue import read_catalogue
from dutybound.packs.catalogue_compile import answers_of, from_plain, plain
from dutybound.terms.law import Rule

CONTROL = """
  - id: DB-TST-01
    title: Tested control
    objective: Something is done and shown.
    focus: something done and shown
    applies_to: [provider]
    owner: tester
    effort: S
    object: organisation
    required: observed
    answers: [act-a.art-1]
    technical: [do it]
    organisational: [say who does it]
    needs:
      - {kind: record, what: Log of it, freshness_days: 90, rung: observed}
    soc2: {evidence: none, note: Not asked.}
"""
DOMAIN = f"domain: DB-TST\ntitle: Tests\ncontrols:{CONTROL}"
FRAMEWORK = """
framework: frame
title: A frame
version: "1"
nature: voluntary_framework
effect: None.
source: Test.
elements:
  - {id: part, title: Part, level: part, assessable: false}
  - {id: part.1, title: One, summary: Do one thing., level: clause, parent: part}
"""
CROSSWALK = """
crosswalk: controls--frame
framework: frame
method: By meaning.
reviewed: none
mappings:
  - source: DB-TST-01
    target: frame.part.1
    relationship: intersects-with
    strength: 4
    matching-rationale: semantic
    why: "Covered: the doing of one thing. Open: all that comes after it."
"""


def rule(rule_id: str, kind: str = "duty", nature: str = "binding_law") -> Rule:
    """A rule of which only id, kind and nature matter."""
    return Rule(
        id=rule_id, act="act-a", kind=kind, title="T", nature=nature, over=(), owed_by=None,
        gated=True, reason=None, show=None, targets=(), saves=(), shield=False, extent=(),
        until_reason=None, deleted_by=None, legal_status="in_force", enforcement_status="active",
        disputes=(), texts=(), file="law/eu/act-a/rules.yaml", line=3,
    )  # fmt: skip


RULES = {r.id: r for r in (rule("act-a.art-1.do"), rule("act-a.art-10.other", "note"))}


def folder(
    base: Path,
    domain: str = DOMAIN,
    framework: str = FRAMEWORK,
    crosswalk: str = CROSSWALK,
    unanswered: str | None = None,
) -> Path:
    """A content folder with one control, one framework and one crosswalk."""
    files = {
        "controls/tests.yaml": domain,
        "frameworks/frame/framework.yaml": framework,
        "crosswalks/controls--frame.yaml": crosswalk,
    }
    if unanswered is not None:
        files["controls/unanswered.yaml"] = unanswered
    for name, text in files.items():
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return base


def refused(base: Path, rules: dict[str, Rule] | None = None) -> str:
    with pytest.raises(ContentError) as caught:
        read_catalogue(base, RULES if rules is None else rules)
    return str(caught.value)


def test_a_sound_folder_is_read(tmp_path: Path) -> None:
    found = read_catalogue(folder(tmp_path), RULES)
    assert ["DB-TST-01"] == list(found.controls)
    assert {"act-a.art-1.do": ["DB-TST-01"]} == answers_of(found, RULES)
    (line,) = found.crosswalks["frame"]
    assert ("DB-TST-01", "part.1", 4) == (line.source, line.target, line.strength)


def test_compiled_and_back_is_the_same(tmp_path: Path) -> None:
    found = read_catalogue(folder(tmp_path), RULES)
    assert found == from_plain(json.loads(json.dumps(plain(found))))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("act-a.art-1]", "act-a.art-2]", "Dead pinpoint: no rule has `act-a.art-2`"),
        ("act-a.art-1]", "act-a.art]", "Dead pinpoint: no rule has `act-a.art`"),
        ("act-a.art-1]", "act-a.art-1, act-a.art-1.do]", "is named already, or lies below one"),
        ("rung: observed}", "rung: documented}", "no evidence it asks for reaches that rung"),
        ("rung: observed}", "rung: observed, any_of: route}", "`route` stands here alone"),
        ("rung: observed}", "rung: observed, any_of: The Route}", "`any_of`"),
        ("required: observed", "required: unassessed", "requires nothing"),
        ("required: observed", "required: green", "is one of unassessed, asserted"),
        ("    object: organisation\n", "", "The key `object` is missing"),
        ("object: organisation", "object: firm", "`object`"),
        ("object: organisation", "object: system", "asks for no evidence that can be about one"),
        ("effort: S", "efort: S", "Unknown key `efort`. Did you mean `effort`?"),
        ("effort: S", "effort: S\n    after: [DB-TST-02]", "which is no other control"),
        ("effort: S", "effort: S\n    after: [DB-TST-01]", "which is no other control"),
        ("kind: record", "kind: records", "`kind`"),
        ("id: DB-TST-01", "id: DB-XYZ-01", "DB-XYZ-01 does not belong to DB-TST"),
        ("    technical: [do it]\n", "", "The key `technical` is missing"),
        ("technical: [do it]", "technical: []", "`technical`"),
    ],
)
def test_a_flawed_control_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in DOMAIN
    text = refused(folder(tmp_path, domain=DOMAIN.replace(old, new)))
    assert says in text
    assert "controls/tests.yaml:" in text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("frame.part.1", "frame.part.2", "Dead pinpoint: frame has no element `part.2`"),
        ("frame.part.1", "frame.part", "is a heading of frame"),
        ("source: DB-TST-01", "source: DB-TST-02", "No control `DB-TST-02`"),
        ("framework: frame", "framework: fame", "There is no framework `fame`"),
        (" Open: all that comes after it.", " And so on, and so on.", "says what stays open"),
        ("Covered: the doing of one thing. Open: all that comes after it.", "Open: x", "too short"),
        ("    strength: 4\n", "", "`strength` (1 to 10) belongs to every line"),
        ("strength: 4", "strength: 11", "`strength`"),
        ("intersects-with", "overlaps", "`relationship`"),
    ],
)
def test_a_flawed_line_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in CROSSWALK
    text = refused(folder(tmp_path, crosswalk=CROSSWALK.replace(old, new)))
    assert says in text
    assert "crosswalks/controls--frame.yaml:" in text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("parent: part}", "parent: pat}", "Did you mean `part`?"),
        ("id: part.1", "id: part", "stands here again"),
        ("nature: voluntary_framework", "nature: law", "`nature`"),
    ],
)
def test_a_flawed_framework_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert says in refused(folder(tmp_path, framework=FRAMEWORK.replace(old, new)))


def test_controls_that_wait_for_each_other_are_refused(tmp_path: Path) -> None:
    second = CONTROL.replace("-01", "-02").replace("effort: S", "effort: S\n    after: [DB-TST-01]")
    first = CONTROL.replace("effort: S", "effort: S\n    after: [DB-TST-02]")
    text = refused(folder(tmp_path, domain=DOMAIN.replace(CONTROL, first + second)))
    assert "Controls wait for each other" in text


def test_a_duty_without_control_needs_a_reason(tmp_path: Path) -> None:
    rules = {**RULES, "act-a.art-3.more": rule("act-a.art-3.more", "prohibition")}
    text = refused(folder(tmp_path), rules)
    assert "act-a.art-3.more: no control answers this prohibition" in text
    excuse = "unanswered:\n  - {rules: act-a.art-3, why: Nothing to do.}\n"
    assert read_catalogue(folder(tmp_path, unanswered=excuse), rules).controls
    assert "needs no excuse" in refused(folder(tmp_path, unanswered=excuse))


def test_guidance_needs_no_control(tmp_path: Path) -> None:
    rules = {**RULES, "act-a.g.x": rule("act-a.g.x", "duty", "supervisory_guidance")}
    assert read_catalogue(folder(tmp_path), rules).controls


def test_a_line_twice_is_refused(tmp_path: Path) -> None:
    twice = CROSSWALK + CROSSWALK.partition("mappings:\n")[2]
    assert "are mapped twice" in refused(folder(tmp_path, crosswalk=twice))
