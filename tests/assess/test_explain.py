"""`explain` and `assess` cite the line of the thing that a condition looked at."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dutybound.assess.assess import Assessment, assess
from dutybound.assess.explain import explain
from dutybound.packs.compile import default_content
from dutybound.packs.profile import ProfileReader

DAY = date(2026, 11, 25)
RULE = "uk-gdpr.art-9.special-category"
PROFILE = """\
dutybound: profile/1
system: {id: s, name: S}
parties:
  - {id: acme, kind: [company], established_in: uk, acts: [uses, decides_on_data]}
data:
  - id: plain
    kinds: [personal]
    kinds_complete: true
  - id: clinic
    kinds: [health]
uses:
  - {id: decide, purposes: [other], places: [uk]}
"""


@pytest.fixture
def result(tmp_path: Path) -> Assessment:
    """Two data sets, of which the second makes the rule apply."""
    path = tmp_path / "s.yaml"
    path.write_text(PROFILE)
    content = default_content()
    return assess(content, ProfileReader(content).read(path, today=DAY), today=DAY, as_of=DAY)


def leaves(step: dict[str, Any]) -> list[dict[str, Any]]:
    """Every leaf that names a fact of data."""
    own = [step] if step.get("fact", "").startswith("data.") and "steps" not in step else []
    return own + [leaf for inner in step.get("steps", ()) for leaf in leaves(inner)]


def test_some_cites_each_thing_at_its_own_line(result: Assessment) -> None:
    """Line 7 states the kinds of `plain`, line 10 those of `clinic`."""
    proof = explain(result, RULE)["proofs"][0]["proof"]
    when = next(s for s in proof["steps"] if s.get("reason") == "when")
    found = {(s["fact"], s["line"], s["value"]) for s in leaves(when)}
    assert {("data.plain.kinds", 7, "no"), ("data.clinic.kinds", 10, "yes")} == found


def test_a_finding_rests_on_the_thing_that_decided(result: Assessment) -> None:
    finding = next(f for f in result.findings if f["id"] == RULE)
    facts = {(b["fact"], b["line"]) for b in finding["because"] if b["fact"].startswith("data.")}
    assert {("data.clinic.kinds", 10)} == facts
