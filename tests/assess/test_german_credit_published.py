"""Figures on German credit that others print, through the whole command.

Papers and tools print them of the older file; the counts behind those used here are the same in
both. Each is worked out again by hand or by scipy.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from scipy.spatial.distance import jensenshannon
from scipy.stats import binomtest, chi2_contingency, ks_2samp

from dutybound.cli.main import cli

DATA: Final = Path(__file__).resolve().parents[2] / "examples/german-credit/applications.csv"
GROUNDS: Final = "[{market: own, basis: test, recorded_by: test, recorded_on: 2026-11-25}]"
# The outcome stands in the place of a decision: what is compared is who paid back.
OUTCOMES: Final = f"""
dutybound: measures/1
name: Outcomes by group
row_id: id
decision: {{column: credit_risk, favourable: [1]}}
protected:
  - {{name: age, column: age, bands: [26], reference: 26 or more, grounds: {GROUNDS}}}
  - {{name: sex, column: sex_old, reference: male, grounds: {GROUNDS}}}
intersections: [[age, sex]]
"""
KEPT_AGAINST_NOT: Final = """
dutybound: measures/1
name: Kept against not kept
row_id: id
features:
  - {column: status, kind: category}
  - {column: credit_history, kind: category}
  - {column: savings, kind: category}
  - {column: housing, kind: category}
  - {column: duration, kind: number}
  - {column: age, kind: number}
windows:
  reference: {column: credit_risk, values: [1]}
  current: {column: credit_risk, values: [0]}
"""
# Pearson's chi-square of a column with the outcome, as R prints it.
CHI_SQUARE: Final = {"status": 123.72, "credit_history": 61.69, "savings": 36.10, "housing": 18.67}
Lines = dict[tuple[str, str, str | None], dict[str, Any]]


@pytest.fixture(scope="module")
def columns() -> dict[str, np.ndarray]:
    with DATA.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = {name: np.array([int(r[name]) for r in rows]) for name in rows[0]}
    sex_old = np.where(found["personal_status_sex"] == 2, "female", "male")
    return {"id": np.arange(1, 1001), "sex_old": sex_old, **found}


@pytest.fixture(scope="module")
def table(columns: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("published") / "credits.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def measured(table: Path, config: str) -> Lines:
    """The lines of a run, by measure, what it is over, and group."""
    path = table.with_name("measures.yaml")
    path.write_text(config, encoding="utf-8")
    words = ["measure", str(table), "--config", str(path), "--json"]
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert 0 == done.exit_code
    return {(x["measure"], x["over"], x["group"]): x for x in json.loads(done.stdout)["lines"]}


@pytest.fixture(scope="module")
def outcomes(table: Path) -> Lines:
    return measured(table, OUTCOMES)


@pytest.fixture(scope="module")
def drift(table: Path) -> Lines:
    return measured(table, KEPT_AGAINST_NOT)


def newcombe(k: int, n: int, others: int, of: int) -> tuple[float, float]:
    """Limits of a difference of two shares from Wilson's limits of each (Newcombe 1998)."""
    p, q = k / n, others / of
    one, two = (binomtest(a, b).proportion_ci(0.95, "wilson") for a, b in ((k, n), (others, of)))
    low = p - q - float(np.hypot(p - one.low, two.high - q))
    return low, p - q + float(np.hypot(one.high - p, q - two.low))


@pytest.mark.parametrize(
    ("attribute", "group", "counts", "gap", "ratio"),
    [
        # Up to 25 years: 110 of 190; older: 590 of 810.
        ("age", "under 26", (110, 190, 590, 810), -0.149448, 0.794826),
        # "Women" and "men" of the older file: 201 of 310, 499 of 690.
        ("sex", "female", (201, 310, 499, 690), -0.074801, 0.896567),
    ],
)
def test_gaps_that_papers_on_fairness_print(
    outcomes: Lines,
    attribute: str,
    group: str,
    counts: tuple[int, int, int, int],
    gap: float,
    ratio: float,
) -> None:
    k, n, others, of = counts
    assert (gap, ratio) == (round(k / n - others / of, 6), round((k / n) / (others / of), 6))
    parity = outcomes["statistical-parity", attribute, group]
    assert pytest.approx(gap, abs=1e-6) == parity["value"]
    limits = parity["interval"]
    assert pytest.approx(newcombe(*counts)) == (limits["low"], limits["high"])
    assert pytest.approx(ratio, abs=1e-6) == outcomes["impact-ratio", attribute, group]["value"]


def test_the_interval_that_the_example_prints() -> None:
    """7.5 points less, 1.3 to 13.8: the README of the example."""
    low, high = newcombe(201, 310, 499, 690)
    assert ("-13.8", "-1.3") == (f"{100 * low:.1f}", f"{100 * high:.1f}")


def crossed(columns: dict[str, np.ndarray], name: str) -> np.ndarray:
    """Counts by outcome and code: shape (2, codes); kept stand first."""
    codes = np.unique(columns[name])
    return np.array(
        [
            [np.sum((columns["credit_risk"] == y) & (columns[name] == c)) for c in codes]
            for y in (1, 0)
        ]
    )


@pytest.mark.parametrize("name", CHI_SQUARE)
def test_association_from_the_published_chi_square(
    drift: Lines, columns: dict[str, np.ndarray], name: str
) -> None:
    """Cramér's V corrected for bias (Bergsma 2013), from the published statistic."""
    counts = crossed(columns, name)
    assert pytest.approx(CHI_SQUARE[name], abs=0.006) == chi2_contingency(counts)[0]
    codes = counts.shape[1]
    phi = max(0.0, CHI_SQUARE[name] / 1000 - (codes - 1) / 999)
    smaller = min(2 - 1 / 999, codes - (codes - 1) ** 2 / 999) - 1
    expected = np.sqrt(phi / smaller)
    assert pytest.approx(expected, abs=2e-5) == drift["cramers-v", name, None]["value"]


@pytest.mark.parametrize("name", CHI_SQUARE)
def test_distances_of_categories(drift: Lines, columns: dict[str, np.ndarray], name: str) -> None:
    """Two equal windows read (k - 1)(1/n + 1/m)/8 above 0 (delta method); that is taken off."""
    kept, lost = (row / row.sum() for row in crossed(columns, name))
    floor = (kept.size - 1) * (1 / 700 + 1 / 300) / 8
    shannon = jensenshannon(kept, lost, base=2) ** 2 - floor / np.log(2)
    expected = {
        "total-variation": 0.5 * np.abs(kept - lost).sum(),
        "jensen-shannon": np.sqrt(shannon),
        "hellinger": np.sqrt(1 - np.sqrt(kept * lost).sum() - floor),
    }
    found = {measure: drift[measure, name, None]["value"] for measure in expected}
    assert pytest.approx(expected) == found


@pytest.mark.parametrize("name", ["duration", "age"])
def test_kolmogorov_smirnov(drift: Lines, columns: dict[str, np.ndarray], name: str) -> None:
    kept = columns["credit_risk"] == 1
    expected = ks_2samp(columns[name][kept], columns[name][~kept]).statistic
    assert pytest.approx(expected) == drift["ks-distance", name, None]["value"]


def test_no_stability_index_from_300_rows(drift: Lines) -> None:
    """The information value of 0.67 that scorecards print for the account is no index of drift."""
    line = drift["drift-psi", "status", None]
    assert line["value"] is None
    assert "500 rows" in line["undefined"]
