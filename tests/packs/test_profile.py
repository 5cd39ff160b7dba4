"""Profiles: what is refused, where and with what advice; what is read, and how."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dutybound.errors import BadInput
from dutybound.packs.content import read_content
from dutybound.packs.profile import ProfileReader
from dutybound.terms.law import Content
from dutybound.terms.system import Event, Position, Profile, SetFact

TODAY = date(2026, 11, 23)
PLACES = "places: {eu: European Union, eu-de: Germany, us: United States}\n"
FACTS = """\
facts:
  system.generative: {type: yes_no, ask: Does it make content?, who: engineer, why: Content.}
  party.kind:
    type: set
    ask: What is it?
    who: counsel
    why: Kind.
    values: {company: A company., public_authority: An authority., none: None of these.}
    exclusive: [none]
  party.established_in: {type: place, ask: Where?, who: counsel, why: Reach.}
  party.staff: {type: number, unit: persons, ask: How many?, who: counsel, why: Size.}
  party.brand: {type: yes_no, ask: Own brand?, who: counsel, why: Provider.}
  model.released: {type: date, ask: When?, who: engineer, why: Old models.}
  model.supplier: {type: choice, ask: Who?, who: buyer, why: Duties., values: {own: W., other: O.}}
  data.kinds: {type: set, ask: Which?, who: data, why: Law., values: {personal: P., health: H.}}
  use.purposes:
    type: set
    ask: What for?
    who: owner
    why: Scope.
    values: {score_credit: Credit., rank_applicants: Hiring., other: Other.}
  use.involvement.reviews: {type: yes_no, ask: Reviews?, who: owner, why: Oversight.}
  use.data: {type: refs, of: data, ask: Which data?, who: owner, why: Data.}
events: {put_into_service: First use., withdrawn: End.}
constraints:
  - says: A company is no authority.
    when: {all: [{has: party.kind, value: company}, {has: party.kind, value: public_authority}]}
  - says: Who reviews has a brand.
    when: {all: [use.involvement.reviews, {not: party.brand}]}
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
"""
RULES = """\
rules:
  - {id: demo.high-risk, title: High, kind: term, pinpoint: Art. 1, when: always}
"""
GOOD = """\
dutybound: profile/1
system: {id: s, name: System, generative: false}
parties:
  - {id: p, kind: [company], staff: 12, brand: true, established_in: eu-de}
models:
  - {id: m, released: 2025-08-01, supplier: own}
data:
  - {id: d, kinds: [personal]}
uses:
  - id: u
    purposes: [score_credit]
    involvement: {reviews: true}
    data: [d]
    places: {eu: {}, us: {involvement: {reviews: false}}}
events:
  - {act: put_into_service, party: p, place: eu, date: 2026-11-23}
