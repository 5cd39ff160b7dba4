"""The guide to explanations runs as it stands, one block after the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).resolve().parent.parent.parent / "docs/how-to/explain-a-model.md"


def test_the_guide_runs(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    assert 5 == len(blocks)
    held: dict[str, object] = {}
    for block in blocks:
        exec(block, held)
    printed = capsys.readouterr().out
    assert "replacement-by-reference" in printed
    assert "Counterfactual(changes=(Change(feature=" in printed
    assert "worst-of-draws None Estimate" in printed
