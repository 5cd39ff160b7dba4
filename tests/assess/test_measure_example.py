"""The Boston mortgage applications: the published ratios, through the whole command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

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
    assert "not_enough_data" == verdicts["black"] == verdicts["hispanic, women"]
    assert "no_breach" == verdicts["women"]
