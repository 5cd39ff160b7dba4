"""The example of the demo is found in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutybound.assess import demo
from dutybound.errors import BadInput
from dutybound.packs.compile import default_content


def test_found_in_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo, "SHIPPED", tmp_path / "none")
    assert demo.CHECKOUT / demo.EXAMPLE == demo.example_folder(demo.EXAMPLE)


def test_the_shipped_one_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "system.yaml").touch()
    monkeypatch.setattr(demo, "SHIPPED", tmp_path)
    assert tmp_path / "one" == demo.example_folder("one")


def test_missing_example_is_an_input_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo, "SHIPPED", tmp_path)
    monkeypatch.setattr(demo, "CHECKOUT", tmp_path)
    with pytest.raises(BadInput, match="The example is missing"):
        demo.example_folder("credit-scoring")


def test_script_names_rules_that_exist() -> None:
    script = demo.read_script()
    rules = default_content().rules
    assert script.asked
    assert [] == [a.rule for a in script.asked if a.rule not in rules]
    assert all(change.says and change.edits for change in script.changes)
