"""The tutorial runs: its edits can be made, and what it shows of the output is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
STEP = re.compile(r"```(console|diff)\n(.*?)```", re.S)


def edited(text: str, diff: str) -> str:
    """A text with the one place changed that a diff block names."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    assert 1 == text.count(before), before
    return text.replace(before, after)


def output(command: str, folder: Path) -> list[str]:
    """The lines that a command prints, notes included."""
    words = command.split()
    assert "dutybound" == words[0]
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 2)
    return (done.stdout + done.stderr).splitlines()


def missing(shown: list[str], printed: list[str]) -> list[str]:
    """The lines shown that are not printed, in this order. `...` stands for anything."""
    found, rest = [], iter(printed)
    for line in shown:
        pattern = re.compile(
            re.escape(line.rstrip()).replace(r"\.\.\.", ".*").replace(r"\ .*", ".*")
        )
        if not any(pattern.fullmatch(p.rstrip()) for p in rest):
            found.append(line)
            rest = iter(())
    return found


def test_tutorial(tmp_path: Path) -> None:
    folder = tmp_path / "my-score"
    shutil.copytree(ROOT / "examples/credit-scoring", folder)
    profile = folder / "system.yaml"
    steps = STEP.findall((ROOT / "docs/tutorial/first-assessment.md").read_text(encoding="utf-8"))
    assert steps
    for kind, text in steps:
        if kind == "diff":
            profile.write_text(edited(profile.read_text(encoding="utf-8"), text), encoding="utf-8")
            continue
        command, *shown = text.splitlines()
        printed = output(command.removeprefix("$ "), folder)
        assert [] == missing(shown, printed), command
