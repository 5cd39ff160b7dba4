"""A toy law as a content folder, with a profile: for tests of whole commands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dutybound.packs.content import read_content
from dutybound.packs.profile import ProfileReader
from dutybound.terms.law import Content
from dutybound.terms.system import Profile

TODAY = date(2026, 11, 25)
FACTS = """\
facts:
  system.artefact:
    {type: choice, ask: What is it?, who: engineer, why: Scope., values: {ai: AI., other: Other.}}
  system.generative: {type: yes_no, ask: Does it generate?, who: engineer, why: Content.}
  party.acts:
    {type: set, ask: What does it do?, who: counsel, why: Roles., values: {uses: U., sells: S.}}
  party.staff: {type: number, ask: How many staff?, who: finance, why: Size., unit: persons}
  use.purposes:
    {type: set, ask: What for?, who: owner, why: Classes., values: {score: Scores., chat: Talks.}}
  use.persons: {type: set, ask: Whom?, who: owner, why: People., values: {people: People.}}
  use.talks: {type: yes_no, ask: Does it talk?, who: owner, why: Notices.}
  use.risky: {type: yes_no, judgement: true, ask: Is it risky?, who: owner, why: Ban.}
  use.review.looks: {type: yes_no, ask: Does a person look?, who: owner, why: Review.}
  use.review.can_change: {type: yes_no, ask: May the person change it?, who: owner, why: Review.}
  data.kinds: {type: set, ask: Which data?, who: owner, why: Data., values: {personal: P.}}
events: {put_into_service: First use.}
constraints: []
"""
PLACES = "places: {eu: EU, eu-de: Germany, us: United States, us-ca: California, uk: UK}\n"
EU = """\
act: eu-toy
title: Toy Act
market: eu
territory: eu
nature: binding_law
legal_status: in_force
enforcement_status: active
issuer: Parliament
cite: Toy 1
grade: A
checked_on: 2026-11-23
legal_review: none
over: [party, use, place]
versions:
  - {id: made, published: 2024-07-12, in_force: 2024-08-01, cite: OJ 1}
  - {id: amended, published: 2026-07-24, in_force: 2026-07-27, cite: OJ 2}
dates:
  d-a:
    cite: Art. 90
    values: [{version: made, date: 2026-08-02}, {version: amended, date: 2027-12-02}]
penalties: {P1: {cite: Art. 80, text: Ten euro., caps: [{amount: 10, currency: EUR}]}}
not_covered: [national law]
"""
EU_RULES = """\
rules:
  - id: eu-toy.user
    title: User
    kind: term
    show: role
    pinpoint: Art. 0
    when: {has: party.acts, value: uses}
  - id: eu-toy.scoring
    title: Scoring
    kind: term
    show: classification
    pinpoint: Annex
    when: {has: use.purposes, value: score}
  - id: eu-toy.careful
    title: Careful
    kind: term
    pinpoint: Annex
    when: {has: use.purposes, value: score}
    amended: [{by: amended, when: {has: use.purposes, value: chat}}]
  - id: eu-toy.art-1.keep
    title: Keep logs
    kind: duty
    owed_by: user
    pinpoint: Art. 1
    formal: 2026-08-02
    effective: d-a
    when: scoring
    must: Keep logs.
    technical: [store logs]
    organisational: [name an owner]
    penalty: P1
  - id: eu-toy.art-2.tell
    title: Tell people
    kind: duty
    owed_by: user
    pinpoint: Art. 2
    formal: 2025-02-02
    when: use.talks
    except: [{id: obvious, pinpoint: Art. 2(2), when: use.review.looks}]
    must: Tell people.
    amended: [{by: amended, must: Tell people clearly.}]
  - id: eu-toy.art-3.new
    title: New duty
    kind: duty
    since: amended
    owed_by: user
    pinpoint: Art. 3
    formal: 2027-06-01
    when: use.talks
    must: Do the new thing.
  - id: eu-toy.art-4.review
    title: Have a person review
    kind: duty
    owed_by: user
    pinpoint: Art. 4
    formal: 2025-02-02
    when: {not: {all: [use.review.looks, use.review.can_change]}}
    must: Review.
  - id: eu-toy.art-5.ban
    title: Risky scoring
    kind: prohibition
    owed_by: user
    pinpoint: Art. 5
    formal: 2025-02-02
    when: {all: [scoring, use.risky]}
    must: Do not score in a risky way.
  - id: eu-toy.art-6.same
    title: Unchanged
    kind: duty
    owed_by: user
    pinpoint: Art. 6
    formal: 2025-02-02
    when: scoring
    must: Stay the same.
  - id: eu-toy.art-7.careful
    title: Changed through a term
    kind: duty
    owed_by: user
    pinpoint: Art. 7
    formal: 2025-02-02
    when: careful
    must: Be careful.
  - id: eu-toy.art-8.old
    title: Old duty
    kind: duty
    owed_by: user
    pinpoint: Art. 8
    formal: 2025-02-02
    deleted_by: amended
    when: scoring
    must: Do the old thing.
  - id: eu-toy.art-9.shield
    title: Older systems
    kind: transition
    pinpoint: Art. 9
    formal: 2025-02-02
    targets: [eu-toy.art-1]
    shield: true
    ends_when: The design changes.
    when: {event: put_into_service, before: d-a}
"""
US = """\
act: us-toy
title: Toy Code
market: us
territory: us
nature: binding_law
legal_status: in_force
enforcement_status: active
issuer: Congress
cite: Code 1
grade: A
checked_on: 2026-11-23
legal_review: none
over: [party, use, place]
versions: [{id: made, published: 2020-01-01, in_force: 2020-01-01, cite: Stat. 1}]
"""
US_RULES = """\
rules:
  - id: us-toy.user
    title: User
    kind: term
    pinpoint: s. 0
    when: {has: party.acts, value: uses}
  - id: us-toy.s-1.notice
    title: Give notice
    kind: duty
    owed_by: user
    pinpoint: s. 1
    formal: 2020-01-01
    when: use.talks
    must: Give notice.
"""
PROFILE = """\
dutybound: profile/1
system: {id: toy, name: Toy system, artefact: ai, generative: false}
parties:
  - {id: bank, acts: [uses], acts_complete: true}
uses:
  - id: main
    places: [eu, us-ca]
    purposes: [score, chat]
    purposes_complete: true
    talks: true
    risky: false
    review: {looks: false, can_change: false}
events: [{act: put_into_service, date: 2027-03-01, planned: true}]
events_complete: true
"""


def write(folder: Path) -> Path:
    """The content in a folder; returns the folder."""
    for name, text in (
        ("facts.yaml", FACTS),
        ("places.yaml", PLACES),
        ("law/eu/eu-toy/act.yaml", EU),
        ("law/eu/eu-toy/rules.yaml", EU_RULES),
        ("law/us/us-toy/act.yaml", US),
        ("law/us/us-toy/rules.yaml", US_RULES),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def content(folder: Path) -> Content:
    """The toy content, written to a folder and read back."""
    return read_content(write(folder))


def profile_file(folder: Path, text: str = PROFILE) -> Path:
    """The profile as a file."""
    path = folder / "system.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def profile(law: Content, folder: Path, text: str = PROFILE) -> Profile:
    """The profile."""
    return ProfileReader(law).read(profile_file(folder, text), today=TODAY)
