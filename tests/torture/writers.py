"""E7: eight writers for ten minutes, as threads and as processes, while the log is published.

Indices are contiguous, each entry lies at the index that its writer was given, the root of the last
checkpoint is that of the entries, and no writer waits over a second. Beside them a probe sleeps and
syncs a file of its own: if the machine holds up the probe, eight turns of that are allowed too.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from dutybound.assess.log import Log, Place, init_log, open_log
from dutybound.assess.log_append import publish_log
from dutybound.store.log_store import Item
from tests.torture.crash import Options, Outcome, campaign
from tests.torture.kill9 import log_keys
from tests.torture.reader import Broken, Reader, read_head, roots_at
from tests.torture.rows import contiguous, heads, rows
from tests.torture.server import postgres

AT = datetime(2026, 1, 1, tzinfo=UTC)
WRITERS = 8
SECONDS = 600
LIMIT = 1.0
UNNOTICED = 0.1


@dataclass(frozen=True)
class Writers:
    """One way to write: a log in `record`, eight threads or eight processes."""

    record: Path
    store: str | None
    threads: bool
    seconds: float

    def entry(self, writer: int, number: int) -> bytes:
        """The entry of a writer with this number, as long as a hashedrekord."""
        return b"%d/%d" % (writer, number) + bytes(489)

    def write(self, writer: int, log: Log) -> None:
        """Append one entry after the other; leave indices and waits in files."""
        indices, waits = array("Q"), array("d")
        ends = time.perf_counter() + self.seconds
        began = time.perf_counter()
        while began < ends:
            indices.extend(log.store.append([Item(self.entry(writer, len(indices)))]))
            ended = time.perf_counter()
            waits.append(ended - began)
            began = ended
        for name, values in (("indices", indices), ("waits", waits)):
            with (self.record.parent / f"{name}-{writer}").open("wb") as file:
                values.tofile(file)

    def start(self) -> list[int]:
        """The processes in which the writers write."""
        if self.threads:
            return [_process(self._as_threads)]
        return [_process(partial(self._alone, writer)) for writer in range(WRITERS)]

    def _alone(self, writer: int) -> None:
        with open_log(self.record, self.store) as log:
            self.write(writer, log)

    def _as_threads(self) -> None:
        with open_log(self.record, self.store) as log:
            threads = [
                threading.Thread(target=self.write, args=(writer, log)) for writer in range(WRITERS)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def left(self, name: str, kind: str) -> list[array[float]]:
        """What the writers left in files."""
        found = []
        for writer in range(WRITERS):
            values: array[float] = array(kind)
            path = self.record.parent / f"{name}-{writer}"
            values.frombytes(path.read_bytes() if path.exists() else b"")
            found.append(values)
        return found


def _process(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def _probe(path: Path, running: list[int], log: Log) -> tuple[float, int]:
    """Publish each second and sync a file in between, until the writers are gone.

    Returns the longest time by which a short sleep and a sync were held up, and how many writers
    ended badly.
    """
    worst, bad, due = 0.0, 0, time.perf_counter() + 1
    with path.open("wb") as file:
        while running:
            began = time.perf_counter()
            time.sleep(0.02)
            file.write(b"x" * 512)
            file.flush()
            os.fsync(file.fileno())
            worst = max(worst, time.perf_counter() - began - 0.02)
            for pid in list(running):
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    running.remove(pid)
                    bad += status != 0
            if time.perf_counter() > due:
                publish_log(log)
                due = time.perf_counter() + 1
    publish_log(log)
    return worst, bad


def _one(options: Options, outcome: Outcome, name: str, store: str | None, threads: bool) -> None:
    record = options.work(f"writers-{name}") / "record"
    init_log(record, "torture.example", AT, Place(store=store)).store.close()
    writers = Writers(record, store, threads, max(3.0, SECONDS * options.share))
    running = writers.start()
    with open_log(record, store) as log:
        worst, bad = _probe(record.parent / "probe", running, log)
    waits = sorted(wait for values in writers.left("waits", "d") for wait in values)
    limit = LIMIT + (WRITERS * worst if worst > UNNOTICED else 0)
    fair = sorted(len(values) for values in writers.left("indices", "Q"))
    outcome.counts[f"{name}: entries"] = len(waits)
    for what, value in (
        ("median wait, us", waits[len(waits) // 2]),
        ("99 % wait, us", waits[len(waits) * 99 // 100]),
        ("longest wait, us", waits[-1]),
        ("longest hold-up of the probe, us", worst),
    ):
        outcome.counts[f"{name}: {what}"] = round(value * 1e6)
    outcome.counts[f"{name}: fewest by a writer"] = fair[0]
    outcome.counts[f"{name}: most by a writer"] = fair[-1]
    where = f"seed {options.seed}, {name}"
    if bad or waits[-1] > limit:
        outcome.fail(where, f"{bad} writers ended badly; longest wait {waits[-1]:.2f} s")
    for what in _wrong(writers):
        outcome.fail(where, what)
    if not outcome.failures:
        shutil.rmtree(record.parent)


def _wrong(writers: Writers) -> Iterator[str]:
    """What does not fit together, found without the code that wrote it."""
    given = {
        index: (writer, number)
        for writer, indices in enumerate(writers.left("indices", "Q"))
        for number, index in enumerate(indices)
    }
    keys = log_keys(writers.record)
    with rows(writers.store or writers.record / "log" / "sequencer.db") as database:
        size, wrong = contiguous(database)
        yield from wrong
        if len(given) != size:
            yield f"{size} entries are there, {len(given)} indices were given"
        found = database.ask("SELECT idx, body FROM entry ORDER BY idx")
        bodies = [bytes(body) for _, body in found]
        shown = [read_head(note, keys) for note in heads(database)]
    misplaced = sum(writers.entry(*given[i]) != body for i, body in enumerate(bodies) if i in given)
    if misplaced:
        yield f"{misplaced} entries lie at another index than their writer was given"
    roots = roots_at(bodies, [head.size for head in shown])
    if any(roots.get(head.size) != head.root for head in shown) or shown[-1].size != size:
        yield "a checkpoint has another root than the entries, or does not cover them"
    try:
        public = writers.record / "public"
        Reader(public).check((public / "checkpoint").read_bytes(), keys)
    except Broken as error:
        yield f"the public folder: {error}"


def _run(options: Options) -> Outcome:
    outcome = Outcome("writers")
    _one(options, outcome, "SQLite, threads", None, True)
    _one(options, outcome, "SQLite, processes", None, False)
    with postgres() as server:
        _one(options, outcome, "PostgreSQL, processes", server.dsn, False)
    return outcome


writers = campaign(_run)
