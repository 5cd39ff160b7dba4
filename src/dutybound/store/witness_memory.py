"""A witness without a server: it reads the public folder of a log, and remembers what it saw.

An auditor runs it on a machine of their own. It refuses what does not extend the checkpoint it
remembers, and it may sign what does.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dutybound.ledger.checkpoint import Checkpoint, read_body
from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.keys import NoteKey, NoteSigner, read_key
from dutybound.ledger.note import MAX_NOTE, Note, read_note, verify_note
from dutybound.ledger.proofs import consistency_proof
from dutybound.ledger.tiles import FULL_BYTES, Tile, TileHashes
from dutybound.ledger.witnessing import Refusal, Request, cosign, decide, signed_head
from dutybound.store.durable import make_folder, write_file
from dutybound.store.errors import StoreError
from dutybound.store.publisher import CHECKPOINT

SCHEMA: Final = "dutybound/witness-memory/1"
_MAX_MEMORY: Final = 64_000_000
_MAX_CONTRADICTIONS: Final = 100


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a witness knows of one log. contradictions: signed checkpoints that it refused."""

    keys: tuple[NoteKey, ...]
    note: Note | None = None
    contradictions: tuple[str, ...] = ()

    @property
    def head(self) -> Checkpoint | None:
        """The head that was seen last."""
        return None if self.note is None else read_body(self.note.text)


@dataclass(frozen=True, slots=True)
class Look:
    """A checkpoint that was accepted. before: the size seen until then, None the first time.

    line: the cosignature, if the witness has a key.
    """

    head: Checkpoint
    before: int | None
    line: str = ""


class WitnessMemory:
    """The file in which a witness remembers the last checkpoint of each log."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def look(
        self,
        public: Path,
        keys: Sequence[NoteKey] = (),
        signer: NoteSigner | None = None,
        time: int = 0,
        checkpoint: Path | None = None,
    ) -> Look:
        """Check the newest checkpoint of a public folder, and remember it.

        keys: of the log; asked for the first time, later those in the memory count too. signer: a
        key of the witness; time: POSIX seconds for its cosignature. checkpoint: where it is, if it
        is not the published one.

        Raises Refusal if the checkpoint is not signed, goes back or is of another history; what was
        refused is kept in the memory, because it is proof against the log. Raises StoreError if
        the folder or the memory cannot be read.
        """
        shown = checkpoint or public / CHECKPOINT
        raw = _read(shown, MAX_NOTE)
        try:
            note = read_note(raw)
            origin = read_body(note.text).origin
        except LedgerError as error:
            raise StoreError(f"{shown}: this is no checkpoint: {error}") from error
        with self._held():
            logs = self._load()
            known = logs.get(origin, Remembered(()))
            trusted = tuple(dict.fromkeys((*known.keys, *keys)))
            try:
                head = self._decide(public, note, known.head, trusted)
            except Refusal as refusal:
                self._keep_contradiction(logs, origin, known, note, refusal)
                raise
            line = "" if signer is None else cosign(note, signer, time).line
            own = tuple(k for k in trusted if k.name == origin)
            logs[origin] = Remembered(own, note, known.contradictions)
            self._save(logs)
        return Look(head, known.head.size if known.head else None, line)

    def logs(self) -> dict[str, Remembered]:
        """What is remembered, by origin. Raises StoreError."""
        return self._load()

    def _decide(
        self, public: Path, note: Note, known: Checkpoint | None, keys: Sequence[NoteKey]
    ) -> Checkpoint:
        head = signed_head(note, keys)
        proof: list[bytes] = []
        if known is not None and known.size <= head.size:
            hashes = TileHashes(head.size, lambda tile: _tile(public, tile))
            try:
                proof = consistency_proof(known.size, head.size, hashes)
            except LedgerError as error:
                raise StoreError(f"{public}: the tiles are broken: {error}") from error
        old = 0 if known is None else min(known.size, head.size)
        return decide(Request(old, tuple(proof), note), known, keys)

    def _keep_contradiction(
        self,
        logs: dict[str, Remembered],
        origin: str,
        known: Remembered,
        note: Note,
        refusal: Refusal,
    ) -> None:
        """Keep a refused checkpoint that the log did sign: next to the one remembered it proves."""
        text = note.raw.decode()
        signed = refusal.contradiction and known.note is not None
        if not signed or text in known.contradictions:
            return
        kept = (*known.contradictions, text)[:_MAX_CONTRADICTIONS]
        logs[origin] = Remembered(known.keys, known.note, kept)
        self._save(logs)

    def _load(self) -> dict[str, Remembered]:
        if not self.path.exists():
            return {}
        try:
            value = json.loads(_read(self.path, _MAX_MEMORY))
            if set(value) != {"schema", "logs"} or value["schema"] != SCHEMA:
                raise ValueError
            return {str(origin): _remembered(one) for origin, one in value["logs"].items()}
        except (ValueError, TypeError, KeyError, AttributeError, LedgerError) as error:
            raise StoreError(
                f"{self.path}: this is no memory of a witness, or it was changed. Restore it; do"
                " not begin anew, for then a log that went back would not be seen."
            ) from error

    def _save(self, logs: dict[str, Remembered]) -> None:
        value = {
            "schema": SCHEMA,
            "logs": {
                origin: {
                    "keys": [key.text for key in one.keys],
                    "checkpoint": None if one.note is None else one.note.raw.decode(),
                    "contradictions": list(one.contradictions),
                }
                for origin, one in sorted(logs.items())
            },
        }
        raw = json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"
        write_file(self.path, raw, private=True)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """One look at a time: comparing and remembering must not be torn apart."""
        make_folder(self.path.absolute().parent)
        lock = self.path.with_name(f"{self.path.name}.lock")
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _remembered(one: dict[str, Any]) -> Remembered:
    keys = tuple(read_key(text) for text in one["keys"])
    note = None if one["checkpoint"] is None else read_note(one["checkpoint"].encode())
    if note is not None:
        read_body(note.text)
        verify_note(note, keys)
    return Remembered(keys, note, tuple(str(text) for text in one["contradictions"]))


def _tile(public: Path, tile: Tile) -> bytes:
    """A tile; where a partial one is gone, the full one in its stead."""
    for path in (public / tile.path, public / tile.full.path):
        if path.is_file():
            return _read(path, FULL_BYTES + 1)
    raise LedgerError(f"{tile.path} is missing")


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except OSError as error:
        raise StoreError(f"{path}: it cannot be read: {error.strerror}") from error
    if len(raw) > most:
        raise StoreError(f"{path}: it has more than {most:,} bytes")
    return raw
