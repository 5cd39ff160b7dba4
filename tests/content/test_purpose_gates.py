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
    ("fact", "says"),
    [
        ("decision_domains_extra: [employment]", "Add it, or `other`"),
        ("fraud: {declines_people: true}", "looks for fraud"),
        ("fraud: {reused_for_eligibility: true}", "looks for fraud"),
        ("work: {affects_terms: true}", "has a purpose on work"),
        ("biometric_data: true, reference_database: true", "identifies people"),
        ("patient_care_decision_tool: true", "purpose in health care"),
        ("platform_work: true", "labour platform"),
        ("bot_to_sell_or_sway: true", "talks with them or makes content"),
        ("work: {personal_advert_targeting: personal}", "target_job_adverts"),
        ("evidence: {judges_reliability: true}", "evaluate_evidence"),
        ("work: {based_on_person: true}", "allocate_tasks"),
    ],
)
def test_a_fact_that_some_law_turns_on_needs_a_purpose_that_law_looks_at(
    tmp_path: Path, fact: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        read(tmp_path, "evaluate_creditworthiness", fact)


def test_what_is_only_held_against_each_other_derives_nothing(tmp_path: Path) -> None:
    """Which purposes matter is for each law to say: an unknown fact stays unknown."""
    path = tmp_path / "system.yaml"
    path.write_text(PROFILE.format(purposes="evaluate_creditworthiness", fact="weight: decides"))
    (use,) = ProfileReader(default_content()).read(path).uses
    assert not {"decision_domains_extra", "fraud.declines_people", "work.affects_terms"} & {
        *use.facts
    }


@pytest.mark.parametrize(
    ("purposes", "fact"),
    [
        ("evaluate_creditworthiness, verify_identity", TEMPLATES),
        ("evaluate_creditworthiness, infer_emotions", EMOTION),
        ("business_analytics", "state_inferred: emotion_or_intention, emotion_source: text_only"),
        ("evaluate_creditworthiness", "biometric_templates: false"),
        ("evaluate_creditworthiness, other", "decision_domains_extra: [employment]"),
        ("converse_with_people", "decision_domains_extra: [lending]"),
        ("verify_identity", "fraud: {declines_people: true}"),
        ("monitor_workers", "work: {affects_terms: true}"),
        ("evaluate_creditworthiness", "decision_domains_extra: [none]"),
    ],
)
def test_a_fitting_profile_is_read(tmp_path: Path, purposes: str, fact: str) -> None:
    read(tmp_path, purposes, fact)