"""


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    folder = tmp_path_factory.mktemp("content")
    home = folder / "law" / "eu" / "demo"
    home.mkdir(parents=True)
    (folder / "places.yaml").write_text(PLACES)
    (folder / "facts.yaml").write_text(FACTS)
    (home / "act.yaml").write_text(ACT)
    (home / "rules.yaml").write_text(RULES)
    return read_content(folder)


class Desk:
    """Writes and reads profiles."""

    def __init__(self, content: Content, folder: Path) -> None:
        self.content = content
        self.folder = folder

    def read(self, text: str, today: date | None = TODAY) -> Profile:
        path = self.folder / "system.yaml"
        path.write_text(text)
        return ProfileReader(self.content).read(path, "system.yaml", today=today)

    def changed(self, *changes: tuple[str, str]) -> str:
        text = GOOD
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        return text

    def problems(self, *changes: tuple[str, str]) -> list[str]:
        with pytest.raises(BadInput) as caught:
            self.read(self.changed(*changes))
        return [str(p) for p in caught.value.problems]

    def one(self, old: str, new: str) -> str:
        found = self.problems((old, new))
        assert 1 == len(found), found
        return found[0]


@pytest.fixture
def desk(content: Content, tmp_path: Path) -> Desk:
    return Desk(content, tmp_path)


# ---------------------------------------------------------------------- what is read
def test_a_good_profile(desk: Desk) -> None:
    found = desk.read(GOOD)
    assert ("s", "System", {"generative": False}) == (found.id, found.name, found.system)
    party = found.parties[0].facts
    assert {"staff": 12, "brand": True, "established_in": "eu-de"} == {
        k: v for k, v in party.items() if k != "kind"
    }
    assert {"released": date(2025, 8, 1), "supplier": "own"} == found.models[0].facts
    use = found.uses[0]
    assert (("eu", "us"), ("d",), None) == (use.places, use.data, use.models)
    assert True is use.facts["involvement.reviews"]
    assert False is use.overrides["us"]["involvement.reviews"]
    assert (Event("put_into_service", TODAY, "p", "eu"),) == found.events


def test_what_follows_from_a_constraint_is_added(desk: Desk) -> None:
    """A company is no authority: so that value is out, though nobody said so."""
    kind = desk.read(GOOD).parties[0].facts["kind"]
    assert SetFact(frozenset({"company"}), frozenset({"none", "public_authority"})) == kind


def test_positions(desk: Desk) -> None:
    found = desk.read(GOOD).positions
    assert Position("system.yaml", 4) == found["parties.p.staff"]
    assert Position("system.yaml", 12) == found["uses.u.involvement.reviews"]
    assert Position("system.yaml", 14) == found["uses.u.places.us.involvement.reviews"]


def test_sets_are_open_until_they_are_closed(desk: Desk) -> None:
    def purposes(more: str) -> SetFact:
        text = desk.changed(("    purposes: [score_credit]\n", more))
        found: SetFact = desk.read(text).uses[0].facts["purposes"]
        return found

    credit = frozenset({"score_credit"})
    assert SetFact(credit) == purposes("    purposes: [score_credit]\n")
    assert SetFact(credit) == purposes("    purposes: score_credit\n")
    assert SetFact(credit, closed=True) == purposes(
        "    purposes: [score_credit]\n    purposes_complete: true\n"
    )
    assert SetFact(frozenset(), closed=True) == purposes("    purposes_complete: true\n")
    assert SetFact(credit, frozenset({"other"})) == purposes(
        "    purposes: {score_credit: true, other: false, rank_applicants: unknown}\n"
    )


def test_none_closes_a_set(desk: Desk) -> None:
    found = desk.read(desk.changed(("kind: [company]", "kind: [none]")))
    assert SetFact(frozenset({"none"}), frozenset(), True) == found.parties[0].facts["kind"]


@pytest.mark.parametrize("written", ["unknown", "null", "~"])
def test_unknown_may_be_said(desk: Desk, written: str) -> None:
    found = desk.read(desk.changed(("staff: 12", f"staff: {written}")))
    assert "staff" not in found.parties[0].facts


def test_a_fact_may_carry_its_source(desk: Desk) -> None:
    found = desk.read(desk.changed(("staff: 12", "staff: {value: 12, source: annual report}")))
    assert 12 == found.parties[0].facts["staff"]


# ---------------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("staff: 12", "staf: 12", "4:30: Unknown fact `party.staf`. Did you mean `staff`?"),
        ("generative: false", "purposes: [other]", "`system.purposes`. It is a fact of a use."),
        (
            "purposes: [score_credit]",
            "purposes: [score_credits]",
            "11:16: `score_credits` is no value of `use.purposes`. Did you mean `score_credit`?",
        ),
        (
            "supplier: own",
            "supplier: us",
            "6:35: `us` is no value of `model.supplier`. It is one of own, other.",
        ),
        ("released: 2025-08-01", "released: 2025-02-30", "`model.released` is a date as YYYY"),
        ("released: 2025-08-01", "released: 1.8.2025", "`model.released` is a date as YYYY"),
        ("staff: 12", "staff: many", "`party.staff` is a number (persons), not `many`."),
        ("staff: 12", "staff: -1", "`party.staff` cannot be below zero."),
        ("brand: true", "brand: maybe", "`party.brand` is true or false, not `maybe`. Own brand?"),
        ("established_in: eu-de", "established_in: Germany", "Did you mean `eu-de`?"),
        ("established_in: eu-de", "established_in: eu-dd", "Unknown place `eu-dd`."),
        ("places: {eu: {}", "places: {eux: {}", "14:14: Unknown place `eux`."),
        ("data: [d]", "data: [dd]", "There is no `dd` in `data`. Did you mean `d`?"),
        ("kind: [company]", "kind: [company, company]", "`company` stands twice in `party.kind`."),
        ("kind: [company]", "kind: [company, none]", "`none` excludes the other values."),
        ("kind: [company]", "kind: 3", "`party.kind` is a list of values, or a mapping"),
        ("events:", "event:", "15:1: Unknown key `event`. Did you mean `events`?"),
        ("uses:", "use:", "Unknown key `use`."),
        ("act: put_into_service", "act: put_in_service", "Did you mean `put_into_service`?"),
        ("date: 2026-11-23", "date: soon", "An event needs a `date` as YYYY-MM-DD."),
        ("party: p, place", "party: q, place", "There is no `q` in `parties`."),
        ("id: m, ", "", "6:5: Needs an `id`."),
        ("profile/1", "profile/2", "1:1: A profile begins with `dutybound: profile/1`."),
        ("id: s, ", "", "`system` needs an `id`."),
        ("id: s, ", "id: s, version: 2.10, ", "without quotes is the number 2.1, so evidence"),
        ("id: s, ", "id: s, version: 010, ", 'Write "010".'),
    ],
)
def test_refused(desk: Desk, old: str, new: str, message: str) -> None:
    """Unknown fact, value, date, place or thing: file, line, column, and what was meant."""
    found = desk.problems((old, new))
    assert any(message in p for p in found), found
    assert all(p.startswith("system.yaml:") for p in found)


@pytest.mark.parametrize("word", ["high-risk", "high_risk", "role", "classification", "risk_class"])
def test_a_conclusion_is_no_fact(desk: Desk, word: str) -> None:
    message = desk.one("generative: false", f"{word}: true")
    assert f"system.yaml:2:31: `{word}` is a conclusion; it is computed." in message


def test_contradicting_facts(desk: Desk) -> None:
    message = desk.one("kind: [company]", "kind: [company, public_authority]")
    assert message.endswith("The facts contradict each other. A company is no authority.")


def test_contradiction_at_one_place_only(desk: Desk) -> None:
    """Facts of a place are checked with the facts of the party."""
    text = ("involvement: {reviews: true}", "involvement: {reviews: false}")
    at_place = ("us: {involvement: {reviews: false}}", "us: {involvement: {reviews: true}}")
    found = desk.problems(text, at_place, ("brand: true", "brand: false"))
    assert [True] == ["Who reviews has a brand." in p for p in found]


def test_closed_and_open_at_once(desk: Desk) -> None:
    text = "purposes: [score_credit]\n    purposes_complete: maybe"
    assert "`purposes_complete` is true or false." in desk.one("purposes: [score_credit]", text)


def test_the_future_is_planned(desk: Desk) -> None:
    message = desk.one("date: 2026-11-23", "date: 2026-11-24")
    assert (
        "system.yaml:16:5: The event is on 2026-11-24, after 2026-11-23, and not marked as "
        "planned. Correct the date, or write `planned: true`." == message
    )
    planned = desk.changed(("date: 2026-11-23", "date: 2026-11-24, planned: true"))
    assert True is desk.read(planned).events[0].planned


def test_without_a_today_the_future_is_not_checked(desk: Desk) -> None:
    text = desk.changed(("date: 2026-11-23", "date: 2126-11-24"))
    assert date(2126, 11, 24) == desk.read(text, today=None).events[0].date


def test_several_errors_at_once_in_order(desk: Desk) -> None:
    found = desk.problems(
        ("staff: 12", "staf: 12"),
        ("supplier: own", "supplier: us"),
        ("purposes: [score_credit]", "purposes: [score_credits]"),
        ("date: 2026-11-23", "date: 2026-11-24"),
    )
    assert [4, 6, 11, 16] == [int(p.split(":")[1]) for p in found]


def test_an_id_stands_once(desk: Desk) -> None:
    twice = "data:\n  - {id: d, kinds: [health]}"
    assert "The id `d` stands twice in `data`." in desk.one("data:", twice)


def test_a_profile_needs_a_party_and_a_use(desk: Desk) -> None:
    party = next(line for line in GOOD.splitlines(keepends=True) if "{id: p," in line)
    found = desk.problems((f"parties:\n{party}", ""))
    assert any("A profile needs at least one party." in p for p in found)


# ---------------------------------------------------------------------- organisations
ORGANISATION = """\
dutybound: organisation/1
name: Group
entities:
  - {id: bank, name: Bank, established_in: eu-de, staff: 4200, kind: [company], licences: [x]}
