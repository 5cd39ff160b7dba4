"""Answering an unknown never flips an outcome that was already determined.

Systems like those of the examples, with some facts left out; then unknown facts are answered at
random from the vocabulary, and all verdicts are compared.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dutybound.errors import BadInput
from dutybound.packs.compile import default_content
from dutybound.packs.profile import PROFILE, ProfileReader
from dutybound.packs.reading import Document
from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.terms.finding import Outcome, Scope, Verdict
from dutybound.terms.law import Content, FactType
from dutybound.terms.system import Profile

Raw: TypeAlias = dict[str, Any]
Stated: TypeAlias = dict[tuple[str, str], Any]

DAYS = [date(2025, 3, 1), date(2026, 9, 1), date(2027, 12, 2), date(2029, 1, 1)]
PLACES = ["eu", "eu-de", "us-ca", "us-ny-nyc", "us-co", "us-il", "us-tx", "uk", "us"]
LIKELY: Stated = {
    ("system", "artefact"): "ai_system",
    ("system", "techniques"): {"learned": True},
    ("party", "acts"): {"uses": True, "develops": True},
    ("party", "kind"): {"company": True},
    ("use", "persons"): {"consumers": True},
    ("data", "kinds"): {"personal": True},
}
PURPOSES = [
    "evaluate_creditworthiness",
    "screen_applicants",
    "converse_with_people",
    "detect_fraud",
]
OPEN = Outcome.UNDETERMINED
BINDING = (Outcome.APPLIES, Outcome.NOT_YET)
QUIET = (OPEN, Outcome.DOES_NOT_APPLY, Outcome.NO_LONGER)


@cache
def content() -> Content:
    return default_content()


@cache
def program() -> Program:
    return Program(content(), date.max)


@cache
def reader() -> ProfileReader:
    return ProfileReader(content())


@cache
def askable() -> tuple[FactType, ...]:
    """The facts that may be answered, in a fixed order."""
    known = ("yes_no", "choice", "set", "number", "date", "place")
    return tuple(f for _, f in sorted(content().facts.items()) if f.type in known)


def answers(fact: FactType) -> st.SearchStrategy[Any]:
    """Answers to a fact. A set is answered value by value."""
    if fact.type == "yes_no":
        return st.booleans()
    if fact.type == "choice":
        return st.sampled_from(list(fact.values))
    if fact.type == "set":
        plain = [v for v in fact.values if v not in fact.exclusive]
        return st.dictionaries(st.sampled_from(plain), st.booleans(), min_size=1, max_size=3)
    if fact.type == "number":
        return st.sampled_from([0, 5, 49, 250, 1_000_001, 60_000_000])
    if fact.type == "date":
        return st.sampled_from(["2024-01-01", "2025-08-02", "2026-12-03"])
    return st.sampled_from(["eu-de", "us-ny", "uk", "us"])


@st.composite
def stated(draw: st.DrawFn, most: int) -> Stated:
    """Some facts with answers."""
    facts = draw(st.lists(st.sampled_from(askable()), max_size=most, unique_by=lambda f: f.id))
    return {(f.thing, f.name): draw(answers(f)) for f in facts}


def combined(first: Stated, more: Stated) -> Stated:
    """The first facts, and what the others add: new facts, and new values of sets."""
    found = dict(first)
    for key, value in more.items():
        old = found.get(key)
        if old is None:
            found[key] = value
        elif isinstance(old, dict):
            found[key] = {**value, **old}
    return found


def profile(facts: Stated, closed: frozenset[str], places: list[str]) -> Profile:
    """A system with one thing of each kind. closed: names of sets that are complete."""
    things: dict[str, Raw] = {t: {} for t in ("system", "party", "model", "data", "use")}
    for (thing, name), value in facts.items():
        things[thing][name] = value
        if isinstance(value, dict) and name in closed:
            things[thing][name + "_complete"] = True
    raw = {
        "dutybound": PROFILE,
        "system": {"id": "s", **things["system"]},
        "parties": [{"id": "p", **things["party"]}],
        "models": [{"id": "m", **things["model"]}],
        "data": [{"id": "d", **things["data"]}],
        "uses": [{"id": "u", "places": places, **things["use"]}],
        "events_complete": True,
    }
    return reader().build(Document("s.yaml", raw), Path(), "")


def verdicts(system: Profile, as_of: date) -> dict[tuple[str, Scope], Verdict]:
    """All verdicts, by rule and scope."""
    return {(v.rule, v.scope): v for v in Run(program(), system, as_of).verdicts}


def flips(before: Profile, after: Profile, as_of: date) -> list[str]:
    """Each determined outcome that the second system does not share."""
    later = verdicts(after, as_of)
    found = []
    for key, old in verdicts(before, as_of).items():
        new = later.get(key)
        if new is None:
            continue  # the act came out of reach: see `moved`
        if old.outcome is not OPEN and new.outcome is not old.outcome:
            found.append(f"{key[0]}: {old.outcome} -> {new.outcome}")
        if old.no_duty_either_way and new.outcome in BINDING:
            found.append(f"{key[0]}: no duty either way -> {new.outcome}")
        if old.draft not in (None, OPEN) and new.draft is not old.draft:
            found.append(f"{key[0]}: draft {old.draft} -> {new.draft}")
    return found


def moved(before: Profile, after: Profile, as_of: date) -> list[str]:
    """Outcomes of rules whose act came into reach or left it."""
    earlier, later = verdicts(before, as_of), verdicts(after, as_of)
    gone = [key for key, v in earlier.items() if key not in later and v.outcome not in QUIET]
    acts = {key[0] for key in earlier if key not in later and key[0] in content().acts}
    came = [
        key
        for key, v in later.items()
        if key not in earlier and v.outcome not in QUIET and _act(key[0]) in acts
    ]
    return [f"{rule} {scope}" for rule, scope in (*gone, *came)]


def _act(rule_id: str) -> str:
    rule = content().rules.get(rule_id)
    return rule.act if rule else rule_id


likely = st.builds(
    lambda purpose, seat: {**LIKELY, ("use", "purposes"): {purpose: True}, **seat},
    st.sampled_from(PURPOSES),
    st.sampled_from([{}, *({("party", "established_in"): s} for s in ("eu-de", "us-ny", "uk"))]),
)
names = st.frozensets(st.sampled_from(["acts", "purposes", "kind", "persons", "kinds", "regimes"]))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(
    base=likely,
    first=stated(10),
    more=stated(10),
    closed=names,
    closed_later=names,
    places=st.lists(st.sampled_from(PLACES), min_size=1, max_size=3, unique=True),
    as_of=st.sampled_from(DAYS),
)
def test_an_answer_flips_nothing(
    base: Stated,
    first: Stated,
    more: Stated,
    closed: frozenset[str],
    closed_later: frozenset[str],
    places: list[str],
    as_of: date,
) -> None:
    known = combined(base, first)
    try:
        before = profile(known, closed, places)
        after = profile(
            combined(known, more) if not closed else _only_new(known, more),
            closed | closed_later,
            places,
        )
    except BadInput:
        assume(False)
        raise
    assert [] == flips(before, after, as_of)
    assert [] == moved(before, after, as_of)


def _only_new(known: Stated, more: Stated) -> Stated:
    """A set that is closed takes no further values."""
    return {**more, **known}


def test_the_comparison_can_fail() -> None:
    """A changed fact is no answer, and the comparison sees it."""
    use = ("use", "purposes")
    credit = {**LIKELY, use: {"evaluate_creditworthiness": True}}
    other = {**LIKELY, use: {"other": True}}
    closed = frozenset({"purposes"})
    before, after = (profile(f, closed, ["eu"]) for f in (credit, other))
    assert flips(before, after, DAYS[2])


def test_an_answer_settles_something() -> None:
    """The systems above are open enough to say something about answers."""
    known = {**LIKELY, ("use", "purposes"): {"evaluate_creditworthiness": True}}
    found = verdicts(profile(known, frozenset(), ["eu"]), DAYS[2])
    undetermined = [v for v in found.values() if v.outcome is OPEN]
    assert 20 < len(undetermined) < len(found) - 20


def test_a_seat_that_is_not_stated_leaves_the_reach_open() -> None:
    """A use abroad: whether the EU act reaches it turns on where the party is established."""
    stated = {**LIKELY, ("use", "purposes"): {"evaluate_creditworthiness": True}}
    before = profile(stated, frozenset(), ["us-ca"])
    after = profile({**stated, ("party", "established_in"): "eu-de"}, frozenset(), ["us-ca"])
    assert [] == moved(before, after, DAYS[2])
    assert [] == flips(before, after, DAYS[2])
    reached = {
        _act(rule) for (rule, _), v in verdicts(after, DAYS[2]).items() if v.outcome in BINDING
    }
    assert "eu-gdpr" in reached
