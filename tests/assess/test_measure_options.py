"""Proxies and the domain classifier: joint counts by hand, samples that repeat, drift of a pair."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.stats.contingency import association
from sklearn.metrics import roc_auc_score

from dutybound.assess.measure import Report, measure_profiles
from dutybound.assess.measure_html import measure_page
from dutybound.assess.measure_json import as_json
from dutybound.assess.measure_table import profile_table_of
from dutybound.errors import BadInput
from dutybound.packs.measure_config import parse_measure_config
from dutybound.packs.output_schemas import output_schema
from dutybound.terms.measure import Estimate, Measured, Undefined, Verdict
from dutybound.terms.table import (
    Banded,
    ChosenThreshold,
    Domain,
    Feature,
    Ground,
    Limits,
    Protected,
    Proxies,
    TableConfig,
    Window,
)
from dutybound.warehouse.profile import merge
from dutybound.warehouse.profile_file import parse_profile, profile_bytes
from tests.schema_check import problems

GROUND = (Ground("us", "self-test", "alice", "2026-01-02"),)
NAME = 'select "x"; -- it\'s'
SEX = Protected(Banded("sex", "sex", {"women": ("f",), "men": ("m",)}), GROUND)
CONFIG = TableConfig(
    "options", features=(Feature("height", "number"), Feature(NAME, "category")),
    protected=(SEX,), proxies=Proxies(), row_id="id",
)  # fmt: skip


def measured(folder: Path, columns: dict[str, Any], config: TableConfig) -> Report:
    path = folder / "options.parquet"
    pq.write_table(pa.table(columns), path)
    report = measure_profiles(config, profile_table_of(config, str(path)))
    plain = as_json(report, {"version": "1", "sha256": "0"})
    assert [] == list(problems(json.loads(json.dumps(plain)), output_schema("measure-report")))
    assert "<html" in measure_page(report, plain)
    return report


def value(found: Measured) -> float:
    assert isinstance(found, Estimate)
    return found.value


def people(n: int = 2000) -> dict[str, Any]:
    """Height tells sex well, the category a little; some rows lack one or the other."""
    rng = np.random.default_rng(2)
    sex = np.array(["f", "m"])[(rng.random(n) < 0.5) * 1]
    height = np.round(rng.normal(165 + 13 * (sex == "m"), 7, n), 1)
    kind = np.array(["a", "b'", "c"])[(rng.random(n) * 3 + 0.3 * (sex == "m")).astype(int) % 3]
    odd: list[float | None] = [None, float("nan"), float("inf"), float("-inf")]
    return {
        "id": list(range(n + 8)),
        "sex": [*sex.tolist(), None, None, "x", "x", "f", "m", "f", "m"],
        "height": [*height.tolist(), 170.0, 170.0, 170.0, 170.0, *odd],
        NAME: [*kind.tolist(), *["a"] * 7, None],
    }


def bergsma(counts: np.ndarray) -> float:
    """Cramér's V as scipy has it, with Bergsma's correction of 2013."""
    n, (r, c) = counts.sum(), counts.shape
    phi2 = association(counts, method="cramer") ** 2 * (min(r, c) - 1)
    left = max(0.0, phi2 - (r - 1) * (c - 1) / (n - 1))
    rows, columns = (k - (k - 1) ** 2 / (n - 1) for k in (r, c))
    return float((left / min(rows - 1, columns - 1)) ** 0.5)


def pair(report: Report, feature: str) -> Any:
    (found,) = (p for p in report.proxies if p.feature == feature)
    return found


# ---------------------------------------------------------------------- proxies
def test_proxies_agree_with_other_tools(tmp_path: Path) -> None:
    table = people()
    report = measured(tmp_path, table, CONFIG)
    assert ["height", NAME] == [p.feature for p in report.proxies]
    tall, kind = pair(report, "height"), pair(report, NAME)
    height, sex = np.array(table["height"][:2000]), np.array(table["sex"][:2000])
    expected = roc_auc_score(sex == "m", height)
    assert expected == pytest.approx(value(tall.found.auc), abs=1e-3)
    # Two categories: the area tells both as well, so either may be named.
    assert tall.category in ("women", "men")
    counts = [[int(np.sum((np.array(table[NAME]) == k) & (np.array(table["sex"]) == s)))
               for s in ("f", "m")] for k in ("a", "b'", "c")]  # fmt: skip
    assert bergsma(np.array(counts)) == pytest.approx(value(kind.found.cramers_v))
    # 8 of 2,008 rows lack a height that is finite or a known sex; for the category 5.
    assert [8 / 2008, 5 / 2008] == pytest.approx([tall.left_out, kind.left_out])


def test_a_proxy_is_judged_by_its_interval(tmp_path: Path) -> None:
    chosen = ChosenThreshold("proxy-strength", "ours", at_most=0.3)
    report = measured(tmp_path, people(), replace(CONFIG, thresholds=(chosen,)))
    found = {x.over: x for x in report.lines if x.part == "proxies"}
    assert Verdict.BREACH is found["height"].judgement.verdict
    assert Verdict.NO_BREACH is found[NAME].judgement.verdict
    assert ("sex", "proxy-strength / height / sex") == (found["height"].group, found["height"].key)
    assert "proxy-strength" not in report.not_computed


def test_only_what_was_asked_for_is_counted(tmp_path: Path) -> None:
    report = measured(tmp_path, people(), replace(CONFIG, proxies=None))
    assert () == report.proxies
    assert {} == report.current.proxies
    assert "see `proxies`" in report.not_computed["proxy-strength"]
    one = replace(CONFIG, proxies=Proxies(features=(NAME,)))
    assert [NAME] == [p.feature for p in measured(tmp_path, people(), one).proxies]
    bare = replace(CONFIG, protected=(replace(SEX, grounds=()),))
    assert () == measured(tmp_path, people(), bare).proxies


def test_one_value_or_one_group_has_no_proxy(tmp_path: Path) -> None:
    table = people() | {"height": [1.0] * 2008, "sex": ["f"] * 2008}
    for p in measured(tmp_path, table, CONFIG).proxies:
        assert isinstance(p.found.cramers_v, Undefined)
        assert isinstance(p.found.auc, Undefined)


def test_categories_beyond_the_cap_are_left_out(tmp_path: Path) -> None:
    table = people() | {NAME: [f"v{i % 40}" if i % 2 else "often" for i in range(2008)]}
    report = measured(tmp_path, table, replace(CONFIG, limits=Limits(categories=10)))
    assert 0.2 < pair(report, NAME).left_out < 0.3


def test_joint_counts_are_kept_and_add_up(tmp_path: Path) -> None:
    report = measured(tmp_path, people(), CONFIG)
    again = parse_profile(profile_bytes(report.current), "again")
    assert profile_bytes(report.current) == profile_bytes(again)
    both = merge([report.current, again])
    assert {f"sex {n}": 2 * 2008 for n in ("height", NAME)} == {
        k: c.rows for k, c in both.proxies.items()
    }
    without = measured(tmp_path, people(), replace(CONFIG, proxies=None)).current
    assert without.config_sha256 != report.current.config_sha256
    assert "proxies" not in json.loads(profile_bytes(without))


# ---------------------------------------------------------------------- domain classifier
HALVES = {
    "reference": Window(column="half", values=(1,)),
    "current": Window(column="half", values=(2,)),
}
DOMAIN = TableConfig(
    "domain", features=(Feature("x", "number"), Feature("y", "number"), Feature("k", "category")),
    row_id="id", domain=Domain(1500), reference=HALVES["reference"], current=HALVES["current"],
)  # fmt: skip


def halves(sign: float, seed: int = 3, n: int = 6000) -> dict[str, Any]:
    """Two windows with the same x, y and k each alone; x and y move together, or against."""
    rng = np.random.default_rng(seed)
    x, noise = rng.normal(size=n), rng.normal(size=n)
    half = np.where(np.arange(n) < n // 2, 1, 2)
    y = 0.8 * x * np.where(half == 2, sign, 1.0) + 0.6 * noise
    missing = rng.random(n) < 0.1
    k = [None if m else v for m, v in zip(missing, rng.choice(["a", "b"], n).tolist(), strict=True)]
    return {"id": np.arange(n), "half": half, "x": x, "y": y, "k": k}


def domain(report: Report) -> Any:
    (found,) = (x for x in report.lines if x.measure == "domain-classifier")
    return found


def test_a_pair_that_parts_is_seen_where_no_feature_shows_it(tmp_path: Path) -> None:
    chosen = (ChosenThreshold("domain-classifier", "ours", at_most=0.55),
              ChosenThreshold("ks-distance", "ours", at_most=0.1))  # fmt: skip
    report = measured(tmp_path, halves(-1.0), replace(DOMAIN, thresholds=chosen))
    assert Verdict.BREACH is domain(report).judgement.verdict
    # The best that any classifier can do with a correlation of 0.8 turned round is about 0.9.
    assert 0.75 < value(domain(report).found) < 0.95
    alone = [x.judgement.verdict for x in report.lines if x.measure == "ks-distance"]
    assert [Verdict.NO_BREACH] * 2 == alone
    assert "1 in 2 of the reference and 1 in 2 of the current" in domain(report).found.note


def test_windows_that_do_not_differ_read_a_half(tmp_path: Path) -> None:
    """8 tables without drift: the interval holds 0.5, or lies below it."""
    above = 0
    for seed in range(8):
        found = domain(measured(tmp_path, halves(1.0, seed, 3000), DOMAIN)).found
        assert isinstance(found, Estimate)
        assert found.interval is not None
        above += found.interval.low > 0.5
    assert above <= 1


def test_the_sample_repeats_and_the_seed_draws_another(tmp_path: Path) -> None:
    found = [
        value(domain(measured(tmp_path, halves(-1.0), replace(DOMAIN, domain=d))).found)
        for d in (Domain(1500), Domain(1500), Domain(1500, 1))
    ]
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_ids_that_are_text(tmp_path: Path) -> None:
    table = halves(-1.0)
    table["id"] = [f"it's {i}" for i in table["id"]]
    assert value(domain(measured(tmp_path, table, DOMAIN)).found) > 0.75


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), None])
def test_odd_values_are_learnt_from_and_do_not_fail(tmp_path: Path, odd: float | None) -> None:
    table = halves(1.0)
    every = enumerate(zip(table["x"].tolist(), table["half"].tolist(), strict=True))
    table["x"] = [odd if h == 2 and i % 2 else v for i, (v, h) in every]
    assert value(domain(measured(tmp_path, table, DOMAIN)).found) > 0.6


def test_what_cannot_be_learnt_is_undefined(tmp_path: Path) -> None:
    few = measured(tmp_path, halves(-1.0, n=150), DOMAIN)
    assert isinstance(domain(few).found, Undefined)
    assert "100 are needed" in domain(few).found.reason
    one = measured(tmp_path, halves(-1.0), replace(DOMAIN, reference=None))
    assert "stored reference profile" in domain(one).found.reason
    plain = measured(tmp_path, halves(-1.0), replace(DOMAIN, domain=None))
    assert "see `domain`" in plain.not_computed["domain-classifier"]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("proxies: {}", "needs features and a protected attribute"),
        ("domain: {}", "needs `row_id`"),
        ("domain: {rows: 10}", "rows"),
        ("proxies: {attributes: [sex]}", "no such role"),
    ],
)
def test_options_that_mean_nothing(block: str, said: str) -> None:
    text = f"dutybound: measures/1\nname: n\nfeatures: [{{column: x, kind: number}}]\n{block}\n"
    with pytest.raises(BadInput) as refused:
        parse_measure_config(text, "measures.yaml")
    assert said in str(refused.value)
