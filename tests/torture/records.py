"""E10: kill -9 at random points of a process that appends decision records and seals them.

Each record that was acknowledged is there once, in a sealed batch or in the journal, and the
sequence numbers have no gap. Batches are read with pyarrow and journals line by line, without the
code that wrote them; `check_batches` comes on top.
"""

from __future__ import annotations

import json
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from zlib import crc32

from dutybound.assess.record_batches import BATCHES, Sealing, append_records, check_batches, seal
from dutybound.store.journal import Journal
from tests.evidence.kit import key_of, trust_in
from tests.torture.crash import Options, Outcome, campaign

LIVES = 500
MEAN_SECONDS = 0.25
THREADS = 4
ROWS = 200
SEALING = Sealing("toy", "1.0", ("DB-LOG-01",), ("acme",), datetime(2026, 11, 25, tzinfo=UTC))


def _record(name: str) -> bytes:
    value = {
        "schema": "dutybound/decision-record/1",
        "id": name,
        "at": "2026-11-24T09:14:05Z",
        "system": "toy",
        "version": "1.0",
        "input": {"sha256": "0" * 64},
        "output": {"decision": "reject"},
    }
    return json.dumps(value).encode()


def _live(folder: Path, life: int, told: int) -> None:
    """Append from several threads, tell what was acknowledged, seal in between, until killed."""
    journal = Journal(folder / "journal", rows=ROWS)

    def write(thread: int) -> None:
        number = 0
        while True:
            names = [f"{life}-{thread}-{number + i}" for i in range(5)]
            number += 5
            first, last = append_records(journal, [_record(n) for n in names], "torture")
            if last - first != len(names) - 1:
                os._exit(3)
            os.write(told, "".join(f"{n}\n" for n in names).encode())

    for thread in range(THREADS):
        Thread(target=write, args=(thread,), daemon=True).start()
    while True:
        time.sleep(0.05)
        list(seal(folder / "journal", folder / "record", SEALING, key_of("alice"), trust_in()))


def _started(folder: Path, life: int, told: Path) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        handle = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        _live(folder, life, handle)
    finally:
        os._exit(4)


def _kept(folder: Path) -> list[tuple[int, str]]:
    """Sequence number and id of every record that is there."""
    import pyarrow.parquet as pq

    found: list[tuple[int, str]] = []
    sealed = {p.name.partition(".")[0] for p in (folder / "record").glob("*.dsse.json")}
    for path in sorted((folder / "record" / BATCHES).glob("*.parquet")):
        if path.stem in sealed:  # without a manifest it is made again from the journal
            table = pq.read_table(path, columns=["sequence", "id"]).to_pydict()
            found += zip(table["sequence"], table["id"], strict=True)
    last = max((n for n, _ in found), default=0)
    for path in sorted((folder / "journal").glob("*.jsonl")):
        for line in path.read_bytes().splitlines(keepends=True):
            check, _, body = line.rstrip(b"\n").partition(b" ")
            if not line.endswith(b"\n") or check != b"%08x" % crc32(body):
                break
            number, _, raw = body.partition(b" ")
            if int(number) > last:  # a sealed part that was not removed yet
                found.append((int(number), json.loads(raw)["id"]))
    return sorted(found)


def _wrong(folder: Path, told: Path) -> list[str]:
    kept = _kept(folder)
    names = [name for _, name in kept]
    acknowledged = told.read_text().splitlines() if told.exists() else []
    if told.exists() and not told.read_text().endswith("\n"):
        acknowledged.pop()
    wrong = []
    if [n for n, _ in kept] != list(range(1, len(kept) + 1)):
        wrong.append("the sequence numbers have a gap")
    if len(set(names)) != len(names):
        wrong.append("a record is there twice")
    lost = set(acknowledged) - set(names)
    if lost:
        wrong.append(f"{len(lost)} acknowledged records are lost, such as {min(lost)}")
    return wrong


def _run(options: Options) -> Outcome:
    outcome = Outcome("records")
    folder = options.work("records")
    (folder / "record").mkdir()
    key_of("alice")  # made once, before the first fork
    told, draw = folder / "told", options.draw("records")
    lives = options.part(LIVES)
    for life in range(lives):
        pid = _started(folder, life, told)
        time.sleep(draw.expovariate(1 / MEAN_SECONDS))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSIGNALED(status):
            outcome.fail(f"life {life}", f"it ended by itself, {status}")
        if life % 20 == 0 or life == lives - 1:
            for what in _wrong(folder, told):
                outcome.fail(f"seed {options.seed}, life {life}", what)
        outcome.progress(life + 1, lives)
        outcome.counts["kills"] += 1
    found = check_batches(folder / "record", trust_in(), "toy")
    for fault in found.faults:
        outcome.fail("check", fault)
    if found.gaps:
        outcome.fail("check", f"{found.gaps} gaps")
    outcome.counts["acknowledged"] = len(told.read_text().splitlines())
    outcome.counts["kept"] = len(_kept(folder))
    outcome.counts["batches"] = found.batches
    return outcome


records = campaign(_run)
