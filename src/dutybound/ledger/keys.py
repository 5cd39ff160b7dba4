"""Keys of signed notes: their ids, their spelling, signing and checking.

Type 0x01 is Ed25519 over the text (C2SP signed-note), 0x04 an Ed25519 cosignature with a time,
0x06 an ML-DSA-44 cosignature (C2SP tlog-cosignature).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dutybound.ledger.checkpoint import valid_name
from dutybound.ledger.cosignature import TIME_BYTES, ed25519_message, ml_dsa_message, split
from dutybound.ledger.encoding import LedgerError, decode, encode

ID_BYTES: Final = 4
_HEX_ID: Final = re.compile(r"[0-9a-f]{8}\Z")
_ED25519_SPKI: Final = bytes.fromhex("302a300506032b6570032100")


class KeyType(IntEnum):
    """How a key signs a note."""

    ED25519 = 0x01
    COSIGNATURE = 0x04
    ML_DSA_44 = 0x06


PUBLIC_BYTES: Final = {KeyType.ED25519: 32, KeyType.COSIGNATURE: 32, KeyType.ML_DSA_44: 1312}
SIGNATURE_BYTES: Final = {KeyType.ED25519: 64, KeyType.COSIGNATURE: 72, KeyType.ML_DSA_44: 2428}


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key that may sign notes under a name."""

    name: str
    type: KeyType
    public: bytes

    def __post_init__(self) -> None:
        if not valid_name(self.name):
            raise LedgerError("the name of a key is empty or holds a space or a plus sign")
        if len(self.public) != PUBLIC_BYTES[self.type]:
            raise LedgerError(f"a key of type {self.type:#04x} has another length")

    @property
    def log_id(self) -> bytes:
        """SHA-256 over name, type and key; Sigstore's name for a log, of which `id` is the head."""
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()

    @property
    def id(self) -> bytes:
        """The four bytes that lead its signatures."""
        return self.log_id[:ID_BYTES]

    @property
    def text(self) -> str:
        """The note verifier key: name, id in hex, type and key in base64, joined by `+`."""
        return f"{self.name}+{self.id.hex()}+{encode(bytes([self.type]) + self.public)}"

    @property
    def der(self) -> bytes:
        """An Ed25519 key as SubjectPublicKeyInfo (RFC 8410). Raises LedgerError for others."""
        if self.type is KeyType.ML_DSA_44:
            raise LedgerError("only Ed25519 keys are written in this form")
        return _ED25519_SPKI + self.public

    def verify(self, text: bytes, signature: bytes) -> int | None:
        """Check a signature over a note's text.

        Returns the time in it (POSIX seconds), None if its type has none. Raises LedgerError.
        """
        if len(signature) != SIGNATURE_BYTES[self.type]:
            raise LedgerError(f"the signature by {self.name} has another length")
        try:
            if self.type is KeyType.ED25519:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
                return None
            time, proper = split(signature)
            if self.type is KeyType.COSIGNATURE:
                message = ed25519_message(text, time)
                Ed25519PublicKey.from_public_bytes(self.public).verify(proper, message)
            else:
                _ml_dsa_public(self.public).verify(proper, ml_dsa_message(text, time, self.name))
        except (InvalidSignature, ValueError) as error:
            raise LedgerError(f"the signature by {self.name} does not hold") from error
        return time


def read_key(text: str) -> NoteKey:
    """A note verifier key from its one spelling. Raises LedgerError."""
    name, _, rest = text.partition("+")
    hex_id, _, encoded = rest.partition("+")
    if not _HEX_ID.match(hex_id):
        raise LedgerError("a verifier key has the form name+id+base64")
    raw = decode(encoded, "the key")
    if not raw or raw[0] not in PUBLIC_BYTES:
        raise LedgerError("the verifier key has a type that is not known here")
    key = NoteKey(name, KeyType(raw[0]), raw[1:])
    if key.id.hex() != hex_id:
        raise LedgerError("the id of the verifier key does not fit its name and key")
    return key


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """A private key that signs notes under a name. Its text never shows the key."""

    key: NoteKey
    _private: Any

    def sign(self, text: bytes, time: int | None = None) -> bytes:
        """The signature over a note's text. time: POSIX seconds, where the type has a time."""
        if self.key.type is KeyType.ED25519:
            signed: bytes = self._private.sign(text)
            return signed
        at = 0 if time is None else time
        if self.key.type is KeyType.COSIGNATURE:
            proper: bytes = self._private.sign(ed25519_message(text, at))
        else:
            proper = self._private.sign(ml_dsa_message(text, at, self.key.name))
        return at.to_bytes(TIME_BYTES, "big") + proper

    def __repr__(self) -> str:
        return f"NoteSigner({self.key.text})"


def ed25519_signer(
    name: str, private: Ed25519PrivateKey, type_: KeyType = KeyType.ED25519
) -> NoteSigner:
    """A signer with an Ed25519 key. type_: ED25519 for a log, COSIGNATURE for a witness."""
    return NoteSigner(NoteKey(name, type_, private.public_key().public_bytes_raw()), private)


def ml_dsa_signer(name: str, private: Any) -> NoteSigner:
    """A signer with an ML-DSA-44 private key of `cryptography`."""
    return NoteSigner(
        NoteKey(name, KeyType.ML_DSA_44, private.public_key().public_bytes_raw()), private
    )


def _ml_dsa_public(raw: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

        return MLDSA44PublicKey.from_public_bytes(raw)
    except (ImportError, UnsupportedAlgorithm) as error:
        raise LedgerError("ML-DSA-44 needs a newer `cryptography` with OpenSSL 3.5") from error
