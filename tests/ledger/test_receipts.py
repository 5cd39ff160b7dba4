"""Checkpoints, entries, receipts and Sigstore's files: forms from their texts, strictness."""

from __future__ import annotations

import base64
import json
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dutybound.ledger.checkpoint import Checkpoint, read_body
from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.hashedrekord import ED25519, HashedRekord, of_dsse, read_entry
from dutybound.ledger.keys import KeyType, ed25519_signer
from dutybound.ledger.merkle import EMPTY_ROOT, leaf_hash, node_hash
from dutybound.ledger.note import read_note, sign_note
from dutybound.ledger.sigstore import LogKeyPeriod, SignedPayload, bundle, trusted_root
from dutybound.ledger.tlog_proof import TlogProof, read_receipt

# The example of C2SP tlog-checkpoint.
EXAMPLE = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
SIGNED = (
    (
        "example.com/behind-the-sofa",
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhc"
        "yv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=",
    ),
    (
        "witness.example.com/w1",
        "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJs"
        "X3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==",
    ),
)
EXAMPLE_NOTE = EXAMPLE + b"\n" + "".join(f"\u2014 {n} {v}\n" for n, v in SIGNED).encode()
LOG = ed25519_signer("log.example", Ed25519PrivateKey.from_private_bytes(b"l" * 32))
WITNESS = ed25519_signer(
    "witness.example", Ed25519PrivateKey.from_private_bytes(b"w" * 32), KeyType.COSIGNATURE
)


def test_published_checkpoint() -> None:
    head = read_body(read_note(EXAMPLE_NOTE).text)
    assert ("example.com/behind-the-sofa", 20_852_163) == (head.origin, head.size)
    assert "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62" == head.root.hex()
    assert EXAMPLE == head.body


def test_published_cosignature_has_its_time() -> None:
    """1679315147, as the text of C2SP tlog-cosignature says."""
    _, cosignature = read_note(EXAMPLE_NOTE).signatures
    assert 1_679_315_147 == int.from_bytes(cosignature.value[:8], "big")
    assert 8 + 64 == len(cosignature.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"20852163", b"020852163"),
        (b"20852163", b"+20852163"),
        (b"20852163", b"20852163 "),
        (b"20852163", b"-1"),
        (b"20852163", b""),
        (b"20852163", b"2_0"),
        (b"20852163", b"9223372036854775808"),
        (b"20852163", "２".encode()),
        (b"20852163", b"0"),  # an empty tree with another root
        (b"q2I=", b"q2J="),
        (b"q2I=", b"q2I"),
        (b"q2I=", b"q2I=AAAA"),
        (b"CsUYapGG", b""),
        (b"example.com", b"exam ple.com"),
        (b"example.com/behind-the-sofa", b""),
        (b"q2I=\n", b"q2I="),
        (b"q2I=\n", b"q2I=\n\n"),
        (b"q2I=\n", b"q2I=\nextension\n"),
        (b"q2I=\n", b"q2I=\r\n"),
        (b"sofa", b"sof\xff"),
    ],
)
def test_other_checkpoints_are_refused(old: bytes, new: bytes) -> None:
    assert old in EXAMPLE
    with pytest.raises(LedgerError):
        read_body(EXAMPLE.replace(old, new))


def test_an_empty_tree_has_size_0() -> None:
    body = b"log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    assert body == Checkpoint("log.example", 0, EMPTY_ROOT).body
    assert 0 == read_body(body).size


# ---------------------------------------------------------------- entries
PUBLIC = b"0Y0\x13"
ENTRY = (
    b'{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":'
    b'"SHA2_256","digest":"ClAHECKpAO82lZN40y1V7pEhF5xn0wK3WWLpDT6UJY4="},"signature":{"content":'
    b'"c2ln","verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256","publicKey":{"rawBytes":"MFkwEw=='
    b'"}}}}}}'
)


def test_entry_of_an_envelope_worked_by_hand() -> None:
    """The PAE of an empty object, its digest, and the record in the order of its keys."""
    signed = b"DSSEv1 28 application/vnd.in-toto+json 2 {}"
    digest = base64.b64encode(sha256(signed).digest())
    expected = ENTRY.replace(b"ClAHECKpAO82lZN40y1V7pEhF5xn0wK3WWLpDT6UJY4=", digest)
    record = of_dsse("application/vnd.in-toto+json", b"{}", b"sig", PUBLIC)
    assert expected == record.entry
    assert record == read_entry(expected)


def test_entry_by_an_ed25519_key() -> None:
    record = HashedRekord(b"d" * 32, b"sig", PUBLIC, ED25519)
    assert record == read_entry(record.entry)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"0.0.2"', b'"0.0.1"'),
        (b'"hashedrekord"', b'"dsse"'),
        (b'SHA2_256",', b'SHA2_512",'),
        (b"PKIX_ECDSA_P256_SHA_256", b"PKIX_ECDSA_P384_SHA_384"),
        (b'"c2ln"', b'"c2lm="'),
        (b'"c2ln"', b"7"),
        (b'"MFkwEw=="', b'"MFkwEx=="'),
        (b"JY4=", b"JY5="),
        (b"JY4=", b""),
        (b'{"apiVersion"', b'{ "apiVersion"'),
        (b'{"apiVersion":"0.0.2",', b'{"apiVersion":"0.0.2","apiVersion":"0.0.2",'),
        (b'"kind"', b'"extra":1,"kind"'),
        (b"}}}}}}", b"}}}}}} "),
        (b"}}}}}}", b"}}}}}"),
        (b"hashedRekordV002", b"hashedRekordV003"),
        (b"data", b"d\xc3\xa4ta"),
    ],
)
def test_other_entries_are_refused(old: bytes, new: bytes) -> None:
    assert old in ENTRY
    read_entry(ENTRY)
    with pytest.raises(LedgerError):
        read_entry(ENTRY.replace(old, new))


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"[" * 5000, b"x" * 70_000])
def test_what_is_no_entry_is_refused(raw: bytes) -> None:
    with pytest.raises(LedgerError):
        read_entry(raw)


