"""Measures the log: appends, batches with checkpoints, receipts, queues of writers, checks, proofs.

    python benchmarks/ledger.py DIR [--postgres DSN] [--only NAME ...] [--seconds N] [--large N]

DIR: on the disk to be measured; each part makes a folder there and removes it. Prints one line of
JSON for each part. Parts: disk, single, threads, batches, receipt, writers, check, proof.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dutybound.assess.log import init_log
from dutybound.assess.log_append import append_to
from dutybound.interchange.dsse import fingerprint, new_key, public_der, sign, write_envelope
from dutybound.ledger.merkle import leaf_hash, root_of
from dutybound.ledger.proofs import inclusion_proof, root_from
from dutybound.store.fsck import Found
from dutybound.store.fsck_public import check_public
from dutybound.store.fsck_store import check_store
from dutybound.store.log_store import Item, LogStore
from dutybound.store.publisher import Publisher, proofs_from
from dutybound.store.signer import LocalSigner
from dutybound.store.sqlite import SqliteLog

BODY = b"x" * 470  # with a number in front: the length of a hashedrekord
Place = tuple[str, str]


def entries(start: int, end: int) -> list[Item]:
    """Entries of the usual length."""
    return [Item(b"%019d" % i + BODY) for i in range(start, end)]


def opened(place: Place) -> LogStore:
    """A log by its kind and its path or connection string with a schema."""
    kind, where = place
    if kind == "sqlite":
        return SqliteLog(Path(where))
    from dutybound.store.postgres import PostgresLog

    dsn, _, schema = where.rpartition("|")
    return PostgresLog(dsn, schema)


class Bench:
    """The parts, on one database."""

    def __init__(self, top: Path, kind: str, dsn: str | None, seconds: float, large: int) -> None:
        self.checked = min(large, 1_000_000)
        self.top, self.kind, self.dsn = top, kind, dsn
        self.seconds, self.large = seconds, large

    @contextmanager
    def fresh(self) -> Iterator[tuple[Path, Place]]:
        """An empty folder and an empty log."""
        folder = Path(tempfile.mkdtemp(dir=self.top))
        schema = f"bench_{uuid.uuid4().hex[:12]}"
        where = str(folder / "log" / "x.db") if self.kind == "sqlite" else f"{self.dsn}|{schema}"
        try:
            yield folder, (self.kind, where)
        finally:
            shutil.rmtree(folder)
            if self.kind != "sqlite":
                import psycopg

                with psycopg.connect(str(self.dsn), autocommit=True) as connection:
                    connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode())

    def say(self, part: str, **found: Any) -> None:
        """One line, with how busy the machine was."""
        load = round(os.getloadavg()[0], 1)
        print(json.dumps({"part": part, "store": self.kind, **found, "load": load}), flush=True)

    def disk(self) -> None:
        """What the disk gives: durable writes of 4 kB in one file, and new files of 8 kB."""
        with self.fresh() as (folder, _):
            with (folder / "file").open("wb", buffering=0) as file:
                spent = times(300, lambda: (file.write(b"x" * 4096), os.fdatasync(file.fileno())))
            self.say("disk", fdatasync=spread(spent), per_second=round(len(spent) / sum(spent)))

    def single(self) -> None:
        """One thread, one entry at a time, durable before the next."""
        with self.fresh() as (_, place):
            store = opened(place)
            number = iter(range(10**9))
            store.append(entries(0, 1))
            found = for_seconds(
                self.seconds, lambda: store.append([Item(b"%d" % next(number) + BODY)])
            )
            store.close()
        self.say("single", per_second=round(len(found) / sum(found)), call=spread(found))

    def threads(self) -> None:
        """8 and 64 threads, one entry at a time."""
        for count in (8, 64):
            with self.fresh() as (_, place):
                store = opened(place)
                spent: list[float] = []
                end = time.perf_counter() + self.seconds

                def work(
                    n: int, store: LogStore = store, spent: list[float] = spent, end: float = end
                ) -> None:
                    i = 0
                    while time.perf_counter() < end:
                        i += 1
                        spent.append(timed(store.append, [Item(b"%d %d" % (n, i) + BODY)]))

                run_threads(count, work)
                store.close()
            rate = round(len(spent) / self.seconds)
            self.say("threads", threads=count, per_second=rate, call=spread(spent))

    def batches(self) -> None:
        """Batches, each published with a checkpoint; also by the process's own time."""
        for size, count in ((1000, 60), (10_000, 12)):
            with self.fresh() as (folder, place):
                store = opened(place)
                signer = LocalSigner.create(folder / "signer", "log.example")
                publisher = Publisher(store, folder / "public", signer)
                made = [entries(i * size, (i + 1) * size) for i in range(count)]
                cpu = time.process_time()
                spent = [timed(store.append, b) + timed(publisher.publish) for b in made]
                cpu = time.process_time() - cpu
                store.close()
            self.say(
                "batches",
                size=size,
                per_second=round(size * count / sum(spent)),
                per_cpu_second=round(size * count / cpu),
                batch=spread(spent),
            )

    def receipt(self) -> None:
        """One piece of evidence after the other: sign, append, publish, both receipts."""
        key = new_key()
        keys = {fingerprint(public_der(key)): public_der(key)}
        payload = b'{"text":"%s","number":%d}'
        with self.fresh() as (folder, place):
            log = init_log(folder / "record", "log.example", datetime.now(UTC))
            if self.kind != "sqlite":
                log.store.close()
                log.store, log._publisher = opened(place), None
            numbers = iter(range(10**9))

            def one() -> None:
                envelope = sign(payload % (b"x" * 1200, next(numbers)), key)
                append_to(log, [write_envelope(envelope)], keys=keys)

            one()
            cpu = time.process_time()
            spent = times(300, one)
            cpu = time.process_time() - cpu
            log.store.close()
        rate = round(1 / statistics.mean(spent))
        self.say(
            "receipt", per_second=rate, each=spread(spent), cpu_ms_each=round(cpu / 300 * 1000, 2)
        )

    def writers(self) -> None:
        """8 processes that append without a pause: shares, longest wait, one sound tree."""
        with self.fresh() as (_, place):
            opened(place).close()
            context = multiprocessing.get_context("spawn")
            with context.Pool(8) as pool:
                results = pool.starmap(write, [(place, n, self.seconds) for n in range(8)])
            store = opened(place)
            size = store.tree().size
            bodies = [b for i in range(0, size, 1000) for b in store.bodies(i, min(i + 1000, size))]
            indices = sorted(i for _, given in results for i in given)
            self.say(
                "writers",
                seconds=self.seconds,
                per_second=round(size / self.seconds),
                shares=[round(len(given) / size, 3) for _, given in results],
                longest_wait_s=round(max(w for waits, _ in results for w in waits), 3),
                wait=spread([w for waits, _ in results for w in waits]),
                contiguous=indices == list(range(size)),
                root=root_of([leaf_hash(b) for b in bodies]) == store.tree().root(),
            )
            store.close()

    def check(self) -> None:
        """The full check of a million entries: database and public folder."""
        count = self.checked
        with self.fresh() as (folder, place):
            store = opened(place)
            signer = LocalSigner.create(folder / "signer", "log.example")
            for i in range(0, count, 10_000):
                store.append(entries(i, i + 10_000))
            Publisher(store, folder / "public", signer).publish()
            found = Found()
            keys = signer.active_keys()
            cpu = time.process_time()
            rows = timed(check_store, store, keys, [], found)
            files = timed(check_public, folder / "public", keys, [], found)
            cpu = time.process_time() - cpu
            store.close()
        self.say(
            "check",
            entries=count,
            database_s=round(rows, 2),
            public_s=round(files, 2),
            cpu_s=round(cpu, 2),
            faults=len(found.faults),
        )

    def proof(self) -> None:
        """Inclusion proofs from the database of a large log."""
        with self.fresh() as (_, place):
            store = opened(place)
            filling = time.perf_counter()
            for i in range(0, self.large, 10_000):
                store.append([Item(b"%d" % j) for j in range(i, i + 10_000)])
            filling = time.perf_counter() - filling
            step = self.large // 500 + 1
            spent = [
                timed(inclusion_proof, i, self.large, proofs_from(store, self.large))
                for i in range(0, self.large, step)
            ]
            same = root_from(proofs_from(store, self.large), self.large) == store.tree().root()
            store.close()
        self.say(
            "proof",
            entries=self.large,
            proof=spread(spent),
            root=same,
            filled_per_second=round(self.large / filling),
        )


