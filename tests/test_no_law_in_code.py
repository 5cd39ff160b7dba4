"""No article, date, threshold or instrument stands in Python: law is data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "dutybound"
LAW = Path(__file__).parents[1] / "content" / "law"
PINPOINT = re.compile(r"\b(Art|Arts|Article|Annex|Recital|Rec|Sec|Section|Reg)\b\.? ?[\dIVX]+|§")
DAY = re.compile(r"\b(19|20)\d\d-\d\d-\d\d\b")
YEARS = range(2010, 2050)
# Sizes of the law's own: headcounts, turnovers, compute. Powers of ten under a billion are limits.
LARGEST = 1e9
INSTRUMENTS = frozenset(
    line.removeprefix("act:").strip()
    for path in LAW.rglob("act.yaml")
    for line in path.read_text(encoding="utf-8").splitlines()[:10]
    if line.startswith("act:")
)
FILES = sorted(SOURCE.rglob("*.py"))


def literals(tree: ast.AST) -> Iterator[tuple[int, object]]:
    """Every literal with its line, but for the strings that stand alone (docstrings)."""
    alone = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in alone:
            yield node.lineno, node.value


def is_law(value: object) -> bool:
    """Whether a literal looks like a piece of law."""
    if isinstance(value, str):
        words = set(re.findall(r"[a-z0-9][a-z0-9-]*[a-z0-9]", value))
        return bool(PINPOINT.search(value) or DAY.search(value) or words & INSTRUMENTS)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value in YEARS or abs(value) >= LARGEST
    return False


def test_there_is_something_to_search() -> None:
    assert 20 < len(FILES)
    assert {"eu-ai-act", "us-fed-ecoa-regb", "uk-gdpr-adm"} <= INSTRUMENTS


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_law_in_code(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [] == [(line, value) for line, value in literals(tree) if is_law(value)]


@pytest.mark.parametrize(
    "value",
    [
        "Art. 5(1)(f)",
        "see Article 6",
        "Annex III",
        "§ 1002.9",
        "Recital 55",
        "2026-08-02",
        "as of 2025-02-02.",
        "eu-ai-act",
        "under eu-ai-act.art-5",
        2026,
        1e25,
        10**10,
    ],
)
def test_what_counts_as_law(value: object) -> None:
    assert is_law(value)


@pytest.mark.parametrize(
    "value", ["article", "YYYY-MM-DD", "eu", "d-one", 250, 1_000_000, True, None]
)
def test_what_does_not(value: object) -> None:
    assert not is_law(value)
