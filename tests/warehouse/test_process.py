"""Statements run in a process of their own, which ends at the deadline whatever it does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from dutybound.terms.table import Limits, Source
from dutybound.warehouse.client import DeadlineError, Engine, EngineFailed, Progress, Worker
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


def test_answers_come_in_the_order_of_the_statements(source: Source) -> None:
    asked = [("one", "SELECT 1"), ("none", "SELECT 1 WHERE false"), ("three", "SELECT 3")]
    with Engine(source, replace(QUICK, deadline=30.0)) as engine:
        engine.open()
        assert [[[1]], [], [[3]]] == list(engine.each(asked))
        assert (3, [[4]]) == (engine.done, engine.run("four", "SELECT 4"))


def test_the_statement_that_fails_is_the_one_that_is_named(source: Source) -> None:
    asked = [("one", "SELECT 1"), ("wrong", "SELECT * FROM nowhere"), ("three", "SELECT 3")]
    with Engine(source, replace(QUICK, deadline=30.0)) as engine:
        engine.open()
        answers = engine.each(asked)
        assert [[1]] == next(answers)
        with pytest.raises(EngineFailed, match="`wrong`: .*nowhere"):
            next(answers)
        with pytest.raises(EngineFailed, match="ended by itself"):
            engine.run("four", "SELECT 4")


@pytest.mark.parametrize("pause", [0.0, 0.5])
def test_who_stops_early_gets_no_answer_to_another_question(source: Source, pause: float) -> None:
    """After the pause the answer to the second statement lies in the pipe already."""
    with Engine(source, replace(QUICK, deadline=30.0)) as engine:
        engine.open()
        answers = engine.each([("one", "SELECT 1"), ("two", "SELECT 2")])
        assert [[1]] == next(answers)
        time.sleep(pause)
        answers.close()  # type: ignore[attr-defined]
        with pytest.raises(EngineFailed, match="ended by itself"):
            engine.run("three", "SELECT 3")


def test_a_worker_that_nobody_used_is_ended() -> None:
    with Worker() as worker:
        pid, scratch = worker.process.pid, Path(worker.scratch.name)
        assert (True, True) == (alive(pid), scratch.is_dir())
    assert (False, False) == (alive(pid), scratch.exists())
    worker.close()


def test_a_worker_made_early_is_the_one_that_is_used(source: Source) -> None:
    with Worker() as worker:
        early = worker.process.pid
        found = profile_table(source, CONFIG, worker=worker)
        assert (False, True) == (alive(early), found.current.rows > 0)


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
