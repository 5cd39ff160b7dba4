"""What groups are measured by beside the decision: errors, scoring rates, mixes, small groups."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutybound.assess.measure import Report, measure_profiles
from dutybound.assess.measure_html import measure_page
from dutybound.assess.measure_json import as_json
from dutybound.assess.measure_lines import Line
from dutybound.assess.measure_table import profile_table_of
from dutybound.errors import BadInput
from dutybound.packs.measure_config import parse_measure_config
from dutybound.packs.output_schemas import output_schema
from dutybound.terms.measure import Estimate, Undefined, Verdict
from dutybound.terms.table import (
    Banded,
    ChosenThreshold,
    Comparing,
    Decision,
    Ground,
    Label,
    Population,
    Protected,
    Score,
    TableConfig,
    TimeColumn,
)
from tests.schema_check import problems

GROUND = (Ground("us", "self-test", "alice", "2026-01-02"),)
SEX = Protected(Banded("sex", "sex", {"women": ("f",), "men": ("m",)}), GROUND)
ORIGIN = Protected(Banded("origin", "origin"), GROUND)
BASE = TableConfig(
    "groups", decision=Decision("decision", ("yes",)), label=Label("paid", positive=(1,)),
    score=Score("score", 0, 100), protected=(SEX,), field="employment",
)  # fmt: skip
NYC = "us-nyc-aedt.5-301.audit-figures"


def measured(folder: Path, columns: dict[str, Any], config: TableConfig) -> Report:
    path = folder / "groups.parquet"
    pq.write_table(pa.table(columns), path)
    report = measure_profiles(config, profile_table_of(config, str(path)))
    plain = as_json(report, {"version": "1", "sha256": "0"})
    assert [] == list(problems(json.loads(json.dumps(plain)), output_schema("measure-report")))
    assert "<html" in measure_page(report, plain)
    return report


def line(report: Report, measure: str, group: str, over: str = "sex") -> Line:
    (found,) = (x for x in report.lines if (x.measure, x.over, x.group) == (measure, over, group))
    return found


def value(x: Line) -> float:
    assert isinstance(x.found, Estimate), x.found
    return x.found.value


def people() -> dict[str, Any]:
    """Of women 30 tp, 10 fp, 20 fn, 40 tn; of men 60, 5, 15, 20. Scores in whole numbers."""
    found = []
    for sex, decision, paid, score, count in (
        ("f", "yes", 1, 60, 30), ("f", "yes", 0, 60, 10), ("f", "no", 1, 40, 20),
        ("f", "no", 0, 20, 40), ("m", "yes", 1, 80, 60), ("m", "yes", 0, 60, 5),
        ("m", "no", 1, 40, 15), ("m", "no", 0, 20, 20),
    ):  # fmt: skip
        found += [(sex, decision, paid, float(score))] * count
    return {k: [f[i] for f in found] for i, k in enumerate(("sex", "decision", "paid", "score"))}


# ---------------------------------------------------------------------- errors
def test_errors_by_group(tmp_path: Path) -> None:
    report = measured(tmp_path, people(), BASE)
    found = {
        m: [round(value(line(report, m, g)), 6) for g in ("women", "men")]
        for m in ("error-rate-by-group", "false-positive-rate-by-group",
                  "false-negative-rate-by-group")
    }  # fmt: skip
    assert {
        "error-rate-by-group": [0.3, 0.2],
        "false-positive-rate-by-group": [0.2, 0.2],
        "false-negative-rate-by-group": [0.4, 0.2],
    } == found
    assert 50 == line(report, "false-positive-rate-by-group", "women").rows
    assert 75 == line(report, "false-negative-rate-by-group", "men").rows


def test_a_group_without_negatives_has_no_false_positive_rate(tmp_path: Path) -> None:
    table = people()
    kept = [i for i, (s, p) in enumerate(zip(table["sex"], table["paid"], strict=True))
            if (s, p) != ("f", 0)]  # fmt: skip
    report = measured(tmp_path, {k: [v[i] for i in kept] for k, v in table.items()}, BASE)
    assert isinstance(line(report, "false-positive-rate-by-group", "women").found, Undefined)
    assert 0.4 == value(line(report, "false-negative-rate-by-group", "women"))


def test_calibration_error_of_each_group(tmp_path: Path) -> None:
    """Scores over 100: women 0.6 with 30 of 40, 0.4 with 20 of 20, 0.2 with none of 40.

    (40 * 0.15 + 20 * 0.6 + 40 * 0.2) / 100, each score within half of a 200th of its bin.
    """
    table = people()
    table["score"] = [s / 100 for s in table["score"]]
    report = measured(tmp_path, table, replace(BASE, score=Score("score")))
    assert 0.26 == pytest.approx(
        value(line(report, "calibration-error-within-groups", "women")), abs=0.0026
    )


def test_over_time_and_by_version_with_labels_that_are_missing(tmp_path: Path) -> None:
    """Day one: 40 rows at 0.75, 30 of them paid. Day two: 20 paid of 40, and 20 without label.

    Version 2 stands on day two only. On day two all are selected: precision 0.5, recall 1.
    """
    rows: list[tuple[str, str, str, int | None]]
    rows = [("2026-03-01T08:00:00", "1", "yes", int(i < 30)) for i in range(40)]
    rows += [("2026-03-02T08:00:00", "2", "yes", int(i < 20)) for i in range(40)]
    rows += [("2026-03-02T08:00:00", "2", "no", None)] * 20
    table = {
        "at": pa.array([r[0] for r in rows]).cast(pa.timestamp("us")),
        "version": [r[1] for r in rows],
        "decision": [r[2] for r in rows],
        "paid": pa.array([r[3] for r in rows], pa.int64()),
        "score": [0.75] * len(rows),
    }
    config = replace(
        BASE, score=Score("score"), protected=(), time=TimeColumn("at"), model_version="version"
    )
    report = measured(tmp_path, table, config)
    large = "calibration-in-the-large"
    days = ("2026-03-01", "2026-03-02")
    found = {
        m: [round(value(line(report, m, d, "time")), 6) for d in days]
        for m in (large, "label-coverage", "precision", "recall")
    }
    assert {
        large: [0.0, 0.25],
        "label-coverage": [1.0, 0.666667],
        "precision": [0.75, 0.5],
        "recall": [1.0, 1.0],
    } == found
    assert 0.125 == value(line(report, large, "", "all rows"))
    assert 0.5 == value(line(report, "auc", "2", "version"))
    assert 0.25 == pytest.approx(
        value(line(report, "calibration-error-within-groups", "2", "version")), abs=1e-4
    )


# ---------------------------------------------------------------------- scoring
def test_scoring_rates_are_exact_for_whole_numbers(tmp_path: Path) -> None:
    """200 rows: 60 at 20, 35 at 40, 45 at 60, 60 at 80. The median is 60: only 80 lies above it."""
    report = measured(tmp_path, people(), BASE)
    women, men = (line(report, "scoring-rate", g).found for g in ("women", "men"))
    assert isinstance(women, Estimate) and isinstance(men, Estimate)
    assert (0.0, (0.0, 0.0)) == (women.value, women.bound)
    assert (0.6, (0.6, 0.6)) == (men.value, men.bound)
    ratio = line(report, "scoring-impact-ratio", "women")
    assert ("men", 0.0) == (ratio.against, value(ratio))
    (out,) = (x for x in report.left_out if x.measure == "scoring-impact-ratio")
    assert 0 == out.unknown


def test_scoring_rates_of_spread_scores_lie_in_their_bound(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    n = 3000
    sex = np.where(rng.random(n) < 0.4, "f", "m")
    score = np.clip(rng.normal(50 + 5 * (sex == "m"), 15, n), 0, 100)
    table = {"sex": sex.tolist(), "score": score.tolist()}
    config = replace(BASE, decision=None, label=None)
    report = measured(tmp_path, table, config)
    median = float(np.median(score))
    for group, code in (("women", "f"), ("men", "m")):
        found = line(report, "scoring-rate", group).found
        assert isinstance(found, Estimate) and found.bound is not None
        exact = float((score[sex == code] > median).mean())
        assert found.bound[0] - 1e-3 <= exact <= found.bound[1] + 1e-3
        assert exact == pytest.approx(found.value, abs=0.01)
    ratio = line(report, "scoring-impact-ratio", "women").found
    assert isinstance(ratio, Estimate) and ratio.bound is not None
    assert ratio.bound[0] <= ratio.value <= ratio.bound[1]


def test_a_ratio_of_scoring_rates_is_judged_with_its_bound(tmp_path: Path) -> None:
    chosen = ChosenThreshold("scoring-impact-ratio", "ours", at_least=0.5)
    report = measured(tmp_path, people(), replace(BASE, thresholds=(chosen,)))
    assert Verdict.BREACH is line(report, "scoring-impact-ratio", "women").judgement.verdict


# ---------------------------------------------------------------------- the way of a rule
def small() -> dict[str, Any]:
    """Of 1,000 rows origins a and b have 495 each, c has 10, which is 1 %."""
    rows = [("a", i < 300) for i in range(495)] + [("b", i < 290) for i in range(495)]
    rows += [("c", True)] * 10
    return {"origin": [r[0] for r in rows], "decision": ["yes" if r[1] else "no" for r in rows]}


PLAIN = TableConfig(
    "small", decision=Decision("decision", ("yes",)), protected=(ORIGIN,), field="employment"
)


def test_a_small_group_is_left_out_as_the_rule_says(tmp_path: Path) -> None:
    config = replace(PLAIN, comparison=Comparing("the rule", rule=NYC))
    report = measured(tmp_path, small(), config)
    c = line(report, "impact-ratio", "c", "origin")
    assert (Verdict.NOT_JUDGED, "under 2.0% of the rows: left out by the policy") == (
        c.judgement.verdict, c.judgement.why,
    )  # fmt: skip
    assert (10, 1.0) == (c.rows, value(line(report, "selection-rate", "c", "origin")))
    assert "a" == line(report, "impact-ratio", "b", "origin").against
    assert any("6 RCNY" in x for x in report.limits)
    chosen = ChosenThreshold("impact-ratio", "ours", at_least=0.8)
    judged = measured(tmp_path, small(), replace(config, thresholds=(chosen,)))
    c = line(judged, "impact-ratio", "c", "origin")
    assert Verdict.NOT_ENOUGH_DATA is c.judgement.verdict
    (out,) = (x for x in judged.left_out if x.measure == "impact-ratio")
    assert 0.01 == out.share


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"comparison": Comparing("x", rule="us-nyc-aedt.5-301.audit-figure")}, "Did you mean"),
        ({"comparison": Comparing("x", rule=NYC), "field": "credit"}, "for employment only"),
        ({"comparison": Comparing("x", rule=NYC), "field": None}, "is not stated"),
        (
            {
                "comparison": Comparing("x", rule=NYC),
                "protected": (replace(ORIGIN, reference="a"),),
            },
            "leave out `reference`",
        ),
    ],
)
def test_a_rule_that_does_not_fit_is_refused(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        measured(tmp_path, small(), replace(PLAIN, **change))


def test_shrunk_rates_are_asked_for(tmp_path: Path) -> None:
    report = measured(tmp_path, small(), PLAIN)
    assert "see `shrinkage`" in report.not_computed["shrunk-selection-rate"]
    shrunk = measured(tmp_path, small(), replace(PLAIN, shrinkage=True))
    own, drawn = (
        value(line(shrunk, m, "c", "origin")) for m in ("selection-rate", "shrunk-selection-rate")
    )
    assert 1.0 == own
    assert 0.55 < drawn < 0.95  # ten rows, drawn towards the 0.55 of all
    assert (
        Verdict.NOT_JUDGED is line(shrunk, "shrunk-selection-rate", "c", "origin").judgement.verdict
    )


# ---------------------------------------------------------------------- population
MIX = Population(("sex",), {"women": 0.6, "men": 0.4}, "a census", "2020-04-01")


def test_the_mix_of_a_population(tmp_path: Path) -> None:
    """Halves against 60 and 40 per cent: a tenth would have to change."""
    chosen = (
        ChosenThreshold("representativeness", "ours", at_most=0.05),
        ChosenThreshold("representation-gap", "ours", at_most=0.2),
    )
    report = measured(tmp_path, people(), replace(BASE, population=(MIX,), thresholds=chosen))
    whole = line(report, "representativeness", "")
    assert (0.1, "a census, 2020-04-01") == (round(value(whole), 9), whole.against)
    assert Verdict.NOT_ENOUGH_DATA is whole.judgement.verdict
    gap = line(report, "representation-gap", "women")
    assert (-0.1, Verdict.NO_BREACH) == (round(value(gap), 9), gap.judgement.verdict)
    assert gap.judged_on is not None and gap.judged_on.level == pytest.approx(0.975)
    plain = measured(tmp_path, people(), BASE)
    assert "see `population`" in plain.not_computed["representativeness"]


def test_joint_groups_and_groups_without_rows(tmp_path: Path) -> None:
    table = people() | {"origin": ["a", "b"] * 100}
    joint = Population(
        ("origin", "sex"),
        {"a, women": 0.2, "a, men": 0.2, "b, women": 0.2, "b, men": 0.2, "c, men": 0.2},
        "ours", "2026-01-01", 500,
    )  # fmt: skip
    config = replace(BASE, protected=(SEX, ORIGIN), population=(joint,))
    report = measured(tmp_path, table, config)
    assert 0.2 == pytest.approx(value(line(report, "representativeness", "", "sex, origin")))
    assert -0.2 == pytest.approx(value(line(report, "representation-gap", "men, c", "sex, origin")))


def test_a_group_that_the_population_does_not_know(tmp_path: Path) -> None:
    table = people() | {"origin": ["a", "b"] * 100}
    one = Population(("origin",), {"a": 0.5, "c": 0.5}, "ours", "2026-01-01")
    config = replace(BASE, protected=(SEX, ORIGIN), population=(one,))
    found = line(measured(tmp_path, table, config), "representativeness", "", "origin").found
    assert isinstance(found, Undefined)
    assert "`b`" in found.reason


FROM = "source: x, as_of: 2020-01-01"
HEAD = """\
dutybound: measures/1
name: x
decision: {column: decision, favourable: ["yes"]}
protected:
  - name: sex
    column: sex
    groups: {women: [f], men: [m]}
    grounds: [{market: us, basis: self-test, recorded_by: alice, recorded_on: 2026-01-02}]
