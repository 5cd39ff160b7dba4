"""`gaps`, `plan`, `rmf` and `launch` on the examples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dutybound.cli.main import cli

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
CREDIT = str(EXAMPLES / "credit-scoring" / "system.yaml")
FRAUD = str(EXAMPLES / "fraud-detection" / "system.yaml")
EVIDENCE = ["--evidence", str(EXAMPLES / "fraud-detection" / "evidence")]
DAY = ["--as-of", "2026-11-25"]


def run(*words: str) -> str:
    found = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert 0 == found.exit_code, found.output
    return found.stdout


def run_json(*words: str) -> Any:
    return json.loads(run(*words, "--json"))


@pytest.mark.parametrize("profile", [[CREDIT], [FRAUD, *EVIDENCE]])
def test_gaps_says_what_is_unassessed_and_never_compliant(profile: list[str]) -> None:
    text = run("gaps", *profile, *DAY)
    assert "Controls with valid evidence:" in text
    assert "unassessed" in text
    assert "compliant" not in text.lower()
    assert [] == [line for line in text.splitlines() if len(line) > 80]


def test_without_evidence_nothing_is_met() -> None:
    found = run_json("gaps", CREDIT, *DAY)
    assert "dutybound/gaps/1" == found["schema"]
    assert 0 == found["controls_with_valid_evidence"] < found["controls_asked_for"]
    assert {"unassessed"} == {c["state"] for c in found["controls"]}
    assert not any(d["state"] == "met" for d in found["duties"])


def test_shielded_duties_say_what_ends_the_shield() -> None:
    shielded = [d for d in run_json("gaps", CREDIT, *DAY)["duties"] if d["state"] == "shielded"]
    assert shielded
    assert all(s["ends_when"] for d in shielded for s in d["shielded_by"])


def test_evidence_counts_and_what_does_not_is_named() -> None:
    evidence = str(Path(CREDIT).parent / "evidence")
    found = run_json("gaps", CREDIT, "--evidence", evidence, *DAY)
    assert 0 < found["controls_with_valid_evidence"] < found["controls_asked_for"]
    assert all(r["code"] and r["reason"] for r in found["refused"])


def test_fail_on_gap() -> None:
    words = ["gaps", CREDIT, *DAY, "--fail-on", "gap"]
    assert 1 == CliRunner().invoke(cli, words, standalone_mode=False).return_value


def test_plan_names_owner_day_and_what_it_closes() -> None:
    found = run_json("plan", FRAUD, *EVIDENCE, *DAY)
    assert found["actions"]
    for action in found["actions"]:
        assert action["owner"]
        assert action["due"] >= "2026-11-25"
        assert action["closes"] or action["needed_by"]


def test_a_weight_moves_the_order_and_says_so() -> None:
    usual = [a["control"] for a in run_json("plan", FRAUD, *DAY)["actions"]]
    moved = [
        a["control"] for a in run_json("plan", FRAUD, *DAY, "--weight", "penalty=50")["actions"]
    ]
    assert sorted(usual) == sorted(moved)
    assert usual != moved


def test_an_unknown_weight_is_refused() -> None:
    found = CliRunner().invoke(cli, ["plan", FRAUD, *DAY, "--weight", "colour=2"])
    assert found.exit_code != 0


def test_rmf_runs() -> None:
    assert "GOVERN" in run("rmf", CREDIT, *DAY)


def test_launch_recommends_and_never_decides() -> None:
    found = run_json("launch", CREDIT, "--market", "eu,us,uk", "--on", "2027-03-01")
    assert ["eu", "us", "uk"] == [m["market"] for m in found["markets"]]
    words = {"no_blocker_found", "conditional", "blocked", "undetermined"}
    for market in found["markets"]:
        assert market["recommendation"] in words
        assert not (market["decision"] or {}).get("by")
    assert found["conflicts"]
    assert found["options"]
    assert "sign_off" in found
