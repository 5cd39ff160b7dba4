"""The made-up log holds what its page says it holds."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROWS = 200_000


def script() -> ModuleType:
    path = ROOT / "examples/decision-log/generate.py"
    spec = importlib.util.spec_from_file_location("generate_decision_log", path)
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """The two windows as tables."""
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    script().write(path, ROWS, 7)
    table = pq.read_table(path)
    return table.slice(0, ROWS // 2), table.slice(ROWS // 2)


def share(column: Any, value: Any) -> float:
    return float(np.mean([v == value for v in column.to_pylist()]))


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    generate = script()
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        generate.write(tmp_path / name, 3000, seed)
    one, two, other = ((tmp_path / n).read_bytes() for n in "abc")
    assert one == two
    assert one != other


def test_files_hold_the_same_rows(tmp_path: Path) -> None:
    generate = script()
    generate.write(tmp_path / "one.parquet", 300_000, 7)
    generate.write(tmp_path / "many", 300_000, 7, files=3)
    assert 3 == len(list((tmp_path / "many").glob("*.parquet")))
    assert pq.read_table(tmp_path / "one.parquet").equals(pq.read_table(tmp_path / "many"))


def test_shape(log: tuple[Any, Any]) -> None:
    first, second = log
    assert (ROWS // 2, ROWS // 2) == (first.num_rows, second.num_rows)
    assert 12 + 8 + 3 + 4 + 3 == len(first.column_names)
    assert ROWS == len(set(first["id"].to_pylist()) | set(second["id"].to_pylist()))
    switch = np.datetime64("2026-04-01T00:00:00")
    assert first["decided_at"].to_numpy().max() < switch <= second["decided_at"].to_numpy().min()


def test_drift_has_the_size_that_is_stated(log: tuple[Any, Any]) -> None:
    """Four standard errors or more of room in each."""
    first, second = log
    medians = [np.median(t["income"].to_numpy()) for t in log]
    assert 1.04 == pytest.approx(medians[1] / medians[0], abs=0.015)
    assert [0.30, 0.22] == pytest.approx([share(t["revolving_util"], 0.0) for t in log], abs=0.006)
    assert [0.08, 0.14] == pytest.approx(
        [t["bureau_score"].null_count / t.num_rows for t in log], abs=0.005
    )
    assert [1.0, 1.3] == pytest.approx(
        [float(np.mean(t["inquiries_6m"].to_numpy())) for t in log], abs=0.02
    )
    assert [0.0, 0.02] == pytest.approx([share(t["channel"], "kiosk") for t in log], abs=0.002)
    moved = share(first["channel"], "branch") - share(second["channel"], "branch")
    assert 0.30 - 0.20 * 0.98 == pytest.approx(moved, abs=0.01)


def test_labels_are_missing_and_calibrated_then_not(log: tuple[Any, Any]) -> None:
    """In the reference window the mean score is the share of those who repaid."""
    gaps = []
    for table in log:
        label = table["repaid"].to_numpy(zero_copy_only=False).astype(float)
        known = ~np.isnan(label)
        assert 0.70 == pytest.approx(known.mean(), abs=0.006)
        gaps.append(float((table["score"].to_numpy()[known] - label[known]).mean()))
    assert 0.0 == pytest.approx(gaps[0], abs=0.008)
    assert 0.02 < gaps[1] < 0.05


def test_bias_is_in_one_intersection(log: tuple[Any, Any]) -> None:
    """Women of 65 or more lose 30 % of their approvals; nobody else loses one."""
    table = log[0]
    score, age = table["score"].to_numpy(), table["age"].to_numpy()
    sex = np.array([s or "" for s in table["sex"].to_pylist()])
    approved = np.array([d == "approve" for d in table["decision"].to_pylist()])
    able = score >= 0.5
    target = (sex == "female") & (age >= 65)
    assert bool((approved[able & ~target]).all())
    kept = float(approved[able & target].mean())
    assert 0.70 == pytest.approx(kept, abs=4 * (0.21 / (able & target).sum()) ** 0.5)
