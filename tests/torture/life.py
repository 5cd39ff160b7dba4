"""The life of a process that appends and publishes, up to its kill.

It says on a pipe what was acknowledged to it: `a INDEX SHA256` for an entry, `p SIZE` for a
published checkpoint, `e TEXT` for an error. A line is written in one piece.
"""

from __future__ import annotations

import os
import random
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from dutybound.assess.log import Log, open_log
from dutybound.assess.log_append import append_to, publish_log
from dutybound.store.log_store import Item

SECONDS = 3.0
MOST_AT_ONCE = 16


@dataclass(frozen=True)
class Plan:
    """What a life does. batches: entries to append, a list for each thread, the first ones again
    from an earlier life; envelopes: appended and published by two threads, so each comes twice."""

    record: Path
    store: str | None
    batches: Sequence[Sequence[Sequence[bytes]]]
    envelopes: Sequence[bytes]
    keys: dict[str, bytes]


def batches(draw: random.Random, life: int, thread: int, count: int) -> list[list[bytes]]:
    """Entries that are like no others, in batches of 1 to 16."""
    made = []
    for number in range(count):
        size = 1 if draw.random() < 0.5 else draw.randint(2, MOST_AT_ONCE)
        made.append(
            [
                b"%d/%d/%d/%d " % (life, thread, number, i) + draw.randbytes(draw.randint(1, 400))
                for i in range(size)
            ]
        )
    return made


class Living:
    """The threads of one process."""

    def __init__(self, plan: Plan, out: int) -> None:
        self.plan, self.out = plan, out
        self.ends = time.perf_counter() + SECONDS

    def live(self) -> None:
        """Append and publish from several threads until killed, or for three seconds."""
        with open_log(self.plan.record, self.plan.store) as shared:
            works = [partial(self.bulk, shared, mine) for mine in self.plan.batches]
            works += [partial(self.opened, self.evidence)] * 2
            works += [partial(self.opened, self.publish)]
            threads = [threading.Thread(target=self.guarded, args=(work,)) for work in works]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def say(self, text: str) -> None:
        """In one piece."""
        os.write(self.out, text.encode())

    def guarded(self, work: Callable[[], None]) -> None:
        """Do work, and tell what it raises."""
        try:
            work()
        except Exception:  # noqa: BLE001  # whatever it is, it is told
            self.say(failure())

    def opened(self, work: Callable[[Log], None]) -> None:
        """Do work on the log, opened for it."""
        with open_log(self.plan.record, self.plan.store) as log:
            work(log)

    def bulk(self, log: Log, mine: Sequence[Sequence[bytes]]) -> None:
        """Entries in batches."""
        for bodies in mine:
            self.say(said(log.store.append([Item(b) for b in bodies]), bodies))

    def evidence(self, log: Log) -> None:
        """Envelopes, each published at once."""
        for raw in self.plan.envelopes:
            (receipt,) = append_to(log, [raw], keys=self.plan.keys)
            (body,) = log.store.bodies(receipt.index, receipt.index + 1)
            self.say(said([receipt.index], [body]) + f"p {receipt.size or 0}\n")

    def publish(self, log: Log) -> None:
        """What was appended, again and again."""
        while time.perf_counter() < self.ends:
            self.say(f"p {publish_log(log).size}\n")
            time.sleep(0.005)


def said(indices: Sequence[int], bodies: Sequence[bytes]) -> str:
    """Lines on acknowledged entries."""
    return "".join(
        f"a {index} {sha256(body).hexdigest()}\n"
        for index, body in zip(indices, bodies, strict=True)
    )


def failure() -> str:
    """A line on what was raised."""
    return "e " + " | ".join(traceback.format_exc().splitlines())[-1500:] + "\n"


def born(plan: Plan) -> tuple[int, int]:
    """Start a life in a process of its own: its id, and the pipe on which it speaks."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writes)
        return pid, reads
    os.close(reads)
    code = 1
    try:
        Living(plan, writes).live()
        code = 0
    except BaseException:  # noqa: BLE001  # whatever it is, it is told
        os.write(writes, failure().encode())
    finally:
        os._exit(code)
