"""The signer of checkpoints. It has one rule: it signs nothing but an extension of what it signed.

So it is a witness against the log's own database. It may run in a process of its own, see
`signer_socket`.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dutybound.ledger.checkpoint import Checkpoint, read_body
from dutybound.ledger.encoding import LedgerError, canonical_json
from dutybound.ledger.hashedrekord import ED25519, HashedRekord
from dutybound.ledger.keys import NoteKey, NoteSigner, ed25519_signer
from dutybound.ledger.merkle import EMPTY_ROOT
from dutybound.ledger.note import Note, read_note, sign_note, verify_note
from dutybound.ledger.proofs import verify_consistency
from dutybound.store.durable import make_folder, write_file
from dutybound.store.errors import StoreError

ROTATION: Final = "dutybound/log-key-rotation/1"
_MAX_FILE: Final = 100_000


class SignerRefused(StoreError):
    """The signer does not sign: what it was asked for is no extension of what it signed last."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """A change of keys. record: canonical JSON; signature: Ed25519 by the old key over it."""

    record: bytes
    signature: bytes
    old: NoteKey
    new: NoteKey

    @property
    def entry(self) -> bytes:
        """The log entry: the old key signed the record that names the new one."""
        digest = sha256(self.record).digest()
        return HashedRekord(digest, self.signature, self.old.der, ED25519).entry


class CheckpointSigner(Protocol):
    """What the log asks of its signer, in this process or in another."""

    def active_keys(self) -> tuple[NoteKey, ...]:
        """The keys that sign now: one, or the old and the new while keys change."""
        ...

    def last(self) -> bytes:
        """The checkpoint that was signed last, as a note."""
        ...

    def sign(self, body: bytes, proof: Sequence[bytes]) -> bytes:
        """Sign a head, given the proof that it extends the last one. Returns the note.

        Raises SignerRefused.
        """
        ...

    def begin_rotation(self, at: str) -> Rotation:
        """Make a new key; from now on both sign. Asked again, it returns the same. at: RFC 3339."""
        ...

    def finish_rotation(self) -> None:
        """Drop the old key, once both have signed a checkpoint."""
        ...


class LocalSigner:
    """A signer whose keys and memory lie in a folder that only its owner can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._state = folder / "signer.json"
        self._last = folder / "last-signed"
        self._rotation = folder / "rotation.json"

    @classmethod
    def create(cls, folder: Path, origin: str) -> LocalSigner:
        """Make a key for a new log, and sign its empty tree. Raises StoreError if one is there."""
        make_folder(folder)
        folder.chmod(stat.S_IRWXU)
        signer = cls(folder)
        with signer._held():
            if signer._state.exists():
                raise StoreError(f"{folder}: there is a signer already; its key is not replaced")
            key = signer._new_key(origin)
            note = sign_note(Checkpoint(origin, 0, EMPTY_ROOT).body, [key])
            write_file(signer._last, note, private=True)
            signer._write_state(origin, [key.key.id.hex()])
        return signer

    # ------------------------------------------------------------------ signing
    def active_keys(self) -> tuple[NoteKey, ...]:
        """See CheckpointSigner."""
        return tuple(s.key for s in self._signers())

    def last(self) -> bytes:
        """See CheckpointSigner."""
        return self._read(self._last)

    def sign(self, body: bytes, proof: Sequence[bytes]) -> bytes:
        """See CheckpointSigner."""
        with self._held():
            signers = self._signers()
            held = self._last_head(signers)
            try:
                head = read_body(body)
                if head.origin != held.origin:
                    raise LedgerError(f"the origin is {held.origin}, not {head.origin}")
                verify_consistency(held.size, head.size, proof, held.root, head.root)
            except LedgerError as error:
                raise SignerRefused(
                    f"the signer refuses: {error}. It signed {held.size:,} entries last."
                ) from error
            note = sign_note(body, signers)
            if note != self.last():
                write_file(self._last, note, private=True)
            return note

    def _last_head(self, signers: Sequence[NoteSigner]) -> Checkpoint:
        """The head that was signed last. A memory that was changed by hand is refused."""
        try:
            note = read_note(self.last())
            verify_note(note, [s.key for s in signers])
            return read_body(note.text)
        except LedgerError as error:
            raise SignerRefused(f"{self._last}: the signer's memory is broken: {error}") from error

    # ------------------------------------------------------------------ keys
    def begin_rotation(self, at: str) -> Rotation:
        """See CheckpointSigner."""
        with self._held():
            signers = self._signers()
            if len(signers) == 1:
                new = self._new_key(signers[0].key.name)
                record = canonical_json(
                    {
                        "schema": ROTATION,
                        "origin": new.key.name,
                        "old": signers[0].key.text,
                        "new": new.key.text,
                        "at": at,
                    }
                )
                write_file(self._rotation, record, private=True)
                signers = [signers[0], new]
                self._write_state(new.key.name, [s.key.id.hex() for s in signers])
            record = self._read(self._rotation)
            return Rotation(record, signers[0].sign(record), signers[0].key, signers[1].key)

    def finish_rotation(self) -> None:
        """See CheckpointSigner."""
        with self._held():
            signers = self._signers()
            if len(signers) == 1:
                return
            signed = {v.key for v in verify_note(self._note(), [s.key for s in signers])}
            if signed != {s.key for s in signers}:
                raise SignerRefused("both keys have not signed a checkpoint yet; publish first")
            old, new = signers
            self._write_state(new.key.name, [new.key.id.hex()])
            self._pem(old.key.id.hex()).unlink(missing_ok=True)

    def _note(self) -> Note:
        return read_note(self.last())

    def _new_key(self, name: str) -> NoteSigner:
        private = Ed25519PrivateKey.generate()
        signer = ed25519_signer(name, private)
        pem = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_file(self._pem(signer.key.id.hex()), pem, private=True)
        return signer

    def _pem(self, name: str) -> Path:
        return self.folder / f"{name}.pem"

    def _write_state(self, origin: str, keys: list[str]) -> None:
        raw = canonical_json({"origin": origin, "keys": keys}) + b"\n"
        write_file(self._state, raw, private=True)

    def _signers(self) -> list[NoteSigner]:
        try:
            state = json.loads(self._read(self._state))
            return [self._load(state["origin"], str(name)) for name in state["keys"]]
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{self._state}: this is no state of a signer") from error

    def _load(self, origin: str, name: str) -> NoteSigner:
        path = self._pem(name)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise StoreError(f"{path}: others can read this key. Run `chmod 600` on it.")
        try:
            private = serialization.load_pem_private_key(self._read(path), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise StoreError(f"{path}: this is no private key in PEM") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise StoreError(f"{path}: the key is not one for Ed25519")
        signer = ed25519_signer(origin, private)
        if signer.key.id.hex() != name:
            raise StoreError(f"{path}: the key is another than its name states")
        return signer

    def _read(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                return file.read(_MAX_FILE)
        except OSError as error:
            raise StoreError(f"{path}: it cannot be read: {error.strerror}") from error

    @contextmanager
    def _held(self) -> Iterator[None]:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        handle = os.open(self.folder / "signer.lock", flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
