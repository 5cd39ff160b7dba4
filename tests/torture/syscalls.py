"""E2: a fault at each system call of opening a log, appending, publishing and writing receipts.

strace first counts the calls, then makes one fail in each run: the process is killed on it, or it
gets EIO, or ENOSPC. Then a reader of the public folder must find a whole log, no acknowledged
entry may be lost, and appending and publishing again must end in a log without a fault.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from dutybound.assess.log import init_log, open_log
from dutybound.assess.log_append import append_to, publish_log
from dutybound.assess.log_check import check_log
from dutybound.errors import DutyboundError
from dutybound.interchange.dsse import fingerprint, new_key, public_der, sign, write_envelope
from dutybound.store.log_store import Item
from tests.torture.crash import Options, Outcome, campaign, serial_syncs
from tests.torture.kill9 import log_keys
from tests.torture.reader import Broken, Reader
from tests.torture.rows import contiguous, held, rows

AT = datetime(2026, 1, 1, tzinfo=UTC)
SIZES = (3, 255)  # a partial tile becomes wider; a tile becomes full, and a level begins
FAULTS = ("signal=SIGKILL", "error=EIO", "error=ENOSPC")
NOT_ENDED = 60.0
CALL = re.compile(r"([a-z0-9_]+)\(")
LEFT_ALONE = {"exit_group", "exit"}


@dataclass(frozen=True)
class Work:
    """What is appended: two entries as they are, and an envelope."""

    envelope: bytes
    keys: dict[str, bytes]
    bodies: tuple[bytes, bytes] = (b"first of the two", b"second of the two")

    def do(self, record: Path, out: int) -> None:
        """Append and publish, and say what was acknowledged."""

        def say(indices: list[int], bodies: list[bytes]) -> None:
            for index, body in zip(indices, bodies, strict=True):
                os.write(out, f"a {index} {sha256(body).hexdigest()}\n".encode())

        with open_log(record) as log:
            say(log.store.append([Item(body) for body in self.bodies]), list(self.bodies))
            (receipt,) = append_to(log, [self.envelope], keys=self.keys)
            say([receipt.index], log.store.bodies(receipt.index, receipt.index + 1))
            os.write(out, f"p {receipt.size}\n".encode())


def _work() -> Work:
    key = new_key()
    der = public_der(key)
    return Work(write_envelope(sign(b'{"number": 1}', key)), {fingerprint(der): der})


def _template(record: Path, size: int) -> Path:
    with init_log(record, "torture.example", AT) as log:
        log.store.append([Item(b"entry %d" % i) for i in range(size)])
        publish_log(log)
    return record


class Run:
    """One process under strace."""

    def __init__(self, work: Work, record: Path, options: list[str]) -> None:
        waits, self._go = os.pipe()
        self._told, out = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            self._child(work, record, waits, out)
        os.close(waits)
        os.close(out)
        self._strace = subprocess.Popen(
            ["strace", "-f", *options, "-p", str(self.pid)], stderr=subprocess.PIPE, text=True
        )

    def _child(self, work: Work, record: Path, waits: int, out: int) -> None:
        code = 1
        try:
            os.close(self._go)
            os.close(self._told)
            serial_syncs()
            os.read(waits, 1)
            work.do(record, out)
            code = 0
        except (OSError, DutyboundError):
            code = 3  # it was told what failed, and said so
        except BaseException:  # noqa: BLE001  # whatever it is, it is told
            os.write(out, ("e " + " | ".join(traceback.format_exc().splitlines())).encode())
        finally:
            os._exit(code)

    def end(self) -> tuple[str, str]:
        """How it ended, and what it said."""
        assert self._strace.stderr is not None
        line = self._strace.stderr.readline()
        if "attached" not in line:
            raise SystemExit(f"strace cannot trace a process here: {line}")
        with suppress(BrokenPipeError):  # the fault may be in the call that waits for this
            os.write(self._go, b"!")
        os.close(self._go)
        began, status = time.perf_counter(), 0
        pid = 0
        while not pid:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if not pid:
                time.sleep(0.002)
                if time.perf_counter() - began > NOT_ENDED:
                    os.kill(self.pid, signal.SIGKILL)
        told = b""
        while part := os.read(self._told, 65536):
            told += part
        os.close(self._told)
        self._strace.communicate(timeout=60)
        slow = time.perf_counter() - began > NOT_ENDED
        return "hung" if slow else _ending(status), told.decode()


def _ending(status: int) -> str:
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return f"ended by {name}"
    return {0: "went on", 3: "reported"}.get(os.WEXITSTATUS(status), "another exception")


def _counted(work: Work, record: Path, trace: Path) -> Counter[str]:
    """How often each system call is made."""
    ended, told = Run(work, record, ["-o", str(trace)]).end()
    assert ended == "went on", told
    names = (CALL.search(line) for line in trace.read_text().splitlines())
    return Counter(m[1] for m in names if m and m[1] not in LEFT_ALONE)


class Syscalls:
    """The campaign on one starting size."""

    def __init__(self, options: Options, outcome: Outcome, size: int) -> None:
        self.options, self.outcome, self.size = options, outcome, size
        self.folder = options.work(f"{outcome.name}-{size}")
        self.template = _template(self.folder / "template", size)
        self.keys = log_keys(self.template)
        self.work = _work()

    def run(self) -> None:
        """Every fault at every call, or a share of them."""
        record = shutil.copytree(self.template, self.folder / "counted")
        calls = _counted(self.work, record, self.folder / "trace")
        points = [(n, i + 1, f) for n, many in calls.items() for i in range(many) for f in FAULTS]
        self.outcome.counts[f"system calls from {self.size} entries"] = sum(calls.values())
        draw = self.options.draw(self.outcome.name, self.size)
        drawn = draw.sample(points, self.options.part(len(points)))
        for number, (name, which, fault) in enumerate(drawn):
            self._one(f"{name}-{which}-{fault}".replace("=", "-"), name, which, fault)
            self.outcome.progress(number + 1, len(drawn))

    def _one(self, label: str, name: str, which: int, fault: str) -> None:
        record = self.folder / label
        shutil.copytree(self.template, record)
        inject = ["-o", str(self.folder / "trace"), "-e", f"inject={name}:{fault}:when={which}"]
        ended, told = Run(self.work, record, inject).end()
        self.outcome.counts["faults"] += 1
        self.outcome.counts[f"({ended})"] += 1
        wrong = [f"hung for {NOT_ENDED} s"] if ended == "hung" else []
        wrong += list(self._wrong(record, told))
        for what in wrong:
            self.outcome.fail(f"seed {self.options.seed}, {self.size} entries, {label}", what)
        if not wrong:
            shutil.rmtree(record)

    def _wrong(self, record: Path, told: str) -> Iterator[str]:
        shown = _shown(told)
        reader = Reader(record / "public")
        for again in (False, True):
            try:
                if again:
                    yield from self._again(record)
                note = (record / "public" / "checkpoint").read_bytes()
                shown = max(shown, reader.check(note, self.keys).size)
                if reader.head.size < shown:
                    yield f"{shown} were published, {reader.head.size} are shown"
                with rows(record / "log" / "sequencer.db") as database:
                    yield from contiguous(database)[1]
                    for index, digest in _acknowledged(told):
                        body = held(database, [index]).get(index, b"")
                        if sha256(body).hexdigest() != digest:
                            yield f"the acknowledged entry {index} is lost"
            except Broken as error:
                yield f"the public folder: {error}"
            except (OSError, DutyboundError) as error:
                yield f"{type(error).__name__}: {error}"
        for line in told.splitlines():
            if line.startswith("e "):
                yield line

    def _again(self, record: Path) -> Iterator[str]:
        """Start again, append and publish: the product's own check then finds nothing."""
        reads, writes = os.pipe()
        self.work.do(record, writes)
        os.close(writes)
        with os.fdopen(reads) as told:
            said = told.read()
        if _shown(said) != self.size + 3:
            yield f"after starting again {_shown(said)} entries are published"
        with open_log(record) as log:
            for fault in check_log(log).faults:
                yield f"fsck: {fault.where}: {fault.what}"


def _acknowledged(told: str) -> Iterator[tuple[int, str]]:
    for line in told.splitlines():
        if line.startswith("a "):
            _, index, digest = line.split(" ")
            yield int(index), digest


def _shown(told: str) -> int:
    sizes = [line for line in told.splitlines() if line.startswith("p ")]
    return max((int(line.split(" ")[1]) for line in sizes), default=0)


def _run(options: Options) -> Outcome:
    outcome = Outcome("syscalls")
    for size in SIZES:
        Syscalls(options, outcome, size).run()
    return outcome


syscalls = campaign(_run)
