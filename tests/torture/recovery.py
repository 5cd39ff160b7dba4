"""What must hold when a log starts again after a power cut."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from dutybound.assess.log import Log, has_log, init_log, open_log
from dutybound.assess.log_append import append_to, publish_log
from dutybound.assess.log_check import check_log
from dutybound.assess.log_rotate import rotate_key
from dutybound.errors import DutyboundError
from dutybound.store.log_store import Item
from tests.torture.kill9 import log_keys
from tests.torture.lives import AT, ORIGIN, Evidence
from tests.torture.reader import Broken, Reader, read_head, roots_at
from tests.torture.rows import contiguous, held, rows


@dataclass
class Claims:
    """What was acknowledged before the power went."""

    made: bool = False
    entries: dict[str, int] = field(default_factory=dict)
    heads: dict[int, bytes] = field(default_factory=dict)
    receipts: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)

    def hear(self, text: str) -> None:
        """A line of a life, see `lives`."""
        kind, *values = text.split()
        if kind == "i":
            self.made = True
        elif kind == "a":
            index, digest = int(values[0]), values[1]
            assert self.entries.setdefault(digest, index) == index, "an index has changed"
        elif kind == "p":
            root = base64.b64decode(values[1])
            assert self.heads.setdefault(int(values[0]), root) == root, "two heads of a size"
        elif kind == "t":
            self.receipts.add(values[0])
        elif kind == "x":
            self.erased.add(values[0])


def wrong_after(record: Path, claims: Claims, evidence: Evidence) -> list[str]:
    """Everything that is lost or broken in a state."""
    try:
        return list(_wrong(record, claims, evidence))
    except Broken as error:
        return [f"the public folder: {error}"]
    except (OSError, DutyboundError, sqlite3.Error, ValueError) as error:
        return [f"{type(error).__name__}: {error}"]


def _wrong(record: Path, claims: Claims, evidence: Evidence) -> Iterator[str]:
    reader = Reader(record / "public")
    if claims.made or (record / "public" / "checkpoint").exists():
        yield from _shown(record, reader, claims)
    if claims.made and not has_log(record):
        yield "the log is gone"
        return
    yield from _envelopes(record, claims)
    if claims.heads:
        last = read_head((record / "log" / "signer" / "last-signed").read_bytes(), log_keys(record))
        if last.size < max(claims.heads):
            yield f"the signer remembers {last.size}, and has signed {max(claims.heads)}"
    log = open_log(record) if has_log(record) else init_log(record, ORIGIN, AT)
    with log:
        with rows(record / "log" / "sequencer.db") as database:
            size, wrong = contiguous(database)
            yield from wrong
            found = held(database, list(claims.entries.values()))
        for digest, index in claims.entries.items():
            if sha256(found.get(index, b"")).hexdigest() != digest:
                yield f"the acknowledged entry {index} is lost"
        yield from _goes_on(log, size, evidence)
        yield from _prefixes(log, claims)
    yield from _shown(record, reader, claims)


def _envelopes(record: Path, claims: Claims) -> Iterator[str]:
    """Receipts are whole, and what was erased is gone."""
    for digest in claims.erased:
        bundle = record / "receipts" / f"{digest}.sigstore.json"
        if bundle.exists() or (record / "objects" / "sha256" / digest[:2] / digest[2:]).exists():
            yield "an erased envelope is there again"
    for digest in claims.receipts - claims.erased:
        proof = (record / "receipts" / f"{digest}.tlog-proof").read_bytes()
        if not proof.startswith(b"c2sp.org/tlog-proof@v1\n") or not proof.endswith(b"=\n"):
            yield "a receipt is not whole"
        if record.joinpath("log", "erased", digest).exists():
            continue  # its erasure was begun
        json.loads((record / "receipts" / f"{digest}.sigstore.json").read_bytes())


def _shown(record: Path, reader: Reader, claims: Claims) -> Iterator[str]:
    note = (record / "public" / "checkpoint").read_bytes()
    head = reader.check(note, log_keys(record))
    json.loads((record / "public" / "trusted_root.json").read_bytes())
    newest = max(claims.heads, default=0)
    if head.size < newest:
        yield f"{newest} were published, {head.size} are shown"


def _goes_on(log: Log, size: int, evidence: Evidence) -> Iterator[str]:
    """Finish what was begun, append, publish, check."""
    if len(log.signer.active_keys()) > 1:
        rotate_key(log, AT)
        size = log.store.tree().size
    if log.store.append([Item(b"after the power cut")]) != [size]:
        yield "the next entry did not get the next index"
    append_to(log, [evidence.envelope(0)], keys=evidence.keys)
    publish_log(log)
    for fault in check_log(log).faults:
        yield f"fsck: {fault.where}: {fault.what}"


def _prefixes(log: Log, claims: Claims) -> Iterator[str]:
    size = log.store.tree().size
    roots = roots_at(log.store.bodies(0, size), claims.heads)
    for head, root in claims.heads.items():
        if roots.get(head) != root:
            yield f"the published checkpoint of {head} is no prefix of the log"
