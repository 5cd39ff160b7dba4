"""What Sigstore's verifiers read: bundles v0.3 and `trusted_root.json`, in protobuf's JSON.

64-bit numbers are text and bytes are base64. Source: sigstore_bundle.proto, sigstore_rekor.proto
and sigstore_trustroot.proto of sigstore/protobuf-specs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dutybound.ledger.encoding import encode
from dutybound.ledger.hashedrekord import KIND, VERSION
from dutybound.ledger.keys import NoteKey
from dutybound.ledger.note import Note
from dutybound.ledger.tlog_proof import TlogProof

BUNDLE: Final = "application/vnd.dev.sigstore.bundle.v0.3+json"
TRUSTED_ROOT: Final = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"


@dataclass(frozen=True, slots=True)
class SignedPayload:
    """The parts of a DSSE envelope. keyid: the hint by which a verifier finds the key."""

    payload_type: str
    payload: bytes
    signature: bytes
    keyid: str


def bundle(
    signed: SignedPayload,
    entry: bytes,
    receipt: TlogProof,
    log_key: NoteKey,
    timestamps: Sequence[bytes] = (),
) -> bytes:
    """A Sigstore bundle with a public-key hint.

    The checkpoint in it carries the signatures of the log alone: verifiers of Sigstore may refuse
    one by a key that they do not know. The envelope in it names no key, the hint does: `cosign`
    passes over a signature whose `keyid` is not its own fingerprint of the key, and no signature
    covers that field. timestamps: RFC 3161 responses over the signature.
    """
    head = receipt.checkpoint
    own = tuple(s for s in receipt.note.signatures if (s.name, s.id) == (log_key.name, log_key.id))
    proof = {
        "logIndex": str(receipt.index),
        "rootHash": encode(head.root),
        "treeSize": str(head.size),
        "hashes": [encode(h) for h in receipt.hashes],
        "checkpoint": {"envelope": Note(receipt.note.text, own).raw.decode()},
    }
    tlog = {
        "logIndex": str(receipt.index),
        "logId": {"keyId": encode(log_key.log_id)},
        "kindVersion": {"kind": KIND, "version": VERSION},
        "inclusionProof": proof,
        "canonicalizedBody": encode(entry),
    }
    material: dict[str, Any] = {"publicKey": {"hint": signed.keyid}, "tlogEntries": [tlog]}
    if timestamps:
        material["timestampVerificationData"] = {
            "rfc3161Timestamps": [{"signedTimestamp": encode(t)} for t in timestamps]
        }
    envelope = {
        "payload": encode(signed.payload),
        "payloadType": signed.payload_type,
        "signatures": [{"sig": encode(signed.signature), "keyid": ""}],
    }
    return _written(
        {"mediaType": BUNDLE, "verificationMaterial": material, "dsseEnvelope": envelope}
    )


@dataclass(frozen=True, slots=True)
class LogKeyPeriod:
    """A key of the log and from when to when it signed, as RFC 3339 in UTC; until: None if now."""

    key: NoteKey
    since: str
    until: str | None = None


def trusted_root(logs: Iterable[LogKeyPeriod], authorities: Iterable[dict[str, Any]] = ()) -> bytes:
    """`trusted_root.json` with the keys of the log.

    authorities: time-stamp authorities, each already in Sigstore's form.
    """
    return _written(
        {
            "mediaType": TRUSTED_ROOT,
            "tlogs": [_log(one) for one in logs],
            "certificateAuthorities": [],
            "ctlogs": [],
            "timestampAuthorities": list(authorities),
        }
    )


def _log(one: LogKeyPeriod) -> dict[str, Any]:
    valid = {"start": one.since} | ({} if one.until is None else {"end": one.until})
    return {
        "baseUrl": f"https://{one.key.name}",
        "hashAlgorithm": "SHA2_256",
        "publicKey": {
            "rawBytes": encode(one.key.der),
            "keyDetails": "PKIX_ED25519",
            "validFor": valid,
        },
        "logId": {"keyId": encode(one.key.log_id)},
    }


def _written(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"
