"""What the commands print for the examples fits the published schemas, and so do the examples."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dutybound.assess.assess import assess
from dutybound.assess.explain import explain
from dutybound.assess.law_diff import law_diff
from dutybound.assess.portfolio import portfolio
from dutybound.assess.schema import schema
from dutybound.assess.timeline import timeline
from dutybound.packs.compile import default_content
from dutybound.packs.profile import ProfileReader
from dutybound.packs.reading import read_yaml
from dutybound.terms.law import Content
from tests.schema_check import problems

ROOT = Path(__file__).resolve().parent.parent.parent
PROFILES = sorted((ROOT / "examples").glob("*/system.yaml"))
TODAY = date(2026, 11, 25)
SOME = 60


@pytest.fixture(scope="module")
def content() -> Content:
    """The content that comes with the package."""
    return default_content()


def wrong(value: Any, name: str, content: Content) -> list[str]:
    """Problems of a value, after a round through JSON."""
    plain = json.loads(json.dumps(value, default=str))
    return list(problems(plain, schema(name, lambda: content)))[:5]


@pytest.mark.parametrize("path", PROFILES, ids=lambda p: p.parent.name)
def test_assessment_timeline_and_explanation(path: Path, content: Content) -> None:
    result = assess(content, ProfileReader(content).read(path, today=TODAY), today=TODAY)
    assert [] == wrong(result.as_json(), "assessment", content)
    assert [] == wrong(timeline(result).as_json(), "timeline", content)
    rules = [f["id"] for f in result.findings if f["id"] in content.rules]
    for rule in rules[:: len(rules) // SOME + 1]:
        assert [] == wrong(explain(result, rule), "explanation", content)


def test_portfolio_and_law_diff(content: Content) -> None:
    found = portfolio(content, PROFILES, today=TODAY)
    assert [] == wrong(found.as_json(), "portfolio", content)
    diff = law_diff(
        content,
        axis="known",
        start=date(2026, 7, 23),
        end=date(2026, 7, 24),
        files=PROFILES,
        today=TODAY,
    )
    assert [] == wrong(diff.as_json(), "law-diff", content)


@pytest.mark.parametrize("path", PROFILES, ids=lambda p: p.parent.name)
def test_examples_fit_the_schemas_for_editors(path: Path, content: Content) -> None:
    assert [] == wrong(read_yaml(path).value, "profile", content)
    organisation = path.parent / "organisation.yaml"
    assert [] == wrong(read_yaml(organisation).value, "organisation", content)
