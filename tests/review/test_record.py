"""Decision records: closed, bounded, and one digest whatever their spelling."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from dutybound.assess.review_record import read_decided
from dutybound.assess.schema import schema
from dutybound.errors import BadInput
from dutybound.packs.compile import default_content
from dutybound.packs.decision_record import DecisionRecord
from tests.review.kit import EXAMPLE, ROOT

SMALL = {
    "schema": "dutybound/decision-record/1",
    "id": "d-1",
    "at": "2026-11-02T08:00:00Z",
    "system": "loan-score",
    "version": "2.3.0",
    "input": {"sha256": "ab" * 32},
    "output": {"decision": "reject"},
    "review": {"expires_at": "2026-11-03T08:00:00Z", "on_time_out": "deny"},
}
SPELLED = (
    '{"at":"2026-11-02T08:00:00Z","id":"d-1","input":{"sha256":"' + "ab" * 32 + '"},'
    '"output":{"decision":"reject"},"review":{"expires_at":"2026-11-03T08:00:00Z",'
    '"on_time_out":"deny"},"schema":"dutybound/decision-record/1","system":"loan-score",'
    '"version":"2.3.0"}'
)


def write(folder: Path, value: Any) -> Path:
    path = folder / "record.json"
    text = value if isinstance(value, str) else json.dumps(value)
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, value: Any) -> list[str]:
    with pytest.raises(BadInput) as caught:
        read_decided(write(folder, value))
    return [p.message for p in caught.value.problems]


def test_one_digest_whatever_the_spelling(tmp_path: Path) -> None:
    """sha256 over sorted keys without spaces, worked by hand above."""
    expected = hashlib.sha256(SPELLED.encode()).hexdigest()
    backwards = dict(reversed(list(SMALL.items())))
    assert expected == read_decided(write(tmp_path, SMALL)).sha256
    assert expected == read_decided(write(tmp_path, json.dumps(backwards, indent=3))).sha256
    assert SPELLED.encode() == read_decided(write(tmp_path, SMALL)).raw


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"sistem": "x"}, "Unknown key `sistem`."),
        ({"version": 2}, "`version`"),
        ({"at": "2026-11-02"}, "is not a time as YYYY-MM-DDThh:mm:ssZ"),
        ({"id": "a/b"}, "is a short name"),
        ({"schema": "dutybound/decision-record/2"}, "`schema`"),
        ({"input": {"sha256": "AB" * 32}}, "64 hex digits in lower case"),
        ({"output": {"decision": "x", "confidence": 1.01}}, "`confidence`"),
        ({"output": {"decision": ""}}, "`decision`"),
        ({"output": {"decision": "x" * 301}}, "`decision`"),
        ({"review": None}, "asks for no review"),
        ({"review": SMALL["review"] | {"on_time_out": "allow"}}, "`on_time_out`"),  # type: ignore[operator]
        ({"review": SMALL["review"] | {"reviewers": 3}}, "`reviewers`"),  # type: ignore[operator]
        ({"review": SMALL["review"] | {"outcomes": ["a", "a"]}}, "One stands twice."),  # type: ignore[operator]
        ({"at": "2026-11-03T08:00:00Z"}, "It expires before it was decided."),
    ],
)
def test_what_is_refused(tmp_path: Path, changed: dict[str, Any], says: str) -> None:
    assert any(says in p for p in problems(tmp_path, SMALL | changed))


@pytest.mark.parametrize(
    ("value", "says"),
    [(2**53, "go in quotes"), ([1], "`value`"), ({}, "`value`")],
)
def test_values_that_others_would_read_otherwise(tmp_path: Path, value: Any, says: str) -> None:
    given = {"sha256": "ab" * 32, "features": [{"name": "income", "value": value}]}
    assert any(says in p for p in problems(tmp_path, SMALL | {"input": given}))
    reasons = {"reasons": [{"feature": "income", "reference": value}]}
    assert problems(tmp_path, SMALL | {"explanation": reasons})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "A decision record is a JSON object."),
        ("{", "not JSON"),
        ('{"id": 1, "id": 2}', "stands twice"),
        (SPELLED.replace('"reject"', '"reject","score":1e999'), "cannot be written as JSON"),
        (SPELLED.replace('"reject"', '"reject","score":NaN'), "no JSON value"),
        ("[" * 100 + "]" * 100, "nested deeper"),
    ],
)
def test_json_that_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (message,) = problems(tmp_path, text)
    assert says in message


def test_a_feature_stands_once(tmp_path: Path) -> None:
    twice = {
        "sha256": "ab" * 32,
        "features": [{"name": "a", "value": 1}, {"name": "a", "value": 2}],
    }
    assert ["The feature `a` stands twice."] == problems(tmp_path, SMALL | {"input": twice})


def test_the_schema_takes_the_example_and_nothing_more() -> None:
    shape = schema("decision-record", default_content)
    example = json.loads((EXAMPLE / "review/decision.json").read_text(encoding="utf-8"))
    jsonschema_rs.validate(shape, example)
    assert not jsonschema_rs.is_valid(shape, example | {"more": 1})
    assert "a" * 64 != example["input"]["sha256"]


def keys_of(model: Any) -> set[str]:
    shape = model.model_json_schema(by_alias=True)
    parts = [shape, *shape["$defs"].values()]
    return {key for part in parts for key in part.get("properties", {})}


def test_every_key_is_documented() -> None:
    text = (ROOT / "docs/reference/decision-record.md").read_text(encoding="utf-8")
    names = keys_of(DecisionRecord)
    assert {"on_time_out", "confidence", "turned"} <= names
    assert [] == sorted(n for n in names if f"`{n}`" not in text)
