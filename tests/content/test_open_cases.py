"""Agreement with decided examples does not fall, and each disagreement is named."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dutybound.packs.compile import content_folder

ROOT = Path(__file__).resolve().parents[2]
Scores = dict[str, dict[str, str]]

OPEN_AGREE = 203
OPEN_FIELDS = {
    "class": 177,
    "provisions": 149,
    "provisions_not_expected": 92,
    "duties_expected": 23,
    "duties_not_expected": 15,
    "in_scope": 1,
}
OPEN_SOURCES = {"final": 76, "draft": 103, "statute": 19, "guidance": 3, "study": 2}


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "open_cases", ROOT / "benchmarks" / "open_cases.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def judged(scorer: ModuleType) -> list[Any]:
    return list(scorer.run_all(content_folder()))


@pytest.fixture(scope="module")
def scores(judged: list[Any]) -> Scores:
    return {case.label["id"]: case.score() for case in judged}


def _disagreeing(scores: Scores) -> set[str]:
    return {i for i, fields in scores.items() if set(fields.values()) != {"agrees"}}


def test_agreement_with_published_examples(scores: Scores) -> None:
    assert len(scores) - len(_disagreeing(scores)) >= OPEN_AGREE


def test_agreement_by_field(scores: Scores) -> None:
    found = Counter(n for fields in scores.values() for n, v in fields.items() if v == "agrees")
    fallen = {name: found[name] for name, least in OPEN_FIELDS.items() if found[name] < least}
    assert {} == fallen


def test_agreement_by_source(judged: list[Any], scores: Scores) -> None:
    bad = _disagreeing(scores)
    labels = [case.label for case in judged]
    found = Counter(label["source_status"] for label in labels if label["id"] not in bad)
    fallen = {name: found[name] for name, least in OPEN_SOURCES.items() if found[name] < least}
    assert {} == fallen


def test_every_disagreement_is_named(scores: Scores) -> None:
    """No more and no less: an entry for an example that agrees again is stale."""
    page = (ROOT / "tests" / "cases" / "open" / "disagreements.md").read_text(encoding="utf-8")
    assert _disagreeing(scores) == set(re.findall(r"^\| (c\d+) \|", page, re.MULTILINE))


def test_made_up_cases(scorer: ModuleType) -> None:
    scores = {c.label["id"]: c.score() for c in scorer.run_all(content_folder(), scorer.UNSEEN)}
    assert set() == _disagreeing(scores)
