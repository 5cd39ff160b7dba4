"""Makes packs, record folders and bundles for the tests of the verifier, from the specifications.

It shares no code with the writer or the verifier: trees are written down as RFC 6962 defines them,
with recursion. Keys are made when the tests run.
"""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Files = dict[str, bytes]
ORIGIN: Final = "log.example/acme"
TYPE: Final = "application/vnd.in-toto+json"
MONDAY: Final = datetime(2026, 11, 2, 9, tzinfo=UTC)
TUESDAY: Final = datetime(2026, 11, 3, 9, tzinfo=UTC)
NOW: Final = datetime(2026, 11, 25, 12, tzinfo=UTC)


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def compact(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


# ---------------------------------------------------------------- RFC 6962, 2.1
def leaf(entry: bytes) -> bytes:
    return sha256(b"\0" + entry).digest()


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def tree(entries: list[bytes]) -> bytes:
    if len(entries) <= 1:
        return leaf(entries[0]) if entries else sha256(b"").digest()
    k = split(len(entries))
    return sha256(b"\1" + tree(entries[:k]) + tree(entries[k:])).digest()


def path(m: int, entries: list[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k]), tree(entries[k:])]
    return [*path(m - k, entries[k:]), tree(entries[:k])]


def consistency(m: int, entries: list[bytes], whole: bool = True) -> list[bytes]:
    n = len(entries)
    if m == n:
        return [] if whole else [tree(entries)]
    k = split(n)
    if m <= k:
        return [*consistency(m, entries[:k], whole), tree(entries[k:])]
    return [*consistency(m - k, entries[k:], False), tree(entries[:k])]


# ---------------------------------------------------------------- keys
@dataclass(frozen=True)
class NoteSigner:
    """A key that signs notes. kind: 1 for a log, 4 for a witness."""

    name: str
    kind: int = 1
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def raw(self) -> bytes:
        return bytes([self.kind]) + self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self.raw).digest()

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id[:4].hex()}+{b64(self.raw)}"

    def line(self, body: bytes, at: datetime | None = None) -> bytes:
        if self.kind == 1:
            signature = self.private.sign(body)
        else:
            assert at is not None
            seconds = int(at.timestamp())
            proper = self.private.sign(f"cosignature/v1\ntime {seconds}\n".encode() + body)
            signature = seconds.to_bytes(8, "big") + proper
        return f"— {self.name} {b64(self.id[:4] + signature)}\n".encode()


@dataclass
class Person:
    """Somebody who signs statements."""

    name: str
    organisation: str = "acme"
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def der(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.DER, form)

    @property
    def pem(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, form)

    @property
    def fingerprint(self) -> str:
        return sha256(self.der).hexdigest()

    def entry(self, **more: Any) -> dict[str, Any]:
        """The entry in trust.yaml."""
        return {
            "fingerprint": self.fingerprint,
            "public_key": b64(self.der),
            "person": self.name,
            "organisation": self.organisation,
            "role": "tester",
            "valid_from": "2026-01-01",
            **more,
        }


def pae(payload: bytes) -> bytes:
    return b"DSSEv1 %d %b %d %b" % (len(TYPE), TYPE.encode(), len(payload), payload)


@dataclass
class Signed:
    """A statement in its envelope."""

    payload: bytes
    signature: bytes
    person: Person

    @property
    def envelope(self) -> dict[str, Any]:
        signatures = [{"keyid": self.person.fingerprint, "sig": b64(self.signature)}]
        return {"payload": b64(self.payload), "payloadType": TYPE, "signatures": signatures}

    @property
    def raw(self) -> bytes:
        return compact(self.envelope) + b"\n"

    @property
    def digest(self) -> str:
        return sha256(self.raw).hexdigest()

    @property
    def entry(self) -> bytes:
        """hashedrekord 0.0.2."""
        return compact(
            {
                "apiVersion": "0.0.2",
                "kind": "hashedrekord",
                "spec": {
                    "hashedRekordV002": {
                        "data": {
                            "algorithm": "SHA2_256",
                            "digest": b64(sha256(pae(self.payload)).digest()),
                        },
                        "signature": {
                            "content": b64(self.signature),
                            "verifier": {
                                "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                                "publicKey": {"rawBytes": b64(self.person.der)},
                            },
                        },
                    }
                },
            }
        )


