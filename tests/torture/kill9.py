"""E1: kill -9 at random points of a process that appends from several threads and publishes.

After each kill: no acknowledged entry is lost or moved, none is there twice, indices are
contiguous, and a reader of the public folder finds a whole log that is no older than before. At the
end every checkpoint that was ever seen is a prefix of the log. For PostgreSQL the server is killed
too, each tenth time. All of that is checked without the code that wrote it; `log fsck` comes last.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from dutybound.assess.log import Place, init_log, open_log
from dutybound.assess.log_check import check_log
from dutybound.interchange.dsse import (
    fingerprint,
    new_key,
    public_der,
    sign,
    write_envelope,
)
from tests.torture.crash import Options, Outcome, campaign
from tests.torture.life import SECONDS, Plan, batches, born
from tests.torture.reader import Broken, Head, Reader, read_head, roots_at
from tests.torture.rows import Rows, contiguous, heads, held, rows
from tests.torture.server import Server, postgres

LIVES = 1000
MEAN_SECONDS = 0.15
AGAIN = 3
SERVER_EACH = 10
FSCK_EACH = 200
AT = datetime(2026, 1, 1, tzinfo=UTC)


def log_keys(record: Path) -> list[str]:
    """The verifier keys of a log, from its public folder."""
    history = json.loads((record / "public" / "keys.history").read_text())
    return [str(row["key"]) for row in history["keys"]]


@dataclass
class Seen:
    """What was told and seen over all lives."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    heads: dict[int, bytes] = field(default_factory=dict)
    published: int = 0

    def head(self, head: Head) -> str | None:
        """Note a head; what is wrong if another one of this size was seen before."""
        if self.heads.setdefault(head.size, head.root) != head.root:
            return f"two checkpoints of size {head.size}"
        return None


