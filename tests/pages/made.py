"""The pages of the examples, as the commands write them on a fixed day."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from dutybound.cli import evidence_options, launch, rmf
from dutybound.cli.main import cli

ROOT: Final = Path(__file__).resolve().parents[2]
DAY: Final = date(2026, 11, 25)


def _with_evidence(name: str) -> list[str]:
    return [f"examples/{name}/system.yaml", "--evidence", f"examples/{name}/evidence"]


def _launch(name: str, on: str) -> list[str]:
    people = f"examples/{name}"
    return [
        *("launch", *_with_evidence(name), "--on", on),
        *("--governance", f"{people}/governance.yaml", "--decision", f"{people}/decision.yaml"),
    ]


TABLES: Final = {
    "measure": ["examples/mortgage-decisions/prepare.py"],
    "measure-log": ["examples/decision-log/generate.py", "--rows", "4000", "--seed", "7"],
    "explain-model": ["examples/mortgage-decisions/train.py"],
}
COMMANDS: Final = {
    "measure": ["measure", "--config", "examples/mortgage-decisions/model.yaml"],
    "measure-log": ["measure", "--config", "examples/decision-log/measures.yaml"],
    "explain-model": ["explain-model", "--config", "examples/mortgage-decisions/score.yaml"],
    "launch": _launch("credit-scoring", "2027-03-01"),
    "launch-free": [*_launch("manual-search", "2027-01-11"), "--market", "eu"],
    "launch-bare": ["launch", "examples/support-chatbot/system.yaml", "--on", "2027-01-15"],
    "gaps": ["gaps", *_with_evidence("credit-scoring"), "--as-of", DAY.isoformat()],
    "rmf": ["rmf", *_with_evidence("fraud-detection"), "--as-of", DAY.isoformat()],
    "security": ["security", *_with_evidence("support-chatbot"), "--as-of", DAY.isoformat()],
}


def write(name: str, folder: Path) -> Path:
    """Write a page into a folder."""
    out = folder / f"{name}.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        for module in (evidence_options, launch, rmf):
            patch.setattr(module, "today", lambda: DAY)
        words = [*COMMANDS[name], *_table(name, folder), "--html", str(out)]
        found = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert 0 == found.exit_code
    return out


def _table(name: str, folder: Path) -> list[str]:
    """The table that a page is about, made by the script of its example."""
    if name not in TABLES:
        return []
    target = str(folder / f"{name}.parquet")
    script, *words = TABLES[name]
    subprocess.run([sys.executable, script, target, *words], cwd=ROOT, check=True)
    return [target]
