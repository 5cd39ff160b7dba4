"""The page on measures.yaml names every key, and the files shown are valid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from dutybound.packs import measure_config
from dutybound.packs.measure_config import parse_measure_config, read_measure_config
from dutybound.packs.shapes import Closed

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/reference/measures-config.md").read_text(encoding="utf-8")
MODELS = [
    m
    for m in vars(measure_config).values()
    if isinstance(m, type) and issubclass(m, Closed) and m is not Closed
]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_key_is_documented(model: type[BaseModel]) -> None:
    names = {info.alias or name for name, info in model.model_fields.items()}
    assert names
    assert [] == sorted(n for n in names if not re.search(rf"`{n}`", PAGE))


def test_the_file_shown_is_valid() -> None:
    shown, *parts = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    assert ("sex", "age") == tuple(
        p.by.name for p in parse_measure_config(shown, "measures.yaml").protected
    )
    ranged, mix = parts
    found = parse_measure_config(f"dutybound: measures/1\nname: x\n{ranged}", "measures.yaml")
    assert found.prediction_interval is not None
    assert ("sex",) == parse_measure_config(shown + mix, "measures.yaml").population[0].over


def test_the_examples_are_valid() -> None:
    for name in ("decisions", "model"):
        read_measure_config(ROOT / f"examples/mortgage-decisions/{name}.yaml")
    for name in ("fairness", "performance", "population", "old-coding"):
        read_measure_config(ROOT / f"examples/german-credit/{name}.yaml")
    found = read_measure_config(ROOT / "examples/decision-log/measures.yaml")
    assert (20, 3) == (len(found.features), len(found.protected))
