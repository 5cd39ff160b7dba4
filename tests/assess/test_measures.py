"""Measures per duty: what can be evidence, and what the law names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dutybound.assess.assess import Assessment, assess
from dutybound.assess.measures import (
    check_chosen,
    comparison_policy,
    measurable,
    measure_list,
    measure_show,
    offered,
)
from dutybound.errors import BadInput
from dutybound.packs.compile import default_content
from dutybound.packs.profile import ProfileReader
from dutybound.terms.law import Content

CREDIT = Path(__file__).resolve().parents[2] / "examples/credit-scoring/system.yaml"
TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def content() -> Content:
    """The content that comes with the package."""
    return default_content()


@pytest.fixture(scope="module")
def credit(content: Content) -> Assessment:
    """The assessment of the example of credit scoring."""
    return assess(content, ProfileReader(content).read(CREDIT, today=TODAY), today=TODAY)


def test_credit_duties_name_measures_and_no_metric_of_law(credit: Assessment) -> None:
    """Neither the AI Act nor Regulation B names a metric for credit scores."""
    found = [f for f in credit.findings if f.get("measurable")]
    ids = {f["id"]: f["measurable"] for f in found}
    discrimination = ids["us-fed-ecoa-regb.1002-4-a.no-discrimination"]
    assert ["selection-rate", "impact-ratio"] == discrimination["usable"][:2]
    assert "DB-FAI-03" in discrimination["through"]
    accuracy = ids["eu-ai-act.art-15.1.accuracy-robustness-cybersecurity"]
    assert {"accuracy", "calibration", "ks-distance"} <= set(accuracy["usable"])
    assert {"not_recorded"} == {m["threshold"] for m in ids.values()}
    assert {()} == {tuple(m["law_names"]) for m in ids.values()}
    assert all("say why" in m["note"] for m in ids.values())


def test_every_duty_that_names_a_measure_shows_it(credit: Assessment) -> None:
    for finding in credit.findings:
        if finding.get("measures"):
            usable = finding["measurable"]["usable"]
            assert finding["measures"] == usable[: len(finding["measures"])]


def test_where_the_law_names_one(content: Content) -> None:
    rule = content.rules["us-nyc-aedt.5-301.audit-figures"]
    found = measurable(rule, rule.texts[-1].detail)
    assert found is not None
    named = ["selection-rate", "scoring-rate", "impact-ratio", "scoring-impact-ratio"]
    assert named == found["law_names"]
    assert ("none", "A") == (found["threshold"], found["grade"])
    compute = content.rules["eu-ai-act.art-51.1.a.high-impact"]
    fixed = measurable(compute, compute.texts[-1].detail)
    assert fixed is not None
    assert ("fixed", ["training-compute"]) == (fixed["threshold"], fixed["usable"])


def test_nothing_to_measure(content: Content) -> None:
    term = content.rules["eu-ai-act.high-risk"]
    assert measurable(term, term.texts[-1].detail) is None


def test_list_by_family_control_and_how() -> None:
    drift = measure_list(family="drift")["measures"]
    assert {"drift"} == {m["family"] for m in drift}
    asked = measure_list(control="DB-FAI-04")["measures"]
    assert {"impact-ratio", "scoring-rate", "selection-rate"} <= {m["id"] for m in asked}
    reported = measure_list(how="reported")["measures"]
    assert "override-rate" in {m["id"] for m in reported}
    assert {"reported"} == {m["how"] for m in reported}
    for wrong in ({"family": "drifts"}, {"control": "DB-FAI-99"}):
        with pytest.raises(BadInput, match=r"There is no such family|No such control"):
            measure_list(**wrong)


def test_show_names_who_asks(content: Content) -> None:
    found = measure_show(content, "override-rate")
    assert {"eu", "us"} == {r["market"] for r in found["rules"]}
    assert {"DB-HUM-01", "DB-HUM-02"} <= set(found["controls"])
    with pytest.raises(BadInput, match="Did you mean `override-rate`"):
        measure_show(content, "override-rat")


def test_four_fifths_is_not_offered_in_credit() -> None:
    assert [0.8] == [t.value for t in offered("impact-ratio", "employment")]
    assert () == offered("impact-ratio", "credit")
    assert () == offered("impact-ratio", None)
    assert [0.05] == [t.value for t in offered("ks-distance", "credit")]


def test_four_fifths_cannot_be_borrowed() -> None:
    check_chosen("impact-ratio", 0.8, "employment", "measures.yaml")
    check_chosen("impact-ratio", 0.9, "credit", "measures.yaml")
    check_chosen("ks-distance", 0.05, "credit", "measures.yaml")
    with pytest.raises(BadInput, match=r"measures.yaml: .*29 CFR 1607.4\(D\).*employment only"):
        check_chosen("impact-ratio", 0.8, "credit", "measures.yaml")


def test_how_a_rule_wants_groups_compared() -> None:
    audit = comparison_policy("us-nyc-aedt.5-301.audit-figures")
    assert audit is not None
    assert (0.02, True, True) == (audit.minimum_share, audit.intersections, audit.report_unknown)
    assert comparison_policy("us-fed-ecoa-regb.1002-4-a.no-discrimination") is None
