"""The page on model.yaml names every key, and the files shown are valid."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import jsonschema_rs
import pytest
from pydantic import BaseModel

from dutybound.packs import model_config
from dutybound.packs.evidence_schema import evidence_schema
from dutybound.packs.model_config import parse_model_config
from dutybound.packs.reading import parse_yaml
from dutybound.packs.shapes import Closed

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/reference/model-config.md").read_text(encoding="utf-8")
MODELS = [
    m
    for m in vars(model_config).values()
    if isinstance(m, type) and issubclass(m, Closed) and m is not Closed
]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_key_is_documented(model: type[BaseModel]) -> None:
    names = set(model.model_fields)
    assert names
    assert [] == sorted(n for n in names if not re.search(rf"`{n}`", PAGE))


def test_defaults_are_those_of_the_page() -> None:
    for name, field in model_config.SamplingShape.model_fields.items():
        assert re.search(rf"^\| `{name}` \|.*\| {field.default} \|$", PAGE, re.M), name


def test_the_file_shown_is_valid() -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    found = parse_model_config(shown, "model.yaml")
    assert (("age",), 2, "onnx") == (found.protected, len(found.refits), found.model.form)


def test_the_file_of_the_guide_is_valid() -> None:
    guide = (ROOT / "docs/how-to/explain-a-model.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```yaml\n(.*?)```", guide, re.S)
    found = parse_model_config(dedent(shown), "model.yaml")
    assert ("logistic", "above") == (found.model.form, found.decision.adverse)


def test_the_schema_takes_the_file_shown() -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    value = parse_yaml(shown, "model.yaml").value
    schema = evidence_schema("model-file")
    assert [] == [e.message for e in jsonschema_rs.validator_for(schema).iter_errors(value)]
    wrong = {**value, "nam": "x"}
    assert not jsonschema_rs.validator_for(schema).is_valid(wrong)
