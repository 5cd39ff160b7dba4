"""A stated fact that a law turns on is never silenced by a purpose that does not fit it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutybound.errors import BadInput
from dutybound.packs.compile import default_content
from dutybound.packs.profile import ProfileReader

PROFILE = """\
dutybound: profile/1
system: {{id: score, name: Score, artefact: ai_system}}
parties:
  - {{id: bank, kind: [company], acts: [uses]}}
uses:
  - {{id: loans, purposes: [{purposes}], purposes_complete: true, places: [us-il, eu], {fact}}}
"""
TEMPLATES = "biometric_templates: true"
EMOTION = "state_inferred: emotion_or_intention, emotion_source: biometric"


def read(folder: Path, purposes: str, fact: str) -> None:
    path = folder / "system.yaml"
    path.write_text(PROFILE.format(purposes=purposes, fact=fact))
    ProfileReader(default_content()).read(path)


@pytest.mark.parametrize(
    ("fact", "says"),
    [(TEMPLATES, "a purpose that templates serve"), (EMOTION, "a purpose in which it can")],
)
def test_a_fact_without_its_purpose_is_refused(tmp_path: Path, fact: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read(tmp_path, "evaluate_creditworthiness", fact)


@pytest.mark.parametrize(
    ("purposes", "fact"),
    [
        ("evaluate_creditworthiness, verify_identity", TEMPLATES),
        ("evaluate_creditworthiness, infer_emotions", EMOTION),
        ("business_analytics", "state_inferred: emotion_or_intention, emotion_source: text_only"),
        ("evaluate_creditworthiness", "biometric_templates: false"),
    ],
)
def test_a_fitting_profile_is_read(tmp_path: Path, purposes: str, fact: str) -> None:
    read(tmp_path, purposes, fact)
