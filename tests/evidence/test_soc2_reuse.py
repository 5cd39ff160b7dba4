"""What a SOC 2 report proves beyond its criteria: the same as once it is signed, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from dutybound.assess.catalogue import catalogue
from dutybound.assess.intake import read_evidence
from dutybound.assess.soc2 import credit
from dutybound.assess.soc2_reuse import Proof, frameworks_json, reuse, states_of
from dutybound.controls.states import ControlState, State, control_states
from dutybound.packs.compile import default_content
from dutybound.packs.evidence import kind_of_file, read_soc2, read_trust
from dutybound.packs.policy import read_policy
from dutybound.packs.profile import ProfileReader
from dutybound.packs.reading import Document
from dutybound.packs.reports import Soc2Report
from dutybound.terms.control import Catalogue, Element, Framework, Relationship
from dutybound.terms.evidence import Rung
from dutybound.terms.system import Profile
from tests.evidence import kit
from tests.evidence.test_reports import report

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/fraud-detection"
OWN, CLOUD = "soc2-tidewatch-2026", "soc2-northcloud-2026"
IN_PERIOD, AFTER = date(2026, 9, 30), date(2026, 10, 1)


def book(**required: Rung) -> Catalogue:
    """The small catalogue with a framework of five elements. required: by `SEC_01`."""
    small = kit.small_catalogue()
    names = ("whole", "touched", "bit", "untested", "unmapped")
    framework = Framework(
        "nist-ai-rmf", "F", "1", "voluntary_framework", "", "",
        {n: Element(n, n, "", "", None, True) for n in names},
    )  # fmt: skip
    lines = (
        kit.mapping("DB-SEC-01", "whole", Relationship.SUPERSET),
        kit.mapping("DB-SEC-01", "touched", Relationship.INTERSECTS),
        kit.mapping("DB-MON-01", "bit", Relationship.SUPERSET),
        kit.mapping("DB-HUM-01", "untested", Relationship.SUPERSET),
    )
    controls = {
        n: replace(c, required=required.get(n[3:].replace("-", "_"), c.required))
        for n, c in small.controls.items()
    }
    return Catalogue(
        {},
        controls,
        {"nist-ai-rmf": framework},
        {**small.crosswalks, "nist-ai-rmf": lines},
    )


def proofs(whole: Catalogue, as_of: date, **more: Any) -> dict[str, str]:
    """What the whole and good report proves, by element."""
    own = read_soc2(Document("soc2.yaml", report(**more)))
    found = reuse(own, whole, as_of, read_policy(), system="loan-score")
    return {e["id"]: e["proves"] for e in frameworks_json(found)[0]["elements"]}


@pytest.mark.parametrize(
    ("required", "as_of", "expected"),
    [
        (Rung.OBSERVED, IN_PERIOD, ("full", "partial", "a part")),
        (Rung.TESTED, IN_PERIOD, ("below its rung", "below its rung", "a part")),
        (Rung.OBSERVED, AFTER, ("nothing", "nothing", "nothing")),
    ],
)
def test_what_is_proved(required: Rung, as_of: date, expected: tuple[str, ...]) -> None:
    """SOC 2 reaches `observed` at most, inside its period; a part stays a part."""
    found = proofs(book(SEC_01=required, MON_01=Rung.ASSERTED), as_of)
    assert (*expected, "nothing", "unknown coverage") == tuple(found.values())


def test_outside_the_boundary_it_proves_nothing() -> None:
    found = proofs(book(), IN_PERIOD, boundary={"system": "x", "ai_feature": "outside"})
    assert {Proof.NOTHING, Proof.UNKNOWN} == set(found.values())


def test_what_it_proved_in_its_period_stands_beside() -> None:
    own = read_soc2(Document("soc2.yaml", report()))
    whole = book(SEC_01=Rung.OBSERVED)
    found = reuse(own, whole, AFTER, read_policy(), system="loan-score")
    first = frameworks_json(found)[0]["elements"][0]
    assert IN_PERIOD == found.period_day
    assert ("nothing", "full") == (first["proves"], first["in_period"])
    assert "observed" == first["controls"][0]["reached_in_period"]


@cache
def example() -> tuple[Profile, Soc2Report, Soc2Report]:
    profile = ProfileReader(default_content()).read(EXAMPLE / "system.yaml", today=kit.DAY)
    own, cloud = (
        read_soc2(kind_of_file(EXAMPLE / f"evidence/{name}.yaml")[0]) for name in (OWN, CLOUD)
    )
    return profile, own, cloud


def plain(states: dict[str, ControlState]) -> dict[str, tuple[State, Rung, Rung]]:
    return {n: (s.state, s.reached, s.part) for n, s in states.items()}


@pytest.mark.parametrize("day", ["2026-09-15", "2026-11-25", "2027-02-15", "2025-09-01"])
def test_the_preview_is_what_the_signed_summary_gives(day: str, tmp_path: Path) -> None:
    """Only the two signed reports lie in the folder; the vendor's own credit is left out."""
    as_of, today = date.fromisoformat(day), date(2027, 3, 1)
    for name in (OWN, CLOUD):
        copy(EXAMPLE / f"evidence/{name}.dsse.json", tmp_path)
    profile, own, cloud = example()
    trust = read_trust(EXAMPLE / "evidence/trust.yaml")
    checked, refused = read_evidence(tmp_path, trust, catalogue(), profile, as_of, today=today)
    signed = control_states(
        catalogue(),
        [c for c in checked if c.claim.id == OWN],
        [r for r in refused if r.claim_id == OWN and r.control is not None],
    )
    found = credit(
        own, catalogue(), as_of, read_policy(), system=profile.id, others={cloud.id: cloud}
    )
    preview = plain(states_of(found, catalogue()))
    for name, state in plain(signed).items():
        assert state[1:] == preview[name][1:], name
        assert (state[0] is State.MET) is (preview[name][0] is State.MET), name