# ---------------------------------------------------------------- receipts
def receipt() -> TlogProof:
    """The second of three entries."""
    a, b, c = (leaf_hash(x) for x in (b"a", b"b", b"c"))
    head = Checkpoint("log.example", 3, node_hash(node_hash(a, b), c))
    return TlogProof(1, (a, c), read_note(sign_note(head.body, [LOG, WITNESS], 7)))


def test_receipt_worked_by_hand() -> None:
    a, c = (base64.b64encode(leaf_hash(x)) for x in (b"a", b"c"))
    head = b"c2sp.org/tlog-proof@v1\nindex 1\n" + a + b"\n" + c + b"\n\n"
    raw = receipt().raw
    assert head + receipt().note.raw == raw
    assert receipt() == read_receipt(raw)
    assert 3 == read_receipt(raw).verify(leaf_hash(b"b")).size


def test_receipt_of_the_only_entry_has_no_hashes() -> None:
    head = Checkpoint("log.example", 1, leaf_hash(b"a"))
    raw = TlogProof(0, (), read_note(sign_note(head.body, [LOG]))).raw
    assert raw.startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\nlog.example\n1\n")
    read_receipt(raw).verify(leaf_hash(b"a"))


def test_receipt_of_another_entry_is_refused() -> None:
    for other in (b"a", b"c", b"d"):
        with pytest.raises(LedgerError):
            receipt().verify(leaf_hash(other))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"proof@v1", b"proof@v2"),
        (b"index 1\n", b"index 01\n"),
        (b"index 1\n", b"index  1\n"),
        (b"index 1\n", b""),
        (b"index 1\n", b"extra AAAA\nindex 1\n"),
        (b"index 1\n", b"index 1\nAAAA\n"),
        (b"index 1\n", b"index 1\r\n"),
        (b"\n\nlog", b"\nlog"),
        (b"\n\nlog", b"\n\n\nlog"),
        (b"c2sp", b"\xc3\xa9"),
    ],
)
def test_other_receipts_are_refused(old: bytes, new: bytes) -> None:
    raw = receipt().raw
    assert raw.count(old) == 1
    with pytest.raises(LedgerError):
        read_receipt(raw.replace(old, new)).verify(leaf_hash(b"b"))


def test_bundle_in_the_spelling_of_protobuf() -> None:
    signed = SignedPayload("application/vnd.in-toto+json", b"{}", b"sig", "hint")
    value = json.loads(bundle(signed, b"b", receipt(), LOG.key, [b"ts"]))
    assert "application/vnd.dev.sigstore.bundle.v0.3+json" == value["mediaType"]
    material = value["verificationMaterial"]
    assert {"hint": "hint"} == material["publicKey"]
    (entry,) = material["tlogEntries"]
    assert "1" == entry["logIndex"] == entry["inclusionProof"]["logIndex"]
    assert "3" == entry["inclusionProof"]["treeSize"]
    assert {"kind": "hashedrekord", "version": "0.0.2"} == entry["kindVersion"]
    assert base64.b64encode(LOG.key.log_id).decode() == entry["logId"]["keyId"]
    assert "Yg==" == entry["canonicalizedBody"]
    assert 2 == len(entry["inclusionProof"]["hashes"])
    assert [{"signedTimestamp": "dHM="}] == material["timestampVerificationData"][
        "rfc3161Timestamps"
    ]
    assert {
        "payload": "e30=",
        "payloadType": "application/vnd.in-toto+json",
        "signatures": [{"sig": "c2ln", "keyid": ""}],
    } == value["dsseEnvelope"]
    note = entry["inclusionProof"]["checkpoint"]["envelope"].encode()
    assert ["log.example"] == [s.name for s in read_note(note).signatures]


def test_bundle_without_timestamps_has_no_place_for_them() -> None:
    signed = SignedPayload("application/vnd.in-toto+json", b"{}", b"sig", "hint")
    material = json.loads(bundle(signed, b"b", receipt(), LOG.key))["verificationMaterial"]
    assert {"publicKey", "tlogEntries"} == set(material)


def test_trusted_root() -> None:
    old = ed25519_signer("log.example", Ed25519PrivateKey.from_private_bytes(b"o" * 32))
    periods = [
        LogKeyPeriod(old.key, "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"),
        LogKeyPeriod(LOG.key, "2026-06-01T00:00:00Z"),
    ]
    value = json.loads(trusted_root(periods))
    assert "application/vnd.dev.sigstore.trustedroot+json;version=0.1" == value["mediaType"]
    first, second = value["tlogs"]
    assert "https://log.example" == first["baseUrl"]
    assert {"start": "2026-01-01T00:00:00Z", "end": "2026-06-01T00:00:00Z"} == first["publicKey"][
        "validFor"
    ]
    assert {"start": "2026-06-01T00:00:00Z"} == second["publicKey"]["validFor"]
    assert "PKIX_ED25519" == second["publicKey"]["keyDetails"]
    assert LOG.key.der == base64.b64decode(second["publicKey"]["rawBytes"])
