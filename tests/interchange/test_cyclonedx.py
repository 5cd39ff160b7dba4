"""CycloneDX: which files are refused, which component is the model, lists to texts and back."""

from __future__ import annotations

from typing import Any

import pytest

from dutybound.errors import BadInput
from dutybound.interchange import card_parts, cyclonedx
from dutybound.terms.card import PartRule

MODEL = {"type": "machine-learning-model", "name": "a"}


def bom(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": list(components), **more}


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"{", "not CycloneDX JSON"),
        (b"[]", "`bomFormat` is not"),
        (b'{"bomFormat": "SPDX"}', "`bomFormat` is not"),
        (b'{"bomFormat": "CycloneDX", "specVersion": "1.4"}', "1.5 or 1.6 can be read"),
        (b'{"bomFormat": "CycloneDX", "bomFormat": "x"}', "stands twice"),
        (b'{"a": NaN}', "NaN"),
        (b"[" * 5000, "not CycloneDX JSON"),
    ],
)
def test_refused(raw: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        cyclonedx.read_bom(raw, "x.json")


def test_the_model() -> None:
    inner = {"type": "application", "name": "app", "components": [{**MODEL, "name": "b"}]}
    assert "b" == cyclonedx.model_of(bom(inner), None, "x")["name"]
    subject = {"component": {**MODEL, "name": "s"}}
    assert "s" == cyclonedx.model_of(bom(metadata=subject), None, "x")["name"]
    both = bom(MODEL, inner)
    assert "b" == cyclonedx.model_of(both, "b", "x")["name"]
    for given, name, says in (
        (bom({"type": "library", "name": "z"}), None, "no component of the type"),
        (both, None, "Say which"),
        (both, "bb", "Did you mean `b`"),
        (bom(MODEL, MODEL), "a", "more than one model"),
    ):
        with pytest.raises(BadInput, match=says):
            cyclonedx.model_of(given, name, "x")


def test_paths() -> None:
    tree: dict[str, Any] = {"a": {"b": 1}, "c": "text"}
    assert (1, None, None) == tuple(cyclonedx.get(tree, p) for p in ("a.b", "a.x", "c.d"))
    cyclonedx.put(tree, "a.x", 2)
    cyclonedx.put(tree, "c.d", 3)
    assert {"a": {"b": 1, "x": 2}, "c": {"d": 3}} == tree


def test_the_serial_number_follows_from_the_content() -> None:
    one, two = (cyclonedx.finished(cyclonedx.new_bom(n, "1")) for n in ("a", "b"))
    assert one == cyclonedx.finished(cyclonedx.new_bom("a", "1"))
    assert one["serialNumber"] != two["serialNumber"]
    kept = cyclonedx.finished(bom(serialNumber="urn:uuid:x", specVersion="1.5"))
    assert ("urn:uuid:x", "1.6") == (kept["serialNumber"], kept["specVersion"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" a ", "a"), ("", None), (True, "true"), (0.5, "0.5"), (None, None),
        (["a", "", "b\nc"], "- a\n- b c"), ({"x": 1, "y": {"z": "q"}}, "x: 1; y: z: q"), ([], None),
    ],
)  # fmt: skip
def test_texts(value: Any, expected: str | None) -> None:
    assert expected == cyclonedx.text_of(value)


def test_lists_of_texts() -> None:
    assert ["a", "b"] == cyclonedx.lines_of("- a\n* b\n")
    assert ["a\n- b"] == cyclonedx.lines_of("a\n- b")
    assert [] == cyclonedx.lines_of("  ")


RISKS = PartRule("risk.register", "x", {"risk": "name", "measure": "mitigationStrategy"})


def test_a_table_keeps_members_that_say_the_same() -> None:
    before = [
        {"name": "Bias", "mitigationStrategy": "Review", "x-own": 1},
        {"name": "Drift", "x-own": 2},
    ]
    rows = card_parts.part_value(before, RISKS, "table")
    assert [{"risk": "Bias", "measure": "Review"}, {"risk": "Drift"}] == rows
    changed = [rows[0], {"risk": "Drift", "measure": "Watch"}]
    assert [before[0], {"name": "Drift", "mitigationStrategy": "Watch"}] == card_parts.part_json(
        changed, RISKS, before
    )


def test_a_column_that_is_the_member_itself() -> None:
    rule = PartRule("design.trade_offs", "x", {"between": "."})
    assert [{"between": "speed"}] == card_parts.part_value(["speed", ""], rule, "table")
    assert ["speed"] == card_parts.part_json([{"between": "speed"}], rule)


def test_texts_of_an_item() -> None:
    rule = PartRule("design.output", "x", item="format")
    assert "number" == card_parts.part_value([{"format": "number"}, {}], rule, "text")
    assert [{"format": "number"}] == card_parts.part_json("number", rule)
    assert card_parts.part_value({"format": "x"}, rule, "text") is None


def test_figures() -> None:
    metrics = [
        {"type": "auc", "value": "0.8", "slice": "women",
         "confidenceInterval": {"lowerBound": "0.7", "upperBound": "0.9"}, "x-own": []},
        {"type": "f1", "value": 0.5},
        "odd",
    ]  # fmt: skip
    rows = card_parts.figures_of_metrics(metrics)
    assert [
        {"metric": "auc", "value": "0.8", "interval": "0.7 to 0.9", "data": "women"},
        {"metric": "f1", "value": "0.5"},
    ] == rows
    assert metrics[:2] == card_parts.metrics_of_figures(rows, metrics)
    fresh = card_parts.metrics_of_figures([{**rows[0], "value": "0.81"}], metrics)
    assert "0.81" == fresh[0]["value"]
    assert {"lowerBound": "0.7", "upperBound": "0.9"} == fresh[0]["confidenceInterval"]


def test_control_characters_are_not_taken_over() -> None:
    assert "ab" == card_parts.clean("a\x07\x9bb ")
    assert card_parts.text_value("\x07", "text") is None
    assert ["a", "b"] == card_parts.text_value("- a\n- b", "list")
    assert "a b" == card_parts.text_value("a\n b", "line")
