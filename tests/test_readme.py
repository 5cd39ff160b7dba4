"""The example in README.md gives the output that stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
DIGEST = re.compile(r"sha256\s[0-9a-f]{12}")


def block(text: str, language: str, begins: str) -> str:
    """The one fenced block of a language that begins with some words."""
    found = [b for b in re.findall(rf"```{language}\n(.*?)```", text, re.S) if b.startswith(begins)]
    assert 1 == len(found)
    return str(found[0])


def without_digest(text: str) -> str:
    """The digest of the content changes with every edit of it; everything else has to agree."""
    assert 1 == len(DIGEST.findall(text))
    return DIGEST.sub("sha256 (digest)", text)


def test_example_gives_the_output_shown(tmp_path: Path) -> None:
    """If it does not: read the difference, then run `.venv/bin/python docs/build.py`."""
    text = README.read_text(encoding="utf-8")
    command, _, shown = block(text, "console", "$ dutybound assess ").partition("\n")
    call, _, head = command.removeprefix("$ dutybound ").partition(" | head -n ")
    assert "--as-of" in call
    (tmp_path / call.split()[1]).write_text(block(text, "yaml", "dutybound: profile/1"))
    done = subprocess.run(
        [sys.executable, "-m", "dutybound", *call.split()],
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=True,
    )
    first = "".join(done.stdout.splitlines(keepends=True)[: int(head)])
    assert int(head) == shown.count("\n")
    assert without_digest(shown) == without_digest(first)
