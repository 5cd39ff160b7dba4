"""The outputs shown in the README files of the examples are what the commands print.

A block begins with `$ dutybound ...`. A line `...` stands for lines that are left out.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from dutybound.cli import assess, demo, evidence_options, launch
from dutybound.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 25)
CLOCKS: tuple[ModuleType, ...] = (assess, demo, evidence_options, launch)
BLOCKS = [
    (path.parent.name, block)
    for path in sorted((ROOT / "examples").glob("*/README.md"))
    for block in re.findall(r"```console\n(.*?)```", path.read_text(encoding="utf-8"), re.S)
]


def parts_of(block: str) -> tuple[list[str], list[str]]:
    """The words of the command, and the parts of the output that are shown."""
    command, _, shown = block.partition("\n")
    assert command.startswith("$ dutybound ")
    return command.split()[2:], re.split(r"^\.\.\.\n", shown, flags=re.M)


def missing_from(text: str, parts: list[str]) -> list[str]:
    """The parts that do not stand in a text, whole lines and one after the other."""
    at = 0
    lost = []
    for part in parts:
        place = f"\n{text}".find(f"\n{part}", at)
        if place < 0:
            lost.append(part)
        else:
            at = place + len(part)
    return lost


def test_examples_with_evidence_show_outputs() -> None:
    names = {name for name, _ in BLOCKS}
    assert {"credit-scoring", "manual-search"} <= names
    words = {parts_of(block)[0][0] for _, block in BLOCKS}
    assert {"gaps", "plan", "launch"} <= words


@pytest.mark.parametrize(("name", "block"), BLOCKS, ids=[n for n, _ in BLOCKS])
def test_output_is_what_the_command_prints(
    name: str, block: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, parts = parts_of(block)
    assert any(name in word for word in words)
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    for module in CLOCKS:
        monkeypatch.setattr(module, "today", lambda: DAY)
    found = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert 0 == found.exit_code
    assert any(part.strip() for part in parts)
    assert [] == missing_from(found.stdout, parts)


def test_a_part_that_is_not_there_is_found() -> None:
    """The check itself can fail: another word, another order, half a line."""
    text = "one\ntwo\nthree\n"
    assert [] == missing_from(text, ["one\n", "three\n"])
    assert ["one\n"] == missing_from(text, ["three\n", "one\n"])
    assert ["four\n"] == missing_from(text, ["four\n"])
    assert ["wo\n"] == missing_from(text, ["wo\n"])
