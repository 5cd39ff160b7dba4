"""The first page of each example, as it is printed: 80 columns, no colour, on a fixed day.

A change of law or of layout shows here as a difference. Read it, then run
`pytest tests/golden --update-golden`.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from dutybound.cli import assess, demo

DAY = date(2026, 11, 25)
GOLDEN = Path(__file__).parent
ROOT = GOLDEN.parent.parent
EXAMPLES = sorted(p.parent.name for p in (ROOT / "examples").glob("*/system.yaml"))
DIGEST = re.compile(r"(?<=sha256\s)[0-9a-f]{12}")
MASK = "." * 12


@pytest.fixture
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs in the root of the checkout, at 80 columns, on a fixed day."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(assess, "today", lambda: DAY)
    monkeypatch.setattr(demo, "today", lambda: DAY)


def compare(name: str, text: str, update: bool) -> None:
    """Compare with a golden file, or rewrite it."""
    path = GOLDEN / f"{name}.txt"
    if update:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_there_are_five_examples() -> None:
    assert [
        "credit-scoring",
        "cv-screening",
        "fraud-detection",
        "manual-search",
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
    assert [f"step {i} of 5:" for i in range(1, 6)] == re.findall(r"step \d of 5:", found.stderr)
    lines = found.stdout.splitlines()
    assert [] == [line for line in lines if len(line) > 80]
    assert len(lines) <= 120
    compare("demo", found.stdout, update_golden)
