"""The Boston mortgage applications: the published ratios, through the whole command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from dutybound.cli.main import cli

EXAMPLE: Final = Path(__file__).resolve().parents[2] / "examples/mortgage-decisions"
# Group: rows, ratio to white (or white men), limits; worked outside of dutybound from the table.
PUBLISHED: Final = {
    "black": (197, 0.743, 0.674, 0.820),
    "hispanic": (111, 0.843, 0.760, 0.935),
    "black, men": (144, 0.766, 0.687, 0.855),
    "black, women": (51, 0.671, 0.538, 0.837),
    "hispanic, women": (22, 0.853, 0.679, 1.070),
    "women": (369, 0.983, 0.941, 1.028),
}

LOG: Final = EXAMPLE.parent / "decision-log"
CHOSEN: Final = """
thresholds:
  - {measure: ks-distance, at_most: 0.05, why: for the test}
  - {measure: total-variation, at_most: 0.05, why: for the test}
  - {measure: missing-rate-difference, at_most: 0.02, why: for the test}
  - {measure: new-category-mass, at_most: 0.005, why: for the test}
  - {measure: impact-ratio, at_least: 0.81, why: for the test}
"""


@pytest.mark.parametrize("seed", [7, 8])
def test_what_was_injected_is_found_and_nothing_else(tmp_path: Path, seed: int) -> None:
    """As the page of the generator says: which drift is in the table, and whom the bias is on."""
    target = str(tmp_path / "log.parquet")
    words = [sys.executable, str(LOG / "generate.py"), target, "--rows", "200000"]
    subprocess.run([*words, "--seed", str(seed)], check=True, capture_output=True)
    config = tmp_path / "measures.yaml"
    config.write_text((LOG / "measures.yaml").read_text() + CHOSEN)
    words = ["measure", target, "--config", str(config), "--json"]
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    found = [x for x in json.loads(done.stdout)["lines"] if x["verdict"] == "breach"]
    drift = {(x["measure"], x["over"]) for x in found if x["part"] != "fairness"}
    assert {
        ("missing-rate-difference", "bureau_score"),
        ("new-category-mass", "channel"),
        ("total-variation", "channel"),
        ("ks-distance", "revolving_util"),
        ("ks-distance", "inquiries_6m"),
    } == drift
    groups = {x["group"] for x in found if x["part"] == "fairness"}
    assert "female, 65 or more" in groups
    assert [] == [g for g in groups if not g.startswith("female") or not g.endswith("65 or more")]


def test_the_published_ratios(tmp_path: Path) -> None:
    target = str(tmp_path / "applications.parquet")
    words = [sys.executable, str(EXAMPLE / "prepare.py"), target]
    subprocess.run(words, check=True, capture_output=True)
    words = ["measure", target, "--config", str(EXAMPLE / "decisions.yaml"), "--json"]
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    lines = [x for x in json.loads(done.stdout)["lines"] if x["measure"] == "impact-ratio"]
    found = {
        x["group"]: (
            int(x["rows"]),
            round(x["value"], 3),
            *(round(x["interval"][k], 3) for k in ("low", "high")),
        )
        for x in lines
        if x["group"] in PUBLISHED
    }
    assert PUBLISHED == found
    verdicts = {x["group"]: x["verdict"] for x in lines}
    assert "breach" == verdicts["black"]
    assert "not_enough_data" == verdicts["hispanic"] == verdicts["hispanic, women"]
    assert "no_breach" == verdicts["women"]