def write(place: Place, number: int, seconds: float) -> tuple[list[float], list[int]]:
    """One of the processes that append."""
    store = opened(place)
    waits, given = [], []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        item = Item(b"%d of %d" % (len(given), number) + BODY)
        begun = time.perf_counter()
        given += store.append([item])
        waits.append(time.perf_counter() - begun)
    store.close()
    return waits, given


def timed(work: Callable[..., object], *given: object) -> float:
    """Seconds that a call takes."""
    begun = time.perf_counter()
    work(*given)
    return time.perf_counter() - begun


def times(count: int, work: Callable[[], object]) -> list[float]:
    """Seconds of each of so many calls."""
    return [timed(work) for _ in range(count)]


def for_seconds(seconds: float, work: Callable[[], object]) -> list[float]:
    """Seconds of each call, for so long."""
    end = time.perf_counter() + seconds
    spent = []
    while time.perf_counter() < end:
        spent.append(timed(work))
    return spent


def run_threads(count: int, work: Callable[[int], None]) -> None:
    """So many threads, until all are done."""
    threads = [threading.Thread(target=work, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def spread(spent: list[float]) -> dict[str, float]:
    """Milliseconds: median, 99th percentile, most."""
    ranked = sorted(spent)
    at99 = ranked[min(len(ranked) - 1, len(ranked) * 99 // 100)]
    return {
        "p50_ms": round(statistics.median(ranked) * 1000, 3),
        "p99_ms": round(at99 * 1000, 3),
        "max_ms": round(ranked[-1] * 1000, 3),
    }


PARTS = ("disk", "single", "threads", "batches", "receipt", "writers", "check", "proof")


def main() -> None:
    """Run the parts on SQLite, and on PostgreSQL if it is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--postgres")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--stores", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--large", type=int, default=10_000_000)
    asked = parser.parse_args()
    for kind in asked.stores:
        if kind == "postgresql" and not asked.postgres:
            print("no --postgres: PostgreSQL is left out", file=sys.stderr)
            continue
        bench = Bench(asked.dir, kind, asked.postgres, asked.seconds, asked.large)
        for part in asked.only:
            if part != "disk" or kind == "sqlite":
                getattr(bench, part)()


if __name__ == "__main__":
    main()
