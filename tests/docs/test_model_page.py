"""The page on model.yaml names every key, and the files shown are valid."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from textwrap import dedent

import jsonschema_rs
import pytest
from pydantic import BaseModel

from dutybound.assess.signing import SUFFIX
from dutybound.packs import model_config
from dutybound.packs.evidence_schema import evidence_schema
from dutybound.packs.model_config import parse_model_config, read_model_config
from dutybound.packs.output_schemas import output_schema
from dutybound.packs.reading import parse_yaml
from dutybound.packs.shapes import Closed
from dutybound.terms.model_file import Logistic, ModelConfig
from tests.schema_check import problems

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


# ---------------------------------------------------------------------- the example
EXAMPLE = ROOT / "examples/mortgage-decisions"


def weights(config: ModelConfig) -> dict[str, float]:
    assert isinstance(config.model.logistic, Logistic)
    return {**config.model.logistic.weights, "": config.model.logistic.intercept}


def test_the_model_of_the_example_is_what_its_script_writes(tmp_path: Path) -> None:
    """Solvers differ in the last digits from machine to machine, so weights need not be equal."""
    words = [sys.executable, str(EXAMPLE / "train.py"), str(tmp_path)]
    subprocess.run(words, check=True, capture_output=True)
    kept, made = (read_model_config(f / "score.yaml") for f in (EXAMPLE, tmp_path))
    assert pytest.approx(weights(kept), rel=0.01, abs=1e-3) == weights(made)
    assert (kept.features, len(kept.refits)) == (made.features, 5)


def test_the_explanation_that_was_signed_is_of_this_model() -> None:
    held = sorted((EXAMPLE / "evidence").glob("explain-model-*.json"))
    (path,) = (p for p in held if not p.name.endswith(SUFFIX))
    value = json.loads(path.read_bytes())
    assert path.stem.endswith(sha256(path.read_bytes()).hexdigest()[:8])
    assert [] == list(problems(value, output_schema("model-explanation")))
    kept = read_model_config(EXAMPLE / "score.yaml")
    assert [f.name for f in kept.features] == [f["name"] for f in value["model"]["features"]]
    assert (995, 117, []) == (
        value["table"]["rows"],
        value["reasons"]["decisions"],
        value["decisions"]["cases"],
    )
