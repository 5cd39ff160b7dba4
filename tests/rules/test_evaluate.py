"""Outcomes in time: dates, versions, transitions, exceptions, disputes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.terms.finding import Outcome, Verdict
from dutybound.terms.law import Condition, Content, NamedDate, Rule
from dutybound.terms.system import Event
from tests.small import (
    OFF,
    ON,
    OPEN,
    act,
    content,
    dispute,
    exception,
    named,
    profile,
    rule,
    term,
    text,
    verdict,
)

EVE, DAY = date(2026, 8, 1), date(2026, 8, 2)
LATER = date(2027, 12, 2)
LATE = date(2030, 1, 1)


def outcome(law: Content, as_of: date = LATE, **more: object) -> Outcome:
    return verdict(law, as_of=as_of, **more).outcome  # type: ignore[arg-type]


# ---------------------------------------------------------------------- days
def test_day_before_and_first_day() -> None:
    law = content(rule("x", text(formal="2026-08-02")))
    assert Outcome.NOT_YET == outcome(law, EVE)
    assert Outcome.APPLIES == outcome(law, DAY)


def test_without_a_date_the_version_decides() -> None:
    law = content(rule("x"))
    assert Outcome.NOT_YET == outcome(law, date(2024, 7, 31))
    assert Outcome.APPLIES == outcome(law, date(2024, 8, 1))


def test_effective_decides_and_formal_is_told() -> None:
    """Formally from one day, biting from another: both are kept apart."""
    law = content(rule("x", text(formal="2026-08-02", effective="2027-12-02")))
    found = verdict(law, as_of=DAY)
    assert (Outcome.NOT_YET, DAY, LATER) == (found.outcome, found.formal, found.start)
    assert Outcome.APPLIES == outcome(law, LATER)


def test_last_day_and_day_after() -> None:
    law = content(rule("x", text(until="2026-08-02"), until_reason="expired"))
    assert Outcome.APPLIES == outcome(law, EVE)
    found = verdict(law, as_of=DAY)
    assert (Outcome.NO_LONGER, "expired", DAY) == (found.outcome, found.reason, found.end)


def test_the_whole_act_ends() -> None:
    law = content(rule("x"), law=act(until=DAY, until_reason="rescinded"))
    assert Outcome.APPLIES == outcome(law, EVE)
    assert (Outcome.NO_LONGER, "rescinded") == (
        verdict(law, as_of=DAY).outcome,
        verdict(law, as_of=DAY).reason,
    )


# ---------------------------------------------------------------------- versions
def test_a_named_date_takes_the_newest_known_value() -> None:
    moved = named("d", made=DAY, amended=LATER)
    law = content(rule("x", text(formal="d")), law=act(dates={"d": moved}))
    assert Outcome.NOT_YET == outcome(law, DAY)
    assert Outcome.APPLIES == outcome(law, DAY, known_on=date(2026, 7, 23))
    assert Outcome.NOT_YET == outcome(law, DAY, known_on=date(2026, 7, 24))


def test_an_amended_text_counts_from_its_first_day_in_force() -> None:
    law = content(rule("x", text(ON), text(OFF, version="amended")))
    assert Outcome.APPLIES == outcome(law, date(2026, 7, 26))
    assert Outcome.DOES_NOT_APPLY == outcome(law, date(2026, 7, 27))
    assert Outcome.APPLIES == outcome(law, date(2026, 7, 27), known_on=date(2026, 7, 23))


def test_an_amendment_may_bring_a_duty() -> None:
    """Before it is in force the new text is not yet applicable."""
    law = content(rule("x", text(OFF), text(ON, version="amended")))
    assert Outcome.NOT_YET == outcome(law, date(2026, 7, 26))
    assert Outcome.APPLIES == outcome(law, date(2026, 7, 27))


def test_a_rule_that_a_version_inserts() -> None:
    law = content(rule("x", text(version="amended")))
    assert Outcome.NOT_YET == outcome(law, date(2026, 7, 26))
    found = verdict(law, as_of=DAY, known_on=date(2026, 7, 23))
    assert Outcome.DOES_NOT_APPLY == found.outcome


def test_a_rule_that_a_version_deletes() -> None:
    law = content(rule("x", deleted_by="amended"))
    assert Outcome.APPLIES == outcome(law, date(2026, 7, 26))
    assert Outcome.NO_LONGER == outcome(law, date(2026, 7, 27))
    assert Outcome.APPLIES == outcome(law, date(2026, 7, 27), known_on=date(2026, 7, 23))


def test_a_term_follows_the_text_of_the_day() -> None:
    changing = replace(term("t", ON), texts=(text(ON), text(OFF, version="amended")))
    law = content(rule("x", text(("term", "law.t"))), changing)
    assert Outcome.APPLIES == outcome(law, date(2026, 7, 26))
    assert Outcome.DOES_NOT_APPLY == outcome(law, date(2026, 7, 27))


# ---------------------------------------------------------------------- dates that depend on facts
def _chosen(first: Condition, second: Condition) -> Content:
    lines = ((first, "2026-08-02"), (second, "2027-12-02"))
    dates = {"d": NamedDate("d", "Art. 9", choose=lines)}
    return content(rule("x", text(formal="d")), law=act(dates=dates))


@pytest.mark.parametrize(
    ("first", "second", "on_first_day", "on_second_day"),
    [
        (ON, ON, Outcome.APPLIES, Outcome.APPLIES),
        (OFF, ON, Outcome.NOT_YET, Outcome.APPLIES),
        (OPEN, ON, Outcome.UNDETERMINED, Outcome.APPLIES),
        (ON, OPEN, Outcome.APPLIES, Outcome.APPLIES),
        (OFF, OPEN, Outcome.UNDETERMINED, Outcome.APPLIES),
        (OFF, OFF, Outcome.APPLIES, Outcome.APPLIES),
    ],
)
def test_the_earliest_line_that_holds_counts(
    first: Condition, second: Condition, on_first_day: Outcome, on_second_day: Outcome
) -> None:
    """If no line holds, the earliest of all counts; so while one is open, the day is open too."""
    law = _chosen(first, second)
    assert Outcome.NOT_YET == outcome(law, EVE)
    assert on_first_day == outcome(law, DAY)
    assert on_second_day == outcome(law, LATER)


def test_an_open_date_is_a_range() -> None:
    found = verdict(_chosen(OPEN, ON), as_of=EVE)
    assert (DAY, LATER) == (found.start, found.start_latest)


# ---------------------------------------------------------------------- exceptions
@pytest.mark.parametrize(
    ("when", "except_", "expected", "either"),
    [
        (ON, ON, Outcome.EXCEPTED, False),
        (ON, OFF, Outcome.APPLIES, False),
        (ON, OPEN, Outcome.UNDETERMINED, False),
        (OFF, ON, Outcome.DOES_NOT_APPLY, False),
        (OFF, OPEN, Outcome.DOES_NOT_APPLY, False),
        (OPEN, OFF, Outcome.UNDETERMINED, False),
        (OPEN, ON, Outcome.UNDETERMINED, True),
        (OPEN, OPEN, Outcome.UNDETERMINED, False),
    ],
)
def test_general_rule_and_exception(
    when: Condition, except_: Condition, expected: Outcome, either: bool
) -> None:
    """An exception that holds anyway is told even while the general rule is open."""
    law = content(rule("x", text(when, exceptions=(exception(except_),))))
    found = verdict(law, as_of=LATE)
    assert (expected, either) == (found.outcome, found.no_duty_either_way)


def test_grade_c_contests() -> None:
    weak = content(rule("x", text(OFF, grade="C")))
    assert Outcome.CONTESTED == outcome(weak)
    lenient = content(rule("x", text(ON, exceptions=(exception(ON, grade="C"),))))
    assert Outcome.CONTESTED == outcome(lenient)


# ---------------------------------------------------------------------- gates
def test_owed_by_scope_and_exclusion() -> None:
    role = term("role", ON)
    other = term("other", OFF)
    excluded = rule("out", text(ON), kind="exclusion", targets=("law.x",), gated=False)
    saved = replace(excluded, saves=("law.x",))
    assert Outcome.APPLIES == outcome(content(rule("x", owed_by="law.role"), role))
    assert Outcome.DOES_NOT_APPLY == outcome(content(rule("x", owed_by="law.other"), other))
    assert Outcome.DOES_NOT_APPLY == outcome(content(rule("x"), excluded))
    assert Outcome.APPLIES == outcome(content(rule("x"), saved))
    assert Outcome.DOES_NOT_APPLY == outcome(content(rule("x"), law=act(scope=OFF)))
    assert Outcome.UNDETERMINED == outcome(content(rule("x"), law=act(scope=OPEN)))
    assert Outcome.APPLIES == outcome(content(rule("x", gated=False), law=act(scope=OFF)))


def test_an_exclusion_of_the_whole_act_leaves_terms_alone() -> None:
    excluded = rule("out", text(ON), kind="exclusion", targets=("law",), gated=False)
    law = content(rule("x"), term("t", ON), excluded)
    assert Outcome.DOES_NOT_APPLY == outcome(law)
    assert Outcome.APPLIES == verdict(law, "t", as_of=LATE).outcome


def test_out_of_the_territory() -> None:
    found = verdict(content(rule("x")), as_of=LATE, system=profile(places=("us",)))
    assert (Outcome.DOES_NOT_APPLY, "wrong_place") == (found.outcome, found.reason)


def test_a_place_wider_than_the_territory_is_open() -> None:
    law = content(rule("x"), law=act(territory="us-ca"))
    assert Outcome.UNDETERMINED == outcome(law, system=profile(places=("us",)))


def test_extent_narrows_the_territory() -> None:
    law = content(rule("x", extent=("eu-de",)))
    assert Outcome.APPLIES == outcome(law, system=profile(places=("eu-de",)))
    assert Outcome.UNDETERMINED == outcome(law, system=profile(places=("eu",)))


@pytest.mark.parametrize("status", ["vetoed", "bill", "proposed", "draft"])
def test_what_is_not_law_never_applies(status: str) -> None:
    found = verdict(content(rule("x", legal_status=status)), as_of=LATE)
    assert (Outcome.DOES_NOT_APPLY, "not_law") == (found.outcome, found.reason)


# ---------------------------------------------------------------------- transitions
def _transition(when: Condition, **changes: object) -> Rule:
    made = text(when, defer=changes.pop("defer", None))
    plain = {"kind": "transition", "targets": ("law.x",), "gated": False}
    return rule("old", made, **(plain | changes))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (ON, Outcome.EXCEPTED),
        (OFF, Outcome.APPLIES),
        (OPEN, Outcome.UNDETERMINED),
    ],
)
def test_a_shield(when: Condition, expected: Outcome) -> None:
    law = content(rule("x"), _transition(when, shield=True))
    assert expected == outcome(law)


def test_a_shield_says_that_it_is_a_transition() -> None:
    found = verdict(content(rule("x"), _transition(ON, shield=True)), as_of=LATE)
    assert "transition" == found.reason


def test_before_a_duty_binds_a_shield_does_not_matter() -> None:
    law = content(rule("x", text(formal="2026-08-02")), _transition(ON, shield=True))
    assert Outcome.NOT_YET == outcome(law, EVE)


def test_a_shield_by_the_day_of_an_event() -> None:
    """Put into service before the day: shielded; on the day: not."""
    before = ("event", "put_into_service", "2026-08-02", None, False)
    law = content(rule("x"), _transition(before, shield=True, over=("party", "use", "place")))
    old = Event("put_into_service", EVE, "p", "eu")
    assert Outcome.EXCEPTED == outcome(law, system=profile(events=(old,)))
    new = Event("put_into_service", DAY, "p", "eu")
    assert Outcome.APPLIES == outcome(law, system=profile(events=(new,)))


@pytest.mark.parametrize(
    ("when", "on_day", "expected"),
    [
        (ON, DAY, Outcome.NOT_YET),
        (ON, LATER, Outcome.APPLIES),
        (OFF, DAY, Outcome.APPLIES),
        (OPEN, DAY, Outcome.UNDETERMINED),
        (OPEN, EVE, Outcome.NOT_YET),
        (OPEN, LATER, Outcome.APPLIES),
    ],
)
def test_a_deferral(when: Condition, on_day: date, expected: Outcome) -> None:
    law = content(rule("x", text(formal="2026-08-02")), _transition(when, defer="2027-12-02"))
    assert expected == outcome(law, on_day)


def test_a_deferral_never_brings_a_duty_forward() -> None:
    law = content(rule("x", text(formal="2027-12-02")), _transition(ON, defer="2026-08-02"))
    assert Outcome.NOT_YET == outcome(law, DAY)


# ---------------------------------------------------------------------- disputes and drafts
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (ON, ON, Outcome.APPLIES),
        (OFF, OFF, Outcome.DOES_NOT_APPLY),
        (ON, OFF, Outcome.CONTESTED),
        (ON, OPEN, Outcome.UNDETERMINED),
        (OPEN, OFF, Outcome.UNDETERMINED),
    ],
)
def test_readings(first: Condition, second: Condition, expected: Outcome) -> None:
    asked = dispute("u", ("text", first), ("commentary", second))
    law = content(rule("x", text(("reading", "law.u"))), disputes=[asked])
    assert expected == outcome(law)


def _drafted(settled: Condition, drafted: Condition) -> Verdict:
    asked = dispute("u", ("text", settled), ("draft_guidance", drafted))
    law = content(rule("x", text(("reading", "law.u"))), disputes=[asked])
    return verdict(law, as_of=LATE)


def test_a_draft_stands_beside_the_outcome() -> None:
    found = _drafted(OFF, ON)
    assert (Outcome.DOES_NOT_APPLY, Outcome.APPLIES) == (found.outcome, found.draft)


def test_without_a_draft_there_is_nothing_beside() -> None:
    assert verdict(content(rule("x")), as_of=LATE).draft is None


def test_a_draft_behind_a_term_is_seen() -> None:
    asked = dispute("u", ("text", OFF), ("draft_guidance", ON))
    law = content(
        rule("x", text(("term", "law.t"))), term("t", ("reading", "law.u")), disputes=[asked]
    )
    assert Outcome.APPLIES == verdict(law, as_of=LATE).draft


# ---------------------------------------------------------------------- all verdicts
def test_a_whole_act_out_of_scope_is_one_finding() -> None:
    law = content(rule("x"), rule("y"), law=act(scope=OFF))
    found = Run(Program(law, date.max), profile(), LATE).verdicts
    assert [("law", Outcome.DOES_NOT_APPLY, "scope")] == [
        (v.rule, v.outcome, v.reason) for v in found
    ]


def test_places_with_facts_of_their_own_are_judged_apart() -> None:
    system = profile(places=("eu", "eu-de"))
    own = replace(system.uses[0], overrides={"eu-de": {"on": False}})
    law = content(rule("x"))
    found = Run(Program(law, date.max), replace(system, uses=(own,)), LATE).verdicts
    assert {"eu": Outcome.APPLIES, "eu-de": Outcome.DOES_NOT_APPLY} == {
        v.scope.place: v.outcome for v in found
    }


def test_markets_limit_the_acts() -> None:
    run = Run(Program(content(rule("x")), date.max), profile(), LATE, ["us"])
    assert () == run.verdicts


def test_an_act_that_is_not_yet_published_gives_nothing() -> None:
    run = Run(Program(content(rule("x")), date(2024, 7, 11)), profile(), LATE)
    assert () == run.verdicts