"""
REF = (
    "{id: p, kind: [company], staff: 12, brand: true, established_in: eu-de}",
    "{ref: organisation.yaml#bank, brand: true}",
)
NO_EVENTS = ("events:\n  - {act: put_into_service, party: p, place: eu, date: 2026-11-23}\n", "")


def test_a_party_from_an_organisation_file(desk: Desk) -> None:
    (desk.folder / "organisation.yaml").write_text(ORGANISATION)
    found = desk.read(desk.changed(REF, NO_EVENTS))
    party = found.parties[0]
    assert ("bank", 4200, True) == (party.id, party.facts["staff"], party.facts["brand"])
    position = found.positions["parties.bank.staff"]
    assert (4, "organisation.yaml") == (position.line, Path(position.file).name)


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("organisation.yaml#bonk", "No entity `bonk` in organisation.yaml. Did you mean `bank`?"),
        ("organisation.yaml", "`ref` is written as file.yaml#entity."),
        ("nowhere.yaml#bank", "nowhere.yaml: The file does not exist."),
    ],
)
def test_a_ref_that_leads_nowhere(desk: Desk, ref: str, message: str) -> None:
    (desk.folder / "organisation.yaml").write_text(ORGANISATION)
    changed = (REF[0], f"{{ref: {ref}, brand: true}}")
    found = desk.problems(changed, NO_EVENTS)
    assert any(message in p for p in found), found


def test_a_profile_does_not_contradict_its_organisation(desk: Desk) -> None:
    (desk.folder / "organisation.yaml").write_text(ORGANISATION)
    changed = (REF[0], "{ref: organisation.yaml#bank, brand: true, staff: 3}")
    found = desk.problems(changed, NO_EVENTS)
    assert ["system.yaml:4:48: `staff` contradicts the organisation file."] == found


def test_an_unknown_fact_in_an_organisation(desk: Desk) -> None:
    path = desk.folder / "organisation.yaml"
    path.write_text(ORGANISATION.replace("staff:", "staf:"))
    found = desk.problems(REF, NO_EVENTS)
    assert 1 == len(found)
    assert f"{path}:4:51: Unknown fact `party.staf`. Did you mean `staff`?" == found[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n", "An organisation file begins with `dutybound: organisation/1`."),
        ("dutybound: organisation/1\n", "Needs the key `entities`, a list."),
        ("dutybound: organisation/1\nentities: [{}]\n", "Each entity needs an own `id`."),
        (ORGANISATION + "more: 1\n", "Unknown key `more`."),
    ],
)
def test_organisation_files(desk: Desk, text: str, message: str) -> None:
    (desk.folder / "organisation.yaml").write_text(text)
    found = desk.problems(REF, NO_EVENTS)
    assert any(message in p for p in found), found