def sign(payload: bytes, person: Person) -> Signed:
    signature = person.private.sign(pae(payload), ec.ECDSA(hashes.SHA256()))
    return Signed(payload, signature, person)


def payload(number: int, files: dict[str, bytes], **more: Any) -> bytes:
    """A statement by alice about loan-score 2.0.1. None takes a field out."""
    predicate = {
        "id": f"test-{number}",
        "kind": "test_result",
        "author": "alice",
        "system": "loan-score",
        "version": "2.0.1",
        "handling": "ordinary",
        "signed_at": "2026-11-02T08:30:00Z",
        **more,
    }
    subject = [
        {"name": name, "digest": {"sha256": sha256(raw).hexdigest()}} for name, raw in files.items()
    ]
    return compact(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": subject,
            "predicateType": "urn:dutybound:evidence:test_result:1",
            "predicate": {k: v for k, v in predicate.items() if v is not None},
        }
    )


@dataclass
class Forge:
    """A small world: alice signs, a log records, two witnesses look on.

    steps: the sizes at which a checkpoint was made, each with the time at which the witnesses
    signed it. The last one is the newest.
    """

    count: int = 5
    alice: Person = field(default_factory=lambda: Person("alice"))
    log: list[NoteSigner] = field(default_factory=lambda: [NoteSigner(ORIGIN)])
    witnesses: list[NoteSigner] = field(
        default_factory=lambda: [NoteSigner("w1.example", 4), NoteSigner("w2.example", 4)]
    )
    steps: list[tuple[int, datetime]] = field(default_factory=list)
    signed: list[Signed] = field(default_factory=list)
    filler: list[bytes] = field(default_factory=list)
    subject: bytes = b"the results\n"
    stamps: Callable[[bytes], list[bytes]] = lambda _: []
    history: list[dict[str, Any]] | None = None

    def __post_init__(self) -> None:
        if not self.signed:
            files = {"results.csv": self.subject}
            self.signed = [sign(payload(i, files), self.alice) for i in range(self.count)]
        if not self.steps:
            self.steps = [(3, MONDAY), (len(self.entries), TUESDAY)]

    @property
    def entries(self) -> list[bytes]:
        return [*(s.entry for s in self.signed), *self.filler]

    @property
    def size(self) -> int:
        return self.steps[-1][0]

    def note(
        self, size: int, at: datetime, log: Iterable[NoteSigner] | None = None, **more: Any
    ) -> bytes:
        """A checkpoint. witnesses: who signs it. origin, root: to forge it."""
        root = more.get("root", tree(self.entries[:size]))
        origin = more.get("origin", ORIGIN)
        body = f"{origin}\n{size}\n{b64(root)}\n".encode()
        lines = [k.line(body) for k in (self.log if log is None else log)]
        lines += [w.line(body, at) for w in more.get("witnesses", self.witnesses)]
        return body + b"\n" + b"".join(lines)

    @property
    def newest(self) -> bytes:
        return self.note(*self.steps[-1])

    def proof(self, index: int) -> bytes:
        """tlog-proof@v1 to the newest checkpoint."""
        hashed = [b64(h) for h in path(index, self.entries[: self.size])]
        lines = ["c2sp.org/tlog-proof@v1", f"index {index}", *hashed, "", ""]
        return "\n".join(lines).encode() + self.newest

    def bundle(self, index: int) -> dict[str, Any]:
        """Sigstore bundle v0.3. Its checkpoint has no cosignatures."""
        one = self.signed[index]
        note = self.note(*self.steps[-1], witnesses=[])
        entry = {
            "logIndex": str(index),
            "logId": {"keyId": b64(self.log[0].id)},
            "kindVersion": {"kind": "hashedrekord", "version": "0.0.2"},
            "inclusionProof": {
                "logIndex": str(index),
                "rootHash": b64(tree(self.entries[: self.size])),
                "treeSize": str(self.size),
                "hashes": [b64(h) for h in path(index, self.entries[: self.size])],
                "checkpoint": {"envelope": note.decode()},
            },
            "canonicalizedBody": b64(one.entry),
        }
        material: dict[str, Any] = {
            "publicKey": {"hint": one.person.fingerprint},
            "tlogEntries": [entry],
        }
        tokens = self.stamps(one.signature)
        if tokens:
            rows = [{"signedTimestamp": b64(t)} for t in tokens]
            material["timestampVerificationData"] = {"rfc3161Timestamps": rows}
        return {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": material,
            "dsseEnvelope": one.envelope,
        }

    def receipts(self) -> Files:
        found: Files = {}
        for i, one in enumerate(self.signed):
            if i < self.size:
                found[f"receipts/{one.digest}.tlog-proof"] = self.proof(i)
                found[f"receipts/{one.digest}.sigstore.json"] = compact(self.bundle(i))
        return found

    def keys_history(self) -> bytes:
        rows = [{"key": k.vkey, "first": 0, "last": None} for k in self.log]
        return compact({"keys": self.history if self.history is not None else rows})

    def pack(self) -> Files:
        """The files of an audit pack, with a manifest that fits."""
        files: Files = {
            "VERIFY.md": b"# How to verify\n",
            **{f"statements/{s.digest}.dsse.json": s.raw for s in self.signed},
            **self.receipts(),
            "log/checkpoint": self.newest,
            "log/keys.history": self.keys_history(),
            f"keys/{self.alice.fingerprint}.pem": self.alice.pem,
            f"subjects/{sha256(self.subject).hexdigest()}": self.subject,
        }
        for size, at in self.steps[:-1]:
            files[f"log/checkpoints/{size}"] = self.note(size, at)
            proof = consistency(size, self.entries[: self.size])
            files[f"log/consistency/{size}-{self.size}"] = "".join(
                b64(h) + "\n" for h in proof
            ).encode()
        return seal(files)

    def tiles(self) -> Files:
        """public/: checkpoint, entry bundles and tiles."""
        found: Files = {
            "public/checkpoint": self.newest,
            "public/keys.history": self.keys_history(),
        }
        entries = self.entries[: self.size]
        level = [leaf(e) for e in entries]
        for n in range(0, len(entries), 256):
            rows = entries[n : n + 256]
            raw = b"".join(len(e).to_bytes(2, "big") + e for e in rows)
            found[f"public/tile/entries/{place(n // 256, len(rows))}"] = raw
        for height in range(4):
            for n in range(0, len(level), 256):
                rows = level[n : n + 256]
                found[f"public/tile/{height}/{place(n // 256, len(rows))}"] = b"".join(rows)
            full = len(entries) // 256 ** (height + 1)
            width = 256 ** (height + 1)
            level = [tree(entries[i * width : (i + 1) * width]) for i in range(full)]
        return found

    def folder(self) -> Files:
        """The files of a record folder."""
        digest = sha256(self.subject).hexdigest()
        return {
            **{f"test-{i}.dsse.json": s.raw for i, s in enumerate(self.signed)},
            f"objects/sha256/{digest[:2]}/{digest[2:]}": self.subject,
            "log/log.yaml": b"not: read\n",
            **self.tiles(),
            **self.receipts(),
        }

    def trust(self, **more: Any) -> bytes:
        """The auditor's trust file, in JSON. None takes a list out."""
        found: dict[str, Any] = {
            "dutybound": "trust/1",
            "organisations": [{"id": "acme", "name": "Acme", "relation": "own"}],
            "keys": [self.alice.entry()],
            "logs": [{"origin": ORIGIN, "key": self.log[0].vkey, "valid_from": "2026-01-01"}],
            "witnesses": {
                "need": len(self.witnesses),
                "keys": [
                    {"name": w.name, "organisation": w.name, "key": w.vkey} for w in self.witnesses
                ],
            },
            **more,
        }
        return json.dumps({k: v for k, v in found.items() if v is not None}).encode()


def place(n: int, width: int) -> str:
    """The path of a tile."""
    parts = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        parts.insert(0, f"x{n % 1000:03d}")
    return "/".join(parts) + ("" if width == 256 else f".p/{width}")


def seal(files: Files, **more: Any) -> Files:
    """The files of a pack with a manifest that fits them."""
    rest = {n: raw for n, raw in files.items() if n != "manifest.json"}
    rows = [
        {"path": n, "sha256": sha256(raw).hexdigest(), "size": len(raw)}
        for n, raw in sorted(rest.items())
    ]
    about = {"system": "loan-score", "version": "2.0.1", "as_of": "2026-11-25", **more}
    return {**rest, "manifest.json": compact({**about, "files": rows})}


def write(files: Files, root: Path) -> Path:
    """Files in a folder."""
    for name, raw in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(raw)
    return root


def zipped(files: Files, target: Path) -> Path:
    """Files in a zip file."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return target
