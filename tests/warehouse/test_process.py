"""Statements run in a process of their own, which ends at the deadline whatever it does."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dutybound.terms.table import Limits, Source
from dutybound.warehouse.client import DeadlineError, Engine, EngineFailed, Progress
from dutybound.warehouse.scan import profile_table
from tests.warehouse.kit import CONFIG, ROWS, write

ENDLESS = "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c"
QUICK = Limits(memory=200, deadline=2.0, threads=1)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return write(tmp_path / "table.parquet", ROWS)


def test_a_statement_past_its_deadline_is_ended(source: Source) -> None:
    with Engine(source, replace(QUICK, deadline=30.0)) as engine:
        engine.open()
        engine.limits = QUICK
        pid = engine.pid
        assert alive(pid)
        with pytest.raises(DeadlineError, match="`endless` ran longer than 2 s and was ended"):
            engine.run("endless", ENDLESS)
        assert not alive(pid)


def test_a_process_that_dies_is_an_error_and_not_a_wait(source: Source) -> None:
    with Engine(source, replace(QUICK, deadline=30.0)) as engine:
        engine.open()
        os.kill(engine.pid, 9)
        with pytest.raises(EngineFailed, match=r"ended by itself \(code -9\)"):
            engine.run("rows", "SELECT 1")


def test_leaving_ends_the_process_and_its_folder(source: Source) -> None:
    with Engine(source, replace(QUICK, deadline=30.0)) as engine:
        engine.open()
        pid, scratch = engine.pid, Path(engine.scratch)
        assert scratch.is_dir()
    assert (False, False) == (alive(pid), scratch.exists())


def test_what_an_engine_refuses_is_said(source: Source) -> None:
    with Engine(source, replace(QUICK, deadline=30.0)) as engine:
        engine.open()
        with pytest.raises(EngineFailed, match="`wrong`: .*nowhere"):
            engine.run("wrong", "SELECT * FROM nowhere")
        assert [[1]] == engine.run("right", "SELECT 1")


def test_no_row_gives_no_column(source: Source) -> None:
    with Engine(source, replace(QUICK, deadline=30.0)) as engine:
        engine.open()
        assert [] == engine.run("none", "SELECT 1 WHERE false")


def test_progress_is_reported(source: Source) -> None:
    seen: list[Progress] = []
    profile_table(source, CONFIG, report=seen.append)
    names = list(dict.fromkeys(p.statement for p in seen))
    assert ["open the table", "row groups", "rows", "rows by window"] == names[:4]
    assert ["sample for the bins", "number income", "category channel"] == names[4:7]
    assert all(0 <= p.done < p.total for p in seen)
    assert seen[-1].done == seen[-1].total - 1


def test_import_is_cheap() -> None:
    """No engine, no pandas and no ibis until a table is opened, in the caller never."""
    code = (
        "import sys, dutybound.warehouse.scan, dutybound.warehouse.profile_file\n"
        "print(sorted({'duckdb','ibis','pandas','pyarrow','pyspark','scipy'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == found.stdout.strip()
