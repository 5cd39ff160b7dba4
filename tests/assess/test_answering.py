"""Measures by duty: each duty once, what its text names, and the count in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dutybound.assess.answering import Answering, answering, duties_in, in_short
from dutybound.assess.assess import assess
from dutybound.cli.main import cli
from dutybound.packs.compile import default_content
from dutybound.packs.profile import ProfileReader

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 25)


def finding(rule: str, **more: Any) -> dict[str, Any]:
    plain = {
        "id": rule, "kind": "duty", "nature": "binding_law", "outcome": "applies", "market": "us",
        "pinpoint": "s. 1", "title": "Measure", "no_duty_either_way": False,
        "measurable": {
            "usable": ["impact-ratio", "notice-time"], "through": ["DB-FAI-03"], "law_names": [],
            "threshold": "not_recorded", "cite": None, "grade": None, "note": "none",
        },
    }  # fmt: skip
    return {**plain, **more}


def named(threshold: str) -> dict[str, Any]:
    return {
        **finding("x")["measurable"],
        "law_names": ["impact-ratio"], "threshold": threshold, "cite": "s. 2", "grade": "C",
    }  # fmt: skip


def test_a_duty_stands_once_and_what_does_not_bind_is_left_out() -> None:
    findings = [
        finding("a"), finding("a", outcome="not_yet_applicable"), finding("b", measurable=None),
        finding("c", outcome="does_not_apply"), finding("d", nature="supervisory_guidance"),
        finding("e", kind="term"), finding("f", outcome="undetermined", no_duty_either_way=True),
    ]  # fmt: skip
    assert ["a"] == [a.rule for a in answering(findings)]
    assert 2 == duties_in(findings)


def test_what_is_computed_and_what_comes_from_records() -> None:
    (found,) = answering([finding("a")])
    assert (("impact-ratio",), ("impact-ratio", "notice-time")) == (found.computed, found.usable)
    assert "names no metric and no threshold that is recorded" == found.law_says


@pytest.mark.parametrize(
    ("threshold", "said"),
    [
        ("none", "s. 2 names impact-ratio, and sets no threshold [source: C]"),
        ("rule_of_thumb", "s. 2 names impact-ratio, with a rule of thumb [source: C]"),
        ("fixed", "s. 2 names impact-ratio, with a fixed threshold [source: C]"),
    ],
)
def test_what_the_text_names(threshold: str, said: str) -> None:
    (found,) = answering([finding("a", measurable=named(threshold))])
    assert said == found.law_says


def test_the_count_in_words() -> None:
    def short(*thresholds: str) -> str:
        return in_short(answering(finding(str(i), measurable=named(t))
                                  for i, t in enumerate(thresholds)), 9)  # fmt: skip

    assert short("not_recorded").startswith("1 of 9 duties can be answered with a measure. No")
    assert "The texts of 2 name a metric, none of them fixes a threshold. For the other 1 no" in (
        short("none", "rule_of_thumb", "not_recorded")
    )
    assert "name a metric, 1 of them with a fixed threshold" in short("fixed", "not_recorded")


@pytest.fixture(scope="module")
def credit() -> tuple[Answering, ...]:
    content = default_content()
    path = ROOT / "examples/credit-scoring/system.yaml"
    profile = ProfileReader(content).read(path, today=DAY)
    return answering(assess(content, profile, today=DAY).findings)


def test_the_credit_example_names_measures_for_duties_in_each_market(
    credit: tuple[Answering, ...],
) -> None:
    by = {a.rule: a for a in credit}
    assert {"eu", "us", "uk"} == {a.market for a in credit}
    reasons = by["us-fed-ecoa-regb.1002-9-b-2.specific-reasons"]
    assert {"reason-fidelity", "reason-agreement", "reason-stability"} <= set(reasons.computed)
    assert ("DB-EXP-01", "DB-EXP-04") == reasons.through
    # No text of credit that binds here names a metric: the four fifths are for employment.
    assert {"not_recorded"} == {a.threshold for a in credit}


def test_the_list_by_duty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    words = ["assess", str(ROOT / "examples/credit-scoring/system.yaml"), "--measures"]
    done = CliRunner().invoke(cli, [*words, "--as-of", DAY.isoformat()], catch_exceptions=False)
    assert 0 == done.exit_code
    text = " ".join(done.stdout.split())
    assert "EUROPEAN UNION" in text and "UNITED KINGDOM" in text
    assert "reason-fidelity" in text and "[notice-time]" in text
    assert "The text names no metric and no threshold that is recorded." in text


def test_a_text_that_names_metrics() -> None:
    """The bias audit of New York City names rates and the ratio, and sets no pass mark."""
    content = default_content()
    path = ROOT / "examples/cv-screening/system.yaml"
    profile = ProfileReader(content).read(path, today=DAY)
    by = {a.rule: a for a in answering(assess(content, profile, today=DAY).findings)}
    audit = by["us-nyc-aedt.5-301.audit-figures"]
    assert {"selection-rate", "impact-ratio"} <= set(audit.names)
    assert "sets no threshold" in audit.law_says
