"""`model.yaml`: what its shape refuses, with line and column."""

from __future__ import annotations

import pytest

from dutybound.errors import BadInput
from dutybound.packs.model_config import parse_model_config

TEXT = """\
dutybound: model/1
name: m
model: {logistic: {weights: {a: 1, b: 2}}}
decision: {threshold: 0.5, adverse: above}
features:
  - {column: a, low: 0, high: 1}
  - {column: b}
"""
MODEL = "{logistic: {weights: {a: 1, b: 2}}}"


def test_a_small_file() -> None:
    found = parse_model_config(TEXT, "model.yaml")
    assert ("logistic", False, ("a", "b")) == (
        found.model.form,
        found.runs_code,
        tuple(f.name for f in found.features),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("name: m", "name: m\nnam: n", 3, "Unknown key `nam`"),
        (MODEL, "{}", 3, "this one has 0"),
        (MODEL, "{onnx: m.onnx, callable: 'a:b'}", 3, "this one has 2"),
        (MODEL, "{onnx: m.onnx, trees: 'a:b'}", 3, "beside `callable`"),
        (MODEL, "{callable: 'a:b', sha256: " + "0" * 64 + "}", 3, "belongs to `onnx`"),
        (MODEL, "{callable: 'a:b', unit: score}", 3, "raw output of `trees`"),
        (MODEL, "{callable: 'os.system'}", 3, "package.module:name"),
        (MODEL, "{logistic: {weights: {a: 1, bb: 2}}}", 3, "Did you mean `b`?"),
        (MODEL, "{logistic: {weights: {a: 1}}}", 3, "`b` has no weight"),
        ("threshold: 0.5", "threshold: 1.5", 4, "less than or equal to 1"),
        ("column: b", "column: a", 7, "twice"),
        ("column: b", "column: b, name: a", 7, "The name `a` is taken"),
        ("low: 0, high: 1", "low: 2, high: 1", 6, "not below"),
        ("low: 0, high: 1", "change: up", 6, "needs `low` and `high`"),
        ("low: 0, high: 1", "low: 0, high: 1, change: up, protected: true", 6, "not one to change"),
        ("low: 0, high: 1", "low: 0, values: [1, 2]", 6, "no `low` and `high`"),
        ("low: 0, high: 1", "values: [1], codes: {x: 1}", 6, "leave `values` out"),
        ("features:", "label: {column: b, positive: [1]}\nfeatures:", 8, "is the label"),
        ("features:", "thresholds: [{measure: reason-fidelity, why: x}]\nfeatures:", 5, "one of"),
    ],
)  # fmt: skip
def test_what_is_refused(old: str, new: str, line: int, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_model_config(TEXT.replace(old, new, 1), "model.yaml")
    text = str(caught.value)
    assert said in text
    assert line in [p.line for p in caught.value.problems]


def test_a_model_of_protected_features_only_has_no_reasons() -> None:
    text = TEXT.replace("high: 1}", "high: 1, protected: true}").replace(
        "{column: b}", "{column: b, protected: true}"
    )
    with pytest.raises(BadInput, match="no reason could be given"):
        parse_model_config(text, "model.yaml")