class Kill9:
    """One campaign on one log."""

    def __init__(self, options: Options, outcome: Outcome, server: Server | None) -> None:
        self.options, self.outcome, self.server = options, outcome, server
        self.record = options.work(outcome.name) / "record"
        self.store = None if server is None else server.dsn
        init_log(self.record, "torture.example", AT, Place(store=self.store)).store.close()
        self.log_keys = log_keys(self.record)
        self.reader = Reader(self.record / "public")
        self.seen = Seen()
        self.key = new_key()
        self.der = public_der(self.key)
        self.before: list[list[list[bytes]]] = [[], []]
        self.envelopes: list[bytes] = []

    def run(self, lives: int) -> None:
        """All lives, and the last check."""
        for life in range(lives):
            draw = self.options.draw(self.outcome.name, life)
            told = self._one(life, draw)
            if self.server is not None and life % SERVER_EACH == SERVER_EACH - 1:
                self.server.kill()
                self.server.start()
                self.outcome.counts["kills of the server"] += 1
            self._check(life, told)
            self.outcome.counts["kills"] += 1
            self.outcome.progress(life + 1, lives)
            if life % FSCK_EACH == FSCK_EACH - 1:
                self._fsck(life)
            if self.outcome.failures:
                return
        self._fsck(lives)
        self._whole()

    def _plan(self, life: int, draw: random.Random) -> Plan:
        fresh = [batches(draw, life, thread, 60) for thread in range(2)]
        again = [mine[:AGAIN] for mine in self.before]
        self.before = fresh
        envelopes = self.envelopes[:2] + [
            write_envelope(sign(b'{"number": "%d/%d"}' % (life, n), self.key)) for n in range(20)
        ]
        self.envelopes = envelopes[2:] if self.envelopes else envelopes
        keys = {fingerprint(self.der): self.der}
        return Plan(
            self.record,
            self.store,
            [old + new for old, new in zip(again, fresh, strict=True)],
            envelopes,
            keys,
        )

    def _one(self, life: int, draw: random.Random) -> list[str]:
        """One life up to its kill; what it said."""
        pid, pipe = born(self._plan(life, draw))
        # Most are killed while they work, some while they start.
        working, raw = draw.random() < 0.7, b""
        if working and select.select([pipe], [], [], SECONDS)[0]:
            raw = os.read(pipe, 65536)
        ends = time.perf_counter() + draw.expovariate(1 / MEAN_SECONDS)
        while (left := ends - time.perf_counter()) > 0:
            if select.select([pipe], [], [], left)[0]:
                part = os.read(pipe, 65536)
                raw += part
                if not part:
                    break
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        while part := os.read(pipe, 65536):
            raw += part
        os.close(pipe)
        return raw.decode().splitlines()

    # ------------------------------------------------------------------ checks
    def _fail(self, life: int, what: str) -> None:
        self.outcome.fail(f"seed {self.options.seed}, life {life}", what)

    def _check(self, life: int, told: list[str]) -> None:
        new: dict[int, str] = {}
        for line in told:
            kind, _, rest = line.partition(" ")
            if kind == "e":
                self._fail(life, rest)
            elif kind == "p":
                self.seen.published = max(self.seen.published, int(rest))
            else:
                index, digest = rest.split(" ")
                new[int(index)] = digest
                if self.seen.acknowledged.setdefault(digest, int(index)) != int(index):
                    self._fail(life, f"entry {digest} got {index}, and another index before")
        with rows(self._place()) as database:
            self._entries(life, database, new)
        self._public(life)

    def _entries(self, life: int, database: Rows, new: dict[int, str]) -> None:
        size, wrong = contiguous(database)
        found = held(database, sorted(new))
        lost = [i for i, d in new.items() if sha256(found.get(i, b"")).hexdigest() != d]
        if lost:
            wrong.append(f"{len(lost)} acknowledged entries are lost, such as {lost[0]}")
        for what in wrong:
            self._fail(life, what)
        self.outcome.counts["acknowledged entries"] = len(self.seen.acknowledged)
        self.outcome.counts["entries"] = size

    def _public(self, life: int) -> None:
        try:
            note = (self.record / "public" / "checkpoint").read_bytes()
            head = self.reader.check(note, self.log_keys)
        except Broken as error:
            self._fail(life, f"the public folder: {error}")
            return
        if head.size < self.seen.published:
            self._fail(life, f"{self.seen.published} were published, {head.size} are shown")
        forked = self.seen.head(head)
        if forked:
            self._fail(life, forked)

    def _place(self) -> Path | str:
        return self.store or self.record / "log" / "sequencer.db"

    def _fsck(self, life: int) -> None:
        """The product's own check, after it has published once more."""
        with open_log(self.record, self.store) as log:
            log.publish()
            for fault in check_log(log).faults:
                self._fail(life, f"fsck: {fault.where}: {fault.what}")

    def _whole(self) -> None:
        """The whole log again, and each head that was seen or kept."""
        with rows(self._place()) as database:
            for note in heads(database):
                forked = self.seen.head(read_head(note, self.log_keys))
                if forked:
                    self._fail(-1, forked)
            bodies = (bytes(b) for _, b in database.ask("SELECT idx, body FROM entry ORDER BY idx"))
            roots = roots_at(bodies, self.seen.heads)
            indices = sorted(self.seen.acknowledged.values())
            found = held(database, indices)
        for size, root in self.seen.heads.items():
            if roots.get(size) != root:
                self._fail(-1, f"the checkpoint of {size} is no prefix of the log")
        for digest, index in self.seen.acknowledged.items():
            if sha256(found.get(index, b"")).hexdigest() != digest:
                self._fail(-1, f"the acknowledged entry {index} is lost")
        self.outcome.counts["checkpoints, all prefixes"] = len(self.seen.heads)


def _run(options: Options, name: str, server: Server | None) -> Outcome:
    outcome = Outcome(name)
    Kill9(options, outcome, server).run(options.part(LIVES))
    return outcome


def _sqlite(options: Options) -> Outcome:
    return _run(options, "kill9-sqlite", None)


def _postgresql(options: Options) -> Outcome:
    with postgres() as server:
        return _run(options, "kill9-postgresql", server)


kill9_sqlite = campaign(_sqlite)
kill9_postgresql = campaign(_postgresql)
