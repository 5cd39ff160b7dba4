"""Content that does not hang together is refused, with the position and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dutybound.errors import ContentError
from dutybound.packs.content import read_content
from dutybound.terms.law import Content

PLACES = "places: {eu: European Union, eu-de: Germany}\n"
FACTS = """\
facts:
  use.talks: {type: yes_no, ask: Does it talk?, who: engineer, why: Notices.}
  use.tags:
    type: set
    ask: Which?
    who: engineer
    why: Scope.
    values: {credit: Credit., hiring: Hiring.}
  party.staff: {type: number, ask: How many?, who: counsel, why: Size.}
  party.kind: {type: choice, ask: What?, who: counsel, why: Kind., values: {company: A company.}}
  model.released: {type: date, ask: When?, who: engineer, why: Old models.}
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
versions:
  - {id: made, published: 2024-07-12, in_force: 2024-08-01, cite: OJ 1}
  - {id: amended, published: 2026-07-24, in_force: 2026-07-27, cite: OJ 2}
dates:
  d-one:
    cite: Art. 9
    values: [{version: made, date: 2026-08-02}]
penalties:
  P1: {cite: Art. 8, text: A fine.}
"""
RULES = """\
rules:
  - id: demo.maker
    title: Maker
    kind: term
    pinpoint: Art. 1
    when: {has: use.tags, value: credit}
  - id: demo.art-2.notice
    title: Give notice
    kind: duty
    owed_by: maker
    pinpoint: Art. 2
    formal: d-one
    when: use.talks
    penalty: P1
    must: Tell people that it is a machine.
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a content folder. changes, act: (old, new) in the rules and in the act."""

    def folder(*changes: tuple[str, str], more: str = "", act: tuple[str, str] = ("", "")) -> Path:
        text = RULES
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        home = tmp_path / "law" / "eu" / "demo"
        home.mkdir(parents=True, exist_ok=True)
        (tmp_path / "places.yaml").write_text(PLACES)
        (tmp_path / "facts.yaml").write_text(FACTS)
        assert act[0] in ACT
        (home / "act.yaml").write_text(ACT.replace(*act, 1) if act[0] else ACT)
        (home / "art-2.yaml").write_text(text + more)
        return tmp_path

    return folder


def problems(folder: Path) -> list[str]:
    """Every problem of a content folder."""
    with pytest.raises(ContentError) as caught:
        read_content(folder)
    return [str(p) for p in caught.value.problems]


def one(folder: Path) -> str:
    """The only problem of a content folder."""
    found = problems(folder)
    assert 1 == len(found), found
    return found[0]


def test_the_content_without_changes_is_sound(write: Write) -> None:
    found = read_content(write())
    assert isinstance(found, Content)
    assert ["demo.art-2.notice", "demo.maker"] == list(found.rules)


IN_RULES = "law/eu/demo/art-2.yaml"
IN_ACT = "law/eu/demo/act.yaml"


# ---------------------------------------------------------------------- words
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "formal: d-one",
            "formaly: d-one",
            f"{IN_RULES}:12:5: Unknown key `formaly`. Did you mean `formal`?",
        ),
        (
            "formal: d-one",
            "formal: d-on",
            f"{IN_RULES}:12:5: `d-on` is neither a date nor a date of the act. "
            "Did you mean `d-one`?",
        ),
        (
            "formal: d-one",
            "formal: 2026-02-30",
            f"{IN_RULES}:12:5: `2026-02-30` is neither a date nor a date of the act.",
        ),
        (
            "when: use.talks",
            "when: use.talk",
            f"{IN_RULES}:13:5: Unknown fact `use.talk`. Did you mean `use.talks`?",
        ),
        (
            "when: use.talks",
            "when: makr",
            f"{IN_RULES}:13:5: There is no term or yes/no fact `makr`. Did you mean `maker`?",
        ),
        (
            "value: credit",
            "value: credits",
            f"{IN_RULES}:6:5: `credits` is no value of `use.tags`. Did you mean `credit`?",
        ),
        (
            "has: use.tags, value",
            "has_any: use.tags, value",
            f"{IN_RULES}:6:31: Unknown key `value` beside `has_any`. Did you mean `values`?",
        ),
        (
            "has: use.tags",
            "has: use.talks",
            f"{IN_RULES}:6:12: `use.talks` is of type yes_no; set is needed.",
        ),
        (
            "owed_by: maker",
            "owed_by: marker",
            f"{IN_RULES}:10:5: demo.art-2.notice: `owed_by: marker` is no term. "
            "Did you mean `maker`?",
        ),
        (
            "penalty: P1",
            "penalty: P2",
            f"{IN_RULES}:14:5: No penalty `P2` in the act.",
        ),
        (
            "when: use.talks",
            "when: {event: put_in_service}",
            f"{IN_RULES}:13:12: Unknown event `put_in_service`. Did you mean `put_into_service`?",
        ),
        (
            "when: use.talks",
            "when: {within: place, value: eu-dd}",
            f"{IN_RULES}:13:27: Unknown place `eu-dd`. Did you mean `eu-de`?",
        ),
        ("when: use.talks", "when: {reading: u1}", "There is no dispute `u1`."),
        ("when: use.talks", "when: {sometimes: use.talks}", "This is no condition."),
        ("when: use.talks", "when: [use.talks]", "A condition is a name or one of the forms"),
        ("when: use.talks", "when: {all: []}", "Give a list of conditions."),
        ("when: use.talks", "when: {at_least: 3, of: [use.talks]}", "`at_least` is a whole number"),
        ("when: use.talks", "when: {number: party.staff}", "needs one of gt, gte, lt, lte, eq"),
        ("when: use.talks", "when: {date: model.released}", "`date` needs `before` or `from`."),
        ("when: use.talks", "when: {grade: D, if: use.talks}", "A grade is one of A, B, C"),
        ("when: use.talks", "when: {is: use.tags, value: credit}", "is a set: use `has`"),
        ("when: use.talks", "when: {is: party.kind}", "needs either `value` or `values`."),
        (
            "kind: duty",
            "kind: dutty",
            f"{IN_RULES}:9:5: `kind`: is one of term, prohibition, duty,",
        ),
    ],
)
def test_unknown_words(write: Write, old: str, new: str, message: str) -> None:
    """Unknown key, date, fact, term, value, event, place: where, what, and what was meant."""
    assert message in " ".join(problems(write((old, new))))


def test_every_problem_is_reported_at_once(write: Write) -> None:
    folder = write(("value: credit", "value: credits"), ("when: use.talks", "when: use.talk"))
    assert [6, 13] == [int(p.split(":")[1]) for p in problems(folder)]


# ---------------------------------------------------------------------- rules
def test_a_missing_cite(write: Write) -> None:
    message = one(write(("    pinpoint: Art. 2\n", "")))
    assert f"{IN_RULES}:7:5: demo.art-2.notice: has no cite: the key `pinpoint` is missing." == (
        message
    )


def test_a_duty_without_addressee(write: Write) -> None:
    message = one(write(("    owed_by: maker\n", "")))
    assert "demo.art-2.notice: is a duty without addressee" in message
    assert message.startswith(f"{IN_RULES}:7:5: ")


def test_a_duty_that_says_nothing(write: Write) -> None:
    assert "the key `must` is missing" in one(write(("must: Tell", "trigger: Tell")))


def test_guidance_has_no_must(write: Write) -> None:
    found = problems(write(act=("nature: binding_law", "nature: supervisory_guidance")))
    assert any("is supervisory_guidance: it has a `should`, never a `must`." in p for p in found)
    assert any("it holds notes, not a duty." in p for p in found)
    assert all(p.startswith(f"{IN_RULES}:") for p in found)


def test_law_has_no_should(write: Write) -> None:
    assert "is binding: it has a `must`, not a `should`." in " ".join(
        problems(write(("must: Tell", "should: Tell")))
    )


def test_a_cycle(write: Write) -> None:
    """Each term of the circle is fine by itself."""
    more = (
        "  - {id: demo.a, title: A, kind: term, pinpoint: Art. 3, when: b}\n"
        "  - {id: demo.b, title: B, kind: term, pinpoint: Art. 3, when: {not: a}}\n"
    )
    message = one(write(more=more))
    assert f"{IN_RULES}:16:1: demo.a: is defined by itself: demo.a -> demo.b -> demo.a." == message


def test_a_cycle_through_a_dispute(write: Write) -> None:
    more = (
        "  - {id: demo.a, title: A, kind: term, pinpoint: Art. 3, when: {reading: u}}\n"
        "disputes:\n"
        "  - {id: demo.u, question: Q?, readings: [{id: r, says: S., status: text, when: a}]}\n"
    )
    assert "demo.a: is defined by itself: demo.a -> demo.a." in one(write(more=more))


def test_a_duty_is_no_condition(write: Write) -> None:
    more = "  - {id: demo.a, title: A, kind: term, pinpoint: Art. 3, when: art-2.notice}\n"
    assert "uses `demo.art-2.notice`, which is a duty, as a condition." in one(write(more=more))


@pytest.mark.parametrize("key", ["targets", "saves"])
def test_a_target_that_hits_nothing(write: Write, key: str) -> None:
    other = {"targets": "", "saves": "targets: [demo], "}[key]
    more = (
        "  - {id: demo.out, title: Out, kind: exclusion, pinpoint: Art. 4, "
        f"{other}{key}: [demo.art-3], when: use.talks}}\n"
    )
    message = one(write(more=more))
    assert "demo.out: the target `demo.art-3` is no rule and holds none." in message
    assert message.startswith(f"{IN_RULES}:16:")


def test_targets_are_cut_at_dots(write: Write) -> None:
    """`demo.art-2` holds `demo.art-2.notice`; `demo.art` holds nothing."""
    more = (
        "  - {id: demo.out, title: Out, kind: exclusion, pinpoint: Art. 4, "
        "targets: [demo.art], when: use.talks}\n"
    )
    assert "the target `demo.art` is no rule" in one(write(more=more))
    sound = write(more=more.replace("[demo.art]", "[demo.art-2]"))
    assert "demo.out" in read_content(sound).rules


def test_an_exclusion_without_targets(write: Write) -> None:
    more = "  - {id: demo.out, title: O, kind: exclusion, pinpoint: Art. 4, when: use.talks}\n"
    assert "demo.out: is a exclusion without `targets`." in one(write(more=more))


def test_a_transition_shields_or_defers(write: Write) -> None:
    more = (
        "  - {id: demo.old, title: O, kind: transition, pinpoint: Art. 4, "
        "targets: [demo], shield: true, defer: d-one, when: use.talks}\n"
    )
    assert "it needs either `shield: true` or `defer`." in one(write(more=more))


def test_what_a_rule_cannot_see(write: Write) -> None:
    message = one(write(("when: use.talks", "when: {date: model.released, before: d-one}")))
    assert "looks at model, but the rule ranges over party, use, place only." in message
    assert "Add it to `over`, or use `some`." in message


def test_ids(write: Write) -> None:
    assert "The id `other.maker` does not begin with `demo.`." in " ".join(
        problems(write(("id: demo.maker", "id: other.maker")))
    )
    twice = RULES.split("rules:\n")[1]
    assert "The id `demo.maker` is used twice" in " ".join(problems(write(more=twice)))


# ---------------------------------------------------------------------- acts
def test_versions_that_overlap(write: Write) -> None:
    message = one(write(act=("in_force: 2026-07-27", "in_force: 2024-08-01")))
    assert (
        f"{IN_ACT}:14:5: Version `amended` overlaps `made`: versions follow each other in time."
        == message
    )


def test_amendments_that_overlap(write: Write) -> None:
    changed = "when: use.talks\n    amended: [{by: amended, grade: B}, {by: amended, grade: C}]"
    message = one(write(("when: use.talks", changed)))
    assert "amendments overlap: each version amends once, in order." in message
    assert message.startswith(f"{IN_RULES}:14:5: ")


def test_an_unknown_version(write: Write) -> None:
    changed = ("when: use.talks", "when: use.talks\n    since: amendd")
    assert "The act has no version `amendd`. Did you mean `amended`?" in one(write(changed))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("territory: eu", "territory: eux", f"{IN_ACT}:4:1: Unknown place `eux`."),
        ("version: made, date", "version: mad, date", "No version `mad`. Did you mean `made`?"),
        ("    values: [{version: made, date: 2026-08-02}]\n", "", "needs either `values` or"),
        ("date: 2026-08-02", "date: 2026-08-32", f"{IN_ACT}:18:30: `date`: Input should be"),
        ("issuer: Parliament\n", "", f"{IN_ACT}:1:1: The key `issuer` is missing."),
        ("cite: Law 1\n", "", f"{IN_ACT}:1:1: The key `cite` is missing."),
        ("nature: binding_law", "nature: law", f"{IN_ACT}:5:1: `nature`: is one of binding_law,"),
        ("title: Demo", "titel: Demo", "Unknown key `titel`. Did you mean `title`?"),
    ],
)
def test_acts(write: Write, old: str, new: str, message: str) -> None:
    found = problems(write(act=(old, new)))
    assert any(message in p for p in found), found


# ---------------------------------------------------------------------- facts
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("type: yes_no", "type: maybe", "facts.yaml:2:15: `use.talks`: type is one of yes_no"),
        ("use.talks", "house.talks", "facts.yaml:2:3: `house.talks`: a fact is about one of"),
        ("who: engineer, why: Notices.", "who: engineer", "`use.talks`: needs `why`."),
        ("why: Notices.", "wy: Notices.", "unknown key `wy`. Did you mean `why`?"),
        ("    values: {credit: Credit., hiring: Hiring.}\n", "", "needs `values`, a mapping"),
        ("events:", "evnts:", "Unknown key `evnts`."),
    ],
)
def test_facts(write: Write, old: str, new: str, message: str) -> None:
    folder = write()
    assert old in FACTS
    (folder / "facts.yaml").write_text(FACTS.replace(old, new, 1))
    found = problems(folder)
    assert any(message in p for p in found), found
