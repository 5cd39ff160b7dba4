"""The log's part of an audit pack: checkpoint, keys, receipts, and proofs between checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization

from dutybound.assess.log_append import SIGSTORE
from dutybound.errors import BadInput
from dutybound.ledger.checkpoint import Checkpoint, read_body
from dutybound.ledger.encoding import LedgerError, encode
from dutybound.ledger.keys import NoteKey
from dutybound.ledger.note import read_note
from dutybound.ledger.proofs import consistency_proof, root_from
from dutybound.ledger.tiles import Tile, TileHashes
from dutybound.ledger.tlog_proof import read_receipt
from dutybound.store.history import HISTORY, read_history
from dutybound.store.receipts import SUFFIX

_COPIED: Final = (HISTORY, "witness-policy", "trusted_root.json")
_MAX: Final = 2_000_000
_DAY: Final = len("YYYY-MM-DD")


@dataclass(frozen=True, slots=True)
class LogPart:
    """The files of `receipts/` and `log/`. since: the day on which the log began."""

    key: NoteKey
    since: str
    files: dict[str, bytes | Path]


def log_part(record: Path, digests: Sequence[str], earlier: bytes | None) -> LogPart | None:
    """What comes from the log; None if the record has no published one.

    digests: of the statements in the pack. earlier: a checkpoint that the auditor kept; the pack
    then holds the proof that the log only grew since. Raises BadInput if it did not.
    """
    public = record / "public"
    if not (public / "checkpoint").is_file():
        if earlier is not None:
            raise BadInput.one(str(record), "There is no published log that could extend it.")
        return None
    files: dict[str, bytes | Path] = {"log/checkpoint": _read(public / "checkpoint")}
    for name in _COPIED:
        if (public / name).is_file():
            files[f"log/{name}"] = _read(public / name)
    history = read_history(public / HISTORY)
    key = history.keys[-1]
    files["log/log.vkey"] = f"{key.text}\n".encode()
    files["log/log.pem"] = pem_of(key.der)
    notes = [] if earlier is None else [earlier]
    for digest in digests:
        for suffix in (SUFFIX, SIGSTORE):
            path = record / "receipts" / f"{digest}{suffix}"
            if path.is_file():
                files[f"receipts/{path.name}"] = _read(path)
        receipt = files.get(f"receipts/{digest}{SUFFIX}")
        if isinstance(receipt, bytes):
            notes.append(read_receipt(receipt).note.raw)
    files |= _links(public, _read(public / "checkpoint"), notes)
    return LogPart(key, history.since[:_DAY], files)


def _links(public: Path, newest: bytes, notes: Sequence[bytes]) -> dict[str, bytes | Path]:
    """The other checkpoints, and the proof that the newest extends each of them."""
    head = read_body(read_note(newest).text)
    hashes = TileHashes(head.size, lambda tile: _tile(public, tile))
    files: dict[str, bytes | Path] = {}
    for raw in notes:
        try:
            old = read_body(read_note(raw).text)
        except LedgerError as error:
            raise BadInput.one("checkpoint", f"It is not read: {error}.") from error
        _extends(old, head, hashes)
        if old.size == head.size:
            continue
        files[f"log/checkpoints/{old.size}"] = raw
        proof = consistency_proof(old.size, head.size, hashes)
        text = "".join(f"{encode(h)}\n" for h in proof)
        files[f"log/consistency/{old.size}-{head.size}"] = text.encode()
    return files


def _extends(old: Checkpoint, head: Checkpoint, hashes: TileHashes) -> None:
    grew = old.origin == head.origin and old.size <= head.size
    if not grew or root_from(hashes, old.size) != old.root:
        raise BadInput.one(
            "checkpoint",
            f"The log does not extend the checkpoint of size {old.size}. It was rolled back or"
            " rewritten, or this is another log. Keep both and ask the operator.",
        )


def _tile(public: Path, tile: Tile) -> bytes:
    path = public / tile.path
    return _read(path if path.is_file() else public / tile.full.path)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX)
    except OSError as error:
        raise BadInput.one(str(path), f"It cannot be read: {error.strerror}.") from error


def pem_of(der: bytes) -> bytes:
    """A public key in DER as PEM."""
    return serialization.load_der_public_key(der).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
