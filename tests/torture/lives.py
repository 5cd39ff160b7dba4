"""Lives of a log for the simulated power cuts: what a process does under strace, one after another.

They say on a pipe: `i` the log is made, `a INDEX SHA256` an entry is acknowledged, `t DIGEST` an
envelope got its receipts, `p SIZE ROOT` a checkpoint is published, `r` the key is changed, `x
DIGEST` an envelope is erased, and `s SITE` before each sync that Python asks for.
"""

from __future__ import annotations

import base64
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import FrameType

from dutybound.assess.log import Log, has_log, init_log, open_log
from dutybound.assess.log_append import append_to, publish_log
from dutybound.assess.log_erase import erase
from dutybound.assess.log_rotate import rotate_key
from dutybound.interchange.dsse import (
    PrivateKey,
    fingerprint,
    new_key,
    public_der,
    sign,
    signer_of,
    write_envelope,
)
from dutybound.store.durable import write_file
from dutybound.store.log_store import Item
from tests.torture.crash import serial_syncs

AT = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = "torture.example"
TRUST = """dutybound: trust/1
organisations:
  - id: own
    name: Torture SE
    relation: own
keys:
  - fingerprint: "{}"
    public_key: "{}"
    person: t.tester
    organisation: own
    role: tester
    valid_from: 2025-01-01
    valid_until: 2027-12-31
"""


class Evidence:
    """Envelopes, the same ones whenever they are asked for."""

    def __init__(self) -> None:
        self.key: PrivateKey = new_key()
        der = public_der(self.key)
        self.keys = {fingerprint(der): der}
        self.trust = TRUST.format(fingerprint(der), base64.b64encode(der).decode()).encode()
        self._made: dict[int, bytes] = {}

    def envelope(self, number: int) -> bytes:
        """One of them."""
        if number not in self._made:
            payload = b'{"number": %d, "filler": "%s"}' % (number, b"x" * 900)
            self._made[number] = write_envelope(sign(payload, self.key))
        return self._made[number]


@dataclass(frozen=True)
class Teller:
    """How a life does things and says what was acknowledged."""

    record: Path
    evidence: Evidence
    out: int

    def say(self, text: str) -> None:
        """One line."""
        os.write(self.out, f"{text}\n".encode())

    def make(self) -> None:
        """The log, unless it is there."""
        if not has_log(self.record):
            with init_log(self.record, ORIGIN, AT):
                self.say("i")
        self.say("i")
        write_file(self.record / "trust.yaml", self.evidence.trust)

    def add(self, log: Log, start: int, end: int) -> None:
        """Entries with these numbers."""
        bodies = [b"entry %d " % i + bytes(i % 97) for i in range(start, end)]
        self._appended(log.store.append([Item(body) for body in bodies]), bodies)

    def sign(self, log: Log, number: int) -> None:
        """An envelope, published at once."""
        (receipt,) = append_to(log, [self.evidence.envelope(number)], keys=self.evidence.keys)
        self._appended([receipt.index], log.store.bodies(receipt.index, receipt.index + 1))
        self.say(f"t {receipt.digest}")
        self.shown(log)

    def _appended(self, indices: list[int], bodies: list[bytes]) -> None:
        for index, body in zip(indices, bodies, strict=True):
            self.say(f"a {index} {sha256(body).hexdigest()}")

    def publish(self, log: Log) -> None:
        """What was appended."""
        publish_log(log)
        self.shown(log)

    def shown(self, log: Log) -> None:
        """The published head."""
        checkpoint = log.store.checkpoints(newest=True)[0]
        root = checkpoint.note.split(b"\n")[2]
        assert len(base64.b64decode(root)) == 32
        self.say(f"p {checkpoint.size} {root.decode()}")

    def rotate(self, log: Log) -> None:
        """Another key."""
        rotate_key(log, AT)
        self.shown(log)
        self.say("r")

    def erase(self, log: Log, number: int) -> None:
        """An envelope goes."""
        digest = sha256(self.evidence.envelope(number)).hexdigest()
        key = signer_of(self.evidence.key)
        erase(log, digest, "torture", key, AT, before_retention=True)
        self.say(f"x {digest}")


Life = Callable[[Teller], None]


def making(teller: Teller) -> None:
    """The log is made, and gets its first entries."""
    teller.make()
    with open_log(teller.record) as log:
        teller.add(log, 0, 2)
        teller.publish(log)
        teller.sign(log, 0)


def growing(start: int, end: int, number: int) -> Life:
    """Many entries at once, and an envelope."""

    def life(teller: Teller) -> None:
        with open_log(teller.record) as log:
            teller.add(log, start, end)
            teller.publish(log)
            teller.sign(log, number)

    return life


def small(number: int) -> Life:
    """An envelope, an entry, another envelope."""

    def life(teller: Teller) -> None:
        with open_log(teller.record) as log:
            teller.sign(log, 2 * number)
            teller.add(log, 1000 + number, 1001 + number)
            teller.sign(log, 2 * number + 1)

    return life


def changing(teller: Teller) -> None:
    """Another key, and an envelope is erased."""
    with open_log(teller.record) as log:
        teller.rotate(log)
        teller.sign(log, 90)
        teller.erase(log, 90)
        teller.publish(log)


def child(life: Life, record: Path, evidence: Evidence, waits: int, out: int) -> None:
    """Live one life as a process of its own, once told to; never returns."""
    code = 1
    try:
        serial_syncs()
        os.read(waits, 1)
        _tell_syncs(out)
        life(Teller(record, evidence, out))
        code = 0
    except BaseException:  # noqa: BLE001  # whatever it is, it is told
        os.write(out, f"e {traceback.format_exc()!r}\n".encode())
    finally:
        os._exit(code)


def _tell_syncs(out: int) -> None:
    """Say before each sync from where in the code it comes."""
    syncs: dict[str, Callable[..., None]] = {"fsync": os.fsync, "sync": os.sync}

    def told(name: str) -> Callable[..., None]:
        def sync(*values: int) -> None:
            os.write(out, f"s {_site(sys._getframe(1))}\n".encode())
            syncs[name](*values)

        return sync

    for name in syncs:
        setattr(os, name, told(name))


def _site(frame: FrameType | None) -> str:
    """The functions on the stack: those of `durable`, and the first one outside it."""
    names = []
    while frame is not None:
        code = frame.f_code
        inside = code.co_filename.endswith("durable.py")
        if "contextlib" not in code.co_filename:
            names.append(code.co_qualname)
            if not inside:
                break
        frame = frame.f_back
    return " < ".join(names)
