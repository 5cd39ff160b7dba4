"""Every field of the JSON output stands in docs/reference/json.md."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE: Final = "examples/credit-scoring/system.yaml"
NAMES: Final = frozenset(
    {
        "classes",
        "dates",
        "disputes",
        "holds",
        "penalties",
        "values",
        "touched_by",
        "rules",
        "markets",
    }
)
COMMANDS: Final = [
    ["assess", EXAMPLE],
    ["explain", EXAMPLE, "eu-ai-act.high-risk"],
    ["timeline", EXAMPLE],
    ["whatif", EXAMPLE, "--set", "system.generative=true"],
    ["portfolio", "examples"],
    ["law", "list", "--market", "uk"],
    ["law", "list", "--act", "us-nyc-aedt"],
    ["law", "show", "eu-ai-act"],
    ["law", "show", "eu-ai-act.art-26.6.logs"],
    ["law", "diff", "--axis", "known", "--from", "2026-07-23", "--to", "2026-07-24", "examples"],
    ["law", "lint", "--act", "us-nyc-aedt"],
]


def keys(value: Any, *, named: bool = False) -> Iterator[str]:
    """The keys of all objects. named: the keys of this one are names, such as ids of classes."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not named:
                yield str(key)
            if key != "counts":  # names on two levels, and numbers
                yield from keys(inner, named=key in NAMES and not named)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:3]))
def test_every_field_is_documented(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dutybound", *words, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr if done.returncode else "")
    value = json.loads(done.stdout)
    page = (ROOT / "docs/reference/json.md").read_text(encoding="utf-8")
    assert f"## {value['schema']}\n" in page
    section = page.partition(f"## {value['schema']}\n")[2].partition("\n## ")[0]
    shared = page.partition("## dutybound/")[0]
    documented = set(re.findall(r"`(\w+)`", section + shared))
    assert [] == sorted(set(keys(value)) - documented)