"""


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (f"population: [{{over: [sexes], shares: {{women: 0.5, men: 0.5}}, {FROM}}}]",
         "Did you mean `sex`"),
        (f"population: [{{over: [sex], shares: {{women: 0.5, men: 0.6}}, {FROM}}}]",
         "add up to 1.1"),
        (f"population: [{{over: [sex], shares: {{women: 0.5, mem: 0.5}}, {FROM}}}]",
         "`mem` is no group"),
        ("population: [{over: [sex], shares: {a: 0.5, b: 0.5}, as_of: 2020-01-01}]", "source"),
        ("comparison: {minimum_share: 0.02, rule: x, why: y}", "one of `minimum_share` and `rule`"),
        ("comparison: {why: y}", "one of `minimum_share` and `rule`"),
        ("prediction_interval: {low: a, high: b, level: 0.9}",
         "needs a label of the kind `number`"),
        ("shrinkage: 1", "shrinkage"),
    ],
)  # fmt: skip
def test_a_configuration_that_makes_no_sense(more: str, said: str) -> None:
    with pytest.raises(BadInput) as error:
        parse_measure_config(HEAD + more + "\n", "measures.yaml")
    assert said in str(error.value)


def test_keys_are_read_as_they_stand() -> None:
    text = HEAD + (
        "comparison: {minimum_share: 0.02, why: ours}\nshrinkage: true\n"
        "population: [{over: [sex], shares: {women: 0.5, men: 0.5}, source: x, as_of: 2020-01-01, "
        "persons: 1000}]\n"
    )
    found = parse_measure_config(text, "measures.yaml")
    assert (Comparing("ours", 0.02), True) == (found.comparison, found.shrinkage)
    assert (Population(("sex",), {"women": 0.5, "men": 0.5}, "x", "2020-01-01", 1000),) == (
        found.population
    )
