"""Log entries: `hashedrekord` 0.0.2 of Rekor v2, in canonical JSON.

Source: the messages Entry, HashedRekordLogEntryV002, HashOutput, Signature and Verifier of
sigstore/rekor-tiles and sigstore/protobuf-specs, in protobuf's JSON spelling.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from dutybound.ledger.encoding import LedgerError, canonical_json, decode, decode_hash, encode
from dutybound.ledger.tiles import MAX_ENTRY

KIND: Final = "hashedrekord"
VERSION: Final = "0.0.2"
P256: Final = "PKIX_ECDSA_P256_SHA_256"
ED25519: Final = "PKIX_ED25519"
_DETAILS: Final = (P256, ED25519)


@dataclass(frozen=True, slots=True)
class HashedRekord:
    """What an entry states: somebody with this key signed bytes with this digest.

    digest: sha256 of the bytes that were signed. public_der: SubjectPublicKeyInfo.
    """

    digest: bytes
    signature: bytes
    public_der: bytes
    key_details: str = P256

    @property
    def entry(self) -> bytes:
        """The bytes that stand in the log."""
        verifier = {
            "keyDetails": self.key_details,
            "publicKey": {"rawBytes": encode(self.public_der)},
        }
        record = {
            "data": {"algorithm": "SHA2_256", "digest": encode(self.digest)},
            "signature": {"content": encode(self.signature), "verifier": verifier},
        }
        return canonical_json(
            {"apiVersion": VERSION, "kind": KIND, "spec": {"hashedRekordV002": record}}
        )


def of_dsse(payload_type: str, payload: bytes, signature: bytes, public_der: bytes) -> HashedRekord:
    """The entry for a DSSE envelope with one ECDSA P-256 signature.

    The digest is that of the DSSE pre-authentication encoding.
    """
    kind = payload_type.encode()
    signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    return HashedRekord(sha256(signed).digest(), signature, public_der)


def read_entry(raw: bytes) -> HashedRekord:
    """An entry from the log, in its one spelling. Raises LedgerError."""
    if len(raw) > MAX_ENTRY:
        raise LedgerError(f"an entry has at most {MAX_ENTRY:,} bytes")
    try:
        value = json.loads(raw.decode("ascii"))
        record = value["spec"]["hashedRekordV002"]
        signature = record["signature"]
        found = HashedRekord(
            decode_hash(_text(record["data"]["digest"]), "the digest"),
            decode(_text(signature["content"]), "the signature"),
            decode(_text(signature["verifier"]["publicKey"]["rawBytes"]), "the public key"),
            _text(signature["verifier"]["keyDetails"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise LedgerError("the entry is no hashedrekord 0.0.2 with a public key") from error
    if found.key_details not in _DETAILS:
        raise LedgerError("the entry names a kind of key that is not known here")
    # One comparison covers unknown keys, keys that stand twice, order and spaces.
    if found.entry != raw:
        raise LedgerError("the entry is not in its canonical spelling")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
