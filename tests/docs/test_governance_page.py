"""The page on governance names every key, and its files and those of the how-to are valid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from dutybound.packs import governance
from dutybound.packs.governance import parse_governance, read_decision
from dutybound.packs.shapes import Closed

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGE = (DOCS / "reference/governance.md").read_text(encoding="utf-8")
MODELS = [
    m
    for m in vars(governance).values()
    if isinstance(m, type) and issubclass(m, Closed) and m is not Closed
]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_key_is_documented(model: type[BaseModel]) -> None:
    names = set(model.model_fields)
    assert names
    assert [] == sorted(n for n in names if not re.search(rf"\b{n}\b", PAGE))


def test_the_files_shown_are_valid(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    assert "Acme" == parse_governance(shown, "governance.yaml").file.organisation
    guide = (DOCS / "how-to/prepare-a-launch.md").read_text(encoding="utf-8")
    (decision,) = re.findall(r"```yaml\n(.*?)```", guide, re.S)
    path = tmp_path / "decision.yaml"
    path.write_text(decision, encoding="utf-8")
    assert ["eu"] == [d.market for d in read_decision(path)[0].decisions]
