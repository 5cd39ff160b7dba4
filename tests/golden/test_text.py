"""The first page of each example, as it is printed: 80 columns, no colour, on a fixed day.

A change of law or of layout shows here as a difference. Read it, then run
`pytest tests/golden --update-golden`.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from dutybound.cli import assess, demo, evidence_options, gaps, launch
from dutybound.packs.output_schemas import output_schema
from tests.schema_check import problems

DAY = date(2026, 11, 25)
GOLDEN = Path(__file__).parent
ROOT = GOLDEN.parent.parent
CREDIT = "examples/credit-scoring"
EXAMPLES = sorted(p.parent.name for p in (ROOT / "examples").glob("*/system.yaml"))
DIGEST = re.compile(r"(?<=sha256\s)[0-9a-f]{12}")
MASK = "." * 12


@pytest.fixture
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs in the root of the checkout, at 80 columns, on a fixed day."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    for module in (assess, demo, evidence_options, launch):
        monkeypatch.setattr(module, "today", lambda: DAY)


def compare(name: str, text: str, update: bool) -> None:
    """Compare with a golden file, or rewrite it. Digests of the content are masked."""
    text = DIGEST.sub(MASK, text)
    path = GOLDEN / f"{name}.txt"
    if update:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_there_are_seven_examples() -> None:
    assert [
        "credit-scoring",
        "cv-screening",
        "fraud-detection",
        "german-credit",
        "manual-search",
        "mortgage-decisions",
        "support-chatbot",
    ] == EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.usefixtures("on_the_day")
def test_assess(name: str, update_golden: bool) -> None:
    found = CliRunner().invoke(
        assess.command, [f"examples/{name}/system.yaml", "--as-of", DAY.isoformat()]
    )
    assert (0, "") == (found.exit_code, found.stderr)
    text = DIGEST.sub(MASK, found.stdout)
    assert 1 == text.count(MASK)
    assert [] == [line for line in text.splitlines() if len(line) > 80]
    compare(name, text, update_golden)


@pytest.mark.usefixtures("on_the_day")
def test_demo(update_golden: bool) -> None:
    found = CliRunner().invoke(demo.command, [])
    assert 0 == found.exit_code
    assert [f"step {i} of 7:" for i in range(1, 8)] == re.findall(r"step \d of 7:", found.stderr)
    lines = found.stdout.splitlines()
    assert [] == [line for line in lines if len(line) > 80]
    assert len(lines) <= 160
    heads = [line for line in lines if line.isupper() and not line.startswith(" ")]
    assert ["WHAT IS MISSING", "WHAT TO DO FIRST", "MAY IT LAUNCH ON 1 MAR 2027"] == heads[6:9]
    compare("demo", found.stdout, update_golden)


@pytest.mark.usefixtures("on_the_day")
def test_demo_json_fits_its_schema_and_agrees_with_the_commands() -> None:
    """The demo shows the numbers that `gaps` and `launch` give, not numbers of its own."""
    found = CliRunner().invoke(demo.command, ["--json"])
    assert 0 == found.exit_code
    shown = json.loads(found.stdout)
    assert [] == list(problems(shown, output_schema("demo")))
    whole = CliRunner().invoke(
        launch.command,
        [
            f"{CREDIT}/system.yaml",
            *("--on", "2027-03-01", "--evidence", f"{CREDIT}/evidence", "--json"),
            *("--governance", f"{CREDIT}/governance.yaml"),
        ],
    )
    markets = {m["market"]: m for m in json.loads(whole.stdout)["markets"]}
    assert markets.keys() == {m["market"] for m in shown["launch"]["markets"]}
    for row in shown["launch"]["markets"]:
        own = markets[row["market"]]
        assert own["recommendation"] == row["recommendation"]
        assert len(own["blockers"]) == row["blockers"]
        assert own["blockers"][0]["id"] == row["first_blocker"]["id"]
    words = [f"{CREDIT}/system.yaml", "--evidence", f"{CREDIT}/evidence", "--json"]
    report = json.loads(CliRunner().invoke(gaps.command, words).stdout)
    assert report["until"] == shown["gaps"]["until"]
    for state in ("met", "partial", "open", "unassessed", "shielded"):
        shown_in_state = sum(row["counts"][state] for row in shown["gaps"]["duties"])
        assert report["counts"][state] == shown_in_state
    evidence = shown["gaps"]["evidence"]
    assert (22, 17) == (evidence["signed"], evidence["counted"])
    assert 5 == len(evidence["refused"])
