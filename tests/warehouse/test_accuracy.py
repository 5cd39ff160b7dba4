"""From rows to measures: what counts give, beside scipy and scikit-learn on the rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import scipy.stats
import sklearn.metrics

from dutybound.measure.distances import ks, wasserstein_iqr
from dutybound.measure.ranking import auc
from dutybound.packs.measure_config import read_measure_config
from dutybound.terms.measure import Estimate
from dutybound.terms.table import Source
from dutybound.warehouse.columns import pair_numbers
from dutybound.warehouse.profile import Profiles
from dutybound.warehouse.scan import profile_table
from tests.warehouse.test_generate import script

ROWS = 100_000
CONFIG = Path(__file__).resolve().parent.parent.parent / "examples/decision-log/measures.yaml"
NUMBERS = [f.column for f in read_measure_config(CONFIG).features if f.kind == "number"]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Profiles]:
    """The rows, and the profiles of their two windows."""
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    script().write(path, ROWS, 7)
    found = profile_table(Source("duckdb", "parquet", str(path)), read_measure_config(CONFIG))
    return pq.read_table(path), found


def halves(table: Any, name: str) -> tuple[Any, Any]:
    """Finite values of the two windows."""
    values = table[name].to_numpy(zero_copy_only=False).astype(float)
    first, second = values[: ROWS // 2], values[ROWS // 2 :]
    return first[np.isfinite(first)], second[np.isfinite(second)]


@pytest.mark.parametrize("name", NUMBERS)
def test_distances_lie_within_their_own_bounds(log: tuple[Any, Profiles], name: str) -> None:
    table, profiles = log
    assert profiles.reference is not None
    pair = pair_numbers(profiles.reference.numbers[name], profiles.current.numbers[name])
    first, second = halves(table, name)
    assert (first.size, second.size) == (pair.reference.rows.sum(), pair.current.rows.sum())
    found = ks(pair.reference.rows, pair.current.rows, single=pair.single)
    assert isinstance(found, Estimate) and found.bound is not None
    exact = float(scipy.stats.ks_2samp(first, second, method="asymp").statistic)
    assert found.bound[0] - 1e-12 <= exact <= found.bound[1] + 1e-12
    assert exact == pytest.approx(found.value, abs=4e-4)
    assert pair.positions is not None
    then, now = pair.reference.rows, pair.current.rows
    moved = wasserstein_iqr(then, now, pair.positions, edges=pair.edges)
    low, high = np.quantile(first, [0.25, 0.75], method="inverted_cdf")
    distance = float(scipy.stats.wasserstein_distance(first, second) / (high - low))
    assert isinstance(moved, Estimate)
    if moved.bound is not None:
        assert moved.bound[0] - 1e-9 <= distance <= moved.bound[1] + 1e-9


def test_auc_and_brier(log: tuple[Any, Profiles]) -> None:
    """The area of each window to 1e-6; the Brier score to the unit in which scores are summed."""
    table, profiles = log
    label = table["repaid"].to_numpy(zero_copy_only=False).astype(float)
    score = table["score"].to_numpy()
    assert profiles.reference is not None
    for profile, rows in (
        (profiles.reference, slice(0, ROWS // 2)),
        (profiles.current, slice(ROWS // 2, ROWS)),
    ):
        known = ~np.isnan(label[rows])
        y, s = label[rows][known], score[rows][known]
        assert profile.scores is not None
        bins = profile.scores.over("label", "bin")
        found = auc(bins[1], bins[0], single=np.zeros(bins.shape[1], dtype=bool))
        assert isinstance(found, Estimate) and found.bound is not None
        exact = float(sklearn.metrics.roc_auc_score(y, s))
        assert exact == pytest.approx(found.value, abs=2e-6)
        assert found.bound[0] <= exact <= found.bound[1]
        cells = profile.by("sex")
        n = cells.over("label", of="scored").astype(float)
        total, squares = (
            cells.over("label", of=name) * 2.0**-32 for name in ("score", "score_squared")
        )
        brier = (squares[0] + squares[1] - 2 * total[1] + n[1]) / (n[0] + n[1])
        assert sklearn.metrics.brier_score_loss(y, s) == pytest.approx(brier, abs=1e-9)


def test_counts_are_those_of_the_rows(log: tuple[Any, Profiles]) -> None:
    table, profiles = log
    frame = table.slice(ROWS // 2)
    sex, age = frame["sex"].to_pylist(), frame["age"].to_pylist()
    good = [d == "approve" for d in frame["decision"].to_pylist()]
    rows = list(zip(sex, age, good, strict=True))
    for band, low, high in (("under 25", 0, 25), ("45 to 55", 45, 55), ("65 or more", 65, 999)):
        expected = sum(s == "female" and low <= a < high and g for s, a, g in rows)
        cells = profiles.current.by("sex", "age").only("sex", "female").only("age", band)
        assert expected == cells.over("decision")[1]
