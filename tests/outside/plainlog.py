"""A log, a bundle and a receipt written from the specifications, without any code of dutybound.

The programs for auditors are tested against it, so that a mistake which our writer and our programs
share does not stay hidden. Sources: RFC 6962 section 2.1 (tree), C2SP signed-note, tlog-checkpoint,
tlog-tiles, tlog-cosignature and tlog-proof, DSSE v1, Sigstore bundle v0.3.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

ORIGIN = "log.example"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
TYPE = "application/vnd.in-toto+json"
PEM = (form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
DER = (form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)


def b64(data: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(data).decode()


def sha256(data: bytes) -> bytes:
    """Shorthand."""
    return hashlib.sha256(data).digest()


def split(size: int) -> int:
    """The largest power of two below the size (RFC 6962, 2.1)."""
    return 1 << (size - 1).bit_length() - 1


def root(leaves: list[bytes]) -> bytes:
    """Merkle tree hash of leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    k = split(len(leaves))
    return sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:]))


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """Inclusion proof of leaf m (RFC 6962, 2.1.1)."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), root(leaves[k:])]
    return [*path(m - k, leaves[k:]), root(leaves[:k])]


def consistency(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """Consistency proof from size m (RFC 6962, 2.1.2)."""
    if m == len(leaves):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*consistency(m, leaves[:k], whole), root(leaves[k:])]
    return [*consistency(m - k, leaves[k:], False), root(leaves[:k])]


@dataclass
class NoteKey:
    """An Ed25519 key of a log (kind 1) or of a witness (kind 4)."""

    name: str
    kind: int = 1
    secret: ed25519.Ed25519PrivateKey = field(default_factory=ed25519.Ed25519PrivateKey.generate)

    @property
    def raw(self) -> bytes:
        return self.secret.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.raw)[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64(bytes([self.kind]) + self.raw)}"

    def line(self, text: str, time: int = 0) -> str:
        """The signature line for a note's text."""
        if self.kind == 1:
            return f"\u2014 {self.name} {b64(self.id + self.secret.sign(text.encode()))}\n"
        signed = f"cosignature/v1\ntime {time}\n{text}".encode()
        return (
            f"\u2014 {self.name} "
            f"{b64(self.id + time.to_bytes(8, 'big') + self.secret.sign(signed))}\n"
        )


@dataclass
class Log:
    """Entries, and what is published of them."""

    entries: list[bytes]
    key: NoteKey = field(default_factory=lambda: NoteKey(ORIGIN))

    @cached_property
    def leaves(self) -> list[bytes]:
        return [sha256(b"\x00" + entry) for entry in self.entries]

    def text(self, size: int | None = None) -> str:
        """The signed text of a checkpoint."""
        size = len(self.entries) if size is None else size
        return f"{self.key.name}\n{size}\n{b64(root(self.leaves[:size]))}\n"

    def checkpoint(self, size: int | None = None, *more: NoteKey) -> str:
        """A checkpoint, signed by the log and by witnesses."""
        text = self.text(size)
        lines = [key.line(text, time=1_790_000_000) for key in more]
        return f"{text}\n{self.key.line(text)}{''.join(lines)}"

    def receipt(self, index: int, *witnesses: NoteKey) -> str:
        """A tlog-proof."""
        proof = "".join(b64(h) + "\n" for h in path(index, self.leaves))
        checkpoint = self.checkpoint(None, *witnesses)
        return f"c2sp.org/tlog-proof@v1\nindex {index}\n{proof}\n{checkpoint}"

    def publish(self, folder: Path, *witnesses: NoteKey) -> Path:
        """Write the public folder."""
        nodes, level = self.leaves, 0
        while nodes:
            for start in range(0, len(nodes), 256):
                tile = nodes[start : start + 256]
                _put(folder, f"tile/{level}", start, len(tile), b"".join(tile))
            full = len(nodes) // 256 * 256
            nodes = [root(nodes[i : i + 256]) for i in range(0, full, 256)]
            level += 1
        for start in range(0, len(self.entries), 256):
            some = self.entries[start : start + 256]
            data = b"".join(len(e).to_bytes(2, "big") + e for e in some)
            _put(folder, "tile/entries", start, len(some), data)
        (folder / "checkpoint").write_text(self.checkpoint(None, *witnesses), encoding="utf-8")
        return folder


def _put(folder: Path, kind: str, start: int, count: int, data: bytes) -> None:
    number = start // 256
    parts = [f"{number % 1000:03}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03}")
    name = "/".join(parts) + ("" if count == 256 else f".p/{count}")
    file = folder / kind / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


@dataclass
class Signed:
    """A statement on one file, signed."""

    artifact: bytes = b"accuracy 0.91\n"
    name: str = "report.txt"
    secret: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @cached_property
    def payload(self) -> bytes:
        subject = {"name": self.name, "digest": {"sha256": sha256(self.artifact).hex()}}
        statement = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [subject],
            "predicateType": PREDICATE,
            "predicate": {"result": "PASSED", "configuration": [{"name": "plan"}]},
        }
        return json.dumps(statement).encode()

    @cached_property
    def pae(self) -> bytes:
        return b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(self.payload), self.payload)

    @cached_property
    def signature(self) -> bytes:
        return self.secret.sign(self.pae, ec.ECDSA(hashes.SHA256()))

    @property
    def der(self) -> bytes:
        return self.secret.public_key().public_bytes(*DER)

    @property
    def entry(self) -> bytes:
        """The Rekor v2 entry: hashedrekord 0.0.2, sorted keys, no spaces."""
        verifier = {
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "publicKey": {"rawBytes": b64(self.der)},
        }
        spec = {
            "data": {"algorithm": "SHA2_256", "digest": b64(sha256(self.pae))},
            "signature": {"content": b64(self.signature), "verifier": verifier},
        }
        body = {
            "apiVersion": "0.0.2",
            "kind": "hashedrekord",
            "spec": {"hashedRekordV002": spec},
        }
        return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()

    def bundle(self, log: Log, index: int) -> dict[str, Any]:
        """The Sigstore bundle of this statement."""
        proof = {
            "logIndex": str(index),
            "rootHash": b64(root(log.leaves)),
            "treeSize": str(len(log.entries)),
            "hashes": [b64(h) for h in path(index, log.leaves)],
            "checkpoint": {"envelope": log.checkpoint()},
        }
        entry = {
            "logIndex": str(index),
            "logId": {"keyId": b64(log.key.id)},
            "kindVersion": {"kind": "hashedrekord", "version": "0.0.2"},
            "integratedTime": "0",
            "inclusionProof": proof,
            "canonicalizedBody": b64(self.entry),
        }
        envelope = {
            "payload": b64(self.payload),
            "payloadType": TYPE,
            "signatures": [{"sig": b64(self.signature), "keyid": ""}],
        }
        return {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {
                "publicKey": {"hint": b64(sha256(self.der))},
                "tlogEntries": [entry],
            },
            "dsseEnvelope": envelope,
        }


def trusted_root(key: NoteKey) -> dict[str, Any]:
    """The log's key in the form of Sigstore."""
    log = {
        "baseUrl": f"https://{key.name}",
        "hashAlgorithm": "SHA2_256",
        "publicKey": {
            "rawBytes": b64(key.secret.public_key().public_bytes(*DER)),
            "keyDetails": "PKIX_ED25519",
            "validFor": {"start": "2026-01-01T00:00:00Z"},
        },
        "logId": {"keyId": b64(key.id)},
    }
    return {
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "tlogs": [log],
        "certificateAuthorities": [],
        "ctlogs": [],
        "timestampAuthorities": [],
    }
